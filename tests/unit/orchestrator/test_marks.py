"""Marks that steps set on a consumer, and conditions that ask for them, then and when the next strategy is entered.

A green run does not prove that anybody looks at a mark: conditions do, people need not.
"""

from pathlib import Path
from typing import Any

from services.orchestrator.loader import LIBRARY, StrategyFile, load_file, strategies_of
from tests.unit.compliance.factories import an_account
from tests.unit.orchestrator.factories import NEW_YORK_NINE, Talk

STEADY = load_file(LIBRARY / "steady.yaml")
FIRST = STEADY.content["steps"][0]


def a_talk(*steps: dict[str, Any], **parts: Any) -> Talk:
    """A conversation by a strategy with these steps before its only contact."""
    content = {
        **STEADY.content,
        "steps": [*steps, FIRST, {"id": "done", "kind": "exit", "reason": "completed"}],
        **parts,
    }
    talk = Talk(strategies_of([StrategyFile(Path("steady.yaml"), content, {})]))
    talk.tell(an_account(when=NEW_YORK_NINE))
    return talk


def a_mark(name: str, **parts: Any) -> dict[str, Any]:
    """A step that sets a mark."""
    return {"id": f"mark-{name}-{len(parts)}", "kind": "set", "mark": name, **parts}


def test_a_mark_is_set_and_taken_away_and_a_branch_asks_for_it() -> None:
    fork = {"id": "fork", "kind": "branch", "ways": [{"if": {"marked": ["a"], "unmarked": ["b"]}, "then": "done"}]}
    there = a_talk(a_mark("a"), {**fork, "else": "first"})
    assert (there.end, there.state.marks) == ("completed", ("a",))
    gone = a_talk(a_mark("a"), a_mark("a", to=False), {**fork, "else": "first"})
    assert (gone.end, gone.state.marks) == ("running", ())
    both = a_talk(a_mark("a"), a_mark("b"), {**fork, "else": "first"})
    assert (both.end, both.state.marks) == ("running", ("a", "b"))


def test_a_mark_stays_when_the_conversation_ends_and_bars_or_opens_the_entry_of_others() -> None:
    talk = a_talk(a_mark("seen"), {"id": "over", "kind": "exit", "reason": "completed"})
    assert talk.state.marks == ("seen",)
    entry = {**STEADY.content["entry"], "if": {"unmarked": ["seen"]}}
    content = {**STEADY.content, "entry": entry}
    barred = Talk(strategies_of([StrategyFile(Path("steady.yaml"), content, {})]))
    barred.state = talk.state
    barred.tell(an_account("second", NEW_YORK_NINE, debt_id="second"))
    assert barred.end == "completed"
    entry["if"] = {"marked": ["seen"]}
    open_ = Talk(strategies_of([StrategyFile(Path("steady.yaml"), content, {})]))
    open_.state = talk.state
    open_.tell(an_account("second", NEW_YORK_NINE, debt_id="second"))
    assert open_.end == "running"
