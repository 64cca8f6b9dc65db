"""The broker, as one partition of a service sees it; and reading a changelog back."""

import asyncio
from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from chassis.clock import Clock, milliseconds
from chassis.dead_letters import DeadLetter
from chassis.failures import ForeignWriter, Halted
from chassis.kafka_client import Item, Sent, connection, put
from chassis.runtime.changelog import MARKER_KEY, Output, Recovery
from chassis.settings import StackSettings
from contracts.topics import TOPICS

FETCH_BYTES = 16 << 20


class KafkaLog:
    """Writes for one partition; everything is confirmed by the broker before a call returns."""

    def __init__(
        self, *, producer: AIOKafkaProducer, service: str, changelog: str | None, partition: int, clock: Clock
    ) -> None:
        self._producer = producer
        self._service = service
        self._changelog = changelog
        self._partition = partition
        self._clock = clock
        self.expected = -1

    async def claim(self) -> int:
        """Write the marker with which an owner begins; its offset is the owner's epoch."""
        assert self._changelog is not None
        marker = (MARKER_KEY, b"owner", ())
        epoch = (
            await self._confirmed(await put(self._producer, self._changelog, self._partition, [marker], self._now()))
        )[0]
        self.expected = epoch + 1
        return epoch

    async def append_changes(self, *, changes: Sequence[tuple[bytes, bytes]]) -> None:
        """Write to the changelog; raise ForeignWriter if a record landed where it would not, were we alone."""
        assert self._changelog is not None
        items: list[Item] = [(key, value, ()) for key, value in changes]
        sent = await put(self._producer, self._changelog, self._partition, items, self._now())
        for batch, offset in zip(sent, await self._confirmed(sent), strict=True):
            if offset != self.expected:
                raise ForeignWriter(
                    f"{self._changelog}[{self._partition}] was written by somebody else (offset {offset}, expected "
                    f"{self.expected}): this worker has lost the partition; it stops, and may be started again"
                )
            self.expected += batch.count

    async def append(self, *, outputs: Sequence[Output]) -> None:
        """Write outcomes to their topics."""
        groups: dict[tuple[str, int], list[Item]] = {}
        for o in outputs:
            groups.setdefault((o.topic, o.partition), []).append((o.key, o.value, o.headers))
        await self._write(groups)

    async def set_aside(self, *, letters: Sequence[DeadLetter]) -> None:
        """Write dead letters."""
        groups: dict[tuple[str, int], list[Item]] = {}
        for d in letters:
            where = TOPICS[d.topic].dead_letters(self._service), d.partition
            groups.setdefault(where, []).append((d.key, d.value, d.record_headers()))
        await self._write(groups)

    async def _write(self, groups: Mapping[tuple[str, int], list[Item]]) -> None:
        sent: list[Sent] = []
        for (topic, partition), items in groups.items():
            sent += await put(self._producer, topic, partition, items, self._now())
        await self._confirmed(sent)

    async def _confirmed(self, sent: Sequence[Sent]) -> list[int]:
        try:
            return [m.offset for m in await asyncio.gather(*(s.confirmed for s in sent))]
        except KafkaError as error:
            raise Halted(
                f"the broker did not confirm what was written ({error!r}); the batch will come again"
            ) from error

    def _now(self) -> int:
        return milliseconds(self._clock.now())


async def read_back(*, settings: StackSettings, changelog: str, partition: int, epoch: int, recovery: Recovery) -> None:
    """Read a changelog from its beginning up to the record at `epoch`."""
    consumer = AIOKafkaConsumer(
        **connection(settings), enable_auto_commit=False, fetch_max_bytes=16 << 20, max_partition_fetch_bytes=16 << 20
    )
    await consumer.start()
    tp = TopicPartition(changelog, partition)
    try:
        consumer.assign([tp])
        await consumer.seek_to_beginning(tp)
        while await consumer.position(tp) <= epoch:
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                kept = [(r.offset, r.key, r.value) for r in records if r.offset <= epoch]
                recovery.apply(f"{changelog}[{partition}]", kept)
                await asyncio.sleep(0)
    finally:
        await consumer.stop()


async def ends(*, settings: StackSettings, changelog: str, partitions: Sequence[int]) -> dict[int, int]:
    """The offset that the next record of each partition would get."""
    consumer = AIOKafkaConsumer(**connection(settings), enable_auto_commit=False)
    await consumer.start()
    try:
        end = await consumer.end_offsets([TopicPartition(changelog, p) for p in partitions])
    finally:
        await consumer.stop()
    return {tp.partition: offset for tp, offset in end.items()}
