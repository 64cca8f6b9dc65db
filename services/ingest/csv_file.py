"""Reads CSV files of any size, a row at a time; one that cannot be trusted is refused before any row of it is used."""

import codecs
import csv
from collections.abc import Generator, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Self

from msgspec import Struct

from services.ingest.core.columns import CELLS
from services.ingest.core.mapping import ClientMapping, header_faults
from services.ingest.core.outcome import Row

CHUNK = 1 << 20
MOST_LINE = 1 << 20
MOST_CELL = 1 << 17


class Refusal(Struct, frozen=True):
    """Why a file cannot be used at all, as a code and a sentence that names the line."""

    code: str
    reason: str


REFUSALS: dict[str, str] = {
    "F_TOO_LARGE": "The file is larger than COUNTERPOINT_INGEST_MAX_FILE_MEGABYTES allows.",
    "F_EMPTY": "The file has no header.",
    "F_NOT_UTF8": "The file is not in UTF-8; the line and the first bad byte are named.",
    "F_LINE_TOO_LONG": "A line is longer than 1 MiB.",
    "F_HEADER": "The header has missing, unknown, duplicate or nameless columns; each is named.",
    "F_QUOTES": "Quotes or cells from a named line on cannot be made out.",
    "F_CHANGED": "The file changed while it was read.",
}
"""Every code of a refusal."""


class Inspected(Struct, frozen=True):
    """A file that can be used: its SHA-256, in hex, and how many rows it has."""

    sha256: str
    rows: int


def inspect(path: Path, mapping: ClientMapping, *, most_bytes: int) -> Inspected | Refusal:
    """Read the whole file and say whether it can be used; blocks for about a second for each 100 MB."""
    if path.stat().st_size > most_bytes:
        return Refusal("F_TOO_LARGE", f"the file is larger than {most_bytes >> 20} MiB; split it")
    digest = _text_digest(path)
    if isinstance(digest, Refusal):
        return digest
    with _Lines(path, mapping.delimiter) as lines:
        try:
            columns = lines.header()
            if columns is None:
                return Refusal("F_EMPTY", "the file is empty: a header line is needed")
            faults = header_faults(columns, mapping)
            if faults:
                return Refusal("F_HEADER", f"line {lines.count}: {'; '.join(faults)}")
            rows = sum(1 for _ in lines.rows())
        except csv.Error as error:
            reason = _CSV_REASONS.get(str(error), str(error))
            return Refusal("F_QUOTES", f"the row that starts at line {lines.start} cannot be read: {reason}")
    return Inspected(digest, rows)


_CSV_REASONS = {
    "unexpected end of data": "a quotation mark is opened and never closed",
    "field larger than field limit (131072)": "a cell is longer than 131,072 characters; is a quotation mark missing?",
}


def read(path: Path, mapping: ClientMapping) -> Generator[Row, None, None]:
    """The rows of a file that was inspected; lines without any value are no rows.

    A row of the wrong width keeps no cells, only the mark that says so: its values may stand under the wrong names.
    """
    with _Lines(path, mapping.delimiter) as lines:
        columns = lines.header() or []
        for number, cells in enumerate(lines.rows(), start=1):
            yield Row(number, lines.start, _fields(columns, cells))


def raw(path: Path, mapping: ClientMapping) -> Generator[list[str], None, None]:
    """The header, and then every row as it stands."""
    with _Lines(path, mapping.delimiter) as lines:
        yield lines.header() or []
        yield from lines.rows()


def _fields(columns: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(columns):
        return {CELLS: f"{len(cells)}/{len(columns)}"}
    return dict(zip(columns, cells, strict=True))


class _Lines:
    """csv's reader, with the line in mind at which each row starts."""

    def __init__(self, path: Path, delimiter: str) -> None:
        self._file = path.open(encoding="utf-8-sig", newline="")
        self._rows = csv.reader(self._file, delimiter=delimiter, strict=True)
        self.start = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def count(self) -> int:
        """Lines read so far."""
        return self._rows.line_num

    def header(self) -> list[str] | None:
        """The first row that is not empty."""
        return next(self.rows(), None)

    def rows(self) -> Iterator[list[str]]:
        """The rows with anything in them, from here on; spreadsheets end in rows of nothing but commas."""
        self.start = self.count + 1
        for cells in self._rows:
            if any(cell.strip() for cell in cells):
                yield cells
            self.start = self.count + 1


def _text_digest(path: Path) -> str | Refusal:
    """The file's SHA-256, if all of it is UTF-8 in lines of sane length."""
    digest = sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines, since_break, pending = 1, 0, 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return _not_utf8(lines, chunk, error, pending)
            pending = len(decoder.getstate()[0])
            first, last = _first_break(chunk), max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            if since_break + first > MOST_LINE:
                return Refusal("F_LINE_TOO_LONG", f"line {lines} is longer than {MOST_LINE >> 20} MiB")
            lines += _breaks(chunk)
            since_break = since_break + len(chunk) if last < 0 else len(chunk) - last - 1
    if pending:
        reason = f"line {lines} ends in the middle of a character: the file is cut off, or is not UTF-8"
        return Refusal("F_NOT_UTF8", reason)
    return digest.hexdigest()


def _not_utf8(lines: int, chunk: bytes, error: UnicodeDecodeError, pending: int) -> Refusal:
    at = max(error.start - pending, 0)
    line = lines + _breaks(chunk[:at])
    bad = error.object[error.start]
    return Refusal("F_NOT_UTF8", f"line {line} is not UTF-8 (byte 0x{bad:02x}); save the file as UTF-8")


def _breaks(chunk: bytes) -> int:
    return chunk.count(b"\n") or chunk.count(b"\r")


def _first_break(chunk: bytes) -> int:
    found = [i for i in (chunk.find(b"\n"), chunk.find(b"\r")) if i >= 0]
    return min(found, default=len(chunk))
