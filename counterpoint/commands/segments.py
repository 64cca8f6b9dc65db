"""`counterpoint segments`: which there are, who is in them, and how many."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from chassis.failures import Halted
from chassis.settings import StackSettings
from counterpoint.audit.history import kafka_history
from counterpoint.audit.reach import log_of
from counterpoint.audit.sorting import Count, count_in
from counterpoint.embedded.state import DEFAULT_DIRECTORY
from counterpoint.strategy_words import condition
from services.orchestrator.core.segments import Segment
from services.orchestrator.loader import load_segments

segments = typer.Typer(no_args_is_help=True, help="Show segments, and count who is in them.")
File = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, help="File of segments, in place of the one in use.")
]


@segments.command("list")
def list_segments(file: File = None) -> None:
    """List every segment, one a line."""
    for segment in load_segments(file):
        typer.echo(f"{segment.id:20} {segment.title}")


@segments.command()
def show(
    name: Annotated[str, typer.Argument(metavar="SEGMENT", help="The segment's id.")],
    file: File = None,
) -> None:
    """Show one segment: who is in it."""
    known = load_segments(file)
    found = next((s for s in known if s.id == name), None)
    if found is None:
        raise Halted(f"there is no segment {name}; there are {', '.join(s.id for s in known)}")
    typer.echo(f"{found.id}: {found.title}")
    for line in _told(found):
        typer.echo(f"  {line}")


@segments.command()
def count(
    file: File = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    directory: Annotated[Path, typer.Option(help="Folder of the stack, running or stopped.")] = DEFAULT_DIRECTORY,
) -> None:
    """Count the consumers of each segment, sorted anew from what is remembered of each; try a new file so."""
    known = load_segments(file)
    with log_of(directory) as settings:
        found = asyncio.run(_count(settings, known))
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        return
    for segment in known:
        so_many = found.segments[segment.id]
        share = f"{100 * so_many / found.consumers:5.1f} %" if found.consumers else ""
        typer.echo(f"{segment.id:20} {so_many:9,} {share:>8}  {segment.title}")
    typer.echo(f"{'in none':20} {found.in_none:9,}")
    typer.echo(f"{'consumers':20} {found.consumers:9,}")


async def _count(settings: StackSettings, known: Sequence[Segment]) -> Count:
    async with kafka_history(settings) as history:
        return await count_in(history, known)


def _told(segment: Segment) -> list[str]:
    return [
        f"{'who: ' if n == 0 else 'or: '}{condition(asked) if asked else 'everybody'}"
        for n, asked in enumerate(segment.when)
    ]
