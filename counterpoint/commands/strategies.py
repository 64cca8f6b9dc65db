"""`counterpoint strategies`: what strategies do, whether they can be used, how two differ; publish and pause them."""

import asyncio
import getpass
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from chassis.failures import Halted
from counterpoint.commands.reviewing import By, Directory, held, reject, release
from counterpoint.embedded.state import DEFAULT_DIRECTORY
from counterpoint.evaluate.command import evaluate
from counterpoint.publishing import doing as do
from counterpoint.publishing.plan import Refused
from counterpoint.publishing.reading import Shelf, book_of, content_of, file_of, running_log, shelf_of
from counterpoint.simulate.strategy_cases import run_case
from counterpoint.strategy_words import differences, plan
from services.orchestrator.core.book import BLANK, Book
from services.orchestrator.loader import (
    DIRECTORY,
    LIBRARY,
    StrategyFile,
    WrongStrategy,
    check,
    load_file,
    load_files,
    strategies_of,
)

strategies = typer.Typer(no_args_is_help=True, help="Show, check and compare strategies.")
Folder = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        file_okay=False,
        help="Folder of strategies, in place of those that come with the service and of its library.",
    ),
]


for _more in (evaluate, held, release, reject):
    strategies.command()(_more)


@strategies.command("list")
def list_strategies(folder: Folder = None, directory: Directory = DEFAULT_DIRECTORY) -> None:
    """List every strategy, one a line: those that are published where a stack runs, those of files, the library's."""
    shelf = None if folder is not None else asyncio.run(_shelf(directory))
    for line in published(shelf) if shelf is not None else ():
        typer.echo(line)
    known = set() if shelf is None else set(shelf.book.pages)
    for place, file in _files(folder):
        if file.name not in known:
            typer.echo(f"{file.name:20} {place:9} {file.content['title']}")


def published(shelf: Shelf) -> Iterable[str]:
    """What is published, a line each: whether consumers may enter, how many are in it, and what it does."""
    pages = sorted(shelf.book.pages.values(), key=lambda p: (p.strategy_id, -p.version))
    for page in pages:
        newest = max(p.version for p in pages if p.strategy_id == page.strategy_id) == page.version
        paused = shelf.book.paused.get(page.strategy_id)
        word = "paused" if paused is not None else "in use" if newest else "earlier"
        inside = sum(count for (name, _), count in shelf.standing.items() if name == page.name)
        yield f"{page.name:20} {word:9} {content_of(page)['title']} {inside:,} consumers are in it."


@strategies.command()
def show(
    name: Annotated[str, typer.Argument(help="The strategy, as early-out or early-out@1, or its file.")],
    folder: Folder = None,
    directory: Directory = DEFAULT_DIRECTORY,
) -> None:
    """Show one strategy as a plan: who enters, what is done, and what is done about trouble."""
    for line in plan(_find(name, folder, directory).content):
        typer.echo(line)


@strategies.command()
def validate(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Files of strategies.")],
) -> None:
    """Say whether files can be used, with line and reason if not, and run their worked cases; exit 1 if one fails."""
    checked, passed, failed = _checked(files)
    typer.echo(f"{len(checked)} files can be used; {passed} cases passed, {failed} failed")
    raise typer.Exit(1 if failed else 0)


def _checked(files: list[Path]) -> tuple[list[StrategyFile], int, int]:
    """Files that can be used, and how many of their cases passed and failed; says what is wrong, and may end there."""
    try:
        checked = check(files)
    except WrongStrategy as faults:
        typer.echo(str(faults))
        raise typer.Exit(1) from None
    passed = failed = 0
    for file in checked:
        alone = strategies_of([file])
        for n, case in enumerate(file.content["cases"]):
            problem = run_case(case, alone)
            passed, failed = passed + (problem is None), failed + (problem is not None)
            if problem is not None:
                typer.echo(file.fault(f"{case['name']}: {problem}", "cases", n))
    return checked, passed, failed


@strategies.command()
def publish(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The strategy's file.")],
    by: By = "",
    migrate: Annotated[
        bool, typer.Option("--migrate", help="Take consumers of earlier versions along; they stay on theirs otherwise.")
    ] = False,
    step: Annotated[
        list[str] | None,
        typer.Option(metavar="OLD=NEW", help="With --migrate: where those go on who stand at a step that is gone."),
    ] = None,
    directory: Directory = DEFAULT_DIRECTORY,
) -> None:
    """Put a strategy in force in the running system, without a restart; if it is wrong, say where and why instead."""
    (checked, *_), passed, failed = _checked([file])
    if failed:
        typer.echo(f"not published: {failed} of its cases fail")
        raise typer.Exit(1)
    steps = dict(_pairs(step or []))
    try:
        moves, in_force = asyncio.run(do.publish(checked, directory, by=by or _user(), migrate=migrate, steps=steps))
    except Refused as faults:
        typer.echo(f"{faults}\nnot published")
        raise typer.Exit(1) from None
    typer.echo(f"{checked.name} is published; {passed} cases passed")
    for move in (m for m in moves if m.consumers):
        typer.echo(f"{move.consumers:,} consumers of {checked.content['id']}@{move.from_version} go over to it")
    _say_when(in_force)


@strategies.command()
def pause(
    name: Annotated[str, typer.Argument(help="The strategy's id; all its versions are meant.")],
    resume: Annotated[bool, typer.Option("--resume", help="Let it go on.")] = False,
    by: By = "",
    directory: Directory = DEFAULT_DIRECTORY,
) -> None:
    """Let nobody enter a strategy and contact nobody in it; with --resume, let it go on."""
    in_force = asyncio.run(do.pause(name, directory, by=by or _user(), resume=resume))
    typer.echo(f"{name} {'goes on' if resume else 'is paused'}")
    _say_when(in_force)


def _say_when(in_force: bool) -> None:
    typer.echo(
        "in force" if in_force else "written down; in force when the orchestrator has read it, which it has not yet"
    )


def _pairs(said: list[str]) -> Iterable[tuple[str, str]]:
    for pair in said:
        old, equals, new = pair.partition("=")
        if not (old and equals and new):
            raise Halted(f"--step {pair}: write it as OLD=NEW, the names of two steps")
        yield old, new


def _user() -> str:
    return getpass.getuser()


@strategies.command()
def diff(
    older: Annotated[str, typer.Argument(help="A strategy, by name or file.")],
    newer: Annotated[str, typer.Argument(help="Another.")],
    folder: Folder = None,
    directory: Directory = DEFAULT_DIRECTORY,
) -> None:
    """Say in words what differs between two strategies, or two versions of one."""
    found = differences(_find(older, folder, directory).content, _find(newer, folder, directory).content)
    for line in found:
        typer.echo(line)
    if not found:
        typer.echo("they do the same")


def _files(folder: Path | None) -> list[tuple[str, StrategyFile]]:
    if folder is not None:
        return [("", file) for file in load_files(folder)]
    return [("in use", f) for f in load_files(DIRECTORY)] + [("library", f) for f in load_files(LIBRARY)]


def _find(name: str, folder: Path | None, directory: Path) -> StrategyFile:
    """A strategy by the path of its file, or by its name, published ones first; of several versions, the highest."""
    if Path(name).is_file():
        return load_file(Path(name))
    book = None if folder is not None else asyncio.run(_book(directory))
    found = [file_of(p) for p in (book or BLANK).pages.values() if name in (p.name, p.strategy_id)]
    found = found or [file for _, file in _files(folder) if name in (file.name, file.content["id"])]
    if not found:
        raise Halted(f"there is no strategy {name}; `counterpoint strategies list` names all")
    return max(found, key=lambda file: int(file.content["version"]))


async def _shelf(directory: Path) -> Shelf | None:
    async with running_log(directory) as history:
        return None if history is None else await shelf_of(history)


async def _book(directory: Path) -> Book | None:
    async with running_log(directory) as history:
        return None if history is None else await book_of(history)
