"""Letters as files, for a mail house of one's own: a PDF for each attempt, gathered into batches with control totals.

A letter is in the outbox or it is not: its file appears whole, under its attempt's name, so that to look for it after
a crash is to look for a file. `counterpoint letters batch` hands the outbox over.
"""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

from chassis.channel.provider import Absent, Accepted, Answer, Finding, Unsent
from contracts.events import AttemptInDoubt, AttemptStarted
from services.letter.prepared import Prepared


class MailHouse:
    """A folder as a provider of the letter channel."""

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox

    async def close(self) -> None:
        """Nothing is open."""

    async def check_credentials(self) -> None:
        """Make sure that there is a folder to write to."""
        self._outbox.mkdir(parents=True, exist_ok=True)

    async def send(self, *, message: Prepared, attempt: AttemptStarted, time_left: timedelta) -> Answer:
        """Put a letter into the outbox."""
        try:
            await asyncio.to_thread(self._write, attempt.attempt_id, message.pdf)
        except OSError as error:
            return Unsent(type(error).__name__)
        return Accepted(attempt.attempt_id)

    async def find(self, *, attempt: AttemptStarted | AttemptInDoubt) -> Finding:
        """Look for a letter in the outbox, and in the batches that were handed over."""
        name = f"{attempt.attempt_id}.pdf"
        found = await asyncio.to_thread(lambda: next(self._outbox.rglob(name), None))
        return Accepted(attempt.attempt_id) if found else Absent()

    def _write(self, name: str, pdf: bytes) -> None:
        partial = self._outbox / f".{name}.partial"
        with partial.open("wb") as file:
            file.write(pdf)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(self._outbox / f"{name}.pdf")
