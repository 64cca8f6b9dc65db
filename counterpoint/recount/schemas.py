"""The schema files as this check reads them: straight from `schemas/`, by their fingerprints."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastavro.schema import fingerprint, parse_schema, to_parsing_canonical_form

DIRECTORY = Path(__file__).resolve().parents[2] / "schemas"


def writers(directory: Path = DIRECTORY) -> dict[bytes, Any]:
    """Every schema, of today and released, by its CRC-64-AVRO fingerprint as eight bytes, lowest first."""
    types = {f"counterpoint.{f.stem}": _read(f) for f in directory.glob("types/*.avsc")}
    found = [_whole(_read(f), types, set()) for f in directory.glob("events/*/*.avsc")]
    found += [_read(f) for f in directory.glob("released/*/*.avsc")]
    parsed = [parse_schema(schema) for schema in found]
    return {bytes.fromhex(fingerprint(to_parsing_canonical_form(s), "CRC-64-AVRO")): s for s in parsed}


def _read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def _whole(schema: Any, types: Mapping[str, Any], written: set[str]) -> Any:
    """A schema with each shared type written out where it is named first."""
    if isinstance(schema, str) and schema in types and schema not in written:
        written.add(schema)
        return _whole(types[schema], types, written)
    if isinstance(schema, list):
        return [_whole(branch, types, written) for branch in schema]
    if isinstance(schema, dict):
        inner = {k: _whole(schema[k], types, written) for k in ("type", "items", "values") if k in schema}
        if "fields" in schema:
            inner["fields"] = [_whole(field, types, written) for field in schema["fields"]]
        return schema | inner
    return schema
