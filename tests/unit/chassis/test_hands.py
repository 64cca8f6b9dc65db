"""Work in hand by partition, commits behind it, and heartbeats that come in time for a rebalance.

A green run does not prove that the broker's client gives each record once: the contract suite does.
"""

import asyncio
from collections.abc import Mapping

import pytest
from faust.types import TP

from chassis.runtime.kafka.hands import Commits, Hands
from chassis.runtime.kafka.worker import REBALANCE, heartbeat

TOPIC = TP("topic", 0)


def nothing_breaks(fault: BaseException) -> None:
    """Told of a fault where there should be none."""
    raise AssertionError(f"it broke: {fault}")


async def test_a_partition_is_full_with_two_batches_and_others_are_not() -> None:
    hands, go = Hands(nothing_breaks), asyncio.Event()
    for _ in range(2):
        hands.take(3, go.wait())  # type: ignore[arg-type]  # what it returns is of no account
    assert (hands.is_full(3), hands.is_full(4)) == (True, False)
    go.set()
    await hands.empty()
    assert not hands.is_full(3)


async def test_what_was_polled_before_partitions_moved_is_void() -> None:
    hands = Hands(nothing_breaks)
    hands.ready()
    before = hands.turn
    assert hands.is_current(before)
    hands.lay_down()
    hands.ready()
    await hands.until_ready()
    assert (hands.is_current(before), hands.is_current(hands.turn)) == (False, True)


async def test_after_a_batch_that_broke_nothing_is_taken_up() -> None:
    told: list[BaseException] = []
    hands = Hands(told.append)

    async def breaks() -> None:
        raise RuntimeError("broke")

    hands.take(0, breaks())
    await hands.empty()
    await hands.until_ready()  # nobody waits for ever
    assert [str(fault) for fault in told] == ["broke"]
    assert not hands.is_current(hands.turn)


async def test_commits_that_wait_become_one_and_all_are_made_in_the_end() -> None:
    made: list[dict[TP, int]] = []
    begun, go = asyncio.Event(), asyncio.Event()

    async def commit(offsets: Mapping[TP, int]) -> None:
        begun.set()
        await go.wait()
        made.append(dict(offsets))

    commits = Commits(commit, nothing_breaks)
    commits.add({TOPIC: 1})
    await begun.wait()
    for offset in (2, 3):
        commits.add({TOPIC: offset})
    go.set()
    await commits.flush()
    assert made == [{TOPIC: 1}, {TOPIC: 3}]


async def test_a_commit_that_is_refused_stops_the_worker() -> None:
    told: list[BaseException] = []

    async def commit(_: Mapping[TP, int]) -> None:
        raise RuntimeError("refused")

    commits = Commits(commit, told.append)
    commits.add({TOPIC: 1})
    await commits.flush()
    assert [str(fault) for fault in told] == ["refused"]


@pytest.mark.parametrize("session", [3.0, 6.0, 10.0, 60.0, 600.0])
def test_three_heartbeats_fit_into_a_session_and_into_a_rebalance(session: float) -> None:
    assert 3 * heartbeat(session) <= min(session, REBALANCE) + 1e-9
