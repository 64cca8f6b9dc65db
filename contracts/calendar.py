"""Business days, and the validation period that is counted by them (12 CFR 1006.34(b)(5)).

Dates are ordinals. Saturdays, Sundays and the federal holidays of 5 USC 6103(a) are no business days; where a holiday
of fixed date falls on a weekend, the weekday on which it is kept is left out too, which gives the later end.
"""

from datetime import date
from functools import lru_cache

RECEIVED_AFTER, PERIOD = 5, 30
"""A notice may be taken to be received on the fifth business day; the period ends thirty calendar days after that."""

BY_HAND = frozenset({"in_person", "oral", "hand"})
"""Ways of giving a notice that need no time."""
SATURDAY, SUNDAY = 5, 6
_FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
_NTH = ((1, 0, 3), (2, 0, 3), (9, 0, 1), (10, 0, 2), (11, 3, 4))
"""Month, weekday, which one: King, Washington, Labor Day, Columbus, Thanksgiving."""


@lru_cache(maxsize=128)
def holidays(year: int) -> frozenset[int]:
    """The federal holidays of a year, and the weekdays on which they are kept."""
    found = {date(year, month, day).toordinal() for month, day in _FIXED}
    found |= {_nth(year, month, weekday, n) for month, weekday, n in _NTH}
    found.add(max(d for d in range(date(year, 5, 25).toordinal(), date(year, 6, 1).toordinal()) if _weekday(d) == 0))
    found |= {d - 1 for d in found if _weekday(d) == SATURDAY} | {d + 1 for d in found if _weekday(d) == SUNDAY}
    return frozenset(found)


def _nth(year: int, month: int, weekday: int, n: int) -> int:
    first = date(year, month, 1).toordinal()
    return first + (weekday - _weekday(first)) % 7 + 7 * (n - 1)


def _weekday(day: int) -> int:
    return (day - 1) % 7


def is_business_day(day: int) -> bool:
    """Whether a date is neither of a weekend nor a federal holiday."""
    # The first of January of the next year may be kept on the last day of this one.
    year = date.fromordinal(day).year
    return _weekday(day) < SATURDAY and day not in holidays(year) and day not in holidays(year + 1)


def business_days_after(day: int, count: int) -> int:
    """The date so many business days after another."""
    while count:
        day += 1
        count -= is_business_day(day)
    return day


@lru_cache(maxsize=4096)
def assumed_received(sent_on: int, method: str) -> int:
    """The date on which a notice may be taken to have been received."""
    return sent_on if method in BY_HAND else business_days_after(sent_on, RECEIVED_AFTER)


def validation_ends(sent_on: int, method: str) -> int:
    """The last date of the validation period."""
    return assumed_received(sent_on, method) + PERIOD
