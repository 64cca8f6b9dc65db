"""Avro's primitive types as bytes: what the generated types in `events.py` are written and read with.

Avro 1.12, "Binary Encoding". The generated code and these functions exist because they cost a fifth of a general
Avro library on the hot path; `tests/property/test_avro.py` holds them to that library, byte for byte.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any, Protocol, Self, TypeVar, cast

Write = Callable[[bytes], Any]
"""Takes the next bytes of a record."""


class Record(Protocol):
    """A generated type: it writes itself and reads itself."""

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""


R = TypeVar("R", bound=Record)
V = TypeVar("V")


def _varint(n: int) -> bytes:
    z = (n << 1) if n >= 0 else ((-n) << 1) - 1
    if 0x4000 <= z < 0x20_0000:  # most offsets
        return bytes((z & 0x7F | 0x80, z >> 7 & 0x7F | 0x80, z >> 14))
    out = bytearray()
    while z > 0x7F:
        out.append((z & 0x7F) | 0x80)
        z >>= 7
    out.append(z)
    return bytes(out)


_SHORT = tuple(_varint(n) for n in range(4096))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
NULL, PRESENT = _varint(0), _varint(1)
"""Which branch of a nullable union follows."""


def long(n: int) -> bytes:
    """Write a whole number."""
    return _SHORT[n] if 0 <= n < 4096 else _varint(n)


def string(s: str) -> bytes:
    """Write text."""
    b = s.encode()
    n = len(b)
    return (_SHORT[n] if n < 4096 else _varint(n)) + b


@lru_cache(maxsize=4096)
def interned(s: str) -> bytes:
    """Write text of which few values occur, such as a rule's id."""
    return string(s)


_kept: dict[int, tuple[Record, bytes]] = {}
MOST_KEPT = 4096
MOST_ALIKE = 8


def kept(records: Iterable[Record]) -> bytes:
    """Write records of which the same objects are written again and again, such as the findings of rules."""
    known = _kept.get
    out = []
    for record in records:
        found = known(id(record))
        out.append(found[1] if found is not None and found[0] is record else _kept_now(record))
    return b"".join(out)


def _kept_now(record: Record) -> bytes:
    out: list[bytes] = []
    record.write(out.append)
    written = b"".join(out)
    if len(_kept) >= MOST_KEPT:
        _kept.clear()  # the few that matter are soon back
    _kept[id(record)] = record, written
    return written


_recalled: dict[tuple[object, bytes], list[tuple[bytes, Any]]] = {}
HEAD = 96
"""So many first bytes tell most of what comes again and again apart."""


def recalled(kind: type[R], b: bytes, i: int) -> tuple[R, int]:
    """Read a record of which the same bytes come again and again; the same bytes give the same object."""
    return _remembered(kind, kind.read, b, i)


def recalled_numbers(b: bytes, i: int) -> tuple[tuple[int, ...], int]:
    """Read an array of whole numbers that comes again and again; the same bytes give the same object."""
    return _remembered(int, _read_numbers, b, i)


def _remembered(kind: object, read: Callable[[bytes, int], tuple[V, int]], b: bytes, i: int) -> tuple[V, int]:
    key = kind, b[i : i + HEAD]
    found = _recalled.get(key)
    for written, value in found or ():
        if b.startswith(written, i):
            return cast(V, value), i + len(written)
    value, j = read(b, i)
    if found is None:
        if len(_recalled) >= MOST_KEPT:
            _recalled.clear()
        found = _recalled[key] = []
    if len(found) < MOST_ALIKE:
        found.append((b[i:j], value))
    return value, j


def _read_numbers(b: bytes, i: int) -> tuple[tuple[int, ...], int]:
    read: list[int] = []
    count, i = read_count(b, i)
    while count:
        for _ in range(count):
            n, i = read_long(b, i)
            read.append(n)
        count, i = read_count(b, i)
    return tuple(read), i


LENGTH = tuple(_varint(n).decode("latin-1") for n in range(4096))
"""How long what follows is, as text of a byte a character: the generated `plain` ways write whole records so."""


NOTHING, SOMETHING = LENGTH[0], LENGTH[1]
FALSE, TRUE, NONE = "\0", "\1", ""


class NotPlain(ValueError):
    """A record has text that is not ASCII: characters and bytes are not the same there."""


def plain_long(n: int) -> str:
    """A whole number, as text of a byte a character."""
    return LENGTH[n] if 0 <= n < 4096 else _plain_long(n)


@lru_cache(maxsize=4096)
def _plain_long(n: int) -> str:
    return _varint(n).decode("latin-1")


@lru_cache(maxsize=4096)
def plain_timestamp(t: datetime) -> str:
    """An instant, as text of a byte a character."""
    return timestamp(t).decode("latin-1")


@lru_cache(maxsize=4096)
def plain_day(d: date) -> str:
    """A date, as text of a byte a character."""
    return day(d).decode("latin-1")


@lru_cache(maxsize=16_384)
def plain_decimal(d: Decimal, scale: int) -> str:
    """Money, as text of a byte a character; raises ValueError as `decimal` does."""
    return decimal(d, scale).decode("latin-1")


class PlainRecord(Protocol):
    """A generated type that has the short way to be written."""

    def plain(self) -> str:
        """The record as text of a byte a character; raises NotPlain if that takes more care."""


def plain_records(items: Sequence[PlainRecord]) -> str:
    """An array of records, as text of a byte a character."""
    return LENGTH[len(items)] + "".join([item.plain() for item in items]) + "\0" if items else "\0"


def plain_symbols(items: Sequence[Enum], texts: Mapping[str, str]) -> str:
    """An array of symbols, each written as `texts` has it, as text of a byte a character."""
    return LENGTH[len(items)] + "".join([texts[item._value_] for item in items]) + "\0" if items else "\0"


def plain_strings(items: Sequence[str]) -> str:
    """An array of texts, as text of a byte a character."""
    if not items:
        return "\0"
    return LENGTH[len(items)] + "".join([plain_string(item) for item in items]) + "\0"


@lru_cache(maxsize=MOST_KEPT)
def plain_numbers(items: tuple[int, ...]) -> str:
    """An array of whole numbers that is written again and again, as text of a byte a character."""
    return plain_long(len(items)) + "".join([plain_long(n) for n in items]) + "\0" if items else "\0"


def plain_map(items: Mapping[str, str]) -> str:
    """A map of texts, as text of a byte a character."""
    if not items:
        return "\0"
    written = "".join([f"{LENGTH[len(k)]}{k}{LENGTH[len(v)]}{v}" for k, v in items.items()])
    if not written.isascii():
        written = "".join([plain_string(k) + plain_string(v) for k, v in items.items()])
    return f"{LENGTH[len(items)]}{written}\0"


def plain_string(s: str) -> str:
    """Text, as text of a byte a character."""
    if s.isascii() and len(s) < 4096:
        return LENGTH[len(s)] + s
    return string(s).decode("latin-1")


def plain_kept(records: Sequence[Record]) -> str:
    """An array of what `kept` writes, as text of a byte a character."""
    return f"{LENGTH[len(records)]}{kept(records).decode('latin-1')}\0" if records else "\0"


def binary(b: bytes) -> bytes:
    """Write bytes."""
    return long(len(b)) + b


def boolean(v: bool) -> bytes:
    """Write a truth value."""
    return b"\x01" if v else b"\x00"


@lru_cache(maxsize=4096)
def timestamp(t: datetime) -> bytes:
    """Write an instant in milliseconds since 1970 UTC; what is finer is cut off."""
    return _varint((t - _EPOCH) // timedelta(milliseconds=1))


def day(d: date) -> bytes:
    """Write a date in days since 1970."""
    return _varint(d.toordinal() - _EPOCH_ORDINAL)


def decimal(d: Decimal, scale: int) -> bytes:
    """Write money; raises ValueError if it has more digits behind the point than the schema keeps."""
    scaled = d.scaleb(scale)
    n = int(scaled)
    if n != scaled:
        raise ValueError(f"more than {scale} digits behind the decimal point")
    return binary(n.to_bytes(((n if n >= 0 else ~n).bit_length() // 8) + 1, "big", signed=True))


def read_long(b: bytes, i: int) -> tuple[int, int]:
    """Read a whole number."""
    n = b[i]
    i += 1
    if n > 0x7F:
        n &= 0x7F
        shift = 7
        while True:
            c = b[i]
            i += 1
            n |= (c & 0x7F) << shift
            if c < 0x80:
                break
            shift += 7
    return (n >> 1) ^ -(n & 1), i


def read_length(b: bytes, i: int) -> tuple[int, int]:
    """Read how many bytes follow; raises ValueError if that is less than none, lest a reader walk backwards."""
    n, i = read_long(b, i)
    if n < 0:
        raise ValueError("a field of negative length")
    return n, i


def read_branch(b: bytes, i: int) -> tuple[int, int]:
    """Read whether a nullable value follows; raises ValueError for a branch that there is not."""
    n = b[i]
    if n not in (0, 2):
        raise ValueError("neither null nor a value")
    return n, i + 1


def read_binary(b: bytes, i: int) -> tuple[bytes, int]:
    """Read bytes; raises ValueError if the record ends before they do."""
    n, i = read_length(b, i)
    j = i + n
    if j > len(b):
        raise ValueError("the record ends in the middle of a field")
    return b[i:j], j


def read_boolean(b: bytes, i: int) -> tuple[bool, int]:
    """Read a truth value; raises ValueError for a byte that is none."""
    v = b[i]
    if v > 1:
        raise ValueError("neither true nor false")
    return v == 1, i + 1


@lru_cache(maxsize=4096)
def _instant(n: int) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=n)
    except OverflowError as error:
        raise ValueError("an instant beyond the year 9999") from error


_instants: dict[bytes, datetime] = {}
_SIX = 6
"""So many bytes an instant of the years from 1971 to 2039 takes."""


def read_timestamp(b: bytes, i: int) -> tuple[datetime, int]:
    """Read an instant, in UTC."""
    found = _instants.get(b[i : i + _SIX])
    if found is not None:
        return found, i + _SIX
    n, j = read_long(b, i)
    read = _instant(n)
    if j - i == _SIX:
        if len(_instants) >= MOST_KEPT:
            _instants.clear()
        _instants[b[i:j]] = read
    return read, j


def read_day(b: bytes, i: int) -> tuple[date, int]:
    """Read a date."""
    n, i = read_long(b, i)
    try:
        return date.fromordinal(n + _EPOCH_ORDINAL), i
    except OverflowError as error:
        raise ValueError("a day beyond the year 9999") from error


def read_decimal(b: bytes, i: int, scale: int) -> tuple[Decimal, int]:
    """Read money."""
    raw, i = read_binary(b, i)
    return Decimal(int.from_bytes(raw, "big", signed=True)).scaleb(-scale), i


def read_count(b: bytes, i: int) -> tuple[int, int]:
    """Read how many items the next block of an array or a map holds; 0 ends it."""
    n, i = read_long(b, i)
    if n < 0:  # a negative count is followed by the block's size in bytes
        _, i = read_long(b, i)
        n = -n
    return n, i
