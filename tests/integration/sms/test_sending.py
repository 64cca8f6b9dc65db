"""From an approval to a phone, through real HTTP to the simulator, whatever goes wrong on the way.

A green run does not prove that Twilio itself behaves as the simulator does, nor anything about Kafka.
"""

from datetime import timedelta

import pytest

from contracts.events import (
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    OptedOut,
    ReasonClass,
)
from tests.integration.sms.harness import PHONE, a_world, until


async def test_an_approved_text_reaches_the_phone_and_its_statuses_come_back(database: str) -> None:
    async with a_world(database) as sms, sms.running():
        approval = sms.approve()
        await until(lambda: [e for e in sms.events(AttemptStatusChanged) if e.terminal])
        [started], [accepted] = sms.events(AttemptStarted), sms.events(AttemptAccepted)
        [entry] = sms.received()
        statuses = [e.status for e in sms.events(AttemptStatusChanged)]
    assert statuses[-1] is AttemptStatus.DELIVERED
    assert set(statuses) <= {AttemptStatus.SENT, AttemptStatus.DELIVERED}
    assert (entry.to, entry.message_sid) == (PHONE, accepted.provider_id)
    assert entry.reference["attempt"] == started.attempt_id == accepted.attempt_id
    assert entry.reference["contact"] == approval.contact_id
    assert "debt collector" in entry.body
    assert "Ana" in entry.body
    assert entry.requested_at < entry.received_at < approval.expires_at


@pytest.mark.parametrize("kind", ["timeout-created", "500-created", "reset-created"])
async def test_f1_f12_a_text_whose_answer_was_lost_is_never_sent_again(database: str, kind: str) -> None:
    async with a_world(database) as sms, sms.running():
        await sms.faults({"kind": kind, "next": 1}, {"kind": "callback-lost", "rate": 1.0})
        sms.approve()
        await until(lambda: sms.events(AttemptInDoubt))
        await until(lambda: sms.events(AttemptAccepted) or sms.events(AttemptStatusChanged))
        await until(lambda: len(sms.simulator.ledger))
        assert len(sms.simulator.account.messages.everything) == 1
        assert not sms.events(AttemptRejected)
    assert len(sms.received()) == 1


async def test_f1_a_lost_answer_is_found_in_the_providers_list_alone(database: str) -> None:
    async with a_world(database) as sms, sms.running():
        await sms.faults({"kind": "timeout-created", "next": 1})
        sms.simulator.account.webhooks.call = lambda job: None  # type: ignore[method-assign]
        sms.approve()
        await until(lambda: sms.events(AttemptAccepted))
        [accepted] = sms.events(AttemptAccepted)
        [message] = sms.simulator.account.messages.everything
    assert accepted.provider_id == message.sid
    assert not sms.events(AttemptStatusChanged)


@pytest.mark.parametrize("kind", ["timeout", "500", "503", "reset"])
async def test_f1_f12_a_text_that_the_provider_never_had_ends_as_not_sent(database: str, kind: str) -> None:
    async with a_world(database, connect_timeout=0.2, answer_timeout=0.3, retry_seconds=0.3) as sms, sms.running():
        await sms.faults({"kind": kind, "next": 1})
        sms.approve()
        await until(lambda: sms.events(AttemptRejected))
        [rejected] = sms.events(AttemptRejected)
        doubts = [e.checks for e in sms.events(AttemptInDoubt)]
    assert rejected.reason_class is ReasonClass.NOT_SENT
    assert doubts == [0, 1, 2, 3]
    assert not sms.simulator.account.messages.everything


async def test_f13_nothing_is_called_not_sent_while_the_provider_cannot_be_asked(database: str) -> None:
    async with a_world(database, connect_timeout=0.2, answer_timeout=0.3, retry_seconds=0.3) as sms, sms.running():
        await sms.faults({"kind": "reset", "next": 1}, {"kind": "503", "operation": "list", "rate": 1.0})
        sms.approve()
        await until(lambda: len(sms.events(AttemptInDoubt)) > 5)
        assert not sms.events(AttemptRejected)
        await sms.faults()
        await until(lambda: sms.events(AttemptRejected))
    assert sms.events(AttemptRejected)[0].reason_class is ReasonClass.NOT_SENT


async def test_half_an_answer_of_201_counts_as_accepted(database: str) -> None:
    async with a_world(database) as sms, sms.running():
        await sms.faults({"kind": "half-created", "next": 1})
        sms.approve()
        await until(lambda: sms.events(AttemptAccepted))
        assert sms.events(AttemptAccepted)[0].provider_id == ""
        await until(sms.received)
        await until(lambda: [e for e in sms.events(AttemptStatusChanged) if e.terminal])
    assert not sms.events(AttemptInDoubt)


async def test_f2_f10_what_was_certainly_not_sent_is_tried_again(database: str) -> None:
    async with a_world(database, retry_seconds=10.0) as sms, sms.running():
        await sms.faults({"kind": "429", "next": 2})
        sms.approve()
        await until(sms.received)
        await sms.faults(refuse_seconds=0.6)
        await until(lambda: sms.simulator.door.refusing)
        sms.approve()
        await until(lambda: len(sms.received()) == 2)
    assert len(sms.simulator.account.messages.everything) == 2
    assert not sms.events(AttemptInDoubt)


async def test_f10_tries_end_and_say_that_nothing_was_sent(database: str) -> None:
    async with a_world(database, retry_seconds=0.5) as sms, sms.running():
        await sms.faults({"kind": "429", "rate": 1.0})
        for _ in range(20):
            sms.approve()
        await until(lambda: len(sms.events(AttemptRejected)) == 20)
    assert {e.reason_class for e in sms.events(AttemptRejected)} == {ReasonClass.TECHNICAL}
    assert not sms.simulator.account.messages.everything


async def test_f2_the_last_look_comes_before_every_try(database: str) -> None:
    async with a_world(database, retry_seconds=20.0) as sms, sms.running():
        await sms.faults({"kind": "429", "rate": 1.0})
        sms.approve()
        await until(lambda: sms.simulator.plan.chosen.get("429", 0) >= 2)
        sms.suppress(PHONE, active=True)
        sms.views.turn()
        await until(lambda: sms.events(AttemptRejected))
        await sms.faults()
        [rejected] = sms.events(AttemptRejected)
    assert (rejected.reason, rejected.reason_class) == ("suppressed", ReasonClass.OPTED_OUT)
    assert not sms.simulator.account.messages.everything


async def test_f10_f26_an_expired_approval_is_not_sent(database: str) -> None:
    async with a_world(database) as sms, sms.running():
        sms.approve(expires_at=sms.now)
        await until(lambda: sms.events(AttemptRejected))
    assert sms.events(AttemptRejected)[0].reason_class is ReasonClass.EXPIRED
    assert not sms.simulator.account.messages.everything


async def test_f26_a_text_that_waits_too_long_at_the_provider_is_not_delivered_late(database: str) -> None:
    waits_for_hours = "+13125550198"
    async with a_world(database, rate=6000.0) as sms, sms.running():
        sms.approve(to=waits_for_hours, expires_at=sms.now + timedelta(hours=3))
        await until(lambda: [e for e in sms.events(AttemptStatusChanged) if e.terminal])
        [failed] = [e for e in sms.events(AttemptStatusChanged) if e.terminal]
    assert (failed.provider_code, failed.reason_class) == ("30036", ReasonClass.EXPIRED)
    assert not sms.received()


async def test_f15_a_number_that_the_gate_did_not_judge_is_not_texted(database: str) -> None:
    async with a_world(database) as sms, sms.running():
        approval = sms.approve(to="+13125550102")
        other = sms.approve(address_id=approval.address_id)
        await until(lambda: sms.events(AttemptRejected))
        await until(sms.received)
        assert [e.contact_id for e in sms.events(AttemptRejected)] == [other.contact_id]
    assert [e.to for e in sms.received()] == ["+13125550102"]


async def test_an_approval_that_comes_twice_is_sent_once(database: str) -> None:
    async with a_world(database) as sms, sms.running():
        sms.runtime.publish(sms.approve())
        await until(sms.received)
        sms.approve(to="+13125550103")
        await until(lambda: len(sms.received()) == 2)
    assert len(sms.events(AttemptStarted)) == 2


async def test_f16_a_block_that_only_the_provider_knew_is_told_as_an_opt_out(database: str) -> None:
    async with a_world(database) as sms, sms.running():
        approval = sms.approve(to="+13125550188")
        await until(lambda: sms.events(OptedOut))
        [rejected], [opted_out] = sms.events(AttemptRejected), sms.events(OptedOut)
    assert (rejected.provider_code, rejected.reason_class) == ("21610", ReasonClass.OPTED_OUT)
    assert (opted_out.source, opted_out.address_id) == ("provider", approval.address_id)


@pytest.mark.parametrize("name", ["A\r\nStatusCallback: x", "A&To=%2B13125550109", "<Response><Say>A</Say></Response>"])
async def test_f25_a_name_is_never_more_than_words_of_the_text(database: str, name: str) -> None:
    async with a_world(database) as sms, sms.running():
        words = {"first_name": name, "creditor": "Bank", "account_last4": "1234", "balance": "$1,234.56"}
        sms.approve(parameters=words)
        await until(lambda: sms.events(AttemptRejected) or sms.received())
        texts = sms.simulator.account.messages.everything
    assert {text.to for text in texts} <= {PHONE}
    assert all("\n" not in text.body and "/twilio/status" in (text.callback or "") for text in texts)
