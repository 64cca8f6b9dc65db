"""Any push service, by the one protocol that all of them speak (RFC 8030).

It has no key for idempotency and no list: what became of a message whose answer was lost nobody can be asked. Each
carries a Topic of its attempt's, so that a push service that still holds one keeps only the last, and a tag, so that a
browser shows only one at a time; but one that was shown and put away would be shown again, so nothing is sent twice.
"""

import asyncio
import os
from contextlib import suppress
from datetime import timedelta

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from msgspec import Struct

from chassis.channel.core.outcome import Verdict
from chassis.channel.lanes import Lanes
from chassis.channel.provider import Answer, Finding, InDoubt, Rejected, Unknowable, Unsent, answer_of
from chassis.clock import Clock
from contracts.events import AttemptInDoubt, AttemptStarted, ReasonClass
from services.push.core.outcome import read_answer
from services.push.core.subscription import Subscription
from services.push.encryption import Proof, TooLong, encrypted
from services.push.settings import PushSettings

LONGEST_KEPT = timedelta(weeks=4)
"""No push service keeps a message for longer."""
REFUSALS = 3
"""So many refusals in a row, and nobody who takes our messages between them, say that it is our key that is wrong."""
_LOCKED_OUT = (
    "push services refuse our key ({reason}): see COUNTERPOINT_PUSH_VAPID_KEY, which must be the one that the portal "
    "subscribes browsers with, and this machine's clock, then start this service again; approvals wait meanwhile"
)


class Prepared(Struct, frozen=True):
    """A notification as the browser reads it, and for whom."""

    to: Subscription
    body: bytes


class WebPush:
    """All push services, as one provider of the push channel."""

    def __init__(self, *, settings: PushSettings, proof: Proof, clock: Clock) -> None:
        self._settings = settings
        self._proof = proof
        self._clock = clock
        self._refused = 0
        self._lanes = Lanes(
            settings.concurrency,
            base_url="",
            connect_timeout=settings.connect_timeout,
            answer_timeout=settings.answer_timeout,
        )

    async def close(self) -> None:
        """Let the connections go."""
        await self._lanes.close()

    async def send(self, *, message: Prepared, attempt: AttemptStarted, time_left: timedelta) -> Answer:
        """Hand a notification over, not to be kept for longer than it may be shown."""
        try:
            body = encrypted(message.body, message.to, generate_private_key(SECP256R1()), os.urandom(16))
        except TooLong:
            return Rejected("too-large", ReasonClass.CONFIGURATION)
        except ValueError:
            return Rejected("key-not-usable", ReasonClass.PERMANENT_ADDRESS)
        headers = {
            "Authorization": self._proof.header(message.to.origin, self._clock.now()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(max(int(min(time_left, LONGEST_KEPT).total_seconds()), 0)),
            "Urgency": "normal",
            "Topic": topic_of(attempt.attempt_id),
        }
        try:
            async with (
                asyncio.timeout(self._settings.longest_call),
                self._lanes.lane() as http,
                http.stream("POST", message.to.endpoint, content=body, headers=headers) as response,
            ):
                with suppress(httpx.HTTPError):  # the status came, and it says enough
                    await response.aread()
                return self._answer(response)
        except TimeoutError:
            return InDoubt("Timeout")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Unsent(type(error).__name__)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return InDoubt(type(error).__name__)

    async def find(self, *, attempt: AttemptStarted | AttemptInDoubt) -> Finding:
        """Say that nobody can be asked."""
        return Unknowable()

    def _answer(self, response: httpx.Response) -> Answer:
        """What an answer says. One refusal may be about one browser, subscribed with a key that we had before."""
        reading = read_answer(response.status_code)
        if reading.verdict is Verdict.ACCEPTED:
            self._refused = 0
        elif reading.verdict is Verdict.LOCKED_OUT:
            self._refused += 1
            if self._refused < REFUSALS:
                return Rejected("key-refused", ReasonClass.CONFIGURATION, reading.code)
        return answer_of(
            reading,
            provider_id=response.headers.get("Location", "").rpartition("/")[2][:64],
            retry_after=response.headers.get("Retry-After"),
            act=_LOCKED_OUT.format(reason=reading.reason),
        )


def topic_of(attempt_id: str) -> str:
    """The Topic of an attempt: 32 characters are the most that there may be."""
    return attempt_id.replace("-", "")[-32:]
