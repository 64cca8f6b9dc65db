"""Spends a budget of contacts where they are worth most: among the days ahead, and among channels.

The model. A contact on a day is worth its rate of reward in that day's bucket, as it is hoped to be: a standard
deviation above what is expected, so that what is little known gets tried. Worths add up. Up to the end of each day
ahead a channel may make only so many contacts, and a choice makes one a day. For one channel the best plan is the
greedy one (what may be done up to each day is nested, so taking the best that still fits is never a mistake); for
several it may miss some, as each day takes one. Today is worth a contact by the channel that the plan has for it.
"""

from collections.abc import Mapping, Sequence
from math import sqrt

from msgspec.structs import replace

from contracts.events import WeighedOption
from services.orchestrator.core.choice.propensity import Belief

Rates = Mapping[str, float]
"""What an option is worth, by bucket."""


def hoped(belief: Belief) -> float:
    """A rate that may well be, for all that is known: a standard deviation above what is expected."""
    a, b = belief[0] + 1, belief[1] + 1
    return a / (a + b) + sqrt(a * b / (a + b + 1)) / (a + b)


def planned(
    options: Sequence[WeighedOption], rates: Sequence[Rates], ahead: Sequence[str], rest: str
) -> list[WeighedOption]:
    """The options, each with whether the plan has it for today; to rest is in it, where nothing else is.

    `rates` are of the options in their order; `ahead` are the buckets of today and of the days after.
    """
    left = [option.left if option.name != rest else (0,) * len(ahead) for option in options]
    today = plan([[rate[bucket] for bucket in ahead] for rate in rates], left).get(0)
    return [
        replace(option, worth_now=option.name == rest if today is None else n == today)
        for n, option in enumerate(options)
    ]


def plan(worths: Sequence[Sequence[float]], left: Sequence[Sequence[int]]) -> dict[int, int]:
    """For each day on which there is a contact the place of its option.

    `worths` are of each option on each day; `left` is how many contacts it may make up to the end of each day, nothing
    if it is under no cap. Of equal worths the earlier day goes first.
    """
    found: dict[int, int] = {}
    slots = [(-worth, day, option) for option, days in enumerate(worths) for day, worth in enumerate(days)]
    for _, day, option in sorted(slots):
        if day not in found and _fits(found, day, option, left[option]):
            found[day] = option
    return found


def _fits(found: Mapping[int, int], day: int, option: int, left: Sequence[int]) -> bool:
    made = [d for d, o in found.items() if o == option]
    return all(sum(d <= end for d in made) < most for end, most in enumerate(left) if end >= day)
