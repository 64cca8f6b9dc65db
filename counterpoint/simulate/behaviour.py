"""The simulator's assumptions about consumers and the network: every rate in one table, invented, and to be varied.

What a consumer does on a text is the demo's table of habits (consumers.py); what the demo leaves to its provider's
simulator and to its clients stands here beside it.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from counterpoint.simulate.consumers import HABITS, UNASKED, Habit

IGNORE = "ignore"
PRICE = Decimal("0.0083")
"""Dollars for each part of a text that we send, carrier's fees included: an example, not anybody's tariff."""

SHARED: Mapping[str, tuple[float, str]] = {
    "still-read": (85.0, "of 100 who would act on a text, so many still do on the next one; stops do not fade"),
    "pays-unasked": (2.0, "of 100 consumers, so many pay a part within the days though nobody wrote to them"),
    "writes-unasked": (UNASKED, "of 100 consumers, so many write once though nobody wrote to them"),
    "number-dead": (3.0, "of 100 numbers, so many are out of service: nothing arrives, and we are told so"),
    "text-lost": (2.0, "of 100 texts, so many do not arrive for a passing reason, and we are told so"),
}
"""Rates that are no habit: percent, and what it is of."""


class Behaviour(Struct, frozen=True, dict=True):
    """Every rate by its name, in percent; those of habits are of texts that arrived."""

    percent: Mapping[str, float]

    @cached_property
    def habits(self) -> Mapping[str, Habit]:
        """What becomes of a text: the demo's habits at these rates; who does nothing makes up the hundred.

        Beside each habit lies room for as much again, in which nobody does anything: a rate that grows or shrinks moves
        people between that habit and none, and everybody else does what they did.
        """
        acting = {name: self.percent[name] for name in HABITS if name != IGNORE}
        left = 100.0 - sum(acting.values())
        found = {}
        for name, percent in acting.items():
            room = min(left, max(0.0, 2 * HABITS[name].percent - percent))
            found[name] = replace(HABITS[name], percent=percent)
            found[f"{IGNORE}/{name}"] = replace(HABITS[IGNORE], percent=room)
            left -= room
        return found | {IGNORE: replace(HABITS[IGNORE], percent=left)}

    def varied(self, name: str, factor: float) -> "Behaviour":
        """The same but for one rate, which is so much of what it was, and at most a hundred."""
        return Behaviour({**self.percent, name: min(100.0, self.percent[name] * factor)})


ASSUMED = Behaviour(
    {name: habit.percent for name, habit in HABITS.items() if name != IGNORE}
    | {name: percent for name, (percent, _) in SHARED.items()}
)
"""The table as it stands."""


def described() -> list[tuple[str, float, str]]:
    """Each rate with what it says."""
    rows = [
        (name, habit.percent, f"of 100 texts that arrived, after about {_span(habit)}: {', then '.join(habit.parts)}")
        for name, habit in HABITS.items()
        if name != IGNORE
    ]
    return rows + [(name, percent, what) for name, (percent, what) in SHARED.items()]


def _span(habit: Habit) -> str:
    minutes = round(habit.median.total_seconds() / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
