"""Puts a batch's rows on the raw topic, and its totals on the topic of batches once every row has its outcome."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

import structlog
from msgspec import structs

from chassis.clock import Clock
from chassis.host import Publisher
from contracts.ids import ClientId
from services.ingest import batches, csv_file
from services.ingest.background import over_and_over, within
from services.ingest.core import outcome, ssn
from services.ingest.core.columns import MARKS
from services.ingest.core.mapping import ClientMapping
from services.ingest.core.normalise import text
from services.ingest.core.outcome import Batch, Row, whole
from services.ingest.csv_file import Inspected, Refusal
from services.ingest.database import Database

log = structlog.get_logger()


class FileChanged(Exception):
    """A file does not hold what it held when it was inspected."""


class Submitting:
    """The one way in for rows, whatever they come from. A repeat publishes the same events and counts nothing twice."""

    def __init__(
        self,
        *,
        database: Database,
        publisher: Publisher,
        clock: Clock,
        keyed: Callable[[str], str],
        mappings: Mapping[str, ClientMapping],
        chunk_rows: int,
        most_bytes: int,
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._clock = clock
        self._keyed = keyed
        self._mappings = mappings
        self._chunk = chunk_rows
        self._most_bytes = most_bytes

    def mapping(self, client_id: ClientId) -> ClientMapping:
        """How this client's rows are read."""
        return self._mappings.get(client_id, _DEFAULT)

    async def inspect(self, path: Path, client_id: ClientId) -> Inspected | Refusal:
        """Whether a file can be used."""
        return await asyncio.to_thread(csv_file.inspect, path, self.mapping(client_id), most_bytes=self._most_bytes)

    def batch(self, client_id: ClientId, content_sha256: str, file_name: str | None) -> Batch:
        """The batch that some content is, received now; what is known of it may be older."""
        batch_id = batches.batch_id_of(client_id, content_sha256)
        version = self.mapping(client_id).version
        return Batch(batch_id, client_id, whole(self._clock.now()), file_name, content_sha256, version)

    async def register(self, batch: Batch, source: str) -> batches.Known:
        """What is known of a batch, remembered from now on; raises Unreachable."""
        async with self._database.transaction() as connection:
            return await batches.register(connection, batch, source)

    async def submit_file(self, known: batches.Known, path: Path, rows: int) -> None:
        """Publish a file's rows, from where it was left off; raises Unreachable, or FileChanged."""
        with closing(csv_file.read(path, self.mapping(known.batch.client_id))) as found:
            await self._submit(known, found, rows)

    async def submit_rows(self, known: batches.Known, rows: Sequence[Row]) -> None:
        """Publish rows that are at hand; raises Unreachable."""
        await self._submit(known, iter(rows), len(rows))

    async def _submit(self, known: batches.Known, rows: Iterator[Row], expected: int) -> None:
        batch, last = known.batch, 0
        while chunk := await asyncio.to_thread(lambda: list(islice(rows, self._chunk))):
            last = chunk[-1].number
            if last <= known.submitted_through:
                continue
            await self._publish(batch, chunk)
            async with self._database.transaction() as connection:
                await batches.advance(connection, batch.batch_id, last)
        if last != expected:
            raise FileChanged
        async with self._database.transaction() as connection:
            await batches.complete(connection, batch.batch_id, last)

    async def _publish(self, batch: Batch, rows: Sequence[Row]) -> None:
        mapping = self.mapping(batch.client_id)
        events, keys = [], []
        for row in rows:
            fields, account = self._sealed(row, mapping)
            events.append(outcome.submitted(batch, structs.replace(row, fields=fields)))
            keys.append(account or f"{batch.batch_id}/{row.number}")
        await self._publisher.publish(events=events, keys=keys)

    def _sealed(self, row: Row, mapping: ClientMapping) -> tuple[dict[str, str], str]:
        """The row as it may stand in the log, and its account number: rows of one account keep their order.

        Social security numbers are hashed, ignored columns left out, and of unknown ones only the names are kept: they
        reject the row, and nobody knows what is in them.
        """
        account, fields = "", {}
        for column, value in row.fields.items():
            ours = column if column in MARKS else mapping.canonical(column)
            if ours == "client_account_number":
                account = text(value)
            if ours == "ssn":
                fields[column] = ssn.seal(value, self._keyed)
            elif ours != "":
                fields[column] = value if ours else ""
        return fields, account


class Announcing:
    """Tells the log about batches whose every row has its outcome: again after a crash, always with the same id."""

    def __init__(
        self, *, database: Database, publisher: Publisher, clock: Clock, progressed: asyncio.Event, poll_seconds: float
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._clock = clock
        self._progressed = progressed
        self._poll_seconds = poll_seconds

    async def run(self) -> None:
        """Look whenever rows were settled here, and now and then for what other workers settled."""
        await over_and_over(self._work, rest=self._rest, name="announcing")

    async def _work(self) -> None:
        self._progressed.clear()
        await self.announce()

    async def _rest(self) -> None:
        await within(self._progressed, self._poll_seconds)

    async def announce(self) -> None:
        """Announce every batch that is settled; raises Unreachable."""
        async with self._database.transaction() as connection:
            for known in await batches.settled(connection):
                consumers = await batches.count_consumers(connection, known.batch.batch_id)
                totals = structs.replace(known.totals, consumers=consumers)
                at = known.last_outcome_at or known.batch.received_at
                await self._publisher.publish(events=[outcome.loaded(known.batch, totals, at)])
                await batches.announce(connection, known.batch.batch_id, self._clock.now())
                log.info("batch.loaded", batch_id=known.batch.batch_id, rows=totals.rows, placed=totals.placed)


_DEFAULT = ClientMapping()
