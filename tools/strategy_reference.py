"""The reference page of strategy files, from the schema that they are checked by."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.orchestrator.loader import SCHEMA

SECTIONS = (
    ("A strategy", None),
    ("entry", "entry"),
    ("entry.if", "trait"),
    ("numbers", "numbers"),
    ("stops", "stops"),
    ("A step", "step"),
    ("A step of the kind contact", "contact"),
    ("A step of the kind wait", "wait"),
    ("A step of the kind wait_until", "wait_until"),
    ("A step of the kind wait_for", "wait_for"),
    ("A step of the kind branch", "branch"),
    ("condition", "condition"),
    ("A step of the kind experiment", "experiment"),
    ("A step of the kind choose", "choose"),
    ("A step of the kind assign", "assign"),
    ("A step of the kind exit", "exit"),
    ("window", "window"),
    ("reactions", "reactions"),
    ("A reaction", "reaction"),
    ("A case", "case"),
)
Schema = Mapping[str, Any]


def strategies_page(made: str) -> str:
    """Every property of a strategy file; `made` is the line that says where the page comes from."""
    lines = [
        "# Strategies",
        made,
        "",
        "What may stand in `services/orchestrator/strategies/<id>.yaml`; [how to add one](../how-to/add-a-strategy.md).",
        "Spans are written `30m`, `12h` or `3d`, times of day `09:30`, instants as ISO 8601 with their offset. A file that",
        "cannot be used stops the orchestrator with file, line and reason.",
    ]
    for title, name in SECTIONS:
        schema = SCHEMA if name is None else SCHEMA["$defs"][name]
        lines += ["", f"## {title}", "", "| property | | what it is |", "| --- | --- | --- |", *_rows(schema, "")]
    return "\n".join(lines) + "\n"


def _rows(schema: Schema, within: str) -> Iterator[str]:
    for name, part in schema.get("properties", {}).items():
        if part is True:  # said of every step
            continue
        where = f"{within}{name}"
        needed = "" if name in schema.get("required", ()) else "optional"
        yield f"| `{where}` | {needed} | {_cell(part)} |"
        yield from _rows(part, f"{where}.")
        yield from _rows(part.get("items", {}), f"{where}[].")


def _cell(part: Schema) -> str:
    said = str(part.get("description") or _resolved(part).get("description", ""))
    values = _values(part) or _values(part.get("items", {})) or _values(part.get("propertyNames", {}))
    return f"{said} {values}".strip().replace("|", "\\|").replace("<", "&lt;")


def _values(part: Schema) -> str:
    found = _resolved(part).get("enum", ())
    return f"One of {', '.join(f'`{value}`' for value in found)}." if found else ""


def _resolved(part: Schema) -> Schema:
    name = str(part.get("$ref", "")).removeprefix("#/$defs/")
    found: Schema = SCHEMA["$defs"][name] if name else part
    return found
