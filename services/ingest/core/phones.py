"""Telephone numbers: the one canonical form, the kind of line, the zones that a number may be in."""

from functools import lru_cache

import phonenumbers
from msgspec import Struct
from phonenumbers import timezone

from services.ingest.core.places import atlas, is_zone

REGIONS = ("US", "PR", "VI", "GU", "MP", "AS")
LINE_TYPES = ("mobile", "landline", "voip", "toll-free", "unknown")
MOST_ZONES = 8
"""A prefix with more zones belongs to no place: toll-free, personal and premium numbers list the whole plan."""


class Phone(Struct, frozen=True):
    """A number in E.164 form."""

    number: str
    toll_free: bool


def parse(text: str) -> Phone | None:
    """The number, or None if it is no valid one of the United States or has an extension."""
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != 1 or number.extension:
        return None
    if not any(phonenumbers.is_valid_number_for_region(number, region) for region in REGIONS):
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Phone(e164, _kind_of(e164[2:5]) == phonenumbers.PhoneNumberType.TOLL_FREE)


@lru_cache(maxsize=1024)
def _kind_of(area_code: str) -> int:
    """What numbers of an area code are; in North America all of one are the same."""
    return phonenumbers.number_type(phonenumbers.parse(f"+1{area_code}5550100"))


def zones_of_number(number: str) -> tuple[str, ...]:
    """Every zone that a number in E.164 form may be in, sorted; none if it says nothing.

    The library falls to one zone for the fictional 555-01XX numbers and for overlays younger than its data, so the
    zones of the ZIP codes that an area code serves count beside its answer.
    """
    return _zones_of_exchange(number[:8])


@lru_cache(maxsize=65536)
def _zones_of_exchange(prefix: str) -> tuple[str, ...]:
    """The zones of all numbers that begin so; the library tells none apart by more digits than these."""
    area_code = prefix[2:5]
    if _kind_of(area_code) in _PLACELESS:
        return ()
    by_prefix = [z for z in timezone.time_zones_for_number(phonenumbers.parse(f"{prefix}0100")) if is_zone(z)]
    if len(by_prefix) > MOST_ZONES:
        return ()
    return tuple(sorted({*by_prefix, *atlas().area_codes.get(area_code, ())}))


_PLACELESS = frozenset(
    {
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
        phonenumbers.PhoneNumberType.UAN,
        phonenumbers.PhoneNumberType.VOIP,
    }
)
