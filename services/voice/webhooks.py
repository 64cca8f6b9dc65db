"""Twilio's requests about calls: believed only with a signature, and in the log before they are answered."""

import re
from collections.abc import Awaitable, Callable
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
from contracts.ids import AddressId, AttemptId, ConsumerId, ContactId
from services.voice import twiml
from services.voice.answers import PAID_PATH, TRANSCRIPT_PATH, TURN_PATH, WHISPER_PATH, Answers, Line
from services.voice.core.medium import MEDIUM, PROVIDER
from services.voice.core.place import Place
from services.voice.core.status import BEYOND_RINGING
from services.voice.records import Records
from services.voice.settings import VoiceSettings
from services.voice.twilio import ANSWER_PATH, FALLBACK_PATH, STATUS_PATH

INBOUND_PATH = "/twilio/voice/inbound"
_OPAQUE = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_ANONYMOUS = "+0"
"""Stands for a caller who hides the number: nobody is known there."""


class Spoken(Response):
    """An answer in TwiML, whose words are only known once the work is done."""

    media_type = "text/xml"

    def tell(self, text: str) -> None:
        """Say this."""
        self.body = self.render(text)
        self.init_headers()


class Webhooks:
    """The addresses that Twilio calls."""

    def __init__(
        self,
        *,
        settings: VoiceSettings,
        answers: Answers,
        records: Records,
        ground: Ground,
        publisher: Publisher,
        clock: Clock,
        gone: Callable[[ContactId], None],
    ) -> None:
        self._settings = settings
        self._answers = answers
        self._records = records
        self._ground = ground
        self._publisher = publisher
        self._clock = clock
        self._gone = gone
        secrets = (settings.auth_token, settings.auth_token_secondary)
        self._tokens = [s.get_secret_value() for s in secrets if s is not None]

    def routes(self) -> list[Route]:
        """What the service's port serves for Twilio."""
        spoken = {
            ANSWER_PATH: ("answer", self._answer),
            TURN_PATH: ("turn", self._turn),
            PAID_PATH: ("paid", self._paid),
            INBOUND_PATH: ("inbound", self._inbound),
            WHISPER_PATH: ("whisper", self._whisper),
            FALLBACK_PATH: ("fallback", self._fallback),
        }
        routes = [
            Route(path, partial(self._speak, kind, work), methods=["POST"]) for path, (kind, work) in spoken.items()
        ]
        told = {STATUS_PATH: self.status, TRANSCRIPT_PATH: self.transcript}
        return [*(Route(path, work, methods=["POST"]) for path, work in told.items()), *routes]

    async def status(self, request: Request) -> Response:
        """How far a call has come."""
        return await self._ground.intake.take("status", partial(self._report, request), Response(status_code=204))

    async def transcript(self, request: Request) -> Response:
        """What was said to a person of ours."""
        work = partial(self._overhear, request)
        return await self._ground.intake.take("transcript", work, Response(status_code=204))

    async def _speak(self, kind: str, work: Callable[[Request, Line], Awaitable[str]], request: Request) -> Response:
        answer = Spoken()

        async def said() -> str:
            answer.tell(await work(request, await self._line(request)))
            return "answered"

        return await self._ground.intake.take(kind, said, answer)

    async def _line(self, request: Request) -> Line:
        """A request whose signature is right."""
        given = request.headers.get("X-Twilio-Signature")
        if given is None:
            raise Refused(403, "unsigned")
        body = await self._ground.intake.body_of(request)
        query = request.scope["query_string"].decode("latin-1")
        url = self._settings.public_url.rstrip("/") + request.url.path + (f"?{query}" if query else "")
        if not is_authentic(self._tokens, url, body, given):
            raise Refused(403, "bad-signature")
        form = fields(body)
        if form.get("AccountSid") != self._settings.account_sid:
            raise Refused(403, "other-account")
        if not _OPAQUE.fullmatch(form.get("CallSid", "")):
            raise Refused(400, "no-call")
        number = form.get("From" if form.get("Direction", "").startswith("inbound") else "To", "")
        return Line(form, body, number if _NUMBER.fullmatch(number) else _ANONYMOUS)

    async def _answer(self, request: Request, line: Line) -> str:
        attempt, _, _, story = self._ids(request)
        return await self._answers.picked_up(line, attempt, story)

    def _place(self, request: Request) -> Place:
        place = self._answers.place_of(request.query_params.get("place", ""))
        if place is None:
            raise Refused(403, "bad-place")
        return place

    async def _turn(self, request: Request, line: Line) -> str:
        return await self._answers.turn(line, self._place(request))

    async def _paid(self, request: Request, line: Line) -> str:
        return await self._answers.paid(line, self._place(request))

    async def _whisper(self, request: Request, line: Line) -> str:
        return await self._answers.whisper(self._place(request))

    async def _overhear(self, request: Request) -> str:
        line = await self._line(request)
        place = self._place(request)
        address_id = request.query_params.get("at", "")
        if not _OPAQUE.fullmatch(address_id):
            raise Refused(403, "bad-place")
        return await self._answers.overhear(line, place, AddressId(address_id))

    async def _inbound(self, request: Request, line: Line) -> str:
        return await self._answers.called(line)

    async def _fallback(self, request: Request, line: Line) -> str:
        return twiml.document(twiml.hang_up())

    def _ids(self, request: Request) -> tuple[str, str, str, str]:
        attempt, contact, consumer = (request.query_params.get(n, "") for n in ("attempt", "contact", "consumer"))
        story = request.query_params.get("story") or contact
        if not all(_OPAQUE.fullmatch(i) for i in (attempt, contact, consumer, story)):
            raise Refused(400, "no-attempt")
        return attempt, contact, consumer, story

    async def _report(self, request: Request) -> str:
        line = await self._line(request)
        attempt, contact, consumer, story = self._ids(request)
        word, number = line.form.get("CallStatus", ""), line.form.get("SequenceNumber", "")
        if not word:
            raise Refused(400, "no-status")
        await self._records.placed(attempt, line.sid)
        if word in BEYOND_RINGING:
            self._gone(ContactId(contact))
        now = self._clock.now()
        cause = f"{attempt}/{line.sid}/{number}/{word}"
        report = CallbackReceived(
            meta=MEDIUM.first(cause, "status-callback", now, ConsumerId(consumer), story),
            provider=PROVIDER,
            kind=CallbackKind.STATUS,
            contact_id=ContactId(contact),
            attempt_id=AttemptId(attempt),
            body=line.body,
            received_at=now,
        )
        await self._publisher.publish(events=[report])
        return "published"
