"""`counterpoint simulate`: what a strategy would bring on synthetic consumers, before any real one is contacted."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from chassis.failures import Halted
from counterpoint.embedded.stack import ROOT
from counterpoint.simulate.behaviour import described
from counterpoint.simulate.claims import compared
from counterpoint.simulate.comparison import aligned, compare, drawn, told
from counterpoint.simulate.page import written
from counterpoint.simulate.trial import Trial
from services.orchestrator.loader import DIRECTORY, LIBRARY, load_file

FOLDERS = (DIRECTORY, LIBRARY, ROOT / "examples" / "strategies")
simulate = typer.Typer(no_args_is_help=True, help="Try strategies on synthetic consumers, in memory.")


@simulate.command()
def strategy(
    name: Annotated[str, typer.Argument(metavar="STRATEGY", help="A strategy's id, or its file.")],
    against: Annotated[
        str | None, typer.Option(help="Another strategy, for the same consumers: differences have paired intervals.")
    ] = None,
    beside: Annotated[
        list[str] | None,
        typer.Option(help="One that is offered as well, such as promise-to-pay; may be given again."),
    ] = None,
    consumers: Annotated[int, typer.Option(min=2, help="So many consumers.")] = 10_000,
    days: Annotated[int, typer.Option(min=1, max=730, help="So many days from the placement on.")] = 90,
    seed: Annotated[int, typer.Option(min=0, help="Equal seeds give equal consumers of equal habits.")] = 7,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="Show what each figure does to the difference; needs --against.")
    ] = False,
    picture: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Draw payments and contacts by day into this SVG file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    processes: Annotated[
        int | None, typer.Option(min=1, help="So many processes, as many as cores if not given; never another result.")
    ] = None,
) -> None:
    """Let synthetic consumers live under a strategy, through the real orchestrator and the real gate, in memory.

    How people behave is assumed: `counterpoint simulate behaviour` shows the table.
    """
    if sensitivity and against is None:
        raise typer.BadParameter("it shows the effect on a difference: name another strategy with --against")
    files = [find(each) for each in (name, against) if each is not None]
    if len(set(files)) < len(files):
        raise typer.BadParameter("a strategy against itself differs in nothing: name another with --against")
    others = tuple(find(each) for each in beside or ())
    trial = Trial(consumers, days, seed)
    result = compare(trial, files, beside=others, sensitivity=sensitivity, processes=processes)
    if picture is not None:
        try:
            picture.write_text(drawn(result), encoding="utf-8")
        except OSError as fault:
            raise Halted(f"{picture} cannot be written: {fault.strerror}") from fault
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(result), indent=2).decode())
    else:
        typer.echo(told(result))


@simulate.command()
def comparison(
    output: Annotated[Path, typer.Option(file_okay=False, help="Into which folder the page and its pictures go.")],
    consumers: Annotated[int, typer.Option(min=2, help="So many consumers.")] = 10_000,
    days: Annotated[int, typer.Option(min=1, max=730, help="So many days from the placement on.")] = 90,
    seed: Annotated[int, typer.Option(min=0, help="Equal seeds give the same page.")] = 7,
    smaller: Annotated[int, typer.Option(min=2, help="So many consumers under each of the other assumptions.")] = 250,
    draws: Annotated[int, typer.Option(min=1, help="So often all assumptions are drawn at random.")] = 80,
    commit: Annotated[str, typer.Option(help="Which commit the page names.")] = "unknown",
    processes: Annotated[
        int | None, typer.Option(min=1, help="So many processes, as many as cores if not given; never another result.")
    ] = None,
) -> None:
    """Work one portfolio by channels apart and by channels that share a record, and write docs/comparison.md.

    At its full size this takes half an hour on two cores.
    """
    found = compared(
        Trial(consumers, days, seed),
        smaller=smaller,
        draws=draws,
        progress=lambda said: typer.echo(said, err=True),
        processes=processes,
    )
    try:
        output.mkdir(parents=True, exist_ok=True)
        files = written(found, commit, output)
    except OSError as fault:
        raise Halted(f"the page cannot be written to {output}: {fault.strerror}") from fault
    for file in files:
        typer.echo(str(file))


@simulate.command()
def behaviour() -> None:
    """Show every figure that the simulator assumes, with its range; all of them are invented."""
    for line in aligned([(name, value) for name, value, _ in described()]):
        name = line.split()[0]
        typer.echo(f"{line}  {next(what for known, _, what in described() if known == name)}")


def find(name: str) -> Path:
    """The file of a strategy that is named by its id or its path; raises Halted, WrongStrategy."""
    path = Path(name)
    if path.suffix == ".yaml":
        found = path if path.is_file() else None
    else:
        found = next((f for folder in FOLDERS if (f := folder / f"{name}.yaml").is_file()), None)
    if found is None:
        known = sorted({file.stem for folder in FOLDERS for file in folder.glob("*.yaml")})
        raise Halted(f"there is no strategy {name}: give a .yaml file, or one of {', '.join(known)}")
    load_file(found)
    return found.resolve()
