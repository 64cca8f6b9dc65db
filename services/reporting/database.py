"""Writes rows into PostgreSQL, so that the same rows again, in any order, leave the same tables."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from chassis import database
from chassis.database import Connection
from services.reporting.core.attempts import OF_THE_EVENT
from services.reporting.core.rows import AccountRow, RequestRow, Rows, VerdictRow

NUL = b"\\u0000"
"""The one character that PostgreSQL's text cannot hold."""


class Database(database.Database):
    """PostgreSQL as the read model uses it."""

    def __init__(self, dsn: str, *, connections: int, patience: float = 30.0) -> None:
        migrations = Path(__file__).resolve().parent / "migrations"
        super().__init__(dsn, schema="reporting", migrations=migrations, connections=connections, patience=patience)


def _first_wins(kind: type[Struct], table: str, key: str) -> str:
    """Insert, and where a row is there replace it by one that was earlier in the log."""
    return (
        f"on conflict ({key}) do update set "
        + ", ".join(f'"{c}" = excluded."{c}"' for c in kind.__struct_fields__)
        + f' where (excluded.partition, excluded."offset") < ({table}.partition, {table}."offset")'
    )


_LATER = '(excluded.rank, -excluded."offset") > (attempts.rank, -attempts."offset")'
_CLIMB = (
    "on conflict (attempt_id) do update set "
    + ", ".join(f'"{c}" = case when {_LATER} then excluded."{c}" else attempts."{c}" end' for c in OF_THE_EVENT)
    + ", provider_id = greatest(attempts.provider_id, excluded.provider_id)"
    + ", started_at = least(attempts.started_at, excluded.started_at)"
    + ", accepted_at = least(attempts.accepted_at, excluded.accepted_at)"
)
ON_CONFLICT = {
    "events": "on conflict do nothing",
    "personal": "on conflict do nothing",
    "requests": _first_wins(RequestRow, "requests", "contact_id"),
    "verdicts": _first_wins(VerdictRow, "verdicts", "contact_id"),
    "attempts": _CLIMB,
    "accounts": _first_wins(AccountRow, "accounts", "debt_id, placement_sequence"),
}
_STATEMENTS = {
    table: (
        f"insert into reporting.{table} select * from json_populate_recordset(null::reporting.{table}, %s::json) {rule}"  # noqa: S608 - table names are ours
    ).encode()
    for table, rule in ON_CONFLICT.items()
}


async def write(into: Database, rows: Rows) -> None:
    """Write everything in one transaction; raises Unreachable."""
    async with into.transaction() as connection:
        for table, statement in _STATEMENTS.items():
            await _insert(connection, statement, getattr(rows, table))


async def _insert(connection: Connection, statement: bytes, rows: Sequence[Struct]) -> None:
    if rows:
        await connection.execute(statement, (as_json(rows),))


def as_json(rows: Sequence[Struct]) -> str:
    """The rows as JSON that PostgreSQL takes."""
    encoded = msgspec.json.encode(rows)
    if NUL in encoded:
        encoded = msgspec.json.encode(_without_nul(msgspec.to_builtins(rows)))
    return encoded.decode()


def _without_nul(value: Any) -> Any:
    match value:
        case str():
            return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
        case list() | tuple():
            return [_without_nul(v) for v in value]
        case dict():
            return {_without_nul(k): _without_nul(v) for k, v in value.items()}
        case _:
            return value
