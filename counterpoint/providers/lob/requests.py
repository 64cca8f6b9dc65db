"""Lob's requests: fields in brackets become objects, and each is held to Lob's own specification."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator

from counterpoint.providers.specification import DIRECTORY

_BRACKETS = re.compile(r"\[([^\]]*)\]")
_WORDS = {"true": True, "false": False}


@cache
def document() -> dict[str, Any]:
    """The specification."""
    found: dict[str, Any] = json.loads((DIRECTORY / "lob.openapi.json").read_text(encoding="utf-8"))
    return found


@cache
def _validator(name: str, *, answer: bool) -> Any:
    kind = OAS30ReadValidator if answer else OAS30WriteValidator
    return kind({"$ref": f"#/components/schemas/{name}", "components": document()["components"]})


def wrong(schema: str, content: Mapping[str, Any], *, answer: bool = False) -> str | None:
    """What the specification does not allow in a request, or an answer, in a sentence; None if nothing."""
    errors = sorted(_validator(schema, answer=answer).iter_errors(content), key=lambda e: len(e.absolute_path))
    if not errors:
        return None
    return f"{'.'.join(map(str, errors[0].absolute_path)) or 'request'}: {errors[0].message[:200]}"


def nested(fields: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """A form as the object that it stands for: `to[name]=…` is the name within `to`; true and false are no text."""
    whole: dict[str, Any] = {}
    for name, value in fields:
        head, keys = name.partition("[")[0], _BRACKETS.findall(name)
        target = whole
        for key in [head, *keys][:-1]:
            target = target.setdefault(key, {})
        target[[head, *keys][-1]] = _WORDS.get(value, value) if isinstance(value, str) and not keys else value
    return whole
