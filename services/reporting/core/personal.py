"""Divides an event into what anybody who reports may see and what is personal, by the marks in the schemas."""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args, get_type_hints

from msgspec import Struct

from contracts.events import CallbackReceived, Event, Meta, PlacementSubmitted

Fields = dict[str, Any]
LEFT_OUT: frozenset[type[Event]] = frozenset({PlacementSubmitted, CallbackReceived})
"""Events whose personal part is raw material, a client's row with its SSN for instance: it stays on its topic."""


def divide(event: Event) -> tuple[Fields, Fields]:
    """The event without its meta: the open part, and the personal part in the same shape, empty if there is none."""
    opened, personal = _divided(event)
    return opened, {} if type(event) in LEFT_OUT else personal


def _divided(record: Struct) -> tuple[Fields, Fields]:
    opened: Fields = {}
    personal: Fields = {}
    kept, marked, within = _plan(type(record))
    for name in kept:
        opened[name] = getattr(record, name)
    for name in marked:
        personal[name] = getattr(record, name)
    for name in within:
        opened[name], personal[name] = _parted(getattr(record, name))
    return opened, personal


def _parted(value: Any) -> tuple[Any, Any]:
    if isinstance(value, tuple):
        parts = [_parted(item) for item in value]
        return [opened for opened, _ in parts], [personal for _, personal in parts]
    return _divided(value) if isinstance(value, Struct) else (value, None)


@cache
def _plan(kind: type[Struct]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Fields that are open, that are personal, and that have personal fields somewhere inside."""
    hints = get_type_hints(kind)
    names = [name for name in kind.__struct_fields__ if hints[name] is not Meta]
    marked = tuple(name for name in names if name in getattr(kind, "PII", ()))
    within = tuple(name for name in names if name not in marked and any(map(_has_personal, _records(hints[name]))))
    return tuple(name for name in names if name not in (*marked, *within)), marked, within


def _has_personal(kind: type[Struct]) -> bool:
    _, marked, within = _plan(kind)
    return bool(marked or within)


def _records(annotation: Any) -> Iterator[type[Struct]]:
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        yield annotation
    for argument in get_args(annotation):
        yield from _records(argument)
