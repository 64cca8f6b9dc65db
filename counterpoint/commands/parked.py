"""`counterpoint parked`: what was set aside because nobody could use it, and waits for a person."""

import asyncio
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from chassis.kafka_client import connection
from chassis.settings import load_stack
from counterpoint.commands.timeline import database
from counterpoint.embedded.state import DEFAULT_DIRECTORY, load_state, settings
from counterpoint.parked import Parked
from counterpoint.parked import parked as gather


def parked(
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    directory: Annotated[Path, typer.Option(help="Folder of the stack.")] = DEFAULT_DIRECTORY,
) -> None:
    """List unreadable messages, callbacks and replies that belong to nobody: how many, since when, where, what next."""
    told = load_stack()
    stack = told if told.kafka_bootstrap else settings(load_state(directory))
    found = asyncio.run(gather(connection(stack), database(directory)))
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        show(found, Console(highlight=False, markup=False, soft_wrap=True))


def show(found: list[Parked], console: Console) -> None:
    """Print it, an entry at a time; or that nothing waits."""
    for each in found:
        since, latest = (f"{at:%Y-%m-%d %H:%M} UTC" for at in (each.since, each.latest))
        when = f"at {since}" if each.count == 1 else f"since {since}, the latest at {latest}"
        console.print(f"{each.count:,} × {each.kind}, {each.where}: {each.reason}; {when}")
        for place in each.places:
            console.print(f"    {place.topic}[{place.partition}] at offset {place.offset}")
        console.print(f"    next: {each.next}")
    console.print(f"{sum(each.count for each in found):,} things are set aside" if found else "nothing is set aside")
