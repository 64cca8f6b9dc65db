"""What phones really received: the one witness that our own services cannot talk to."""

from datetime import datetime
from pathlib import Path
from typing import TextIO

import msgspec
from msgspec import Struct


class Entry(Struct, frozen=True):
    """A text at the end of its way, and whether and when the phone got it.

    `received_at` is null where the phone never did. `kind` is text for one that we sent, and confirmation for what the
    provider itself answers to a STOP, START or HELP. `reference` holds the query of the status callback's address,
    where a sender names its attempt. Times are the simulated clock's.
    """

    sequence: int
    provider: str
    kind: str
    message_sid: str
    to: str
    sender: str
    body: str
    reference: dict[str, str]
    requested_at: datetime
    received_at: datetime | None
    status: str
    error_code: int | None


class Ledger:
    """Entries in the order in which they were made, from 1; kept until the simulator ends, about 1 KB each."""

    def __init__(self, file: Path | None) -> None:
        self._entries: list[Entry] = []
        self._file: TextIO | None = None if file is None else file.open("a", encoding="utf-8", buffering=1)

    def __len__(self) -> int:
        return len(self._entries)

    def write(
        self,
        *,
        provider: str,
        kind: str,
        message_sid: str,
        to: str,
        sender: str,
        body: str,
        reference: dict[str, str],
        requested_at: datetime,
        received_at: datetime | None,
        status: str,
        error_code: int | None,
    ) -> None:
        """Make an entry."""
        number = len(self._entries) + 1
        entry = Entry(
            number,
            provider,
            kind,
            message_sid,
            to,
            sender,
            body,
            reference,
            requested_at,
            received_at,
            status,
            error_code,
        )
        self._entries.append(entry)
        if self._file is not None:
            self._file.write(msgspec.json.encode(entry).decode() + "\n")

    def after(self, sequence: int, limit: int) -> list[Entry]:
        """Entries that follow the one of this number."""
        return self._entries[max(sequence, 0) : max(sequence, 0) + limit]

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
