"""What pages say of commands, settings and files is so.

Green does not prove that a page is true in what it says beside them, or that it can be understood.
"""

import re
import shlex
from pathlib import Path

import pytest
import typer

from chassis.settings import PREFIX, StackSettings
from counterpoint.cli import VERBS, application
from tools.gen_reference import GENERATED, PAGES, owners

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {".venv", ".git", ".counterpoint", "node_modules"}
PROSE = [p for p in sorted(ROOT.rglob("*.md")) if not SKIPPED & set(p.relative_to(ROOT).parts)]
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def known_settings() -> set[str]:
    """Every setting there is."""
    own = {f"{PREFIX}{owner}_{name}".upper() for owner, kind in owners() for name in kind.model_fields}
    return own | {f"{PREFIX}{name}".upper() for name in StackSettings.model_fields}


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_page_is_what_the_generator_writes(name: str) -> None:
    assert (PAGES / name).read_text(encoding="utf-8") == GENERATED[name](), "run make docs"


def test_every_setting_is_on_its_page_with_words() -> None:
    page = (PAGES / "settings.md").read_text(encoding="utf-8")
    for name in known_settings():
        assert re.search(rf"^\| `{name}` \| [^|]*\| \w.*\. \|$", page, re.MULTILINE), name


def test_every_target_says_what_it_is_for_and_is_no_file() -> None:
    documented = set(re.findall(r"^([a-z][a-z-]*):.*## \w", MAKEFILE, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert documented == TARGETS
    assert phony is not None
    assert set(phony[1].split()) == TARGETS


def test_every_verb_has_its_module_and_every_module_its_verb() -> None:
    modules = {p.stem.replace("_", "-") for p in (ROOT / "counterpoint" / "commands").glob("[a-z]*.py")}
    assert set(VERBS) <= modules
    unnamed = [m for m in modules - set(VERBS) if f"def {m.replace('-', '_')}(" in _source(m)]
    assert unnamed == []


def _source(module: str) -> str:
    return (ROOT / "counterpoint" / "commands" / f"{module.replace('-', '_')}.py").read_text()


def test_every_verb_explains_itself_and_each_of_its_options() -> None:
    for verb in VERBS:
        command = options_of(verb)
        assert command
        assert [name for name, words in command.items() if not words] == []


def options_of(verb: str) -> dict[str, str]:
    """A verb's options, those of its commands among them, and what is said of each."""
    found = typer.main.get_command(application(verb)).commands[verb]  # type: ignore[attr-defined]
    params = [part for command in (found, *getattr(found, "commands", {}).values()) for part in command.params]
    return {name: part.help or "" for part in params for name in part.opts} | {"--help": found.help or ""}


@pytest.mark.parametrize("path", PROSE, ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_settings_and_files_that_a_page_names_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for line in re.findall(r"`[^`\n]+`|^ {4}.*$", text, re.MULTILINE):
        _check(shlex.split(line.strip("` "), comments=True) if "counterpoint " in line or "make " in line else [])
    named = set(re.findall(rf"\b{PREFIX}[A-Z0-9_]*[A-Z0-9]\b(?!_)", text))
    assert {n for n in named if not any(k.startswith(n) for k in known_settings())} == set()
    local = [t for t in LINK.findall(text) if not re.match(r"[a-z]+:", t)]
    assert [t for t in local if not (path.parent / t).exists()] == []


def _check(words: list[str]) -> None:
    """Hold a command line to what can be run."""
    match words:
        case ["make", *targets]:
            assert [t for t in targets if "=" not in t and t not in TARGETS] == [], words
        case ["counterpoint" | ".venv/bin/counterpoint", verb, *rest] if verb in VERBS:
            options = options_of(verb)
            assert [w for w in rest if w.startswith("--") and w.partition("=")[0] not in options] == [], words
        case ["counterpoint" | ".venv/bin/counterpoint", verb, *_]:
            assert verb in ("VERB", "--version", "--help"), words
        case _:
            pass
