"""The connection to PostgreSQL, and the steps that bring the text channel's schema up to date."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import structlog
from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from chassis.failures import Unreachable

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
LOCK = 0x736D73
"""Advisory lock under which one process at a time changes the schema."""

Connection = AsyncConnection[TupleRow]
log = structlog.get_logger()


class Database:
    """PostgreSQL as the text channel uses it; every failure to reach it is Unreachable, which may be tried again.

    `patience` is how many seconds the first connection may take.
    """

    def __init__(self, dsn: str, *, connections: int, patience: float = 30.0) -> None:
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
            await _migrate(connection)

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


async def _migrate(connection: Connection) -> None:
    await connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
    await connection.execute("create schema if not exists sms")
    await connection.execute(
        "create table if not exists sms.schema_version (version integer primary key, applied_at timestamptz not null)"
    )
    cursor = await connection.execute("select coalesce(max(version), 0) from sms.schema_version")
    row = await cursor.fetchone()
    current = row[0] if row else 0
    for path in sorted(MIGRATIONS.glob("*.sql")):
        version = int(path.name.split("_")[0])
        if version > current:
            await connection.execute(path.read_bytes())
            await connection.execute("insert into sms.schema_version values (%s, now())", (version,))
            log.info("schema.migrated", version=version)
