"""The commands that freeze schemas and generate types, run as a person runs them, in a copy of the tree.

A green run does not prove that a frozen file is never edited by hand.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from chassis.schemas import DIRECTORY

ROOT = DIRECTORY.parent
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what the commands need, in which today's schemas are release 1."""
    for folder in ("contracts", "chassis", "schemas", "tools"):
        copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    return tmp_path


@pytest.fixture
def run(tree: Path) -> Run:
    """Runs `python -m` in the copy."""

    def run_module(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", *arguments]
        return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)

    return run_module


def change(tree: Path) -> None:
    """Add a field to an event."""
    path = tree / "schemas/events/timer/TimerDue.avsc"
    schema = json.loads(path.read_text())
    later = {"name": "later", "doc": "Later.", "type": ["null", "string"], "default": None}
    path.write_text(json.dumps({**schema, "fields": [*schema["fields"], later]}))


def releases(tree: Path) -> dict[str, str]:
    """What is released of the event that is changed."""
    return {f.name: f.read_text() for f in (tree / "schemas/released/TimerDue").glob("*.avsc")}


def test_a_change_becomes_the_next_release_and_the_last_stays_as_it_is(tree: Path, run: Run) -> None:
    assert run("tools.release_schemas").returncode == 0
    before = releases(tree)
    change(tree)
    waiting = run("tools.release_schemas", "--check")
    assert (waiting.returncode, waiting.stderr.splitlines()[-1]) == (
        1,
        "not released yet: TimerDue; run python -m tools.release_schemas",
    )
    number = len(before) + 1
    assert run("tools.release_schemas").stdout == f"schemas/released/TimerDue/{number}.avsc\n"
    after = releases(tree)
    assert {name: after[name] for name in before} == before
    assert [f["name"] for f in json.loads(after[f"{number}.avsc"])["fields"]][-1] == "later"
    assert run("tools.release_schemas", "--check").returncode == 0
    assert run("tools.release_schemas").stdout == ""


def test_a_release_that_nobody_has_can_be_made_again(tree: Path, run: Run) -> None:
    run("tools.release_schemas")
    before = releases(tree)
    change(tree)
    assert run("tools.release_schemas", "--again").stdout == f"schemas/released/TimerDue/{len(before)}.avsc\n"
    assert releases(tree).keys() == before.keys()
    assert run("tools.release_schemas", "--check").returncode == 0


def test_types_that_are_not_what_the_schemas_say_are_seen_and_written_anew(tree: Path, run: Run) -> None:
    change(tree)
    stale = run("tools.gen_events", "--check")
    assert (stale.returncode, stale.stderr) == (1, "contracts is not what schemas/ says (events): run make schemas\n")
    assert run("tools.gen_events").returncode == 0
    assert run("tools.gen_events", "--check").returncode == 0
    assert "later: str | None = None" in (tree / "contracts/events.py").read_text()


def test_an_event_on_no_topic_is_refused(tree: Path, run: Run) -> None:
    path = tree / "schemas/events/timer/TimerDue.avsc"
    (path.parent / "TimerLost.avsc").write_text(path.read_text().replace("TimerDue", "TimerLost"))
    refused = run("tools.gen_events")
    assert (refused.returncode, refused.stderr) == (1, "on no topic, or on a topic without a schema: ['TimerLost']\n")
