"""The strategies that come with the service do what their worked cases say; files that cannot be used are refused.

Green does not prove that a strategy is wise.
"""

from pathlib import Path

import pytest

from chassis.schemas import DIRECTORY as CONTRACT
from counterpoint.simulate.strategy_cases import run_case
from services.orchestrator.loader import (
    DIRECTORY,
    LIBRARY,
    StrategyFile,
    WrongStrategy,
    load_files,
    load_strategies,
    strategies_of,
)
from tests.unit.orchestrator.factories import shipped
from tools.strategy_reference import strategies_page

CASES = [(file, case) for file in (*load_files(), *load_files(LIBRARY)) for case in file.content["cases"]]
FIRST_CONTACT = (DIRECTORY / "first-contact.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{file.name}: {case['name']}" for file, case in CASES])
def test_the_worked_cases_come_out_as_written(file: StrategyFile, case: dict[str, object]) -> None:
    assert run_case(case, strategies_of([file])) is None


def test_a_case_that_does_not_come_out_says_what_came_instead() -> None:
    _, case = CASES[0]
    wrong = {**case, "expect": {"contacts": [], "ends": "completed"}}
    assert "expected 0 contacts, got welcome to tel-1 at 2026-10-19T" in str(run_case(wrong, shipped()))
    wrong = {**case, "expect": {**case["expect"], "ends": "replied"}}
    assert "expected the end replied, got" in str(run_case(wrong, shipped()))


def line_of(text: str, part: str) -> int:
    """The line on which a part of a text begins."""
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "at", "reason"),
    [
        ("template: welcome", "template: wellcome", "template: wellcome", "sms has no template wellcome; it has"),
        ("channel: sms", "channel: fax", "channel: fax", "'fax' is not one of ['sms', 'email', 'voice', 'letter',"),
        ("kind: wait", "kind: nap", "kind: nap", "'nap' is not one of"),
        ("    for: 3d", "    for: three days", "for: three days", "does not match"),
        ("    for: 3d", "    fore: 3d", "fore: 3d", "nobody knows fore"),
        ("    for: 3d", "    for: 3d\n    then: nowhere", "then: nowhere", "there is no step nowhere"),
        ("    for: 3d", "    for: 3d\n    then: welcome", "- id: welcome", "nobody would ever come out of welcome"),
        ("    for: 3d", "    for: 59m\n    then: welcome", "- id: pause", "-> pause -> welcome is a circle without"),
        ("    for: 3d", "    for: 0m\n    then: pause", "- id: pause", "pause -> pause is a circle without a wait"),
        ("    for: 3d", "    for: 3d\n    then: done", "- id: follow-up", "nothing leads to follow-up"),
        ("- id: pause", "- id: welcome", "- id: welcome\n    kind: wait", "there is another step welcome"),
        ('opens: "09:00", closes: "17:00"', 'opens: "17:00", closes: "09:00"', 'opens: "17:00"', "open before"),
        ('opens: "09:00"', "opens: 9", "opens: 9", "9 is not of type 'string'"),
        ("tries: 8", "tries: 80", "tries: 80", "80 is greater than the maximum of 10"),
        ("id: first-contact", "id: second-contact", "id: second-contact", "its file must be called second"),
        ("version: 1", "version: 0", "version: 0", "0 is less than the minimum"),
        ("stops:", "stoops:", "stoops:", "nobody knows stoops"),
        ("reason: completed", "reason: bored", "reason: bored", "'bored' is not one of"),
        ("then: end, reason: opted-out", "then: end", '- {rules: ["us.opt', "'reason' is a required property"),
        ("{then: next-number}", "{then: next-number, afterwards: 1h}", "{then: next-number, afterw", "nobody knows"),
        ('    - {rules: ["*"], then: end, reason: vetoed}\n', "", "vetoed:", "must be for every rule"),
        ("    unknown: {then: next-step}\n", "", "failed:", "'unknown' is a required property"),
        ("tries: 8", "tries: 8\n    tries: 9", "tries: 9", "'tries' is here twice"),
        ("steps:", "steps: [", "  - id", ""),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_its_line_and_the_reason(
    tmp_path: Path, old: str, new: str, at: str, reason: str
) -> None:
    assert old in FIRST_CONTACT
    text = FIRST_CONTACT.replace(old, new, 1)
    path = tmp_path / "first-contact.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WrongStrategy) as refused:
        load_strategies(tmp_path)
    first = str(refused.value).splitlines()[0]
    assert reason in first
    assert first.startswith(f"{path}:{line_of(text, at)}: "), first


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "1: not a strategy"),
        (b"- a\n- b\n", "1: not a strategy"),
        (b"\xff\xfe", "1: cannot be read"),
        (b"a: b: c", "1: mapping values are not allowed here"),
        (b"a: !!python/object:os.system x", "1: could not determine a constructor"),
        (b"id: first-contact", "1: the strategy: 'version' is a required property"),
    ],
)
def test_what_is_no_strategy_at_all_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "first-contact.yaml").write_bytes(content)
    with pytest.raises(WrongStrategy, match=f"first-contact.yaml:{reason}"):
        load_strategies(tmp_path)


def test_a_folder_without_strategies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongStrategy, match="COUNTERPOINT_ORCHESTRATOR_STRATEGIES"):
        load_strategies(tmp_path)


def test_a_strategy_that_contacts_nobody_is_refused(tmp_path: Path) -> None:
    steps = FIRST_CONTACT.index("steps:\n"), FIRST_CONTACT.index("reactions:\n")
    text = FIRST_CONTACT[: steps[0]] + "steps:\n  - {id: nap, kind: wait, for: 1d}\n" + FIRST_CONTACT[steps[1] :]
    (tmp_path / "first-contact.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(WrongStrategy, match="there is no contact among them"):
        load_strategies(tmp_path)


def test_earlier_versions_stay_loadable_and_the_highest_is_offered(tmp_path: Path) -> None:
    (tmp_path / "first-contact@1.yaml").write_text(FIRST_CONTACT, encoding="utf-8")
    (tmp_path / "first-contact.yaml").write_text(FIRST_CONTACT.replace("version: 1", "version: 2"), encoding="utf-8")
    strategies = load_strategies(tmp_path)
    assert [s.name for s in strategies.offered] == ["first-contact@2"]
    assert set(strategies.every) == {"first-contact@1", "first-contact@2"}


def test_two_files_of_one_version_are_refused(tmp_path: Path) -> None:
    for name in ("first-contact", "first-contact@1"):
        (tmp_path / f"{name}.yaml").write_text(FIRST_CONTACT, encoding="utf-8")
    with pytest.raises(WrongStrategy, match="there is another file with first-contact@1"):
        load_strategies(tmp_path)


def test_the_reference_page_is_what_the_schema_says() -> None:
    page = (CONTRACT.parent / "docs" / "reference" / "strategies.md").read_text(encoding="utf-8")
    _, made, *_ = page.splitlines()
    assert page == strategies_page(made), "run make docs"


def test_every_property_of_the_schema_is_described() -> None:
    undescribed = [line for line in strategies_page("").splitlines() if line.endswith("|  |")]
    assert undescribed == []
