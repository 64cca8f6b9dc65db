"""The `counterpoint` command. A verb is a module of `counterpoint.commands` and one line here."""

import logging
import signal
import sys
from importlib import import_module
from importlib.metadata import version
from typing import Annotated

import typer

from chassis.failures import Halted, Unreachable
from chassis.settings import WrongSettings

VERBS = {
    "up": "Start broker, database, provider simulator and every service, and return when all are healthy.",
    "down": "Stop what `up` started; data stay unless told otherwise.",
    "status": "Show what runs, how it is, and how far behind.",
    "load": "Load a file of placements into the running stack.",
    "demo": "Run three weeks of 2,000 accounts in about three minutes, and check what came of it.",
    "verify": "Recount what was sent and what was lost, in code that shares nothing with the gate.",
    "replay": "Make every decision again from the log, and compare byte for byte.",
    "what-if": "Judge the history by another rule pack, and list what would have been decided otherwise.",
    "explain": "Say why a contact went out or did not, rule by rule.",
    "budget": "Say what a consumer may be sent now, and when more.",
    "timeline": "Show what happened with one consumer, in order.",
    "parked": "List what was set aside because nobody could use it: how many, since when, where, and what to do.",
    "simulate": "Try strategies on synthetic consumers, in memory, before any real one is contacted.",
    "rules": "Show, compare and test the rules of the gate.",
    "strategies": "Show, check and compare strategies.",
    "consumer": "Show where a consumer is in a strategy, and what is waited for.",
    "segments": "Show segments, and count who is in them.",
    "templates": "Show and check the words of contacts.",
    "render": "Show a contact exactly as a consumer would get it, with what it must say and what it costs.",
    "email": "Check that the domain of our e-mails is one that the world believes.",
    "letters": "Hand letters to a mail house of your own, and take its reports back.",
    "push": "Make our key for push services; let a simulated browser take notifications.",
    "topics": "Create the topics on a broker, or check that they are as they must be.",
    "acls": "Print what each service may do on a broker, for a cluster of your own.",
}
"""Every verb, with what `counterpoint --help` says of it."""


def main() -> None:
    """Run the verb that the command line names; whatever goes wrong is told in one line."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what a verb makes of an absent broker it says itself
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # to be told to stop is to be interrupted
    try:
        application(wanted=next((word for word in sys.argv[1:] if not word.startswith("-")), None))()
    except (Halted, Unreachable, WrongSettings) as fault:
        sys.exit(f"counterpoint: {fault}")


def application(wanted: str | None) -> typer.Typer:
    """The command with all its verbs, of which only the wanted one is loaded: each alone is quick to start."""
    app = typer.Typer(
        help="Runs a debt collector's outreach as one lawful conversation per consumer.",
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for verb, purpose in VERBS.items():
        name = verb.replace("-", "_")
        run = getattr(import_module(f"counterpoint.commands.{name}"), name) if verb == wanted else _not_loaded
        if isinstance(run, typer.Typer):
            app.add_typer(run, name=verb, short_help=purpose)
        else:
            app.command(verb, short_help=purpose)(run)
    return app


def _not_loaded() -> None:
    raise AssertionError("only the verb that was asked for runs")


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(version("counterpoint"))
        raise typer.Exit


def _options(
    show_version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Print the version.")
    ] = False,
) -> None:
    pass
