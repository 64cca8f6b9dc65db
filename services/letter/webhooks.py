"""Reports on letters, from Lob and from a mail house: believed only with a signature or token, in the log at once."""

import hmac
import json
import re
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chassis.channel.core.medium import Medium
from chassis.channel.intake import Refused
from chassis.channel.service import Ground
from chassis.clock import Clock
from chassis.host import Publisher
from contracts.events import CallbackKind, CallbackReceived
from contracts.ids import AttemptId, ConsumerId, ContactId
from services.letter.core.report import Report, kept, of_lob
from services.letter.core.status import LADDER
from services.letter.settings import LetterSettings, Printer
from services.letter.signature import WINDOW, is_authentic

LOB_PATH, MAIL_HOUSE_PATH = "/lob/events", "/mail-house/reports"
IDS = ("attempt", "contact", "consumer", "story")
_OPAQUE = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class Webhooks:
    """The address that the printer calls."""

    def __init__(
        self, *, settings: LetterSettings, medium: Medium, ground: Ground, publisher: Publisher, clock: Clock
    ) -> None:
        self._settings = settings
        self._medium = medium
        self._ground = ground
        self._publisher = publisher
        self._clock = clock

    def routes(self) -> list[Route]:
        """What the service's port serves for whoever prints."""
        if self._settings.printer is Printer.LOB:
            return [Route(LOB_PATH, self.lob, methods=["POST"])]
        return [Route(MAIL_HOUSE_PATH, self.mail_house, methods=["POST"])]

    async def lob(self, request: Request) -> Response:
        """An event of a letter."""
        return await self._ground.intake.take("status", partial(self._from_lob, request), Response(status_code=200))

    async def mail_house(self, request: Request) -> Response:
        """What became of a letter, as `counterpoint letters report` tells it."""
        return await self._ground.intake.take("status", partial(self._from_house, request), Response(status_code=204))

    async def _from_lob(self, request: Request) -> str:
        given, timestamp = request.headers.get("Lob-Signature"), request.headers.get("Lob-Signature-Timestamp")
        if given is None or timestamp is None or self._settings.lob_webhook_secret is None:
            raise Refused(403, "unsigned")
        body = await self._ground.intake.body_of(request)
        secret = self._settings.lob_webhook_secret.get_secret_value()
        window = max(WINDOW, self._clock.simulated(WINDOW.total_seconds()))
        if not is_authentic(secret, timestamp, body, given, self._clock.now(), window):
            raise Refused(403, "bad-signature")
        try:
            found = of_lob(json.loads(body))
        except ValueError:
            raise Refused(400, "no-json") from None
        if found is None:
            raise Refused(400, "no-event")
        report, ids, event_id = found
        return await self._publish(report, ids, event_id)

    async def _from_house(self, request: Request) -> str:
        token = self._settings.report_token
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token is None or not hmac.compare_digest(given.encode(), token.get_secret_value().encode()):
            raise Refused(403, "bad-token")
        try:
            content = json.loads(await self._ground.intake.body_of(request))
            ids = {name: str(content[name]) for name in IDS}
            event = str(content["event"])
        except (ValueError, KeyError, TypeError):
            raise Refused(400, "no-report") from None
        if event not in LADDER:
            raise Refused(400, "unknown-event")
        return await self._publish(Report(event, ids["attempt"]), ids, f"{ids['attempt']}/{event}")

    async def _publish(self, report: Report, ids: dict[str, str], event_id: str) -> str:
        if not all(_OPAQUE.fullmatch(ids.get(name, "")) for name in IDS):
            # A letter of the account that we did not send: nobody here can say whose it is.
            return "not-ours"
        now = self._clock.now()
        callback = CallbackReceived(
            meta=self._medium.first(event_id, "status-callback", now, ConsumerId(ids["consumer"]), ids["story"]),
            provider=self._medium.provider,
            kind=CallbackKind.STATUS,
            contact_id=ContactId(ids["contact"]),
            attempt_id=AttemptId(ids["attempt"]),
            body=kept(report),
            received_at=now,
        )
        await self._publisher.publish(events=[callback])
        return "published"
