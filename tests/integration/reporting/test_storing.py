"""Every event is stored once, whatever comes twice, late or while the database is away.

A green run does not prove that it is fast enough: bench/reporting.py measures that.
"""

import asyncio
import random

import psycopg
import pytest
from msgspec import structs
from structlog.testing import capture_logs

from contracts.events import PlacementRejected, PlacementSubmitted, ReplyReceived
from contracts.ids import ConsumerId, EventId
from services.reporting.core.rows import Stored, rows_of
from services.reporting.database import ON_CONFLICT
from tests.examples import all_examples, examples
from tests.integration.reporting.harness import (
    a_database,
    a_runtime,
    ask,
    in_the_log,
    store,
    tables,
)

EXAMPLES = all_examples()


async def test_every_example_of_every_event_is_stored(database: str) -> None:
    async with a_database(database) as model:
        runtime = a_runtime(model)
        for event in EXAMPLES.values():
            runtime.publish(event, key="some-key")
        await runtime.run()
    stored = {
        (topic, partition, offset): (kind, event_id)
        for topic, partition, offset, kind, event_id in ask(
            database, 'select topic, partition, "offset", event_type, event_id from reporting.events'
        )
    }
    log = {
        (r.topic, r.partition, r.offset): runtime.codec.decode(r.value)
        for (topic, _), records in runtime.broker.records.items()
        for r in records
    }
    assert len(log) == len(EXAMPLES)
    assert stored == {place: (type(e).__name__, e.meta.event_id) for place, e in log.items()}


async def test_a_record_is_stored_with_its_time_and_what_caused_it(database: str) -> None:
    event = next(iter(examples(ReplyReceived).values()))
    async with a_database(database) as model:
        runtime = a_runtime(model)
        runtime.publish(event)
        await runtime.run()
    (record,) = [r for records in runtime.broker.records.values() for r in records]
    ((written_at, occurred_at, cause, correlation),) = ask(
        database, "select written_at, occurred_at, causation_id, correlation_id from reporting.events"
    )
    assert int(written_at.timestamp() * 1000) == record.timestamp
    assert occurred_at == event.meta.occurred_at
    assert (cause, correlation) == (event.meta.causation_id, event.meta.correlation_id)


async def test_delivered_twice_changes_nothing(database: str) -> None:
    async with a_database(database) as model:
        runtime = a_runtime(model)
        for event in EXAMPLES.values():
            runtime.publish(event, key="some-key")
        await runtime.run()
        before = tables(database)
        runtime.lose("reporting")
        runtime.broker.committed.clear()
        await runtime.run()
    assert tables(database) == before
    assert before["events"]


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_and_any_batches_leave_equal_tables(database: str, seed: int) -> None:
    log = in_the_log([*EXAMPLES.values(), *EXAMPLES.values()])  # every event twice in the log, as after a crash
    shuffled = log + random.Random(seed).sample(log, len(log) // 3)
    random.Random(seed).shuffle(shuffled)
    async with a_database(database) as model:
        await store(model, log)
        straight = tables(database)
        for table in ON_CONFLICT:
            ask(database, f"with gone as (delete from reporting.{table} returning 1) select count(*) from gone")
        size = 1 + seed * 7
        await store(model, *(shuffled[i : i + size] for i in range(0, len(shuffled), size)))
    assert tables(database) == straight


async def test_while_the_database_is_away_nothing_is_lost(database: str) -> None:
    name = psycopg.conninfo.conninfo_to_dict(database)["dbname"]
    async with a_database(database) as model:
        runtime = a_runtime(model, batch=5)
        for event in EXAMPLES.values():
            runtime.publish(event, key="some-key")
        with psycopg.connect(database, autocommit=True, dbname="postgres") as server, capture_logs() as logs:
            server.execute(f'alter database "{name}" allow_connections false'.encode())
            server.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,))
            running = asyncio.create_task(runtime.run())
            async with asyncio.timeout(30):
                while not any(line["event"] == "effect.unreachable" for line in logs):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            server.execute(f'alter database "{name}" allow_connections true'.encode())
            await running
    assert ask(database, "select count(*) from reporting.events") == [(len(EXAMPLES),)]


async def test_a_character_that_the_database_cannot_hold_stops_nothing(database: str) -> None:
    reply = next(iter(examples(ReplyReceived).values()))
    reject = next(iter(examples(PlacementRejected).values()))
    written = structs.replace(reply, text="a\0b\\u0000c")
    async with a_database(database) as model:
        await store(model, in_the_log([written, structs.replace(reject, codes=("a\0b",))]))
    assert ask(database, "select body ->> 'text' from reporting.personal") == [("a\N{REPLACEMENT CHARACTER}b\\u0000c",)]
    assert ask(database, "select codes from reporting.rejects") == [(["a\N{REPLACEMENT CHARACTER}b"],)]


async def test_ids_of_any_length_stop_nothing(database: str) -> None:
    row = next(iter(examples(PlacementSubmitted).values()))
    noise = EventId("".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=20_000)))
    meta = structs.replace(row.meta, consumer_id=ConsumerId(noise), event_id=noise, causation_id=noise)
    async with a_database(database) as model:
        await store(model, in_the_log([structs.replace(row, meta=meta)]))
    assert ask(database, "select count(*) from reporting.events where consumer_id = %s", noise) == [(1,)]


async def test_rows_have_the_columns_of_their_tables(database: str) -> None:
    async with a_database(database):
        columns = ask(
            database,
            "select table_name, column_name from information_schema.columns where table_schema = 'reporting'",
        )
    rows = rows_of([Stored(event, 0, 0, None) for event in EXAMPLES.values()])
    for table in ON_CONFLICT:
        (first, *_) = getattr(rows, table)
        assert set(first.__struct_fields__) == {column for t, column in columns if t == table}, table
