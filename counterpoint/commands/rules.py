"""`counterpoint rules`: what the gate's rules say, how two packs differ, and whether they pass their cases."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from counterpoint.casebook.cases import run_case
from counterpoint.casebook.golden import WrongFile, run_file
from counterpoint.casebook.pages import differences, page
from services.compliance.loader import HOUSE, LAW, RuleFile, WrongRules, load_files, rule_set

rules = typer.Typer(no_args_is_help=True, help="Show, compare and test the rules of the gate.")
Folder = Annotated[Path | None, typer.Option("--house", help="The collector's own rules, in place of the house rules.")]
Of = Annotated[list[str] | None, typer.Argument(help="Ids of rules, or beginnings of them; all if none is given.")]


@rules.command("list")
def list_rules(house: Folder = None) -> None:
    """List every rule, one a line."""
    for file in files_of(house):
        said = file.content
        until = f" to {said['effective_to']}" if "effective_to" in said else ""
        typer.echo(f"{said['id']:44} {said['citation']}, from {said['effective_from']}{until}: {said['title']}")


@rules.command()
def show(
    rule: Annotated[str, typer.Argument(help="The rule's id, or a name that it covers.")], house: Folder = None
) -> None:
    """Show one rule: what it asks, by which law, with its cases."""
    found = [f for f in files_of(house) if rule in (f.content["id"], *f.content.get("covers", ()))]
    if not found:
        fail(f"there is no rule {rule}; `counterpoint rules list` names all")
    for file in found:
        typer.echo(page(file))


@rules.command()
def diff(
    older: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder of rules.")],
    newer: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Another.")],
) -> None:
    """Say what differs between two folders of rules: rules that came, went, or say something else."""
    found = differences(read(older), read(newer))
    for line in found:
        typer.echo(line)
    typer.echo(f"{len(found)} differences")


@rules.command("test")
def judge_cases(ids: Of = None, house: Folder = None) -> None:
    """Judge the worked cases of the rule files by the rules themselves."""
    files = files_of(house)
    together = rule_set(files)
    passed = failed = 0
    for file in files:
        if ids and not any(file.content["id"].startswith(i) for i in ids):
            continue
        for n, case in enumerate(file.content["cases"]):
            problem = run_case(case, file.content["id"], together)
            passed, failed = passed + (problem is None), failed + (problem is not None)
            if problem is not None:
                typer.echo(f"{file.path}:{file.line('cases', n)}: {case['name']}: {problem}")
    _ended(passed, failed)


@rules.command()
def golden(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file of golden cases.")],
    with_house: Annotated[bool, typer.Option("--with-house", help="Judge by the house rules too.")] = False,
) -> None:
    """Judge a file of golden cases by the law's rules, as the gate does; exit 1 if a case fails."""
    try:
        results = run_file(file, rule_set(_loaded([LAW, HOUSE] if with_house else [LAW])))
    except WrongFile as fault:
        fail(str(fault))
    for result in results:
        if result.problem is not None:
            typer.echo(f"{result.case_id} {result.title}: {result.problem}")
    _ended(sum(r.problem is None for r in results), sum(r.problem is not None for r in results))


def files_of(house: Path | None) -> list[RuleFile]:
    """The files of the law and of a house."""
    return _loaded([LAW, house or HOUSE])


def read(folder: Path) -> list[RuleFile]:
    """The files of one folder, which need not be a whole pack."""
    return _loaded([folder], whole=False)


def _loaded(folders: list[Path], whole: bool = True) -> list[RuleFile]:
    try:
        return load_files(folders, whole=whole)
    except WrongRules as fault:
        fail(str(fault))


def fail(reason: str) -> NoReturn:
    """End, saying why."""
    typer.echo(reason, err=True)
    raise typer.Exit(1)


def _ended(passed: int, failed: int) -> None:
    typer.echo(f"{passed} passed, {failed} failed")
    raise typer.Exit(1 if failed else 0)
