"""How synthetic consumers behave: what they do when a text arrives, and what some do unasked.

The rates are invented, stand in one table, and say nothing about anybody. Equal seeds, equal lives: what a household
does follows from the seed, its number and how many texts it has had, and from nothing else.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from msgspec import Struct

from counterpoint.simulate.households import Debt, Household
from counterpoint.simulate.words import words


class Act(Struct, frozen=True):
    """Something that somebody does at an instant of simulated time."""

    at: datetime
    phone: str


class Say(Act, frozen=True):
    """Writes to us; `meaning` is what the writer means by it, which nobody else is told."""

    body: str
    meaning: str


class Pay(Act, frozen=True):
    """Pays the client."""

    account_number: str
    amount: Decimal
    method: str


class Habit(Struct, frozen=True):
    """What some do on a text: how many in a hundred, after how long (the median), in which parts.

    A part is a meaning of words.py, `pay-all`, or `pay-part`.
    """

    percent: float
    median: timedelta
    parts: tuple[str, ...] = ()


HABITS: Mapping[str, Habit] = {
    "ignore": Habit(66.0, timedelta(0)),
    "ask": Habit(9.0, timedelta(minutes=40), ("question",)),
    "answer": Habit(4.0, timedelta(minutes=25), ("answer",)),
    "help": Habit(1.0, timedelta(minutes=5), ("help",)),
    "stop-keyword": Habit(4.5, timedelta(minutes=12), ("stop-keyword",)),
    "stop-plain": Habit(3.5, timedelta(minutes=50), ("stop-plain",)),
    "pay-all": Habit(4.0, timedelta(hours=20), ("pay-all",)),
    "pay-part": Habit(5.0, timedelta(hours=30), ("pay-part",)),
    "answer-and-pay": Habit(2.0, timedelta(hours=4), ("answer", "pay-all")),
    "pay-and-stop": Habit(1.0, timedelta(hours=2), ("pay-part", "stop-plain")),
}
"""What becomes of a text that a phone received; the percentages add up to a hundred."""

UNASKED = 1.5
"""Of a hundred households, so many write once without having been written to."""
UNASKED_MEANINGS = ("question", "stop-plain", "answer")
SPREAD = 1.1
"""Of delays, as the standard deviation of their logarithm: from a tenth of the median to ten times it, mostly."""
SHORTEST, LONGEST = timedelta(seconds=40), timedelta(days=6)
SHARES = (Decimal("0.1"), Decimal("0.25"), Decimal("0.5"))
METHODS = ("card", "card", "ach", "direct-to-client", "check")
CENT = Decimal("0.01")


def on_text(
    seed: int, household: Household, number: int, received_at: datetime, habits: Mapping[str, Habit] = HABITS
) -> Sequence[Act]:
    """What a household does about its text of this number, the first being 1."""
    random = Random(f"{seed}/{household.phone}/{number}")  # noqa: S311 - chance, not secrecy
    habit = _drawn(random, habits)
    at, acts = received_at, []
    for part in habit.parts:
        at += _delay(random, habit.median)
        acts.append(_act(random, household, part, at))
    return acts


def unasked(
    seed: int, household: Household, begins: datetime, ends: datetime, percent: float = UNASKED
) -> Sequence[Act]:
    """What a household writes to us of its own accord, between two instants."""
    random = Random(f"{seed}/{household.phone}/unasked")  # noqa: S311 - chance, not secrecy
    if random.random() * 100 >= percent:
        return ()
    at = begins + random.random() * (ends - begins)
    return (_act(random, household, random.choice(UNASKED_MEANINGS), at),)


def _drawn(random: Random, habits: Mapping[str, Habit]) -> Habit:
    (habit,) = random.choices(tuple(habits.values()), [h.percent for h in habits.values()])
    return habit


def _delay(random: Random, median: timedelta) -> timedelta:
    delay = median * math.exp(random.gauss(0, SPREAD))
    return min(max(delay, SHORTEST), LONGEST)


def _act(random: Random, household: Household, part: str, at: datetime) -> Act:
    if not part.startswith("pay-"):
        body = random.choice(words(part, household.language))
        return Say(at, household.phone, body, "stop" if part.startswith("stop-") else part)
    debt = random.choice(household.debts)
    amount = debt.balance if part == "pay-all" else _part_of(debt, random)
    return Pay(at, household.phone, debt.account_number, amount, random.choice(METHODS))


def pays_of_own_accord(
    seed: int, household: Household, begins: datetime, ends: datetime, percent: float
) -> Sequence[Act]:
    """What a household pays though nobody wrote to it, between two instants."""
    random = Random(f"{seed}/{household.phone}/pays")  # noqa: S311 - chance, not secrecy
    if random.random() * 100 >= percent:
        return ()
    return (_act(random, household, "pay-part", begins + random.random() * (ends - begins)),)


def _part_of(debt: Debt, random: Random) -> Decimal:
    return max((debt.balance * random.choice(SHARES)).quantize(CENT), CENT)
