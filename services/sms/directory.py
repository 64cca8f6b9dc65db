"""Who is at a number, kept in PostgreSQL; and messages from numbers of which nobody is known yet."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from contracts.ids import AddressId, ConsumerId
from services.sms.database import Database


class Entry(Struct, frozen=True):
    """A consumer at a number."""

    address_id: AddressId
    consumer_id: ConsumerId
    number: str


class Parked(Struct, frozen=True):
    """A message from a number, with a consumer who has since been placed with that number."""

    consumer_id: ConsumerId
    message_sid: str
    body: bytes
    received_at: datetime


class Directory:
    """Numbers and consumers; every method raises Unreachable when the database is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, entries: Iterable[Entry]) -> Sequence[Parked]:
        """Enter consumers, again if need be; give back what was said from their numbers before they were known."""
        rows = sorted({(e.address_id, e.consumer_id, e.number) for e in entries})
        if not rows:
            return []
        addresses, consumers, numbers = (list(column) for column in zip(*rows, strict=True))
        async with self._database.transaction() as connection:
            await connection.execute(
                "insert into sms.directory (address_id, consumer_id, number)"
                " select * from unnest(%s::text[], %s::text[], %s::text[]) on conflict do nothing",
                (addresses, consumers, numbers),
            )
            cursor = await connection.execute(
                "select d.consumer_id, p.message_sid, p.body, p.received_at from sms.parked p"
                " join unnest(%s::text[], %s::text[]) as d (address_id, consumer_id) using (address_id)"
                " order by p.received_at, p.message_sid, d.consumer_id",
                (addresses, consumers),
            )
            found = await cursor.fetchall()
        return [Parked(ConsumerId(c), sid, bytes(body), at) for c, sid, body, at in found]

    async def consumers_at(self, address_id: AddressId) -> Sequence[ConsumerId]:
        """Everybody known at a number."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "select consumer_id from sms.directory where address_id = %s order by consumer_id", (address_id,)
            )
            return [ConsumerId(c) for (c,) in await cursor.fetchall()]

    async def addresses_beside(self, address_id: AddressId) -> Sequence[AddressId]:
        """Every number of everybody known at a number, that number among them."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "select distinct theirs.address_id from sms.directory known"
                " join sms.directory theirs using (consumer_id) where known.address_id = %s",
                (address_id,),
            )
            return [AddressId(a) for (a,) in await cursor.fetchall()]

    async def number_of(self, address_id: AddressId) -> str | None:
        """The number with that id, if anybody was placed with it."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "select number from sms.directory where address_id = %s limit 1", (address_id,)
            )
            row = await cursor.fetchone()
        return None if row is None else str(row[0])

    async def park(self, *, message_sid: str, address_id: AddressId, body: bytes, received_at: datetime) -> None:
        """Keep a message from a number of which nobody is known."""
        async with self._database.transaction() as connection:
            await connection.execute(
                "insert into sms.parked (message_sid, address_id, body, received_at) values (%s, %s, %s, %s)"
                " on conflict do nothing",
                (message_sid, address_id, body, received_at),
            )
