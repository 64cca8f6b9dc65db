"""PostgreSQL as a service uses it: a schema of its own, and the steps that bring that up to date."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import structlog
from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from chassis.failures import Unreachable

Connection = AsyncConnection[TupleRow]
log = structlog.get_logger()


class Database:
    """A pool of connections; every failure to reach the database is Unreachable, which may be tried again.

    `migrations` holds files `<number>_<what>.sql`, each run once, in order. `patience` is how many seconds the first
    connection may take.
    """

    def __init__(self, dsn: str, *, schema: str, migrations: Path, connections: int, patience: float = 30.0) -> None:
        self._schema = schema
        self._migrations = migrations
        self._patience = patience
        self._pool = AsyncConnectionPool(
            dsn, min_size=1, max_size=connections, open=False, timeout=5, check=AsyncConnectionPool.check_connection
        )

    async def open(self) -> None:
        """Connect, and bring the schema up to date; raises Unreachable."""
        try:
            await self._pool.open(wait=True, timeout=self._patience)
        except PoolTimeout as error:
            raise Unreachable("PostgreSQL does not answer: see COUNTERPOINT_POSTGRES_DSN") from error
        async with self.transaction() as connection:
            await self._migrate(connection)

    async def close(self) -> None:
        """Let the connections go."""
        await self._pool.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One transaction: committed at the end, rolled back if anything is raised."""
        try:
            async with self._pool.connection() as connection:
                yield connection
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
            raise Unreachable(f"PostgreSQL: {type(error).__name__}") from error

    async def _migrate(self, connection: Connection) -> None:
        table = sql.Identifier(self._schema, "schema_version")
        await connection.execute("select pg_advisory_xact_lock(hashtext(%s))", (self._schema,))
        await connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(self._schema)))
        await connection.execute(
            sql.SQL(
                "create table if not exists {} (version integer primary key, applied_at timestamptz not null)"
            ).format(table)
        )
        cursor = await connection.execute(sql.SQL("select coalesce(max(version), 0) from {}").format(table))
        (current,) = await one(cursor)
        for path in sorted(self._migrations.glob("*.sql")):
            version = int(path.name.split("_")[0])
            if version > current:
                await connection.execute(sql.SQL("set local search_path to {}").format(sql.Identifier(self._schema)))
                await connection.execute(path.read_bytes())
                await connection.execute(sql.SQL("insert into {} values (%s, now())").format(table), (version,))
                log.info("schema.migrated", version=version)


async def one(cursor: psycopg.AsyncCursor[TupleRow]) -> tuple[Any, ...]:
    """The one row of a result that must have one."""
    row = await cursor.fetchone()
    if row is None:
        raise LookupError("a query that always gives a row gave none")
    return row
