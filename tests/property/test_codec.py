"""Every value that a schema allows goes through our code and an Avro library alike, in the same bytes.

A green run does not prove it for text of many megabytes.
"""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.codec import SingleObjectCodec
from chassis.schemas import plain, whole
from contracts.events import Event
from tests.avro_values import BUILT_IN, anything, few, read, written
from tests.examples import KINDS, fields_of

CODEC = SingleObjectCodec()


def event_of(kind: type[Event], fields: dict[str, Any]) -> Event:
    """The event of these fields."""
    return msgspec.convert(fields, kind, builtin_types=BUILT_IN)


def holds(kind: type[Event], schema: Any, fields: dict[str, Any]) -> None:
    """Ours is the library's, there and back."""
    event = event_of(kind, fields)
    body = event.to_avro()
    assert body == written(schema, fields)
    assert read(body, schema) == fields == fields_of(event)
    assert kind.from_avro(body) == event
    assert CODEC.decode(CODEC.encode(event)) == event


@pytest.mark.parametrize("kind", KINDS)
def test_every_symbol_and_branch_of_an_event(kind: type[Event]) -> None:
    schema = plain(whole(kind.__name__))
    for fields in few(schema):
        holds(kind, schema, fields)


@pytest.mark.parametrize("kind", KINDS)
def test_any_value_of_an_event(kind: type[Event]) -> None:
    schema = plain(whole(kind.__name__))

    @settings(max_examples=50)
    @given(anything(schema))
    def check(fields: dict[str, Any]) -> None:
        holds(kind, schema, fields)

    check()


def in_ascii(value: Any) -> Any:
    """The same, with question marks for all that is not ASCII: records of ASCII alone are written another way."""
    if isinstance(value, str):
        return value.encode("ascii", "replace").decode()
    if isinstance(value, dict):
        return {in_ascii(k): in_ascii(v) for k, v in value.items()}
    return [in_ascii(v) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "plain" in vars(kind)])
def test_any_value_of_an_event_in_ascii(kind: type[Event]) -> None:
    schema = plain(whole(kind.__name__))

    @settings(max_examples=100)
    @given(anything(schema).map(in_ascii))
    def check(fields: dict[str, Any]) -> None:
        holds(kind, schema, fields)

    check()


@given(st.sampled_from(KINDS), st.binary(max_size=200))
def test_any_bytes_are_an_event_or_refused_by_ours(kind: type[Event], body: bytes) -> None:
    try:
        event = kind.from_avro(body)
    except (ValueError, LookupError):
        return
    assert kind.from_avro(event.to_avro()) == event
