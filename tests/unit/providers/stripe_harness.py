"""The simulated Stripe for a test, with Stripe's own SDK, a webhook of ours and a person who pays."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import stripe
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chassis.clock import Clock
from chassis.health import server
from counterpoint.providers.settings import SimulatorSettings
from counterpoint.providers.simulator import Simulator, running
from counterpoint.providers.stripe.shown import VERSION
from counterpoint.providers.stripe.ways import CARD, ROUTING, WAYS, Way

KEY, SECRET = "sk_test_key", "whsec_test"
START = datetime(2026, 10, 19, 16, tzinfo=UTC)
SESSIONS = "/stripe/v1/checkout/sessions"
PAGE: dict[str, Any] = {
    "mode": "payment",
    "success_url": "https://collector.example.test/paid?session={CHECKOUT_SESSION_ID}",
    "client_reference_id": "link-1",
    "metadata": {"debt": "debt-1"},
    "payment_intent_data": {"metadata": {"debt": "debt-1"}},
    "payment_method_types": ["card", "us_bank_account"],
    "line_items": [
        {
            "quantity": 1,
            "price_data": {"currency": "usd", "unit_amount": 24500, "product_data": {"name": "Account ending 1234"}},
        }
    ],
}


class Heard:
    """What Stripe posted to us, as our webhook would see it."""

    def __init__(self, refuse_first: int = 0) -> None:
        self.posts: list[tuple[bytes, str]] = []
        self._refuse = refuse_first

    async def take(self, request: Request) -> Response:
        """Note a post."""
        self.posts.append((await request.body(), request.headers["Stripe-Signature"]))
        self._refuse -= 1
        return Response(status_code=500 if self._refuse >= 0 else 200)

    def types(self) -> list[str]:
        """Types of the events that came, in the order in which they happened."""
        events = {e["id"]: e for e in (json.loads(body) for body, _ in self.posts)}
        return [e["type"] for e in events.values()]

    def objects(self, kind: str) -> list[Any]:
        """The objects of the events of a type."""
        return [e["data"]["object"] for e in (json.loads(body) for body, _ in self.posts) if e["type"] == kind]


@asynccontextmanager
async def listening(heard: Heard) -> AsyncIterator[str]:
    """A page of ours that is posted to."""
    web = server(app=Starlette(routes=[Route("/hook", heard.take, methods=["POST"])]), host="127.0.0.1", port=0)
    serving = asyncio.create_task(web.serve())
    await until(lambda: web.started)
    try:
        yield f"http://127.0.0.1:{web.servers[0].sockets[0].getsockname()[1]}/hook"
    finally:
        web.should_exit = True
        await serving


@asynccontextmanager
async def simulator(
    heard: Heard | None = None, *, clock: Clock | None = None, rate: float = 1.0
) -> AsyncIterator[tuple[Simulator, str, stripe.StripeClient]]:
    """A simulator, its address, and Stripe's SDK for it."""
    clock = clock or Clock(start=START, anchor=time.time(), rate=rate)
    async with listening(heard or Heard()) as hook:
        settings = SimulatorSettings.model_validate(
            {"stripe_key": KEY, "stripe_webhook_url": hook, "stripe_webhook_secret": SECRET}
        )
        async with running(settings, clock) as (simulated, url):
            http = stripe.HTTPXClient(allow_sync_methods=True)
            client = stripe.StripeClient(
                KEY,
                stripe_version=VERSION,
                base_addresses={"api": f"{url}/stripe"},
                max_network_retries=0,
                http_client=http,
            )
            try:
                yield simulated, url, client
            finally:
                await http.close_async()
                http.close()


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the simulator tells nobody that it has moved
            await asyncio.sleep(0.005)


async def pays(url: str, session: Any, way: Way) -> httpx.Response:
    """A person fills in the page and sends it."""
    form = {"email": "ana@consumer.example.test", "kind": way.kind, "name": "Ana Ejemplo"}
    card = {"number": way.number, "expiry": "12 / 30", "cvc": "123"}
    form |= card if way.kind == CARD else {"account": way.number, "routing": ROUTING}
    async with httpx.AsyncClient(base_url=url, trust_env=False) as person:
        assert "$245.00" in (await person.get(session.url)).text
        return await person.post(session.url, data=form)


def the(kind: str, says: str) -> Way:
    """The first test card or account that does something."""
    return next(w for w in WAYS if w.kind == kind and says in w.says)


async def pays_over(url: str, session: Any) -> str:
    """The page of what was paid already."""
    async with httpx.AsyncClient(base_url=url, trust_env=False) as person:
        return (await person.get(f"{url}/stripe/c/pay/{session.id}")).text


def days_pass(simulated: Simulator, days: int) -> None:
    """Set the clock on."""
    simulated.stripe.clock.start += timedelta(days=days)
    simulated.stripe.dealings.look()
