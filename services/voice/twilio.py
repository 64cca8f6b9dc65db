"""Twilio's Calls API, the part that a debt collector's calls need (https://www.twilio.com/docs/voice/api/call-resource).

It has no key for idempotency, and its list shows nothing of ours: no metadata, no address of a callback. So a call is
written down before it is placed, and one whose answer was lost is looked for among the calls to that number since then
that are known to be no other attempt's. Any callback settles it, since its address names the attempt. It is never
placed again.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog
from msgspec import Struct

from chassis.channel.provider import Absent, Accepted, Answer, Finding, InDoubt, LockedOut, Rejected, Unsent, answer_of
from chassis.channel.twilio_signature import FRAGMENT
from chassis.channel.undoing import TakenBack, TooLate, Unheard
from chassis.clock import Clock
from chassis.failures import Halted, Unreachable
from contracts.events import AttemptInDoubt, AttemptStarted, ReasonClass
from services.voice.core.outcome import read_answer
from services.voice.records import Call, Records
from services.voice.settings import VoiceSettings

STATUS_PATH, ANSWER_PATH, FALLBACK_PATH = "/twilio/voice/status", "/twilio/voice/answer", "/twilio/voice/fallback"
MOST_PAGES = 20
RING_BUFFER = 5
"""Seconds by which Twilio may let a phone ring longer than it is told."""
LEAST_RING = 5
EARLIER = timedelta(minutes=2)
"""By so much Twilio's clock may be behind ours."""
_LOCKED_OUT = (
    "Twilio refuses our credentials ({reason}): see COUNTERPOINT_VOICE_ACCOUNT_SID, COUNTERPOINT_VOICE_AUTH_TOKEN and"
    " the account's state at Twilio, then start this service again; approvals wait on their topic meanwhile, or expire"
    " there"
)

log = structlog.get_logger()


class Prepared(Struct, frozen=True):
    """A call, ready to be placed."""

    call: Call


class Twilio:
    """One account at Twilio, as a provider of the telephone channel."""

    def __init__(self, *, settings: VoiceSettings, records: Records, clock: Clock) -> None:
        self._settings = settings
        self._records = records
        self._clock = clock
        self._calls = f"/2010-04-01/Accounts/{settings.account_sid}/Calls.json"
        self._http = httpx.AsyncClient(
            base_url=settings.twilio_url,
            auth=(settings.account_sid, settings.auth_token.get_secret_value()),
            timeout=httpx.Timeout(settings.answer_timeout, connect=settings.connect_timeout),
            limits=httpx.Limits(max_connections=settings.concurrency),
            verify=httpx.create_ssl_context(trust_env=False),
            trust_env=False,
        )

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.aclose()

    async def check_credentials(self) -> None:
        """Raise Halted if Twilio takes nothing from us; that it cannot be reached now is no reason not to start."""
        try:
            response = await self._http.get(self._calls, params={"PageSize": "1"})
        except httpx.HTTPError as error:
            log.warning("provider.unreachable", error=type(error).__name__)
            return
        if response.status_code in (401, 403):
            raise Halted(_LOCKED_OUT.format(reason=f"HTTP {response.status_code}"))

    async def send(self, *, message: Prepared, attempt: AttemptStarted, time_left: timedelta) -> Answer:
        """Place a call, so that its last ring is over before its time is."""
        ring = min(self._settings.ring_seconds, int(time_left.total_seconds()) - RING_BUFFER)
        if ring < LEAST_RING:
            return Rejected("too-late-to-ring", ReasonClass.EXPIRED)
        try:
            await self._records.keep(message.call)
        except Unreachable as fault:
            return Unsent(fault.what.partition(":")[0].lower())
        try:
            async with (
                asyncio.timeout(self._settings.longest_call),
                self._http.stream("POST", self._calls, data=self._form(message, attempt, ring)) as response,
            ):
                answer = await _answer(response)
        except TimeoutError:
            return InDoubt("Timeout")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Unsent(type(error).__name__)
        except httpx.HTTPError as error:
            return InDoubt(type(error).__name__)
        if isinstance(answer, Accepted) and answer.provider_id:
            await self._note(attempt.attempt_id, answer.provider_id)
        return answer

    def _form(self, message: Prepared, attempt: AttemptStarted, ring: int) -> Mapping[str, Any]:
        own = self._settings
        base = own.public_url.rstrip("/")
        query = urlencode(
            {
                "attempt": attempt.attempt_id,
                "contact": attempt.contact_id,
                "consumer": attempt.meta.consumer_id,
                "story": attempt.meta.correlation_id,
            }
        )
        detection = {"MachineDetection": "DetectMessageEnd", "MachineDetectionTimeout": "30"}
        return {
            "To": message.call.number,
            "From": own.from_number,
            "Url": f"{base}{ANSWER_PATH}?{query}{FRAGMENT}",
            "FallbackUrl": f"{base}{FALLBACK_PATH}",
            "StatusCallback": f"{base}{STATUS_PATH}?{query}{FRAGMENT}",
            "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
            "Timeout": str(ring),
            "TimeLimit": str(own.longest_minutes * 60),
            **(detection if own.detect_machines else {}),
        }

    async def _note(self, attempt_id: str, sid: str) -> None:
        try:
            await self._records.placed(attempt_id, sid)
        except Unreachable as fault:  # it is in the log all the same, with the attempt's acceptance
            log.warning("call.not_noted", what=fault.what)

    async def take_back(self, *, provider_id: str) -> TakenBack | TooLate | Unheard:
        """Ask Twilio not to let a phone ring any longer; it agrees as long as nobody picked up."""
        one = self._calls.replace("Calls.json", f"Calls/{provider_id}.json")
        try:
            response = await self._http.post(one, data={"Status": "canceled"})
            content = response.json()
        except (httpx.HTTPError, ValueError) as error:
            return Unheard(type(error).__name__)
        status = content.get("status") if isinstance(content, dict) else None
        if response.status_code == 200 and status == "canceled":
            return TakenBack(urlencode({"CallSid": provider_id, "CallStatus": "canceled"}).encode())
        if response.status_code in (200, 400, 404):
            return TooLate(f"http-{response.status_code}")
        return Unheard(f"http-{response.status_code}")

    async def find(self, *, attempt: AttemptStarted | AttemptInDoubt) -> Finding:
        """Look for the call of an attempt among those that Twilio has to its number."""
        try:
            call = await self._records.call(attempt.attempt_id)
            if call is None:
                return Absent()  # it would have been written down before it was placed
            if call.sid:
                return Accepted(call.sid)
            found = await self._listed(call)
            if not isinstance(found, list):
                return found
            others = await self._records.others(found, call.attempt_id)
            mine = [sid for sid in found if sid not in others]
            if not mine:
                return Absent()
            await self._records.placed(call.attempt_id, mine[-1])
            return Accepted(mine[-1])
        except (httpx.HTTPError, Unreachable, KeyError, TypeError, ValueError) as error:
            return InDoubt(type(error).__name__)

    async def report(self, attempt: AttemptStarted | AttemptInDoubt) -> bytes | None:
        """How far Twilio says that a call has come, in the words of its callback; None if it does not say.

        Why a call failed (SIP) it tells in callbacks alone: one that is asked after counts as a call.
        """
        found = await self.find(attempt=attempt)
        if not isinstance(found, Accepted) or not found.provider_id:
            return None
        try:
            response = await self._http.get(self._calls.replace("Calls.json", f"Calls/{found.provider_id}.json"))
            content = response.json()
        except (httpx.HTTPError, ValueError):
            return None
        status = content.get("status") if isinstance(content, dict) and response.status_code == 200 else None
        return urlencode({"CallSid": found.provider_id, "CallStatus": str(status)}).encode() if status else None

    async def _listed(self, call: Call) -> list[str] | Finding:
        """Calls to a number since a call was begun, newest first, or why that cannot be told."""
        since = call.started_at - max(EARLIER, self._clock.simulated(2.0))
        query = {"To": call.number, "From": self._settings.from_number, "PageSize": "1000"}
        page: str | None = f"{self._calls}?{urlencode(query)}"
        sids: list[str] = []
        for _ in range(MOST_PAGES):
            if page is None:
                return sids
            response = await self._http.get(page)
            if response.status_code in (401, 403):
                return LockedOut(_LOCKED_OUT.format(reason=f"HTTP {response.status_code}"))
            if response.status_code != 200:
                return InDoubt(f"http-{response.status_code}")
            content = response.json()
            sids += [c["sid"] for c in content["calls"] if _created(c["date_created"]) >= since]
            page = content.get("next_page_uri")
        return InDoubt("too-many-pages")


def _created(text: str) -> datetime:
    found = parsedate_to_datetime(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


async def _answer(response: httpx.Response) -> Answer:
    body: Any = {}
    try:
        await response.aread()
        body = response.json()
    except (httpx.HTTPError, ValueError):
        body = {}  # the status came, and it says enough
    body = body if isinstance(body, dict) else {}
    code = str(body.get("code") or "")
    reading = read_answer(response.status_code, int(code) if code.isdecimal() else None)
    return answer_of(
        reading,
        provider_id=str(body.get("sid") or ""),
        retry_after=response.headers.get("Retry-After"),
        act=_LOCKED_OUT.format(reason=f"{reading.reason}, code {reading.code}"),
    )
