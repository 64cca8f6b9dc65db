"""What is planted in the demo's consumers for a chooser and an experiment to find: the truth that reports compare with.

Those who owe little answer in the evening, the others in the morning; a text that asks what one can pay is answered
more often than one that only states. Nobody in the services knows of it, and nobody in the world need be like that.
"""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from counterpoint.simulate.consumers import HABITS, Habit
from counterpoint.simulate.households import Household

SMALL = 1000
"""Dollars: who owes less is in the segment small, as in the demo's strategies."""
EAGERNESS: Mapping[tuple[str, str], float] = {
    ("small", "morning"): 0.6,
    ("small", "midday"): 1.0,
    ("small", "evening"): 2.2,
    ("other", "morning"): 1.8,
    ("other", "midday"): 1.0,
    ("other", "evening"): 0.6,
}
"""How much more often a text is answered than the habits say, by segment and by part of the day in which it arrives."""
INVITED = 1.6
"""How much more often one is answered that asks what the consumer can pay."""
INVITATIONS = ("what you can pay", "lo que puede pagar")
ANSWERS = ("ask", "answer", "help", "answer-and-pay")
"""Habits that are an answer."""
NOON, LATE = 12, 17
"""Hours before which it is morning, and midday."""


def habits(household: Household, received_at: datetime, body: str) -> Mapping[str, Habit]:
    """The habits of a household about one text."""
    factor = EAGERNESS[segment(household), daypart(household, received_at)]
    factor *= INVITED if any(words in body for words in INVITATIONS) else 1.0
    changed = {name: replace(HABITS[name], percent=HABITS[name].percent * factor) for name in ANSWERS}
    more = sum(changed[name].percent - HABITS[name].percent for name in ANSWERS)
    ignore = HABITS["ignore"]
    return {**HABITS, **changed, "ignore": replace(ignore, percent=ignore.percent - more)}


def answered(segment: str, daypart: str) -> float:
    """How often a text that states is answered, of those that arrive then."""
    return sum(HABITS[name].percent for name in ANSWERS) / 100 * EAGERNESS[segment, daypart]


def segment(household: Household) -> str:
    """In which segment a household is."""
    return "small" if sum(debt.balance for debt in household.debts) < SMALL else "other"


def daypart(household: Household, at: datetime) -> str:
    """Which part of the household's day it is."""
    hour = at.astimezone(ZoneInfo(household.zone or "America/New_York")).hour
    return "morning" if hour < NOON else "midday" if hour < LATE else "evening"
