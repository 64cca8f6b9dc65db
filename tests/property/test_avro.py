"""Avro's primitive types, one by one: ours is an Avro library's, and what no writer makes is refused.

A green run does not prove that whole records are right: test_codec.py does.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import avro
from tests.avro_values import anything, read, written

MONEY = {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}
INSTANT = {"type": "long", "logicalType": "timestamp-millis"}
DAY = {"type": "int", "logicalType": "date"}
Pair = tuple[Any, Callable[[Any], bytes], Callable[[bytes, int], tuple[Any, int]]]
PAIRS: dict[str, Pair] = {
    "long": ("long", avro.long, avro.read_long),
    "boolean": ("boolean", avro.boolean, avro.read_boolean),
    "bytes": ("bytes", avro.binary, avro.read_binary),
    "timestamp": (INSTANT, avro.timestamp, avro.read_timestamp),
    "date": (DAY, avro.day, avro.read_day),
    "decimal": (MONEY, lambda d: avro.decimal(d, 2), lambda b, i: avro.read_decimal(b, i, 2)),
}


@pytest.mark.parametrize(("schema", "write", "back"), PAIRS.values(), ids=PAIRS)
@given(data=st.data(), before=st.binary(max_size=3))
def test_a_value_is_written_as_the_library_writes_it_and_read_back(
    schema: Any, write: Callable[[Any], bytes], back: Callable[[bytes, int], Any], data: st.DataObject, before: bytes
) -> None:
    value = data.draw(anything(schema))
    body = write(value)
    assert body == written(schema, value)
    assert back(before + body, len(before)) == (value, len(before) + len(body))


@given(st.text() | st.text(min_size=1500, max_size=1600, alphabet="añ😟"))
def test_text_is_written_as_the_library_writes_it(text: str) -> None:
    assert avro.string(text) == avro.interned(text) == written("string", text)


@pytest.mark.parametrize("n", [63, 64, 4095, 4096, 2**31, 2**63 - 1, -1, -64, -65, -(2**63)])
def test_numbers_at_the_edges_of_their_length(n: int) -> None:
    assert avro.long(n) == written("long", n)
    assert avro.read_long(avro.long(n), 0) == (n, len(avro.long(n)))


@pytest.mark.parametrize("text", ["x" * 4095, "x" * 4096])
def test_text_at_the_edge_of_the_short_lengths(text: str) -> None:
    assert avro.string(text) == written("string", text)


@pytest.mark.parametrize("cents", [0, 1, -1, 127, 128, -127, -129, 10**12 - 1, 1 - 10**12, 500])
def test_money_at_the_edges_of_its_length(cents: int) -> None:
    money = Decimal(cents).scaleb(-2)
    body = avro.decimal(money, 2)
    assert body == written(MONEY, money)
    assert avro.read_decimal(body, 0, 2) == (money, len(body))


@pytest.mark.parametrize("cents", [-128, -32768])
def test_money_that_fills_its_bytes_takes_no_more_of_them(cents: int) -> None:
    body = avro.decimal(Decimal(cents).scaleb(-2), 2)
    theirs = written(MONEY, Decimal(cents).scaleb(-2))
    assert len(body) == len(theirs) - 1
    assert read(body, MONEY) == read(theirs, MONEY) == avro.read_decimal(theirs, 0, 2)[0]


@pytest.mark.parametrize("money", ["5", "1E+2", "-0"])
def test_money_is_read_with_its_cents(money: str) -> None:
    found, _ = avro.read_decimal(avro.decimal(Decimal(money), 2), 0, 2)
    assert (found, found.as_tuple().exponent) == (Decimal(money), -2)


@pytest.mark.parametrize("money", ["0.001", "12.345", "NaN"])
def test_money_that_the_schema_cannot_hold_is_refused(money: str) -> None:
    with pytest.raises(ValueError):
        avro.decimal(Decimal(money), 2)


def test_an_instant_loses_what_is_finer_than_a_millisecond() -> None:
    fine = datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC)
    assert avro.read_timestamp(avro.timestamp(fine), 0)[0] == fine.replace(microsecond=999_000)


def test_an_instant_of_any_zone_is_read_in_utc() -> None:
    noon = datetime(2026, 10, 19, 12, tzinfo=UTC)
    elsewhere = noon.astimezone(datetime.strptime("-0400", "%z").tzinfo)
    read, _ = avro.read_timestamp(avro.timestamp(elsewhere), 0)
    assert (read, read.utcoffset()) == (noon, timedelta(0))


@pytest.mark.parametrize("n", [1, 2, 150])
def test_a_block_may_say_how_many_bytes_it_has(n: int) -> None:
    body = avro.long(-n) + avro.long(1000)
    assert avro.read_count(body, 0) == (n, len(body))
    assert avro.read_count(avro.long(n), 0) == (n, len(avro.long(n)))


REFUSED: dict[str, tuple[Callable[[bytes, int], Any], bytes, str]] = {
    "bytes that end too soon": (avro.read_binary, avro.long(3) + b"ab", "ends in the middle"),
    "bytes of a negative length": (avro.read_binary, avro.long(-1) + b"ab", "negative length"),
    "a long negative length": (avro.read_length, avro.long(-5000), "negative length"),
    "a third branch": (avro.read_branch, avro.long(2), "neither null nor a value"),
    "a negative branch": (avro.read_branch, avro.long(-1), "neither null nor a value"),
    "a truth value of two": (avro.read_boolean, b"\x02", "neither true nor false"),
    "an instant of the year 300000": (avro.read_timestamp, avro.long(10**16), "beyond the year 9999"),
    "an instant beyond all counting": (avro.read_timestamp, avro.long(2**62), "beyond the year 9999"),
    "a day of the year 0": (avro.read_day, avro.long(-800_000), "ordinal must be"),
    "a day beyond all counting": (avro.read_day, avro.long(2**62), "beyond the year 9999"),
}


@pytest.mark.parametrize(("take", "body", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_no_writer_makes_is_refused(take: Callable[[bytes, int], Any], body: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        take(body, 0)


@pytest.mark.parametrize(
    "take",
    [
        *(back for _, _, back in PAIRS.values()),
        avro.read_length,
        avro.read_branch,
        avro.read_count,
    ],
)
def test_nothing_cannot_be_read(take: Callable[[bytes, int], Any]) -> None:
    with pytest.raises(IndexError):
        take(b"", 0)


def test_dates_before_1970_are_days_below_none() -> None:
    assert avro.day(date(1969, 12, 31)) == written(DAY, date(1969, 12, 31)) == avro.long(-1)
