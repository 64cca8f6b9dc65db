"""The command that loads a file, over real HTTP.

Green does not prove that it finds a stack started by `counterpoint up`: the test of the whole stack does.
"""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import typer
import uvicorn
from rich.console import Console
from starlette.applications import Starlette
from typer.testing import CliRunner

from counterpoint.commands import load as command
from counterpoint.commands.load import NotLoaded, Totals, connection, load_file, report
from counterpoint.embedded.processes import free_ports
from tests.integration.ingest.harness import OPERATOR, Ingest, LogPublisher, until
from tests.integration.ingest.test_inbox import ROOT
from tests.unit.ingest.factories import a_file, a_row, as_csv


@asynccontextmanager
async def served(ingest: Ingest) -> AsyncIterator[str]:
    """Ingest with its tasks and a real HTTP server; gives its address."""
    (port,) = free_ports(1)
    async with ingest.running() as client:
        app = client._transport.app  # type: ignore[attr-defined]
        assert isinstance(app, Starlette)
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
        serving = asyncio.create_task(server.serve())
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        await serving


async def test_a_file_is_followed_to_its_final_totals(ingest: Ingest) -> None:
    ingest.chunk_rows = 500
    seen: list[Totals] = []
    async with served(ingest) as url:
        with connection(url=url, key=OPERATOR, client="acme") as to:
            example = ROOT / "examples" / "placements.csv"
            first = await asyncio.to_thread(load_file, to, example, seen.append)
            again = await asyncio.to_thread(load_file, to, example, seen.append)
    assert (first["loaded_before"], again["loaded_before"]) == (False, True)
    assert first | {"loaded_before": True} == again
    assert first["rows"] == first["placed"] + first["rejected"] + first["repeated"]
    assert [s["placed"] for s in seen] == sorted(s["placed"] for s in seen)
    shown = io.StringIO()
    report(again, Console(file=shown, width=120))
    for text in ("R_ITEMIZATION_SUM", f"{first['placed']:,}", "loaded before", "more; --json lists them"):
        assert text in shown.getvalue()


@pytest.mark.parametrize(
    ("content", "key", "said"),
    [(as_csv([a_row()]), "wrong-key", "Authorization"), ("a,b\n", OPERATOR, "unknown columns: 'a', 'b'")],
)
async def test_a_file_that_is_refused_is_told_why_at_once(
    ingest: Ingest, tmp_path: Path, content: str, key: str, said: str
) -> None:
    async with served(ingest) as url:
        with connection(url=url, key=key, client="acme") as to, pytest.raises(NotLoaded, match=said):
            await asyncio.to_thread(load_file, to, a_file(tmp_path, content), lambda _: None)


async def test_a_broker_that_is_away_for_a_while_is_waited_for(ingest: Ingest, tmp_path: Path) -> None:
    ingest.publisher = LogPublisher(calls_left=0)
    async with served(ingest) as url:
        with connection(url=url, key=OPERATOR, client="acme") as to:
            path = a_file(tmp_path, as_csv([a_row()]))
            loading = asyncio.create_task(asyncio.to_thread(load_file, to, path, lambda _: None))
            await until(lambda: list((ingest.folder / "spool").glob("bat-*.csv")))
            ingest.publisher.calls_left = None
            totals = await loading
    assert totals["placed"] == 1


async def test_the_command_prints_the_totals_as_json_or_exits_with_the_reason(ingest: Ingest, tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(command.load)
    key_file = tmp_path / "key"
    key_file.write_text(f"{OPERATOR}\n")
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(as_csv([a_row()]))
    bad.write_text("a,b\n")
    async with served(ingest) as url:
        options = ["--client", "acme", "--url", url, "--key-file", str(key_file), "--json"]
        loaded = await asyncio.to_thread(CliRunner().invoke, app, [str(good), *options])
        refused = await asyncio.to_thread(CliRunner().invoke, app, [str(bad), *options])
    assert (loaded.exit_code, refused.exit_code) == (0, 1)
    answer = loaded.stdout.splitlines()[-1]  # before it stand the logs of ingest, which runs in this process here
    assert json.loads(answer)["placed"] == 1
    assert "unknown columns" in refused.stderr
