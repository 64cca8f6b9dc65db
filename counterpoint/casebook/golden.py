"""Runs a file of golden cases through the gate's own `decide`: the schema is that of `tests/golden/`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from counterpoint.casebook.cases import check_case, names_of
from counterpoint.casebook.forms import WrongCase
from services.compliance.core.rules.rule import RuleSet
from services.compliance.loader import WrongRules, read_plain

CASE_KEYS = frozenset(
    {"id", "family", "source", "basis", "confidence", "title", "timezones", "history", "facts", "request", "expect"}
    | {"why", "note", "notes"}
)
NEEDED = ("id", "timezones", "request", "expect")


class WrongFile(Exception):
    """The file is none of golden cases; the message says why."""


class Result(Struct, frozen=True):
    """What became of one case; `problem` is None if it passed."""

    case_id: str
    title: str
    problem: str | None


def run_file(path: Path, rules: RuleSet) -> list[Result]:
    """Every case of a file, judged; raises WrongFile."""
    names = names_of(rules)
    return [_run(case, rules, names) for case in read_cases(path)]


def _run(case: Mapping[str, Any], rules: RuleSet, names: Mapping[str, Any]) -> Result:
    case_id, title = str(case.get("id", "?")), str(case.get("title", ""))
    unknown = sorted(set(map(str, case)) - CASE_KEYS)
    missing = [key for key in NEEDED if key not in case]
    if unknown or missing:
        what = f"nobody knows {', '.join(unknown)}" if unknown else f"{', '.join(missing)} is missing"
        return Result(case_id, title, f"the case cannot be read: {what}")
    try:
        return Result(case_id, title, check_case(case, rules, names))
    except WrongCase as fault:
        return Result(case_id, title, f"the case cannot be read: {fault}")
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        return Result(case_id, title, f"the case cannot be read: {type(fault).__name__}: {fault}")


def read_cases(path: Path) -> Iterator[Mapping[str, Any]]:
    """The cases of a file; raises WrongFile."""
    try:
        content = read_plain(path)  # in which timestamps stay text
    except WrongRules as error:
        raise WrongFile(str(error)) from error
    if not isinstance(content, dict) or not isinstance(content.get("cases"), list):
        raise WrongFile(f"{path}: a file of golden cases has a list `cases`")
    if set(content) - {"version", "cases", "source", "note"}:
        raise WrongFile(f"{path}: nobody knows {', '.join(sorted(set(content) - {'version', 'cases'}))}")
    cases = content["cases"]
    if not all(isinstance(case, dict) for case in cases):
        raise WrongFile(f"{path}: every case is a mapping")
    return iter(cases)
