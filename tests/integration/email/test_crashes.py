"""Killed at every step of its work, the e-mail channel sends each e-mail once at most, and says what became of it.

A green run does not prove it for two workers at the same instant: that takes a broker.
"""

import pytest

from chassis.failures import Halted
from chassis.runtime.memory import Crashed
from contracts.events import AttemptAccepted, AttemptInDoubt, AttemptRejected, AttemptStarted
from tests.channels import until
from tests.integration.email.harness import Emails, a_world

STEPS = ("decided", "changelog", "outputs", "effects", "processed")


def crash_at(world: Emails, step: str, times: int) -> None:
    """Kill the worker when it has done a step for the nth time."""
    seen: list[str] = []

    def taken(_service: str, done: str) -> None:
        seen.append(done)
        if done == step and seen.count(step) == times:
            raise Crashed(step)

    world.runtime.step = taken


async def work_on(world: Emails) -> None:
    """Work, with one approval more each time there is nothing left to do."""
    while True:
        await world.runtime.run()
        world.approve(consumer_id="con-" + "0" * 24, to="more.silent@mail.example.test")


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("step", STEPS)
async def test_f3_a_worker_killed_at_any_step_sends_once(database: str, step: str, times: int) -> None:
    async with a_world(database) as world:
        world.turning = False
        async with world.running():
            for n in range(4):
                world.approve(consumer_id=f"con-{n:024x}", to=f"p{n}.silent@mail.example.test")
            crash_at(world, step, times)
            with pytest.raises(Crashed):
                await work_on(world)
            world.runtime.step = lambda _service, _step: None
            world.runtime.lose("email")
            world.turning = True
            await until(lambda: len(ended(world)) == len({e.contact_id for e in world.events(AttemptStarted)}) >= 4)
        contacts = [m.args["cp_contact"] for m in world.mails]
        assert len(contacts) == len(set(contacts))
        assert not [e for e in world.events(AttemptRejected) if e.contact_id in contacts]


def ended(world: Emails) -> set[str]:
    """Contacts of which it is known whether a provider has them."""
    from contracts.events import AttemptStatusChanged

    known = {e.contact_id for e in world.events(AttemptAccepted)} | {
        e.contact_id for e in world.events(AttemptRejected)
    }
    return known | {e.contact_id for e in world.events(AttemptStatusChanged)}


async def test_f3_killed_during_the_call_it_doubts_and_never_sends_again(database: str) -> None:
    async with a_world(database, rate=6000.0) as world:
        world.turning = False
        async with world.running():
            world.approve()
            world.simulator.post.events.tell = lambda event, fault: None  # type: ignore[method-assign]
            crash_at(world, "effects", 1)
            with pytest.raises(Crashed):
                await world.runtime.run()
            assert len(world.mails) == 1
            world.runtime.step = lambda _service, _step: None
            world.runtime.lose("email")
            world.turning = True
            await until(lambda: world.events(AttemptAccepted))
        [accepted] = world.events(AttemptAccepted)
        assert world.events(AttemptInDoubt)
        assert accepted.provider_id == ""
        assert len(world.mails) == 1


async def test_with_email_activity_sendgrid_is_asked_and_says_what_it_has(database: str) -> None:
    async with a_world(database, sendgrid_activity=True) as world:
        world.turning = False
        async with world.running():
            world.approve()
            world.simulator.post.events.tell = lambda event, fault: None  # type: ignore[method-assign]
            crash_at(world, "effects", 1)
            with pytest.raises(Crashed):
                await world.runtime.run()
            world.runtime.step = lambda _service, _step: None
            world.runtime.lose("email")
            await world.runtime.run()
        [accepted] = world.events(AttemptAccepted)
        [mail] = world.mails
        assert accepted.provider_id == mail.id
        assert not world.events(AttemptInDoubt)


async def test_f14_refused_credentials_halt_the_channel_and_lose_nothing(database: str) -> None:
    async with a_world(database, sendgrid_activity=True) as world:
        world.turning = False
        async with world.running():
            await world.faults({"kind": "401", "operation": "any", "rate": 1.0})
            approvals = [world.approve() for _ in range(3)]
            with pytest.raises(Halted, match="COUNTERPOINT_EMAIL_SENDGRID_KEY"):
                await world.runtime.run()
            assert not world.events(AttemptAccepted)
        with pytest.raises(Halted, match="COUNTERPOINT_EMAIL_SENDGRID_KEY"):
            await world.assemble(world.public_url)
        await world.faults()
        world.turning = True
        async with world.running():
            await until(lambda: len(world.events(AttemptRejected)) == 3)
        assert {e.contact_id for e in world.events(AttemptRejected)} == {a.contact_id for a in approvals}
        assert not world.mails
