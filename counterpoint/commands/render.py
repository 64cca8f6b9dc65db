"""`counterpoint render`: a contact exactly as a consumer would get it."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from chassis.failures import Halted
from chassis.settings import StackSettings
from chassis.templates.loader import load_templates
from chassis.templates.ours import ours_of
from contracts.ids import ConsumerId
from counterpoint.audit.history import kafka_history
from counterpoint.audit.packs import SHIPPED, find_packs, pack_of
from counterpoint.audit.reach import log_of
from counterpoint.audit.rendering import Basis, Rendered, Wanted
from counterpoint.audit.rendering import render as rendered
from counterpoint.embedded.state import DEFAULT_DIRECTORY
from services.compliance.service import packaged_zone_data
from services.orchestrator.core.wording import Offer


def render(
    template: Annotated[str, typer.Argument(help="The template, as `counterpoint templates list` names it.")],
    consumer: Annotated[str, typer.Option(metavar="CONSUMER", help="The consumer's id, as reports print it.")],
    channel: Annotated[str, typer.Option(help="sms, email, voice or letter; the first that has the template.")] = "",
    language: Annotated[str, typer.Option(help="en or es; the consumer's own if absent.")] = "",
    tone: Annotated[str, typer.Option(help="plain, friendly or firm; the template's own if absent.")] = "",
    offer: Annotated[int, typer.Option(help="For a template with an offer: so many percent of what is owed.")] = 60,
    days: Annotated[int, typer.Option(help="For how many days the offer would stand.")] = 30,
    value: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A value that the record does not have; repeatable.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(file_okay=False, help="Folder for the words: subject, text and HTML as files.")
    ] = None,
    templates: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Folder of templates, in place of those in use.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    directory: Annotated[Path, typer.Option(help="Folder of the stack, running or stopped.")] = DEFAULT_DIRECTORY,
) -> None:
    """Show a contact exactly as a consumer would get it now, with what the gate wants said, its parts and its cost.

    The words hold personal data: they are printed, or written to --out, and stand in no log. Nothing is sent.
    """
    wanted = Wanted(template, channel, language, tone, Offer(offer, days), _values(value or ()))
    with log_of(directory) as settings:
        found = asyncio.run(_render(settings, ConsumerId(consumer), wanted, templates))
    if out is not None:
        _write(found, out)
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        for line in _told(found, out):
            typer.echo(line)
    raise typer.Exit(1 if found.refused else 0)


async def _render(settings: StackSettings, consumer_id: ConsumerId, wanted: Wanted, templates: Path | None) -> Rendered:
    async with kafka_history(settings) as history:
        packs = await find_packs(history, pack_of(SHIPPED))
        words = load_templates(templates or settings.templates)
        basis = Basis(words, ours_of(settings), packs, packaged_zone_data())
        return await rendered(history, consumer_id, wanted, basis, settings.clock().now())


def _values(said: Sequence[str]) -> dict[str, str]:
    for value in said:
        if "=" not in value:
            raise Halted(f"--value {value}: say the name and the value, for instance offer_until=2026-12-31")
    return {name: value for name, _, value in (v.partition("=") for v in said)}


def _write(found: Rendered, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, words in (("subject.txt", found.subject), ("text.txt", found.text), ("page.html", found.html)):
        if words:
            (out / name).write_text(f"{words}\n", encoding="utf-8")


def _told(found: Rendered, out: Path | None) -> Iterator[str]:
    yield f"{found.channel} {found.template}, {found.language}, {found.tone}, to {found.consumer_id}"
    yield f"the gate {found.gate}"
    for disclosure in found.disclosures:
        yield f"  {'said' if disclosure.said else 'wanted' if found.refused else 'NOT SAID':8} {disclosure.condition}"
    if found.refused:
        yield f"no words: {found.refused} ({found.what})"
        return
    parts = "" if found.parts is None else f", {found.parts} parts in {found.encoding}"
    yield f"{found.characters} characters{parts}" + (f" because of {found.beyond_gsm}" if found.beyond_gsm else "")
    if found.cost is not None:
        yield f"costs ${found.cost.normalize():f} (by the {found.priced})"
    if out is not None:
        yield f"written to {out}"
    if found.subject:
        yield f"Subject: {found.subject}"
    yield from ("", *(f"  {line}" for line in found.text.split("\n")))
