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
from chassis.understanding.understand import understand
from contracts.events import CallbackKind, CallbackReceived, ReplyIntent
from contracts.ids import AddressId, AttemptId, ConsumerId, ContactId
from services.sms.core.medium import MEDIUM, PROVIDER
from services.sms.core.status import FAILED, OUT
from services.sms.core.whatsapp import by_whatsapp, confirmation, number_of
from services.sms.settings import SmsSettings
from services.sms.twilio import STATUS_PATH
from services.sms.whatsapp import Ways

INBOUND_PATH = "/twilio/inbound"
SAY_NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
SAY = '<?xml version="1.0" encoding="UTF-8"?><Response><Message>{words}</Message></Response>'
"""What makes Twilio answer by the way by which the consumer wrote; our own words, without signs that XML minds."""

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
        ways: Ways | None,
    ) -> None:
        self._ways = ways
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
        said: list[str] = []
        silent = Response(SAY_NOTHING, media_type="text/xml")
        taken = await self._ground.intake.take("inbound", partial(self._hear, request, said.append), silent)
        return Response(SAY.format(words=said[0]), media_type="text/xml") if said else taken

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
        to = form.get("To", "")
        if word in FAILED and by_whatsapp(to):
            await self._texts_again(self._ground.address_of(number_of(to)))
        return "published"

    async def _hear(self, request: Request, say: Callable[[str], None]) -> str:
        body, form = await self._believed(request, INBOUND_PATH)
        sid, sender, words = (form.get(name, "") for name in ("MessageSid", "From", "Body"))
        number, whatsapp = number_of(sender), by_whatsapp(sender)
        if not _OPAQUE.fullmatch(sid) or not _NUMBER.fullmatch(number):
            raise Refused(400, "no-message")
        address_id = self._ground.address_of(number)
        outcome = await self._ground.hearing.hear(message_id=sid, address_id=address_id, words=words, body=body)
        if not whatsapp:
            await self._texts_again(address_id)
            return outcome
        if self._ways is not None:
            await self._ways.heard(address_id, self._clock.now())
        read = understand(words)
        if ReplyIntent.OPT_OUT in read.intents:
            say(confirmation(read.language))
        return outcome

    async def _texts_again(self, address_id: AddressId) -> None:
        """What goes to a number next goes as a text."""
        if self._ways is not None:
            await self._ways.forget(address_id)
