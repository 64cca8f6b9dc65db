"""The architecture is as the sentences in .importlinter and the house style say.

Green does not prove that the pieces are well cut, only that they lie where they should.
"""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.events import Channel

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("contracts", "chassis", "services", "counterpoint")
LINTER = Path(sys.executable).with_name("lint-imports")
MOST_LINES = 400
GENERATED = ROOT / "contracts" / "events.py"
VIOLATIONS = {
    "chassis/planted_layers.py": "import services.sms.service",
    "services/sms/planted_service.py": "import services.ingest.service",
    "services/sms/core/planted_clock.py": "import time",
    "services/sms/core/planted_chassis.py": "import chassis.clock",
    "chassis/planted_faust.py": "import faust",
    "chassis/planted_yaml.py": "import yaml",
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """The sentences, tried on a tree."""
    return subprocess.run([LINTER, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def test_the_sentences_of_the_architecture_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


def test_each_sentence_is_broken_by_what_it_forbids(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    for path, line in VIOLATIONS.items():
        (tmp_path / path).write_text(f'"""Planted."""\n\n{line}\n')
    done = lint(tmp_path)
    assert done.returncode == 1
    assert f"0 kept, {len(VIOLATIONS)} broken" in done.stdout, done.stdout


def sources() -> list[Path]:
    """Every Python file that somebody wrote."""
    folders = (*PACKAGES, "tests", "tools", "bench")
    return [f for folder in folders for f in sorted((ROOT / folder).rglob("*.py")) if f != GENERATED]


def test_no_file_is_longer_than_can_be_read_in_one_go() -> None:
    long = {str(f.relative_to(ROOT)): n for f in sources() if (n := len(f.read_text().splitlines())) > MOST_LINES}
    assert long == {}


@pytest.mark.parametrize("path", sorted((ROOT / "chassis").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_chassis_names_no_channel(path: Path) -> None:
    members = {m.name for m in Channel} - {"UNKNOWN"}
    named = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Channel":
            named += [node.attr] if node.attr in members else []
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in members:
            named.append(node.value)
    assert named == []


def test_services_are_no_place_to_run_scripts_from() -> None:
    assert [f.name for f in (ROOT / "services").glob("*.py")] == ["__init__.py"]
