"""Provider specifications (OpenAPI 3.0), compiled to checks that cost microseconds.

openapi-core takes 7 ms for one request of this size, which no load test could bear. The checks here are compiled from
the same files; `tests/unit/providers/test_specification.py` holds the two to the same answers.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

DIRECTORY = Path(__file__).resolve().parent / "specifications"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

Schema = Mapping[str, Any]
Check = Callable[[Any], str | None]
"""Says what is wrong with a value, or None."""

_WORDS = {"y", "yes", "t", "true", "on", "1", "n", "no", "f", "false", "off", "0"}
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")


class WrongAnswer(Exception):
    """The simulator was about to answer what a specification does not allow: a bug in it."""


class Wrong(Struct, frozen=True):
    """A field that the specification does not allow, and why."""

    field: str
    why: str


class Operation:
    """One operation: what may be asked, and what may be answered."""

    def __init__(self, declared: Schema, shared: Sequence[Schema], resolve: Callable[[Schema], Schema]) -> None:
        parameters = [*shared, *declared.get("parameters", ())]
        self.query = _Fields(
            {p["name"]: p["schema"] for p in parameters if p["in"] == "query"},
            [p["name"] for p in parameters if p["in"] == "query" and p.get("required")],
            resolve,
            may_be_empty=False,
        )
        self.path = {p["name"]: _text_check(resolve(p["schema"])) for p in parameters if p["in"] == "path"}
        content = declared.get("requestBody", {}).get("content", {}).get(FORM, {})
        form = resolve(content.get("schema", {}))
        self.form = _Fields(form.get("properties", {}), form.get("required", ()), resolve)
        self._answers = {
            status: _value_check(answer["content"][JSON]["schema"], resolve)
            for status, answer in declared["responses"].items()
            if JSON in answer.get("content", {})
        }

    def check_answer(self, status: int, answer: object) -> str | None:
        """What is wrong with an answer of ours; errors are not described by the specification."""
        check = self._answers.get(str(status))
        return check(answer) if check else f"there is no answer {status}"


class _Fields:
    """The fields of a form or a query: values are text, and must be fit to become what the schema says."""

    def __init__(
        self,
        properties: Mapping[str, Schema],
        required: Sequence[str],
        resolve: Callable[[Schema], Schema],
        *,
        may_be_empty: bool = True,
    ) -> None:
        self._may_be_empty = may_be_empty
        self.required = frozenset(required)
        self._checks = {name: _text_check(resolve(schema), resolve) for name, schema in properties.items()}

    def check(self, pairs: Sequence[tuple[str, str]]) -> list[Wrong]:
        """Everything wrong with the fields; a name that the specification does not know is wrong too."""
        wrong = [Wrong(name, "is missing") for name in sorted(self.required - {name for name, _ in pairs})]
        for name, value in pairs:
            check = self._checks.get(name)
            why = "is not a field of this operation" if check is None else check(value)
            if not value and not self._may_be_empty:
                why = "is empty"
            if why is not None:
                wrong.append(Wrong(name, why))
        return wrong


class Specification:
    """The operations of one file, by method and path."""

    def __init__(self, file: str) -> None:
        self.document: dict[str, Any] = json.loads((DIRECTORY / file).read_text(encoding="utf-8"))
        self.operations: dict[tuple[str, str], Operation] = {}
        for path, item in self.document["paths"].items():
            for method in item.keys() & {"get", "post", "put", "delete"}:
                self.operations[method, path] = Operation(item[method], item.get("parameters", ()), self._resolve)

    def _resolve(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            found: Any = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema


def _text_check(schema: Schema, resolve: Callable[[Schema], Schema] = lambda s: s) -> Check:
    kind = schema.get("type", "string")
    if kind == "array":
        return _text_check(resolve(schema["items"]), resolve)
    cast = _CASTS.get(kind)
    if cast is None:
        return _string_check(schema)
    least, most = schema.get("minimum", float("-inf")), schema.get("maximum", float("inf"))

    def check(value: str) -> str | None:
        try:
            number = cast(value)
        except ValueError:
            return f"is no {kind}"
        return None if not (number < least or number > most) else f"is not between {least} and {most}"

    return check


def _boolean(value: str) -> float:
    if value.lower() not in _WORDS:
        raise ValueError(value)
    return 0.0


_CASTS: dict[str, Callable[[str], float]] = {"integer": int, "number": float, "boolean": _boolean}


def _string_check(schema: Schema) -> Check:
    least, most = schema.get("minLength", 0), schema.get("maxLength", float("inf"))
    pattern = re.compile(schema["pattern"]) if "pattern" in schema else None
    words = frozenset(schema["enum"]) if "enum" in schema else None
    dated = schema.get("format") == "date-time"

    def check(value: str) -> str | None:
        if not least <= len(value) <= most:
            return f"has {len(value)} characters, not {least} to {most}"
        if pattern is not None and not pattern.search(value):
            return f"does not match {schema['pattern']}"
        if words is not None and value not in words:
            return f"is none of {', '.join(sorted(words))}"
        return "is no date and time with a zone" if dated and not _is_date_time(value) else None

    return check


def _is_date_time(value: str) -> bool:
    if not _DATE_TIME.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value.upper())
    except ValueError:
        return False
    return True


def _value_check(schema: Schema, resolve: Callable[[Schema], Schema]) -> Check:
    schema = resolve(schema)
    nullable = schema.get("nullable", False)
    check = _kind_check(schema, resolve)

    def checked(value: Any) -> str | None:
        if value is None:
            return None if nullable else "is null"
        return check(value)

    return checked


def _kind_check(schema: Schema, resolve: Callable[[Schema], Schema]) -> Check:
    kind = schema.get("type", "object")
    if kind == "object":
        return _object_check(schema, resolve)
    if kind == "array":
        item = _value_check(schema["items"], resolve)
        return lambda value: "is no array" if not isinstance(value, list) else _first(item(v) for v in value)
    if kind == "string":
        text = _string_check(schema)
        return lambda value: text(value) if isinstance(value, str) else "is no string"
    types: Any = {"integer": int, "number": (int, float), "boolean": bool}[kind]
    return lambda value: (
        None if isinstance(value, types) and (kind == "boolean" or not isinstance(value, bool)) else f"is no {kind}"
    )


def _object_check(schema: Schema, resolve: Callable[[Schema], Schema]) -> Check:
    checks = {name: _value_check(s, resolve) for name, s in schema.get("properties", {}).items()}
    required = frozenset(schema.get("required", ()))

    def check(value: Any) -> str | None:
        if not isinstance(value, dict):
            return "is no object"
        if missing := required - value.keys():
            return f"{min(missing)} is missing"
        for name, v in value.items():
            if name in checks and (why := checks[name](v)) is not None:
                return f"{name} {why}"
        return None

    return check


def _first(found: Any) -> str | None:
    return next((why for why in found if why is not None), None)
