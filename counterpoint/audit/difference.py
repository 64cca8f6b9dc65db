"""Shows where two events that should be the same are not."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from contracts.events import Event

MOST_LINES = 12


def differing(recorded: Event, again: Event) -> list[str]:
    """A line for each field that differs, with both values, but for personal data, of which only the name is given."""
    if type(recorded) is not type(again):
        return [f"recorded {type(recorded).__name__}, decided again {type(again).__name__}", *_decided_by(again)]
    one, other = dict(_leaves(recorded)), dict(_leaves(again))
    names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
    lines = [_line(type(recorded), name, one.get(name), other.get(name)) for name in names]
    more = [f"and {len(lines) - MOST_LINES} more fields"] if len(lines) > MOST_LINES else []
    return lines[:MOST_LINES] + more


def _decided_by(event: Event) -> list[str]:
    rule = getattr(event, "deciding_rule", None)
    return [f"deciding_rule: decided again {rule}"] if rule else []


def _line(kind: type[Event], name: str, recorded: Any, again: Any) -> str:
    if _is_personal(kind, name):
        return f"{name}: differs (personal data, not shown)"
    return f"{name}: recorded {_shown(recorded)}, decided again {_shown(again)}"


def _is_personal(kind: type[Event], name: str) -> bool:
    personal: tuple[str, ...] = getattr(kind, "PII", ())
    return not name.startswith("meta/") and not set(personal).isdisjoint(name.split("/"))


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "nothing" if value is None else repr(value)


def _leaves(event: Event) -> Iterator[tuple[str, Any]]:
    yield from _under("", msgspec.to_builtins(event, builtin_types=(datetime, bytes)))


def _under(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _under(f"{name}/{key}" if name else key, part)
    elif isinstance(value, list | tuple) and value:
        for n, part in enumerate(value):
            yield from _under(f"{name}/{n}", part)
    else:
        yield name, value
