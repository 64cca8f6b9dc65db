"""Hours of a consumer's day, over every plausible time zone at once, and a moment within them for each consumer.

Instants are whole seconds since 1970. What is computed is remembered between calls: consumers share zones.
"""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from zlib import crc32
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.orchestrator.core.codes import DAY

Zones = tuple[str, ...]
Span = tuple[int, int]
"""From an instant, to before another."""

ANYWHERE: Zones = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)
"""Where somebody may be of whom nothing is known."""

_NO_ZONES = frozenset({"Etc/Unknown", "Factory"})
_EPOCH = date(1970, 1, 1).toordinal()
_BEFORE, _AFTER = 2, 4
"""Dates around a date of UTC whose hours can matter to it: zones are up to 26 hours apart."""


class Window(Struct, frozen=True):
    """Between which times of day, in seconds of the day, and over how many seconds consumers are spread."""

    opens: int
    closes: int
    spread: int


@lru_cache(maxsize=4096)
def plausible(zones: Zones) -> Zones:
    """Every zone to reckon with; where one means nothing, or none is known, all from Eastern to Hawaiian time join."""
    known = tuple(dict.fromkeys(z for z in zones if is_zone(z)))
    if known and len(known) == len(set(zones)):
        return known
    return tuple(dict.fromkeys((*known, *ANYWHERE)))


@lru_cache(maxsize=1024)
def is_zone(name: str) -> bool:
    """Whether the time zone data knows the name."""
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return False
    return name not in _NO_ZONES


def in_hours(zones: Zones, window: Window, at: int) -> bool:
    """Whether it is within the window everywhere that the consumer may be, or no hour ever is."""
    span = _next_span(plausible(zones), at, window.opens, window.closes)
    return span is None or span[0] <= at


def aim(zones: Zones, window: Window, at: int, who: str) -> int:
    """A consumer's moment in the window that is open at an instant, or in the next one; never before the instant.

    It is in the first half of what is left of the window, so that who is late for it is not too late. If no hour is
    within the window everywhere, it is the instant itself: the gate says when a contact may go.
    """
    span = _next_span(plausible(zones), at, window.opens, window.closes)
    if span is None:
        return at
    first = max(at, span[0])
    room = min(window.spread, (span[1] - first) // 2)
    return first + (room * crc32(who.encode()) >> 32)


def next_time(zones: Zones, second: int, weekdays: frozenset[int], after: int) -> int:
    """The first instant after another at which it is a time of day, on one of the weekdays, and past it everywhere.

    Where several zones are plausible it is the time in the last of them. A time that a clock change leaves out comes
    an hour later; one that it repeats counts the second time.
    """
    everywhere = plausible(zones)
    first = _EPOCH + after // DAY - _BEFORE
    days = (d for d in range(first, first + _BEFORE + _AFTER + 7) if (d + 6) % 7 in weekdays)
    moments = (max(max(_instants(zone, d, second)) for zone in everywhere) for d in days)
    return next(m for m in moments if m > after)


def moment_on(zones: Zones, day: int, second: int) -> int:
    """When it is a time of day on a date, in days since 1970, wherever the consumer may be."""
    return max(max(_instants(zone, _EPOCH + day, second)) for zone in plausible(zones))


def over_at(zones: Zones, day: int) -> int:
    """The first instant at which a date, in days since 1970, is over wherever the consumer may be."""
    return max(max(_instants(zone, _EPOCH + day, DAY)) for zone in plausible(zones))


@lru_cache(maxsize=65_536)
def _next_span(zones: Zones, at: int, opens: int, closes: int) -> Span | None:
    for span in _spans_around(zones, at // DAY, opens, closes):
        if at < span[1]:
            return span
    return None


@lru_cache(maxsize=16_384)
def _spans_around(zones: Zones, day: int, opens: int, closes: int) -> tuple[Span, ...]:
    days = range(_EPOCH + day - _BEFORE, _EPOCH + day + _AFTER)
    spans = [_span(zones[0], d, opens, closes) for d in days]
    for zone in zones[1:]:
        spans = list(_shared(spans, [_span(zone, d, opens, closes) for d in days]))
    return tuple(s for s in spans if s[0] < s[1])


def _shared(some: Iterable[Span], others: Iterable[Span]) -> Iterable[Span]:
    rest = list(others)
    for opens, closes in some:
        for first, last in rest:
            if max(opens, first) < min(closes, last):
                yield max(opens, first), min(closes, last)


@lru_cache(maxsize=65_536)
def _span(zone: str, day: int, opens: int, closes: int) -> Span:
    # Where a clock change doubles or skips one of the two times, the window is the shorter one.
    return max(_instants(zone, day, opens)), min(_instants(zone, day, closes))


def _instants(zone: str, day: int, second: int) -> tuple[int, int]:
    wall = datetime.fromordinal(day + second // DAY).replace(
        hour=second // 3600 % 24, minute=second // 60 % 60, tzinfo=ZoneInfo(zone)
    )
    return round(wall.timestamp()), round(wall.replace(fold=1).timestamp())
