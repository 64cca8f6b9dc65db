"""Prints what the check found, for people; the three numbers come last, and exactly so."""

from rich.console import Console
from rich.table import Table

from counterpoint.recount.check import Check
from counterpoint.recount.recount import Recount

WIDTH = 140
SHOWN = 10
"""So many faults of a check are written out."""


def wide(console: Console) -> Console:
    """The same, with room for the table where no terminal says how wide it is."""
    if not console.is_terminal:
        console.width = WIDTH
    return console


def show(found: Recount, console: Console) -> None:
    """All checks in a table, then each fault, then the three numbers."""
    table = Table("looked at", "faults", "what must hold", "source", box=None, title="Independent check")
    table.columns[0].justify = table.columns[1].justify = "right"
    for check in found.checks:
        style = "red" if check.faults else ""
        name = f"{check.name}\n  ({check.remark})" if check.remark else check.name
        table.add_row(f"{check.looked_at:,}", f"{len(check.faults):,}", name, check.source, style=style)
    console.print(table)
    for check in found.checks:
        _faults(check, console)
    for name, number in found.numbers.items():
        console.print(f"{name}: {number}", style="red" if number else "green", highlight=False)


def _faults(check: Check, console: Console) -> None:
    for fault in check.faults[:SHOWN]:
        console.print(f"{check.name}: {fault.key} {fault.what}", highlight=False, soft_wrap=True)
    if len(check.faults) > SHOWN:
        console.print(f"{check.name}: and {len(check.faults) - SHOWN:,} more", highlight=False)
