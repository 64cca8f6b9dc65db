"""Every schema file is readable Avro, named and documented as schemas/README.md promises.

A green run does not prove that the words in a `doc` are true.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis.schemas import DIRECTORY, references, whole
from contracts import ids
from contracts.topics import TOPIC_OF
from tests.examples import FOLDER, personal

EVENTS = sorted(DIRECTORY.glob("events/*/*.avsc"))
TYPES = sorted(DIRECTORY.glob("types/*.avsc"))
FILES = [pytest.param(path, id=path.stem) for path in EVENTS + TYPES]
PAST = re.compile(r"[A-Z][a-z]+(?:[A-Z][a-z]+)*")
SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
NOT_AT = {"not_after", "since"}
"""Instants that were named before the rule was; a field never changes its name."""
OURS = {"pytype", "pii", "interned"}
"""Attributes that mean something to us and nothing to Avro; schemas/README.md explains them."""


def read(path: Path) -> Any:
    """A schema file as it stands."""
    return json.loads(path.read_text())


def fields_of(path: Path) -> list[dict[str, Any]]:
    """The fields of a record; none for an enum."""
    found: list[dict[str, Any]] = read(path).get("fields", [])
    return found


def logical(type_: Any) -> Iterator[str]:
    """The logical types that a type uses."""
    if isinstance(type_, list):
        for branch in type_:
            yield from logical(branch)
    elif isinstance(type_, dict):
        if "logicalType" in type_:
            yield type_["logicalType"]
        yield from logical(type_.get("items", type_.get("values")))


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_an_event_parses_with_all_that_it_uses(path: Path) -> None:
    assert whole(path.stem)["name"] == f"counterpoint.{path.parent.name}.{path.stem}"


@pytest.mark.parametrize("path", FILES)
def test_the_file_is_named_after_what_it_holds(path: Path) -> None:
    schema = read(path)
    subject = "" if path.parent.name == "types" else f".{path.parent.name}"
    assert (schema["name"], schema["namespace"]) == (path.stem, f"counterpoint{subject}")
    assert PAST.fullmatch(path.stem), path.stem


@pytest.mark.parametrize("path", FILES)
def test_everything_is_documented_in_sentences(path: Path) -> None:
    for part in (read(path), *fields_of(path)):
        doc = part.get("doc", "")
        assert doc.endswith("."), f"{path.stem}.{part['name']} needs a doc that is a sentence"


@pytest.mark.parametrize("path", FILES)
def test_fields_are_named_in_one_way(path: Path) -> None:
    names = [f["name"] for f in fields_of(path)]
    assert len(names) == len(set(names))
    for field in fields_of(path):
        name, kinds = field["name"], set(logical(field["type"]))
        assert SNAKE.fullmatch(name), name
        assert ("timestamp-millis" in kinds) == (name.endswith("_at") or name in NOT_AT), f"{name}: times end in _at"
        assert "date" not in kinds or name.endswith(("_on", "_date")), f"{name}: dates end in _on or _date"
        assert kinds <= {"timestamp-millis", "date", "decimal"}, f"{name}: the generator does not know {kinds}"


@pytest.mark.parametrize("path", FILES)
def test_ids_have_types_of_their_own_where_we_have_them(path: Path) -> None:
    for field in fields_of(path):
        wanted = "".join(part.capitalize() for part in field["name"].split("_"))
        if field["name"].endswith("_id") and hasattr(ids, wanted):
            assert wanted in field.get("pytype", ""), f"{path.stem}.{field['name']} needs the pytype {wanted}"


@pytest.mark.parametrize("path", FILES)
def test_only_attributes_that_are_explained_are_used(path: Path) -> None:
    readme = (DIRECTORY / "README.md").read_text()
    for field in fields_of(path):
        extra = field.keys() - {"name", "doc", "type", "default"}
        assert extra <= OURS, f"{path.stem}.{field['name']} has {sorted(extra - OURS)}"
    assert all(f"`{name}`" in readme for name in OURS)


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_an_event_begins_with_meta(path: Path) -> None:
    assert (fields_of(path)[0]["name"], fields_of(path)[0]["type"]) == ("meta", "counterpoint.Meta")


@pytest.mark.parametrize("path", [p for p in FILES if read(p.values[0])["type"] == "enum"])  # type: ignore[arg-type]
def test_an_enum_can_grow_without_breaking_who_reads_it(path: Path) -> None:
    schema = read(path)
    assert schema["default"] == schema["symbols"][0] == "UNKNOWN"
    assert all(s == s.upper() for s in schema["symbols"])


@pytest.mark.parametrize("path", FILES)
def test_what_may_be_null_is_null_when_nobody_says(path: Path) -> None:
    for field in fields_of(path):
        if isinstance(field["type"], list):
            assert field["type"][0] == "null", f"{path.stem}.{field['name']}: null comes first"
            assert len(field["type"]) == 2, f"{path.stem}.{field['name']}: one type beside null"
            assert field.get("default", "none") is None, f"{path.stem}.{field['name']} needs the default null"


def test_money_is_exact_and_says_its_currency() -> None:
    for path in EVENTS:
        names = {f["name"] for f in fields_of(path)}
        money = [f for f in fields_of(path) if "decimal" in set(logical(f["type"]))]
        kinds = [f["type"][-1] if isinstance(f["type"], list) else f["type"] for f in money]
        assert all(kind["scale"] == 2 for kind in kinds)
        assert not money or "currency" in names or path.stem == "PlacementBatchLoaded", path.stem


def test_no_shared_type_is_an_orphan() -> None:
    used = {name for path in EVENTS + TYPES for name in references(read(path))}
    assert {f"counterpoint.{path.stem}" for path in TYPES} == used


def test_no_event_is_an_orphan() -> None:
    assert {path.stem for path in EVENTS} == {kind.__name__ for kind in TOPIC_OF}


@pytest.mark.parametrize("folder", ["examples", "released"])
def test_no_example_and_no_release_is_an_orphan(folder: str) -> None:
    assert {p.name for p in (FOLDER.parent / folder).iterdir()} <= {path.stem for path in EVENTS}


def test_names_numbers_and_words_of_people_are_marked_as_personal() -> None:
    marked = {name for kind in TOPIC_OF for name in personal(kind)}
    assert marked >= {"first", "last", "number", "lines", "born_on", "client_account_number", "text", "body", "to"}


def test_a_name_is_personal_everywhere_or_nowhere() -> None:
    by_name: dict[str, set[bool]] = {}
    for path in EVENTS + TYPES:
        for field in fields_of(path):
            by_name.setdefault(field["name"], set()).add(bool(field.get("pii")))
    assert not {name for name, marks in by_name.items() if len(marks) > 1}, "logs drop fields by their name"
