"""Alarms of a partition's consumers: each rings once, those that were put off are forgotten, and lateness shows.

A green run does not prove how much memory a million take; bench/orchestrator_core.py measures that.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chassis.runtime.changelog import Recovery
from chassis.runtime.consumers import STALE, Consumers, Touched
from chassis.service import Context
from contracts.events import Event
from contracts.ids import ConsumerId

START = datetime(2026, 10, 19, 10, tzinfo=UTC)


class Sleepers:
    """A decider whose state is the minute at which it wants to be woken; negative for never."""

    def fresh(self, *, consumer_id: ConsumerId) -> int:
        """Never."""
        return -1

    def decide(self, *, state: int, event: Event, context: Context) -> Sequence[Event]:
        """Nothing."""
        return ()

    def evolve(self, *, state: int, event: Event, context: Context) -> int:
        """The same."""
        return state

    def wake_at(self, *, state: int) -> datetime | None:
        """The minute."""
        return None if state < 0 else minute(state)

    def wake(self, *, state: int, consumer_id: ConsumerId, now: datetime) -> Sequence[Event]:
        """Nothing."""
        return ()

    def encode(self, *, state: int) -> bytes:
        """As bytes."""
        return msgspec.msgpack.encode(state)

    def decode(self, *, encoded: bytes) -> int:
        """From bytes."""
        return msgspec.msgpack.decode(encoded, type=int)


def minute(n: int) -> datetime:
    """An instant."""
    return START + timedelta(minutes=n)


def put(consumers: Consumers, who: str, at: int) -> None:
    """Remember of somebody when to wake them."""
    touched: Any = Touched(at, {}, [])
    touched.changed = True
    consumers.keep({who.encode(): touched}, by_time=False)


def test_alarms_that_are_put_off_again_and_again_do_not_pile_up() -> None:
    consumers = Consumers(Sleepers())
    for n in range(20 * STALE):
        put(consumers, f"con-{n % 10}", 1_000_000 + n)
    assert len(consumers._alarms) <= 2 * 10 + STALE + 1
    assert sorted(consumers.due(minute(2_000_000))) == [f"con-{n}" for n in range(10)]


def test_who_has_rung_rings_again_only_when_that_is_asked_for() -> None:
    consumers = Consumers(Sleepers())
    put(consumers, "ana", 1)
    put(consumers, "bob", 5)
    assert consumers.overdue_since() == minute(1)
    assert consumers.due(minute(2)) == ["ana"]
    assert consumers.overdue_since() == minute(1), "it has rung, and nothing has come of it yet"
    assert consumers.due(minute(3)) == []
    put(consumers, "ana", 1)
    assert consumers.overdue_since() == minute(5), "it came back and moved nothing: it is held, not late"
    consumers.ring_again()
    assert consumers.due(minute(3)) == ["ana"]
    put(consumers, "ana", -1)
    consumers.ring_again()
    assert consumers.due(minute(9)) == ["bob"]
    put(consumers, "bob", 20)
    assert consumers.overdue_since() == minute(20)


steps = st.lists(st.tuples(st.sampled_from("abcde"), st.integers(min_value=-1, max_value=30)), max_size=60)


@given(steps, st.integers(min_value=0, max_value=30))
def test_everybody_whose_time_has_come_rings_once_and_nobody_else(changes: list[tuple[str, int]], now: int) -> None:
    consumers = Consumers(Sleepers())
    last: dict[str, int] = {}
    for who, at in changes:
        put(consumers, who, at)
        last[who] = at
    assert sorted(consumers.due(minute(now))) == sorted(w for w, at in last.items() if 0 <= at <= now)
    assert consumers.due(minute(now)) == []
    recovered = Consumers(Sleepers())
    recovery = Recovery({})
    recovery.entries = dict(consumers._entries)
    recovered.adopt(epoch=0, recovery=recovery)
    assert sorted(recovered.due(minute(now))) == sorted(w for w, at in last.items() if 0 <= at <= now)
