"""`counterpoint strategies evaluate`: what other ways to choose would have brought, from the choices in the log."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from chassis.failures import Halted
from chassis.settings import StackSettings
from contracts.events import ChoiceMade, ChoiceRewarded
from counterpoint.audit.history import kafka_history
from counterpoint.audit.reach import log_of
from counterpoint.embedded.state import DEFAULT_DIRECTORY
from counterpoint.evaluate.evaluation import Evaluation, told
from counterpoint.evaluate.evaluation import evaluate as evaluation_of
from counterpoint.evaluate.trials import read, records


def evaluate(
    name: Annotated[str, typer.Argument(help="A choice, or a strategy for all of its choices.")],
    against: Annotated[
        str | None,
        typer.Option(
            metavar="POLICY",
            help="Only this policy: evenly, learned, an option, or options by bucket as small=evening,*=morning.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    directory: Annotated[Path, typer.Option(help="Folder of the stack, running or stopped.")] = DEFAULT_DIRECTORY,
) -> None:
    """Say what other ways to choose would have brought, from choices that were made: no consumer is contacted for it.

    Each choice in the log is made again from what it says of itself; those that come out otherwise are counted.
    """
    with log_of(directory) as settings:
        now = settings.clock().now()
        made, rewarded = asyncio.run(_read(settings))
    wanted = {m.choice_id for m in made if name in (m.choice_id, m.strategy_id, m.strategy_id.partition("@")[0])}
    if not wanted:
        known = sorted({m.choice_id for m in made} | {m.strategy_id.partition("@")[0] for m in made})
        raise Halted(
            f"nothing was chosen by {name}" + (f"; known are {', '.join(known)}" if known else " or by anybody")
        )
    found = [evaluation_of(r, against) for r in records(made, rewarded, now) if r.choice_id in wanted]
    show(found, as_json=as_json)


async def _read(settings: StackSettings) -> tuple[list[ChoiceMade], list[ChoiceRewarded]]:
    async with kafka_history(settings) as history:
        return await read(history)


def show(found: Sequence[Evaluation], *, as_json: bool) -> None:
    """Print evaluations, for a person or a program."""
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        return
    for n, evaluation in enumerate(found):
        typer.echo("\n" * bool(n) + "\n".join(told(evaluation)))
