"""Values of any Avro schema: a few that show every branch and symbol, and strategies that find all others."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from fastavro import parse_schema, schemaless_reader, schemaless_writer
from hypothesis import strategies as st

BUILT_IN = (datetime, date, Decimal, bytes)
"""What an Avro library and our types both have for themselves."""
_INSTANT = datetime(2026, 10, 19, 16, 0, 0, 123_000, UTC)
_RANGE = {"int": 2**31 - 1, "long": 2**63 - 1}
_FEW: dict[str, list[Any]] = {
    "null": [None],
    "boolean": [True, False],
    "int": [0, -1, 2**31 - 1, -(2**31)],
    "long": [0, -1, 2**63 - 1, -(2**63)],
    "string": ["", "Núñez 😟", "x" * 200],
    "bytes": [b"", b"\x00\xff", b"b" * 200],
    "timestamp-millis": [_INSTANT, datetime(1950, 1, 1, tzinfo=UTC)],
    "date": [date(2026, 10, 19), date(1931, 5, 1)],
}
_ANY: dict[str, st.SearchStrategy[Any]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "int": st.integers(-_RANGE["int"] - 1, _RANGE["int"]),
    "long": st.integers(-_RANGE["long"] - 1, _RANGE["long"]),
    "string": st.text(),
    "bytes": st.binary(),
    "timestamp-millis": st.integers(-(10**12), 10**13).map(
        lambda n: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=n)
    ),
    "date": st.dates(),
}


def few(schema: Any, named: dict[str, Any] | None = None) -> list[Any]:
    """A few values of a whole schema, among which every branch of a union and every symbol occurs."""
    named = {} if named is None else named
    if isinstance(schema, str):
        return few(named[schema], named) if schema in named else _FEW[schema]
    if isinstance(schema, list):
        return [value for branch in schema for value in few(branch, named)]
    match schema["type"]:
        case "record":
            named[schema["name"]] = schema
            columns = {f["name"]: few(f["type"], named) for f in schema["fields"]}
            most = max(len(values) for values in columns.values())
            return [{name: values[n % len(values)] for name, values in columns.items()} for n in range(most)]
        case "enum":
            named[schema["name"]] = schema
            return list(schema["symbols"])
        case "array":
            return [few(schema["items"], named), []]
        case "map":
            return [{"key" * 30 * n: value for n, value in enumerate(few(schema["values"], named))}, {}]
        case _:
            return _few_plain(schema)


def _few_plain(schema: Any) -> list[Any]:
    if schema.get("logicalType") == "decimal":
        return [Decimal(n).scaleb(-schema["scale"]) for n in (0, 123456, -1, 10 ** schema["precision"] - 1)]
    return _FEW[schema.get("logicalType", schema["type"])]


def anything(schema: Any, named: dict[str, Any] | None = None) -> st.SearchStrategy[Any]:
    """Any value of a whole schema."""
    named = {} if named is None else named
    if isinstance(schema, str):
        return anything(named[schema], named) if schema in named else _ANY[schema]
    if isinstance(schema, list):
        return st.one_of([anything(branch, named) for branch in schema])
    match schema["type"]:
        case "record":
            named[schema["name"]] = schema
            return st.fixed_dictionaries({f["name"]: anything(f["type"], named) for f in schema["fields"]})
        case "enum":
            named[schema["name"]] = schema
            return st.sampled_from(schema["symbols"])
        case "array":
            return st.lists(anything(schema["items"], named), max_size=3)
        case "map":
            return st.dictionaries(st.text(max_size=5), anything(schema["values"], named), max_size=3)
        case _:
            return _any_plain(schema)


def _any_plain(schema: Any) -> st.SearchStrategy[Any]:
    if schema.get("logicalType") == "decimal":
        most = 10 ** schema["precision"] - 1
        # The library gives a negative power of two a byte more than it needs, so its bytes are not ours.
        return (
            st.integers(-most, most)
            .filter(lambda n: n >= -1 or -n & (-n - 1))
            .map(lambda n: Decimal(n).scaleb(-schema["scale"]))
        )
    return _ANY[schema.get("logicalType", schema["type"])]


def written(schema: Any, value: Any) -> bytes:
    """The value as an Avro library writes it."""
    out = io.BytesIO()
    schemaless_writer(out, parse_schema(schema), value)
    return out.getvalue()


def read(body: bytes, writer: Any, reader: Any = None) -> Any:
    """The value as an Avro library reads it; raises ValueError for bytes left over."""
    stream = io.BytesIO(body)
    value = schemaless_reader(stream, parse_schema(writer), parse_schema(reader) if reader else None)
    if stream.tell() != len(body):
        raise ValueError("bytes left over")
    return value
