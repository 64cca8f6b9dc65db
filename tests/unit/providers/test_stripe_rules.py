"""What the simulated Stripe refuses, answers again and gets wrong when told to, as Stripe's own SDK sees it.

A green run does not prove that Stripe behaves so: no live account was reached; see counterpoint/providers/README.md.
"""

import hmac
import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.providers.stripe.forms import Wrong, nested, specification
from counterpoint.providers.stripe.shown import VERSION
from tests.unit.providers.stripe_harness import KEY, PAGE, SECRET, SESSIONS, START, Heard, listening, simulator, until

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
"""The SDK hands its bodies to httpx in a way that is on its way out there."""


async def test_one_key_one_answer_whatever_is_asked_with_it() -> None:
    async with simulator() as (simulated, url, client):
        options: Any = {"idempotency_key": "key-1"}
        first = await client.v1.checkout.sessions.create_async(params=PAGE, options=options)
        again = await client.v1.checkout.sessions.create_async(params=PAGE, options=options)
        assert first.id == again.id
        assert again.last_response is not None
        assert again.last_response.headers["Idempotent-Replayed"] == "true"
        with pytest.raises(stripe.IdempotencyError):
            await client.v1.checkout.sessions.create_async(
                params={**PAGE, "client_reference_id": "link-2"}, options=options
            )
        async with httpx.AsyncClient(base_url=url, trust_env=False) as control:
            for kind in ("500", "500-created"):
                await control.post("/_sim/faults", json={"faults": [{"kind": kind, "next": 1}]})
                for _ in range(2):
                    with pytest.raises(stripe.APIError):
                        await client.v1.checkout.sessions.create_async(params=PAGE, options={"idempotency_key": kind})
        assert len(simulated.stripe.records.sessions) == 2


REFUSED: list[tuple[dict[str, Any], str | None, str | None]] = [
    ({"success_url": None}, "success_url", "parameter_missing"),
    ({"colour": "red"}, "colour", "parameter_unknown"),
    ({"mode": "gift"}, "mode", None),
    ({"mode": "subscription"}, "mode", None),
    ({"line_items": None}, "line_items", None),
    ({"line_items": [{"quantity": 1, "price_data": {"currency": "usd"}}]}, "line_items[0]", None),
    ({"expires_at": int((START + timedelta(days=2)).timestamp())}, "expires_at", None),
    ({"expires_at": 10**17}, "expires_at", None),
    ({"metadata": {"x" * 41: "y"}}, f"metadata[{'x' * 40}]", None),
    ({"metadata": {"x": "y" * 501}}, "metadata[x]", None),
    ({"payment_method_types": ["ideal"]}, "payment_method_types", None),
    ({"customer": "cus_nobody"}, "customer", "resource_missing"),
    ({"expand": ["payment_intent"]}, "expand", None),
]


async def test_what_stripe_refuses_is_refused_in_its_words() -> None:
    async with simulator() as (simulated, _, client):
        for changes, param, code in REFUSED:
            asked: Any = {k: v for k, v in {**PAGE, **changes}.items() if v is not None}
            with pytest.raises(stripe.InvalidRequestError) as refused:
                await client.v1.checkout.sessions.create_async(params=asked)
            assert (refused.value.param, refused.value.code) == (param, code), changes
        assert not simulated.stripe.records.sessions


async def test_amounts_have_bounds() -> None:
    async with simulator() as (_, _, client):
        for cents, code in ((49, "amount_too_small"), (100_000_000, "amount_too_large")):
            with pytest.raises(stripe.InvalidRequestError) as refused:
                await client.v1.payment_intents.create_async(params={"amount": cents, "currency": "usd"})
            assert refused.value.code == code


async def test_payments_without_a_page_are_tried_listed_and_cancelled() -> None:
    async with simulator() as (_, _, client):
        create = client.v1.payment_intents.create_async
        open_ = await create(params={"amount": 5000, "currency": "usd", "metadata": {"n": "1"}})
        assert (open_.status, open_.latest_charge) == ("requires_payment_method", None)
        paid: Any = {"amount": 5000, "currency": "usd", "confirm": True, "payment_method": "pm_card_visa"}
        assert (await create(params=paid)).status == "succeeded"
        with pytest.raises(stripe.CardError) as declined:
            await create(params={**paid, "payment_method": "pm_card_visa_chargeDeclined"})
        assert declined.value.code == "card_declined"
        listed = await client.v1.payment_intents.list_async(params={"limit": 2})
        assert (len(listed.data), listed.has_more) == (2, True)
        rest = await client.v1.payment_intents.list_async(params={"starting_after": listed.data[-1].id})
        assert [i.id for i in rest.data] == [open_.id]
        cancelled = await client.v1.payment_intents.cancel_async(open_.id)
        assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "requested_by_customer")
        with pytest.raises(stripe.InvalidRequestError):
            await client.v1.payment_intents.cancel_async(open_.id)


async def test_customers_events_and_webhook_endpoints() -> None:
    heard = Heard()
    async with listening(heard) as hook, simulator() as (_, _, client):
        made = await client.v1.webhook_endpoints.create_async(
            params={"url": hook, "enabled_events": ["customer.created"], "api_version": VERSION}
        )
        assert made.secret is not None
        customer = await client.v1.customers.create_async(params={"email": "ana@consumer.example.test"})
        await client.v1.payment_intents.create_async(params={"amount": 5000, "currency": "usd"})
        await until(lambda: heard.posts)
        assert heard.types() == ["customer.created"]
        body, signature = heard.posts[0]
        stripe.WebhookSignature.verify_header(body.decode(), signature, made.secret)
        listed = await client.v1.webhook_endpoints.list_async()
        assert [getattr(e, "secret", None) for e in listed.data] == [None, None]
        found = await client.v1.customers.retrieve_async(customer.id)
        assert found.email == "ana@consumer.example.test"
        events = await client.v1.events.list_async(params={"type": "customer.*"})
        assert [e.data.object["id"] for e in events.data] == [customer.id]
        assert (await client.v1.events.retrieve_async(events.data[0].id)).type == "customer.created"
        with pytest.raises(stripe.InvalidRequestError) as nobody:
            await client.v1.customers.retrieve_async("cus_0")
        assert nobody.value.http_status == 404


async def test_a_webhook_is_tried_again_and_signed_anew() -> None:
    heard = Heard(refuse_first=2)
    async with simulator(heard, rate=30.0) as (simulated, _, client):
        await client.v1.customers.create_async(params={"name": "Ana Ejemplo"})
        await until(lambda: simulated.stripe.events.delivered)
    assert len(heard.posts) == 3
    assert len({body for body, _ in heard.posts}) == 1
    assert len({signature for _, signature in heard.posts}) == 3


FAULTS = [
    ("callback-twice", 2, 2),
    ("callback-lost", 0, 0),
    ("callback-late", 1, 1),
    ("callback-forged", 2, 1),
    ("callback-stale", 2, 2),
    ("callback-unknown", 2, 2),
    ("callback-strange", 3, 3),
    ("callback-huge", 2, 2),
    ("callback-altered", 1, 1),
]
"""Kinds of fault, how many posts there are under each, and how many of them are truly signed."""


async def test_faults_of_callbacks() -> None:
    heard = Heard()
    async with simulator(heard) as (simulated, url, client):
        for kind, posts, believed in FAULTS:
            heard.posts.clear()
            async with httpx.AsyncClient(base_url=url, trust_env=False) as control:
                await control.post("/_sim/faults", json={"faults": [{"kind": kind, "next": 1, "seconds": 0.1}]})
            delivered = simulated.stripe.events.delivered
            await client.v1.payment_intents.create_async(params={"amount": 5000, "currency": "usd"})
            last = delivered + min(posts, 2 if kind == "callback-twice" else 1)
            await until(lambda last=last: simulated.stripe.events.delivered == last)  # type: ignore[misc]
            assert len(heard.posts) == posts, kind
            good = [body for body, signature in heard.posts if is_believed(body, signature)]
            assert len(good) == believed, kind
    assert json.loads(heard.posts[-1][0])["data"]["object"]["amount"] == 6000


def is_believed(body: bytes, signature: str) -> bool:
    """Whether our secret signed a body, whenever that was."""
    stamp, _, given = signature.removeprefix("t=").partition(",v1=")
    return hmac.new(SECRET.encode(), stamp.encode() + b"." + body, sha256).hexdigest() == given


async def test_who_asks_and_how_is_checked_first() -> None:
    async with simulator() as (_, url, _), httpx.AsyncClient(base_url=url, trust_env=False) as plain:
        for header in ("", "Bearer sk_other", "Basic !!!"):
            answer = await plain.post(SESSIONS, data={}, headers={"Authorization": header})
            assert (answer.status_code, answer.json()["error"]["type"]) == (401, "invalid_request_error")
        ours = {"Authorization": f"Bearer {KEY}"}
        newer = await plain.post(SESSIONS, data={}, headers={**ours, "Stripe-Version": "2026-10-28.endive"})
        assert newer.status_code == 400
        assert (await plain.post(SESSIONS, json={}, headers=ours)).status_code == 400
        assert (await plain.get(SESSIONS, params={"limit": "0"}, headers=ours)).status_code == 400
        assert (await plain.get(SESSIONS, params={"colour": "red"}, headers=ours)).status_code == 400
        long = await plain.post(SESSIONS, data={}, headers={**ours, "Idempotency-Key": "k" * 256})
        assert long.json()["error"]["type"] == "idempotency_error"
        assert (await plain.post(SESSIONS, content=b"a" * ((1 << 20) + 1), headers=ours)).status_code in (400, 413)
        basic = await plain.get(SESSIONS, auth=(KEY, ""))
        assert (basic.status_code, basic.json()["data"]) == (200, [])


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=5)), max_size=8))
def test_no_form_is_too_odd_to_be_read(pairs: list[tuple[str, str]]) -> None:
    found = nested(pairs)
    assert isinstance(found, Wrong) or all(isinstance(name, str) for name in found)
    specification().read("post", "/v1/checkout/sessions", pairs)


def test_brackets_become_objects_and_words_become_what_the_specification_says() -> None:
    pairs = [("amount", "500"), ("currency", "usd"), ("confirm", "true"), ("metadata[a]", "1"), ("expand[]", "x")]
    found = specification().read("post", "/v1/payment_intents", pairs)
    expected = {"amount": 500, "currency": "usd", "confirm": True, "metadata": {"a": "1"}, "expand": ["x"]}
    assert found == expected
    wrong = specification().read("post", "/v1/payment_intents", [("amount", "much"), ("currency", "usd")])
    assert isinstance(wrong, Wrong)
    assert (wrong.param, wrong.code) == ("amount", "parameter_invalid_integer")
