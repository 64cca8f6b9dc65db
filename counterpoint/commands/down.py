"""`counterpoint down`: stops a stack."""

from pathlib import Path
from typing import Annotated

import typer

from counterpoint.embedded import stack
from counterpoint.embedded.state import DEFAULT_DIRECTORY


def down(
    directory: Annotated[Path, typer.Option(help="Folder of the stack.")] = DEFAULT_DIRECTORY,
    wipe: Annotated[bool, typer.Option("--wipe", help="Remove the folder too, with all its data.")] = False,
) -> None:
    """Stop what `up` started, and nothing else; data stay unless told otherwise."""
    directory = directory.resolve()
    if not stack.stop(directory, lambda line: typer.echo(line, err=True)):
        typer.echo(f"no stack runs in {directory}", err=True)
    if wipe:
        stack.wipe(directory)
        typer.echo(f"{directory} is removed", err=True)
