"""The demo, small: every process on a real broker, a week in seconds, and the independent check at the end.

A green run does not prove that two thousand accounts and three weeks come out as well: `make demo` does.
"""

import csv
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from counterpoint.embedded.stack import ROOT
from counterpoint.embedded.state import find_state
from tests.processes import environment

ACCOUNTS, DAYS, SECONDS = "60", "8", "30"
NUMBERS = ["unlawful contacts: 0", "double contacts: 0", "lost events: 0"]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's user may enter, which pytest's own is not."""
    with TemporaryDirectory(prefix="counterpoint-", ignore_cleanup_errors=True) as directory:
        yield Path(directory)


def counterpoint(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does."""
    return subprocess.run(
        [sys.executable, "-c", "from counterpoint.cli import main; main()", *words],
        cwd=ROOT,
        env=environment() | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_a_small_demo_ends_with_nothing_unlawful_nothing_double_and_nothing_lost(folder: Path) -> None:
    directory = folder / "demo"
    done = counterpoint(
        "demo", "--accounts", ACCOUNTS, "--days", DAYS, "--seconds", SECONDS, "--directory", str(directory)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-3:] == NUMBERS
    assert "To look further" in done.stderr
    assert "What the chooser learned" in done.stdout
    assert "How far they came, by channel" in done.stdout
    assert looked_at(done.stdout, "each e-mail, letter, call and notification has an approval") > 0
    assert "each question of a strategy has its choice" in done.stdout

    state = find_state(directory)
    assert state is not None
    assert not state.running()
    with (directory / "placements.csv").open(encoding="utf-8", newline="") as lines:
        rows = sum(1 for _ in csv.DictReader(lines))
    assert f"{rows:,}       0  each row was placed once" in done.stdout
    again = counterpoint("replay", "--directory", str(directory))
    assert again.returncode == 0, again.stdout + again.stderr
    decisions, differences = again.stdout.splitlines()[-2:]
    assert int(decisions.removeprefix("decisions: ")) > 10
    assert differences == "differences: 0"

    assert looked_at(done.stdout, "no phone got a text outside") > 10
    assert looked_at(done.stdout, "each request has exactly one verdict") > 10
    assert looked_at(done.stdout, "the read model holds every record") > 100


def looked_at(report: str, check: str) -> int:
    """How many things a check looked at, as the report says."""
    (line,) = [line for line in report.splitlines() if check in line]
    return int(line.split()[0].replace(",", ""))
