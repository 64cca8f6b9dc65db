"""`counterpoint email`: whether the world will believe the domain that e-mails are from."""

from typing import Annotated

import msgspec
import typer

from counterpoint.email_domain import Grade, check, resolver_at

email = typer.Typer(no_args_is_help=True, help="See to what e-mails need outside of the stack.")


@email.callback()
def _email() -> None:
    """See to what e-mails need outside of the stack."""


@email.command("check-domain")
def check_domain(
    domain: Annotated[str, typer.Argument(metavar="DOMAIN", help="The domain of the sender's address, or of bounces.")],
    selector: Annotated[
        list[str] | None, typer.Option(help="A DKIM selector, once for each; SendGrid's s1 and s2 if none is given.")
    ] = None,
    include: Annotated[str, typer.Option(help="What SPF must include; empty to ask for nothing.")] = "sendgrid.net",
    resolver: Annotated[
        str | None, typer.Option(help="The resolver, HOST or HOST:PORT; the machine's own if absent.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Look at SPF, DKIM, DMARC and MX of a domain; exit 1 if mail from it may not arrive, or not come back."""
    found = list(check(domain.lower().rstrip("."), resolver_at(resolver), selector or ["s1", "s2"], include))
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        for one in found:
            typer.echo(f"{one.grade:8} {one.about:9} {one.says}")
    if any(one.grade is Grade.FAULT for one in found):
        raise typer.Exit(1)
