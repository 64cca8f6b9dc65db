"""The reservation protocol under every mishap that a log in memory can show; docs/reservation-protocol.md says why.

A green run does not prove the broker's part: tests/chaos/test_reservation.py kills real workers and brokers.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chassis.failures import ForeignWriter
from chassis.runtime.memory import Crashed, HandClock, MemoryBroker, MemoryRuntime
from chassis.runtime.partition import PartitionWorker
from contracts.events import ContactApproved, ContactRequested, Event, OptedIn, OptedOut, TextApproved
from contracts.ids import ContactId
from contracts.topic import changelog
from contracts.topics import TOPICS
from services.compliance.core.codes import STATEMENTS
from services.compliance.service import service
from tests.reservation import people, recount
from tests.reservation.people import PEOPLE, Person
from tests.unit.compliance.factories import NOON, shipped_rules

GATE = "compliance"
STEPS = ("decided", "changelog", "outputs", "effects", "processed")
A_PERSON = st.sampled_from(PEOPLE)


class FlakyBroker(MemoryBroker):
    """Dies after it has taken so many more records of the gate, in the middle of a batch of them."""

    lives: int | None = None

    def append(self, topic: str, partition: int, key: Any, value: Any, headers: Any = ()) -> int:
        """Write, or crash."""
        if self.lives is not None and topic != people_topic(topic):
            if self.lives == 0:
                self.lives = None
                raise Crashed("in the middle of writing")
            self.lives -= 1
        return super().append(topic, partition, key, value, headers)


def people_topic(topic: str) -> str:
    """The topic itself if others than the gate write it, nothing otherwise."""
    return topic if not topic.startswith(("counterpoint.compliance-state", "counterpoint.contact-verdicts")) else ""


class Reservation(RuleBasedStateMachine):
    """Consumers, requests and channels on one side, mishaps on the other."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = HandClock(NOON)
        self.crash_at: str | None = None
        self.runtime = MemoryRuntime(
            [service(shipped_rules())], clock=self.clock, partitions=2, batch=1000, step=self._step
        )
        self.broker = FlakyBroker(clock=self.clock, partitions=2)
        self.runtime.broker = self.broker
        self.loop = asyncio.Runner()
        self.requests: list[ContactRequested] = []
        self.begun: set[ContactId] = set()
        self.unsent: set[ContactId] = set()
        self.numbers = 0
        self.read: dict[tuple[str, int], int] = {}
        self.log: list[Event] = []
        self.said: dict[str, list[tuple[int, Event]]] = {}

    def _step(self, _service: str, step: str) -> None:
        if step == self.crash_at:
            self.crash_at = None
            raise Crashed(step)

    # -- what consumers, requesters and channels do -----------------------------------------------------------------

    @initialize()
    def begin(self) -> None:
        """Everybody is placed."""
        for person in PEOPLE:
            self.runtime.publish(people.placed(person, NOON - timedelta(days=40)))

    @rule(person=A_PERSON, count=st.integers(1, 3))
    def ask(self, person: Person, count: int) -> None:
        """Somebody wants to send texts."""
        for _ in range(count):
            request = people.request(person, f"request-{self._next()}", self.clock.at)
            self.requests.append(request)
            self.runtime.publish(request)

    @precondition(lambda self: self.requests)
    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        """A requester says the same twice."""
        self.runtime.publish(data.draw(st.sampled_from(self.requests)))

    @rule(data=st.data())
    def start(self, data: st.DataObject) -> None:
        """The channel is about to send what was approved and is not over."""
        approval = self._an_approval(data)
        # A channel's clock may be behind the gate's, but not by so much that it is another date.
        if (
            approval
            and self.clock.at < approval.expires_at
            and self.clock.at > approval.decided_at - timedelta(hours=2)
        ):
            self.begun.add(approval.contact_id)
            self.runtime.publish(people.started(self._who(approval), approval.contact_id, self.clock.at))

    @rule(data=st.data())
    def reject(self, data: st.DataObject) -> None:
        """The provider certainly has nothing."""
        approval = self._an_approval(data)
        if approval:
            self.unsent.add(approval.contact_id)
            self.runtime.publish(people.rejected(self._who(approval), approval.contact_id, self.clock.at))

    @rule(person=A_PERSON)
    def stop(self, person: Person) -> None:
        """The consumer says stop."""
        self.runtime.publish(people.stopped(person, f"stop-{self._next()}", self.clock.at))

    @rule(person=A_PERSON)
    def start_again(self, person: Person) -> None:
        """The consumer takes it back."""
        self.runtime.publish(people.started_again(person, f"start-{self._next()}", self.clock.at))

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        """It gets later."""
        self.clock.at += timedelta(hours=hours, minutes=7)

    @rule(minutes=st.integers(1, 90))
    def clock_steps_back(self, minutes: int) -> None:
        """Somebody sets the clock back."""
        self.clock.at -= timedelta(minutes=minutes)

    # -- what happens to the gate -----------------------------------------------------------------------------------

    @rule(batch=st.sampled_from([1, 2, 5, 1000]))
    def work(self, batch: int) -> None:
        """Everything is handled, in batches of some size."""
        self.runtime.batch = batch
        self._run()

    @rule(step=st.sampled_from(STEPS), batch=st.sampled_from([1, 2, 1000]))
    def crash_between_steps(self, step: str, batch: int) -> None:
        """The worker dies after a step."""
        self.crash_at, self.runtime.batch = step, batch
        self._run()
        self.crash_at = None

    @rule(records=st.integers(0, 5))
    def crash_while_writing(self, records: int) -> None:
        """The worker dies when part of the changelog, or of the outcomes, is written."""
        self.broker.lives = records
        self._run()
        self.broker.lives = None

    @rule(back=st.integers(1, 6))
    def deliver_again(self, back: int) -> None:
        """The group's offsets go back, and a new owner reads again."""
        for key, offset in self.broker.committed.items():
            self.broker.committed[key] = max(0, offset - back)
        self.runtime.lose(GATE)

    @rule()
    def lose_the_partition_unawares(self) -> None:
        """Another worker takes over; the old one lives on, and works on what it had polled."""
        self._run()
        zombies = dict(self.runtime._workers)
        polled = {partition: self._unread(partition) for _, partition in zombies}
        self.runtime.lose(GATE)
        self._run()
        for (_, partition), zombie in zombies.items():
            self._work_on(zombie, polled[partition])
        self.runtime.lose(GATE)  # whoever finds a foreign record in the changelog stops, and is started again

    def _unread(self, partition: int) -> list[Any]:
        """Requests of this moment that the old worker has in hand and the new one will read too."""
        person = next((p for p in PEOPLE if self._partition_of(p) == partition), None)
        if person is None:
            return []
        self.ask(person, 1)
        topics = [t for t, p in self.broker.records if p == partition and t.endswith("contact-requests.v1")]
        return [r for t in topics for r in self.broker.records[t, partition][-1:]]

    def _partition_of(self, person: Person) -> int:
        return next(
            p for (t, p), log in self.broker.records.items() if any(r.key == person.consumer_id.encode() for r in log)
        )

    def _work_on(self, zombie: PartitionWorker, records: Sequence[Any]) -> None:
        before = self._heard()
        try:
            self.loop.run(zombie.process(records))
        except ForeignWriter:
            pass
        else:
            assert not records, "a worker that has lost its partition judged, and did not notice"
        assert self._heard() == before, "an outcome left a worker that had lost its partition"

    def _heard(self) -> int:
        return sum(
            len(log)
            for (topic, _), log in self.broker.records.items()
            if topic.startswith("counterpoint.") and topic != changelog(GATE)
        )

    def _run(self) -> None:
        try:
            self.loop.run(self.runtime.run())
        except (Crashed, ForeignWriter):
            self.runtime.lose(GATE)

    # -- what must hold ---------------------------------------------------------------------------------------------

    @invariant()
    def the_log_is_as_promised(self) -> None:
        """Whatever the gate has said since the last look."""
        new = self._read_on()
        if new:
            assert not recount.over_caps(self.log)
            assert not recount.verdicts_that_differ(self.log), "a verdict may be repeated, never changed"
            assert not recount.differing_approvals(self.log)
            for approved in new:
                if isinstance(approved, ContactApproved):
                    self._no_stop_was_known(approved)

    def _no_stop_was_known(self, approved: ContactApproved) -> None:
        said = self.said.get(approved.meta.consumer_id, ())
        heard = [e for offset, e in said if offset < approved.as_of.consumer_statements]
        stops = [e.stated_at for e in heard if isinstance(e, OptedOut)]
        starts = [e.stated_at for e in heard if isinstance(e, OptedIn)]
        assert not stops or (starts and max(starts) >= max(stops)), "approved against a stop that the gate had read"

    def teardown(self) -> None:
        """When the mishaps end, every request has its answer, and every approval reaches the channel."""
        try:
            self._run()  # a worker that was told of a foreign record stops once more
            self.runtime.lose(GATE)
            self.loop.run(self.runtime.run())
            self.the_log_is_as_promised()
            assert not recount.without_verdict(self.log)
            assert not recount.lost_approvals(self.log)
            assert not recount.unreserved(self.log)
        finally:
            self.loop.close()

    # -- small things -----------------------------------------------------------------------------------------------

    def _next(self) -> int:
        self.numbers += 1
        return self.numbers

    def _read_on(self) -> list[Event]:
        new = []
        for (topic, partition), records in self.broker.records.items():
            if topic in TOPICS:
                for record in records[self.read.get((topic, partition), 0) :]:
                    event = self.runtime.codec.decode(record.value)
                    new.append(event)
                    if topic == STATEMENTS:
                        self.said.setdefault(event.meta.consumer_id, []).append((record.offset, event))
                self.read[topic, partition] = len(records)
        self.log += new
        return new

    def _an_approval(self, data: st.DataObject) -> ContactApproved | None:
        sendable = {e.contact_id for e in self.log if isinstance(e, TextApproved)} - self.begun - self.unsent
        open_ones = {e.contact_id: e for e in self.log if isinstance(e, ContactApproved) and e.contact_id in sendable}
        return data.draw(st.sampled_from(sorted(open_ones.values(), key=lambda e: e.contact_id))) if open_ones else None

    def _who(self, approval: ContactApproved) -> Person:
        return next(p for p in PEOPLE if p.consumer_id == approval.meta.consumer_id)


TestReservation = Reservation.TestCase
TestReservation.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
