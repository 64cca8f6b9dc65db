"""Killed at every step of its work, the text channel sends each approved text once, and knows what became of it.

A green run does not prove it for two workers at the same instant: that takes a broker (tests/integration on Kafka).
"""

import pytest

from chassis.failures import Halted
from chassis.runtime.memory import Crashed
from contracts.events import AttemptAccepted, AttemptInDoubt, AttemptRejected, AttemptStarted, AttemptStatusChanged
from tests.integration.sms.harness import Sms, a_world, until

STEPS = ("decided", "changelog", "outputs", "effects", "processed")


def crash_at(sms: Sms, step: str, times: int) -> list[str]:
    """Kill the worker when it has done a step for the nth time; what it did is returned as it goes."""
    seen: list[str] = []

    def taken(_service: str, done: str) -> None:
        seen.append(done)
        if done == step and seen.count(step) == times:
            raise Crashed(step)

    sms.runtime.step = taken
    return seen


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("step", STEPS)
async def test_f3_a_worker_killed_at_any_step_sends_once_and_learns_the_end(
    database: str, step: str, times: int
) -> None:
    async with a_world(database) as sms:
        sms.turning = False
        async with sms.running():
            for i in range(4):
                sms.approve(consumer_id=f"con-{i}", to=f"+1312555010{i}")
            crash_at(sms, step, times)
            with pytest.raises(Crashed):
                await work_on(sms)
            sms.runtime.step = lambda _service, _step: None
            sms.runtime.lose("sms")
            sms.turning = True
            started = sms.events(AttemptStarted)
            await until(lambda: len(ended(sms)) == len({e.contact_id for e in sms.events(AttemptStarted)}) >= 4)
        received = [e.reference["attempt"] for e in sms.received()]
        assert len(received) == len(set(received))
        assert len(sms.events(AttemptStarted)) >= len(started)
        assert not [e for e in sms.events(AttemptRejected) if e.attempt_id in received]


async def work_on(sms: Sms) -> None:
    """Work, with one approval more each time there is nothing left to do."""
    while True:
        await sms.runtime.run()
        sms.approve(consumer_id="con-0", to="+13125550100")


def ended(sms: Sms) -> set[str]:
    """Contacts of which the end is known."""
    terminal = {e.contact_id for e in sms.events(AttemptStatusChanged) if e.terminal}
    return terminal | {e.contact_id for e in sms.events(AttemptRejected)}


async def test_f3_a_worker_killed_during_the_call_asks_instead_of_sending(database: str) -> None:
    async with a_world(database) as sms:
        sms.turning = False
        async with sms.running():
            sms.approve()
            sms.simulator.account.webhooks.call = lambda job: None  # type: ignore[method-assign]
            crash_at(sms, "effects", 1)
            with pytest.raises(Crashed):
                await sms.runtime.run()
            assert len(sms.simulator.account.messages.everything) == 1
            sms.runtime.step = lambda _service, _step: None
            sms.runtime.lose("sms")
            await sms.runtime.run()
            [accepted] = sms.events(AttemptAccepted)
            [message] = sms.simulator.account.messages.everything
            assert accepted.provider_id == message.sid
        assert not sms.events(AttemptInDoubt)


async def test_f14_refused_credentials_halt_the_channel_and_lose_nothing(database: str) -> None:
    async with a_world(database) as sms:
        sms.turning = False
        async with sms.running():
            await sms.faults({"kind": "401", "operation": "any", "rate": 1.0})
            approvals = [sms.approve() for _ in range(3)]
            with pytest.raises(Halted, match="COUNTERPOINT_SMS_AUTH_TOKEN"):
                await sms.runtime.run()
            assert not sms.events(AttemptAccepted)
        with pytest.raises(Halted, match="COUNTERPOINT_SMS_ACCOUNT_SID"):
            await sms.assemble(sms.public_url)
        await sms.faults()
        sms.turning = True
        async with sms.running():
            await until(lambda: len(sms.events(AttemptRejected)) == 3)
        assert {e.contact_id for e in sms.events(AttemptRejected)} == {a.contact_id for a in approvals}
        assert {e.reason for e in sms.events(AttemptRejected)} == {"not-sent"}
        assert not sms.simulator.account.messages.everything
