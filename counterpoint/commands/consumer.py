"""`counterpoint consumer`: where a consumer is in a strategy, and what is waited for."""

import asyncio
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
import typer

from chassis.settings import StackSettings
from contracts.events import ChoiceMade
from contracts.ids import ConsumerId
from counterpoint.audit.choosing import last_choice, tell_choice
from counterpoint.audit.history import kafka_history
from counterpoint.audit.reach import log_of
from counterpoint.audit.record_words import plain_record, record_of, tell_record
from counterpoint.audit.sorting import Change, changes_of, tell_changes
from counterpoint.audit.whereabouts import remembered, tell, whereabouts
from counterpoint.embedded.stack import ROOT
from counterpoint.embedded.state import DEFAULT_DIRECTORY
from counterpoint.plain_words import clock_time
from counterpoint.publishing.entry import order_of_entry
from counterpoint.publishing.reading import book_of, file_of
from counterpoint.strategy_words import told
from services.orchestrator.core.book import Book, in_force
from services.orchestrator.core.state import Consumer
from services.orchestrator.core.strategy import Strategies, carried_over
from services.orchestrator.loader import DIRECTORY, LIBRARY, from_text, load_files, strategy_of

SHIPPED = (DIRECTORY, LIBRARY, ROOT / "examples" / "strategies")


def consumer(
    who: Annotated[str, typer.Argument(metavar="CONSUMER", help="The consumer's id, as reports print it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    strategies: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="Folder of the strategies in use, if they are your own."),
    ] = None,
    directory: Annotated[Path, typer.Option(help="Folder of the stack, running or stopped.")] = DEFAULT_DIRECTORY,
) -> None:
    """Show a consumer's record, where the conversation is and what is waited for, in the consumer's own time."""
    consumer_id = ConsumerId(who)
    with log_of(directory) as settings:
        state, changes, book, choice = asyncio.run(_remembered(settings, consumer_id))
    folders = [f for f in SHIPPED if f.is_dir()] if strategies is None else [strategies]
    files = [file for folder in folders for file in load_files(folder) if file.name not in book.pages]
    files += [file_of(page) for page in book.pages.values()]
    state = carried_over(state, in_force(Strategies((), {}), book, from_text).moves)
    steps = {file.name: [step["id"] for step in file.content["steps"]] for file in files}
    found = whereabouts(consumer_id, state, steps)
    every = Strategies((), {file.name: strategy_of(file.content) for file in files})
    record = record_of(state, every)
    if as_json:
        shown = msgspec.to_builtins(found) | {"segment_changes": msgspec.to_builtins(changes)}
        shown |= {"record": plain_record(record), "last_choice": msgspec.to_builtins(choice)}
        typer.echo(msgspec.json.format(msgspec.json.encode(shown), indent=2).decode())
        return
    zone = ZoneInfo(found.zone or "UTC")
    first, *rest = tell(found, {file.name: told(file.content) for file in files})
    lines = [first, *tell_record(record, lambda at: "" if at is None else clock_time(at.astimezone(zone))), *rest]
    lines += [] if choice is None else [tell_choice(choice, lambda at: clock_time(at.astimezone(zone)))]
    lines += ["segments, as they changed", *tell_changes(changes, lambda at: clock_time(at.astimezone(zone)))]
    lines = lines if changes else lines[:-1]
    for line in (*lines, "strategies, in the order in which they are offered", *order_of_entry(state, book)):
        typer.echo(line)


async def _remembered(
    settings: StackSettings, consumer_id: ConsumerId
) -> tuple[Consumer, tuple[Change, ...], Book, ChoiceMade | None]:
    async with kafka_history(settings) as history:
        state = await remembered(history, consumer_id)
        choice = await last_choice(history, consumer_id)
        return state, await changes_of(history, consumer_id), await book_of(history), choice
