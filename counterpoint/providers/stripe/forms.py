"""Stripe's forms: fields in brackets become objects, and each request and answer is held to Stripe's specification.

Stripe writes nested fields as `a[b][0][c]=v`, which no reader of specifications decodes for it, and marks what may be
null beside a reference, where a checker would overlook it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft4Validator
from jsonschema.exceptions import ValidationError
from msgspec import Struct

from counterpoint.providers.specification import DIRECTORY, WrongAnswer

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
DEEPEST = 8
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_KEYS = re.compile(r"\[([^\]]*)\]")
_NUMBER = re.compile(r"-?\d{1,18}")
Schema = Mapping[str, Any]


class Wrong(Struct, frozen=True):
    """A field that Stripe does not take, and why, in its own words; `code` is Stripe's where it has one."""

    param: str
    message: str
    code: str | None = None


class Specification:
    """What may be asked and what may be answered, by method and path."""

    def __init__(self) -> None:
        document = json.loads((DIRECTORY / "stripe.openapi.json").read_text(encoding="utf-8"))
        self.paths: Mapping[str, Any] = document["paths"]
        self._whole = Draft4Validator({"components": _nullable(document["components"])})
        self._answers: dict[tuple[str, str], Any] = {}

    def read(self, method: str, path: str, pairs: Iterable[tuple[str, str]]) -> dict[str, Any] | Wrong:
        """A request's fields as the object that they stand for, or what is wrong with them."""
        schema = self._asked(method, path)
        found = nested(pairs)
        if isinstance(found, Wrong):
            return found
        content: dict[str, Any] = _fitted(found, schema)
        errors = sorted(self._whole.evolve(schema=schema).iter_errors(content), key=lambda e: len(e.absolute_path))
        return _told(errors[0]) if errors else content

    def check_answer(self, method: str, path: str, answer: object) -> None:
        """Raise WrongAnswer for an answer that the specification does not allow."""
        key = (method, path)
        if key not in self._answers:
            declared = self.paths[path][method]["responses"]["200"]["content"][JSON]["schema"]
            self._answers[key] = self._whole.evolve(schema=_nullable(declared))
        self._held(self._answers[key], answer)

    def check_object(self, name: str, answer: object) -> None:
        """Raise WrongAnswer for an object, within an event, that the specification does not allow."""
        self._held(self._whole.evolve(schema={"$ref": f"#/components/schemas/{name}"}), answer)

    def _held(self, validator: Any, answer: object) -> None:
        for error in validator.iter_errors(answer):
            raise WrongAnswer(f"{'.'.join(map(str, error.absolute_path))}: {error.message[:300]}")

    @cache  # noqa: B019 - there is one specification, and it lives as long as the process
    def _asked(self, method: str, path: str) -> Schema:
        declared = self.paths[path][method]
        if method == "post":
            form: Schema = declared["requestBody"]["content"][FORM]["schema"]
            return form
        asked = [p for p in declared.get("parameters", ()) if p["in"] == "query"]
        required = [p["name"] for p in asked if p.get("required")]
        properties = {p["name"]: p["schema"] for p in asked}
        schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
        return schema | ({"required": required} if required else {})


@cache
def specification() -> Specification:
    """The specification, read once."""
    return Specification()


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any] | Wrong:
    """Fields in brackets as an object; lists are objects with numbers for names until they are fitted."""
    whole: dict[str, Any] = {}
    for name, value in pairs:
        matched = _NAME.fullmatch(name)
        keys = [matched[1], *_KEYS.findall(matched[2])] if matched else []
        if not 0 < len(keys) <= DEEPEST:
            return Wrong(name[:100], f"Invalid parameter name: {name[:100]}")
        target = whole
        for key in keys[:-1]:
            target = target.setdefault(key or str(len(target)), {})
            if not isinstance(target, dict):
                return Wrong(keys[0], f"Invalid {keys[0]}: it is both a value and an object")
        last = keys[-1] or str(len(target))
        if isinstance(target.get(last), dict):
            return Wrong(keys[0], f"Invalid {keys[0]}: it is both a value and an object")
        target[last] = value
    return whole


def _fitted(value: Any, schema: Schema) -> Any:
    """A value with numbers and words become what the schema says, where they can; else as it was."""
    if "anyOf" in schema:
        tried = [_fitted(value, choice) for choice in schema["anyOf"]]
        kinds = zip(tried, schema["anyOf"], strict=True)
        return next((v for v, choice in kinds if Draft4Validator(dict(choice)).is_valid(v)), tried[0])
    if isinstance(value, dict):
        if schema.get("type") == "array":
            numbered = all(key.isdecimal() for key in value)
            items = [value[key] for key in sorted(value, key=int)] if numbered else [value]
            return [_fitted(item, schema.get("items", {})) for item in items]
        properties, other = schema.get("properties", {}), schema.get("additionalProperties")
        free: Schema = other if isinstance(other, dict) else {}
        return {key: _fitted(v, properties.get(key, free)) for key, v in value.items()}
    if schema.get("type") in ("integer", "number") and _NUMBER.fullmatch(value):
        return int(value)
    return {"true": True, "false": False}.get(value, value) if schema.get("type") == "boolean" else value


def _told(error: ValidationError) -> Wrong:
    """A fault of a request as Stripe would tell it."""
    path = [str(part) for part in error.absolute_path]
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
        name = _bracketed([*path, min(error.instance.keys() - known.keys())])
        return Wrong(name, f"Received unknown parameter: {name}", "parameter_unknown")
    if error.validator == "required":
        missing = re.match(r"'([^']*)'", error.message)
        name = _bracketed([*path, missing[1] if missing else ""])
        return Wrong(name, f"Missing required param: {name}.", "parameter_missing")
    name = _bracketed(path)
    code = "parameter_invalid_integer" if error.validator == "type" and error.validator_value == "integer" else None
    return Wrong(name, f"Invalid {name}: {error.message[:200]}", code)


def _bracketed(path: list[str]) -> str:
    return "".join([*path[:1], *(f"[{part}]" for part in path[1:])])


def _nullable(schema: Any) -> Any:
    """The schema with null among what is allowed where it says so."""
    if isinstance(schema, list):
        return [_nullable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _nullable(part) for key, part in schema.items() if key != "nullable" or isinstance(part, dict)}
    return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") is True else found
