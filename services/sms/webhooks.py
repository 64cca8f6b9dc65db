"""Twilio's callbacks: believed only with a signature, in the log before they are answered, interpreted later."""

import asyncio
import re
from datetime import datetime

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from chassis import metrics
from chassis.clock import Clock
from chassis.failures import Unreachable
from chassis.host import Publisher
from contracts.events import CallbackKind, CallbackReceived, Channel, Event, Meta, ReplyIntent
from contracts.ids import AttemptId, ConsumerId, ContactId, EventId, derived_id
from services.sms.core.decide import PROVIDER, AddressOf
from services.sms.core.form import fields
from services.sms.core.keywords import intent_of
from services.sms.core.meta import NAME, VERSION
from services.sms.directory import Directory, Parked
from services.sms.settings import SmsSettings
from services.sms.signature import is_authentic
from services.sms.suppressions import Suppressions
from services.sms.twilio import STATUS_PATH

INBOUND_PATH = "/twilio/inbound"
MOST_BYTES = 1 << 20
SAY_NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

_CHANNEL = Channel.SMS.value.lower()
_OPAQUE = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}")
log = structlog.get_logger()


class Refused(Exception):
    """A request that is answered with an error: nothing was published, and nothing is known to be lost."""

    def __init__(self, status: int, outcome: str) -> None:
        super().__init__(outcome)
        self.status = status
        self.outcome = outcome


class Webhooks:
    """The two addresses that Twilio calls."""

    def __init__(
        self,
        *,
        settings: SmsSettings,
        publisher: Publisher,
        directory: Directory,
        suppressions: Suppressions,
        address_of: AddressOf,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._publisher = publisher
        self._directory = directory
        self._suppressions = suppressions
        self._address_of = address_of
        self._clock = clock
        secrets = (settings.auth_token, settings.auth_token_secondary)
        self._tokens = [s.get_secret_value() for s in secrets if s is not None]
        self._warned_at = float("-inf")

    def routes(self) -> list[Route]:
        """What the service's port serves for Twilio."""
        return [
            Route(STATUS_PATH, self.status, methods=["POST"]),
            Route(INBOUND_PATH, self.inbound, methods=["POST"]),
        ]

    async def status(self, request: Request) -> Response:
        """How far a text has come."""
        try:
            body = await self._believed(request, STATUS_PATH)
            await self._publisher.publish(events=[self._reported(request, body)])
        except (Refused, Unreachable) as fault:
            return self._refuse("status", fault)
        self._count("status", "published")
        return Response(status_code=204)

    async def inbound(self, request: Request) -> Response:
        """A consumer wrote."""
        try:
            body = await self._believed(request, INBOUND_PATH)
            outcome = await self._take(body)
        except (Refused, Unreachable) as fault:
            return self._refuse("inbound", fault)
        self._count("inbound", outcome)
        return Response(SAY_NOTHING, media_type="text/xml")

    async def _believed(self, request: Request, path: str) -> bytes:
        given = request.headers.get("X-Twilio-Signature")
        if given is None:
            raise Refused(403, "unsigned")
        body = await self._read(request)
        query = request.scope["query_string"].decode("latin-1")
        url = self._settings.public_url.rstrip("/") + path + (f"?{query}" if query else "")
        if not is_authentic(self._tokens, url, body, given):
            raise Refused(403, "bad-signature")
        if fields(body).get("AccountSid") != self._settings.account_sid:
            raise Refused(403, "other-account")
        return body

    async def _read(self, request: Request) -> bytes:
        body = bytearray()
        try:
            async with asyncio.timeout(self._settings.webhook_timeout):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > MOST_BYTES:
                        raise Refused(413, "too-large")
        except TimeoutError:
            raise Refused(408, "too-slow") from None
        except ClientDisconnect:
            raise Refused(400, "cut-off") from None
        return bytes(body)

    def _reported(self, request: Request, body: bytes) -> Event:
        attempt, contact, consumer = (request.query_params.get(n, "") for n in ("attempt", "contact", "consumer"))
        story = request.query_params.get("story") or contact
        if not all(_OPAQUE.fullmatch(i) for i in (attempt, contact, consumer, story)):
            raise Refused(400, "no-attempt")
        form = fields(body)
        sid, word = form.get("MessageSid", ""), form.get("MessageStatus", "")
        if not sid or not word:
            raise Refused(400, "no-status")
        now = self._clock.now()
        cause = f"{attempt}/{sid}/{word}"
        return CallbackReceived(
            meta=_meta(cause, "status-callback", now, ConsumerId(consumer), story),
            provider=PROVIDER,
            kind=CallbackKind.STATUS,
            contact_id=ContactId(contact),
            attempt_id=AttemptId(attempt),
            body=body,
            received_at=now,
        )

    async def _take(self, body: bytes) -> str:
        form = fields(body)
        sid, number = form.get("MessageSid", ""), form.get("From", "")
        if not _OPAQUE.fullmatch(sid) or not _NUMBER.fullmatch(number):
            raise Refused(400, "no-message")
        now = self._clock.now()
        address_id = self._address_of(number)
        if intent_of(form.get("Body", "")).intent is ReplyIntent.OPT_OUT:
            self._suppressions.said_stop(address_id, now)
            for theirs in await self._directory.addresses_beside(address_id):
                self._suppressions.said_stop(theirs, now)
        consumers = await self._directory.consumers_at(address_id)
        if consumers:
            await self._publisher.publish(events=[heard(Parked(c, sid, body, now)) for c in consumers])
            return "published"
        await self._directory.park(message_sid=sid, address_id=address_id, body=body, received_at=now)
        return "parked"

    def _refuse(self, kind: str, fault: Refused | Unreachable) -> Response:
        if isinstance(fault, Unreachable):
            self._count(kind, "not-recorded")
            log.warning("callback.not_recorded", kind=kind, what=fault.what)
            return PlainTextResponse("not recorded: try again", status_code=503)
        self._count(kind, fault.outcome)
        now = asyncio.get_running_loop().time()
        if now - self._warned_at > 60:
            self._warned_at = now
            log.warning("callback.refused", kind=kind, outcome=fault.outcome, status=fault.status)
        return PlainTextResponse(fault.outcome, status_code=fault.status)

    def _count(self, kind: str, outcome: str) -> None:
        metrics.CALLBACKS.labels(_CHANNEL, kind, outcome).inc()


def heard(message: Parked) -> CallbackReceived:
    """A message of a consumer, for the log; always the same event for the same arguments."""
    cause = f"{message.message_sid}/{message.consumer_id}"
    meta = _meta(cause, "inbound-callback", message.received_at, message.consumer_id, None)
    return CallbackReceived(meta, PROVIDER, CallbackKind.INBOUND, None, None, message.body, message.received_at)


def _meta(cause: str, name: str, at: datetime, consumer_id: ConsumerId, story: str | None) -> Meta:
    event_id = EventId(derived_id(cause=cause, name=name, at=at))
    return Meta(event_id, at, consumer_id, story or event_id, None, NAME, VERSION)
