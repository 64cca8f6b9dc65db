"""`counterpoint demo`: three weeks of 2,000 accounts in about three minutes, and an independent check of all of it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from chassis.failures import Halted
from chassis.settings import PREFIX
from counterpoint.commands.load import NotLoaded
from counterpoint.commands.verify import inspect
from counterpoint.embedded import stack as stacks
from counterpoint.embedded.stack import ROOT, Stack
from counterpoint.embedded.state import find_state
from counterpoint.providers.introduce import introduce, page
from counterpoint.recount.recount import Recount
from counterpoint.recount.show import show, wide
from counterpoint.simulate import ladder, learned
from counterpoint.simulate.placements import portfolio, write
from counterpoint.simulate.progress import Display
from counterpoint.simulate.report import example, refused, report
from counterpoint.simulate.weeks import Weeks, hand_over

DIRECTORY = Path(".counterpoint/demo")
EXAMPLE = ROOT / "examples" / "placements.csv"
STRATEGIES = f"{PREFIX}ORCHESTRATOR_STRATEGIES"
LOOKUP_DAYS = f"{PREFIX}SMS_LOOKUP_DAYS"
CLIENT = "acme"
BEGINS = datetime(2026, 10, 19, 10, tzinfo=UTC)
"""A Monday at six in the morning in New York: weekends follow, and on 1 November the end of daylight saving time."""
DAYS, SECONDS = 21.0, 170.0
DAY = 86_400
HEAD_START = 16.0
GRACE, GRACE_UNDER_WAY = 1.0, 10.0
"""Real seconds for which something may still be under way when the check looks: at rest, and otherwise."""


def demo(
    accounts: Annotated[
        int | None,
        typer.Option(min=1, help="Make a portfolio of so many accounts, instead of examples/placements.csv."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Equal seeds give equal portfolios, and consumers of equal habits.")] = 7,
    days: Annotated[float, typer.Option(min=0.1, help="So many simulated days.")] = DAYS,
    seconds: Annotated[float, typer.Option(min=1.0, help="So many real seconds for them.")] = SECONDS,
    directory: Annotated[Path, typer.Option(help="Folder of the demo's own stack; emptied first.")] = DIRECTORY,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the stack running, to look further.")] = False,
) -> None:
    """Run a portfolio of synthetic people through a stack of its own, on a fast clock, and check what came of it.

    The report's last lines are the numbers of unlawful contacts, double contacts and lost events; exits 1 unless all
    are 0. The stack is stopped at the end, its data stay until the next demo.
    """
    progress, console = Console(stderr=True, highlight=False, soft_wrap=True), wide(Console(highlight=False))
    directory = directory.resolve()
    _make_way(directory)
    file = EXAMPLE if accounts is None else _made(directory, accounts, seed)
    stack = Stack(
        directory,
        clock_start=BEGINS,
        clock_rate=days * DAY / seconds,
        head_start=HEAD_START,
        # No number is looked up: on so fast a clock thousands of questions at once would hold up the texts.
        overrides={STRATEGIES: str(ROOT / "examples" / "strategies"), LOOKUP_DAYS: "0"},
        say=lambda text: progress.print(text, style="dim"),
    )
    stack.start()
    try:
        found = _run(progress, console, stack, file, seed, days)
        _further(directory, stack.state.simulator_url if keep else None, refused(stack.state.postgres_dsn))
    finally:
        if not keep:
            stacks.stop(directory, lambda _: None)  # without a word: the report has the last one
    if not found.clean:
        raise typer.Exit(1)


def _make_way(directory: Path) -> None:
    """Remove what an earlier demo left; raises Halted if it still runs."""
    state = find_state(directory)
    if state is None:
        directory.mkdir(parents=True, exist_ok=True)
        return
    if state.running():
        raise Halted(f"a demo runs in {directory}: stop it with `counterpoint down --directory {directory}`")
    stacks.wipe(directory)
    directory.mkdir(parents=True)


def _made(directory: Path, accounts: int, seed: int) -> Path:
    file = directory / "placements.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        write(portfolio(accounts=accounts, seed=seed), out)
    return file


def _run(progress: Console, console: Console, stack: Stack, file: Path, seed: int, days: float) -> Recount:
    state = stack.state
    if state.simulator_url is None:
        raise Halted("the demo needs the provider simulator: unset COUNTERPOINT_SMS_TWILIO_URL, then try again")
    try:
        totals = hand_over(state, stack.directory, file, CLIENT)
    except NotLoaded as fault:
        raise Halted(f"{file.name} was not loaded: {fault}") from fault
    introduce(state.simulator_url, file)
    progress.print(f"what people see of it: {page(state.simulator_url)}")
    weeks = Weeks(state=state, directory=stack.directory, file=file, client=CLIENT, seed=seed, days=days)
    with Display(progress) as display:
        last = asyncio.run(weeks.run(display.show, display.every))
    if last.waiting_for:
        progress.print(f"still under way, and not counted as lost while it is: {last.waiting_for}")
    found = inspect(stack.directory, state, GRACE_UNDER_WAY if last.waiting_for else GRACE)
    report(totals, last.counted, found.stops, console)
    ladder.show(state.postgres_dsn, console)
    learned.show(state.postgres_dsn, console)
    example(state.postgres_dsn, console)
    show(found, console)
    return found


def _further(directory: Path, simulator: str | None, contacts: Sequence[tuple[str, str]]) -> None:
    """How to look further, apart from the report: its last lines stay the three numbers."""
    where = f" --directory {directory}"
    lines = [f"counterpoint explain {contact}{where}   why it was {verdict}" for verdict, contact in contacts]
    lines.append(f"counterpoint replay{where}   every decision made again, and compared")
    lines.append(f"counterpoint strategies evaluate best-hour{where}   what other ways to choose would have brought")
    if simulator is not None:
        lines.append(f"{page(simulator)}   what each person saw: phone, inbox, voicemail, letterbox")
        lines.append(f"counterpoint timeline CONSUMER{where}   what happened with one consumer")
        lines.append(f"counterpoint status{where}   what runs; counterpoint down{where} stops it")
    else:
        lines.append("counterpoint demo --keep   leaves it running, for timeline, status and what people saw")
    typer.echo("\n".join(("To look further:", *lines, f"logs and data are in {directory}")), err=True)
