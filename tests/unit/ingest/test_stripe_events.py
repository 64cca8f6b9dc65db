"""Stripe's signatures and events as ingest reads them.

A green run does not prove that Stripe's events have these fields; the simulator's own are held to its specification.
"""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import ClientId, DebtId, PaymentId
from services.ingest.core.links import Asked, wanted
from services.ingest.core.request import Unreadable
from services.ingest.core.stripe_events import Told, What, differs, read
from services.ingest.stripe_signature import is_authentic

NOW = datetime(2026, 10, 19, 16, tzinfo=UTC)
ASKED = Asked(PaymentId("acme:P1"), ClientId("acme"), DebtId("debt-1"), Decimal("245.00"), "USD")
BODY = b'{"id":"evt_1","object":"event"}'
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
TYPES = ("checkout.session.completed", "payment_intent.payment_failed", "charge.refunded", "charge.dispute.created")


def signed(body: bytes, at: datetime, secret: str) -> str:
    """A header as Stripe's own SDK would make it."""
    made: str = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, timestamp=int(at.timestamp()))
    return made


def test_f8_f9_what_stripes_own_library_signs_is_believed_with_either_secret_and_for_five_minutes() -> None:
    header = signed(BODY, NOW, "whsec_now")
    assert is_authentic(["whsec_now"], header, BODY, NOW)
    assert is_authentic(["whsec_next", "whsec_now"], header, BODY, NOW)
    assert not is_authentic(["whsec_next"], header, BODY, NOW)
    assert not is_authentic(["whsec_now"], header, BODY + b" ", NOW)
    for away in (timedelta(seconds=301), timedelta(seconds=-301)):
        assert not is_authentic(["whsec_now"], header, BODY, NOW + away)
    both = f"{header},{signed(BODY, NOW, 'whsec_next').partition(',')[2]},v0=old"
    assert is_authentic(["whsec_next"], both, BODY, NOW)


@given(st.text(max_size=60), st.binary(max_size=20))
def test_no_header_is_too_odd_to_be_refused(header: str, body: bytes) -> None:
    assert not is_authentic(["whsec_now"], header, body, NOW)


@given(st.sampled_from(TYPES), JSON, JSON, JSON)
def test_f19_reading_is_total_and_what_differs_is_told_so(
    kind: str, thing: object, created: object, id_of: object
) -> None:
    told = read(json.dumps({"id": id_of, "type": kind, "created": created, "data": {"object": thing}}).encode())
    if told is not None:
        assert isinstance(told, Told)
        assert differs(told, ASKED, None)


@pytest.mark.parametrize(
    ("code", "decline_code", "reason"),
    [
        ("card_declined", "insufficient_funds", "insufficient-funds"),
        ("card_declined", "generic_decline", "declined"),
        ("expired_card", None, "expired"),
        ("debit_not_authorized", None, "stopped"),
        ("something_new", "something_new", "other"),
    ],
)
def test_a_failure_has_its_reason(code: str, decline_code: str | None, reason: str) -> None:
    error = {"code": code, "decline_code": decline_code, "payment_method_type": "us_bank_account"}
    thing = {"id": "pi_1", "amount": 24500, "currency": "usd", "last_payment_error": error, "latest_charge": "ch_1"}
    thing |= {"metadata": {"payment": "acme:P1", "debt": "debt-1"}}
    told = read(json.dumps(an_event("payment_intent.payment_failed", thing)).encode())
    assert told is not None
    assert (told.what, told.method, told.reason, told.try_id) == (What.FAILED, "ach", reason, "ch_1")
    assert differs(told, ASKED, "cs_1") is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"client_reference_id": None}, "another payment"),
        ({"id": "cs_2"}, "another page"),
        ({"currency": "eur"}, "another currency"),
        ({"amount_total": 24501}, "it tells of 245.01"),
        ({"metadata": {"debt": "debt-2"}}, "another debt"),
        ({}, None),
    ],
)
def test_f23_an_event_is_held_to_what_was_asked(change: dict[str, object], why: str | None) -> None:
    thing = {"id": "cs_1", "client_reference_id": "acme:P1", "amount_total": 24500, "currency": "usd"}
    thing |= {"metadata": {"debt": "debt-1"}, "payment_status": "paid"}
    told = read(json.dumps(an_event("checkout.session.completed", {**thing, **change})).encode())
    assert told is not None
    fault = differs(told, ASKED, "cs_1")
    assert fault is None if why is None else why in str(fault)


@pytest.mark.parametrize("created", [10**18, -1, "now", None, True])
def test_a_time_that_is_none_is_no_time(created: object) -> None:
    told = read(json.dumps({**an_event("checkout.session.completed", {}), "created": created}).encode())
    assert told is not None
    assert (told.at is None) == (created is not True)


def test_what_is_no_object_asks_for_nothing() -> None:
    assert isinstance(wanted([], ClientId("acme"), NOW, lambda account: DebtId(account)), Unreadable)


def an_event(kind: str, thing: object) -> dict[str, object]:
    """An event about an object."""
    return {"id": "evt_1", "type": kind, "created": int(NOW.timestamp()), "data": {"object": thing}}
