"""A stop that comes after the provider took a text on, and before it went out.

A green run does not prove that Twilio gives a scheduled text back as the simulator does.
"""

import json
from datetime import timedelta

import pytest

from contracts.events import AttemptAccepted, AttemptStatus, AttemptStatusChanged, CallbackReceived, ReasonClass
from tests.integration.sms.harness import PHONE, Sms, a_world, until

SERVICE = "MG" + "1" * 32
QUEUED = "+13125550198"
"""Its texts wait four hours in Twilio's queue."""


async def _canceled(world: Sms) -> AttemptStatusChanged:
    await until(lambda: [e for e in world.events(AttemptStatusChanged) if e.terminal])
    [ended] = [e for e in world.events(AttemptStatusChanged) if e.terminal]
    return ended


@pytest.mark.parametrize("faults", [[], [{"kind": "503", "operation": "any", "next": 2}]])
async def test_f17_a_stop_takes_back_what_twilio_still_holds(database: str, faults: list[dict[str, object]]) -> None:
    async with a_world(database, rate=60.0, messaging_service_sid=SERVICE, undo_minutes=5.0) as world, world.running():
        world.approve()
        await until(lambda: world.events(AttemptAccepted))
        await world.faults(*faults)
        world.suppress(PHONE, active=True)
        ended = await _canceled(world)
        [message] = world.simulator.account.messages.everything
    assert (ended.status, ended.reason_class) == (AttemptStatus.CANCELED, ReasonClass.NOT_SENT)
    assert message.status == "canceled"
    assert not world.received()


async def test_f17_a_stop_during_the_call_takes_the_text_back_too(database: str) -> None:
    async with a_world(database, rate=60.0, messaging_service_sid=SERVICE, undo_minutes=5.0) as world, world.running():
        await world.faults({"kind": "slow", "next": 1, "seconds": 0.3})
        world.approve()
        await until(lambda: world.simulator.account.messages.everything)
        world.suppress(PHONE, active=True)
        ended = await _canceled(world)
    assert ended.status is AttemptStatus.CANCELED
    assert not world.received()


async def test_f17_a_race_that_is_lost_is_in_the_log_with_both_times(database: str) -> None:
    async with a_world(database, rate=60.0) as world, world.running():
        world.approve(to=QUEUED)
        await until(lambda: world.events(AttemptAccepted))
        world.suppress(QUEUED, active=True)
        await until(lambda: world.events(CallbackReceived))
        [told] = world.events(CallbackReceived)
        [accepted] = world.events(AttemptAccepted)
    lost = json.loads(told.body)
    assert lost["not_taken_back"] == "code-30409"
    assert lost["barred_at"] <= lost["asked_at"] <= lost["answered_at"]
    assert (told.attempt_id, told.contact_id) == (accepted.attempt_id, accepted.contact_id)
    assert not world.events(AttemptStatusChanged)


async def test_what_has_gone_out_is_not_asked_back(database: str) -> None:
    async with a_world(database) as world, world.running():
        world.approve()
        await until(lambda: [e for e in world.events(AttemptStatusChanged) if e.terminal])
        known = len(world.events(CallbackReceived))
        world.suppress(PHONE, active=True)
        world.approve(to="+13125550102", consumer_id="con-2")
        await until(lambda: len([e for e in world.events(AttemptStatusChanged) if e.terminal]) == 2)
        bodies = [e.body for e in world.events(CallbackReceived)]
    assert known
    assert not [body for body in bodies if b"not_taken_back" in body]


async def test_a_text_whose_time_is_short_is_not_held(database: str) -> None:
    async with a_world(database, rate=60.0, messaging_service_sid=SERVICE, undo_minutes=5.0) as world, world.running():
        world.approve(expires_at=world.now + timedelta(minutes=9))
        await until(world.received)
        [text] = world.received()
        latest = world.events(AttemptAccepted)[0].accepted_at + timedelta(minutes=1)
    assert text.received_at < latest
