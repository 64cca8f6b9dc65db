"""What synthetic consumers and clients did, in their own words: kept in a file, for whoever checks us afterwards.

Our services never see it. A line of JSON for each thing done, after it was taken from us with a success.
"""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TextIO

import msgspec
from msgspec import Struct

FILE = "consumers.jsonl"


class Said(Struct, frozen=True, tag="said"):
    """Somebody wrote to us, and meant it so; `message_sid` is the provider's id of the message."""

    at: datetime
    phone: str
    message_sid: str
    meaning: str


class Paid(Struct, frozen=True, tag="paid"):
    """A client told us of a payment, and we took note."""

    at: datetime
    client: str
    payment_id: str
    amount: Decimal


class Handed(Struct, frozen=True, tag="handed"):
    """A client handed a file over: so many rows below its header, with this SHA-256."""

    at: datetime
    client: str
    sha256: str
    rows: int


Note = Said | Paid | Handed


class Notes:
    """Writes notes; whoever made it closes it."""

    def __init__(self, directory: Path) -> None:
        self._file: TextIO = (directory / FILE).open("a", encoding="utf-8", buffering=1)

    def add(self, note: Note) -> None:
        """Write one down."""
        self._file.write(msgspec.json.encode(note).decode() + "\n")

    def close(self) -> None:
        """Done."""
        self._file.close()
