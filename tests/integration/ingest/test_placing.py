"""Rows become accounts, rejects or repeats, once, whatever is redelivered and whoever else is at work.

Green does not prove it on a real broker: the log here is in memory, and only PostgreSQL is real.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from prometheus_client import REGISTRY

from chassis.codec import SingleObjectCodec
from chassis.failures import Unreachable
from chassis.runtime.memory import Crashed
from chassis.service import Done, Position
from contracts.events import AccountPlaced, Event, Meta, PlacementSubmitted
from contracts.ids import BatchId, ClientId, EventId
from services.ingest.core import outcome
from services.ingest.core.outcome import Row
from services.ingest.database import MIGRATIONS, Database
from services.ingest.placing import Placing
from tests.integration.ingest.harness import Ingest, a_runtime
from tests.unit.ingest.factories import HASHES, a_batch, a_row


def submitted(*rows: dict[str, str], batch: int = 1) -> list[PlacementSubmitted]:
    """Rows of a batch, as they stand on the raw topic."""
    return [outcome.submitted(a_batch(batch), Row(n, n + 1, row)) for n, row in enumerate(rows, start=1)]


def done(events: Sequence[PlacementSubmitted]) -> list[Done]:
    """What the runtime hands to the effect."""
    return [Done(e, e, Position("raw", 0, i), False) for i, e in enumerate(events)]


def numbered(count: int, **changes: str) -> list[dict[str, str]]:
    """Rows of as many accounts and people."""
    return [
        a_row(client_account_number=f"A{i}", ssn=f"9001{i:05}", first_name=_name(i), **changes) for i in range(count)
    ]


def _name(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


async def a_placing(dsn: str) -> tuple[Placing, Database]:
    """The effect, with a database connection of its own, as another worker has it."""
    database = Database(dsn, connections=4)
    await database.open()
    clock = a_runtime().clock
    placing = Placing(
        database=database, codec=SingleObjectCodec(), clock=clock, hashes=HASHES, mappings={}, chunk_rows=20
    )
    return placing, database


def ids(events: Sequence[Event]) -> list[str]:
    """Their ids."""
    return [e.meta.event_id for e in events]


async def test_each_row_is_placed_rejected_or_repeated(ingest: Ingest) -> None:
    rows = [a_row(), a_row(client_account_number="A2", balance="1.00"), a_row(), a_row(client_account_number="A3")]
    placing, database = await a_placing(ingest.dsn)
    events = await placing(done(submitted(*rows)))
    await database.close()
    placed = [e for e in events if isinstance(e, AccountPlaced)]
    assert [e.row_number for e in placed] == [1, 4]
    assert ingest.outcomes() == {"placed": 2, "rejected": 1, "repeated": 1}
    assert placed[0].meta.consumer_id == placed[1].meta.consumer_id
    assert placed[0].meta.causation_id == submitted(*rows)[0].meta.event_id
    assert placed[0].account_last4 == "1001"
    (rejected,) = [e for e in events if not isinstance(e, AccountPlaced)]
    assert (rejected.meta.consumer_id, rejected.codes) == ("", ("R_ITEMIZATION_SUM",))  # type: ignore[attr-defined]


async def test_a_second_run_gives_the_same_events_and_counts_nothing_twice(ingest: Ingest) -> None:
    rows = done(submitted(*numbered(45), a_row(balance="x"), a_row(), a_row(ssn="1")))
    placing, database = await a_placing(ingest.dsn)
    first = await placing(rows)
    counted = REGISTRY.get_sample_value("counterpoint_placement_rows_total", {"outcome": "placed"})
    outcomes = ingest.outcomes()
    await asyncio.sleep(0.01)  # so that a new event would have a later time in its id
    assert await placing(rows) == first
    assert ingest.outcomes() == outcomes
    assert REGISTRY.get_sample_value("counterpoint_placement_rows_total", {"outcome": "placed"}) == counted
    with psycopg.connect(ingest.dsn) as connection:
        totals = connection.execute("select placed, rejected, repeated from ingest.batches").fetchall()
    assert totals == [(46, 2, 0)]
    await database.close()


@pytest.mark.parametrize("step", ["decided", "effects", "outputs"])
async def test_a_crash_at_any_step_is_mended_by_the_next_run(ingest: Ingest, step: str) -> None:
    rows = submitted(*numbered(120), *numbered(3), a_row(state="ZZ"))
    crashes = 3

    def crash(_service: str, reached: str) -> None:
        nonlocal crashes
        if reached == step and crashes:
            crashes -= 1
            raise Crashed

    ingest.runtime.step = crash
    assembly = await ingest.assemble()
    for row in rows:
        ingest.runtime.publish(row, key=row.fields["client_account_number"])
    while crashes:
        with pytest.raises(Crashed):
            await ingest.runtime.run()
        ingest.runtime.lose("ingest")
    await ingest.runtime.run()
    await assembly.close()
    assert len(ingest.placed()) == 120
    assert len({e.debt_id for e in ingest.placed()}) == 120
    assert len(ingest.rejected()) == 1
    assert ingest.outcomes() == {"placed": 120, "rejected": 1, "repeated": 3}


async def test_an_account_placed_in_an_earlier_batch_is_a_repeat_and_a_second_placement_is_not(ingest: Ingest) -> None:
    placing, database = await a_placing(ingest.dsn)
    (first,) = await placing(done(submitted(a_row())))
    assert await placing(done(submitted(a_row(), batch=2))) == []
    (second,) = await placing(done(submitted(a_row(placement_sequence="2", ssn="", born_on=""), batch=3)))
    await database.close()
    assert isinstance(first, AccountPlaced)
    assert isinstance(second, AccountPlaced)
    assert first.debt_id == second.debt_id
    assert first.placement_id != second.placement_id
    assert first.meta.consumer_id == second.meta.consumer_id


async def test_equal_account_numbers_of_two_clients_are_two_debts_of_one_person(ingest: Ingest) -> None:
    placing, database = await a_placing(ingest.dsn)
    rows = [
        outcome.submitted(replace_client(a_batch(i), client), Row(1, 2, a_row()))
        for i, client in enumerate(("acme", "zenith"))
    ]
    one, other = await placing(done(rows))
    await database.close()
    assert isinstance(one, AccountPlaced)
    assert isinstance(other, AccountPlaced)
    assert one.debt_id != other.debt_id
    assert one.meta.consumer_id == other.meta.consumer_id


def replace_client(batch: outcome.Batch, client: str) -> outcome.Batch:
    """The batch as another client's."""
    return outcome.Batch(batch.batch_id, ClientId(client), batch.received_at)


async def test_workers_that_meet_one_new_person_at_once_agree_who_it_is(ingest: Ingest) -> None:
    """Four workers, the same 150 people in opposite orders, each with another account and some with fewer keys."""
    workers = [await a_placing(ingest.dsn) for _ in range(4)]
    batches = []
    for w in range(4):
        people = numbered(150) if w % 2 else numbered(150)[::-1]
        rows = [row | {"client_account_number": f"{row['client_account_number']}-{w}"} for row in people]
        if w == 3:
            rows = [row | {"ssn": ""} for row in rows]
        batches.append(done(submitted(*rows, batch=w)))
    results = await asyncio.gather(*(placing(b) for (placing, _), b in zip(workers, batches, strict=True)))
    for _, database in workers:
        await database.close()
    consumers: dict[str, set[str]] = {}
    for event in (e for events in results for e in events):
        assert isinstance(event, AccountPlaced)
        consumers.setdefault(event.name.first, set()).add(event.meta.consumer_id)
    assert len(consumers) == 150
    assert {len(found) for found in consumers.values()} == {1}
    assert ingest.outcomes() == {"placed": 600}


async def test_workers_that_are_given_the_same_rows_at_once_say_the_same(ingest: Ingest) -> None:
    """As when a partition moves while its old owner still writes."""
    rows = done(submitted(*numbered(100), a_row(balance="-1")))
    workers = [await a_placing(ingest.dsn) for _ in range(3)]
    results = await asyncio.gather(*(placing(rows) for placing, _ in workers))
    for _, database in workers:
        await database.close()
    assert results[0] == results[1] == results[2]
    assert ingest.outcomes() == {"placed": 100, "rejected": 1}


async def test_keys_that_name_two_people_are_left_for_a_person_to_look_at(ingest: Ingest) -> None:
    placing, database = await a_placing(ingest.dsn)
    by_ssn = a_row(client_account_number="A1", first_name="Anita", born_on="1980-03-01")
    by_name = a_row(client_account_number="A2", ssn="")
    both = a_row(client_account_number="A3")
    events = await placing(done(submitted(by_ssn, by_name, both)))
    await database.close()
    assert events[2].meta.consumer_id == events[0].meta.consumer_id != events[1].meta.consumer_id
    with psycopg.connect(ingest.dsn) as connection:
        noted = connection.execute(
            "select row_number, consumer_id, other_consumer_id from ingest.identity_conflicts"
        ).fetchall()
    assert noted == [(3, events[0].meta.consumer_id, events[1].meta.consumer_id)]


@pytest.mark.parametrize(
    "changes",
    [
        {"batch_id": BatchId("")},
        {"batch_id": BatchId("a\x00b")},
        {"client_id": ClientId("x" * 200)},
        {"row_number": 0},
        {"row_number": 2**40},
        {"line_number": -1},
    ],
)
async def test_a_row_from_the_raw_topic_that_cannot_be_kept_is_rejected_and_stops_nothing(
    ingest: Ingest, changes: dict[str, Any]
) -> None:
    (good,) = submitted(a_row())
    bad = PlacementSubmitted(
        Meta(EventId("01a0-bad"), good.meta.occurred_at, good.meta.consumer_id, "c", None, "upstream", "9"),
        changes.get("batch_id", good.batch_id),
        changes.get("client_id", good.client_id),
        changes.get("row_number", 7),
        changes.get("line_number", 0),
        a_row(),
    )
    placing, database = await a_placing(ingest.dsn)
    events = await placing(done([bad, good]))
    assert ids(await placing(done([bad, good]))) == ids(events)
    await database.close()
    assert [getattr(e, "codes", ()) for e in events] == [("R_BATCH",), ()]


async def test_a_row_number_used_twice_keeps_the_first_row_and_rejects_the_other(ingest: Ingest) -> None:
    (first,) = submitted(a_row())
    other = PlacementSubmitted(
        Meta(EventId("other"), first.meta.occurred_at, first.meta.consumer_id, "c", None, "upstream", "9"),
        first.batch_id, first.client_id, first.row_number, 0, a_row(client_account_number="A2"),
    )  # fmt: skip
    placing, database = await a_placing(ingest.dsn)
    together = await placing(done([first, other]))
    later = await placing(done([other]))
    await database.close()
    assert [getattr(e, "codes", ()) for e in together] == [("R_ROW_NUMBER",), ()]
    assert ids(later) == ids(together)[:1]
    assert ingest.outcomes() == {"placed": 1}


async def test_odd_cells_from_the_raw_topic_are_rejected_and_stop_nothing(ingest: Ingest) -> None:
    odd = [
        {"": "", "\x00": "\x00"},
        {"#cells": "\x00", "#not-text": "\x00"},
        {"#not-text": "a" * 100_000},
        {k: "\x00" for k in a_row()},
        {k: "𝟙" * 5000 for k in a_row()},
        {},
    ]
    placing, database = await a_placing(ingest.dsn)
    events = await placing(done(submitted(*odd)))
    await database.close()
    assert Counter(type(e).__name__ for e in events) == {"PlacementRejected": len(odd)}
    assert ingest.outcomes() == {"rejected": len(odd)}


async def test_a_database_that_goes_away_is_unreachable_and_comes_back(ingest: Ingest) -> None:
    placing, database = await a_placing(ingest.dsn)

    async def cut_off() -> None:
        async with database.transaction() as connection:
            with psycopg.connect(ingest.dsn, autocommit=True) as other:
                other.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where pid <> pg_backend_pid() and datname = current_database()"
                )
            await connection.execute("select 1")

    with pytest.raises(Unreachable):
        await cut_off()
    events = await placing(done(submitted(a_row())))
    await database.close()
    assert len(events) == 1


async def test_a_database_that_never_answers_is_named_at_the_start() -> None:
    database = Database("host=127.0.0.1 port=1 connect_timeout=1", connections=3, patience=1)
    with pytest.raises(Unreachable, match="COUNTERPOINT_POSTGRES_DSN"):
        await database.open()
    await database.close()


async def test_processes_that_start_at_once_bring_the_schema_up_to_date_together(ingest: Ingest) -> None:
    databases = [Database(ingest.dsn, connections=3) for _ in range(4)]
    await asyncio.gather(*(database.open() for database in databases))
    await databases[0].open()
    for database in databases:
        await database.close()
    with psycopg.connect(ingest.dsn) as connection:
        kept = connection.execute("select version from ingest.schema_version order by version").fetchall()
    assert kept == [(n + 1,) for n in range(len(list(MIGRATIONS.glob("*.sql"))))]
