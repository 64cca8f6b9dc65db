"""The row ledger: what became of each row, under (batch, row number); a few statements for hundreds of rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct, json

from chassis.database import Connection
from contracts.events import Event
from contracts.ids import BatchId, ClientId, ConsumerId, EventId
from services.ingest.core.faults import Fault

RowKey = tuple[BatchId, int]
PLACED, REJECTED, REPEATED = "placed", "rejected", "repeated"


class Entry(Struct, frozen=True):
    """What became of one row; `published` is what is told of it, None for a repeat, and `event` the same as bytes."""

    row: RowKey
    submitted_id: EventId
    client_id: ClientId
    line_number: int
    outcome: str
    published: Event | None
    event: bytes | None
    faults: tuple[Fault, ...] = ()
    consumer_id: ConsumerId | None = None
    debt_id: str = ""
    placement_sequence: int = 0
    balance: Decimal = Decimal(0)


async def find(connection: Connection, rows: Sequence[RowKey]) -> dict[RowKey, tuple[EventId, bytes | None]]:
    """Rows that have an outcome already, with the id of the event they came in and the event that was published."""
    cursor = await connection.execute(
        "select o.batch_id, o.row_number, o.submitted_id, o.event from ingest.outcomes o"
        " join unnest(%s::text[], %s::int[]) as asked (batch_id, row_number) using (batch_id, row_number)",
        ([b for b, _ in rows], [n for _, n in rows]),
    )
    return {(b, n): (submitted_id, event) for b, n, submitted_id, event in await cursor.fetchall()}


async def placed_before(connection: Connection, placements: Sequence[tuple[str, int]]) -> set[tuple[str, int]]:
    """Which of these (debt, sequence) are placed."""
    cursor = await connection.execute(
        "select p.debt_id, p.placement_sequence from ingest.placements p"
        " join unnest(%s::text[], %s::int[]) as asked (debt_id, placement_sequence)"
        " using (debt_id, placement_sequence)",
        ([d for d, _ in placements], [s for _, s in placements]),
    )
    return {(d, s) for d, s in await cursor.fetchall()}


async def known_consumers(connection: Connection, keys: Sequence[str]) -> dict[str, ConsumerId]:
    """To whom these identity keys belong."""
    cursor = await connection.execute(
        "select identity_key, consumer_id from ingest.identity_keys where identity_key = any(%s)", (list(keys),)
    )
    return {key: ConsumerId(consumer) for key, consumer in await cursor.fetchall()}


async def add_keys(connection: Connection, added: Mapping[str, ConsumerId], at: datetime) -> bool:
    """Remember new identity keys; False if another worker was first with one, and all must be looked up again.

    They are inserted in one order everywhere: workers wait for each other, but never in a circle.
    """
    if not added:
        return True
    keys = sorted(added)
    cursor = await connection.execute(
        "insert into ingest.identity_keys (identity_key, consumer_id, since)"
        " select k, c, %s from unnest(%s::text[], %s::text[]) as new (k, c) order by k on conflict do nothing",
        (at, keys, [added[k] for k in keys]),
    )
    return cursor.rowcount == len(keys)


async def add_conflicts(
    connection: Connection, conflicts: Sequence[tuple[RowKey, str, ConsumerId, ConsumerId]], at: datetime
) -> None:
    """Remember rows whose keys name two consumers."""
    if conflicts:
        async with connection.cursor() as cursor:
            await cursor.executemany(
                "insert into ingest.identity_conflicts values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
                [(b, n, key, mine, other, at) for (b, n), key, mine, other in conflicts],
            )


async def add_batches(connection: Connection, entries: Sequence[Entry], at: datetime) -> None:
    """Make sure that every batch is known: rows from the raw topic may be the first that is heard of one."""
    batches = {e.row[0]: e.client_id for e in entries}
    await connection.execute(
        "insert into ingest.batches (batch_id, client_id, source, mapping_version, received_at)"
        " select b, c, 'topic', 0, %s from unnest(%s::text[], %s::text[]) as new (b, c) order by b"
        " on conflict do nothing",
        (at, list(batches), list(batches.values())),
    )


async def add_placements(connection: Connection, entries: Sequence[Entry], at: datetime) -> bool:
    """Remember what is placed; False if another worker was first with one."""
    placed = sorted((e for e in entries if e.outcome == PLACED), key=lambda e: (e.debt_id, e.placement_sequence))
    columns: list[Any] = [
        [e.debt_id for e in placed],
        [e.placement_sequence for e in placed],
        [e.consumer_id for e in placed],
        [e.row[0] for e in placed],
        [e.row[1] for e in placed],
    ]
    cursor = await connection.execute(
        "insert into ingest.placements"
        " select d, s, c, b, n, %s from unnest(%s::text[], %s::int[], %s::text[], %s::text[], %s::int[])"
        " as new (d, s, c, b, n) order by d, s on conflict do nothing",
        (at, *columns),
    )
    return cursor.rowcount == len(placed)


async def add_outcomes(connection: Connection, entries: Sequence[Entry], at: datetime) -> bool:
    """Write the rows' outcomes and count them in their batches; False if another worker was first with one."""
    entries = sorted(entries, key=lambda e: e.row)
    cursor = await connection.execute(
        "insert into ingest.outcomes"
        " (batch_id, row_number, outcome, submitted_id, line_number, faults, consumer_id, decided_at, event)"
        " select b, n, o, i, l, f::jsonb, c, %s, e"
        " from unnest(%s::text[], %s::int[], %s::text[], %s::text[], %s::int[], %s::text[], %s::text[], %s::bytea[])"
        " as new (b, n, o, i, l, f, c, e) order by b, n on conflict do nothing",
        (
            at,
            [e.row[0] for e in entries],
            [e.row[1] for e in entries],
            [e.outcome for e in entries],
            [e.submitted_id for e in entries],
            [e.line_number for e in entries],
            [_faults(e) for e in entries],
            [e.consumer_id for e in entries],
            [e.event for e in entries],
        ),
    )
    if cursor.rowcount != len(entries):
        return False
    await _count(connection, entries, at)
    return True


def _faults(entry: Entry) -> str | None:
    return json.encode([(f.code, f.explanation) for f in entry.faults]).decode() if entry.faults else None


async def _count(connection: Connection, entries: Sequence[Entry], at: datetime) -> None:
    by_batch: dict[BatchId, Counter[str]] = {}
    balances: dict[BatchId, Decimal] = {}
    for e in entries:
        batch = e.row[0]
        by_batch.setdefault(batch, Counter())[e.outcome] += 1
        balances[batch] = balances.get(batch, Decimal(0)) + e.balance
    batches = sorted(by_batch)
    if len(batches) > 1:  # an update of several takes its locks in no order that one could rely on
        locking = "select 1 from ingest.batches where batch_id = any(%s) order by batch_id for no key update"
        await connection.execute(locking, (batches,))
    await connection.execute(
        "update ingest.batches b set placed = b.placed + d.placed, rejected = b.rejected + d.rejected,"
        " repeated = b.repeated + d.repeated, balance_placed = b.balance_placed + d.balance,"
        " last_outcome_at = greatest(b.last_outcome_at, %s)"
        " from unnest(%s::text[], %s::int[], %s::int[], %s::int[], %s::numeric[])"
        " as d (batch_id, placed, rejected, repeated, balance) where b.batch_id = d.batch_id",
        (
            at,
            batches,
            *([by_batch[b][o] for b in batches] for o in (PLACED, REJECTED, REPEATED)),
            [balances[b] for b in batches],
        ),
    )
