"""`counterpoint strategies`: plans, faults and differences in words.

Green does not prove that the words are good: read `counterpoint strategies show early-out`.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from counterpoint.cli import application
from counterpoint.strategy_words import differences, plan, told
from services.orchestrator.loader import DIRECTORY, LIBRARY, SCHEMA, StrategyFile, load_files

FILES = [*load_files(DIRECTORY), *load_files(LIBRARY)]
STEADY = LIBRARY / "steady.yaml"


def run(*words: str) -> tuple[int, str]:
    """Run the command; its exit code, and what it prints."""
    result = CliRunner().invoke(application("strategies"), ["strategies", *words])
    return result.exit_code, result.output


def test_every_strategy_is_listed_with_what_it_does() -> None:
    code, out = run("list")
    assert code == 0
    for file in FILES:
        assert f"{file.name}" in out
        assert file.content["title"] in out


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_plan_has_every_step_and_every_reaction(file: StrategyFile) -> None:
    page = "\n".join(plan(file.content))
    assert all(f" {step['id']}: " in page for step in file.content["steps"])
    assert all(f"if it fails, {name}: " in page for name in file.content["reactions"]["failed"])
    assert "any other rule refuses: " in page


def test_every_kind_of_step_and_every_condition_can_be_told() -> None:
    kinds = {step["kind"] for file in FILES for step in file.content["steps"]}
    assert kinds | {"set"} == set(SCHEMA["$defs"]["step"]["properties"]["kind"]["enum"])
    answers = {
        "owed": {"at_least": "1.00", "below": "2.00"}, "accounts": {"at_least": 2}, "language": ["es"], "consent": True,
        "charged_off": False, "segment": ["engaged"], "promise": ["none"], "paid": False, "replied": True,
        "sent": {"below": 3}, "delivered": False, "marked": ["promised", "called"], "unmarked": ["lost"],
    }  # fmt: skip
    assert answers.keys() == SCHEMA["$defs"]["condition"]["properties"].keys()
    steady = next(f.content for f in FILES if f.name == "steady@1")
    fork = {"id": "enough", "kind": "branch", "ways": [{"if": answers, "then": "done"}], "else": "again"}
    said = told({**steady, "steps": [fork if s["id"] == "enough" else s for s in steady["steps"]]})["step enough"]
    assert "if at least 1.00 and less than 2.00 is owed and at least 2 accounts are open and" in said
    assert "not known to have arrived and the consumer is marked promised and called and" in said
    assert said.endswith("the consumer is not marked lost then done; else again")
    marks = [{"id": "on", "kind": "set", "mark": "called"}, {"id": "off", "kind": "set", "mark": "called", "to": False}]
    both = told({**steady, "steps": [*marks, *steady["steps"]], "review": True})
    assert both["step on"] == "mark the consumer called; then off"
    assert both["step off"] == "no longer mark the consumer called; then first"
    assert both["review"] == "a person releases each contact"


def test_show_says_who_enters_and_where_each_step_leads() -> None:
    code, out = run("show", "early-out")
    assert code == 0
    assert "enters: when an account is placed, if no account is charged off" in out
    assert "wait for a payment, 5d at most; if it comes then rest, else midweek" in out
    assert "wait until 10:00 on tuesday, wednesday or thursday; then reminder" in out
    assert run("show", str(STEADY))[1].startswith("steady, version 1: ")


def changed(folder: Path, *pairs: tuple[str, str]) -> Path:
    """A copy of a strategy with some words replaced."""
    text = STEADY.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "steady.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_validate_runs_the_cases_of_files_that_can_be_used(tmp_path: Path) -> None:
    files = len(load_files(LIBRARY))
    cases = sum(len(file.content["cases"]) for file in load_files(LIBRARY))
    code, out = run("validate", *map(str, sorted(LIBRARY.glob("*.yaml"))))
    assert (code, out) == (0, f"{files} files can be used; {cases} cases passed, 0 failed\n")
    path = changed(tmp_path, ("ends: paid", "ends: replied"))
    code, out = run("validate", str(path))
    assert code == 1
    assert f"{path}:" in out
    assert "A payment ends it: expected the end replied, got" in out


def test_validate_names_line_and_reason_of_what_cannot_be_used(tmp_path: Path) -> None:
    path = changed(tmp_path, ("template: welcome", "template: hello"))
    line = path.read_text(encoding="utf-8").splitlines().index("    template: hello") + 1
    code, out = run("validate", str(path))
    assert code == 1
    assert out.startswith(f"{path}:{line}: steps/0/template: sms has no template hello; it has ")
    assert "welcome" in out


@pytest.mark.parametrize(
    ("pairs", "lines"),
    [
        ((("    for: 7d", "    for: 5d"),), ["~ step days-between: wait 7d; then enough", "now wait 5d; then enough"]),
        ((("at_least: 4", "at_least: 3"),), ["if at least 4 contacts were sent", "now if at least 3 contacts were"]),
        ((("on: [reply, payment]", "on: [payment]"),), ["~ ends at once: on reply or payment;", "now on payment;"]),
        ((("    technical: {then: again, after: 4h}\n", ""),), ["- if it fails, technical: ask again after 4h"]),
        ((("id: done", "id: over"), ("then: done", "then: over")), ["- step done: end as", "+ step over: end as"]),
        ((("  - name: Stop ends it in", "  - name: Stop ends it all in"),), []),
    ],
)  # fmt: skip
def test_differences_are_said_in_words(tmp_path: Path, pairs: Sequence[tuple[str, str]], lines: Sequence[str]) -> None:
    code, out = run("diff", "steady", str(changed(tmp_path, *pairs)))
    assert code == 0
    for line in lines:
        assert line in out
    assert lines or out == "they do the same\n"


def test_another_beginning_is_a_difference() -> None:
    steady = next(f.content for f in FILES if f.name == "steady@1")
    turned = {**steady, "steps": [*steady["steps"][1:], {**steady["steps"][0], "then": "days-between"}]}
    assert differences(steady, turned)[-2:] == ["~ it begins with first", "    now with days-between"]
