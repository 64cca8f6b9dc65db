"""Watches the inbox: files of `<inbox>/<client>/` are loaded, then moved to `done` or `refused` beside their answer."""

import asyncio
import re
from pathlib import Path

import structlog
from msgspec import Struct

from chassis.clock import Clock
from contracts.ids import BatchId, ClientId
from services.ingest import acknowledgement, batches
from services.ingest.background import over_and_over
from services.ingest.batches import Known
from services.ingest.csv_file import Inspected, Refusal
from services.ingest.database import Database
from services.ingest.submitting import FileChanged, Submitting

DONE, REFUSED = "done", "refused"
UNFINISHED = (".part", ".tmp", ".filepart")
"""Endings of files that somebody is still writing."""

CLIENT_ID = re.compile("[a-z0-9][a-z0-9-]{0,63}")
log = structlog.get_logger()


class _Seen(Struct):
    """A file in the inbox: how it looked last time, and the batch that it is once that is known."""

    looks: tuple[int, int]
    batch_id: BatchId | None = None


class Inbox:
    """The folder that clients drop their files into.

    A file is taken once two looks at it agree. Until its last row has its outcome it stays where it is, so that a
    crash at any moment is mended by reading it again.
    """

    def __init__(
        self, *, folder: Path, submitting: Submitting, database: Database, clock: Clock, poll_seconds: float
    ) -> None:
        self._folder = folder
        self._submitting = submitting
        self._database = database
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._seen: dict[Path, _Seen] = {}
        self._strays: set[Path] = set()

    async def run(self) -> None:
        """Look for ever."""
        await over_and_over(self.look, rest=lambda: asyncio.sleep(self._poll_seconds), name="inbox")

    async def look(self) -> None:
        """Take what has come, and finish what is loaded; raises Unreachable."""
        files = await asyncio.to_thread(self._files)
        for gone in self._seen.keys() - files.keys():
            del self._seen[gone]
        for path, looks in sorted(files.items()):
            seen = self._seen.get(path)
            if seen is None or seen.looks != looks:
                self._seen[path] = _Seen(looks)
                continue
            try:
                await (self._take(path, seen) if seen.batch_id is None else self._finish(path, seen.batch_id))
            except OSError as error:  # another process took it, or we may not read or move it
                log.warning("file.unreachable", client_id=path.parent.name, error=type(error).__name__)

    def _files(self) -> dict[Path, tuple[int, int]]:
        found = {}
        for folder in self._folder.iterdir():
            if not folder.is_dir():
                self._complain(folder)
            elif CLIENT_ID.fullmatch(folder.name):
                for path in folder.iterdir():
                    if path.is_file() and not path.name.startswith(".") and path.suffix.lower() not in UNFINISHED:
                        status = path.stat()
                        found[path] = (status.st_size, status.st_mtime_ns)
        return found

    def _complain(self, path: Path) -> None:
        if path not in self._strays and not path.name.startswith("."):
            self._strays.add(path)
            log.warning("file.without_client", advice="put files into a folder that is named after their client")

    async def _take(self, path: Path, seen: _Seen) -> None:
        client_id = ClientId(path.parent.name)
        found = await self._submitting.inspect(path, client_id)
        if isinstance(found, Refusal):
            self._refuse(path, found)
            return
        batch = self._submitting.batch(client_id, found.sha256, path.name)
        known = await self._submitting.register(batch, "file")
        if known.totals.rows is None:
            await self._submit(path, known, found)
        seen.batch_id = batch.batch_id
        log.info("file.submitted", batch_id=batch.batch_id, rows=found.rows)

    async def _submit(self, path: Path, known: Known, found: Inspected) -> None:
        try:
            await self._submitting.submit_file(known, path, found.rows)
        except FileChanged:
            reason = "the file changed while it was read; send it whole, under a new name, and rename it when it is"
            self._refuse(path, Refusal("F_CHANGED", reason))

    def _refuse(self, path: Path, refused: Refusal) -> None:
        target = _free(path, REFUSED)
        at = self._clock.now().isoformat()
        answer = acknowledgement.refusal(path.name, path.parent.name, refused, at)
        acknowledgement.write_json(_beside(target, acknowledgement.SUFFIX_ACKNOWLEDGEMENT), answer)
        path.replace(target)
        log.warning("file.refused", client_id=path.parent.name, code=refused.code)

    async def _finish(self, path: Path, batch_id: BatchId) -> None:
        async with self._database.transaction() as connection:
            known = await batches.find(connection, batch_id)
            if known is None or not known.announced:
                return
            by_code = await batches.rejects_by_code(connection, batch_id)
        target = _free(path, DONE)
        if known.totals.rejected:
            mapping = self._submitting.mapping(known.batch.client_id)
            rejects = _beside(target, acknowledgement.SUFFIX_REJECTS)
            await acknowledgement.write_rejects(self._database, known, path, rejects, mapping)
        answer = acknowledgement.control_totals(known, by_code)
        answer |= {"file_name": path.name, "first_file_name": known.batch.file_name, "loaded_before": known.answered}
        acknowledgement.write_json(_beside(target, acknowledgement.SUFFIX_ACKNOWLEDGEMENT), answer)
        await asyncio.to_thread(path.replace, target)
        async with self._database.transaction() as connection:
            await batches.answer(connection, batch_id, self._clock.now())
        log.info("file.acknowledged", batch_id=batch_id, loaded_before=known.answered)


def _free(path: Path, folder: str) -> Path:
    """Where to move a file: under its own name, or with a number if a file of that name came before."""
    target = path.parent / folder / path.name
    target.parent.mkdir(exist_ok=True)
    number = 1
    while target.exists():
        number += 1
        target = target.with_name(f"{path.stem}.{number}{path.suffix}")
    return target


def _beside(target: Path, suffix: str) -> Path:
    return target.with_name(target.name + suffix)
