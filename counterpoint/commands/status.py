"""`counterpoint status`: what runs, where it answers, how it is, and how far behind."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from counterpoint.embedded.health import Look, look
from counterpoint.embedded.state import DEFAULT_DIRECTORY, StackState, load_state


def status(
    directory: Annotated[Path, typer.Option(help="Folder of the stack.")] = DEFAULT_DIRECTORY,
) -> None:
    """Show each process, its address, its health, and the events it has yet to read; exits 1 if one is not healthy."""
    if not show(load_state(directory), Console()):
        raise typer.Exit(1)


def show(state: StackState, console: Console) -> bool:
    """Print how a stack is, and say whether all of it is healthy."""
    looks = asyncio.run(look(state))
    table = Table("process", "pid", "address", "health", "unread events", "timers late", box=None)
    for each in looks:
        table.add_row(each.name, str(each.pid or ""), each.address, _health(each), _lag(each), _late(each))
    console.print(table)
    if state.clock_start is not None:
        now = state.clock().now()
        console.print(f"simulated time: {now:%Y-%m-%d %H:%M} UTC, {state.clock_rate:g} times as fast as real time")
    return all(each.fault is None for each in looks)


def _health(each: Look) -> str:
    return "[green]healthy[/green]" if each.fault is None else f"[red]{each.fault}[/red]"


def _lag(each: Look) -> str:
    return "" if each.unread is None else f"{each.unread:,}"


def _late(each: Look) -> str:
    """How late the latest timer is; what is not a second is not late."""
    if each.late is None:
        return ""
    return "none" if each.late < 1 else f"[red]by {each.late:,.0f} s[/red]"
