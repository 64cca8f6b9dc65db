"""`counterpoint timeline`: everything that happened with one consumer, in plain words and in order."""

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
import typer
from rich.console import Console

from chassis.failures import Halted
from chassis.settings import load_stack
from contracts.ids import ClientId, ConsumerId
from counterpoint import read_model
from counterpoint.embedded.state import DEFAULT_DIRECTORY, load_state
from counterpoint.plain_words import clock_time, tell
from counterpoint.read_model import Entry, Timeline


def timeline(
    who: Annotated[
        str,
        typer.Argument(metavar="CONSUMER", help="The consumer's id, or CLIENT/NUMBER for who owes that account."),
    ],
    personal: Annotated[
        bool, typer.Option("--personal", help="Show names, numbers and texts too; they are left out otherwise.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the events as JSON.")] = False,
    directory: Annotated[Path, typer.Option(help="Folder of the stack.")] = DEFAULT_DIRECTORY,
) -> None:
    """Show what happened with one consumer, in order, in the consumer's own time."""
    story = story_of(database(directory), who, personal=personal)
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(story), indent=2).decode())
    else:
        show(story, Console(highlight=False, markup=False, soft_wrap=True))


def database(directory: Path) -> str:
    """Where the read model is: as the settings say, else that of the stack in a directory; raises Halted."""
    told = load_stack().postgres_dsn
    return told.get_secret_value() if told else load_state(directory).postgres_dsn


def story_of(dsn: str, who: str, *, personal: bool = False) -> Timeline:
    """The story of whoever is meant; raises Halted if nothing is known, Unreachable."""
    client, slash, number = who.partition("/")
    consumer_id = read_model.consumer_of(dsn, ClientId(client), number) if slash else ConsumerId(who)
    if consumer_id is None:
        raise Halted(f"{client} has placed no account with that number; a file just loaded may take a moment")
    story = read_model.timeline(dsn, consumer_id, personal=personal)
    if not story.entries:
        raise Halted(
            f"nothing is known of a consumer {who}: give an id as `--json` reports print it, "
            "or CLIENT/NUMBER with the client's number of an account"
        )
    return story


def show(story: Timeline, console: Console) -> None:
    """Print a story."""
    zone: tzinfo = ZoneInfo(story.zone) if story.zone else UTC
    where = f"{story.zone}, where the consumer most likely is" if story.zone else "UTC: nobody knows the consumer's"
    console.print(f"{story.consumer_id}, {len(story.entries)} events; times are of {where}")
    for entry in story.entries:
        when = clock_time(entry.occurred_at.astimezone(zone))
        what, *personal = sentence(entry, zone)
        console.print(f"{when}  {what}  ({place(entry)})", *personal, sep="\n    ")


def sentence(entry: Entry, zone: tzinfo) -> list[str]:
    """An event in words, then what is personal in it, a line each, if that was asked for."""

    def told(instant: str) -> str:
        return clock_time(datetime.fromisoformat(instant).astimezone(zone))

    return [tell(entry.event_type, entry.body, told), *flat(entry.personal or {})]


def place(entry: Entry) -> str:
    """Where in the log an event stands."""
    topic = entry.topic.removeprefix("counterpoint.").removesuffix(".v1")
    return f"{topic}[{entry.partition}]@{entry.offset}"


def flat(value: Any, name: str = "") -> Iterator[str]:
    """Lines for what is somewhere in a personal part, each with its name."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for inner in value:
            yield from flat(inner, name)
    elif value is not None:
        yield f"{name}: {value}"
