"""The bucket that a consumer is in: what was learned of others in the same one counts, and nothing else."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.orchestrator.core.codes import WEEKDAYS
from services.orchestrator.core.conditions import Condition, holds
from services.orchestrator.core.hours import plausible
from services.orchestrator.core.state import NEVER, Consumer
from services.orchestrator.core.wording import language_of

OTHER = "other"
"""The segment of whoever fits none."""

DAYPARTS = ((6, "night"), (12, "morning"), (17, "afternoon"), (22, "evening"), (24, "night"))
"""Parts of the day, each with the hour before which it is."""


class Segment(Struct, frozen=True):
    """Consumers of whom something is so."""

    name: str
    holds: Condition


class Context(Struct, frozen=True):
    """What buckets are made of: a segment, the first that fits, and traits by their names."""

    segments: Sequence[Segment]
    by: Sequence[str]

    def bucket(self, state: Consumer, now: int) -> str:
        """The consumer's bucket at an instant; `all` where nothing is told apart."""
        parts = [_TRAITS[name](state, now) for name in self.by]
        if self.segments:
            parts.insert(0, next((s.name for s in self.segments if holds(s.holds, state)), OTHER))
        return "/".join(parts) or "all"


def _daypart(state: Consumer, now: int) -> str:
    """Where several zones are plausible, in the likeliest."""
    hour = datetime.fromtimestamp(now, ZoneInfo(plausible(state.zones)[0])).hour
    return next(name for before, name in DAYPARTS if hour < before)


def _history(state: Consumer, now: int) -> str:
    if any(a.payments for a in state.accounts):
        return "paid"
    return "silent" if state.replied_at == NEVER else "replied"


def _weekday(state: Consumer, now: int) -> str:
    return WEEKDAYS[datetime.fromtimestamp(now, ZoneInfo(plausible(state.zones)[0])).weekday()]


_TRAITS: Mapping[str, Callable[[Consumer, int], str]] = {
    "daypart": _daypart,
    "weekday": _weekday,
    "history": _history,
    "language": lambda state, now: language_of(state),
}
TRAITS = tuple(_TRAITS)
