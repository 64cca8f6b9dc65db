"""`counterpoint up`: starts a stack and leaves it running."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from counterpoint.commands.status import show
from counterpoint.embedded.stack import AlreadyRunning, Stack
from counterpoint.embedded.state import DEFAULT_DIRECTORY, load_state
from counterpoint.providers.introduce import page


def up(
    directory: Annotated[
        Path, typer.Option(help="Folder of the stack; several may run side by side.")
    ] = DEFAULT_DIRECTORY,
    clock_start: Annotated[
        datetime | None, typer.Option(help="Simulated time, UTC, at which to start; the machine's own if absent.")
    ] = None,
    clock_rate: Annotated[
        float, typer.Option(min=0.001, help="How many times as fast as real time simulated time runs.")
    ] = 1.0,
    secure: Annotated[
        bool,
        typer.Option("--secure", help="Close the broker: TLS, and a password and no more rights than needed for each."),
    ] = False,
) -> None:
    """Start broker, database, provider simulator and every service, and return when all are healthy.

    Data of an earlier run in the same folder are still there, and simulated time goes on where it stopped.
    """
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    start = None if clock_start is None else clock_start.replace(tzinfo=UTC)
    try:
        stack = Stack(directory, clock_start=start, clock_rate=clock_rate, say=console.print, secure=secure)
        stack.start()
    except AlreadyRunning as fault:
        console.print(str(fault))
    healthy = show(load_state(directory), Console())
    where = "" if directory == DEFAULT_DIRECTORY else f" --directory {directory}"
    console.print(
        f"counterpoint load FILE --client CLIENT{where}   hands placements over; or use {directory}/inbox/CLIENT/"
    )
    if (simulator := load_state(directory).simulator_url) is not None:
        console.print(f"{page(simulator)}   what consumers see of it, in a browser")
    console.print(
        f"counterpoint status{where}   looks again; counterpoint down{where}   stops it all; logs: {directory}/logs/"
    )
    if not healthy:
        raise typer.Exit(1)
