"""A pause until some days before the next instalment of an arrangement, at a time of the consumer's day.

Each instalment is waited for once: when something was sent about it, the next one is, or the end of its days of grace.
"""

from collections.abc import Mapping
from typing import Any

from services.orchestrator.core.codes import Timer, time_of_day
from services.orchestrator.core.hours import moment_on
from services.orchestrator.core.promises import late_at, next_open
from services.orchestrator.core.state import Consumer
from services.orchestrator.core.strategy import Given, Quiet
from services.orchestrator.core.turn import Turn

LEEWAY = 3600
"""Seconds by which it waits longer than the arrangement has: that it was broken is said first."""


class WaitDue(Quiet, frozen=True):
    """So many days before, at a time in seconds of the day; `otherwise` follows where none is open any more."""

    days_before: int
    time: int
    then: int
    otherwise: int

    def enter(self, *, turn: Turn, since: int) -> int | None:
        """Set the timer, unless the time has come; it may have passed when the arrangement was made."""
        found = next_open(turn.state)
        if found is None:
            turn.lead_to(self.otherwise)
            return turn.now
        zones, late = turn.state.zones, late_at(turn.state.zones, *found) + LEEWAY
        at = moment_on(zones, found[1].due_on - self.days_before, self.time)
        reminded = any(c.at >= at for c in turn.state.contacts_since(turn.place.entered))
        if at <= turn.now and not reminded and turn.now < moment_on(zones, found[1].due_on + 1, 0):
            turn.lead_to(self.then)
            return turn.now
        if late <= turn.now:
            turn.lead_to(self.otherwise)
            return turn.now
        turn.wait_until(Timer.STEP, at if at > turn.now else late)
        return None

    def due(self, *, turn: Turn, kind: int) -> int | None:
        """See how it stands now."""
        return self.enter(turn=turn, since=turn.now)

    def learned(self, *, turn: Turn, before: Consumer) -> int | None:
        """See again if an arrangement was made, moved, kept or broken."""
        if turn.state.arrangements is before.arrangements:
            return None
        return self.enter(turn=turn, since=turn.now)


def build(content: Mapping[str, Any], given: Given) -> WaitDue:
    """The step from its checked content."""
    places = given.places
    return WaitDue(
        content["id"],
        content["days_before"],
        time_of_day(content["time"]),
        places[content["then"]],
        places[content["else"]],
    )
