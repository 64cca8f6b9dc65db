"""Two places to run the tally on, memory and a real broker, that can be crashed, rewound and tampered with alike."""

import asyncio
import copy
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.structs import OffsetAndMetadata

from chassis.clock import milliseconds
from chassis.codec import SingleObjectCodec
from chassis.failures import InvalidEvent
from chassis.kafka_client import KafkaPublisher, connection, put
from chassis.routing import partition_for
from chassis.runtime.changelog import MARKER_KEY
from chassis.runtime.kafka.worker import KafkaRuntime
from chassis.runtime.memory import HandClock, MemoryRuntime
from chassis.service import AnyService
from chassis.settings import StackSettings
from contracts.events import ContactRequested, Event, PaymentSettled, TimerDue
from contracts.topic import changelog
from contracts.topics import TOPIC_OF, TOPICS
from tests.contract.tally import START, Tally

E = TypeVar("E", bound=Event)
READS = tuple(TOPIC_OF[kind] for kind in (PaymentSettled, ContactRequested, TimerDue))
PARTITIONS = 4
PATIENCE = 30.0
LIMIT = 5
"""So many unreadable messages in a row are borne."""
_numbers = itertools.count()


class Crashed(Exception):
    """The test killed the worker."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter."""

    value: bytes | None
    headers: Mapping[str, bytes]


@dataclass
class Trap:
    """Kills the worker when it is at a step, once."""

    step: str = ""
    fired: bool = False

    def sprung(self, step: str) -> None:
        """Called at each step."""
        if step == self.step:
            self.step = ""
            self.fired = True
            raise Crashed(step)


class Stage(Protocol):
    """A place to run one service on."""

    clock: HandClock
    trap: Trap
    service: AnyService

    async def open(self, service: AnyService) -> None: ...
    async def publish(self, *events: Event) -> None: ...
    async def write(self, topic: str, consumer: str, value: bytes | None) -> None: ...
    async def run(self) -> None: ...
    async def lose(self) -> None: ...
    async def rewind(self) -> None: ...
    async def read(self, kind: type[E]) -> list[E]: ...
    async def letters(self, topic: str) -> list[Letter]: ...
    async def tamper(self, consumer: str, key: bytes, value: bytes) -> int: ...
    async def next_offset(self, topic: str, consumer: str) -> int: ...
    def state(self, consumer: str) -> Tally | None: ...
    async def close(self) -> None: ...


def fresh_name() -> str:
    """A name that no other test uses for its service."""
    return f"tally{next(_numbers)}"


@dataclass
class MemoryStage:
    """The log in memory."""

    clock: HandClock = field(default_factory=lambda: HandClock(START))
    trap: Trap = field(default_factory=Trap)

    async def open(self, service: AnyService) -> None:
        self.service = service
        self.runtime = MemoryRuntime(
            [service],
            clock=self.clock,
            partitions=PARTITIONS,
            dead_letters_in_a_row=LIMIT,
            step=lambda _, step: self.trap.sprung(step),
        )

    async def publish(self, *events: Event) -> None:
        self.runtime.publish(*events)

    async def write(self, topic: str, consumer: str, value: bytes | None) -> None:
        self.runtime.broker.append(topic, partition_for(consumer, PARTITIONS), consumer.encode(), value)

    async def run(self) -> None:
        await self.runtime.run()

    async def lose(self) -> None:
        self.runtime.lose(self.service.name)

    async def rewind(self) -> None:
        await self.lose()
        self.runtime.broker.committed.clear()

    async def read(self, kind: type[E]) -> list[E]:
        return [e for e in self._events(kind) if isinstance(e, kind)]

    def _events(self, kind: type[Event]) -> list[Event]:
        found = []
        for (topic, _), records in self.runtime.broker.records.items():
            if topic == TOPIC_OF[kind]:
                for record in records:
                    try:
                        found.append(self.runtime.codec.decode(record.value))
                    except InvalidEvent:
                        continue
        return found

    async def letters(self, topic: str) -> list[Letter]:
        name = TOPICS[topic].dead_letters(self.service.name)
        records = [r for (t, _), log in self.runtime.broker.records.items() if t == name for r in log]
        return [Letter(r.value, dict(r.headers)) for r in records]

    async def tamper(self, consumer: str, key: bytes, value: bytes) -> int:
        name = changelog(self.service.name)
        return self.runtime.broker.append(name, partition_for(consumer, PARTITIONS), key, value)

    async def next_offset(self, topic: str, consumer: str) -> int:
        return len(self.runtime.broker.records[topic, partition_for(consumer, PARTITIONS)])

    def state(self, consumer: str) -> Tally | None:
        consumers = self.runtime.worker(self.service.name, consumer).consumers
        assert consumers is not None
        found: Tally | None = consumers.state_of(consumer)  # type: ignore[arg-type]
        return found

    async def close(self) -> None:
        return None


@dataclass
class KafkaStage:
    """A real broker; the tally has a group, a changelog and dead letters of its own, and begins at the topics' ends."""

    settings: StackSettings
    producer: AIOKafkaProducer
    clock: HandClock = field(default_factory=lambda: HandClock(START))
    trap: Trap = field(default_factory=Trap)
    config: Mapping[str, str] = field(default_factory=dict)
    codec: SingleObjectCodec = field(default_factory=SingleObjectCodec)
    runtime: KafkaRuntime | None = None
    running: "asyncio.Task[None] | None" = None

    async def open(self, service: AnyService) -> None:
        self.service = service
        self.settings = self.settings.model_copy(update={"dead_letters_in_a_row": LIMIT})
        self.reader = AIOKafkaConsumer(**connection(self.settings), group_id=service.name, enable_auto_commit=False)
        await self.reader.start()
        self.admin = AIOKafkaAdminClient(**connection(self.settings))
        await self.admin.start()
        own = [NewTopic(changelog(service.name), PARTITIONS, 1, topic_configs=dict(self.config))]
        own += [NewTopic(TOPICS[topic].dead_letters(service.name), PARTITIONS, 1) for topic in READS]
        await self.admin.create_topics(own)
        self.begin = {topic: await self._ends(topic) for topic in TOPICS}
        await self._commit()

    @property
    def reads(self) -> list[str]:
        """Topics that the service reads."""
        return sorted({TOPIC_OF[kind] for kind in self.service.reads})

    async def _commit(self) -> None:
        self.reader.assign([tp for topic in self.reads for tp in self.begin[topic]])
        begin = {tp: OffsetAndMetadata(n, "") for topic in self.reads for tp, n in self.begin[topic].items()}
        await self.reader.commit(begin)

    async def _ends(self, topic: str) -> dict[TopicPartition, int]:
        partitions = [TopicPartition(topic, p) for p in range(PARTITIONS)]
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    return dict(await self.reader.end_offsets(partitions))
                except Exception:  # noqa: BLE001 - a topic that was made just now may not be known yet
                    await asyncio.sleep(0.05)

    async def publish(self, *events: Event) -> None:
        publisher = KafkaPublisher(
            producer=self.producer, codec=self.codec, clock=self.clock, partitions=self.settings.kafka_partitions
        )
        await publisher.publish(events=events)

    async def write(self, topic: str, consumer: str, value: bytes | None) -> None:
        await self._put(topic, consumer, consumer.encode(), value)

    async def _put(self, topic: str, consumer: str, key: bytes, value: bytes | None) -> int:
        partition = partition_for(consumer, PARTITIONS)
        (sent,) = await put(self.producer, topic, partition, [(key, value, ())], milliseconds(self.clock.now()))
        return int((await sent.confirmed).offset)

    def start(self) -> None:
        """Let a worker begin."""
        self.runtime = KafkaRuntime(
            service=self.service,
            settings=self.settings,
            codec=self.codec,
            clock=self.clock,
            producer=self.producer,
            step=self.trap.sprung,
        )
        self.running = asyncio.create_task(self.runtime.run())

    async def run(self) -> None:
        if self.runtime is None:
            self.start()
        await self.until(self.quiet)
        if self.trap.fired and self.running is not None:
            self.trap.fired = False
            await self.running  # it was killed when all was done already

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait until something is so; raises what stopped the worker."""
        assert self.running is not None
        async with asyncio.timeout(PATIENCE):
            while not await condition():
                if self.running.done():
                    self.running.result()
                await asyncio.sleep(0.02)

    async def quiet(self) -> bool:
        """Whether all is handled and committed."""
        assert self.runtime is not None
        if not self.runtime.joined or any(self._restless(w.consumers) for w in self.runtime.workers.values()):
            return False
        committed = {
            tp: o.offset for tp, o in (await self.admin.list_consumer_group_offsets(self.service.name)).items()
        }
        for topic in self.reads:
            if any(committed.get(tp, 0) < end for tp, end in (await self._ends(topic)).items()):
                return False
        return True

    def _restless(self, consumers: Any) -> bool:
        alarm = consumers.next_alarm()
        return bool(consumers.unfinished()) or (alarm is not None and alarm <= self.clock.now())

    def beside(self, service: AnyService) -> "KafkaStage":
        """Another worker of the same group; close it before this one, by `lose`."""
        other = copy.copy(self)
        other.service, other.trap, other.runtime, other.running = service, Trap(), None, None
        return other

    async def lose(self) -> None:
        if self.runtime is not None and self.running is not None:
            await self.runtime.stop()
            await asyncio.gather(self.running, return_exceptions=True)
        self.runtime = self.running = None
        self.trap.fired = False

    async def rewind(self) -> None:
        await self.lose()
        await self._commit()

    async def read(self, kind: type[E]) -> list[E]:
        found = []
        for value, _ in await self._records(TOPIC_OF[kind], self.begin[TOPIC_OF[kind]]):
            try:
                event = self.codec.decode(value)
            except InvalidEvent:
                continue
            if isinstance(event, kind):
                found.append(event)
        return found

    async def _records(self, topic: str, begin: Mapping[TopicPartition, int]) -> list[tuple[bytes | None, Any]]:
        ends = await self._ends(topic)
        self.reader.assign(list(ends))
        for tp in ends:
            self.reader.seek(tp, begin.get(tp, 0))
        found = []
        async with asyncio.timeout(PATIENCE):
            for tp, end in ends.items():
                while await self.reader.position(tp) < end:
                    for records in (await self.reader.getmany(timeout_ms=200)).values():
                        found += [(r.value, r.headers) for r in records]
        return found

    async def changelog_records(self) -> tuple[int, int]:
        """How many records the service's changelog still has, and how many were ever written to it."""
        name = changelog(self.service.name)
        return len(await self._records(name, {})), sum((await self._ends(name)).values())

    async def letters(self, topic: str) -> list[Letter]:
        records = await self._records(TOPICS[topic].dead_letters(self.service.name), {})
        return [Letter(value, dict(headers)) for value, headers in records]

    async def tamper(self, consumer: str, key: bytes, value: bytes) -> int:
        return await self._put(changelog(self.service.name), consumer, key, value)

    async def next_offset(self, topic: str, consumer: str) -> int:
        return (await self._ends(topic))[TopicPartition(topic, partition_for(consumer, PARTITIONS))]

    def state(self, consumer: str) -> Tally | None:
        assert self.runtime is not None
        consumers = self.runtime.workers[partition_for(consumer, PARTITIONS)].consumers
        assert consumers is not None
        found: Tally | None = consumers.state_of(consumer)  # type: ignore[arg-type]
        return found

    async def close(self) -> None:
        await self.lose()
        await self.reader.stop()
        await self.admin.close()


def later(stage: Stage, days: float) -> None:
    """Let time pass."""
    stage.clock.at += timedelta(days=days)


def owner_marker() -> tuple[bytes, bytes]:
    """The record with which another owner of a partition begins."""
    return MARKER_KEY, b"owner"


def once(events: Sequence[Event]) -> dict[str, Event]:
    """Events by their ids."""
    return {e.meta.event_id: e for e in events}
