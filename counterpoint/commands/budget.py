"""`counterpoint budget`: what a consumer may be sent now, and when more."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from chassis.settings import StackSettings
from contracts.ids import ConsumerId
from counterpoint.audit import tell
from counterpoint.audit.budget import Budget
from counterpoint.audit.budget import budget as budget_of
from counterpoint.audit.history import kafka_history
from counterpoint.audit.languages import LANGUAGES
from counterpoint.audit.packs import SHIPPED, find_packs, pack_of
from counterpoint.audit.reach import log_of
from counterpoint.embedded.state import DEFAULT_DIRECTORY
from services.compliance.service import packaged_zone_data


def budget(
    consumer: Annotated[str, typer.Argument(metavar="CONSUMER", help="The consumer's id.")],
    at: Annotated[
        datetime | None, typer.Option(help="The time to ask for, UTC; the stack's own now if absent.")
    ] = None,
    spanish: Annotated[bool, typer.Option("--spanish", help="Tell it in Spanish.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    rules: Annotated[
        list[Path] | None, typer.Option(help="Folder of rules, in place of those that come with the gate; repeatable.")
    ] = None,
    directory: Annotated[Path, typer.Option(help="Folder of the stack, running or stopped.")] = DEFAULT_DIRECTORY,
) -> None:
    """Say what a consumer may be sent now and when more, by channel and debt, and what has used up each cap."""
    with log_of(directory) as settings:
        now = settings.clock().now() if at is None else at.replace(tzinfo=UTC)
        found = asyncio.run(_budget(settings, ConsumerId(consumer), tuple(rules or SHIPPED), now))
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        for line in tell.budget(found, LANGUAGES["es" if spanish else "en"]):
            typer.echo(line)


async def _budget(settings: StackSettings, consumer_id: ConsumerId, rules: tuple[Path, ...], now: datetime) -> Budget:
    async with kafka_history(settings) as history:
        packs = await find_packs(history, pack_of(rules))
        return await budget_of(history, consumer_id, packs, packaged_zone_data(), now)
