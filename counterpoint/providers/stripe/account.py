"""One account at Stripe: its payments, the page on which they are made, and what Stripe tells of them."""

from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from chassis.clock import Clock
from counterpoint.providers.ledger import Ledger
from counterpoint.providers.settings import SimulatorSettings
from counterpoint.providers.stripe.api import Api
from counterpoint.providers.stripe.checkout import Checkout
from counterpoint.providers.stripe.dealings import Dealings
from counterpoint.providers.stripe.events import Events
from counterpoint.providers.stripe.operations import Operations
from counterpoint.providers.stripe.records import Endpoint, Records


class Turn(Struct, frozen=True, forbid_unknown_fields=True):
    """What comes over a payment that succeeded: it is disputed, or its dispute decided."""

    payment_intent: str
    happens: str
    reason: str = "fraudulent"


class Account:
    """What the simulator serves under /stripe; `base` tells where that is."""

    def __init__(self, *, settings: SimulatorSettings, clock: Clock, ledger: Ledger, base: Callable[[], str]) -> None:
        self.records = Records(settings.seed)
        self.events = Events(records=self.records, clock=clock, workers=settings.callback_workers)
        self.dealings = Dealings(records=self.records, events=self.events, ledger=ledger, clock=clock, base=base)
        self.clock = clock
        operations = Operations(records=self.records, dealings=self.dealings, events=self.events, base=base)
        key = settings.stripe_key.get_secret_value()
        self._api = Api(key=key, records=self.records, operations=operations, clock=clock)
        self._checkout = Checkout(records=self.records, dealings=self.dealings, clock=clock)
        if settings.stripe_webhook_url is not None:
            secret = settings.stripe_webhook_secret.get_secret_value()
            endpoint = Endpoint("we_setting", clock.now(), settings.stripe_webhook_url, secret, ["*"])
            self.records.endpoints[endpoint.id] = endpoint

    def routes(self) -> list[Route]:
        """What is served below the mount."""
        return [*self._api.routes(), *self._checkout.routes()]

    def control(self) -> list[Route]:
        """How tests and a demo bring about what no request of ours does."""
        paid = Route("/_sim/paid", self._checkout.paid, methods=["GET"])
        return [paid, Route("/_sim/payments", self.turn, methods=["POST"])]

    def work(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """What goes on beside requests, until cancelled."""
        return self.dealings.run(), self.events.run()

    async def turn(self, request: Request) -> Response:
        """A payment's money is claimed back, or the bank decides about it."""
        try:
            wanted = msgspec.json.decode(await request.body(), type=Turn)
        except msgspec.MsgspecError as error:
            return PlainTextResponse(str(error), status_code=400)
        intent = self.records.intents.get(wanted.payment_intent)
        charge = intent.charges[-1] if intent is not None and intent.charges else None
        if charge is None or charge.status != "succeeded":
            return PlainTextResponse("no such payment has succeeded", status_code=404)
        if wanted.happens == "disputed" and charge.dispute is None:
            self.dealings.dispute(charge, wanted.reason, self.clock.now())
        elif wanted.happens in ("won", "lost") and charge.dispute is not None:
            self.dealings.decide(charge.dispute, self.clock.now(), won=wanted.happens == "won")
        else:
            return PlainTextResponse("happens is disputed, or of a dispute won or lost", status_code=409)
        return Response(status_code=204)
