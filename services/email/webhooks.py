"""What is posted to the e-mail channel: SendGrid's events and inbound mail, and what consumers do with our links."""

import hmac
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import msgspec
import structlog
from msgspec import Raw
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chassis.channel.core.medium import Medium
from chassis.channel.intake import Refused
from chassis.channel.service import Ground
from chassis.clock import Clock
from chassis.host import Publisher
from contracts.events import CallbackKind, CallbackReceived
from contracts.ids import AddressId, AttemptId, ConsumerId, ContactId
from services.email.arrivals import Arrivals
from services.email.core.medium import SENDGRID
from services.email.core.parsed import from_fields
from services.email.core.reading import UNSUBSCRIBES, fields_of
from services.email.sendgrid import ATTEMPT, CONSUMER, CONTACT, STORY
from services.email.settings import EmailSettings
from services.email.signature import SIGNATURE, TIMESTAMP, is_authentic, public_keys

EVENTS_PATH, INBOUND_PATH = "/sendgrid/events", "/inbound/{token}"
MOST_BYTES = 1 << 20
MOST_MAIL = 30 << 20
LATE = 600.0
"""Seconds between an event's signature and its arrival that are worth a warning: SendGrid tries again for a day."""

SPOKEN = UNSUBSCRIBES | {"spamreport"}
"""Events that a consumer brought about as a wish, to be known as such for ever."""

_OPAQUE = re.compile(r"[A-Za-z0-9._:-]{1,64}")
log = structlog.get_logger()


class Webhooks:
    """The addresses that SendGrid calls."""

    def __init__(
        self,
        *,
        settings: EmailSettings,
        medium: Medium,
        ground: Ground,
        arrivals: Arrivals,
        publisher: Publisher,
        clock: Clock,
        gone: Callable[[ContactId], None],
    ) -> None:
        self._gone = gone
        self._settings = settings
        self._medium = medium
        self._ground = ground
        self._arrivals = arrivals
        self._publisher = publisher
        self._clock = clock
        self._keys = public_keys(settings.event_keys)

    def routes(self) -> list[Route]:
        """What the service's port serves for SendGrid."""
        routes = [Route(EVENTS_PATH, self.events, methods=["POST"])] if self._keys else []
        if self._settings.inbound_token is not None:
            routes.append(Route(INBOUND_PATH, self.inbound, methods=["POST"]))
        return routes

    async def events(self, request: Request) -> Response:
        """How far e-mails have come, many at once."""
        return await self._ground.intake.take("status", partial(self._report, request), Response(status_code=204))

    async def inbound(self, request: Request) -> Response:
        """Somebody wrote to us."""
        return await self._ground.intake.take("inbound", partial(self._hear, request), Response(status_code=200))

    async def _report(self, request: Request) -> str:
        given, timestamp = request.headers.get(SIGNATURE), request.headers.get(TIMESTAMP)
        if given is None or timestamp is None:
            raise Refused(403, "unsigned")
        body = await self._ground.intake.body_of(request, MOST_BYTES)
        if not is_authentic(self._keys, timestamp, body, given):
            raise Refused(403, "bad-signature")
        if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > LATE:
            self._ground.intake.count("status", "late")
        try:
            # Each event is kept in its own bytes, as it came.
            batch = msgspec.json.decode(body, type=list[Raw])
        except (msgspec.MsgspecError, RecursionError):
            raise Refused(400, "no-events") from None
        published, parked = await self._sorted(batch)
        if parked:
            self._ground.intake.count("status", "parked", parked)
        if published:
            await self._publisher.publish(events=published)
            self._ground.intake.count("status", "event", len(published))
            for contact_id in {event.contact_id or ContactId("") for event in published}:
                self._gone(contact_id)
        return "published"

    async def _sorted(self, batch: list[Raw]) -> tuple[list[CallbackReceived], int]:
        """Events for the log; those that name nobody of ours are kept apart, and never a reason to refuse the rest."""
        found: list[CallbackReceived] = []
        parked = 0
        for raw in batch:
            body = bytes(raw)
            told = list(self._told(body))
            found += told
            if not told:
                parked += 1
                sign = str(fields_of(body).get("sg_event_id") or hash(body))
                await self._ground.directory.park(
                    message_id=f"event/{sign}"[:200],
                    address_id=AddressId("nobody"),
                    body=body,
                    received_at=self._clock.now(),
                )
        return found, parked

    def _told(self, body: bytes) -> Iterator[CallbackReceived]:
        said = fields_of(body)
        attempt, contact, consumer = (str(said.get(n) or "") for n in (ATTEMPT, CONTACT, CONSUMER))
        story = str(said.get(STORY) or contact)
        if not all(_OPAQUE.fullmatch(i) for i in (attempt, contact, consumer, story)):
            return
        now = self._clock.now()
        word = str(said.get("event") or "")
        cause = f"{said.get('sg_event_id') or attempt}/{word}"
        if word in SPOKEN:
            self._ground.suppressions.said_stop(self._ground.address_of(str(said.get("email") or "").lower()), now)
        yield CallbackReceived(
            meta=self._medium.first(cause, "event-callback", now, ConsumerId(consumer), story),
            provider=SENDGRID,
            kind=CallbackKind.INBOUND if word in SPOKEN else CallbackKind.STATUS,
            contact_id=ContactId(contact),
            attempt_id=AttemptId(attempt),
            body=body,
            received_at=now,
        )

    async def _hear(self, request: Request) -> str:
        token = self._settings.inbound_token
        given = request.path_params["token"].encode()
        if token is None or not hmac.compare_digest(given, token.get_secret_value().encode()):
            raise Refused(404, "wrong-address")
        if int(request.headers.get("Content-Length") or 0) > MOST_MAIL:
            raise Refused(413, "too-large")
        try:
            async with request.form(max_files=200, max_fields=200, max_part_size=MOST_MAIL) as form:
                fields: dict[str, Any] = {n: v for n, v in form.items() if not isinstance(v, UploadFile)}
        except (MultiPartException, ValueError):
            raise Refused(400, "no-mail") from None
        mail = from_fields(fields)
        if mail is None:
            raise Refused(400, "no-mail")
        return await self._arrivals.take(mail.raw, mail.authentic)
