"""`counterpoint letters`: letters for a mail house of one's own."""

from pathlib import Path
from typing import Annotated

import httpx
import typer

from chassis.clock import Clock
from counterpoint.mailing.batch import HANDED_OVER, gather
from counterpoint.mailing.report import Line, NotRead, lines

letters = typer.Typer(help="Hand letters to a mail house of your own, and take its reports back.", no_args_is_help=True)


@letters.command()
def batch(
    outbox: Annotated[
        Path, typer.Option(exists=True, file_okay=False, help="The folder that COUNTERPOINT_LETTER_OUTBOX names.")
    ],
) -> None:
    """Gather what is in the outbox into one file with a manifest and control totals, to be handed over."""
    totals = gather(outbox, Clock.real().now())
    if totals is None:
        typer.echo(f"nothing is in {outbox}")
        return
    typer.echo(f"{outbox / HANDED_OVER / totals.batch}.zip")
    typer.echo(f"{totals.letters:,} letters, {totals.pages:,} pages, {totals.sheets:,} sheets printed on both sides")
    typer.echo(f"check {totals.check}")


@letters.command()
def report(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The manifest, its last column filled in.")],
    url: Annotated[str, typer.Option(help="Where the letter channel answers.")],
    token_file: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="File with what COUNTERPOINT_LETTER_REPORT_TOKEN says.")
    ],
) -> None:
    """Take back what became of letters: mailed, delivered, returned or failed. To report twice does no harm."""
    try:
        said = lines(file)
    except NotRead as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None
    headers = {"Authorization": f"Bearer {token_file.read_text(encoding='utf-8').strip()}"}
    with httpx.Client(base_url=url, headers=headers, timeout=30) as to:
        for line in said:
            _post(to, file, line)
    typer.echo(f"{len(said):,} letters reported")


def _post(to: httpx.Client, file: Path, line: Line) -> None:
    try:
        answer = to.post("/mail-house/reports", json=line.ids | {"event": line.event})
    except httpx.TransportError:
        fault = "the letter channel does not answer"
    else:
        if answer.is_success:
            return
        fault = f"the letter channel refuses it: {answer.text} (HTTP {answer.status_code})"
    typer.echo(
        f"{file}, line {line.number}: {fault}; the lines before it are taken in, report the file again", err=True
    )
    raise typer.Exit(1)
