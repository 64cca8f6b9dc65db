"""The schema files, as whole schemas: today's, and every one that was ever released."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from fastavro.schema import fingerprint, load_schema_ordered, parse_schema, to_parsing_canonical_form

DIRECTORY = Path(__file__).resolve().parent.parent / "schemas"


def references(schema: Any) -> list[str]:
    """Names of the shared types that a schema uses."""
    if isinstance(schema, str):
        return [schema] if schema.startswith("counterpoint.") else []
    if isinstance(schema, list):
        return [r for branch in schema for r in references(branch)]
    if schema["type"] == "record":
        return [r for f in schema["fields"] for r in references(f["type"])]
    if schema["type"] in ("array", "map"):
        return references(schema["items" if schema["type"] == "array" else "values"])
    return []


@cache
def whole(event: str) -> Any:
    """Today's schema of an event, by its name, with the types that it uses written out."""
    (path,) = DIRECTORY.glob(f"events/*/{event}.avsc")
    needed: list[str] = []

    def need(schema: Any) -> None:
        for name in references(schema):
            file = DIRECTORY / "types" / f"{name.rsplit('.', 1)[-1]}.avsc"
            need(json.loads(file.read_text()))
            if str(file) not in needed:
                needed.append(str(file))

    need(json.loads(path.read_text()))
    return load_schema_ordered([*needed, str(path)])


def released(event: str) -> list[Any]:
    """Every released schema of an event, oldest first."""
    files = sorted((DIRECTORY / "released" / event).glob("*.avsc"), key=lambda f: int(f.stem))
    return [parse_schema(json.loads(f.read_text())) for f in files]


def plain(schema: Any) -> Any:
    """The schema without what the Avro library adds for itself."""
    if isinstance(schema, dict):
        return {k: plain(v) for k, v in schema.items() if not k.startswith("__")}
    return [plain(v) for v in schema] if isinstance(schema, list) else schema


def print_of(schema: Any) -> bytes:
    """The schema's CRC-64-AVRO fingerprint, as Avro single-object encoding writes it: eight bytes, lowest first."""
    return bytes.fromhex(fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO"))
