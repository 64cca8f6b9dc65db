"""The order of a batch, and what is read back from a changelog.

A green run does not prove what a broker does; tests/contract/test_runtimes.py runs the same code on one.
"""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from chassis.failures import StateUnreadable
from chassis.runtime.changelog import MARKER_KEY, SETTLED_KEY, Change, Entry, Output, Recovery, topic_code
from chassis.runtime.memory import HandClock, MemoryRuntime
from chassis.runtime.partition import Received, in_order
from chassis.service import Context, Position
from contracts.events import ContactRequested, ContactVetoed, Event, PaymentSettled
from contracts.ids import ConsumerId
from contracts.topic import changelog
from contracts.topics import TOPICS
from tests.contract.tally import START, Tally, TallyDecider, World, payment, request, tally_service

LAST = frozenset({ContactRequested})
records = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.booleans(), st.integers(min_value=0, max_value=5)), max_size=30
)


def a_batch(drawn: list[tuple[str, bool, int]]) -> list[Received]:
    """Received events with offsets that rise within a topic."""
    found = []
    for n, (topic, last, time) in enumerate(drawn):
        event = request("con-1", n) if last else payment("con-1", n)
        found.append(Received(event, Position(topic, 0, n), time))
    return found


@given(records)
def test_what_is_judged_last_comes_last_and_each_topic_keeps_its_order(drawn: list[tuple[str, bool, int]]) -> None:
    batch = a_batch(drawn)
    ordered = in_order(batch, LAST)
    assert sorted(ordered, key=lambda r: r.position.offset) == batch
    kinds = [type(r.event) in LAST for r in ordered]
    assert kinds == sorted(kinds)
    for last in (False, True):
        for topic in "abc":
            offsets = [
                r.position.offset for r in ordered if r.position.topic == topic and (type(r.event) in LAST) is last
            ]
            assert offsets == sorted(offsets)


@given(records, st.randoms(use_true_random=False))
def test_the_order_in_which_topics_arrive_does_not_matter(drawn: list[tuple[str, bool, int]], chance: object) -> None:
    batch = a_batch(drawn)
    by_topic = [[r for r in batch if r.position.topic == topic] for topic in "abc"]
    chance.shuffle(by_topic)  # type: ignore[attr-defined]
    assert in_order([r for records in by_topic for r in records], LAST) == in_order(batch, LAST)


def test_no_two_topics_have_one_short_code() -> None:
    assert len({topic_code(topic) for topic in TOPICS}) == len(TOPICS)


CODE = topic_code("counterpoint.payments.v1")
SENT = [Output("counterpoint.contact-verdicts.v1", b"k", b"v", [], 0)]


def change(epoch: int, applied: int, *, by_time: bool = False, state: bytes = b"s") -> bytes:
    """A record of a consumer."""
    return msgspec.msgpack.encode(Change(epoch, Entry({CODE: applied}, state), SENT, by_time))


def recovered(committed: int, *log: tuple[bytes, bytes]) -> Recovery:
    """What is read back."""
    recovery = Recovery({CODE: committed})
    recovery.apply("c[0]", [(offset, key, value) for offset, (key, value) in enumerate(log)])
    return recovery


def test_outcomes_of_what_was_not_committed_are_pending() -> None:
    log = ((MARKER_KEY, b""), (b"one", change(0, 5)), (b"two", change(0, 6)))
    assert recovered(5, *log).pending.keys() == {b"two"}


def test_what_time_brought_about_is_pending_until_it_is_settled() -> None:
    log = [(MARKER_KEY, b""), (b"one", change(0, 5, by_time=True))]
    cut_off = recovered(5, *log)
    assert cut_off.unfinished == set(cut_off.pending) == {b"one"}
    whole = recovered(5, *log, (SETTLED_KEY, msgspec.msgpack.encode(0)))
    assert (whole.unfinished, whole.pending) == (set(), {})


def test_a_worker_that_lost_the_partition_settles_nothing() -> None:
    log = [(MARKER_KEY, b""), (MARKER_KEY, b""), (b"one", change(1, 5, by_time=True))]
    assert recovered(5, *log, (SETTLED_KEY, msgspec.msgpack.encode(0))).unfinished == {b"one"}


def test_records_of_an_older_owner_are_passed_over_and_noted() -> None:
    log = [(MARKER_KEY, b""), (b"one", change(0, 5)), (MARKER_KEY, b""), (b"one", change(0, 9, state=b"stale"))]
    found = recovered(9, *log)
    assert found.overwritten == {b"one"}
    assert msgspec.msgpack.decode(found.entries[b"one"]) == [{CODE: 5}, b"s"]


@pytest.mark.parametrize("key", [b"one", SETTLED_KEY])
@pytest.mark.parametrize("value", [b"", b"nonsense", msgspec.msgpack.encode(["x"])])
def test_a_record_that_cannot_be_read_is_named(key: bytes, value: bytes) -> None:
    with pytest.raises(StateUnreadable, match=r"the changelog c\[0\] holds a record at offset 1 .* do not skip"):
        recovered(0, (MARKER_KEY, b""), (key, value))


class Once(TallyDecider):
    """Counts payments but for those of number 0, which say nothing new."""

    def evolve(self, *, state: Tally, event: Event, context: Context) -> Tally:
        if isinstance(event, PaymentSettled) and event.payment_id == "0":
            return state
        return super().evolve(state=state, event=event, context=context)


async def test_what_changes_nothing_leaves_no_record_and_is_known_in_the_next() -> None:
    service = replace(tally_service(World()), decider=Once())
    runtime = MemoryRuntime([service], clock=HandClock(START), partitions=1)
    log = runtime.broker.records[changelog(service.name), 0]

    async def written(*numbers: int) -> int:
        before = len(log)
        runtime.publish(*(payment("con-1", n) for n in numbers))
        await runtime.run()
        return len(log) - before

    assert await written(1) == 1 + 1, "the owner's marker, and the first payment"
    assert await written(0, 0) == 0
    assert await written(2) == 1
    last = msgspec.msgpack.decode(log[-1].value or b"", type=Change)
    assert last.entry.applied == {CODE: 4}
    runtime.lose(service.name)
    runtime.broker.committed[service.name, "counterpoint.payments.v1", 0] = 1
    assert await written() == 1, "only the new owner's marker"
    consumers = runtime.worker(service.name, "con-1").consumers
    assert consumers is not None
    assert consumers.state_of(ConsumerId("con-1")).payments == 2


async def test_what_changes_nothing_may_come_again_after_a_crash_and_changes_nothing() -> None:
    service = replace(tally_service(World()), decider=Once())
    runtime = MemoryRuntime([service], clock=HandClock(START), partitions=1)
    runtime.publish(payment("con-1", 1), payment("con-1", 0), payment("con-1", 2), payment("con-1", 0))
    await runtime.run()
    log = runtime.broker.records[changelog(service.name), 0]
    runtime.lose(service.name)
    runtime.broker.committed[service.name, "counterpoint.payments.v1", 0] = 0
    await runtime.run()
    assert [r.key for r in log] == [MARKER_KEY, b"con-1", MARKER_KEY]


async def test_what_a_service_reads_of_others_only_passes_by_when_it_wrote_it_itself() -> None:
    service = replace(tally_service(World()), others=frozenset({ContactRequested}))
    runtime = MemoryRuntime([service], clock=HandClock(START), partitions=1)
    theirs = request("con-1", 1)
    own = request("con-1", 2)
    runtime.publish(theirs, structs.replace(own, meta=structs.replace(own.meta, producer=service.name)))
    await runtime.run()
    assert [e.contact_id for e in runtime.events(ContactVetoed) if isinstance(e, ContactVetoed)] == [theirs.contact_id]
