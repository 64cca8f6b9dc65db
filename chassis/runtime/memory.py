"""Runs services in one process on a log in memory, with the same shell, codec and order of steps as on a broker.

It can be crashed at any step, made to deliver again, and have its partitions move; what it cannot show is a
network, a broker that goes away, or two workers at the same instant.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chassis.clock import Clock, milliseconds
from chassis.codec import Codec, SingleObjectCodec
from chassis.dead_letters import DeadLetter, DeadLetterLimit
from chassis.failures import ForeignWriter
from chassis.routing import headers_of, key_of, partition_for
from chassis.runtime.changelog import MARKER_KEY, Output, Recovery, topic_code
from chassis.runtime.partition import PartitionWorker
from chassis.service import AnyService
from contracts.events import Event
from contracts.topic import changelog
from contracts.topics import TOPIC_OF, TOPICS


class Crashed(Exception):
    """A test stopped the worker at a step."""


@dataclass(slots=True)
class Record:
    """One record of the log."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class MemoryBroker:
    """Topics as lists; nothing is ever removed."""

    def __init__(self, *, clock: Clock, partitions: int) -> None:
        self.clock = clock
        self.partitions = partitions
        self.records: dict[tuple[str, int], list[Record]] = defaultdict(list)
        self.committed: dict[tuple[str, str, int], int] = defaultdict(int)

    def append(
        self,
        topic: str,
        partition: int,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> int:
        """Write one record; give back its offset."""
        log = self.records[topic, partition]
        log.append(Record(topic, partition, len(log), milliseconds(self.clock.now()), key, value, headers))
        return len(log) - 1


@dataclass(slots=True)
class MemoryLog:
    """The log as one partition of a service sees it."""

    broker: MemoryBroker
    service: str
    changelog: str
    partition: int
    expected: int = -1

    async def append_changes(self, *, changes: Sequence[tuple[bytes, bytes]]) -> None:
        """Write to the changelog."""
        for key, value in changes:
            offset = self.broker.append(self.changelog, self.partition, key, value)
            if offset != self.expected:
                raise ForeignWriter(f"{self.changelog}[{self.partition}] has a record of another worker")
            self.expected += 1

    async def append(self, *, outputs: Sequence[Output]) -> None:
        """Write outcomes."""
        for o in outputs:
            self.broker.append(o.topic, o.partition, o.key, o.value, o.headers)

    async def set_aside(self, *, letters: Sequence[DeadLetter]) -> None:
        """Write dead letters."""
        for d in letters:
            topic = TOPICS[d.topic].dead_letters(self.service)
            self.broker.append(topic, d.partition, d.key, d.value, d.record_headers())


@dataclass
class MemoryRuntime:
    """Some services on one log in memory."""

    services: Sequence[AnyService]
    clock: Clock
    partitions: int = 2
    batch: int = 1000
    dead_letters_in_a_row: int = 100
    step: Callable[[str, str], None] = lambda _service, _step: None
    codec: Codec = field(default_factory=SingleObjectCodec)

    def __post_init__(self) -> None:
        self.broker = MemoryBroker(clock=self.clock, partitions=self.partitions)
        self._workers: dict[tuple[str, int], PartitionWorker] = {}

    def publish(self, *events: Event, key: str | None = None) -> None:
        """Put events into the log, as if from outside."""
        for e in events:
            partition = partition_for(e.meta.consumer_id or key or key_of(e), self.partitions)
            topic = TOPIC_OF[type(e)]
            self.broker.append(topic, partition, (key or key_of(e)).encode(), self.codec.encode(e), headers_of(e))

    def events(self, *kinds: type[Event]) -> list[Event]:
        """Every event of these types (of all types if none is named) in the log, by (timestamp, topic, offset)."""
        found = [
            (r.timestamp, r.topic, r.partition, r.offset, self.codec.decode(r.value))
            for (topic, _), log in self.broker.records.items()
            if topic in TOPICS
            for r in log
            if r.value
        ]
        found.sort(key=lambda f: f[:4])
        return [f[4] for f in found if not kinds or isinstance(f[4], kinds)]

    def worker(self, service: str, consumer_id: str) -> PartitionWorker:
        """The worker that has a consumer."""
        return self._workers[service, partition_for(consumer_id, self.partitions)]

    def lose(self, service: str) -> None:
        """Kill a service's workers: what they held in memory is gone."""
        for name, partition in list(self._workers):
            if name == service:
                del self._workers[name, partition]

    async def run(self) -> None:
        """Go on until nothing is left to do at the clock's time; raises what a service raises."""
        busy = True
        while busy:
            busy = False
            for service in self.services:
                for partition in range(self.partitions):
                    busy |= await self._turn(service, partition)

    async def _turn(self, service: AnyService, partition: int) -> bool:
        worker = await self._worker(service, partition)
        before = sum(len(log) for log in self.broker.records.values())
        await worker.wake()
        topics = sorted({TOPIC_OF[kind] for kind in service.reads})
        batch: list[Record] = []
        for topic in topics:
            start = self.broker.committed[service.name, topic, partition]
            batch += self.broker.records[topic, partition][start : start + self.batch]
        if batch:
            await worker.process(batch)
            self.step(service.name, "processed")
            for r in batch:
                self.broker.committed[service.name, r.topic, partition] = r.offset + 1
            self.step(service.name, "committed")
        return bool(batch) or sum(len(log) for log in self.broker.records.values()) > before

    async def _worker(self, service: AnyService, partition: int) -> PartitionWorker:
        found = self._workers.get((service.name, partition))
        if found is None:
            found = await self._recover(service, partition)
            self._workers[service.name, partition] = found
        return found

    async def _recover(self, service: AnyService, partition: int) -> PartitionWorker:
        name = changelog(service.name)
        log = MemoryLog(self.broker, service.name, name, partition)
        committed = {
            topic: offset
            for (group, topic, p), offset in self.broker.committed.items()
            if group == service.name and p == partition
        }
        worker = PartitionWorker(
            service=service,
            partition=partition,
            partitions=self.partitions,
            codec=self.codec,
            log=log,
            clock=self.clock,
            limit=DeadLetterLimit(self.dead_letters_in_a_row),
            step=lambda step: self.step(service.name, step),
        )
        epoch = self.broker.append(name, partition, MARKER_KEY, b"") if service.decider else -1
        log.expected = epoch + 1
        recovery = Recovery({topic_code(t): o for t, o in committed.items()})
        where = f"{name}[{partition}]"
        recovery.apply(where, [(r.offset, r.key or b"", r.value) for r in self.broker.records[name, partition]])
        await worker.adopt(epoch=epoch, recovery=recovery, seen=committed)
        return worker


class HandClock(Clock):
    """A clock that stands still until it is set."""

    def __init__(self, at: datetime) -> None:
        super().__init__(start=at, anchor=0.0, rate=1.0)
        self.at = at

    def now(self) -> datetime:
        """The time that was set."""
        return self.at
