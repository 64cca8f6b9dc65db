"""Consent: where none is on record there is none, and what a placement says of it.

A green run does not prove that a client's word of a consent is true; the worked cases of the rule files say the rest.
"""

from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from contracts.events import ContactApproved, ContactVetoed, PhoneAddress, PostalAddress
from contracts.ids import AddressId
from tests.unit.compliance.factories import (
    MOBILE,
    NOON,
    Conversation,
    a_phone,
    a_reply,
    an_account,
    utc,
)

DAY = timedelta(days=1)
ON = date(2026, 9, 9)
LAST = utc("2026-11-08T12:00:00-05:00")
"""The sixtieth date after it."""
ZIPS = {"OH": "43004", "NY": "12207", "DC": "20001"}
NOBODY_SAID = PhoneAddress(MOBILE, "+12125550100", "mobile", None)


def placed(phone: PhoneAddress, state: str = "OH") -> Conversation:
    """The gate, with an account of somebody at this number."""
    home = PostalAddress(AddressId("post-1"), ("12 Main St",), "Somewhere", state, ZIPS[state], "US")
    talk = Conversation()
    talk.tell(an_account(phones=(phone,), postal_addresses=(home,)))
    return talk


def asked(phone: PhoneAddress, now: datetime = NOON, state: str = "OH") -> ContactApproved | ContactVetoed:
    """The verdict on a text to a number."""
    verdict = placed(phone, state).ask("text", now)
    assert isinstance(verdict, ContactApproved | ContactVetoed)
    return verdict


def test_a_text_goes_with_fresh_consent_to_us() -> None:
    assert isinstance(asked(a_phone()), ContactApproved)


def test_the_sixtieth_date_passes_and_the_next_does_not() -> None:
    phone = replace(a_phone(), consented_on=ON)
    assert isinstance(asked(phone, LAST), ContactApproved)
    verdict = asked(phone, LAST + DAY)
    assert isinstance(verdict, ContactVetoed)
    assert verdict.deciding_rule == "us.consent.texts"
    assert "too old" in next(f.reason for f in verdict.findings if f.rule_id == verdict.deciding_rule)


def test_a_check_of_the_number_renews_the_consent() -> None:
    phone = replace(a_phone(), consented_on=date(2026, 1, 5), checked_on=ON)
    assert isinstance(asked(phone, LAST), ContactApproved)
    assert isinstance(asked(phone, LAST + DAY), ContactVetoed)


@pytest.mark.parametrize(
    ("phone", "rule"),
    [
        (NOBODY_SAID, "us.consent.automated"),
        (replace(NOBODY_SAID, checked_on=ON), "us.consent.automated"),
        (replace(NOBODY_SAID, consented=True), "us.consent.texts"),
        (replace(a_phone(), consent_to="client"), "us.consent.texts"),
        (replace(a_phone(), consented_on=None), "us.consent.texts"),
        (replace(a_phone(), consented_on=date(2025, 1, 1), checked_on=date(2024, 12, 31)), "us.consent.texts"),
        (replace(NOBODY_SAID, consented=False), "us.consent.automated"),
    ],
    ids=["nothing", "only a check", "to nobody", "to the client", "no date", "checked before", "refused"],
)
def test_without_it_no_text_goes(phone: PhoneAddress, rule: str) -> None:
    verdict = asked(phone)
    assert isinstance(verdict, ContactVetoed)
    assert verdict.deciding_rule == rule


@pytest.mark.parametrize("state", ["NY", "DC"])
def test_consent_to_us_counts_where_a_state_asks_for_it_and_consent_to_the_client_does_not(state: str) -> None:
    assert isinstance(asked(a_phone(), state=state), ContactApproved)
    refused = asked(replace(a_phone(), consent_to="client"), state=state)
    assert f"us-{state.lower()}.consent.electronic" in {
        f.rule_id for f in refused.findings if f.result.value == "VETOED"
    }


def test_what_another_client_says_of_a_refusal_outweighs_an_older_consent() -> None:
    talk = placed(a_phone())
    talk.tell(an_account("other", NOON - DAY, phones=(replace(NOBODY_SAID, consented=False),)))
    assert isinstance(talk.ask("text", NOON), ContactVetoed)


def test_who_writes_to_us_may_be_written_to() -> None:
    talk = placed(NOBODY_SAID)
    talk.tell(a_reply(NOON - DAY))
    assert isinstance(talk.ask("text", NOON), ContactApproved)


def test_a_consent_dated_on_the_day_of_the_placement_counts_at_once_in_every_zone() -> None:
    phone = replace(a_phone(), consented_on=(NOON - 40 * DAY).date())
    early = an_account(when=(NOON - 40 * DAY).replace(hour=8), phones=(phone,))
    talk = Conversation()
    talk.tell(early)
    assert isinstance(talk.ask("text", (NOON - 40 * DAY).replace(hour=15)), ContactApproved)
