"""A pause, counted from the end of the step before: after a contact, from when the provider had it.

With a spread each consumer waits up to so much longer, always the same: so that a whole file of placements is not
written to on one morning.
"""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

from services.orchestrator.core.codes import Timer, span
from services.orchestrator.core.strategy import Given, Quiet
from services.orchestrator.core.turn import Turn


class Wait(Quiet, frozen=True):
    """So many seconds, and a share of the spread."""

    seconds: int
    spread: int = 0

    def enter(self, *, turn: Turn, since: int) -> int | None:
        """Set the timer, unless the time has passed already."""
        over = since + self.seconds + (self.spread * crc32(f"{turn.consumer_id}/{self.id}".encode()) >> 32)
        if over <= turn.now:
            return over
        turn.wait_until(Timer.STEP, over)
        return None

    def due(self, *, turn: Turn, kind: int) -> int | None:
        """It is over."""
        return turn.now


def build(content: Mapping[str, Any], given: Given) -> Wait:
    """The step from its checked content."""
    return Wait(content["id"], span(content["for"]), span(content.get("spread", "0m")))
