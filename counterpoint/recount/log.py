"""The whole log, read from the broker as it is and decoded by the schema files alone."""

import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from fastavro import schemaless_reader
from msgspec import Struct

from counterpoint.recount.schemas import writers

PREFIX = "counterpoint."
CHANGELOG = "-state.v1"
DEAD_LETTERS = ".dlq"
MARK = b"\xc3\x01"
HEAD = len(MARK) + 8
_UNREADABLE = (ValueError, LookupError, EOFError, TypeError, ArithmeticError)


class Record(Struct, frozen=True):
    """One event as it stands in the log; `written_at` is when the broker was given it."""

    topic: str
    partition: int
    offset: int
    written_at: datetime
    kind: str
    body: dict[str, Any]

    @property
    def consumer_id(self) -> str:
        """Whom it is about."""
        return str(self.body["meta"]["consumer_id"])

    @property
    def at(self) -> datetime:
        """When it became true."""
        at: datetime = self.body["meta"]["occurred_at"]
        return at


class Unread(Struct, frozen=True):
    """A record that cannot be read, or one that a service set aside; `reason` is the service's own word."""

    topic: str
    partition: int
    offset: int
    reason: str


class Log:
    """Everything that topics hold: events once each, though they may stand there twice."""

    def __init__(self, records: Iterable[Record], unread: Sequence[Unread] = (), dead: Sequence[Unread] = ()) -> None:
        self.unread = unread
        self.dead = dead
        self.records: Counter[str] = Counter()
        """How many records each topic holds, repeats and unreadable ones among them."""
        self._by_kind: dict[str, dict[str, Record]] = {}
        for record in records:
            self.records[record.topic] += 1
            self._by_kind.setdefault(record.kind, {}).setdefault(record.body["meta"]["event_id"], record)
        self.records.update(u.topic for u in unread)

    def of(self, *kinds: str) -> list[Record]:
        """The events of these kinds."""
        return [record for kind in kinds for record in self._by_kind.get(kind, {}).values()]


def decode(value: bytes | None, schemas: Mapping[bytes, Any]) -> tuple[str, dict[str, Any]]:
    """The name and the fields of an event in Avro single-object encoding; raises ValueError if it is none."""
    if value is None or value[: len(MARK)] != MARK or value[len(MARK) : HEAD] not in schemas:
        raise ValueError("no event of a known schema")
    schema = schemas[value[len(MARK) : HEAD]]
    stream = io.BytesIO(value[HEAD:])
    try:
        body: Any = schemaless_reader(stream, schema, None)
    except _UNREADABLE as error:
        raise ValueError(f"not as its schema says: {type(error).__name__}") from error
    return schema["name"].rsplit(".", 1)[-1], body


async def read_log(connection: Mapping[str, Any]) -> Log:
    """All topics to their present ends; `connection` holds the arguments of an aiokafka client."""
    consumer = AIOKafkaConsumer(
        **connection,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=8 << 20,
    )
    await consumer.start()
    try:
        wanted = await _partitions(connection)
        consumer.assign(wanted)
        raw = await _drain(consumer, wanted)
    finally:
        await consumer.stop()
    return _sorted(raw)


async def _partitions(connection: Mapping[str, Any]) -> list[TopicPartition]:
    """Every partition of every topic of ours, but for what services remember."""
    admin = AIOKafkaAdminClient(**connection)
    await admin.start()
    try:
        ours = [t for t in await admin.list_topics() if t.startswith(PREFIX) and not t.endswith(CHANGELOG)]
        described = await admin.describe_topics(ours)
    finally:
        await admin.close()
    return [TopicPartition(t["topic"], p["partition"]) for t in described for p in t["partitions"]]


async def _drain(consumer: AIOKafkaConsumer, wanted: Sequence[TopicPartition]) -> list[ConsumerRecord]:
    ends = await consumer.end_offsets(wanted)
    left = {tp for tp in wanted if ends[tp] > 0}
    raw: list[ConsumerRecord] = []
    while left:
        for tp, records in (await consumer.getmany(*left, timeout_ms=500)).items():
            raw += [r for r in records if r.offset < ends[tp]]
        for tp in tuple(left):
            if await consumer.position(tp) >= ends[tp]:
                left.discard(tp)
    return raw


def _sorted(raw: Sequence[ConsumerRecord]) -> Log:
    schemas = writers()
    records, unread, dead = [], [], []
    for r in raw:
        if r.topic.endswith(DEAD_LETTERS):
            dead.append(_dead(r))
            continue
        try:
            kind, body = decode(r.value, schemas)
        except ValueError as fault:
            unread.append(Unread(r.topic, r.partition, r.offset, str(fault)))
        else:
            written_at = datetime.fromtimestamp(r.timestamp / 1000, UTC)
            records.append(Record(r.topic, r.partition, r.offset, written_at, kind, body))
    return Log(records, unread, dead)


def _dead(record: ConsumerRecord) -> Unread:
    said = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    where = said.get("dlq_topic", record.topic), said.get("dlq_partition", "-1"), said.get("dlq_offset", "-1")
    return Unread(where[0], int(where[1]), int(where[2]), said.get("dlq_reason", "no reason was given"))
