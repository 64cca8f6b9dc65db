"""Which zones a consumer may be in.

Green does not prove that the ZIP codes' data are right, or that a ported number's owner is where it says.
"""

from zoneinfo import ZoneInfo

import pytest

from contracts.events import ZoneEvidence, ZoneSource
from services.ingest.core.phones import zones_of_number
from services.ingest.core.places import atlas, zones_of_address
from tests.unit.ingest.factories import a_placement


def zones(*, source: ZoneSource | None = None, **changes: str) -> list[str]:
    """Zones of a row's placement, of one source or all."""
    evidence: tuple[ZoneEvidence, ...] = a_placement(**changes).zones
    return [e.zone for e in evidence if source in (None, e.source)]


def test_address_and_number_both_count_and_name_what_says_so() -> None:
    p = a_placement()
    assert [(e.zone, e.source.value) for e in p.zones] == [
        ("America/Chicago", "POSTAL_ADDRESS"),
        ("America/Chicago", "PHONE_NUMBER"),
        ("America/New_York", "PHONE_NUMBER"),
    ]
    assert p.zones[0].address_id == p.postal_addresses[0].address_id
    assert p.zones[1].address_id == p.phones[0].address_id


@pytest.mark.parametrize("number", ["+18505550100", "+14485550100"])
def test_fictional_numbers_and_young_overlays_have_the_other_zones_of_their_area(number: str) -> None:
    """The library alone gives New York only, and a Pensacola mobile would be called at seven in the morning."""
    assert zones_of_number(number) == ("America/Chicago", "America/New_York")


@pytest.mark.parametrize("number", ["+18005550100", "+18885550100", "+15005550100", "+19005550100"])
def test_numbers_of_no_place_are_no_evidence(number: str) -> None:
    assert zones_of_number(number) == ()


def test_a_number_of_another_zone_than_the_address_adds_its_zone() -> None:
    assert set(zones(phone_1="808-555-0100")) == {"America/Chicago", "Pacific/Honolulu"}


@pytest.mark.parametrize(("zip_code", "state"), [("09001", "AE"), ("96201", "AP"), ("34001", "AA")])
def test_a_military_address_is_no_evidence(zip_code: str, state: str) -> None:
    assert zones_of_address(zip_code, state) == ()
    assert zones(postal_code=zip_code, state=state, source=ZoneSource.POSTAL_ADDRESS) == []


def test_with_no_evidence_at_all_every_zone_of_the_country_counts() -> None:
    found = a_placement(postal_code="09001", state="AE", phone_1="")
    assert {e.source for e in found.zones} == {ZoneSource.ALL_US}
    assert {e.address_id for e in found.zones} == {None}
    assert {"America/New_York", "America/Adak", "Pacific/Guam", "Pacific/Pago_Pago", "America/Puerto_Rico"} <= {
        e.zone for e in found.zones
    }


def test_a_zip_code_whose_listed_zone_is_none_leaves_every_zone_of_its_state_open() -> None:
    """99634 is listed with the zone "Napakiak", which is a town."""
    found = zones_of_address("99634", "AK")
    assert "Napakiak" not in found
    assert {"America/Anchorage", "America/Adak"} <= set(found)


def test_an_unknown_zip_code_leaves_every_zone_of_the_state_open() -> None:
    assert zones_of_address("00000", "TN") == ("America/Chicago", "America/New_York")


def test_a_zip_code_across_a_border_leaves_both_sides_open() -> None:
    assert set(zones_of_address("42223", "TN")) == {"America/Chicago", "America/New_York"}


def test_every_zone_is_one_that_tzdata_knows() -> None:
    places = atlas()
    known = {z for zones in (*places.states.values(), *places.area_codes.values()) for z in zones}
    known |= {p.zone for p in places.zips.values() if p.zone} | set(places.everywhere)
    assert len(known) > 30
    assert [ZoneInfo(zone).key for zone in sorted(known)] == sorted(known)


def test_the_order_is_that_of_addresses_then_numbers_each_sorted_without_repeats() -> None:
    p = a_placement(phone_2="605-555-0100", phone_3="850-555-0100")
    assert len(set(p.zones)) == len(p.zones)
    order: list[str | None] = [*(a.address_id for a in p.postal_addresses), *(x.address_id for x in p.phones)]
    keys = [(order.index(e.address_id), e.zone) for e in p.zones]
    assert keys == sorted(keys)
