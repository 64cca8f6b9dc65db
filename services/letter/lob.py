"""Lob's API for letters, the part that a debt collector's letters need (https://docs.lob.com/).

Every letter carries its attempt's id, as metadata and as key of idempotency; no personal data but what the envelope
shows and the pages say.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import httpx
import structlog

from chassis.answers import json_object
from chassis.channel.provider import Absent, Accepted, Answer, Finding, InDoubt, LockedOut, Rejected, Unsent, answer_of
from chassis.channel.undoing import TakenBack, TooLate, Unheard
from chassis.failures import Halted
from contracts.events import AttemptInDoubt, AttemptStarted, ReasonClass
from services.letter.core.outcome import is_deliverable, read_answer
from services.letter.core.place import Place, place_of
from services.letter.core.report import Report, kept
from services.letter.prepared import Prepared
from services.letter.settings import LetterSettings

LETTERS, VERIFICATIONS = "/v1/letters", "/v1/us_verifications"
_LOCKED_OUT = (
    "Lob refuses our key ({reason}): see COUNTERPOINT_LETTER_LOB_KEY and the account's state at Lob, then start this "
    "service again; approvals wait on their topic meanwhile, or expire there"
)

log = structlog.get_logger()


class Lob:
    """One account at Lob, as a provider of the letter channel."""

    def __init__(self, settings: LetterSettings) -> None:
        if settings.lob_key is None:
            raise Halted("COUNTERPOINT_LETTER_LOB_KEY is not set")
        self._settings = settings
        name, *lines = settings.sender.split("|")
        self._sender = name, place_of("\n".join(lines))
        self._http = httpx.AsyncClient(
            base_url=settings.lob_url,
            auth=(settings.lob_key.get_secret_value(), ""),
            timeout=httpx.Timeout(settings.answer_timeout, connect=settings.connect_timeout),
            limits=httpx.Limits(max_connections=settings.concurrency),
            verify=httpx.create_ssl_context(trust_env=False),
            trust_env=False,
        )

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.aclose()

    async def check_credentials(self) -> None:
        """Raise Halted if Lob takes nothing from us; that it cannot be reached now is no reason not to start."""
        try:
            response = await self._http.get(LETTERS, params={"limit": "1"})
        except httpx.HTTPError as error:
            log.warning("provider.unreachable", error=type(error).__name__)
            return
        if response.status_code in (401, 403):
            raise Halted(_LOCKED_OUT.format(reason=f"HTTP {response.status_code}"))

    async def send(self, *, message: Prepared, attempt: AttemptStarted, time_left: timedelta) -> Answer:
        """Hand a letter over, after a look at whether mail can be delivered there."""
        try:
            async with asyncio.timeout(self._settings.longest_call):
                refused = await self._unverified(message) if self._settings.verify_addresses else None
                return refused or await self._handed_over(message, attempt)
        except TimeoutError:
            return InDoubt("Timeout")

    async def find(self, *, attempt: AttemptStarted | AttemptInDoubt) -> Finding:
        """Look for an attempt's letter by what it carries."""
        try:
            response = await self._http.get(LETTERS, params={"metadata[attempt]": attempt.attempt_id, "limit": "1"})
        except httpx.HTTPError as error:
            return InDoubt(type(error).__name__)
        if response.status_code in (401, 403):
            return LockedOut(_LOCKED_OUT.format(reason=f"HTTP {response.status_code}"))
        found = json_object(response).get("data")
        if response.status_code != 200 or not isinstance(found, list):
            return InDoubt(f"http-{response.status_code}")
        return Accepted(str(found[0].get("id") or "")) if found else Absent()

    async def take_back(self, *, provider_id: str) -> TakenBack | TooLate | Unheard:
        """Ask Lob not to print a letter: within the account's cancellation window it will not."""
        try:
            response = await self._http.delete(f"{LETTERS}/{provider_id}")
        except httpx.HTTPError as error:
            return Unheard(type(error).__name__)
        if response.status_code == 200 and json_object(response).get("deleted") is True:
            return TakenBack(kept(Report("letter.deleted", provider_id)))
        if response.status_code in (404, 422):
            return TooLate(f"http-{response.status_code}")
        return Unheard(f"http-{response.status_code}")

    async def _unverified(self, message: Prepared) -> Answer | None:
        place = message.place
        asked = {
            "primary_line": place.lines[0],
            "city": place.city,
            "state": place.state,
            "zip_code": place.zip_code,
        } | ({"secondary_line": place.lines[1]} if place.lines[1:] else {})
        try:
            response = await self._http.post(VERIFICATIONS, json=asked)
        except httpx.HTTPError as error:
            return Unsent(type(error).__name__)  # nothing was printed
        if response.status_code in (401, 403):
            return LockedOut(_LOCKED_OUT.format(reason=f"HTTP {response.status_code}"))
        word = json_object(response).get("deliverability")
        if response.status_code != 200 or not isinstance(word, str):
            return Unsent(f"verification-http-{response.status_code}")
        return None if is_deliverable(word) else Rejected("undeliverable", ReasonClass.PERMANENT_ADDRESS, word)

    async def _handed_over(self, message: Prepared, attempt: AttemptStarted) -> Answer:
        name, ours = self._sender
        fields: dict[str, str] = {
            "color": "false",
            "double_sided": "true",
            "address_placement": "top_first_page",
            "mail_type": "usps_first_class",
            "use_type": "operational",
            "metadata[attempt]": attempt.attempt_id,
            "metadata[contact]": attempt.contact_id,
            "metadata[consumer]": attempt.meta.consumer_id,
            "metadata[story]": attempt.meta.correlation_id,
            **_addressed("to", message.name, message.place),
            **(_addressed("from", name, ours) if ours else {}),
        }
        try:
            response = await self._http.post(
                LETTERS,
                data=fields,
                files={"file": ("letter.pdf", message.pdf, "application/pdf")},
                headers={"Idempotency-Key": attempt.attempt_id},
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Unsent(type(error).__name__)
        except httpx.HTTPError as error:
            return InDoubt(type(error).__name__)
        body = json_object(response)
        problem = body.get("error")
        code = problem.get("code") if isinstance(problem, dict) else None
        reading = read_answer(response.status_code, code)
        return answer_of(
            reading,
            provider_id=str(body.get("id") or ""),
            retry_after=response.headers.get("Retry-After"),
            act=_LOCKED_OUT.format(reason=f"{reading.reason}, code {reading.code}"),
        )


def _addressed(side: str, name: str, place: Place) -> Mapping[str, str]:
    fields = {
        "name": name,
        "address_line1": place.lines[0],
        "address_city": place.city,
        "address_state": place.state,
        "address_zip": place.zip_code,
        "address_country": "US",
    } | ({"address_line2": place.lines[1]} if place.lines[1:] else {})
    return {f"{side}[{name}]": value for name, value in fields.items()}
