"""`counterpoint load`: hands a file to ingest over HTTP, follows it to its end, and shows the control totals."""

import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from chassis.retry import Backoff
from counterpoint.embedded.state import DEFAULT_DIRECTORY, load_state
from counterpoint.providers.introduce import introduce, page

PATIENCE = 60.0
"""Seconds for which an ingest that does not answer is asked again."""
BETWEEN_LOOKS = 0.2
SHOWN_REJECTS = 5
NO_REJECTS = 999_999_999
"""A row number behind every row: while a file is being loaded only its totals are of interest."""

Totals = dict[str, Any]


class NotLoaded(Exception):
    """The file was not loaded; the message says why and what to do."""


def load(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A CSV file of placements.")],
    client: Annotated[str, typer.Option("--client", help="The client whose accounts they are.")],
    directory: Annotated[Path, typer.Option("--directory", help="Folder of the stack.")] = DEFAULT_DIRECTORY,
    url: Annotated[str | None, typer.Option("--url", help="Ingest's HTTP interface, if not the stack's.")] = None,
    key_file: Annotated[Path | None, typer.Option("--key-file", help="File with the API key, with --url.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the totals as JSON.")] = False,
) -> None:
    """Load a file of placements into the running stack, and show what became of each row."""
    where, key = _ingest(directory, url, key_file)
    console = Console(stderr=True)
    try:
        with connection(url=where, key=key, client=client) as to, _progress(console) as progress:
            task = progress.add_task(file.name, total=None)

            def show(totals: Totals) -> None:
                settled = totals["placed"] + totals["rejected"] + totals["repeated"]
                progress.update(task, completed=settled, total=totals["rows"])

            totals = load_file(to, file, show)
    except NotLoaded as fault:
        console.print(f"[red]{file.name} was not loaded:[/red] {fault}", highlight=False)
        raise typer.Exit(1) from None
    if url is None and (simulator := load_state(directory).simulator_url) is not None:
        introduce(simulator, file)
        console.print(f"{page(simulator)}   what these people see", highlight=False)
    if as_json:
        typer.echo(httpx.Response(HTTPStatus.OK, json=totals).text)
    else:
        report(totals, Console())


def _ingest(directory: Path, url: str | None, key_file: Path | None) -> tuple[str, str]:
    """Where ingest is, and the key to it: as given, or those of the stack."""
    if url is None and key_file is None:
        state = load_state(directory)
        return state.urls["ingest"], state.ingest_api_key
    if url is None or key_file is None:
        raise typer.BadParameter("give --url and --key-file together, or neither for the stack of --directory")
    return url, key_file.read_text(encoding="utf-8").strip()


def connection(*, url: str, key: str, client: str) -> httpx.Client:
    """A connection to ingest that acts for a client."""
    headers = {"Authorization": f"Bearer {key}", "Counterpoint-Client": client}
    return httpx.Client(base_url=url, headers=headers, timeout=60)


def load_file(to: httpx.Client, file: Path, show: Callable[[Totals], None]) -> Totals:
    """Load a file and give back its final totals; `show` gets those on the way. Raises NotLoaded."""
    accepted = _asked(lambda: _send(to, file))
    where = accepted.headers["location"]
    while True:
        totals: Totals = _asked(lambda: to.get(where, params={"after": NO_REJECTS})).json()
        show(totals)
        if totals["state"] == "loaded":
            final: Totals = _asked(lambda: to.get(where)).json()
            return final | {"loaded_before": accepted.json()["loaded_before"]}
        time.sleep(BETWEEN_LOOKS)


def _send(to: httpx.Client, file: Path) -> httpx.Response:
    with file.open("rb") as content:
        name = file.name.encode("ascii", "replace").decode()
        headers = {"Content-Type": "text/csv", "Counterpoint-File-Name": name}
        return to.post("/v1/placements", content=content, headers=headers)


def _asked(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer, asked for again while ingest is away; the same request twice does no harm."""
    backoff = Backoff(most=2.0)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            answer = ask()
        except httpx.TransportError as error:
            fault = f"ingest at {error.request.url.host}:{error.request.url.port} does not answer; is the stack up?"
        else:
            if answer.is_success:
                return answer
            fault, starting = _detail(answer)
            if not starting and answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                raise NotLoaded(fault)
        if time.monotonic() > deadline:
            raise NotLoaded(fault)
        time.sleep(backoff.next())


def _detail(answer: httpx.Response) -> tuple[str, bool]:
    """What ingest says is wrong, and whether it was not ingest yet that answered, but a process that still starts."""
    if answer.headers.get("content-type") == "application/problem+json":
        return str(answer.json()["detail"]), False
    return f"HTTP {answer.status_code} from what should be ingest; is the address right?", True


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True)


def report(totals: Totals, console: Console) -> None:
    """Show the control totals, the rejected rows by code, and the first of them."""
    table = Table("rows", "placed", "rejected", "repeated", "balance placed", "consumers", title=totals["batch_id"])
    counts = (f"{totals[name]:,}" for name in ("rows", "placed", "rejected", "repeated"))
    table.add_row(*counts, f"${float(totals['balance_placed']):,.2f}", f"{totals['consumers']:,}")
    console.print(table)
    if totals["loaded_before"]:
        console.print("This content was loaded before; these are its first totals, and nothing was placed twice.")
    if totals["rejected_by_code"]:
        codes = Table("code", "rows")
        for code, rows in totals["rejected_by_code"].items():
            codes.add_row(code, f"{rows:,}")
        console.print(codes)
        for reject in totals["rejects"][:SHOWN_REJECTS]:
            console.print(f"line {reject['line']}: {' '.join(reject['explanations'])}", highlight=False)
        more = totals["rejected"] - SHOWN_REJECTS
        if more > 0:
            console.print(f"and {more:,} more; --json lists them. Codes: docs/reference/placement.md")
