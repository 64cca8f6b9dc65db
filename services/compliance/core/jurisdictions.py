"""Whose rules protect a consumer: states and cities that have rules of their own, and what indicates them."""

from collections.abc import Iterable

from contracts.events import PostalAddress

NEW_YORK_CITY = "NYC"
_BOROUGHS = frozenset({"100", "101", "102", "103", "104", "111", "112", "113", "114", "116"})
"""Beginnings of the ZIP codes of the five boroughs; 110 is shared with Nassau County, but for two codes."""
_QUEENS = frozenset({"11004", "11005"})

ZONE_OF = {"MA": "America/New_York", "NYC": "America/New_York", "DC": "America/New_York", "NY": "America/New_York"}
"""Places that lie in one zone, so that a law's first and last date can be told to the second."""

Places = tuple[str, ...]
"""Sorted codes: two letters for a state, NYC for the city; empty where nothing indicates any, so that all apply."""


def places_of(addresses: Iterable[PostalAddress]) -> Places:
    """Every place that postal addresses indicate."""
    found: set[str] = set()
    for address in addresses:
        if address.state:
            found.add(address.state)
        if address.postal_code[:3] in _BOROUGHS or address.postal_code in _QUEENS:
            found.add(NEW_YORK_CITY)
    return tuple(sorted(found))
