"""Who is at an address, kept in PostgreSQL; and messages from addresses of which nobody is known yet."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from psycopg.sql import SQL, Composed, Identifier

from chassis.database import Database
from contracts.ids import AddressId, ConsumerId

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def database(dsn: str, *, channel: str, connections: int) -> Database:
    """PostgreSQL as a channel uses it: in a schema of its own, named after its service."""
    return Database(dsn, schema=channel, migrations=MIGRATIONS, connections=connections)


class Entry(Struct, frozen=True):
    """A consumer at an address."""

    address_id: AddressId
    consumer_id: ConsumerId
    address: str


class Parked(Struct, frozen=True):
    """A message from an address, with a consumer who has since been placed with it."""

    consumer_id: ConsumerId
    message_id: str
    body: bytes
    received_at: datetime


class Directory:
    """Addresses and consumers of one channel; every method raises Unreachable when the database is."""

    def __init__(self, database: Database, channel: str) -> None:
        self._database = database
        self._channel = channel

    def _sql(self, text: str) -> Composed:
        """A query, with the channel's own tables."""
        tables = {name: Identifier(self._channel, name) for name in ("addresses", "parked")}
        return SQL(text).format(**tables)

    async def add(self, entries: Iterable[Entry]) -> Sequence[Parked]:
        """Enter consumers, again if need be; give back what was said from their addresses before they were known."""
        rows = sorted({(e.address_id, e.consumer_id, e.address) for e in entries})
        if not rows:
            return []
        ids, consumers, addresses = (list(column) for column in zip(*rows, strict=True))
        async with self._database.transaction() as connection:
            await connection.execute(
                self._sql(
                    "insert into {addresses} (address_id, consumer_id, address)"
                    " select * from unnest(%s::text[], %s::text[], %s::text[]) on conflict do nothing"
                ),
                (ids, consumers, addresses),
            )
            cursor = await connection.execute(
                self._sql(
                    "select d.consumer_id, p.message_id, p.body, p.received_at from {parked} p"
                    " join unnest(%s::text[], %s::text[]) as d (address_id, consumer_id) using (address_id)"
                    " order by p.received_at, p.message_id, d.consumer_id"
                ),
                (ids, consumers),
            )
            found = await cursor.fetchall()
        return [Parked(ConsumerId(c), message_id, bytes(body), at) for c, message_id, body, at in found]

    async def consumers_at(self, address_id: AddressId) -> Sequence[ConsumerId]:
        """Everybody known at an address."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                self._sql("select consumer_id from {addresses} where address_id = %s order by consumer_id"),
                (address_id,),
            )
            return [ConsumerId(c) for (c,) in await cursor.fetchall()]

    async def addresses_beside(self, address_id: AddressId) -> Sequence[AddressId]:
        """Every address of everybody known at an address, that address among them."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                self._sql(
                    "select distinct theirs.address_id from {addresses} known"
                    " join {addresses} theirs using (consumer_id) where known.address_id = %s"
                ),
                (address_id,),
            )
            return [AddressId(a) for (a,) in await cursor.fetchall()]

    async def addresses_of(self, consumer_id: ConsumerId) -> Sequence[AddressId]:
        """Every address of a consumer."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                self._sql("select address_id from {addresses} where consumer_id = %s"), (consumer_id,)
            )
            return [AddressId(a) for (a,) in await cursor.fetchall()]

    async def address_of(self, address_id: AddressId) -> str | None:
        """The address with that id, if anybody was placed with it."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                self._sql("select address from {addresses} where address_id = %s limit 1"), (address_id,)
            )
            row = await cursor.fetchone()
        return None if row is None else str(row[0])

    async def park(self, *, message_id: str, address_id: AddressId, body: bytes, received_at: datetime) -> None:
        """Keep a message from an address of which nobody is known."""
        async with self._database.transaction() as connection:
            await connection.execute(
                self._sql(
                    "insert into {parked} (message_id, address_id, body, received_at) values (%s, %s, %s, %s)"
                    " on conflict do nothing"
                ),
                (message_id, address_id, body, received_at),
            )
