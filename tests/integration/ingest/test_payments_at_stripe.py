"""Payments at Stripe: asked for by us, made on its page, told by its events, posted once, and only as asked for.

A green run does not prove that Stripe itself behaves as the simulator does.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from contracts.events import PaymentFailed, PaymentReversed, PaymentSettled
from counterpoint.providers.stripe import shown
from services.ingest.links_api import EVENTS_PATH
from tests.integration.ingest.harness import OPERATOR, ZENITH, until
from tests.integration.ingest.paying import (
    BAD_ACCOUNT,
    BAD_CARD,
    BEFORE,
    GOOD_ACCOUNT,
    OTHER_CARD,
    paying,
)
from tests.unit.providers.stripe_harness import days_pass


async def test_a_payment_that_was_asked_for_is_made_and_told_once(database: str, tmp_path: Path) -> None:
    async with paying(database, tmp_path) as world:
        first, again = await world.asks(), await world.asks()
        assert [first.status_code, again.status_code] == [201, 200]
        assert first.json() == again.json()
        assert first.json()["state"] == "open"
        assert await world.pays(first.json()["url"]) == 303
        await world.reaches("paid")
        await world.settled()
        paid = (await world.client.get("/v1/payment-links/P1")).json()
        assert (paid["url"], paid["amount"]) == (None, "245.00")
        [session] = world.simulator.stripe.records.sessions.values()
        asked = [str(v) for v in (session.items[0].name, session.customer_email, *session.metadata.values())]
        assert not [v for v in asked if "Ana" in v or "AC-1001" in v]
    [settled], [placed] = world.told(PaymentSettled), world.ingest.placed()
    assert (settled.payment_id, settled.amount, settled.method) == ("acme:P1", Decimal("245.00"), "card")
    assert (settled.debt_id, settled.meta.consumer_id) == (placed.debt_id, placed.meta.consumer_id)
    assert set(world.outcomes()) == {"recorded", "nothing"}


async def test_what_cannot_be_asked_for_is_refused_with_a_reason(database: str, tmp_path: Path) -> None:
    async with paying(database, tmp_path) as world:
        assert (await world.asks()).status_code == 201
        wrong: list[tuple[dict[str, Any], int]] = [
            ({"amount": "9.00"}, 409),
            ({"payment_id": "P2", "client_account_number": "AC-none"}, 404),
            ({"payment_id": "P2", "amount": "0.49"}, 422),
            ({"payment_id": "P2", "currency": "EUR"}, 422),
            ({"payment_id": "P2", "colour": "red"}, 422),
            ({"payment_id": "P2", "language": "fr"}, 422),
        ]
        for changes, status in wrong:
            assert (await world.asks(**changes)).status_code == status, changes
        foreign = {"Authorization": f"Bearer {ZENITH}"}
        assert (await world.client.get("/v1/payment-links/P1", headers=foreign)).status_code == 404
        assert (await world.client.get("/v1/payment-links/P1", headers={"Authorization": ""})).status_code == 401
        operator = {"Authorization": f"Bearer {OPERATOR}", "Counterpoint-Client": "acme"}
        assert (await world.client.get("/v1/payment-links/P1", headers=operator)).json()["state"] == "open"
        assert (await world.client.get("/v1/payment-links/P%00")).status_code == 404
        assert (await world.client.get("/v1/payment-rejects?after=%C3%A9")).status_code == 400


async def test_f23_what_differs_from_what_we_asked_is_quarantined_and_never_posted(
    database: str, tmp_path: Path
) -> None:
    async with paying(database, tmp_path) as world:
        await world.fault("callback-altered")
        page = (await world.asks()).json()["url"]
        assert await world.pays(page) == 303
        await world.settled()
        [session] = world.simulator.stripe.records.sessions.values()
        good = {
            "id": session.id,
            "client_reference_id": "acme:P1",
            "payment_status": "paid",
            "amount_total": 24500,
            "currency": "usd",
            "metadata": session.metadata,
        }
        second = (await world.asks("P2")).json()
        other = list(world.simulator.stripe.records.sessions)[1]
        altered: list[dict[str, Any]] = [
            {"amount_total": 24501},
            {"amount_total": "24500"},
            {"amount_total": None},
            {"currency": "eur"},
            {"metadata": {**session.metadata, "debt": "debt-of-somebody"}},
            {"metadata": {}},
            {"id": "cs_test_another"},
            {"id": other},
            {"client_reference_id": "acme:P2"},
        ]
        for n, change in enumerate(altered):
            thing = {**good, **change}
            event = {"id": f"evt_{n}", "type": "checkout.session.completed", "created": 1, "data": {"object": thing}}
            assert await world.posts(event) == 200
        timeless = {"id": "evt_t", "type": "checkout.session.completed", "data": {"object": good}}
        assert await world.posts(timeless) == 200
        await world.settled()
        rejects = await world.rejects()
        assert (await world.client.get("/v1/payment-links/P2")).json()["url"] == second["url"]
        assert await world.state() == "open"
    assert not world.told(PaymentSettled)
    assert len(rejects) == len(altered) + 2
    assert {r["state"] for r in rejects} == {"quarantined"}
    assert any(r["reason"] == "it tells of 255.00, and 245.00 was asked for" for r in rejects)


@pytest.mark.parametrize("kind", ["callback-twice", "callback-late", "callback-forged", "callback-unknown"])
async def test_f5_f7_f8_events_twice_late_forged_or_of_nobody_post_one_payment(
    database: str, tmp_path: Path, kind: str
) -> None:
    async with paying(database, tmp_path) as world:
        await world.fault(kind)
        assert await world.pays((await world.asks()).json()["url"]) == 303
        await world.reaches("paid")
        await world.settled()
    assert len(world.told(PaymentSettled)) == 1
    assert not world.told(PaymentReversed)
    assert ("waiting" in world.outcomes()) == (kind == "callback-unknown")


async def test_f8_f9_only_what_one_of_our_secrets_signed_just_now_is_believed(database: str, tmp_path: Path) -> None:
    event = {"id": "evt_1", "type": "customer.created", "created": 1, "data": {"object": {}}}
    async with paying(database, tmp_path) as world:
        assert await world.posts(event) == 200
        assert await world.posts(event, secret=BEFORE) == 200
        assert await world.posts({**event, "id": "evt_2"}, secret="whsec_nobody") == 400
        assert await world.posts({**event, "id": "evt_2"}, late=400) == 400
        assert await world.posts({**event, "id": "evt_2"}, late=-400) == 400
        for header in ("", "t=1", "v1=x", "t=x,v1=x", "t=1,t=2,v1=x", "garbage"):
            answer = await world.client.post(EVENTS_PATH, content=b"{}", headers={"Stripe-Signature": header})
            assert answer.status_code == 400
        assert (await world.client.post(EVENTS_PATH, content=b"{}")).status_code == 400
        await world.settled()
    assert world.outcomes() == ["nothing"]


async def test_f18_f19_what_nobody_foresaw_is_kept_or_refused_and_harms_nobody(database: str, tmp_path: Path) -> None:
    async with paying(database, tmp_path) as world:
        assert await world.posts({}, raw=b"x" * (10 << 20)) == 413
        for raw in (b"", b"[]", b'"\xff\x00"', b"{}", b"[" * 100_000, b'{"id":"\\u0000","type":"x"}'):
            assert await world.posts({}, raw=raw) == 400
        odd = {"id": "evt_1", "type": "charge.refunded", "created": "now", "data": {"object": {"amount": [1]}}}
        assert await world.posts(odd) == 200
        assert await world.posts({"id": "evt_2", "type": "charge.refunded", "data": None}) == 200
        await world.fault("callback-strange")
        assert await world.pays((await world.asks()).json()["url"]) == 303
        await world.reaches("paid")
    assert len(world.told(PaymentSettled)) == 1


async def test_f20_while_nothing_can_be_kept_stripe_is_asked_to_come_again(database: str, tmp_path: Path) -> None:
    async with paying(database, tmp_path) as world:
        page = (await world.asks()).json()["url"]
        world.ingest.publisher.calls_left = 0
        assert await world.pays(page) == 303
        await until(lambda: "received" in world.outcomes() and not world.simulator.stripe.events.waiting)
        assert not world.told(PaymentSettled)
        world.ingest.publisher.calls_left = None
        await world.reaches("paid")
    assert len(world.told(PaymentSettled)) == 1


@pytest.mark.parametrize(
    "kind", ["timeout-created", "reset-created", "500", "500-created", "503", "429", "half-created"]
)
async def test_f1_f10_f12_a_page_whose_answer_was_lost_is_had_by_asking_again(
    database: str, tmp_path: Path, kind: str
) -> None:
    async with paying(database, tmp_path) as world:
        await world.fault(kind, retry_after="-1", seconds=5.0)
        answers = [await world.asks() for _ in range(3)]
        assert answers[0].status_code == 503
        assert answers[0].headers["Retry-After"] == "1"
        page = answers[-1].json()["url"]
        assert await world.pays(page) == 303
        await world.reaches("paid")
    assert len(world.told(PaymentSettled)) == 1


async def test_f14_f15_a_refused_key_or_payment_says_so(database: str, tmp_path: Path) -> None:
    async with paying(database, tmp_path) as world:
        await world.fault("401")
        refused = await world.asks()
        assert (refused.status_code, "COUNTERPOINT_INGEST_STRIPE_KEY" in refused.text) == (503, True)
        large = await world.asks("P2", "1000000.00")
        assert (large.status_code, "amount_too_large" in large.text) == (422, True)
        assert (await world.asks()).status_code == 201


async def test_f2_with_stripe_gone_the_same_request_works_later(database: str, tmp_path: Path) -> None:
    async with paying(database, tmp_path) as world:
        await world.steer("faults", {"refuse_seconds": 0.3})
        statuses: list[int] = []
        while not statuses or statuses[-1] == 503:
            statuses.append((await world.asks()).status_code)
        assert statuses[-1] in (200, 201)


async def test_money_from_an_account_counts_when_it_is_there_and_is_told_when_it_fails(
    database: str, tmp_path: Path
) -> None:
    async with paying(database, tmp_path) as world:
        good, bad = (await world.asks("P1")).json()["url"], (await world.asks("P2")).json()["url"]
        assert [await world.pays(good, GOOD_ACCOUNT), await world.pays(bad, BAD_ACCOUNT)] == [303, 303]
        await world.reaches("under-way", "P1")
        assert not world.told(PaymentSettled)
        days_pass(world.simulator, 5)
        await world.reaches("paid", "P1")
        await world.reaches("failed", "P2")
    [settled], [failed] = world.told(PaymentSettled), world.told(PaymentFailed)
    assert (settled.payment_id, settled.method) == ("acme:P1", "ach")
    assert (failed.payment_id, failed.method, failed.reason) == ("acme:P2", "ach", "insufficient-funds")


async def test_a_declined_card_is_told_only_if_nobody_paid_before_the_page_was_over(
    database: str, tmp_path: Path
) -> None:
    async with paying(database, tmp_path) as world:
        left, paid = (await world.asks("P1")).json()["url"], (await world.asks("P2")).json()["url"]
        assert [await world.pays(left, BAD_CARD), await world.pays(paid, BAD_CARD)] == [402, 402]
        assert await world.pays(paid) == 303
        await world.reaches("paid", "P2")
        await world.settled()
        assert not world.told(PaymentFailed)
        days_pass(world.simulator, 1)
        await world.reaches("expired", "P1")
    [failed] = world.told(PaymentFailed)
    assert (failed.payment_id, failed.method, failed.reason) == ("acme:P1", "card", "insufficient-funds")


async def test_f22_a_payment_that_goes_back_is_reversed_and_comes_again_if_the_bank_says_so(
    database: str, tmp_path: Path
) -> None:
    async with paying(database, tmp_path) as world:
        for payment_id in ("P1", "P2"):
            assert await world.pays((await world.asks(payment_id)).json()["url"], OTHER_CARD) == 303
            await world.reaches("paid", payment_id)
        disputed, refunded = world.simulator.stripe.records.intents
        await world.steer("payments", {"payment_intent": disputed, "happens": "disputed"})
        await world.reaches("reversed", "P1")
        await world.steer("payments", {"payment_intent": disputed, "happens": "won"})
        await world.reaches("paid", "P1")
        await world.refunds(refunded, amount="100")
        await world.settled()
        [part] = await world.rejects()
        await world.refunds(refunded)
        await world.reaches("reversed", "P2")
    assert "a part only" in part["reason"]
    reversals = {(e.payment_id, e.reason) for e in world.told(PaymentReversed)}
    assert reversals == {("acme:P1", "chargeback"), ("acme:P2", "refund")}
    assert {e.payment_id for e in world.told(PaymentSettled)} == {"acme:P1", "acme:P2", "acme:P1:again"}


async def test_f6_a_reversal_that_comes_before_its_payment_waits_for_it(database: str, tmp_path: Path) -> None:
    async with paying(database, tmp_path) as world:
        await world.fault("callback-lost")
        assert await world.pays((await world.asks()).json()["url"]) == 303
        [intent] = world.simulator.stripe.records.intents
        await world.steer("payments", {"payment_intent": intent, "happens": "disputed"})
        told = list(world.simulator.stripe.records.events.values())
        for event in reversed(told):
            assert await world.posts(shown.event(event)) == 200
        await world.reaches("reversed")
        await world.settled()
    assert len(world.told(PaymentSettled)) == len(world.told(PaymentReversed)) == 1
    assert not {"waiting", "quarantined"} & set(world.outcomes())


async def test_f3_what_one_worker_kept_and_could_not_tell_another_tells_once(database: str, tmp_path: Path) -> None:
    async with paying(database, tmp_path) as world:
        page = (await world.asks()).json()["url"]
        world.ingest.publisher.calls_left = 0
        assert await world.pays(page) == 303
        await until(lambda: "received" in world.outcomes() and not world.simulator.stripe.events.waiting)
        async with world.ingest.running():
            world.ingest.publisher.calls_left = None
            await world.reaches("paid")
            await world.settled()
    assert len(world.told(PaymentSettled)) == 1
    assert sorted(set(world.outcomes())) == ["nothing", "recorded"]
