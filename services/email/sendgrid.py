"""SendGrid's v3 API, the part that a debt collector's e-mails need: one consumer in each request.

https://www.twilio.com/docs/sendgrid/api-reference/mail-send. It has no key for idempotency: a send whose answer was
lost may have happened. Our ids travel as custom arguments, so an event tells of it; with Email Activity we ask.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import structlog

from chassis.channel.lanes import Lanes
from chassis.channel.provider import (
    Absent,
    Accepted,
    Answer,
    Finding,
    InDoubt,
    LockedOut,
    Unknowable,
    Unsent,
    answer_of,
)
from chassis.clock import Clock
from chassis.failures import Halted
from contracts.events import AttemptInDoubt, AttemptStarted
from services.email.core.message import Prepared, Sender, headers
from services.email.core.outcome import read_answer
from services.email.holding import Holding
from services.email.settings import EmailSettings

ATTEMPT, CONTACT, CONSUMER, STORY = "cp_attempt", "cp_contact", "cp_consumer", "cp_story"
"""Our ids in custom arguments, which events repeat at their top level beside SendGrid's own fields."""

_LOCKED_OUT = (
    "SendGrid refuses our credentials ({reason}): see COUNTERPOINT_EMAIL_SENDGRID_KEY, whether that key may send, and "
    "the account's state, then start this service again; approvals wait on their topic meanwhile, or expire there"
)
log = structlog.get_logger()


class SendGrid:
    """One account at SendGrid, as a provider of the e-mail channel."""

    def __init__(self, *, settings: EmailSettings, sender: Sender, clock: Clock) -> None:
        self._settings = settings
        self._sender = sender
        key = settings.sendgrid_key.get_secret_value() if settings.sendgrid_key else ""
        self._lanes = Lanes(
            settings.concurrency,
            base_url=settings.sendgrid_url,
            headers={"Authorization": f"Bearer {key}"},
            connect_timeout=settings.connect_timeout,
            answer_timeout=settings.answer_timeout,
        )
        self._clock = clock
        self._held = timedelta(minutes=settings.undo_minutes)
        self._holding = Holding(self._lanes)
        self.take_back = self._holding.take_back

    async def close(self) -> None:
        """Let the connections go."""
        await self._lanes.close()

    async def check_credentials(self) -> None:
        """Raise Halted if SendGrid takes nothing from us; that it cannot be reached now is no reason not to start."""
        try:
            # An empty message is refused for what it lacks, unless we may not send at all.
            async with self._lanes.lane() as http:
                response = await http.post("/v3/mail/send", json={})
        except httpx.HTTPError as error:
            log.warning("provider.unreachable", provider="sendgrid", error=type(error).__name__)
            return
        if response.status_code in (401, 403):
            raise Halted(_LOCKED_OUT.format(reason=f"HTTP {response.status_code}"))

    async def send(self, *, message: Prepared, attempt: AttemptStarted, time_left: timedelta) -> Answer:
        """Hand an e-mail over."""
        body, batch = self._body(message, attempt), ""
        if self._held and time_left > 2 * self._held:
            try:
                opened = await self._holding.batch()
            except httpx.HTTPError as error:
                return Unsent(type(error).__name__)
            if isinstance(opened, Unsent):
                return opened
            batch = opened
            body |= {"batch_id": batch, "send_at": int((self._clock.now() + self._held).timestamp())}
        answer = await self._handed_over(body)
        if batch and isinstance(answer, Accepted):
            self._holding.holds(answer.provider_id, batch)
        return answer

    async def _handed_over(self, body: Mapping[str, Any]) -> Answer:
        try:
            async with (
                asyncio.timeout(self._settings.longest_call),
                self._lanes.lane() as http,
                http.stream("POST", "/v3/mail/send", json=body) as response,
            ):
                return await self._answer(response)
        except TimeoutError:
            return InDoubt("Timeout")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Unsent(type(error).__name__)
        except httpx.HTTPError as error:
            return InDoubt(type(error).__name__)

    def _body(self, message: Prepared, attempt: AttemptStarted) -> dict[str, Any]:
        ids = {
            ATTEMPT: attempt.attempt_id,
            CONTACT: attempt.contact_id,
            CONSUMER: attempt.meta.consumer_id,
            STORY: attempt.meta.correlation_id,
        }
        off = {"enable": False}
        return {
            "personalizations": [
                {
                    "to": [{"email": message.to}],
                    "headers": dict(headers(message, self._sender)),
                    "custom_args": ids,
                }
            ],
            "from": {"email": self._sender.address, "name": self._sender.name},
            "reply_to": {"email": self._sender.reply_to, "name": self._sender.name},
            "subject": message.subject,
            "content": [
                {"type": "text/plain", "value": message.text},
                {"type": "text/html", "value": message.html},
            ],
            # Our own links are followed by us, and List-Unsubscribe is ours: SendGrid is to rewrite nothing.
            "tracking_settings": {
                "click_tracking": off | {"enable_text": False},
                "open_tracking": {"enable": True},
                "subscription_tracking": off,
            },
        }

    async def _answer(self, response: httpx.Response) -> Answer:
        field = ""
        try:
            await response.aread()
            if response.status_code >= 400:
                field = _field(response)
        except httpx.HTTPError:
            pass  # the status came, and it says enough
        reading = read_answer(response.status_code, field)
        return answer_of(
            reading,
            provider_id=response.headers.get("X-Message-Id", ""),
            retry_after=response.headers.get("Retry-After"),
            act=_LOCKED_OUT.format(reason=reading.reason),
        )

    async def find(self, *, attempt: AttemptStarted | AttemptInDoubt) -> Finding:
        """Look for the e-mail of an attempt in the account's activity, if it has that."""
        if not self._settings.sendgrid_activity:
            return Unknowable()
        query = {"limit": "10", "query": f"(unique_args['{ATTEMPT}']=\"{attempt.attempt_id}\")"}
        try:
            async with self._lanes.lane() as http:
                response = await http.get("/v3/messages", params=query)
            if response.status_code in (401, 403):
                return LockedOut(_LOCKED_OUT.format(reason=f"HTTP {response.status_code}"))
            if response.status_code != 200:
                return InDoubt(f"http-{response.status_code}")
            messages = response.json()["messages"]
            return Accepted(str(messages[0]["msg_id"]).partition(".")[0]) if messages else Absent()
        except (httpx.HTTPError, ValueError, KeyError, TypeError, IndexError) as error:
            return InDoubt(type(error).__name__)


def _field(response: httpx.Response) -> str:
    """The first field that an error complains of."""
    try:
        return str(response.json()["errors"][0].get("field") or "")
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return ""
