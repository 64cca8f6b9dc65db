"""Keeps CSV uploads on disk until their rows are on the raw topic: what was answered with 202 survives a crash."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import NamedTemporaryFile

import structlog

from contracts.ids import BatchId
from services.ingest import batches
from services.ingest.background import over_and_over
from services.ingest.csv_file import Refusal
from services.ingest.database import Database
from services.ingest.submitting import Submitting

SET_ASIDE = ".set-aside"
"""Ending of an upload that cannot be read any more; rename it to .csv and start again to have it read."""

log = structlog.get_logger()


class Spool:
    """A folder of uploads: `upload-*.part` are being received, `<batch id>.csv` wait to be published."""

    def __init__(self, *, folder: Path, submitting: Submitting, database: Database, most_bytes: int) -> None:
        self._folder = folder
        self._submitting = submitting
        self._database = database
        self._most_bytes = most_bytes
        self._arrived = asyncio.Event()

    def open(self) -> None:
        """Make the folder, and drop what a crash left half received; nobody was told that it had come."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in self._folder.glob("upload-*.part"):
            path.unlink()

    async def receive(self, body: AsyncIterator[bytes]) -> Path | None:
        """Write an upload to disk; None if it is larger than is allowed."""
        with NamedTemporaryFile(dir=self._folder, prefix="upload-", suffix=".part", delete=False) as file:
            path, whole = Path(file.name), False
            try:
                async for part in body:
                    if file.tell() + len(part) > self._most_bytes:
                        return None
                    file.write(part)
                file.flush()
                await asyncio.to_thread(os.fsync, file.fileno())
                whole = True
            finally:
                if not whole:
                    os.unlink(path)
        return path

    def keep(self, path: Path, batch_id: BatchId) -> None:
        """Publish this upload's rows, now or after a crash."""
        path.replace(self._folder / f"{batch_id}.csv")
        self._arrived.set()

    async def run(self) -> None:
        """Publish what is here and what comes."""
        await over_and_over(self._work, rest=self._rest, name="uploads")

    async def _work(self) -> None:
        self._arrived.clear()
        await self.empty()

    async def _rest(self) -> None:
        await self._arrived.wait()

    async def empty(self) -> None:
        """Publish every upload's rows; raises Unreachable."""
        for path in sorted(self._folder.glob("*.csv")):
            async with self._database.transaction() as connection:
                known = await batches.find(connection, BatchId(path.stem))
            if known is not None and (known.totals.rows is not None or await self._publish(path, known)):
                path.unlink(missing_ok=True)
            else:
                log.error("upload.set_aside", batch_id=path.stem)
                path.replace(path.with_suffix(SET_ASIDE))

    async def _publish(self, path: Path, known: batches.Known) -> bool:
        found = await self._submitting.inspect(path, known.batch.client_id)
        if isinstance(found, Refusal):  # it was usable when it came: the client's mapping has changed since
            log.error("upload.refused", batch_id=known.batch.batch_id, code=found.code)
            return False
        await self._submitting.submit_file(known, path, found.rows)
        return True
