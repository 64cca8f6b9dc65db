"""What was ever written stays readable, and what is written today is readable by every release (FULL_TRANSITIVE).

A green run does not prove that a reader understands a new field, only that it can read past it.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from fastavro.read import SchemaResolutionError

from chassis.codec import MARK, SingleObjectCodec
from chassis.schemas import plain, print_of, released, whole
from contracts.events import Event
from tests.avro_values import few, read, written
from tests.examples import KINDS
from tools.release_schemas import file_of, newest

RELEASES = [
    pytest.param(kind, plain(schema), id=f"{kind.__name__}-{number}")
    for kind in KINDS
    for number, schema in enumerate(released(kind.__name__), 1)
]
Schema = dict[str, Any]


def today(kind: type[Event]) -> Schema:
    """Today's schema of an event."""
    schema: Schema = plain(whole(kind.__name__))
    return schema


def lost(given: Any, got: Any, *, symbols: bool, where: str = "") -> str:
    """Where a reader got something else than was written, in fields that both have; `symbols` if none may be lost."""
    if isinstance(given, dict) and isinstance(got, dict):
        parts = (lost(given[k], got[k], symbols=symbols, where=f"{where}.{k}") for k in given.keys() & got.keys())
        return next((found for found in parts if found), "")
    if isinstance(given, list) and isinstance(got, list) and len(given) == len(got):
        items = (lost(a, b, symbols=symbols, where=f"{where}[]") for a, b in zip(given, got, strict=True))
        return next((found for found in items if found), "")
    if given == got or (got == "UNKNOWN" and not symbols):
        return ""
    return f"{where}: {given!r} is read as {got!r}"


def shape(schema: Any, named: Schema) -> Any:
    """A type as far as it may never change: names, and how the bytes of a value are to be understood."""
    if isinstance(schema, str):
        return shape(named[schema], named) if schema in named else schema
    if isinstance(schema, list):
        return [shape(branch, named) for branch in schema]
    if schema["type"] in ("record", "enum"):
        named[schema["name"]] = schema
        return {"name": schema["name"], **{f["name"]: shape(f["type"], named) for f in schema.get("fields", ())}}
    if schema["type"] in ("array", "map"):
        return {schema["type"]: shape(schema.get("items", schema.get("values")), named)}
    return sorted((k, str(v)) for k, v in schema.items())


def retyped(old: Any, new: Any, where: str = "") -> str:
    """Where a field has another type. A library may let that pass and read other values than were written."""
    if isinstance(old, dict) and isinstance(new, dict) and (both := old.keys() & new.keys()):
        return next((found for k in sorted(both) if (found := retyped(old[k], new[k], f"{where}.{k}"))), "")
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return next((found for a, b in zip(old, new, strict=True) if (found := retyped(a, b, where))), "")
    return "" if old == new else f"{where}: {old} becomes {new}"


def complaint(writer: Schema, reader: Schema, *, symbols: bool) -> str:
    """What a reader cannot make of a writer's records; empty if it reads them all."""
    if found := retyped(shape(writer, {}), shape(reader, {})):
        return found
    for value in few(writer):
        try:
            got = read(written(writer, value), writer, reader)
        except (SchemaResolutionError, ValueError, LookupError, EOFError) as error:
            return f"{type(error).__name__}: {error}"
        if found := lost(value, got, symbols=symbols):
            return found
    return ""


@pytest.mark.parametrize(("kind", "release"), RELEASES)
def test_today_reads_every_release(kind: type[Event], release: Schema) -> None:
    assert complaint(release, today(kind), symbols=True) == ""


@pytest.mark.parametrize(("kind", "release"), RELEASES)
def test_every_release_reads_today(kind: type[Event], release: Schema) -> None:
    assert complaint(today(kind), release, symbols=False) == ""


@pytest.mark.parametrize(("kind", "release"), RELEASES)
def test_a_record_of_a_release_becomes_an_event_of_today(kind: type[Event], release: Schema) -> None:
    codec = SingleObjectCodec()
    for value in few(release):
        event = codec.decode(MARK + print_of(release) + written(release, value))
        assert type(event) is kind
        assert codec.decode(codec.encode(event)) == event


@pytest.mark.parametrize("kind", KINDS)
def test_releases_are_numbered_without_a_gap(kind: type[Event]) -> None:
    assert all(file_of(kind.__name__, n).exists() for n in range(1, newest(kind.__name__) + 1))


def field(schema: Schema, name: str) -> Schema:
    """A field of a record."""
    found: Schema = next(f for f in schema["fields"] if f["name"] == name)
    return found


def without(name: str) -> Callable[[Schema], None]:
    """Take a field away."""
    return lambda schema: schema["fields"].remove(field(schema, name))


def with_field(**new: Any) -> Callable[[Schema], None]:
    """Add a field at the end."""
    return lambda schema: schema["fields"].append({"name": "new", "doc": "New.", **new})


def with_type(of: str, **change: Any) -> Callable[[Schema], None]:
    """Change a field's type."""
    return lambda schema: field(schema, of)["type"].update(change)


def with_plain_type(name: str, type_: Any) -> Callable[[Schema], None]:
    """Give a field another type."""
    return lambda schema: field(schema, name).update(type=type_)


def renamed(name: str) -> Callable[[Schema], None]:
    """Give a field another name."""
    return lambda schema: field(schema, name).update(name="other")


def with_symbols(name: str, change: Callable[[list[str]], list[str]]) -> Callable[[Schema], None]:
    """Change an enum."""
    return lambda schema: field(schema, name)["type"].update(symbols=change(field(schema, name)["type"]["symbols"]))


BREAKING = {
    "a field without a default": ("PaymentSettled", with_field(type="string")),
    "a field gone": ("PaymentSettled", without("method")),
    "a field renamed": ("PaymentSettled", renamed("method")),
    "text to number": ("PaymentSettled", with_plain_type("method", "long")),
    "a wider number": ("PlacementRejected", with_plain_type("row_number", "long")),
    "cents to tenths of cents": ("PaymentSettled", with_type("amount", scale=3)),
    "milliseconds to microseconds": ("PaymentSettled", with_type("settled_at", logicalType="timestamp-micros")),
    "text to text or null": ("PaymentSettled", with_plain_type("method", ["null", "string"])),
    "a symbol gone": ("AttemptStatusChanged", with_symbols("status", lambda symbols: symbols[:-1])),
    "a type renamed": ("AttemptStatusChanged", with_type("status", name="counterpoint.Progress")),
}
HARMLESS = {
    "nothing": ("PaymentSettled", lambda schema: None),
    "a field with a default": ("PaymentSettled", with_field(type=["null", "string"], default=None)),
    "another doc": ("PaymentSettled", lambda schema: schema.update(doc="Money came.")),
    "a symbol at the end": ("AttemptStatusChanged", with_symbols("status", lambda symbols: [*symbols, "PRINTED"])),
}


def planted(event: str, change: Callable[[Schema], None]) -> tuple[str, str]:
    """Complaints, forth and back, when tomorrow's schema is today's with a change."""
    old: Schema = plain(whole(event))
    new = deepcopy(old)
    change(new)
    return complaint(old, new, symbols=True), complaint(new, old, symbols=False)


@pytest.mark.parametrize(("event", "change"), BREAKING.values(), ids=BREAKING)
def test_a_change_that_breaks_a_reader_is_seen(event: str, change: Callable[[Schema], None]) -> None:
    assert any(planted(event, change))


@pytest.mark.parametrize(("event", "change"), HARMLESS.values(), ids=HARMLESS)
def test_a_change_that_breaks_nobody_is_let_pass(event: str, change: Callable[[Schema], None]) -> None:
    assert planted(event, change) == ("", "")
