"""Writes the pages of docs/reference/ that say what the code says: settings, commands, metrics.

Run: python -m tools.gen_reference [--check].
"""

import inspect
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from prometheus_client.metrics import MetricWrapperBase
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from chassis import metrics
from chassis.settings import PREFIX, OwnSettings, StackSettings
from contracts.topics import SERVICES
from counterpoint.cli import VERBS, application
from tools.failures_reference import failures_page
from tools.rules_reference import rules_page
from tools.strategy_reference import strategies_page
from tools.templates_reference import templates_page

PAGES = Path(__file__).resolve().parents[1] / "docs" / "reference"
MADE = "<!-- Made by `make docs` from the code: change it there. -->"


def settings_page() -> str:
    """Every setting, by who reads it."""
    lines = [
        "# Settings",
        MADE,
        "",
        "Settings are environment variables, read once when a process starts. One that nobody knows, or that holds a value",
        "that cannot be, is refused with its name. `counterpoint up` sets what its processes need; what you set yourself wins.",
        "",
        "## Of every process",
        "",
        *_settings(StackSettings, PREFIX),
    ]
    for owner, kind in owners():
        lines += ["", f"## Of {owner}", "", _sentence(kind), "", *_settings(kind, f"{PREFIX}{owner.upper()}_")]
    return "\n".join(lines) + "\n"


def owners() -> Iterator[tuple[str, type[OwnSettings]]]:
    """Each process that has settings of its own, with them."""
    modules = {name: f"services.{name}.settings" for name in SERVICES} | {
        "simulator": "counterpoint.providers.settings"
    }
    for owner, module in modules.items():
        for kind in vars(import_module(module)).values():
            if isinstance(kind, type) and issubclass(kind, OwnSettings) and kind.__module__ == module:
                yield owner, kind


def _settings(kind: type[BaseSettings], prefix: str) -> list[str]:
    rows = [
        f"| `{prefix}{name.upper()}` | {_default(field)} | {_cell(field.description or '')} |"
        for name, field in kind.model_fields.items()
    ]
    return ["| variable | default | what it is |", "| --- | --- | --- |", *rows]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be set"
    value = field.default
    if value is None:
        return ""
    shown = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    return f"`{shown}`" if shown else "empty"


def commands_page() -> str:
    """Every verb with its arguments and options."""
    lines = ["# The command", MADE, "", "`.venv/bin/counterpoint VERB --help` prints the same.", ""]
    lines += [f"- [`{verb}`](#counterpoint-{verb}): {purpose}" for verb, purpose in VERBS.items()]
    for verb in VERBS:
        command: Any = typer.main.get_command(application(verb))
        lines += _command(verb, command.commands[verb])
    return "\n".join(lines) + "\n"


def _command(name: str, command: Any) -> list[str]:
    """One command, and those that belong to it."""
    parts = [p for p in command.params if p.name != "help"]
    usage = " ".join(_metavar(p) for p in parts if p.param_type_name == "argument")
    below: dict[str, Any] = getattr(command, "commands", {})
    call = f"    counterpoint {name} {'COMMAND' if below else f'[options] {usage}'}".rstrip()
    lines = ["", f"## counterpoint {name}", "", call, "", inspect.cleandoc(command.help or "")]
    if parts:
        lines += ["", "| | default | |", "| --- | --- | --- |"]
        lines += [f"| {_shown(p)} | {_standard(p)} | {_cell(p.help or '')} |" for p in parts]
    for verb, inner in below.items():
        lines += _command(f"{name} {verb}", inner)
    return lines


def _metavar(part: Any) -> str:
    return str(part.name).upper()


def _shown(part: Any) -> str:
    return f"`{_metavar(part)}`" if part.param_type_name == "argument" else ", ".join(f"`{o}`" for o in part.opts)


def _standard(part: Any) -> str:
    if part.required:
        return "must be given"
    return "" if part.default in (None, False) else f"`{part.default}`"


def metrics_page() -> str:
    """Every metric with its labels."""
    lines = [
        "# Metrics",
        MADE,
        "",
        "Every service serves them at `/metrics`, as Prometheus reads them. Labels never hold ids.",
        "",
    ]
    lines += ["| metric | kind | labels | what it counts |", "| --- | --- | --- | --- |"]
    for collector in declared():
        (family,) = collector.describe()
        name = f"{family.name}_total" if family.type == "counter" else family.name
        labels = ", ".join(f"`{label}`" for label in collector._labelnames)
        lines.append(f"| `{name}` | {family.type} | {labels} | {_cell(family.documentation)} |")
    return "\n".join(lines) + "\n"


def declared() -> list[MetricWrapperBase]:
    """The metrics, in the order in which they are declared."""
    return [m for m in vars(metrics).values() if isinstance(m, MetricWrapperBase)]


def _sentence(kind: type) -> str:
    return inspect.cleandoc(kind.__doc__ or "").splitlines()[0]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


GENERATED: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "cli.md": commands_page,
    "metrics.md": metrics_page,
    "strategies.md": partial(strategies_page, MADE),
    "rules.md": rules_page,
    "failures.md": partial(failures_page, MADE),
    "templates.md": partial(templates_page, MADE),
}


def main() -> None:
    """Write the pages, or with --check say whether they are up to date."""
    stale = []
    for name, page in GENERATED.items():
        path = PAGES / name
        if not path.exists() or path.read_text(encoding="utf-8") != page():
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(page(), encoding="utf-8")
    if "--check" in sys.argv and stale:
        raise SystemExit(f"docs/reference is not what the code says ({', '.join(stale)}): run make docs")


if __name__ == "__main__":
    main()
