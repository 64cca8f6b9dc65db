"""Hours and dates over every plausible time zone of a consumer at once.

Instants are whole seconds since 1970, dates are ordinals. Everything is remembered between calls, because within a
batch the time is the same and consumers share zones.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import product
from zoneinfo import ZoneInfo

from services.compliance.core.codes import DAY

Zone = int | str
"""A zone of the United States by its place in NAMES, or the name of another."""

Zones = tuple[Zone, ...]
Span = tuple[int, int]
"""From an instant, to before another."""

NAMES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Phoenix",
    "America/Detroit",
    "America/Boise",
    "America/Adak",
    "America/Indiana/Indianapolis",
    "America/Indiana/Knox",
    "America/Indiana/Marengo",
    "America/Indiana/Petersburg",
    "America/Indiana/Tell_City",
    "America/Indiana/Vevay",
    "America/Indiana/Vincennes",
    "America/Indiana/Winamac",
    "America/Juneau",
    "America/Kentucky/Louisville",
    "America/Kentucky/Monticello",
    "America/Menominee",
    "America/Metlakatla",
    "America/Nome",
    "America/North_Dakota/Beulah",
    "America/North_Dakota/Center",
    "America/North_Dakota/New_Salem",
    "America/Sitka",
    "America/Yakutat",
    "America/Puerto_Rico",
    "America/St_Thomas",
    "Pacific/Guam",
    "Pacific/Saipan",
    "Pacific/Pago_Pago",
)
"""Kept in what is remembered: add at the end, change nothing."""

ANYWHERE: Zones = (0, 1, 2, 3, 4, 5)
"""Eastern to Hawaiian time: where somebody may be of whom nothing is known (comment 6(b)(1)(i)-2)."""

_CODES = {name: code for code, name in enumerate(NAMES)}
_NO_ZONES = frozenset({"Etc/Unknown", "Factory"})
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_BACK, _AHEAD = 2, 4
"""Days around a day of UTC whose hours can matter to it: zones are up to 26 hours apart."""


def zone_code(name: str) -> Zone:
    """The short form of a zone's name."""
    return _CODES.get(name, name)


def zone_name(zone: Zone) -> str:
    """The zone's name."""
    return NAMES[zone] if isinstance(zone, int) else zone


@lru_cache(maxsize=1024)
def is_zone(zone: Zone) -> bool:
    """Whether the time zone data knows the zone."""
    if isinstance(zone, int):
        return 0 <= zone < len(NAMES)
    try:
        ZoneInfo(zone)
    except (LookupError, ValueError, OSError):
        return False
    return zone not in _NO_ZONES


@lru_cache(maxsize=16_384)
def plausible(zones: Zones) -> Zones:
    """Every zone to reckon with; where one is unknown, or none is known, all from Eastern to Hawaiian time join."""
    known = tuple(dict.fromkeys(z for z in zones if is_zone(z)))
    if known and len(known) == len(set(zones)):
        return known
    return tuple(dict.fromkeys((*known, *ANYWHERE)))


@lru_cache(maxsize=65_536)
def _wall(zone: Zone, day: int, second: int, fold: int) -> int:
    at = datetime.fromordinal(day).replace(
        hour=second // 3600, minute=second // 60 % 60, second=second % 60, fold=fold, tzinfo=ZoneInfo(zone_name(zone))
    )
    return round(at.timestamp())


def _own_hours(zone: Zone, day: int, opens: int, closes: int) -> Span:
    # On a day when a clock change doubles or skips one of the two, the later opening and the earlier closing hold.
    first = max(_wall(zone, day, opens, 0), _wall(zone, day, opens, 1))
    last = min(_wall(zone, day, closes, 0), _wall(zone, day, closes, 1))
    return first, last


def _common(some: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    overlaps = ((max(a, c), min(b, d)) for (a, b), (c, d) in product(some, others))
    return [(start, end) for start, end in overlaps if start < end]


@lru_cache(maxsize=16_384)
def _hours_around(zones: Zones, day: int, opens: int, closes: int) -> tuple[Span, ...]:
    days = range(_EPOCH_ORDINAL + day - _BACK, _EPOCH_ORDINAL + day + _AHEAD)
    spans = [_own_hours(zones[0], d, opens, closes) for d in days]
    for zone in zones[1:]:
        spans = _common(spans, [_own_hours(zone, d, opens, closes) for d in days])
    return tuple(spans)


def next_hours(zones: Zones, at: int, opens: int, closes: int) -> Span | None:
    """The hours now running or next to come that lie between `opens` and `closes` (seconds of the day) in every zone.

    None if there are none within the next days.
    """
    for span in _hours_around(zones, at // DAY, opens, closes):
        if at < span[1]:
            return span
    return None


@lru_cache(maxsize=65_536)
def local_day(zone: Zone, at: int) -> int:
    """The date in one zone."""
    return datetime.fromtimestamp(at, ZoneInfo(zone_name(zone))).toordinal()


@lru_cache(maxsize=16_384)
def first_counted(zones: Zones, at: int, days: int) -> int:
    """From when on an event is one of the last `days` dates, today among them, in at least one zone."""
    return min(_wall(zone, local_day(zone, at) - days + 1, 0, 0) for zone in zones)


@lru_cache(maxsize=16_384)
def released(zones: Zones, at: int, days: int) -> int:
    """When `days` dates are over in every zone, the date of the event being the first."""
    return max(_wall(zone, local_day(zone, at) + days, 0, 0) for zone in zones)


@lru_cache(maxsize=16_384)
def expired(zones: Zones, at: int, days: int) -> int:
    """When `days` dates are over in the first zone in which they are, the date of the event being the first."""
    return min(_wall(zone, local_day(zone, at) + days, 0, 0) for zone in zones)


@lru_cache(maxsize=16_384)
def midnight(zones: Zones, day: int) -> int:
    """When a date has begun in every zone."""
    return max(_wall(zone, day, 0, 1) for zone in zones)


@lru_cache(maxsize=16_384)
def wall_time(zone: Zone, at: int) -> tuple[int, int]:
    """The date in one zone, and the second of it as a clock on the wall shows it."""
    local = datetime.fromtimestamp(at, ZoneInfo(zone_name(zone)))
    return local.toordinal(), local.hour * 3600 + local.minute * 60 + local.second


def at_wall(zone: Zone, day: int, second: int) -> int:
    """The instant at which a clock on the wall shows a time for the last time; `second` may be the end of the day."""
    return _wall(zone, day + second // DAY, second % DAY, 1)


@lru_cache(maxsize=4096)
def clock_times(zones: Zones, at: int) -> tuple[tuple[str, str], ...]:
    """Each zone's name with the time there, hours and minutes."""
    names = [zone_name(zone) for zone in zones]
    return tuple((name, datetime.fromtimestamp(at, ZoneInfo(name)).strftime("%H:%M")) for name in names)
