"""Money that clients report: found by account number, told to the log once, however often it is reported."""

from msgspec import Struct

from chassis.clock import Clock
from chassis.codec import Codec
from chassis.database import Connection, one
from chassis.host import Publisher
from contracts.ids import ConsumerId
from services.ingest.core import outcome
from services.ingest.core.outcome import Payment
from services.ingest.database import Database


class UnknownAccount(Struct, frozen=True):
    """No account of that number is placed by the client."""


class Different(Struct, frozen=True):
    """Another payment was reported under the same id."""


class Recorded(Struct, frozen=True):
    """The payment is in the log; `again` if it was before."""

    again: bool


class Payments:
    """Records payments and publishes them."""

    def __init__(self, *, database: Database, publisher: Publisher, codec: Codec, clock: Clock) -> None:
        self._database = database
        self._publisher = publisher
        self._codec = codec
        self._clock = clock

    async def record(self, payment: Payment) -> Recorded | UnknownAccount | Different:
        """Put a payment into the log; raises Unreachable, and then the same call may be made again."""
        async with self._database.transaction() as connection:
            found = await self._write(connection, payment)
        if isinstance(found, UnknownAccount):
            return found
        same, event, published = found
        if not same:
            return Different()
        if not published:
            await self._publisher.publish(events=[self._codec.decode(event)])
            async with self._database.transaction() as connection:
                await connection.execute(
                    "update ingest.payments set published = true where payment_id = %s", (payment.payment_id,)
                )
        return Recorded(again=published)

    async def _write(self, connection: Connection, p: Payment) -> tuple[bool, bytes, bool] | UnknownAccount:
        cursor = await connection.execute(
            "select consumer_id from ingest.placements where debt_id = %s order by placement_sequence desc limit 1",
            (p.debt_id,),
        )
        row = await cursor.fetchone()
        if row is None:
            return UnknownAccount()
        event = self._codec.encode(outcome.settled(p, ConsumerId(row[0]), self._clock.now()))
        await connection.execute(
            "insert into ingest.payments (payment_id, debt_id, amount, method, settled_at, event)"
            " values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
            (p.payment_id, p.debt_id, p.amount, p.method, p.settled_at, event),
        )
        cursor = await connection.execute(
            "select debt_id, amount, method, event, published from ingest.payments where payment_id = %s",
            (p.payment_id,),
        )
        debt_id, amount, method, stored, published = await one(cursor)
        return ((debt_id, amount, method) == (p.debt_id, p.amount, p.method), bytes(stored), bool(published))
