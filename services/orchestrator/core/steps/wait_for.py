"""A pause until something happens, or until there was time enough for it.

What is waited for counts from the end of the step before, even if it came before this step was reached: reports of a
contact and what the consumer does about it come by different ways. While it is waited for, a reply or a payment does
not end the conversation; an opt-out, a restriction and the last balance paid always do.
"""

from collections.abc import Mapping
from typing import Any

from services.orchestrator.core.codes import Progress, Timer, span
from services.orchestrator.core.state import Consumer
from services.orchestrator.core.strategy import Given, Quiet
from services.orchestrator.core.turn import Turn

_REPORTS = {"delivered": (Progress.DELIVERED,), "undelivered": (Progress.REJECTED, Progress.FAILED)}


class WaitFor(Quiet, frozen=True):
    """Waits for `event`, so many seconds at most; `then` follows if it happened, `otherwise` if it did not."""

    event: str
    timeout: int
    then: int
    otherwise: int

    @property
    def awaits(self) -> str:
        """What it waits for."""
        return self.event

    def enter(self, *, turn: Turn, since: int) -> int | None:
        """Set the timer, unless it has happened, or its time has passed already."""
        if self._has_happened(turn, since):
            turn.lead_to(self.then)
            return turn.now
        over = since + self.timeout
        if over <= turn.now:
            turn.lead_to(self.otherwise)
            return over
        turn.wait_until(Timer.STEP, over)
        return None

    def due(self, *, turn: Turn, kind: int) -> int | None:
        """It did not happen."""
        turn.lead_to(self.otherwise)
        return turn.now

    def learned(self, *, turn: Turn, before: Consumer) -> int | None:
        """Go on if this was it."""
        if not self._happens(turn, before):
            return None
        turn.lead_to(self.then)
        return turn.now

    def _has_happened(self, turn: Turn, since: int) -> bool:
        if self.event == "reply":
            return turn.state.replied_at >= since
        if self.event == "payment":
            return any(p.at >= since for a in turn.state.accounts for p in a.payments)
        return self._reported(turn)

    def _happens(self, turn: Turn, before: Consumer) -> bool:
        if self.event == "reply":
            return turn.state.replied_at != before.replied_at
        if self.event == "payment":
            return turn.state.payments() != before.payments()
        return self._reported(turn)

    def _reported(self, turn: Turn) -> bool:
        """Whether the last contact of the conversation has come so far."""
        contacts = turn.state.contacts_since(turn.place.entered)
        return bool(contacts) and contacts[-1].progress in _REPORTS[self.event]


def build(content: Mapping[str, Any], given: Given) -> WaitFor:
    """The step from its checked content."""
    places = given.places
    return WaitFor(
        content["id"], content["event"], span(content["timeout"]), places[content["then"]], places[content["else"]]
    )
