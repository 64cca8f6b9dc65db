"""What ZIP codes, states and area codes say about time zones; from the `zipcodes` package, checked against tzdata."""

from collections import Counter, defaultdict
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import zipcodes
from msgspec import Struct

LEAST_SHARE = 0.05
"""A zone of an area code counts from this share of its ZIP codes; below, the lists are mostly noise."""

MILITARY = frozenset({"AA", "AE", "AP"})
TERRITORIES = frozenset({"AS", "GU", "MP", "PR", "VI"})
ASSOCIATED = frozenset({"FM", "MH", "PW"})
"""Freely associated states: mail of the United States goes there, but they are not in it."""

BORDERS: dict[str, str] = {
    "AL": "FL GA MS TN", "AR": "LA MO MS OK TN TX", "AZ": "CA CO NM NV UT", "CA": "AZ NV OR",
    "CO": "AZ KS NE NM OK UT WY", "CT": "MA NY RI", "DC": "MD VA", "DE": "MD NJ PA", "FL": "AL GA",
    "GA": "AL FL NC SC TN", "IA": "IL MN MO NE SD WI", "ID": "MT NV OR UT WA WY", "IL": "IA IN KY MO WI",
    "IN": "IL KY MI OH", "KS": "CO MO NE OK", "KY": "IL IN MO OH TN VA WV", "LA": "AR MS TX",
    "MA": "CT NH NY RI VT", "MD": "DC DE PA VA WV", "ME": "NH", "MI": "IN OH WI", "MN": "IA ND SD WI",
    "MO": "AR IA IL KS KY NE OK TN", "MS": "AL AR LA TN", "MT": "ID ND SD WY", "NC": "GA SC TN VA",
    "ND": "MN MT SD", "NE": "CO IA KS MO SD WY", "NH": "MA ME VT", "NJ": "DE NY PA", "NM": "AZ CO OK TX UT",
    "NV": "AZ CA ID OR UT", "NY": "CT MA NJ PA VT", "OH": "IN KY MI PA WV", "OK": "AR CO KS MO NM TX",
    "OR": "CA ID NV WA", "PA": "DE MD NJ NY OH WV", "RI": "CT MA", "SC": "GA NC", "SD": "IA MN MT ND NE WY",
    "TN": "AL AR GA KY MO MS NC VA", "TX": "AR LA NM OK", "UT": "AZ CO ID NM NV WY", "VA": "DC KY MD NC TN WV",
    "VT": "MA NH NY", "WA": "ID OR", "WI": "IA IL MI MN", "WV": "KY MD OH PA VA", "WY": "CO ID MT NE SD UT",
}  # fmt: skip
"""States by their neighbours on land: some ZIP codes serve addresses on both sides of a border."""


class Place(Struct, frozen=True):
    """Where a ZIP code is; the zone is None where it is unknown or no zone at all."""

    state: str
    zone: str | None


class Atlas(Struct, frozen=True):
    """Zones by place, each tuple sorted; `everywhere` holds all zones of the United States."""

    zips: dict[str, Place]
    states: dict[str, tuple[str, ...]]
    area_codes: dict[str, tuple[str, ...]]
    everywhere: tuple[str, ...]


@cache
def is_zone(name: str) -> bool:
    """Whether tzdata knows the zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return name != "Etc/Unknown"


@cache
def atlas() -> Atlas:
    """Everything that is known of places, gathered once; takes about a second."""
    zips: dict[str, Place] = {}
    states: defaultdict[str, set[str]] = defaultdict(set)
    area_codes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for state in sorted({*BORDERS, "AK", "HI", *MILITARY, *TERRITORIES, *ASSOCIATED}):
        for entry in zipcodes.filter_by_state(state):  # type: ignore[no-untyped-call]  # one at a time: the whole list takes 100 MB
            zone = entry["timezone"] if entry["timezone"] and is_zone(entry["timezone"]) else None
            zips[entry["zip_code"]] = Place(state, zone)
            if zone:
                states[state].add(zone)
                for code in entry["area_codes"]:
                    area_codes[code][zone] += 1
    return Atlas(
        zips=zips,
        states={state: tuple(sorted(zones)) for state, zones in states.items()},
        area_codes={code: _frequent(count) for code, count in area_codes.items()},
        everywhere=tuple(sorted({z for state, zones in states.items() if state not in ASSOCIATED for z in zones})),
    )


def _frequent(count: Counter[str]) -> tuple[str, ...]:
    least = LEAST_SHARE * sum(count.values())
    return tuple(sorted(zone for zone, n in count.items() if n >= least))


def is_state(code: str) -> bool:
    """Whether mail of the United States knows such a state, territory or region."""
    return code in BORDERS or code in ("AK", "HI") or code in MILITARY or code in TERRITORIES or code in ASSOCIATED


def contradicts(postal_code: str, state: str) -> bool:
    """Whether a known ZIP code lies neither in the state nor in a neighbour of it."""
    place = atlas().zips.get(postal_code)
    return place is not None and place.state != state and place.state not in BORDERS.get(state, "").split()


def zones_of_address(postal_code: str, state: str) -> tuple[str, ...]:
    """Every zone that an address may be in; none for a military one, which says nothing of where its people are.

    An unknown ZIP code, or one on the other side of a border, leaves every zone of the state open.
    """
    place = atlas().zips.get(postal_code)
    if state in MILITARY or (place and place.state in MILITARY):
        return ()
    if place and place.zone and place.state == state:
        return (place.zone,)
    zones = set(atlas().states.get(state, ()))
    if place and place.zone:
        zones.add(place.zone)
    return tuple(sorted(zones))
