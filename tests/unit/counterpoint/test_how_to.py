"""The strategy of docs/how-to/add-a-strategy.md, put together as the page says, can be used and does what it says.

A green run does not prove that a stranger finds the page clear: that takes a stranger.
"""

from pathlib import Path

from typer.testing import CliRunner

from counterpoint.commands.strategies import strategies
from services.orchestrator.loader import DIRECTORY

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "add-a-strategy.md"
MARGIN = " " * 7


def block(start: str) -> str:
    """The example of the page that begins so, as it would stand in a file."""
    text = PAGE.read_text(encoding="utf-8")
    lines = text[text.index(f"{MARGIN}{start}") :].splitlines()
    end = next((n for n, line in enumerate(lines) if line.strip() and not line.startswith(MARGIN)), len(lines))
    return "\n".join(line.removeprefix(MARGIN) for line in lines[:end]).rstrip() + "\n"


def part(text: str, first: str, following: str) -> str:
    """A part of a strategy file, from its name to the next one's."""
    return text[text.index(f"\n{first}:") + 1 : text.index(f"\n{following}:") + 1]


def test_the_strategy_of_the_page_can_be_used(tmp_path: Path) -> None:
    shipped = (DIRECTORY / "first-contact.yaml").read_text(encoding="utf-8")
    entry = part(shipped, "entry", "numbers").replace("entry:\n  on: account-placed\n", block("entry:"))
    kept = entry + part(shipped, "numbers", "steps")
    whole = block("id: gentle") + kept + block("steps:") + part(shipped, "reactions", "cases") + block("cases:")
    file = tmp_path / "gentle.yaml"
    file.write_text(whole, encoding="utf-8")
    done = CliRunner().invoke(strategies, ["validate", str(file)])
    assert done.output == "1 files can be used; 3 cases passed, 0 failed\n"
    assert "priority: 1; lower ones are interrupted" in CliRunner().invoke(strategies, ["show", str(file)]).output
