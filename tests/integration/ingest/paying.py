"""Ingest and the simulated Stripe, each calling the other by HTTP; a person pays on Stripe's page."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chassis.health import server
from contracts.events import Event
from counterpoint.providers.settings import SimulatorSettings
from counterpoint.providers.simulator import Simulator
from counterpoint.providers.simulator import running as simulator_running
from counterpoint.providers.stripe.shown import stamp
from counterpoint.providers.stripe.ways import BY_NUMBER, CARD, ROUTING
from services.ingest.links_api import EVENTS_PATH
from services.ingest.stripe_signature import signature
from tests.integration.ingest.harness import Ingest, a_runtime, until
from tests.integration.ingest.test_http import loaded
from tests.unit.ingest.factories import a_row

AC, KEY, SECRET, BEFORE = "AC-1001", "sk_test_1", "whsec_now", "whsec_before"
GOOD_CARD, OTHER_CARD, BAD_CARD = "4242424242424242", "4000000000002685", "4000000000009995"
GOOD_ACCOUNT, BAD_ACCOUNT = "000123456789", "000222222227"


@dataclass
class Paying:
    """One ingest and one Stripe."""

    ingest: Ingest
    simulator: Simulator
    url: str
    client: httpx.AsyncClient
    ids: list[str] = field(default_factory=list)

    async def asks(self, payment_id: str = "P1", amount: str = "245.00", **more: Any) -> httpx.Response:
        """We ask for a payment."""
        asked = {"payment_id": payment_id, "client_account_number": AC, "amount": amount, **more}
        return await self.client.post("/v1/payment-links", json=asked)

    async def pays(self, page: str, number: str = GOOD_CARD) -> int:
        """A person pays."""
        way = BY_NUMBER[number]
        form = {"email": "ana@consumer.example.test", "kind": way.kind, "name": "Ana Ejemplo"}
        card = {"number": number, "expiry": "12/30", "cvc": "123"}
        form |= card if way.kind == CARD else {"account": number, "routing": ROUTING}
        async with httpx.AsyncClient(trust_env=False) as person:
            return (await person.post(page, data=form)).status_code

    async def steer(self, path: str, content: object) -> None:
        """Steer the simulator."""
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as control:
            answer = await control.post(f"/_sim/{path}", json=content)
            assert answer.is_success, answer.text

    async def fault(self, kind: str, **more: object) -> None:
        """Something goes wrong with the next request that makes something."""
        await self.steer("faults", {"faults": [{"kind": kind, "next": 1, "seconds": 0.2, **more}]})

    async def posts(self, event: object, *, secret: str = SECRET, late: int = 0, raw: bytes | None = None) -> int:
        """Stripe, or somebody who would be, posts to us; `late` seconds after it was signed."""
        body = json.dumps(event).encode() if raw is None else raw
        at = str(stamp(self.ingest.runtime.clock.now()) - late)
        headers = {"Stripe-Signature": f"t={at},v1={signature(secret, at, body)}"}
        return (await self.client.post(EVENTS_PATH, content=body, headers=headers)).status_code

    async def state(self, payment_id: str = "P1") -> str:
        """How far a payment has come, as the client is told."""
        return str((await self.client.get(f"/v1/payment-links/{payment_id}")).json()["state"])

    async def reaches(self, state: str, payment_id: str = "P1") -> None:
        """Wait until a payment has come so far."""
        async with asyncio.timeout(30):
            while await self.state(payment_id) != state:  # noqa: ASYNC110 - a database tells nobody that it changed
                await asyncio.sleep(0.02)

    async def rejects(self) -> list[dict[str, Any]]:
        """What was told and not used."""
        found: list[dict[str, Any]] = (await self.client.get("/v1/payment-rejects")).json()["rejects"]
        return found

    async def settled(self) -> None:
        """Wait until everything that Stripe told was taken and settled."""
        await until(lambda: not self.simulator.stripe.events.waiting)
        await until(lambda: "received" not in self.outcomes())

    async def refunds(self, intent: str, **more: str) -> None:
        """We give money back, at Stripe's own page."""
        async with httpx.AsyncClient(base_url=self.url, auth=(KEY, ""), trust_env=False) as ours:
            answer = await ours.post("/stripe/v1/refunds", data={"payment_intent": intent, **more})
            assert answer.is_success, answer.text

    def outcomes(self) -> list[str]:
        """What became of each event that we took."""
        with psycopg.connect(self.ingest.dsn) as connection:
            return [row[0] for row in connection.execute("select outcome from ingest.payment_events").fetchall()]

    def told(self, kind: type[Event]) -> Sequence[Any]:
        """Events of a type in the log."""
        return self.ingest.events(kind)


@asynccontextmanager
async def paying(dsn: str, folder: Path) -> AsyncIterator[Paying]:
    """Both, with one account placed."""
    runtime = a_runtime()
    forward: list[httpx.AsyncClient] = []

    async def hook(request: Request) -> Response:
        """Pass a post on to ingest, whose own port is only in memory."""
        headers = {"Stripe-Signature": request.headers["Stripe-Signature"]}
        answer = await forward[0].post(EVENTS_PATH, content=await request.body(), headers=headers)
        return Response(status_code=answer.status_code)

    web = server(app=Starlette(routes=[Route(EVENTS_PATH, hook, methods=["POST"])]), host="127.0.0.1", port=0)
    serving = asyncio.create_task(web.serve())
    await until(lambda: web.started)
    address = f"http://127.0.0.1:{web.servers[0].sockets[0].getsockname()[1]}{EVENTS_PATH}"
    settings = SimulatorSettings.model_validate(
        {"stripe_key": KEY, "stripe_webhook_url": address, "stripe_webhook_secret": SECRET}
    )
    try:
        async with simulator_running(settings, runtime.clock) as (simulator, url):
            ingest = Ingest(dsn, folder, runtime, more=_settings(url))
            async with ingest.running() as client:
                forward.append(client)
                await loaded(client, await client.post("/v1/placements", json=a_row()))
                yield Paying(ingest, simulator, url, client)
    finally:
        web.should_exit = True
        await serving


def _settings(url: str) -> dict[str, object]:
    return {
        "stripe_url": f"{url}/stripe",
        "stripe_key": KEY,
        "stripe_webhook_secret": SECRET,
        "stripe_webhook_secret_previous": BEFORE,
        "stripe_return_url": "https://collector.example.test/paid",
        "stripe_timeout": 0.5,
    }
