"""`counterpoint explain`: why a contact went out, or did not."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from chassis.settings import StackSettings
from contracts.ids import ContactId
from counterpoint.audit.explain import Explanation
from counterpoint.audit.explain import explain as explain_contact
from counterpoint.audit.history import kafka_history
from counterpoint.audit.languages import LANGUAGES
from counterpoint.audit.packs import SHIPPED, find_packs, pack_of
from counterpoint.audit.reach import log_of
from counterpoint.audit.tell import explanation
from counterpoint.embedded.state import DEFAULT_DIRECTORY
from services.compliance.service import packaged_zone_data


def explain(
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="The contact's id, as reports print it.")],
    now: Annotated[
        bool, typer.Option("--now", help="Say what could be sent now, not at the moment of the decision.")
    ] = False,
    spanish: Annotated[bool, typer.Option("--spanish", help="Tell it in Spanish.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    rules: Annotated[
        list[Path] | None, typer.Option(help="Folder of rules, in place of those that come with the gate; repeatable.")
    ] = None,
    directory: Annotated[Path, typer.Option(help="Folder of the stack, running or stopped.")] = DEFAULT_DIRECTORY,
) -> None:
    """Say why a contact went out or did not: every rule that was asked, what it found and counted, and its source."""
    with log_of(directory) as settings:
        at = settings.clock().now() if now else None
        found = asyncio.run(_explain(settings, ContactId(contact), tuple(rules or SHIPPED), at))
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        for line in explanation(found, LANGUAGES["es" if spanish else "en"]):
            typer.echo(line)


async def _explain(
    settings: StackSettings, contact_id: ContactId, rules: tuple[Path, ...], at: datetime | None
) -> Explanation:
    async with kafka_history(settings) as history:
        packs = await find_packs(history, pack_of(rules))
        return await explain_contact(history, contact_id, packs, packaged_zone_data(), at)
