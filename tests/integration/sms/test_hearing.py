"""What consumers write to us, from their phones through signed webhooks to events, and from there to the last look.

A green run does not prove that every way of saying stop is understood: see bench/understanding for those
that must be.
"""

import asyncio
from datetime import date, timedelta
from decimal import Decimal

import httpx

from chassis.addresses import address_id
from contracts.events import (
    AccountPlaced,
    AttemptRejected,
    CallbackReceived,
    Channel,
    DebtType,
    Itemization,
    ItemizationBasis,
    Meta,
    OptedIn,
    OptedOut,
    OptOutScope,
    PersonName,
    PhoneAddress,
    PlacementFlags,
    ReplyIntent,
    ReplyReceived,
)
from contracts.ids import BatchId, ClientId, ConsumerId, DebtId, EventId, PlacementId
from tests.integration.sms.harness import KEY, OURS, PHONE, Sms, a_world, until

INBOUND = "/twilio/inbound"


def placed(sms: Sms, consumer_id: str, *numbers: str) -> AccountPlaced:
    """An account of a consumer with these numbers."""
    event_id = EventId(f"placed-{consumer_id}-{len(numbers)}")
    money = Decimal("0.00")
    phones = tuple(PhoneAddress(address_id(KEY, "tel", n), n, "mobile", True) for n in numbers)
    return AccountPlaced(
        meta=Meta(event_id, sms.now, ConsumerId(consumer_id), event_id, None, "ingest", "0"),
        placement_id=PlacementId("pla-1"),
        batch_id=BatchId("bat-1"),
        row_number=1,
        client_id=ClientId("acme"),
        debt_id=DebtId("debt-1"),
        client_account_number="A-1",
        account_last4="1234",
        placement_sequence=1,
        debt_type=DebtType.CARD,
        original_creditor="Bank",
        current_creditor="Bank",
        currency="USD",
        balance=Decimal("10.00"),
        itemization=Itemization(
            date(2026, 1, 1), ItemizationBasis.CHARGE_OFF, Decimal("10.00"), money, money, money, money
        ),
        delinquent_on=None,
        charged_off_on=None,
        name=PersonName("Ana", None, "Roe", None),
        born_on=None,
        ssn_hash=None,
        language="en",
        postal_addresses=(),
        phones=phones,
        emails=(),
        zones=(),
        flags=PlacementFlags(),
    )


async def says(sms: Sms, body: str, phone: str = PHONE) -> None:
    """A consumer writes; Twilio's number is set up to post to us."""
    sms.simulator.account._inbound_url = sms.public_url + INBOUND + "#rc=3&rp=all"
    await sms.control("inbound", {"from": phone, "to": OURS, "body": body})


async def test_stop_is_told_once_for_everybody_at_the_number_and_ends_texts_at_once(database: str) -> None:
    async with a_world(database) as sms, sms.running():
        sms.runtime.publish(placed(sms, "con-1", PHONE), placed(sms, "con-2", PHONE, "+13125550104"))
        await sms.runtime.run()
        await says(sms, "Stop!")
        await until(lambda: len(sms.events(OptedOut)) == 2)
        sms.approve()  # the gate has not heard of it yet
        await until(lambda: sms.events(AttemptRejected))
        opted_out = sms.events(OptedOut)
        replies = sms.events(ReplyReceived)
        assert not sms.received()
    assert {e.meta.consumer_id for e in opted_out} == {"con-1", "con-2"}
    assert {(e.channel, e.scope, e.source) for e in opted_out} == {(Channel.SMS, OptOutScope.MEDIUM, "keyword")}
    assert {e.address_id for e in opted_out} == {address_id(KEY, "tel", PHONE)}
    assert [e.intent for e in replies] == [ReplyIntent.OPT_OUT] * 2
    assert sms.events(AttemptRejected)[0].reason == "suppressed"


async def test_a_stop_bars_the_other_numbers_of_the_consumer_at_once_too(database: str) -> None:
    other = "+13125550104"
    async with a_world(database) as sms, sms.running():
        sms.runtime.publish(placed(sms, "con-1", PHONE, other), placed(sms, "con-2", "+13125550105"))
        await sms.runtime.run()
        await says(sms, "STOP")
        await until(lambda: sms.events(OptedOut))
        sms.approve(to=other)  # the gate has not heard of it yet
        sms.approve(to="+13125550105", consumer_id="con-2")
        await until(lambda: sms.events(AttemptRejected) and sms.received())
        assert [e.to for e in sms.received()] == ["+13125550105"]
    assert [(e.meta.consumer_id, e.reason) for e in sms.events(AttemptRejected)] == [("con-1", "suppressed")]


async def test_twilio_confirms_a_stop_by_itself_and_refuses_what_comes_after(database: str) -> None:
    async with a_world(database) as sms, sms.running():
        await says(sms, "STOP")
        sms.suppress(PHONE, active=True)
        await until(lambda: len(sms.simulator.ledger) == 1)
        [confirmation] = sms.simulator.ledger.after(0, 10)
        assert (confirmation.kind, confirmation.to) == ("confirmation", PHONE)
        await says(sms, "START")
        await until(lambda: not sms.simulator.account.opt_outs.blocks(OURS, PHONE))


async def test_files_of_any_kind_are_never_fetched_and_the_words_beside_them_are_heard(database: str) -> None:
    async with a_world(database) as sms, sms.running():
        sms.runtime.publish(placed(sms, "con-1", PHONE))
        await sms.runtime.run()
        sms.simulator.account._inbound_url = sms.public_url + INBOUND
        fetched = f"{sms.simulator_url}/twilio/2010-04-01/Accounts/x/Messages.json"
        await sms.faults({"kind": "500", "operation": "any", "rate": 1.0})  # counts every look at the address
        kinds = ("application/x-msdownload", "text/vcard", "image/svg+xml", "", "../x", "image/png\r\nX: y")
        media = [{"kind": kind, "url": fetched} for kind in kinds]
        await sms.control("inbound", {"from": PHONE, "to": OURS, "body": "STOP", "media": media})
        await until(lambda: sms.events(OptedOut))
        assert "500" not in sms.simulator.plan.chosen
    [reply] = sms.events(ReplyReceived)
    assert reply.intent is ReplyIntent.OPT_OUT


async def test_plain_words_stop_texts_though_twilio_lets_them_pass(database: str) -> None:
    async with a_world(database) as sms, sms.running():
        sms.runtime.publish(placed(sms, "con-1", PHONE))
        await sms.runtime.run()
        await says(sms, "pls dont txt me anymore")
        await until(lambda: sms.events(OptedOut))
    assert sms.events(OptedOut)[0].source == "free-text"
    assert not sms.simulator.account.opt_outs.blocks(OURS, PHONE)


async def test_start_is_told_and_lets_texts_go_when_the_gate_does(database: str) -> None:
    async with a_world(database) as sms, sms.running():
        sms.runtime.publish(placed(sms, "con-1", PHONE))
        await sms.runtime.run()
        await says(sms, "STOP")
        await until(lambda: sms.events(OptedOut))
        sms.suppress(PHONE, active=True)
        await says(sms, "start")
        await until(lambda: sms.events(OptedIn))
        sms.suppress(PHONE, active=False)
        sms.views.turn()
        sms.approve()
        await until(sms.received)
    assert not sms.events(AttemptRejected)


async def test_f7_a_message_from_an_unknown_number_is_kept_until_its_consumer_is_placed(database: str) -> None:
    async with a_world(database) as sms, sms.running():
        await says(sms, "No me manden más mensajes")
        await until(lambda: sms.simulator.account.webhooks.delivered == 1)
        assert not sms.events(CallbackReceived)
        sms.runtime.publish(placed(sms, "con-9", PHONE))
        sms.runtime.publish(placed(sms, "con-9", PHONE, "+13125550105"))
        await until(lambda: sms.events(OptedOut))
        await asyncio.sleep(0.05)
        [reply], [opted_out] = sms.events(ReplyReceived), sms.events(OptedOut)
    assert reply.text == "No me manden más mensajes"
    assert opted_out.meta.consumer_id == "con-9"


async def test_f5_a_repeated_message_is_heard_once(database: str) -> None:
    async with a_world(database) as sms, sms.running() as client:
        sms.runtime.publish(placed(sms, "con-1", PHONE))
        await sms.runtime.run()
        await says(sms, "How much do I owe?")
        await until(lambda: sms.events(ReplyReceived))
        [callback] = sms.events(CallbackReceived)
        for _ in range(5):
            assert (await post(sms, client, callback.body.decode())).status_code == 200
        await until(lambda: len(sms.events(CallbackReceived)) == 6)
        await sms.runtime.run()
    assert len(sms.events(ReplyReceived)) == 1


async def post(sms: Sms, client: httpx.AsyncClient, body: str) -> httpx.Response:
    """Post a body, signed."""
    from chassis.channel.core.form import pairs
    from chassis.channel.twilio_signature import signature
    from tests.integration.sms.harness import TOKEN

    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature(TOKEN, sms.public_url + INBOUND, pairs(body.encode())),
    }
    return await client.post(INBOUND, content=body, headers=headers)


async def test_f20_twilio_is_asked_to_come_again_while_the_log_or_the_database_is_away(database: str) -> None:
    async with a_world(database) as sms, sms.running() as client:
        sms.runtime.publish(placed(sms, "con-1", PHONE))
        await sms.runtime.run()
        body = f"AccountSid=AC{'5' * 32}&MessageSid=SM1&From=%2B13125550101&To=%2B12125550199&Body=hello"
        sms.publisher.broken = True
        assert (await post(sms, client, body)).status_code == 503
        await says(sms, "STOP")
        await until(lambda: sms.simulator.account.webhooks.waiting == 0)
        sms.publisher.broken = False
        await until(lambda: sms.events(OptedOut))
        assert (await post(sms, client, body)).status_code == 200


async def test_f17_a_stop_between_two_texts_of_one_batch_is_seen_by_the_second(database: str) -> None:
    async with a_world(database, concurrency=1) as sms, sms.running():
        await sms.faults({"kind": "slow", "next": 1, "seconds": 0.3})
        sms.turning = False
        other = "+13125550106"
        sms.approve(to=other, consumer_id="con-1", expires_at=sms.now + timedelta(hours=8))
        sms.approve(to=PHONE, consumer_id="con-1", expires_at=sms.now + timedelta(hours=8))
        sms.turning = True
        await until(lambda: sms.simulator.plan.chosen)
        await says(sms, "STOP")
        await until(lambda: sms.events(AttemptRejected))
        await until(sms.received)
        assert [e.to for e in sms.received()] == [other]
