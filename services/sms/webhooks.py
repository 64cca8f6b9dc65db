"""Twilio's callbacks: believed only with a signature, in the log before they are answered, interpreted later."""

import re
from collections.abc import Callable, Mapping
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chassis.channel.core.form import fields
from chassis.channel.intake import Refused
from chassis.channel.service import Ground
from chassis.channel.twilio_signature import is_authentic
from chassis.clock import Clock
from chassis.host import Publisher
from contracts.events import CallbackKind, CallbackReceived
from contracts.ids import AttemptId, ConsumerId, ContactId
from services.sms.core.medium import MEDIUM, PROVIDER
from services.sms.core.status import OUT
from services.sms.settings import SmsSettings
from services.sms.twilio import STATUS_PATH

INBOUND_PATH = "/twilio/inbound"
SAY_NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

_OPAQUE = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}")


class Webhooks:
    """The two addresses that Twilio calls."""

    def __init__(
        self,
        *,
        settings: SmsSettings,
        ground: Ground,
        publisher: Publisher,
        clock: Clock,
        gone: Callable[[ContactId], None],
    ) -> None:
        self._gone = gone
        self._settings = settings
        self._ground = ground
        self._publisher = publisher
        self._clock = clock
        secrets = (settings.auth_token, settings.auth_token_secondary)
        self._tokens = [s.get_secret_value() for s in secrets if s is not None]

    def routes(self) -> list[Route]:
        """What the service's port serves for Twilio."""
        return [
            Route(STATUS_PATH, self.status, methods=["POST"]),
            Route(INBOUND_PATH, self.inbound, methods=["POST"]),
        ]

    async def status(self, request: Request) -> Response:
        """How far a text has come."""
        return await self._ground.intake.take("status", partial(self._report, request), Response(status_code=204))

    async def inbound(self, request: Request) -> Response:
        """A consumer wrote."""
        answer = Response(SAY_NOTHING, media_type="text/xml")
        return await self._ground.intake.take("inbound", partial(self._hear, request), answer)

    async def _believed(self, request: Request, path: str) -> tuple[bytes, Mapping[str, str]]:
        """What Twilio said, as it came and as fields."""
        given = request.headers.get("X-Twilio-Signature")
        if given is None:
            raise Refused(403, "unsigned")
        body = await self._ground.intake.body_of(request)
        query = request.scope["query_string"].decode("latin-1")
        url = self._settings.public_url.rstrip("/") + path + (f"?{query}" if query else "")
        if not is_authentic(self._tokens, url, body, given):
            raise Refused(403, "bad-signature")
        form = fields(body)
        if form.get("AccountSid") != self._settings.account_sid:
            raise Refused(403, "other-account")
        return body, form

    async def _report(self, request: Request) -> str:
        body, form = await self._believed(request, STATUS_PATH)
        attempt, contact, consumer = (request.query_params.get(n, "") for n in ("attempt", "contact", "consumer"))
        story = request.query_params.get("story") or contact
        if not all(_OPAQUE.fullmatch(i) for i in (attempt, contact, consumer, story)):
            raise Refused(400, "no-attempt")
        sid, word = form.get("MessageSid", ""), form.get("MessageStatus", "")
        if not sid or not word:
            raise Refused(400, "no-status")
        now = self._clock.now()
        report = CallbackReceived(
            meta=MEDIUM.first(f"{attempt}/{sid}/{word}", "status-callback", now, ConsumerId(consumer), story),
            provider=PROVIDER,
            kind=CallbackKind.STATUS,
            contact_id=ContactId(contact),
            attempt_id=AttemptId(attempt),
            body=body,
            received_at=now,
        )
        await self._publisher.publish(events=[report])
        if word in OUT:
            self._gone(ContactId(contact))
        return "published"

    async def _hear(self, request: Request) -> str:
        body, form = await self._believed(request, INBOUND_PATH)
        sid, number = form.get("MessageSid", ""), form.get("From", "")
        if not _OPAQUE.fullmatch(sid) or not _NUMBER.fullmatch(number):
            raise Refused(400, "no-message")
        address_id = self._ground.address_of(number)
        return await self._ground.hearing.hear(
            message_id=sid, address_id=address_id, words=form.get("Body", ""), body=body
        )
