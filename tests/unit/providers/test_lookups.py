"""The simulated Lookup, driven by Twilio's own SDK over HTTP.

A green run does not prove that Twilio knows numbers as this does: no live account was reached.
"""

import asyncio
from typing import Any

import httpx
import pytest

from counterpoint.providers.twilio.lookups import NUMBERS
from tests.unit.providers.test_twilio import ACCOUNT, TOKEN, simulator

BOTH = "line_type_intelligence,reassigned_number"


@pytest.mark.parametrize(
    ("digits", "line", "whose", "valid"),
    [
        ("0101", "mobile", "no", True),
        ("0185", "nonFixedVoip", "no", True),
        ("0184", None, "no", True),
        ("0189", "landline", "no", True),
        ("0186", "mobile", "no_data_available", True),
        ("0187", "mobile", "yes", True),
        ("0183", None, None, False),
    ],
)
async def test_twilios_own_client_learns_what_a_number_is(digits: str, line: Any, whose: Any, valid: bool) -> None:
    number = f"+1312555{digits}"
    async with simulator() as (simulated, _, client):
        asked = client.lookups.v2.phone_numbers(number)
        found = await asyncio.to_thread(asked.fetch, fields=BOTH, last_verified_date="20260901")
        assert simulated.lookups.asked == {number: 1}
    assert (found.phone_number, found.valid) == (number, valid)
    assert (found.line_type_intelligence or {}).get("type") == line
    assert (found.reassigned_number or {}).get("is_number_reassigned") == whose
    assert found.caller_name is None


async def test_a_number_is_still_that_of_whoever_consented_today() -> None:
    async with simulator() as (_, _, client):
        asked = client.lookups.v2.phone_numbers("+13125550187")
        found = await asyncio.to_thread(asked.fetch, fields=BOTH, last_verified_date="20261231")
    assert found.reassigned_number["is_number_reassigned"] == "no"


@pytest.mark.parametrize(
    ("query", "token", "status"),
    [
        ({"Fields": BOTH}, TOKEN, 400),
        ({"Fields": BOTH, "LastVerifiedDate": "2026-09-01"}, TOKEN, 400),
        ({"Fields": "caller_name"}, TOKEN, 400),
        ({"Feilds": BOTH}, TOKEN, 400),
        ({}, "another", 401),
        ({}, TOKEN, 200),
    ],
)
async def test_what_is_asked_for_wrongly_is_refused(query: dict[str, str], token: str, status: int) -> None:
    async with simulator() as (_, url, _), httpx.AsyncClient(base_url=url, auth=(ACCOUNT, token)) as http:
        answer = await http.get("/twilio/v2/PhoneNumbers/+13125550101", params=query)
    assert answer.status_code == status


def test_every_number_that_is_special_is_special_in_some_way() -> None:
    assert len(set(NUMBERS.values())) == len(NUMBERS) - 1, "only two are alike: landlines, as texts find them too"
