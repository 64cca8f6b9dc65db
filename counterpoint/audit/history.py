"""The log as it stands, one topic and partition at a time, from its very first record."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError

from chassis.codec import Codec, codec_for
from chassis.failures import Halted, WrongTopology
from chassis.kafka_client import connection, let_in
from chassis.runtime.memory import MemoryBroker
from chassis.runtime.partition import Incoming
from chassis.settings import StackSettings
from contracts.topics import TOPICS

FETCH_BYTES = 8 << 20
FETCH_WAIT = 20
"""Milliseconds; nothing new is waited for, and a client stops only when its last question is answered."""

AT_ONCE = 2000
"""So many records are read ahead of a topic at most, so that what waits to be used stays small."""


class Tape(Protocol):
    """One partition of one topic, read forward."""

    async def more(self) -> Sequence[Incoming]:
        """The next records, in order; none after those that there were when it was begun."""


class History(Protocol):
    """A log that can be read as often as one likes."""

    codec: Codec
    partitions: int

    async def tape(self, topic: str, partition: int) -> Tape:
        """Begin to read; raises Halted if the beginning is gone."""

    async def end(self, topic: str, partition: int) -> int:
        """The offset that the next record would get."""

    async def committed(self, group: str, topic: str, partition: int) -> int | None:
        """The offset before which a group is done with a topic; None if that is not known any more."""


class MemoryTape:
    """Reads a log in memory."""

    def __init__(self, records: Sequence[Incoming]) -> None:
        self._records = list(records)
        self._next = 0

    async def more(self) -> Sequence[Incoming]:
        """The next records."""
        found = self._records[self._next : self._next + AT_ONCE]
        self._next += len(found)
        return found


class MemoryHistory:
    """The log of the runtime in memory."""

    def __init__(self, broker: MemoryBroker, codec: Codec) -> None:
        self.codec = codec
        self.partitions = broker.partitions
        self._broker = broker

    async def tape(self, topic: str, partition: int) -> Tape:
        """Begin to read."""
        return MemoryTape(self._broker.records.get((topic, partition), []))

    async def end(self, topic: str, partition: int) -> int:
        """The offset that the next record would get."""
        return len(self._broker.records.get((topic, partition), []))

    async def committed(self, group: str, topic: str, partition: int) -> int | None:
        """The offset before which a group is done with a topic."""
        return self._broker.committed.get((group, topic, partition))


class KafkaTape:
    """Reads a topic's partition on a broker up to an offset, with a client of its own for as long as it needs one."""

    def __init__(self, settings: StackSettings, where: TopicPartition, end: int) -> None:
        self._settings = settings
        self._where = where
        self._end = end
        self._next = 0
        self._consumer: AIOKafkaConsumer | None = None

    async def more(self) -> Sequence[Incoming]:
        """The next records."""
        while self._next < self._end:
            consumer = self._consumer or await self._start()
            found: dict[Any, Sequence[Incoming]] = await consumer.getmany(timeout_ms=1000, max_records=AT_ONCE)
            self._next = await consumer.position(self._where)
            for records in found.values():
                return [r for r in records if r.offset < self._end]
        await self.close()
        return ()

    async def _start(self) -> AIOKafkaConsumer:
        self._consumer = AIOKafkaConsumer(
            **connection(self._settings),
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=FETCH_WAIT,
            fetch_max_bytes=FETCH_BYTES,
            max_partition_fetch_bytes=FETCH_BYTES,
        )
        await self._consumer.start()
        self._consumer.assign([self._where])
        return self._consumer

    async def close(self) -> None:
        """Let go of the client."""
        if self._consumer is not None:
            await self._consumer.stop()
            self._consumer = None


class KafkaHistory:
    """The log on a broker."""

    def __init__(
        self, settings: StackSettings, codec: Codec, asking: AIOKafkaConsumer, admin: AIOKafkaAdminClient
    ) -> None:
        self.codec = codec
        self.partitions = settings.kafka_partitions
        self._settings = settings
        self._asking = asking
        self._admin = admin
        self._tapes: list[KafkaTape] = []

    async def tape(self, topic: str, partition: int) -> Tape:
        """Begin to read; raises Halted if the beginning is gone."""
        where = TopicPartition(topic, partition)
        first = (await self._asking.beginning_offsets([where]))[where]
        if first > 0:
            raise Halted(
                f"{topic}[{partition}] begins at offset {first}: what stood before is gone, and without it no decision "
                "can be made again; give the topic unlimited retention"
            )
        tape = KafkaTape(self._settings, where, (await self._asking.end_offsets([where]))[where])
        self._tapes.append(tape)
        return tape

    async def end(self, topic: str, partition: int) -> int:
        """The offset that the next record would get."""
        where = TopicPartition(topic, partition)
        return int((await self._asking.end_offsets([where]))[where])

    async def committed(self, group: str, topic: str, partition: int) -> int | None:
        """The offset before which a group is done with a topic."""
        try:
            offsets = await self._admin.list_consumer_group_offsets(group)
        except GroupCoordinatorNotAvailableError:
            return None  # no group was ever on this broker: the log was copied here
        found = offsets.get(TopicPartition(topic, partition))
        return None if found is None or found.offset < 0 else int(found.offset)

    async def close(self) -> None:
        """Let go of every client."""
        for tape in self._tapes:
            await tape.close()


@asynccontextmanager
async def kafka_history(settings: StackSettings) -> AsyncIterator[KafkaHistory]:
    """The log on the broker that settings name; raises Unreachable, or WrongTopology if it holds no such log."""
    codec = await codec_for(settings.registry_url)
    admin = AIOKafkaAdminClient(**connection(settings))
    asking = AIOKafkaConsumer(**connection(settings), enable_auto_commit=False)
    async with let_in(settings, admin.start, admin.close), let_in(settings, asking.start, asking.stop):
        await _check(admin, settings)
        history = KafkaHistory(settings, codec, asking, admin)
        try:
            yield history
        finally:
            await history.close()


async def _check(admin: AIOKafkaAdminClient, settings: StackSettings) -> None:
    """As many partitions as the settings say: another number would leave some of them out, or wait for none."""
    names = sorted(t.name for t in TOPICS.values())
    have = {t["topic"]: len(t["partitions"]) for t in await admin.describe_topics(names)}
    wrong = [name for name in names if have.get(name, 0) != settings.kafka_partitions]
    if wrong:
        raise WrongTopology(
            f"{wrong[0]} has {have.get(wrong[0], 0)} partitions, and COUNTERPOINT_KAFKA_PARTITIONS says "
            f"{settings.kafka_partitions} ({len(wrong)} topics differ): set it to what the broker has"
        )


async def whole(history: History, topic: str, partition: int) -> AsyncIterator[Sequence[Incoming]]:
    """Every record that a topic's partition holds, in batches."""
    tape = await history.tape(topic, partition)
    while batch := await tape.more():
        yield batch
