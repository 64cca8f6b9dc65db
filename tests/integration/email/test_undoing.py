"""A stop that comes after SendGrid took an e-mail on, and before it went out.

A green run does not prove that SendGrid cancels a batch as the simulator does: the two requests are not in its
trimmed specification.
"""

import json
from datetime import timedelta

import pytest

from contracts.events import (
    AttemptAccepted,
    AttemptStatus,
    AttemptStatusChanged,
    CallbackReceived,
    Channel,
    ReasonClass,
)
from tests.channels import until
from tests.integration.email.harness import ADDRESS, Emails, a_world

RATE = 60.0


def stop(world: Emails) -> None:
    world.bar(Channel.EMAIL, "mail", ADDRESS, active=True)


async def ended(world: Emails) -> AttemptStatusChanged:
    await until(lambda: [e for e in world.events(AttemptStatusChanged) if e.terminal])
    return next(e for e in world.events(AttemptStatusChanged) if e.terminal)


@pytest.mark.parametrize("faults", [[], [{"kind": "503", "operation": "any", "next": 2}]])
async def test_f17_a_stop_takes_back_what_sendgrid_still_holds(database: str, faults: list[dict[str, object]]) -> None:
    async with a_world(database, rate=RATE, undo_minutes=30.0) as world, world.running():
        world.approve()
        await until(lambda: world.events(AttemptAccepted))
        await world.faults(*faults)
        stop(world)
        end = await ended(world)
        [mail] = world.mails
    assert (end.status, end.reason_class) == (AttemptStatus.CANCELED, ReasonClass.NOT_SENT)
    assert mail.status == "cancelled"
    assert not world.received("email")


async def test_f17_in_the_last_ten_minutes_the_race_is_lost_and_in_the_log_with_both_times(database: str) -> None:
    async with a_world(database, rate=RATE, undo_minutes=15.0) as world, world.running():
        world.approve()
        await until(lambda: world.events(AttemptAccepted))
        [mail] = world.mails
        await until(lambda: mail.goes_at - world.now < timedelta(minutes=10))
        stop(world)
        await until(lambda: world.events(CallbackReceived))
        lost = json.loads(world.events(CallbackReceived)[0].body)
        assert lost["not_taken_back"] == "http-400"
        assert lost["barred_at"] <= lost["asked_at"] <= lost["answered_at"]
        await until(lambda: world.received("email"))


async def test_an_email_is_held_as_long_as_was_asked_and_then_goes(database: str) -> None:
    async with a_world(database, rate=600.0, undo_minutes=15.0) as world, world.running():
        world.approve()
        assert (await ended(world)).status is AttemptStatus.DELIVERED
        [mail] = world.mails
    assert mail.received_at - mail.at >= timedelta(minutes=14)


async def test_without_a_batch_nothing_is_sent(database: str) -> None:
    async with a_world(database, rate=RATE, undo_minutes=15.0) as world, world.running():
        await world.faults({"kind": "500", "operation": "any", "next": 1})
        world.approve()
        await until(lambda: world.events(AttemptAccepted))
        assert len(world.mails) == 1
