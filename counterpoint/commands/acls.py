"""`counterpoint acls`: what each principal may do on the broker, for a cluster of your own."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Annotated

import msgspec
import typer

from chassis.failures import Halted
from contracts.access import Grant, grants, grants_of, principals

COMMAND = 'kafka-acls.sh --bootstrap-server "$BROKERS" --command-config admin.properties --add'


def acls(
    principal: Annotated[str | None, typer.Argument(help="Only this principal's; everybody's if absent.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the grants as JSON.")] = False,
) -> None:
    """Print the grants that the contract gives, as commands of Kafka's own tool; a secure stack has them already."""
    if principal is not None and principal not in principals():
        raise Halted(f"{principal} has no grants: give one of {', '.join(principals())}")
    given = grants() if principal is None else grants_of(principal)
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(given), indent=2).decode())
    else:
        typer.echo("\n".join(commands(given)))


def commands(given: Sequence[Grant]) -> Iterator[str]:
    """A command for all that a principal may do in one way with one kind of thing."""
    for (principal, resource, operation), same in groupby(sorted(given, key=_kind), key=_kind):
        names = " ".join(f"--{resource} {g.name}" for g in same)
        yield f"{COMMAND} --allow-principal User:{principal} --operation {operation.title()} {names}"


def _kind(grant: Grant) -> tuple[str, str, str]:
    return grant.principal, grant.resource.value, grant.operation.value
