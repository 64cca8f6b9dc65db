"""What was set aside and waits for a person: unreadable messages, callbacks and replies that belong to nobody we know.

Nothing here is about anybody: an entry says where a thing lies, why, and what to do, never what it says.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import psycopg
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from msgspec import Struct
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from chassis.failures import Unreachable
from contracts.topics import TOPICS

PLACES = 5
"""So many places are kept of each kind of thing."""
PATIENCE = 60.0
LETTER, CALLBACK, REPLY = "unreadable message", "callback for nobody", "message from nobody"
NEXT: Mapping[str, str] = {
    LETTER: "read it at its place; mend whoever wrote it, or the reader (an old version?), and have it sent again",
    CALLBACK: "look the provider's id in it up at the provider: another system may use our address, or somebody "
    "wrote by hand; an attempt that reporting has yet to read is no riddle, so look again in a minute",
    REPLY: "nothing: it is heard as soon as a consumer is placed with that address; see who may have written",
}
"""What a person does about each kind."""


class Place(Struct, frozen=True):
    """Where a record lies."""

    topic: str
    partition: int
    offset: int


class Parked(Struct, frozen=True):
    """Things of one kind, with one reason: how many, since when, and where the latest of them are."""

    kind: str
    where: str
    reason: str
    count: int
    since: datetime
    latest: datetime
    places: tuple[Place, ...]
    next: str


async def parked(connection: Mapping[str, Any], dsn: str) -> list[Parked]:
    """All that waits, the oldest first; raises Unreachable. `connection` holds the arguments of an aiokafka client."""
    letters = await _dead_letters(connection)
    rest = await asyncio.to_thread(_in_database, dsn)
    return sorted([*letters, *rest], key=lambda each: each.since)


class _Heap:
    """One entry in the making."""

    def __init__(self) -> None:
        self.times: list[datetime] = []
        self.places: list[Place] = []

    def add(self, at: datetime, place: Place) -> None:
        self.times.append(at)
        self.places = [*self.places, place][-PLACES:]

    def entry(self, kind: str, where: str, reason: str) -> Parked:
        since, latest = min(self.times), max(self.times)
        return Parked(kind, where, reason, len(self.times), since, latest, tuple(self.places), NEXT[kind])


async def _dead_letters(connection: Mapping[str, Any]) -> list[Parked]:
    """Records that services set aside, each once, by its place on its own topic, where it still lies."""
    readers = {t.dead_letters(reader): (t.name, reader) for t in TOPICS.values() for reader in t.readers}
    by: dict[Place, set[str]] = {}
    known: dict[Place, tuple[datetime, str]] = {}
    for record in await _records(connection, readers):
        topic, reader = readers[record.topic]
        said = {name: value.decode("utf-8", "replace") for name, value in record.headers}
        place = Place(said.get("dlq_topic", topic), _number(said, "dlq_partition"), _number(said, "dlq_offset"))
        by.setdefault(place, set()).add(reader)
        at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
        known.setdefault(place, (at, said.get("dlq_reason", "no reason was given")))
    heaps: dict[tuple[str, str], _Heap] = {}
    for place, (at, reason) in known.items():
        heaps.setdefault((", ".join(sorted(by[place])), reason), _Heap()).add(at, place)
    return [heap.entry(LETTER, f"set aside by {services}", reason) for (services, reason), heap in heaps.items()]


def _number(said: Mapping[str, str], name: str) -> int:
    return int(said.get(name, "-1"))


async def _records(connection: Mapping[str, Any], topics: Iterable[str]) -> list[ConsumerRecord]:
    """Everything on some topics to their present ends; those that do not exist hold nothing."""
    consumer = AIOKafkaConsumer(**connection, enable_auto_commit=False, auto_offset_reset="earliest")
    try:
        async with asyncio.timeout(PATIENCE):
            wanted = await _partitions(connection, topics)
            await consumer.start()
            ends = {tp: end for tp, end in (await consumer.end_offsets(wanted)).items() if end > 0}
            consumer.assign(list(ends))
            found: list[ConsumerRecord] = []
            while any([await consumer.position(tp) < end for tp, end in ends.items()]):
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    found += records
            return found
    except (KafkaError, TimeoutError) as error:
        raise Unreachable("the broker does not answer; is the stack up? see COUNTERPOINT_KAFKA_BOOTSTRAP") from error
    finally:
        await consumer.stop()


async def _partitions(connection: Mapping[str, Any], topics: Iterable[str]) -> list[TopicPartition]:
    admin = AIOKafkaAdminClient(**connection)
    await admin.start()
    try:
        there = set(await admin.list_topics())
        described = await admin.describe_topics([t for t in topics if t in there])
    finally:
        await admin.close()
    return [TopicPartition(t["topic"], p["partition"]) for t in described for p in t["partitions"]]


_UNKNOWN = """
select coalesce(e.body ->> 'provider', ''), e.topic, e.partition, e."offset", e.occurred_at
from reporting.events e
where e.event_type = 'CallbackReceived' and e.body ->> 'kind' = 'STATUS' and e.contact_id is not null
  and not exists (select from reporting.attempts a where a.attempt_id = e.body ->> 'attempt_id')
  and not exists (select from reporting.attempts a where a.contact_id = e.contact_id)
order by e.occurred_at, e.partition, e."offset"
"""
_TABLES = "select schemaname from pg_tables where tablename = 'parked' order by schemaname"
_WAITING = "select count(*), min(received_at), max(received_at) from {}"


def _in_database(dsn: str) -> list[Parked]:
    """Callbacks on attempts that nobody made, and what came from addresses of which nobody is known."""
    try:
        with psycopg.connect(dsn, row_factory=tuple_row, connect_timeout=10) as connection:
            heaps: dict[str, _Heap] = {}
            for provider, topic, partition, offset, at in connection.execute(_UNKNOWN).fetchall():
                heaps.setdefault(provider, _Heap()).add(at, Place(topic, partition, offset))
            found = [heap.entry(CALLBACK, f"from {p}", "no attempt has its id") for p, heap in heaps.items()]
            for (schema,) in connection.execute(_TABLES).fetchall():
                waiting = SQL(_WAITING).format(Identifier(schema, "parked"))
                count, since, latest = connection.execute(waiting).fetchone() or (0, None, None)
                if since is not None and latest is not None:
                    reason = "no consumer is placed with its address"
                    found.append(Parked(REPLY, f"table {schema}.parked", reason, count, since, latest, (), NEXT[REPLY]))
            return found
    except psycopg.errors.UndefinedTable as error:
        raise Unreachable("the database has no read model yet: start the service reporting once") from error
    except psycopg.OperationalError as error:
        raise Unreachable("PostgreSQL does not answer; is the stack up? see COUNTERPOINT_POSTGRES_DSN") from error
