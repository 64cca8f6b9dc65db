"""Consumers who write by WhatsApp, against the simulator: answered there while they may be, by text after, and stopped.

A green run does not prove that Twilio carries WhatsApp so: no live account was reached.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from chassis.addresses import address_id
from contracts.events import AttemptAccepted, AttemptRejected, AttemptStatus, AttemptStatusChanged, OptedOut
from counterpoint.providers.ledger import Entry
from counterpoint.providers.twilio.messages import Message
from counterpoint.providers.twilio.problems import Problem
from services.sms.core import whatsapp
from tests.integration.sms.harness import KEY, OURS, PHONE, Sms, a_world, until
from tests.integration.sms.test_hearing import INBOUND, placed

OURS_THERE = "+12125550177"
THERE: dict[str, Any] = {"whatsapp_from": OURS_THERE}


async def writes(sms: Sms, body: str, *, by_whatsapp: bool = True) -> None:
    """The consumer writes, and it has been heard."""
    heard = sms.simulator.account.webhooks.delivered
    sms.simulator.account._inbound_url = sms.public_url + INBOUND + "#rc=3&rp=all"
    prefix, ours = ("whatsapp:", OURS_THERE) if by_whatsapp else ("", OURS)
    await sms.control("inbound", {"from": prefix + PHONE, "to": prefix + ours, "body": body})
    await until(lambda: sms.simulator.account.webhooks.delivered > heard)


async def known(sms: Sms) -> None:
    """A consumer has the number."""
    sms.runtime.publish(placed(sms, "con-1", PHONE))
    await sms.runtime.run()


def ways(entries: Sequence[Entry | Message]) -> list[tuple[str, str]]:
    """From which of our addresses to which of theirs texts went."""
    return [(e.sender, e.to) for e in entries]


BY_WHATSAPP = ("whatsapp:" + OURS_THERE, "whatsapp:" + PHONE)
AS_TEXT = (OURS, PHONE)


async def test_whoever_writes_by_whatsapp_is_answered_there_and_it_is_known_when_they_read_it(database: str) -> None:
    async with a_world(database, **THERE) as sms, sms.running():
        await known(sms)
        await writes(sms, "what do I owe?")
        sms.approve()
        await until(lambda: [e for e in sms.events(AttemptStatusChanged) if e.status is AttemptStatus.READ])
        assert ways(sms.received()) == [BY_WHATSAPP]
    assert {e.address_id for e in sms.events(AttemptStatusChanged)} == {address_id(KEY, "tel", PHONE)}


async def test_whoever_writes_by_text_after_that_gets_texts(database: str) -> None:
    async with a_world(database, **THERE) as sms, sms.running():
        await known(sms)
        await writes(sms, "what do I owe?")
        await writes(sms, "how much is it?", by_whatsapp=False)
        sms.approve()
        await until(sms.received)
        assert ways(sms.received()) == [AS_TEXT]


async def test_after_the_day_texts_go_as_texts(database: str) -> None:
    # At this rate the day is over in three seconds of the machine's.
    async with a_world(database, rate=30_000.0, **THERE) as sms, sms.running():
        await known(sms)
        await writes(sms, "what do I owe?")
        heard = sms.now
        await until(lambda: sms.now > heard + timedelta(hours=24))
        sms.approve(expires_at=sms.now + timedelta(days=30))
        await until(sms.received)
        assert ways(sms.received()) == [AS_TEXT]


async def test_without_our_number_there_nothing_goes_by_whatsapp(database: str) -> None:
    async with a_world(database) as sms, sms.running():
        await known(sms)
        await writes(sms, "what do I owe?")
        sms.approve()
        await until(sms.received)
        assert ways(sms.received()) == [AS_TEXT]


async def test_what_whatsapp_refuses_to_take_on_goes_as_a_text_by_the_same_attempt(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_world(database, **THERE) as sms, sms.running():
        await known(sms)
        await writes(sms, "what do I owe?")
        account, send = sms.simulator.account, sms.simulator.account.send

        async def refusing(form, media, at, fault):  # type: ignore[no-untyped-def]
            if form["To"].startswith("whatsapp:"):
                return Problem(400, 63007, "Twilio could not find a Channel with the specified From address")
            return await send(form, media, at, fault)

        monkeypatch.setattr(account, "send", refusing)
        sms.approve()
        await until(sms.received)
        assert ways(sms.received()) == [AS_TEXT]
    assert len(sms.events(AttemptAccepted)) == 1
    assert not sms.events(AttemptRejected)


async def test_what_did_not_arrive_by_whatsapp_is_not_sent_again_and_the_next_goes_as_a_text(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whatsapp, "OPEN", timedelta(days=30))  # we believe the window to be longer than it is
    async with a_world(database, rate=30_000.0, **THERE) as sms, sms.running():
        await known(sms)
        await writes(sms, "what do I owe?")
        heard = sms.now
        await until(lambda: sms.now > heard + timedelta(hours=24))
        sms.approve(expires_at=sms.now + timedelta(days=30))
        await until(lambda: [e for e in sms.events(AttemptStatusChanged) if e.provider_code == "63016"])
        sms.approve(expires_at=sms.now + timedelta(days=30))
        await until(sms.received)
        assert ways(sms.simulator.account.messages.everything) == [BY_WHATSAPP, AS_TEXT]


async def test_a_lost_answer_of_whatsapp_is_found_and_nothing_goes_twice(database: str) -> None:
    async with a_world(database, **THERE) as sms, sms.running():
        await known(sms)
        await writes(sms, "what do I owe?")
        await sms.faults({"kind": "500-created", "next": 1})
        sms.simulator.account.webhooks.call = lambda job: None  # type: ignore[method-assign]
        sms.approve()
        await until(lambda: sms.events(AttemptAccepted))
        assert ways(sms.received()) == [BY_WHATSAPP]


@pytest.mark.parametrize(("words", "own"), [("STOP", THERE), ("no me escriban más", THERE), ("stop texting me", {})])
async def test_a_stop_by_whatsapp_ends_texts_too_and_is_confirmed_there(
    database: str, words: str, own: dict[str, Any]
) -> None:
    async with a_world(database, **own) as sms, sms.running():
        await known(sms)
        await writes(sms, words)
        await until(lambda: sms.events(OptedOut) and sms.received("confirmation"))
        sms.approve()  # the gate has not heard of it yet
        await until(lambda: sms.events(AttemptRejected))
        (confirmed,) = sms.received("confirmation")
        assert not sms.received()
    assert ways([confirmed]) == [BY_WHATSAPP]
    assert confirmed.body == whatsapp.confirmation("es" if "más" in words else "en")
    assert confirmed.received_at - confirmed.requested_at < timedelta(minutes=5)
    assert [(e.meta.consumer_id, e.address_id) for e in sms.events(OptedOut)] == [
        ("con-1", address_id(KEY, "tel", PHONE))
    ]
    assert sms.events(AttemptRejected)[0].reason == "suppressed"


async def test_what_is_no_stop_gets_no_answer_of_itself(database: str) -> None:
    async with a_world(database, **THERE) as sms, sms.running():
        await known(sms)
        await writes(sms, "thanks, I will call on monday")
        assert not sms.simulator.account.messages.everything
