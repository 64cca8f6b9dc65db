"""What goes wrong between us and Twilio while a call is placed: it is placed once, or said not to be.

A green run does not prove that Twilio itself fails as the simulator does.
"""

from datetime import timedelta

import pytest

from chassis.failures import Halted
from chassis.runtime.memory import Crashed
from contracts.events import (
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    CallbackReceived,
    ReasonClass,
)
from contracts.ids import ConsumerId
from tests.channels import until
from tests.integration.voice.harness import BORN, Calls, a_world


@pytest.mark.parametrize("kind", ["timeout-created", "500-created"])
async def test_f1_a_call_whose_answer_was_lost_is_found_and_never_placed_again(database: str, kind: str) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know()
        await calls.faults({"kind": kind, "next": 1})
        calls.approve()
        await calls.ended()
        await until(lambda: calls.statuses())
        await calls.runtime.run()
        assert len(calls.simulator.voice.calls.everything) == 1
        assert not calls.events(AttemptRejected)


async def test_f1_lost_with_its_callbacks_a_call_is_found_by_asking(database: str) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know("+12025550171")
        calls.simulator.voice._webhooks._token = "another"  # nothing that it says is believed
        await calls.faults({"kind": "timeout-created", "next": 1})
        calls.approve("+12025550171")
        await until(lambda: calls.events(AttemptInDoubt))
        await until(lambda: calls.events(AttemptAccepted))
        assert len(calls.simulator.voice.calls.everything) == 1


async def test_f1_what_was_never_placed_is_told_so_after_asking(database: str) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know()
        await calls.faults({"kind": "timeout", "next": 1})
        calls.approve()
        await until(lambda: calls.events(AttemptRejected))
        [rejected] = calls.events(AttemptRejected)
        assert rejected.reason_class is ReasonClass.NOT_SENT
        assert not calls.simulator.voice.calls.everything


async def test_f2_f10_what_was_certainly_not_placed_is_tried_again(database: str) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know()
        await calls.faults({"kind": "429", "next": 2})
        calls.approve()
        await until(lambda: calls.events(AttemptAccepted))
        assert len(calls.simulator.voice.calls.everything) == 1


async def test_f14_an_account_that_takes_nothing_halts_the_channel_and_nobody_is_called(database: str) -> None:
    async with a_world(database) as calls:
        calls.turning = False
        async with calls.running():
            await calls.know()
            await calls.faults({"kind": "401", "next": 1})
            calls.approve()
            with pytest.raises(Halted, match="COUNTERPOINT_VOICE_AUTH_TOKEN"):
                await calls.runtime.run()
            assert not calls.simulator.voice.calls.everything


async def test_f15_a_number_that_twilio_refuses_is_told_and_the_next_call_goes_on(database: str) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know()
        calls.approve("+12")
        calls.approve()
        await until(lambda: calls.events(AttemptAccepted) and calls.events(AttemptRejected))
        [rejected] = calls.events(AttemptRejected)
    assert (rejected.reason_class, rejected.provider_code) == (ReasonClass.PERMANENT_ADDRESS, "21211")


@pytest.mark.parametrize("step", ["decided", "changelog", "outputs", "effects", "processed"])
async def test_f3_a_worker_killed_at_any_step_calls_once_or_says_that_it_did_not(database: str, step: str) -> None:
    async with a_world(database) as calls:
        calls.turning = False
        async with calls.running():
            await calls.know()
            for _ in range(3):
                calls.approve()

            def taken(_service: str, done: str) -> None:
                if done == step:
                    raise Crashed(step)

            calls.runtime.step = taken
            with pytest.raises(Crashed):
                await calls.runtime.run()
            calls.runtime.step = lambda _service, _step: None
        calls.turning = True
        async with calls.running():
            await until(lambda: {e.attempt_id for e in _settled(calls)} == {e.attempt_id for e in _started(calls)})
            await until(lambda: len(_started(calls)) == 3)
        placed = [c.callback for c in calls.simulator.voice.calls.everything]
        assert len(placed) == len(set(placed)) <= 3


def _started(calls: Calls) -> list[AttemptStarted]:
    return calls.events(AttemptStarted)


def _settled(calls: Calls) -> list[AttemptAccepted | AttemptRejected | AttemptStatusChanged]:
    return [*calls.events(AttemptAccepted), *calls.events(AttemptRejected), *calls.events(AttemptStatusChanged)]


@pytest.mark.parametrize("kind", ["callback-first", "callback-twice", "callback-late"])
async def test_f4_f5_f6_callbacks_early_twice_and_late_change_nothing(database: str, kind: str) -> None:
    async with a_world(database) as calls, calls.running():
        await calls.know()
        await calls.sits("1", BORN)
        await calls.faults({"kind": kind, "next": 1, "seconds": 0.3})
        calls.approve()
        await calls.ended()
        await until(lambda: AttemptStatus.CONVERSATION in calls.statuses())
        await until(lambda: calls.simulator.account.webhooks.waiting == 0)
        reported = [e for e in calls.events(CallbackReceived) if e.attempt_id]
        await calls.runtime.run()
    statuses = calls.statuses()
    assert len(statuses) == len(set(statuses))
    assert statuses[-1] is AttemptStatus.CONVERSATION
    assert reported


async def test_f26_no_phone_rings_beyond_the_approval(database: str) -> None:
    async with a_world(database, rate=1.0) as calls, calls.running():
        await calls.know()
        approval = calls.approve(expires_at=calls.now + timedelta(seconds=20))
        await until(lambda: calls.simulator.voice.calls.everything)
        [call] = calls.simulator.voice.calls.everything
        assert call.created_at + timedelta(seconds=call.ring + 5) <= approval.expires_at
        calls.approve(expires_at=calls.now + timedelta(seconds=8))
        await until(lambda: calls.events(AttemptRejected))
    [rejected] = calls.events(AttemptRejected)
    assert rejected.reason_class is ReasonClass.EXPIRED


async def test_f1_f4_f5_f6_a_call_whose_callbacks_were_all_lost_is_settled_by_asking(database: str) -> None:
    async with a_world(database, webhook_timeout=0.2) as calls, calls.running():
        await calls.know("+12025550171")
        await calls.know("+12025550170", consumer_id=ConsumerId("con-" + "2" * 24))
        await calls.faults({"kind": "callback-lost", "rate": 1.0}, {"kind": "503", "operation": "list", "next": 1})
        calls.approve("+12025550171")
        calls.approve("+12025550170", consumer_id=ConsumerId("con-" + "2" * 24))
        await until(lambda: len([e for e in calls.events(AttemptStatusChanged) if e.terminal]) == 2)
        assert {s for s in calls.statuses() if s is not AttemptStatus.SENT} == {
            AttemptStatus.NO_ANSWER,
            AttemptStatus.BUSY,
        }
        assert all(e.reason == "no-end-reported" for e in calls.events(AttemptInDoubt))
        assert len(calls.simulator.voice.calls.everything) == 2
