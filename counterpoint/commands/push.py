"""`counterpoint push`: the key by which push services know us, and a simulated browser for a consumer."""

import os
from pathlib import Path
from typing import Annotated

import httpx
import typer

from chassis.failures import Halted
from counterpoint.embedded.state import DEFAULT_DIRECTORY, StackState, load_state
from counterpoint.providers.introduce import page
from counterpoint.providers.push.vapid import encoded, public_key, vapid_key

push = typer.Typer(
    help="Make our key for push services; let a simulated browser take notifications.", no_args_is_help=True
)
Directory = Annotated[Path, typer.Option("--directory", help="Folder of the stack.")]


@push.command()
def key() -> None:
    """Make a key: one half is a setting of the push channel, the other is what the portal gives browsers."""
    private = vapid_key(encoded(os.urandom(32)))
    typer.echo(f"COUNTERPOINT_PUSH_VAPID_KEY={private}")
    typer.echo(f"applicationServerKey: {public_key(private)}")


@push.command()
def subscribe(
    consumer: Annotated[str, typer.Argument(metavar="CONSUMER", help="The consumer's id.")],
    label: Annotated[str, typer.Option(help="The consumer's name, for the page of what people saw.")] = "",
    directory: Directory = DEFAULT_DIRECTORY,
) -> None:
    """Give a consumer of the running stack a simulated browser that takes notifications, as the portal would."""
    state = load_state(directory)
    if state.simulator_url is None:
        raise Halted("this stack has no simulator, and so no simulated browsers: the portal subscribes real ones")
    try:
        with httpx.Client(timeout=30, trust_env=False) as http:
            made = _browser(http, state.simulator_url, state)
            known = {"label": label or consumer, "browsers": [made["id"]]}
            http.post(f"{state.simulator_url}/_sim/people", json={"people": [known]}).raise_for_status()
            headers = {"Authorization": f"Bearer {state.ingest_api_key}"}
            said = {"consumer_id": consumer, "subscription": made["subscription"]}
            http.post(f"{state.urls['push']}/subscriptions", json=said, headers=headers).raise_for_status()
    except httpx.HTTPError as fault:
        raise Halted(f"the browser was not subscribed: {fault}; `counterpoint status` shows what runs") from fault
    typer.echo(f"browser {made['id']} takes notifications for {consumer}")
    typer.echo(f"{page(state.simulator_url)}   what these people see")


def _browser(http: httpx.Client, simulator: str, state: StackState) -> dict[str, str]:
    ours = {"application_server_key": public_key(vapid_key(state.hash_key))}
    answer = http.post(f"{simulator}/_sim/browsers", json=ours)
    answer.raise_for_status()
    made: dict[str, str] = answer.json()
    return made
