"""Payments at Stripe over HTTP: clients ask for a page to pay on, and Stripe tells what became of it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from chassis.channel.intake import Intake, Refused
from chassis.clock import Clock
from contracts.ids import ClientId
from services.ingest.answering import Problem, answering, parsed
from services.ingest.core.check import debt_id_of
from services.ingest.core.links import wanted
from services.ingest.core.outcome import NAME, whole
from services.ingest.core.placement import Hashes
from services.ingest.core.request import Unreadable
from services.ingest.core.stripe_events import read
from services.ingest.links import Link, Links
from services.ingest.payment_events import PaymentEvents
from services.ingest.payments import Different, UnknownAccount
from services.ingest.stripe import NotOpened
from services.ingest.stripe_signature import WINDOW, is_authentic

EVENTS_PATH = "/stripe/events"
MOST_REJECTS = 1000
SLOWEST = 10.0
"""Real seconds in which an event's body must be here."""


class AtStripe(Struct, frozen=True):
    """What payments at Stripe need: what was asked, what was told, and the secrets that Stripe signs with."""

    links: Links
    events: PaymentEvents
    secrets: Sequence[str]


class LinkRoutes:
    """The routes; each but Stripe's own acts for the client that the request's API key belongs to."""

    def __init__(
        self,
        *,
        at: AtStripe,
        client_of: Callable[[Request], ClientId],
        body_of: Callable[[Request], Awaitable[bytes]],
        clock: Clock,
        hashes: Hashes,
    ) -> None:
        self._at = at
        self._client_of = client_of
        self._body_of = body_of
        self._clock = clock
        self._hashes = hashes
        self._intake = Intake(label=NAME, timeout=SLOWEST)

    def routes(self) -> Sequence[BaseRoute]:
        """What the service serves for them."""
        return (
            Route("/v1/payment-links", answering(self.post), methods=["POST"]),
            Route("/v1/payment-links/{payment_id}", answering(self.get), methods=["GET"]),
            Route("/v1/payment-rejects", answering(self.rejects), methods=["GET"]),
            Route(EVENTS_PATH, self.take, methods=["POST"]),
        )

    async def post(self, request: Request) -> Response:
        """Open a page on which a consumer can pay so much of an account; the same again is the same page."""
        client_id = self._client_of(request)
        found = wanted(
            parsed(await self._body_of(request)),
            client_id,
            whole(self._clock.now()),
            lambda account: debt_id_of(client_id, account, self._hashes),
        )
        if isinstance(found, Unreadable):
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, found.reason)
        opened = await self._at.links.open(found)
        if isinstance(opened, UnknownAccount):
            raise Problem(HTTPStatus.NOT_FOUND, "no account of that client_account_number is placed")
        if isinstance(opened, Different):
            raise Problem(HTTPStatus.CONFLICT, "another payment was asked for with this payment_id")
        if isinstance(opened, NotOpened):
            return _failed(opened)
        link, before = opened
        return JSONResponse(_shown(link), HTTPStatus.OK if before else HTTPStatus.CREATED)

    async def get(self, request: Request) -> Response:
        """How far a payment has come."""
        client_id = self._client_of(request)
        payment_id: str = request.path_params["payment_id"]
        known = payment_id.isascii() and payment_id.isprintable()
        link = await self._at.links.find(f"{client_id}:{payment_id}") if known else None
        if link is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such payment of yours")
        return JSONResponse(_shown(link))

    async def rejects(self, request: Request) -> Response:
        """What Stripe told of the client's payments and was not used, with reasons, from behind an event on."""
        client_id = self._client_of(request)
        after = request.query_params.get("after", "")
        if not (after.isascii() and (after.isprintable() or not after)):
            raise Problem(HTTPStatus.BAD_REQUEST, "after must be the id of an event")
        rejects = await self._at.events.rejects(client_id, after, MOST_REJECTS)
        more = rejects[-1]["event_id"] if len(rejects) == MOST_REJECTS else None
        return JSONResponse({"rejects": rejects, "next_after": more})

    async def take(self, request: Request) -> Response:
        """An event of Stripe's: kept, and answered at once."""
        return await self._intake.take("payment", partial(self._taken, request), Response(status_code=200))

    async def _taken(self, request: Request) -> str:
        header = request.headers.get("Stripe-Signature")
        if header is None:
            raise Refused(400, "unsigned")
        body = await self._intake.body_of(request)
        window: timedelta = max(WINDOW, self._clock.simulated(WINDOW.total_seconds()))
        if not is_authentic(self._at.secrets, header, body, self._clock.now(), window):
            raise Refused(400, "bad-signature")
        told = read(body)
        if told is None:
            raise Refused(400, "no-event")
        return await self._at.events.keep(body, told)


def _shown(link: Link) -> dict[str, Any]:
    payable = link.state in ("opening", "open")
    return {
        "payment_id": link.asked.payment_id.partition(":")[2],
        "state": link.state,
        "amount": str(link.asked.amount),
        "currency": link.asked.currency,
        "url": link.url if payable else None,
        "expires_at": None if link.expires_at is None else link.expires_at.isoformat(),
    }


def _failed(fault: NotOpened) -> Response:
    if fault.refused:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, fault.reason)
    detail = f"{fault.reason}: try the same request again"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    wished = fault.retry_after or ""
    again = (
        wished if wished.isdigit() and len(wished) < 4 else "1"
    )  # whatever Stripe says, a quarter of an hour at most
    body = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail}
    return JSONResponse(body, int(status), {"Retry-After": again}, media_type="application/problem+json")
