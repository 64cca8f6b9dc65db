"""Writing down what a bench measured, with the machine, the commit and the date, as JSON and as a table to read."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from chassis.clock import Clock

RESULTS = Path(__file__).resolve().parent / "results"
Row = Mapping[str, str | int | float]


def machine() -> dict[str, str | int]:
    """Where and on what it was measured."""
    git = ["git", "-C", str(RESULTS.parent), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "date": Clock.real().now().strftime("%Y-%m-%d"),
        "commit": commit or "unknown",
        "cpu": models[0].partition(":")[2].strip() if models else platform.machine(),
        "cores": os.cpu_count() or 0,
        "load_before": f"{os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
    }


def keep(name: str, title: str, where: Mapping[str, str | int], rows: Sequence[Row], notes: Sequence[str]) -> None:
    """Write `results/<name>.json` and `.md`, and print the table."""
    RESULTS.mkdir(exist_ok=True)
    whole = {"name": name, "machine": where, "rows": rows, "notes": notes}
    (RESULTS / f"{name}.json").write_text(json.dumps(whole, indent=2) + "\n")
    heads = list(rows[0])
    lines = [
        f"# {title}",
        "",
        ", ".join(f"{k} {v}" for k, v in where.items()),
        "",
        "| " + " | ".join(heads) + " |",
        "|" + " --- |" * len(heads),
        *("| " + " | ".join(_cell(row[h]) for h in heads) + " |" for row in rows),
        "",
        *(f"- {note}" for note in notes),
    ]
    text = "\n".join(lines) + "\n"
    (RESULTS / f"{name}.md").write_text(text)
    print(text)


def _cell(value: str | int | float) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if value >= 100 else f"{value:,.4g}"
