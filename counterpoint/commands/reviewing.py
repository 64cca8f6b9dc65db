"""`counterpoint strategies held | release | reject`: contacts that wait for a person."""

import asyncio
import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from chassis.failures import Halted
from contracts.events import ContactHeld
from counterpoint.embedded.state import DEFAULT_DIRECTORY
from counterpoint.plain_words import CONTACTS, clock_time
from counterpoint.publishing.held import decide_on, list_waiting

Directory = Annotated[Path, typer.Option(help="Folder of the stack.")]
Contacts = Annotated[
    list[str] | None, typer.Argument(metavar="CONTACT", help="Ids of contacts, as `held` prints them.")
]
Step = Annotated[
    str, typer.Option(metavar="STRATEGY/STEP", help="All of one step, as gentle/hello; or of one strategy, as gentle.")
]
All = Annotated[bool, typer.Option("--all", help="All that wait.")]
By = Annotated[str, typer.Option(help="Who does it, as the log will say; the name of the machine's user if absent.")]


def held(directory: Directory = DEFAULT_DIRECTORY) -> None:
    """List the contacts that wait for a person, those first that expire first."""
    waiting = asyncio.run(list_waiting(directory))
    for event in waiting:
        what = f"{CONTACTS.get(event.channel.value, 'contact')} {event.template_id} ({event.language})"
        until = clock_time(event.not_after)
        where = f"{event.strategy_id}/{event.step_id}"
        typer.echo(f"{event.contact_id}  {where}: {what} to {event.meta.consumer_id}, until {until}")
    typer.echo(f"{len(waiting):,} contacts wait for a person")


def release(
    contacts: Contacts = None,
    step: Step = "",
    everything: All = False,
    by: By = "",
    directory: Directory = DEFAULT_DIRECTORY,
) -> None:
    """Let contacts go that wait: each is asked of the gate as soon as its hours allow."""
    _decide(contacts, step, everything, by, directory, release=True)


def reject(
    contacts: Contacts = None,
    step: Step = "",
    everything: All = False,
    by: By = "",
    directory: Directory = DEFAULT_DIRECTORY,
) -> None:
    """Stop contacts that wait: they are not made, and their conversations go on with the next step."""
    _decide(contacts, step, everything, by, directory, release=False)


def _decide(
    contacts: list[str] | None, step: str, everything: bool, by: str, directory: Path, *, release: bool
) -> None:
    wanted = _wanted(contacts or [], step, everything)
    chosen, in_force = asyncio.run(decide_on(directory, wanted, by=by or getpass.getuser(), release=release))
    if missing := set(contacts or []) - {event.contact_id for event in chosen}:
        typer.echo(f"not waiting, or not any more: {', '.join(sorted(missing))}")
    typer.echo(f"{len(chosen):,} contacts {'released' if release else 'rejected'}")
    if not in_force:
        typer.echo("written down; in force when the orchestrator has read it, which it has not yet")


def _wanted(contacts: list[str], step: str, everything: bool) -> Callable[[ContactHeld], bool]:
    """Which contacts are meant; raises Halted unless that is said in just one way."""
    if bool(contacts) + bool(step) + everything != 1:
        raise Halted("say which contacts, in one way: by their ids, by --step, or by --all")
    strategy, _, name = step.partition("/")

    def wanted(event: ContactHeld) -> bool:
        if step:
            mine = strategy in (event.strategy_id, event.strategy_id.partition("@")[0])
            return mine and name in ("", event.step_id)
        return everything or event.contact_id in contacts

    return wanted
