"""The simulated Stripe, driven by Stripe's own SDK over HTTP: payments, their fates, and the events that tell of them.

A green run does not prove that Stripe behaves so: no live account was reached; see counterpoint/providers/README.md.
"""

from typing import Any

import httpx
import pytest
import stripe

from chassis.clock import Clock
from counterpoint.providers.stripe.shown import VERSION
from counterpoint.providers.stripe.ways import BANK, CARD, WAYS
from tests.unit.providers.stripe_harness import PAGE, SECRET, Heard, days_pass, pays, pays_over, simulator, the, until

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
"""The SDK hands its bodies to httpx in a way that is on its way out there."""


async def test_stripes_own_client_opens_a_page_and_a_person_pays_on_it() -> None:
    heard = Heard()
    async with simulator(heard) as (simulated, url, client):
        session = await client.v1.checkout.sessions.create_async(params=PAGE)
        assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 24500)
        assert session.payment_intent is None
        paid = await pays(url, session, the(CARD, "pays"))
        assert (paid.status_code, paid.headers["Location"].partition("=")[2]) == (303, session.id)
        await until(lambda: "checkout.session.completed" in heard.types())
        found = await client.v1.checkout.sessions.retrieve_async(session.id)
        assert (found.status, found.payment_status, found.url) == ("complete", "paid", None)
        intent = await client.v1.payment_intents.retrieve_async(str(found.payment_intent))
        charge = await client.v1.charges.retrieve_async(str(intent.latest_charge))
        assert (intent.status, charge.status, charge.metadata.to_dict()) == (
            "succeeded",
            "succeeded",
            {"debt": "debt-1"},
        )
        lines = await client.v1.checkout.sessions.line_items.list_async(session.id)
        assert [(i.description, i.amount_total) for i in lines.data] == [("Account ending 1234", 24500)]
        again = await pays_over(url, session)
    assert "This was paid" in again
    assert set(heard.types()) == {
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    }
    [entry] = simulated.ledger.after(0, 10)
    assert (entry.kind, entry.status, entry.body) == ("payment", "succeeded", "245.00 USD")
    assert entry.received_at is not None


async def test_the_sdk_believes_the_signature_and_no_other() -> None:
    heard = Heard()
    async with simulator(heard, clock=Clock.real()) as (_, url, client):
        session = await client.v1.checkout.sessions.create_async(params=PAGE)
        await pays(url, session, the(CARD, "pays"))
        await until(lambda: heard.posts)
    body, signature = heard.posts[0]
    event = stripe.Webhook.construct_event(body, signature, SECRET)
    assert (event.type, event.api_version) == ("payment_intent.created", VERSION)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", signature, SECRET)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, signature, "whsec_other")


async def test_a_card_that_is_declined_says_why_and_another_may_be_tried() -> None:
    heard = Heard()
    refusing = [way for way in WAYS if way.refusal is not None and way.kind == CARD]
    async with simulator(heard) as (simulated, url, client):
        session = await client.v1.checkout.sessions.create_async(params=PAGE)
        for way in refusing:
            declined = await pays(url, session, way)
            assert way.refusal is not None
            assert declined.status_code == 402
            assert way.refusal.message.split("'")[0] in declined.text
        assert (await pays(url, session, the(CARD, "pays"))).status_code == 303
        await until(lambda: "checkout.session.completed" in heard.types())
    codes = [i["last_payment_error"]["code"] for i in heard.objects("payment_intent.payment_failed")]
    assert sorted(codes) == sorted(way.refusal.code for way in refusing if way.refusal is not None)
    assert [e.status for e in simulated.ledger.after(0, 10)] == [*["failed"] * len(refusing), "succeeded"]


async def test_money_from_a_bank_account_takes_days_and_may_fail() -> None:
    heard = Heard()
    async with simulator(heard) as (simulated, url, client):
        good, bad = [await client.v1.checkout.sessions.create_async(params=PAGE) for _ in range(2)]
        assert (await pays(url, good, the(BANK, "pays after"))).status_code == 303
        assert (await pays(url, bad, the(BANK, "closed"))).status_code == 303
        days_pass(simulated, 5)
        wanted = {"checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed"}
        await until(lambda: wanted <= set(heard.types()))
        assert [s["payment_status"] for s in heard.objects("checkout.session.completed")] == ["unpaid", "unpaid"]
        [late] = heard.objects("checkout.session.async_payment_succeeded")
        assert (late["id"], late["payment_status"]) == (good.id, "paid")
        [failed] = heard.objects("payment_intent.payment_failed")
        assert failed["last_payment_error"]["code"] == "account_closed"
        charge = heard.objects("charge.succeeded")[0]
        assert charge["payment_method_details"]["type"] == BANK


async def test_a_page_expires_and_nobody_can_pay_on_it_any_more() -> None:
    heard = Heard()
    async with simulator(heard) as (simulated, url, client):
        session = await client.v1.checkout.sessions.create_async(params=PAGE)
        days_pass(simulated, 1)
        await until(lambda: "checkout.session.expired" in heard.types())
        async with httpx.AsyncClient(trust_env=False) as person:
            answer = await person.post(f"{url}/stripe/c/pay/{session.id}", data={"kind": CARD})
            assert "This page is over" in answer.text
        other = await client.v1.checkout.sessions.create_async(params=PAGE)
        expired = await client.v1.checkout.sessions.expire_async(other.id)
        assert (expired.status, expired.url) == ("expired", None)
        with pytest.raises(stripe.InvalidRequestError):
            await client.v1.checkout.sessions.expire_async(other.id)


async def test_what_was_paid_is_refunded_in_parts_or_claimed_back() -> None:
    heard = Heard()
    async with simulator(heard) as (simulated, url, client):
        refunded, disputed = [await client.v1.checkout.sessions.create_async(params=PAGE) for _ in range(2)]
        for session in (refunded, disputed):
            await pays(url, session, the(CARD, "pays"))
        first, second = simulated.stripe.records.intents
        await client.v1.refunds.create_async(params={"payment_intent": first, "amount": 4500})
        await client.v1.refunds.create_async(params={"payment_intent": first, "reason": "duplicate"})
        with pytest.raises(stripe.InvalidRequestError, match="at most 0"):
            await client.v1.refunds.create_async(params={"payment_intent": first})
        listed = await client.v1.refunds.list_async(params={"payment_intent": first})
        assert [r.amount for r in listed.data] == [20000, 4500]
        async with httpx.AsyncClient(base_url=url, trust_env=False) as control:
            for happens in ("disputed", "won"):
                turn = {"payment_intent": second, "happens": happens}
                assert (await control.post("/_sim/payments", json=turn)).status_code == 204
            assert (await control.post("/_sim/payments", json={"payment_intent": "pi_0"})).status_code == 400
        [dispute] = (await client.v1.disputes.list_async(params={"payment_intent": second})).data
        assert (dispute.status, dispute.amount) == ("won", 24500)
        with pytest.raises(stripe.InvalidRequestError, match="cannot be refunded"):
            await client.v1.refunds.create_async(params={"payment_intent": second})
        await until(lambda: "charge.dispute.funds_reinstated" in heard.types())
    assert [c["amount_refunded"] for c in heard.objects("charge.refunded")] == [4500, 24500]
    statuses = [e.status for e in simulated.ledger.after(0, 10)]
    assert statuses == ["succeeded", "succeeded", "refunded", "refunded", "disputed", "reinstated"]


async def test_a_card_that_claims_back_does_so_on_the_clock() -> None:
    heard = Heard()
    async with simulator(heard) as (simulated, _, client):
        paid: Any = {"amount": 5000, "currency": "usd", "confirm": True, "payment_method": "pm_card_createDispute"}
        await client.v1.payment_intents.create_async(params=paid)
        days_pass(simulated, 30)
        await until(lambda: "charge.dispute.closed" in heard.types())
    told = {kind: heard.objects(f"charge.dispute.{kind}")[0]["status"] for kind in ("created", "closed")}
    assert told == {"created": "needs_response", "closed": "lost"}
    assert "charge.dispute.funds_reinstated" not in heard.types()
