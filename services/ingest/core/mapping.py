"""A client's own columns, dates and codes, turned into the canonical ones."""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from services.ingest.core.columns import CELLS, MARKS, MOST_COLUMNS, NAMES, NOT_TEXT, REQUIRED
from services.ingest.core.faults import Fault

MOST_NAMED = 5
MOST_REMEMBERED = 10_000
"""Spellings of known columns that are kept at hand: every row asks for the same few dozen."""


class ClientMapping(Struct, frozen=True):
    """How one client's rows are read; the default reads the canonical header.

    `columns` gives our name for each of theirs, `ignore` names columns that carry nothing for us, `fixed` holds
    values that are the same in all their rows, `values` their codes by our column; `dates` are strptime formats.
    """

    version: int = 0
    delimiter: str = ","
    columns: Mapping[str, str] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()
    fixed: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    _asked: dict[str, str] = field(default_factory=dict)

    def canonical(self, column: str) -> str | None:
        """Our name for a column of theirs; empty for one to be ignored, None for one that nobody knows."""
        known = self._asked.get(column)
        if known is not None:
            return known
        found = self._canonical(column)
        if found is not None and len(self._asked) < MOST_REMEMBERED:
            self._asked[column] = found
        return found

    def _canonical(self, column: str) -> str | None:
        plain = folded(column)
        if plain in self.columns:
            return self.columns[plain]
        if plain in self.ignore:
            return ""
        return plain if plain in NAMES else None


def folded(column: str) -> str:
    """A column's name without what people do not see: case and spaces around it."""
    return column.strip().casefold()


def header_faults(header: Sequence[str], mapping: ClientMapping) -> list[str]:
    """What is wrong with a header, a sentence each; nothing if it can be used."""
    if len(header) > MOST_COLUMNS:
        return [f"the header has {len(header)} columns; at most {MOST_COLUMNS} can be read"]
    faults = []
    names = [mapping.canonical(column) for column in header]
    empty = [str(i) for i, column in enumerate(header, start=1) if not column.strip()]
    if empty:
        faults.append(f"columns without a name: {_some(empty)}")
    unknown = [c for c, name in zip(header, names, strict=True) if name is None and c.strip()]
    if unknown:
        faults.append(f"unknown columns: {_some(unknown)}{_delimiter_hint(header, mapping)}")
    count = Counter(name for name in names if name)
    double = sorted(name for name, n in count.items() if n > 1)
    if double:
        faults.append(f"duplicate columns: {_some(double)}")
    missing = [name for name in REQUIRED if name not in count and name not in mapping.fixed]
    if missing:
        faults.append(f"missing columns: {', '.join(missing)}")
    return faults


def _delimiter_hint(header: Sequence[str], mapping: ClientMapping) -> str:
    if len(header) != 1:
        return ""
    for delimiter, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars"), (",", "commas")):
        if delimiter != mapping.delimiter and header[0].count(delimiter) > 2:
            return f" (cells seem to be separated by {name}; a mapping can say so)"
    return ""


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(repr(n[:60]) for n in names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else f"{shown} and {len(names) - MOST_NAMED} more"


def canonical_cells(fields: Mapping[str, str], mapping: ClientMapping) -> tuple[dict[str, str], list[Fault]]:
    """The row by our columns, with the client's codes as ours; and what is wrong with its shape."""
    cells: dict[str, str] = {}
    faults = [f for mark in sorted(MARKS & fields.keys()) if (f := _shape_fault(mark, fields[mark]))]
    unknown = []
    for column, value in fields.items():
        name = None if column in MARKS else mapping.canonical(column)
        if name:
            cells[name] = _translated(name, value, mapping)
        elif name is None and column not in MARKS:
            unknown.append(column)
    if unknown:
        faults.append(Fault("R_UNKNOWN_COLUMN", f"There is no column {_some(sorted(unknown))}."))
    for name, value in mapping.fixed.items():
        if not cells.get(name, "").strip():
            cells[name] = value
    return cells, faults


def _translated(name: str, value: str, mapping: ClientMapping) -> str:
    codes = mapping.values.get(name)
    return codes.get(value.strip().casefold(), value) if codes else value


def _shape_fault(mark: str, value: str) -> Fault | None:
    if mark == CELLS:
        found, _, wanted = value.partition("/")
        count = f"{found} cells, the header {wanted} columns" if (found + wanted).isdecimal() else "the wrong width"
        return Fault("R_CELL_COUNT", f"The row has {count}.")
    if mark == NOT_TEXT:
        return Fault("R_NOT_TEXT", f"The value of {value[:200]!r} is neither text nor a number nor true or false.")
    return None
