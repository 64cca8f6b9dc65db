"""Twilio's Messages API, the part that a debt collector's texts need.

https://www.twilio.com/docs/messaging/api/message-resource. It has no key for idempotency: a send whose answer was lost
may have happened, and is looked up by its reference, never repeated.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog
from msgspec import Struct

from chassis.answers import json_object
from chassis.channel.directory import Directory
from chassis.channel.lanes import Lanes
from chassis.channel.provider import Absent, Accepted, Answer, Finding, InDoubt, LockedOut, Unsent, answer_of
from chassis.channel.twilio_signature import FRAGMENT
from chassis.channel.undoing import TakenBack, TooLate, Unheard
from chassis.clock import Clock
from chassis.failures import Halted, Unreachable
from contracts.events import AttemptInDoubt, AttemptStarted
from services.sms.core.outcome import read_answer
from services.sms.core.reference import reference_of
from services.sms.core.senders import sender_for
from services.sms.core.whatsapp import PREFIX
from services.sms.settings import SmsSettings

STATUS_PATH, MEDIA_PATH = "/twilio/status", "/twilio/media"
LONGEST_VALIDITY = 36_000
SHORTEST_HOLD = timedelta(seconds=301)
"""Twilio schedules nothing for the next five minutes: https://www.twilio.com/docs/messaging/features/message-scheduling."""
MOST_PAGES = 20
_LOCKED_OUT = (
    "Twilio refuses our credentials ({reason}): see COUNTERPOINT_SMS_ACCOUNT_SID, COUNTERPOINT_SMS_AUTH_TOKEN and the "
    "account's state at Twilio, then start this service again; approvals wait on their topic meanwhile, or expire there"
)

log = structlog.get_logger()


class Prepared(Struct, frozen=True):
    """A text, the number it goes to, the names of pictures that go with it, and whether it goes by WhatsApp."""

    to: str
    body: str
    media: tuple[str, ...] = ()
    whatsapp: bool = False


class Twilio:
    """One account at Twilio, as a provider of the text channel."""

    def __init__(self, *, settings: SmsSettings, directory: Directory, clock: Clock) -> None:
        if settings.undo_minutes and settings.messaging_service_sid is None:
            raise Halted("COUNTERPOINT_SMS_UNDO_MINUTES needs COUNTERPOINT_SMS_MESSAGING_SERVICE_SID")
        self._settings = settings
        self._clock = clock
        # Twilio counts its five minutes from when the request comes, which may be as late as a call may take.
        hold = max(timedelta(minutes=settings.undo_minutes), SHORTEST_HOLD) + clock.simulated(settings.longest_call)
        self._held = hold if settings.undo_minutes else timedelta()
        self._directory = directory
        self._messages = f"/2010-04-01/Accounts/{settings.account_sid}/Messages.json"
        self._sends_to = httpx.URL(settings.twilio_url.rstrip("/") + self._messages)  # whole: httpx joins slowly
        self._lanes = Lanes(
            settings.concurrency,
            base_url=settings.twilio_url,
            auth=(settings.account_sid, settings.auth_token.get_secret_value()),
            connect_timeout=settings.connect_timeout,
            answer_timeout=settings.answer_timeout,
        )

    async def close(self) -> None:
        """Let the connections go."""
        await self._lanes.close()

    async def check_credentials(self) -> None:
        """Raise Halted if Twilio takes nothing from us; that it cannot be reached now is no reason not to start."""
        try:
            async with self._lanes.lane() as http:
                response = await http.get(self._messages, params={"PageSize": "1"})
        except httpx.HTTPError as error:
            log.warning("provider.unreachable", error=type(error).__name__)
            return
        if response.status_code in (401, 403):
            raise Halted(_LOCKED_OUT.format(reason=f"HTTP {response.status_code}"))

    async def send(self, *, message: Prepared, attempt: AttemptStarted, time_left: timedelta) -> Answer:
        """Hand a text over."""
        # Twilio schedules for a Messaging Service alone, which WhatsApp's number is not asked through.
        held = self._held if time_left > 2 * self._held and not message.whatsapp else timedelta()
        form: dict[str, str | list[str]] = {
            **self._parties(message, attempt),
            "Body": message.body,
            "StatusCallback": self._callback(attempt),
            "ValidityPeriod": str(min(max(int((time_left - held).total_seconds()), 1), LONGEST_VALIDITY)),
        }
        if held:
            form["ScheduleType"] = "fixed"
            form["SendAt"] = (self._clock.now() + held).strftime("%Y-%m-%dT%H:%M:%SZ")
        if message.media:
            form["MediaUrl"] = [self._settings.address(f"{MEDIA_PATH}/{name}") for name in message.media]
        try:
            async with (
                asyncio.timeout(self._settings.longest_call),
                self._lanes.lane() as http,
                http.stream("POST", self._sends_to, data=form) as response,
            ):
                return await self._answer(response)
        except TimeoutError:
            return InDoubt("Timeout")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Unsent(type(error).__name__)
        except httpx.HTTPError as error:
            return InDoubt(type(error).__name__)

    async def take_back(self, *, provider_id: str) -> TakenBack | TooLate | Unheard:
        """Ask Twilio not to send a text; it agrees only to what is still scheduled."""
        one = self._messages.replace("Messages.json", f"Messages/{provider_id}.json")
        try:
            async with asyncio.timeout(self._settings.longest_call), self._lanes.lane() as http:
                response = await http.post(one, data={"Status": "canceled"})
                content = await _json(response)
        except (httpx.HTTPError, TimeoutError) as error:
            return Unheard(type(error).__name__)
        if response.status_code == 200 and content.get("status") == "canceled":
            return TakenBack(urlencode({"MessageSid": provider_id, "MessageStatus": "canceled"}).encode())
        if response.status_code in (400, 404, 409):
            return TooLate(f"code-{_integer(content.get('code'))}")
        return Unheard(f"http-{response.status_code}")

    def _parties(self, message: Prepared, attempt: AttemptStarted) -> Mapping[str, str]:
        """Who writes to whom: one of our numbers, or whom the Messaging Service chooses, the same for a phone too."""
        if message.whatsapp:
            return {"To": f"{PREFIX}{message.to}", "From": f"{PREFIX}{self._settings.whatsapp_from}"}
        if (service := self._settings.messaging_service_sid) is not None:
            return {"To": message.to, "MessagingServiceSid": service}
        return {"To": message.to, "From": sender_for(attempt.meta.consumer_id, self._settings.senders)}

    def _callback(self, attempt: AttemptStarted) -> str:
        query = {
            "attempt": attempt.attempt_id,
            "contact": attempt.contact_id,
            "consumer": attempt.meta.consumer_id,
            "story": attempt.meta.correlation_id,
        }
        return f"{self._settings.address(STATUS_PATH)}?{urlencode(query)}{FRAGMENT}"

    async def _answer(self, response: httpx.Response) -> Answer:
        try:
            body = await _json(response)
        except httpx.HTTPError:
            body = {}  # the status came, and it says enough
        reading = read_answer(response.status_code, _integer(body.get("code")))
        return answer_of(
            reading,
            provider_id=str(body.get("sid") or ""),
            retry_after=response.headers.get("Retry-After"),
            act=_LOCKED_OUT.format(reason=f"{reading.reason}, code {reading.code}"),
        )

    async def find(self, *, attempt: AttemptStarted | AttemptInDoubt) -> Finding:
        """Look for the text of an attempt among those that Twilio has."""
        found = await self._looked_up(attempt)
        return Accepted(found["sid"]) if isinstance(found, dict) else found

    async def report(self, attempt: AttemptStarted | AttemptInDoubt) -> bytes | None:
        """How far Twilio says that a text has come, in the words of its callback; None if it does not say."""
        found = await self._looked_up(attempt)
        if not isinstance(found, dict) or not found.get("status"):
            return None
        fields = {"MessageSid": found["sid"], "MessageStatus": found["status"], "ErrorCode": found.get("error_code")}
        return urlencode({name: value for name, value in fields.items() if value is not None}).encode()

    async def _looked_up(
        self, attempt: AttemptStarted | AttemptInDoubt
    ) -> dict[str, Any] | Absent | InDoubt | LockedOut:
        """The text of an attempt as Twilio shows it, by the reference at its end.

        The list is asked for by the phone's number alone: a filter by date would leave out texts that still wait to be
        sent, one by our number those of a number that was ours before.
        """
        reference = reference_of(attempt.attempt_id)
        found: dict[str, Any] | Absent | InDoubt | LockedOut = Absent()
        try:
            number = await self._directory.address_of(attempt.address_id)
            for wanted in self._lists(number):
                found = await self._listed(wanted, reference)
                if not isinstance(found, Absent):
                    break
        except (httpx.HTTPError, Unreachable, KeyError, TypeError) as error:
            return InDoubt(type(error).__name__)
        return found

    def _lists(self, number: str | None) -> Sequence[Mapping[str, str]]:
        """By whom a text is looked for: the number, and where texts may have gone by WhatsApp the number there."""
        if number is None:
            return ({},)
        ways = ("",) if self._settings.whatsapp_from is None else ("", PREFIX)
        return [{"To": way + number} for way in ways]

    async def _listed(self, wanted: Mapping[str, str], reference: str) -> dict[str, Any] | Absent | InDoubt | LockedOut:
        """The text with a reference in one list of Twilio's."""
        page: str | None = f"{self._messages}?{urlencode({'PageSize': '1000', **wanted})}"
        for _ in range(MOST_PAGES):
            if page is None:
                return Absent()
            async with self._lanes.lane() as http:
                found = await http.get(page)
            if found.status_code in (401, 403):
                return LockedOut(_LOCKED_OUT.format(reason=f"HTTP {found.status_code}"))
            if found.status_code != 200:
                return InDoubt(f"http-{found.status_code}")
            content = await _json(found)
            for message in content["messages"]:
                if reference in (message["body"] or "") and message["sid"]:
                    return dict(message)
            page = content.get("next_page_uri")
        return InDoubt("too-many-pages")


async def _json(response: httpx.Response) -> dict[str, Any]:
    await response.aread()
    return json_object(response)


def _integer(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None
