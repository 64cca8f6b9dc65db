"""The example messages of `schemas/examples/`, as events.

They are plain JSON: instants and dates in ISO 8601, money as text, and bytes as the text that they hold.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from chassis.schemas import DIRECTORY, whole
from contracts.events import Event
from contracts.topics import TOPIC_OF
from tests.avro_values import BUILT_IN

FOLDER = DIRECTORY / "examples"
KINDS = sorted(TOPIC_OF, key=lambda kind: kind.__name__)


class WrongExample(Exception):
    """An example that is missing, or is not what its schema says."""


def files_of(kind: type[Event]) -> list[Path]:
    """The files with examples of an event; raises WrongExample if there is none."""
    found = sorted((FOLDER / kind.__name__).glob("*.json"))
    if not found:
        raise WrongExample(f"{kind.__name__} has no example: write schemas/examples/{kind.__name__}/<case>.json")
    return found


def read(kind: type[Event], path: Path) -> Event:
    """One example; raises WrongExample."""
    fields = json.loads(path.read_text())
    for name, hint in get_type_hints(kind).items():
        if hint is bytes and name in fields:
            fields[name] = fields[name].encode()
    try:
        event = msgspec.convert(fields, kind, builtin_types=(bytes,))
    except msgspec.ValidationError as error:
        raise WrongExample(f"{path.relative_to(DIRECTORY.parent)} is no {kind.__name__}: {error}") from error
    if surplus := _surplus(fields, msgspec.to_builtins(event, builtin_types=(bytes,)), ""):
        raise WrongExample(f"{path.relative_to(DIRECTORY.parent)} has what {kind.__name__} has not: {surplus}")
    return event


@cache
def examples(kind: type[Event]) -> dict[str, Event]:
    """Every example of an event, by case; raises WrongExample."""
    return {path.stem: read(kind, path) for path in files_of(kind)}


def all_examples() -> dict[str, Event]:
    """Every example of every event, by `<Event>/<case>`."""
    return {f"{kind.__name__}/{case}": event for kind in KINDS for case, event in examples(kind).items()}


def fields_of(value: Any) -> Any:
    """A value of a generated type as an Avro library has it: records as dicts, enums as their symbols."""
    return _lists(msgspec.to_builtins(value, builtin_types=BUILT_IN))


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _lists(v) for k, v in value.items()}
    return [_lists(v) for v in value] if isinstance(value, list | tuple) else value


def _surplus(given: Any, kept: Any, where: str) -> str:
    """Where `given` has a field that the type does not keep; empty if nowhere."""
    if isinstance(given, dict):
        if unknown := given.keys() - kept.keys():
            return f"{where}{sorted(unknown)[0]}"
        return next((s for k in given if (s := _surplus(given[k], kept[k], f"{where}{k}."))), "")
    if isinstance(given, list):
        return next((s for g, k in zip(given, kept, strict=True) if (s := _surplus(g, k, where))), "")
    return ""


def personal(kind: type[Event]) -> set[str]:
    """Names of the fields, at any depth, that the schema marks as personal data."""
    return set(_personal(whole(kind.__name__)))


def _personal(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for branch in schema:
            yield from _personal(branch)
    elif isinstance(schema, dict):
        for field in schema.get("fields", ()):
            if field.get("pii"):
                yield field["name"]
            yield from _personal(field["type"])
        yield from _personal(schema.get("items"))
        yield from _personal(schema["type"] if isinstance(schema.get("type"), dict | list) else None)
