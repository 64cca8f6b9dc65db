"""`counterpoint verify`: recounts a running stack's contacts and events, and says whether the law and the log hold."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from chassis.kafka_client import connection
from counterpoint.embedded.state import DEFAULT_DIRECTORY, StackState, load_state, settings
from counterpoint.recount.gather import gather
from counterpoint.recount.recount import Recount, recount
from counterpoint.recount.show import show, wide

GRACE = 10.0
"""Real seconds for which something may still be under way."""


def verify(
    directory: Annotated[Path, typer.Option("--directory", help="Folder of the stack.")] = DEFAULT_DIRECTORY,
    grace: Annotated[
        float, typer.Option(min=0.0, help="Real seconds for which something may still be under way, and is no loss.")
    ] = GRACE,
) -> None:
    """Recount from the log, and from what phones received, in code that shares nothing with the gate.

    The last lines are the numbers of unlawful contacts, double contacts and lost events; exits 1 unless each is 0.
    """
    found = inspect(directory.resolve(), load_state(directory), grace)
    show(found, wide(Console()))
    if not found.clean:
        raise typer.Exit(1)


def inspect(directory: Path, state: StackState, grace: float) -> Recount:
    """Gather the evidence of a running stack, and recount."""
    clock = state.clock()
    settled = clock.now() - max(clock.simulated(grace), timedelta(seconds=1))
    evidence = gather(
        directory=directory,
        connection=connection(settings(state)),
        postgres_dsn=state.postgres_dsn,
        settled=settled,
        rate=state.clock_rate,
    )
    return recount(asyncio.run(evidence))
