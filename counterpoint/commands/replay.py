"""`counterpoint replay`: makes every decision again, and shows where it comes out differently."""

import time
from pathlib import Path
from typing import Annotated

import typer

from counterpoint.audit.packs import SHIPPED
from counterpoint.audit.reach import log_of
from counterpoint.audit.replay import replay_all
from counterpoint.audit.tally import Tally
from counterpoint.embedded.state import DEFAULT_DIRECTORY
from services.compliance.loader import load_files


def replay(
    directory: Annotated[Path, typer.Option(help="Folder of the stack, running or stopped.")] = DEFAULT_DIRECTORY,
    rules: Annotated[
        list[Path] | None, typer.Option(help="Folder of rules, in place of those that come with the gate; repeatable.")
    ] = None,
    processes: Annotated[int | None, typer.Option(min=1, help="So many processes, in place of one a core.")] = None,
) -> None:
    """Make every decision of the log again, by the gate's own core, and compare it byte for byte.

    So is what followed: what was approved, addresses barred or free again, findings on earlier contacts. The last
    lines are the numbers of decisions and of differences; exits 1 if there is any difference, or a decision that
    cannot be made again here. COUNTERPOINT_KAFKA_BOOTSTRAP names a broker in place of the stack's.
    """
    files = load_files(rules or SHIPPED)
    with log_of(directory) as settings:
        begin = time.perf_counter()
        found = replay_all(settings, files, processes)
        seconds = time.perf_counter() - begin
    show(found, seconds)
    if found.differences or found.not_judged:
        raise typer.Exit(1)


def show(found: Tally, seconds: float) -> None:
    """Print what a replay found, and how long it took."""
    for difference in found.shown:
        typer.echo(difference.title)
        for line in difference.lines:
            typer.echo(f"    {line}")
    if found.differences > len(found.shown):
        typer.echo(f"and {found.differences - len(found.shown):,} more differences")
    counts = {
        "approvals compared with what reached the channels": found.approvals,
        "suppressions judged again, the same": found.suppressions,
        "reviews of earlier contacts judged again, the same": found.reviews,
        "verdicts written again after a crash, the same bytes": found.repeats,
        "requests that wait for a verdict": found.waiting,
        "compared by content, written by an earlier schema": found.by_content,
        "decided by another version of the gate, and the same otherwise": found.other_version,
    }
    for what, count in counts.items():
        if count:
            typer.echo(f"{what}: {count}")
    for reason, count in found.not_judged.items():
        typer.echo(f"not judged again: {count}, {reason}")
    typer.echo(f"speed: {found.decisions / seconds:,.0f} decisions/s, {seconds:.1f} s in all")
    typer.echo(f"decisions: {found.decisions}")
    typer.echo(f"differences: {found.differences}")
