"""Letters as files, for a mail house of one's own: a PDF for each attempt, gathered into batches with control totals.

A letter is in the outbox or it is not: its file appears whole, under its attempt's name, so that to look for it after
a crash is to look for a file. `counterpoint letters batch` hands the outbox over.
"""

import asyncio
import json
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
            await asyncio.to_thread(self._write, attempt, message.pdf)
        except OSError as error:
            return Unsent(type(error).__name__)
        return Accepted(attempt.attempt_id)

    async def find(self, *, attempt: AttemptStarted | AttemptInDoubt) -> Finding:
        """Look for a letter in the outbox, and in the batches that were handed over."""
        name = f"{attempt.attempt_id}.pdf"
        found = await asyncio.to_thread(lambda: next(self._outbox.rglob(name), None))
        return Accepted(attempt.attempt_id) if found else Absent()

    def _write(self, attempt: AttemptStarted, pdf: bytes) -> None:
        ids = {
            "attempt": attempt.attempt_id,
            "contact": attempt.contact_id,
            "consumer": attempt.meta.consumer_id,
            "story": attempt.meta.correlation_id,
        }
        # The pages last: where they are, the letter is in the outbox, and what names it is there too.
        self._put(f"{attempt.attempt_id}.json", json.dumps(ids).encode())
        self._put(f"{attempt.attempt_id}.pdf", pdf)

    def _put(self, name: str, content: bytes) -> None:
        partial = self._outbox / f".{name}.partial"
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(self._outbox / name)
