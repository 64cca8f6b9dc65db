"""What a mail house says became of letters: the manifest, with a word in its last column."""

import csv
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

EVENTS = {
    "mailed": "letter.mailed",
    "delivered": "letter.delivered",
    "returned": "letter.returned_to_sender",
    "failed": "letter.failed",
}
"""The words of a report, and the events that they are."""
IDS = ("attempt", "contact", "consumer", "story")


class NotRead(Exception):
    """A report that cannot be read; nothing of it was taken in."""


class Line(Struct, frozen=True):
    """A letter of a report, by its ids, and what became of it."""

    number: int
    ids: dict[str, str]
    event: str


def lines(file: Path) -> list[Line]:
    """The lines of a report that say something; raises NotRead, naming the first that cannot be understood."""
    try:
        return list(_lines(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise NotRead(f"{file} cannot be read: {error}") from error


def _lines(file: Path) -> Iterator[Line]:
    with file.open(encoding="utf-8-sig", newline="") as content:
        reader = csv.DictReader(content)
        missing = [name for name in (*IDS, "event") if name not in (reader.fieldnames or ())]
        if missing:
            raise NotRead(f"{file} has no column {missing[0]}: it must be a manifest with its last column filled in")
        for row in reader:
            word = (row["event"] or "").strip().lower()
            if not word:
                continue
            if word not in EVENTS:
                raise NotRead(f"{file}, line {reader.line_num}: {word!r} is none of {', '.join(EVENTS)}")
            yield Line(reader.line_num, {name: row[name] for name in IDS}, EVENTS[word])
