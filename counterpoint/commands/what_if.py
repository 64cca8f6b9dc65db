"""`counterpoint what-if`: what another rule pack would have decided."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterpoint.audit.packs import Pack
from counterpoint.audit.reach import log_of
from counterpoint.audit.spread import spread
from counterpoint.audit.what_if import Flip, Outlook, judge_share
from counterpoint.embedded.state import DEFAULT_DIRECTORY
from counterpoint.plain_words import clock_time
from services.compliance.loader import load_files

LIMIT = (
    "Each decision was judged on the history as it was. What would have followed from a different one, contacts not "
    "made or made besides, is not simulated."
)


def what_if(
    rules: Annotated[
        list[Path], typer.Option(help="Folder of the other rules, all of them, law and house; repeatable.")
    ],
    since: Annotated[datetime | None, typer.Option(help="Only decisions from this time on, UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Only decisions before this time, UTC.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    directory: Annotated[Path, typer.Option(help="Folder of the stack, running or stopped.")] = DEFAULT_DIRECTORY,
) -> None:
    """Judge every decision of the log by another rule pack, and list what would have been decided otherwise."""
    files = load_files(rules)
    found = Outlook(Pack(files).rules.digest)
    with log_of(directory) as settings:
        for part in spread(judge_share, settings, None, files, _utc(since), _utc(until)):
            found.add(part)
    found.flips.sort(key=lambda flip: (-flip.count, flip.was, flip.now, flip.rule))
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        show(found)


def _utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.replace(tzinfo=UTC)


def show(found: Outlook) -> None:
    """Print what flips."""
    for flip in found.flips:
        typer.echo(_heading(flip))
        for example in flip.examples:
            when = clock_time(example.decided_at)
            typer.echo(f"    {when}  contact {example.contact_id} of {example.consumer_id}: {example.reason}")
    typer.echo(f"rule pack: {found.rule_pack}")
    typer.echo(f"decisions judged: {found.decisions}")
    typer.echo(f"would be the same: {found.same}")
    for what, count in (
        ("would stay what they are, for another rule", found.other_reason),
        ("would be deferred to another time", found.other_time),
        ("of contacts that had been judged", found.passed_over),
    ):
        if count:
            typer.echo(f"{what}: {count}")
    typer.echo(f"would flip: {sum(flip.count for flip in found.flips)}")
    typer.echo(LIMIT)


def _heading(flip: Flip) -> str:
    by = f", by {flip.rule}" if flip.now != "approved" else f", free of {flip.rule}"
    return f"{flip.was}, now {flip.now}{by}: {flip.count}"
