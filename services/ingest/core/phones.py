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
    toll_free = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.TOLL_FREE
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), toll_free)


@lru_cache(maxsize=65536)
def zones_of_number(number: str) -> tuple[str, ...]:
    """Every zone that a number in E.164 form may be in, sorted; none if it says nothing.

    The library falls to one zone for the fictional 555-01XX numbers and for overlays younger than its data, so the
    zones of the ZIP codes that an area code serves count beside its answer.
    """
    parsed = phonenumbers.parse(number, None)
    if phonenumbers.number_type(parsed) in _PLACELESS:
        return ()
    by_prefix = [z for z in timezone.time_zones_for_number(parsed) if is_zone(z)]
    if len(by_prefix) > MOST_ZONES:
        return ()
    return tuple(sorted({*by_prefix, *atlas().area_codes.get(number[2:5], ())}))


_PLACELESS = frozenset(
    {
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
        phonenumbers.PhoneNumberType.UAN,
        phonenumbers.PhoneNumberType.VOIP,
    }
)
