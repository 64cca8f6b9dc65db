"""`counterpoint replay`: makes every decision again, and shows where it comes out differently."""

from pathlib import Path
from typing import Annotated

import typer

from counterpoint.audit.packs import SHIPPED
from counterpoint.audit.reach import log_of
from counterpoint.audit.replay import Tally, replay_share
from counterpoint.audit.spread import spread
from counterpoint.embedded.state import DEFAULT_DIRECTORY
from services.compliance.loader import load_files


def replay(
    directory: Annotated[Path, typer.Option(help="Folder of the stack, running or stopped.")] = DEFAULT_DIRECTORY,
    rules: Annotated[
        list[Path] | None, typer.Option(help="Folder of rules, in place of those that come with the gate; repeatable.")
    ] = None,
) -> None:
    """Make every decision of the log again, by the gate's own core, and compare it byte for byte.

    The last lines are the numbers of decisions and of differences; exits 1 if there is any difference, or a decision
    that cannot be made again here. COUNTERPOINT_KAFKA_BOOTSTRAP names a broker in place of the stack's.
    """
    found, files = Tally(), load_files(rules or SHIPPED)
    with log_of(directory) as settings:
        for part in spread(replay_share, settings, files):
            found.add(part)
    show(found)
    if found.differences or found.not_judged:
        raise typer.Exit(1)


def show(found: Tally) -> None:
    """Print what a replay found."""
    for difference in found.shown:
        typer.echo(difference.title)
        for line in difference.lines:
            typer.echo(f"    {line}")
    if found.differences > len(found.shown):
        typer.echo(f"and {found.differences - len(found.shown):,} more differences")
    counts = {
        "approvals compared with what reached the channels": found.approvals,
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
    typer.echo(f"decisions: {found.decisions}")
    typer.echo(f"differences: {found.differences}")
