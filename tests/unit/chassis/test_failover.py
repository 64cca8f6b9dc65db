"""Several providers as one: the next gets only what the one before certainly has not, and after a crash all are asked.

A green run does not prove that a provider's answers are read rightly; each channel's own tests do that.
"""

from datetime import timedelta

import pytest

from chassis.channel.failover import FAILURES, Failover
from chassis.channel.provider import (
    Absent,
    Accepted,
    Answer,
    Finding,
    InDoubt,
    LockedOut,
    Rejected,
    Unknowable,
    Unsent,
)
from contracts.events import ReasonClass
from tests.unit.chassis.test_channel import Scripted, started

HOUR = timedelta(hours=1)
REJECTED = Rejected("no", ReasonClass.PERMANENT_ADDRESS)


class Time:
    """A clock that is moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def providers(first: list[Answer], second: list[Answer]) -> tuple[Failover[str], Scripted, Scripted, Time]:
    """Two providers as one, with their clock."""
    one, two, clock = Scripted(first), Scripted(second), Time()
    both: Failover[str] = Failover({"one": one, "two": two}, label="test", cool_off=30.0, monotonic=clock)
    return both, one, two, clock


async def send(both: Failover[str]) -> Answer:
    """Send one message."""
    return await both.send(message="words", attempt=started(), time_left=HOUR)


@pytest.mark.parametrize("answer", [Accepted("1"), REJECTED, InDoubt("timeout")])
async def test_what_the_first_may_have_the_second_never_gets(answer: Answer) -> None:
    both, one, two, _ = providers([answer], [Accepted("2")])
    assert type(await send(both)) is type(answer)
    assert (one.sent, two.sent) == (1, 0)


@pytest.mark.parametrize("answer", [Unsent("refused"), LockedOut("key")])
async def test_what_the_first_certainly_has_not_the_second_gets(answer: Answer) -> None:
    both, _, _, _ = providers([answer], [Accepted("2")])
    assert await send(both) == Accepted("2", "two")


async def test_a_provider_that_takes_nothing_is_left_out_for_a_while() -> None:
    both, one, two, clock = providers([Unsent("refused")], [Accepted("2")])
    for _ in range(FAILURES + 3):
        await send(both)
    assert (one.sent, two.sent) == (FAILURES, FAILURES + 3)
    clock.now += 31
    await send(both)
    assert one.sent == FAILURES + 1


async def test_with_all_left_out_all_are_tried() -> None:
    both, one, two, _ = providers([Unsent("refused")], [Unsent("refused")])
    for _ in range(FAILURES + 1):
        assert isinstance(await send(both), Unsent)
    assert one.sent == two.sent == FAILURES + 1


async def test_only_when_all_lock_us_out_are_we_locked_out() -> None:
    both, one, _, _ = providers([LockedOut("first key")], [Unsent("busy"), LockedOut("second key")])
    assert isinstance(await send(both), Unsent)
    assert await send(both) == LockedOut("first key; second key")
    assert one.sent == 1


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (Accepted("1"), Absent(), Accepted("1", "one")),
        (Absent(), Accepted("2"), Accepted("2", "two")),
        (Absent(), Absent(), Absent()),
        (Absent(), Unknowable(), Unknowable()),
        (Unknowable(), InDoubt("away"), InDoubt("away")),
        (Absent(), InDoubt("away"), InDoubt("away")),
        (LockedOut("key"), Absent(), InDoubt("locked-out")),
    ],
)
async def test_after_a_crash_all_are_asked(first: Finding, second: Finding, expected: Finding) -> None:
    one, two = Scripted(findings=[first]), Scripted(findings=[second])
    both: Failover[str] = Failover({"one": one, "two": two}, label="test", cool_off=30.0, monotonic=Time())
    assert await both.find(attempt=started()) == expected
    assert (one.asked, two.asked) == (1, 1)
