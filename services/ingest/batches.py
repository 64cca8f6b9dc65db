"""What is known of each file or request: where it came from, how far it is, its control totals, its rejects."""

from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, convert, json

from chassis.database import Connection, one
from contracts.ids import BatchId, ClientId
from services.ingest.core.outcome import Batch, Totals

MOST_REJECTS = 1000

_COLUMNS = (
    "batch_id, client_id, received_at, file_name, content_sha256, mapping_version,"
    " rows, placed, rejected, repeated, balance_placed, consumers, submitted_through,"
    " last_outcome_at, announced_at, answered_at"
)


class Known(Struct, frozen=True):
    """A batch as it stands; `rows` in the totals is None until all its rows are on the raw topic."""

    batch: Batch
    totals: Totals
    submitted_through: int
    last_outcome_at: datetime | None
    announced: bool
    answered: bool


class Reject(Struct, frozen=True):
    """A rejected row, without anything that stands in it."""

    row_number: int
    line_number: int
    codes: tuple[str, ...]
    explanations: tuple[str, ...]


def _known(row: tuple[Any, ...]) -> Known:
    (batch_id, client_id, received_at, file_name, sha256, version) = row[:6]
    (rows, placed, rejected, repeated, balance, consumers, through, last_outcome_at, announced_at, answered_at) = row[
        6:
    ]
    batch = Batch(BatchId(batch_id), ClientId(client_id), received_at.astimezone(UTC), file_name, sha256, version)
    totals = Totals(rows, placed, rejected, repeated, balance, consumers or 0)
    return Known(batch, totals, through, last_outcome_at, announced_at is not None, answered_at is not None)


def batch_id_of(client_id: ClientId, content_sha256: str) -> BatchId:
    """The id of a batch: the same content of the same client is the same batch, however often it comes."""
    return BatchId(f"bat-{client_id}-{content_sha256[:24]}")


async def register(connection: Connection, batch: Batch, source: str) -> Known:
    """Remember a batch; give back what is known of it."""
    await connection.execute(
        "insert into ingest.batches"
        " (batch_id, client_id, source, file_name, content_sha256, mapping_version, received_at)"
        " values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (
            batch.batch_id,
            batch.client_id,
            source,
            batch.file_name,
            batch.content_sha256,
            batch.mapping_version,
            batch.received_at,
        ),
    )
    cursor = await connection.execute(
        f"select {_COLUMNS} from ingest.batches where batch_id = %s",  # noqa: S608 - our own column names
        (batch.batch_id,),
    )
    return _known(await one(cursor))


async def find(connection: Connection, batch_id: BatchId) -> Known | None:
    """What is known of a batch."""
    cursor = await connection.execute(
        f"select {_COLUMNS} from ingest.batches where batch_id = %s",  # noqa: S608 - our own column names
        (batch_id,),
    )
    row = await cursor.fetchone()
    return _known(row) if row else None


async def advance(connection: Connection, batch_id: BatchId, through: int) -> None:
    """Rows up to this one are on the raw topic."""
    await connection.execute(
        "update ingest.batches set submitted_through = greatest(submitted_through, %s) where batch_id = %s",
        (through, batch_id),
    )


async def complete(connection: Connection, batch_id: BatchId, rows: int) -> None:
    """All rows are on the raw topic."""
    await connection.execute(
        "update ingest.batches set rows = %s, submitted_through = %s where batch_id = %s and rows is null",
        (rows, rows, batch_id),
    )


async def settled(connection: Connection) -> list[Known]:
    """Batches whose every row has its outcome, and that were not announced yet; locked for this transaction."""
    cursor = await connection.execute(
        f"select {_COLUMNS} from ingest.batches"  # noqa: S608 - our own column names
        " where rows is not null and announced_at is null and placed + rejected + repeated >= rows"
        " order by batch_id limit 100 for no key update skip locked"
    )
    return [_known(row) for row in await cursor.fetchall()]


async def count_consumers(connection: Connection, batch_id: BatchId) -> int:
    """How many consumers a batch's placed rows belong to; remembered, for it takes a look at each row."""
    cursor = await connection.execute(
        "update ingest.batches set consumers ="
        " (select count(distinct consumer_id) from ingest.outcomes where batch_id = %s) where batch_id = %s"
        " returning consumers",
        (batch_id, batch_id),
    )
    (consumers,) = await one(cursor)
    return int(consumers)


async def announce(connection: Connection, batch_id: BatchId, at: datetime) -> None:
    """The batch's totals are in the log."""
    await connection.execute("update ingest.batches set announced_at = %s where batch_id = %s", (at, batch_id))


async def answer(connection: Connection, batch_id: BatchId, at: datetime) -> None:
    """The batch's client has been told what became of it."""
    await connection.execute(
        "update ingest.batches set answered_at = coalesce(answered_at, %s) where batch_id = %s", (at, batch_id)
    )


async def rejects(connection: Connection, batch_id: BatchId, *, after: int, most: int) -> list[Reject]:
    """Rejected rows in their order, from the one behind `after`."""
    cursor = await connection.execute(
        "select row_number, line_number, faults::text from ingest.outcomes"
        " where batch_id = %s and outcome = 'rejected' and row_number > %s order by row_number limit %s",
        (batch_id, after, most),
    )
    found = []
    for row_number, line_number, faults in await cursor.fetchall():
        pairs = convert(json.decode(faults), list[tuple[str, str]])
        found.append(Reject(row_number, line_number, tuple(c for c, _ in pairs), tuple(e for _, e in pairs)))
    return found


async def rejects_by_code(connection: Connection, batch_id: BatchId) -> dict[str, int]:
    """How many rows each code was found in, most frequent first; a row counts once for each of its codes."""
    cursor = await connection.execute(
        "select code, count(*) from ("
        "  select distinct row_number, fault ->> 0 as code"
        "  from ingest.outcomes, jsonb_array_elements(faults) as fault"
        "  where batch_id = %s and outcome = 'rejected'"
        ") as found group by code order by count(*) desc, code",
        (batch_id,),
    )
    return {code: int(count) for code, count in await cursor.fetchall()}


async def claim_key(connection: Connection, client_id: ClientId, key: str, batch_id: BatchId) -> BatchId:
    """The batch that belongs to a client's idempotency key: this one, unless the key was used before."""
    await connection.execute(
        "insert into ingest.idempotency_keys values (%s, %s, %s) on conflict do nothing", (client_id, key, batch_id)
    )
    cursor = await connection.execute(
        "select batch_id from ingest.idempotency_keys where client_id = %s and idempotency_key = %s", (client_id, key)
    )
    (found,) = await one(cursor)
    return BatchId(found)
