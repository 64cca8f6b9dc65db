"""The log as it stands, one topic and partition at a time, from its very first record."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from chassis.codec import Codec, codec_for
from chassis.failures import Halted
from chassis.kafka_client import connection
from chassis.runtime.memory import MemoryBroker
from chassis.runtime.partition import Incoming
from chassis.settings import StackSettings

FETCH_BYTES = 8 << 20
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

    async def committed(self, group: str, topic: str, partition: int) -> int | None:
        """The offset before which a group is done with a topic."""
        return self._broker.committed.get((group, topic, partition))


class KafkaTape:
    """Reads a topic's partition on a broker, with a client of its own."""

    def __init__(self, consumer: AIOKafkaConsumer, where: TopicPartition, end: int) -> None:
        self._consumer = consumer
        self._where = where
        self._end = end
        self._next = 0

    async def more(self) -> Sequence[Incoming]:
        """The next records."""
        while self._next < self._end:
            found: dict[Any, Sequence[Incoming]] = await self._consumer.getmany(timeout_ms=1000, max_records=AT_ONCE)
            self._next = await self._consumer.position(self._where)
            for records in found.values():
                return [r for r in records if r.offset < self._end]
        return ()


class KafkaHistory:
    """The log on a broker."""

    def __init__(self, settings: StackSettings, codec: Codec) -> None:
        self.codec = codec
        self.partitions = settings.kafka_partitions
        self._settings = settings
        self._consumers: list[AIOKafkaConsumer] = []

    async def tape(self, topic: str, partition: int) -> Tape:
        """Begin to read; raises Halted if the beginning is gone, or the topic is not there."""
        where = TopicPartition(topic, partition)
        consumer = AIOKafkaConsumer(
            **connection(self._settings),
            enable_auto_commit=False,
            fetch_max_bytes=FETCH_BYTES,
            max_partition_fetch_bytes=FETCH_BYTES,
        )
        self._consumers.append(consumer)
        await consumer.start()
        if partition not in (consumer.partitions_for_topic(topic) or await self._partitions_of(topic)):
            raise Halted(f"{topic} has no partition {partition}: check COUNTERPOINT_KAFKA_PARTITIONS and the broker")
        consumer.assign([where])
        first = (await consumer.beginning_offsets([where]))[where]
        if first > 0:
            raise Halted(
                f"{topic}[{partition}] begins at offset {first}: what stood before is gone, and without it no decision "
                "can be made again; give the topic unlimited retention"
            )
        await consumer.seek_to_beginning(where)
        return KafkaTape(consumer, where, (await consumer.end_offsets([where]))[where])

    async def _partitions_of(self, topic: str) -> set[int]:
        admin = AIOKafkaAdminClient(**connection(self._settings))
        await admin.start()
        try:
            found = await admin.describe_topics([topic])
        finally:
            await admin.close()
        return {p["partition"] for t in found for p in t["partitions"]}

    async def committed(self, group: str, topic: str, partition: int) -> int | None:
        """The offset before which a group is done with a topic."""
        admin = AIOKafkaAdminClient(**connection(self._settings))
        await admin.start()
        try:
            offsets = await admin.list_consumer_group_offsets(group)
        finally:
            await admin.close()
        found = offsets.get(TopicPartition(topic, partition))
        return None if found is None or found.offset < 0 else int(found.offset)

    async def close(self) -> None:
        """Let go of every client."""
        for consumer in self._consumers:
            await consumer.stop()


@asynccontextmanager
async def kafka_history(settings: StackSettings) -> AsyncIterator[KafkaHistory]:
    """The log on the broker that settings name."""
    history = KafkaHistory(settings, await codec_for(settings.registry_url))
    try:
        yield history
    finally:
        await history.close()


async def whole(history: History, topic: str, partition: int) -> AsyncIterator[Sequence[Incoming]]:
    """Every record that a topic's partition holds, in batches."""
    tape = await history.tape(topic, partition)
    while batch := await tape.more():
        yield batch
