"""Twilio's Lookup API, version 2, the part that says what a line is and whether it went to somebody else.

https://www.twilio.com/docs/lookup/v2-api. Each answer costs money; so it is asked by `checking.py` alone.
"""

import asyncio
from datetime import date

import httpx
from msgspec import Struct

from chassis.channel.lanes import Lanes
from services.sms.core.lookup import Found, read_lookup
from services.sms.settings import SmsSettings

AT_A_TIME = 8
_LOCKED_OUT = (
    "Twilio refuses to look numbers up (HTTP {status}): have Lookup with line type intelligence and reassigned numbers "
    "enabled for the account, or set COUNTERPOINT_SMS_LOOKUP_DAYS=0, then start this service again"
)


class Unanswered(Struct, frozen=True):
    """Nothing is known now; it may be another time."""

    reason: str


class Refused(Struct, frozen=True):
    """Nothing will be known until a person acts; `reason` tells that person what."""

    reason: str


class Lookups:
    """The account's way to Lookup. Asking never raises."""

    def __init__(self, settings: SmsSettings) -> None:
        self._longest_call = settings.longest_call
        self._lanes = Lanes(
            AT_A_TIME,
            base_url=settings.lookup_url,
            auth=(settings.account_sid, settings.auth_token.get_secret_value()),
            connect_timeout=settings.connect_timeout,
            answer_timeout=settings.answer_timeout,
        )

    async def close(self) -> None:
        """Let the connections go."""
        await self._lanes.close()

    async def ask(self, number: str, verified_on: date | None) -> Found | Unanswered | Refused:
        """What a number is, and whether it was given to somebody else after a date, if there is one."""
        query = {"Fields": "line_type_intelligence"}
        if verified_on is not None:
            query = {
                "Fields": "line_type_intelligence,reassigned_number",
                "LastVerifiedDate": verified_on.strftime("%Y%m%d"),
            }
        try:
            async with asyncio.timeout(self._longest_call), self._lanes.lane() as http:
                response = await http.get(f"/v2/PhoneNumbers/{number}", params=query)
                content = response.json()
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            return Unanswered(type(error).__name__)
        if response.status_code in (401, 403):
            return Refused(_LOCKED_OUT.format(status=response.status_code))
        if response.status_code != 200 or not isinstance(content, dict):
            return Unanswered(f"lookup-http-{response.status_code}")
        found = read_lookup(content, asked_whose=verified_on is not None)
        return found or Unanswered("lookup-says-nothing")
