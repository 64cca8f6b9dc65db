"""Reads the clients' mapping files: all of them, or none and a reason."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from chassis.failures import Halted
from chassis.yaml_files import YamlFile, read_file
from services.ingest.core.columns import NAMES
from services.ingest.core.mapping import ClientMapping, folded

DIRECTORY = Path(__file__).resolve().parent / "mappings"
SCHEMA = json.loads((DIRECTORY / "mapping.schema.json").read_text(encoding="utf-8"))


class WrongMapping(Halted):
    """A mapping file cannot be used; the message names it and says why."""


def load_mappings(directories: Sequence[Path]) -> Mapping[str, ClientMapping]:
    """Every client's mapping; raises WrongMapping for a bad file and for two of one client."""
    found: dict[str, ClientMapping] = {}
    for directory in directories:
        if not directory.is_dir():
            raise WrongMapping(f"{directory} is no folder: see COUNTERPOINT_INGEST_MAPPINGS")
        for path in sorted(directory.glob("*.yaml")):
            if path.stem in found:
                raise WrongMapping(f"{path}: there is another mapping for client {path.stem}")
            found[path.stem] = load_mapping(path)
    return found


def load_mapping(path: Path) -> ClientMapping:
    """One mapping file; raises WrongMapping."""
    file = read_file(path, YamlFile, "a mapping", WrongMapping)
    document = file.content
    faults = [
        file.fault(f"{'/'.join(map(str, e.absolute_path)) or 'file'}: {e.message}", *e.absolute_path)
        for e in Draft202012Validator(SCHEMA).iter_errors(document)
    ] or [f"{path}: {fault}" for fault in _contradictions(document, path)]
    if faults:
        raise WrongMapping("\n".join(faults))
    return ClientMapping(
        version=document["version"],
        delimiter=document.get("delimiter", ","),
        columns={folded(theirs): ours for theirs, ours in document.get("columns", {}).items()},
        ignore=frozenset(folded(c) for c in document.get("ignore", ())),
        fixed=document.get("fixed", {}),
        values={
            ours: {folded(theirs): value for theirs, value in codes.items()}
            for ours, codes in document.get("values", {}).items()
        },
        dates=tuple(document.get("dates", ())),
    )


def _contradictions(document: Mapping[str, Any], path: Path) -> list[str]:
    columns = document.get("columns", {})
    ours = [*columns.values(), *document.get("fixed", {}), *document.get("values", {})]
    faults = [f"{name!r} is no column of ours" for name in sorted(set(ours) - NAMES)]
    if document["client"] != path.stem:
        faults.append(f"it is for client {document['client']!r}, so it must be called {document['client']}.yaml")
    twice = sorted({name for name in columns.values() if list(columns.values()).count(name) > 1})
    faults += [f"two of their columns become {name!r}" for name in twice]
    both = sorted({folded(c) for c in columns} & {folded(c) for c in document.get("ignore", ())})
    faults += [f"{name!r} is both mapped and ignored" for name in both]
    faults += [
        f"dates: {form!r} must have year, month and day once" for form in document.get("dates", ()) if _odd(form)
    ]
    return faults


def _odd(form: str) -> bool:
    letters = sorted(form[i + 1] for i, c in enumerate(form) if c == "%")
    return letters not in (["Y", "d", "m"], ["Y", "b", "d"])
