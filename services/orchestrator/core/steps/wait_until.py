"""A pause until a time of the consumer's day, on one of some weekdays."""

from collections.abc import Mapping
from typing import Any

from services.orchestrator.core.codes import WEEKDAYS, Timer, time_of_day
from services.orchestrator.core.hours import next_time
from services.orchestrator.core.strategy import Given, Quiet
from services.orchestrator.core.turn import Turn


class WaitUntil(Quiet, frozen=True):
    """A time, in seconds of the day, and weekdays, from Monday as 0."""

    time: int
    weekdays: frozenset[int]

    def enter(self, *, turn: Turn, since: int) -> int | None:
        """Set the timer, unless the time has passed already."""
        over = next_time(turn.state.zones, self.time, self.weekdays, since)
        if over <= turn.now:
            return over
        turn.wait_until(Timer.STEP, over)
        return None

    def due(self, *, turn: Turn, kind: int) -> int | None:
        """It is over."""
        return turn.now


def build(content: Mapping[str, Any], given: Given) -> WaitUntil:
    """The step from its checked content."""
    days = frozenset(WEEKDAYS.index(day) for day in content.get("weekdays", WEEKDAYS))
    return WaitUntil(content["id"], time_of_day(content["time"]), days)
