"""`counterpoint strategies`: what strategies do, whether they can be used, and how two differ."""

from pathlib import Path
from typing import Annotated

import typer

from chassis.failures import Halted
from counterpoint.commands.evaluate import evaluate
from counterpoint.simulate.strategy_cases import run_case
from counterpoint.strategy_words import differences, plan
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

strategies.command()(evaluate)


@strategies.command("list")
def list_strategies(folder: Folder = None) -> None:
    """List every strategy, one a line: those in use, and those of the library, from which one copies."""
    for place, file in _files(folder):
        typer.echo(f"{file.name:20} {place:8} {file.content['title']}")


@strategies.command()
def show(
    name: Annotated[str, typer.Argument(help="The strategy, as early-out or early-out@1, or its file.")],
    folder: Folder = None,
) -> None:
    """Show one strategy as a plan: who enters, what is done, and what is done about trouble."""
    for line in plan(_find(name, folder).content):
        typer.echo(line)


@strategies.command()
def validate(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Files of strategies.")],
) -> None:
    """Say whether files can be used, with line and reason if not, and run their worked cases; exit 1 if one fails."""
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
    typer.echo(f"{len(checked)} files can be used; {passed} cases passed, {failed} failed")
    raise typer.Exit(1 if failed else 0)


@strategies.command()
def diff(
    older: Annotated[str, typer.Argument(help="A strategy, by name or file.")],
    newer: Annotated[str, typer.Argument(help="Another.")],
    folder: Folder = None,
) -> None:
    """Say in words what differs between two strategies, or two versions of one."""
    found = differences(_find(older, folder).content, _find(newer, folder).content)
    for line in found:
        typer.echo(line)
    if not found:
        typer.echo("they do the same")


def _files(folder: Path | None) -> list[tuple[str, StrategyFile]]:
    if folder is not None:
        return [("", file) for file in load_files(folder)]
    return [("in use", f) for f in load_files(DIRECTORY)] + [("library", f) for f in load_files(LIBRARY)]


def _find(name: str, folder: Path | None) -> StrategyFile:
    """A strategy by the path of its file, or by its name; of several versions, the highest."""
    if Path(name).is_file():
        return load_file(Path(name))
    found = [file for _, file in _files(folder) if name in (file.name, file.content["id"])]
    if not found:
        raise Halted(f"there is no strategy {name}; `counterpoint strategies list` names all")
    return max(found, key=lambda file: int(file.content["version"]))
