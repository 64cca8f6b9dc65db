"""`counterpoint templates`: which words there are, what they say, and whether they may be used."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from chassis.failures import Halted
from chassis.settings import load_stack
from chassis.templates.check import example
from chassis.templates.compose import NotComposed
from chassis.templates.loader import DIRECTORY, WrongTemplate, load_templates
from chassis.templates.model import Template, Templates
from contracts.text_parts import encoding, segments
from services.orchestrator.loader import load_segments
from services.orchestrator.segment_files import wordings_of_nobody

templates = typer.Typer(no_args_is_help=True, help="Show and check templates.")
Folder = Annotated[
    Path | None,
    typer.Option(exists=True, file_okay=False, help="Folder of templates, in place of those in use."),
]
Medium = Annotated[str, typer.Option("--channel", help="Only those of a channel: sms, email, voice or letter.")]


@templates.command("list")
def list_templates(channel: Medium = "", folder: Folder = None) -> None:
    """List every template, one a line; variants stand under the template that they stand in for."""
    known = _loaded(folder)
    for wording in sorted(
        known.catalogue().values(), key=lambda w: (w.channel, w.variant_of or w.id, w.variant_of, w.id)
    ):
        of, name = wording.channel, wording.id
        if not channel or channel == of:
            shown = f"  {name}" if wording.variant_of else name
            tone = f"{wording.tone}, for {wording.segment}" if wording.segment else wording.tone
            typer.echo(f"{of:7} {shown:26} {'/'.join(wording.languages):6} {tone:10} {wording.title}")


@templates.command()
def show(
    name: Annotated[str, typer.Argument(metavar="TEMPLATE", help="The template's id.")],
    channel: Medium = "",
    language: Annotated[str, typer.Option(help="Only in one language: en or es.")] = "",
    folder: Folder = None,
) -> None:
    """Show a template: what it says of itself, and its words filled with examples."""
    known = _loaded(folder)
    found = [
        template
        for (of, its_id, spoken), template in sorted(known.every.items())
        if its_id == name and channel in ("", of) and language in ("", spoken)
    ]
    if not found:
        raise Halted(f"there is no template {name}; `counterpoint templates list` names all")
    for template in found:
        for line in _told(known, template):
            typer.echo(line)


@templates.command()
def check(folder: Folder = None) -> None:
    """Fill every template with examples and read it: every fault with file and line; exit 1 if there is one."""
    try:
        known = _loaded(folder)
    except WrongTemplate as faults:
        typer.echo(str(faults))
        raise typer.Exit(1) from None
    if unknown := wordings_of_nobody(known.catalogue(), load_segments()):
        typer.echo("\n".join(unknown))
        raise typer.Exit(1)
    count = len(known.catalogue())
    typer.echo(f"{count} templates can be used, each in {' and '.join(known.languages)}: {folder or DIRECTORY}")


def _loaded(folder: Path | None) -> Templates:
    return load_templates(folder or load_stack().templates)


def _told(known: Templates, template: Template) -> Iterator[str]:
    wording = template.wording
    yield f"{wording.channel} {wording.id}, {template.language}: {wording.title}"
    variant = f", in place of {wording.variant_of}" if wording.variant_of else ""
    yield f"  tone {wording.tone}{variant}{f', for {wording.segment}' if wording.segment else ''}"
    yield f"  for {', '.join(wording.purposes)}"
    yield f"  discloses {', '.join(wording.discloses) or 'nothing'}"
    yield f"  needs {', '.join(wording.needs) or 'nothing'}"
    if wording.takes:
        yield f"  takes {', '.join(wording.takes)}"
    read = example(known, template)
    assert not isinstance(read, NotComposed), "templates are checked when they are read"
    if known.media[wording.channel].parts:
        yield f"  {segments(read.text)} parts in {encoding(read.text)}"
    if read.subject:
        yield f"  Subject: {read.subject}"
    yield from ("", *(f"    {line}" for line in read.text.split("\n")), "")
