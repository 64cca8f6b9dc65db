"""Reads rule files: all of them, or none and a reason that names file and line."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from msgspec import Struct

from chassis import yaml_files
from chassis.failures import Halted
from chassis.yaml_files import YamlFile
from contracts.ids import RuleId
from services.compliance.core.jurisdictions import ZONE_OF
from services.compliance.core.rules import KINDS
from services.compliance.core.rules.rule import Definition, RuleSet, channel_bits
from services.compliance.core.rules.scope import read_scope
from services.compliance.core.zones import is_zone

DIRECTORY = Path(__file__).resolve().parent / "rules"
LAW = DIRECTORY / "us"
HOUSE = DIRECTORY / "house"
SCHEMA = json.loads((DIRECTORY / "rules.schema.json").read_text(encoding="utf-8"))
NEEDED = ("hours", "opt-out", "stop")
"""A set without a rule of each of these kinds would let through what no policy can want."""

FIRST_ZONE, LAST_ZONE = timedelta(hours=14), timedelta(hours=12)
"""How far ahead of UTC, and how far behind it, a date begins and ends anywhere."""

FOR_EVER = 1 << 62
_validator = Draft202012Validator(SCHEMA)


class WrongRules(Halted):
    """Rules cannot be used; the message names each file and line, and says why."""


class RuleFile(YamlFile, frozen=True):
    """A rule as it stands in its file, and the line of each of its parts."""


def load_rules(directories: Sequence[Path]) -> RuleSet:
    """All rules of some folders; raises WrongRules if one of them cannot be used, or they do not go together."""
    return rule_set(load_files(directories))


def load_files(directories: Sequence[Path], *, whole: bool = True) -> list[RuleFile]:
    """All rule files of some folders, checked, and whether they make up a whole pack; raises WrongRules."""
    paths: list[Path] = []
    for directory in directories:
        found = sorted(directory.rglob("*.yaml"))
        if not found:
            raise WrongRules(f"{directory}: there is no rule here; check COUNTERPOINT_COMPLIANCE_HOUSE_RULES")
        paths += found
    files: list[RuleFile] = []
    faults: list[str] = []
    for path in paths:
        try:
            file = read_file(path)
        except WrongRules as fault:
            faults.append(str(fault))
        else:
            files.append(file)
            faults += _faults(file)
    faults += _together(files, whole) if not faults else []
    if faults:
        raise WrongRules("\n".join(faults))
    return files


def rule_set(files: Sequence[RuleFile]) -> RuleSet:
    """The rules of checked files, in the order in which they are asked: by kind, the law before the house."""
    order = [kind.name for kind in KINDS]
    ordered = sorted(
        files, key=lambda f: (order.index(f.content["kind"]), not f.content["id"].startswith("us"), f.content["id"])
    )
    builders = {kind.name: kind.build for kind in KINDS}
    rules = [builders[file.content["kind"]](_definition(file.content)) for file in ordered]
    return RuleSet(rules, digest(files))


class Pack(Struct, frozen=True):
    """Rules, ready to be asked, with the text of each by its id: all that it takes to make them again."""

    rules: RuleSet
    texts: Mapping[str, str]


def load_pack(directories: Sequence[Path]) -> Pack:
    """All rules of some folders; raises WrongRules."""
    files = load_files(directories)
    return Pack(rule_set(files), {file.content["id"]: text_of(file.content) for file in files})


def text_of(content: Mapping[str, Any]) -> str:
    """What a rule says, whatever the layout of its file; its cases are no part of it."""
    return json.dumps({k: v for k, v in content.items() if k != "cases"}, sort_keys=True, ensure_ascii=False)


def digest(files: Iterable[RuleFile]) -> str:
    """A hash of all that the rules say."""
    return hashlib.sha256("\n".join(sorted(text_of(file.content) for file in files)).encode()).hexdigest()[:32]


def read_file(path: Path) -> RuleFile:
    """One file, parsed and not yet checked; raises WrongRules."""
    return yaml_files.read_file(path, RuleFile, "a rule", WrongRules)


def read_plain(path: Path) -> Any:
    """What a YAML file holds; raises WrongRules."""
    return yaml_files.read_plain(path, WrongRules)


def _faults(file: RuleFile) -> list[str]:
    found = [_explained(file, error) for error in _validator.iter_errors(file.content)]
    return found or _contradictions(file)


def _explained(file: RuleFile, error: ValidationError) -> str:
    place = tuple(error.absolute_path)
    name = "/".join(map(str, place)) or "the rule"
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
        unknown = sorted(set(map(str, error.instance)) - set(known))
        return file.fault(f"{name}: nobody knows {', '.join(unknown)}", *place, *unknown[:1])
    return file.fault(f"{name}: {error.message}", *place)


def _contradictions(file: RuleFile) -> list[str]:
    content, found = file.content, []
    if content["id"] != file.path.stem:
        found.append(file.fault(f"the rule is {content['id']}, so its file must be called {content['id']}.yaml", "id"))
    for name in ("effective_from", "effective_to", "last_checked"):
        if name in content and _date(content[name]) is None:
            found.append(file.fault(f"{name}: {content[name]} is no date", name))
    if not found and content.get("effective_to", "9999-12-31") < content["effective_from"]:
        found.append(file.fault("effective_to: the rule ends before it begins", "effective_to"))
    place, folder = place_of(content["id"]).lower(), file.path.parent.name
    if place and folder != place:
        found.append(file.fault(f"the rule is {content['id']}, so its file must be in the folder {place}", "id"))
    parameters = content["parameters"]
    if content["kind"] == "hours" and parameters["opens"] >= parameters["closes"]:
        found.append(file.fault("parameters: it must open before it closes", "parameters", "opens"))
    found += [
        file.fault(f"cases/{n}/zones: {zone} is no time zone", "cases", n, "zones")
        for n, case in enumerate(content["cases"])
        for zone in case["zones"]
        if not is_zone(zone)
    ]
    return found


def _together(files: Sequence[RuleFile], whole: bool) -> list[str]:
    counts = Counter(file.content["id"] for file in files)
    found = [
        file.fault(f"there is another rule {file.content['id']}", "id")
        for file in files
        if counts[file.content["id"]] > 1
    ]
    found += _succession(files)
    kinds = {file.content["kind"] for file in files}
    return found + [
        f"{kind}: no rule of this kind is there, and without one nothing may go out"
        for kind in NEEDED
        if whole and kind not in kinds
    ]


def _succession(files: Sequence[RuleFile]) -> list[str]:
    """What is wrong with rules that take the place of others."""
    by_id = {file.content["id"]: file for file in files}
    found = []
    for file in files:
        older, starts = by_id.get(file.content.get("replaces", "")), file.content["effective_from"]
        if "replaces" in file.content and older is None:
            found.append(file.fault(f"replaces: there is no rule {file.content['replaces']}", "replaces"))
        elif older and older.content.get("effective_to", "9999-12-31") >= starts:
            both = f"it and {older.content['id']}, which it replaces, would both be in force from {starts} on"
            found.append(file.fault(both, "effective_from"))
    return found


def _definition(content: Mapping[str, Any]) -> Definition:
    starts, ends = _date(content["effective_from"]), _date(content.get("effective_to", ""))
    assert starts is not None, "dates were checked"
    place = place_of(content["id"])
    zone = ZoneInfo(ZONE_OF[place]) if place in ZONE_OF else None
    first = starts - FIRST_ZONE if zone is None else starts.replace(tzinfo=zone)
    last = None if ends is None else ends + timedelta(days=1)
    if last is not None:
        last = last + LAST_ZONE if zone is None else last.replace(tzinfo=zone)
    return Definition(
        id=RuleId(content["id"]),
        citation=content["citation"],
        starts=int(first.timestamp()),
        ends=FOR_EVER if last is None else int(last.timestamp()),
        binds=channel_bits(content["channels"]),
        parameters=content["parameters"],
        place=place,
        only=read_scope(content.get("only")),
        unless=read_scope(content.get("unless")),
        covers=tuple(content.get("covers", ())),
    )


def place_of(rule_id: str) -> str:
    """The state or city whose law a rule is; empty for federal law and for the house."""
    return rule_id.partition(".")[0].partition("-")[2].upper()


def _date(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
