"""What clients report of placed accounts: told to the log once, however often it is reported."""

from msgspec import Struct

from chassis.clock import Clock
from chassis.codec import Codec
from chassis.database import Connection, one
from chassis.host import Publisher
from contracts.ids import ConsumerId
from services.ingest.core.reports import Report
from services.ingest.database import Database
from services.ingest.payments import Different, Recorded, UnknownAccount


class SeveralConsumers(Struct, frozen=True):
    """The accounts of one report are not of one consumer."""


Outcome = Recorded | UnknownAccount | Different | SeveralConsumers


class Reports:
    """Records reports and publishes them."""

    def __init__(self, *, database: Database, publisher: Publisher, codec: Codec, clock: Clock) -> None:
        self._database = database
        self._publisher = publisher
        self._codec = codec
        self._clock = clock

    async def record(self, report: Report) -> Outcome:
        """Put a report into the log; raises Unreachable, and then the same call may be made again."""
        async with self._database.transaction() as connection:
            found = await self._write(connection, report)
        if not isinstance(found, tuple):
            return found
        event, published = found
        if not published:
            await self._publisher.publish(events=[self._codec.decode(event)])
            async with self._database.transaction() as connection:
                await connection.execute(
                    "update ingest.reports set published = true where kind = %s and report_id = %s",
                    (report.kind, report.report_id),
                )
        return Recorded(again=published)

    async def _write(
        self, connection: Connection, report: Report
    ) -> tuple[bytes, bool] | UnknownAccount | Different | SeveralConsumers:
        cursor = await connection.execute(
            "select distinct on (debt_id) debt_id, consumer_id from ingest.placements where debt_id = any(%s)"
            " order by debt_id, placement_sequence desc",
            (list(report.debt_ids),),
        )
        rows = await cursor.fetchall()
        if len(rows) < len(report.debt_ids):
            return UnknownAccount()
        consumers = {row[1] for row in rows}
        if len(consumers) > 1:
            return SeveralConsumers()
        event = self._codec.encode(report.event(ConsumerId(consumers.pop()), self._clock.now()))
        await connection.execute(
            "insert into ingest.reports (kind, report_id, content, event) values (%s, %s, %s, %s)"
            " on conflict do nothing",
            (report.kind, report.report_id, report.content, event),
        )
        cursor = await connection.execute(
            "select content, event, published from ingest.reports where kind = %s and report_id = %s",
            (report.kind, report.report_id),
        )
        content, stored, published = await one(cursor)
        return (bytes(stored), bool(published)) if content == report.content else Different()
