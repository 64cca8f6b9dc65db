"""Twilio's Lookup over HTTP, held to its specification; what a number is follows from its last four digits."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chassis.clock import Clock
from counterpoint.providers.specification import Specification
from counterpoint.providers.twilio.door import Door, answered, refusal
from counterpoint.providers.twilio.problems import Problem, parameter
from counterpoint.providers.twilio.rules import misused

PATH = "/v2/PhoneNumbers/{PhoneNumber}"
LINE, WHOSE = "line_type_intelligence", "reassigned_number"
_E164 = re.compile(r"\+1[2-9][0-9]{9}")
_DATE = re.compile(r"[0-9]{8}")


class Number(Struct, frozen=True):
    """What a number is. `gone`: since last midnight it is somebody else's; None: the database has no data."""

    line: str | None = "mobile"
    valid: bool = True
    gone: bool | None = False


ORDINARY = Number()
NUMBERS: Mapping[str, Number] = {
    "0183": Number(valid=False),
    "0184": Number(line=None),
    "0185": Number(line="nonFixedVoip"),
    "0186": Number(gone=None),
    "0187": Number(gone=True),
    "0189": Number(line="landline"),
    "0192": Number(line="landline"),
}
"""Numbers by the last four digits; every other is ORDINARY."""


class LookupApi:
    """What can be asked about numbers, and how often each was asked about."""

    def __init__(self, *, sid: str, token: str, clock: Clock) -> None:
        self.asked: Counter[str] = Counter()
        self._clock = clock
        self._door = Door(sid=sid, token=token, misused=misused)
        self._operation = Specification("twilio-lookup.openapi.json").operations["get", PATH]

    def routes(self) -> list[Route]:
        """What is served below the mount."""
        return [Route(PATH, self.fetch, methods=["GET"])]

    async def fetch(self, request: Request) -> Response:
        """Say what a number is."""
        query = self._door.query(request, self._operation)
        if isinstance(query, Problem):
            return refusal(query)
        wanted, number = dict(query), request.path_params["PhoneNumber"]
        fields = [name for name in wanted.get("Fields", "").split(",") if name]
        if unknown := [name for name in fields if name not in (LINE, WHOSE)]:
            return refusal(parameter(f"this simulator does not play the fields {', '.join(unknown)}"))
        verified = wanted.get("LastVerifiedDate", "")
        if WHOSE in fields and not _DATE.fullmatch(verified):
            return refusal(parameter("LastVerifiedDate is no date as YYYYMMDD"))
        self.asked[number] += 1
        return answered(self._operation, 200, self._shown(number, fields, verified, str(request.url.path)))

    def _shown(self, number: str, fields: list[str], verified: str, path: str) -> dict[str, object]:
        known = NUMBERS.get(number[-4:], ORDINARY)
        valid = known.valid and _E164.fullmatch(number) is not None
        return {
            "calling_country_code": "1" if valid else None,
            "country_code": "US" if valid else None,
            "phone_number": number,
            "national_format": f"({number[2:5]}) {number[5:8]}-{number[8:]}" if valid else None,
            "valid": valid,
            "validation_errors": [] if valid else ["INVALID_BUT_POSSIBLE"],
            LINE: _line(known) if valid and LINE in fields else None,
            WHOSE: self._whose(known, verified) if valid and WHOSE in fields else None,
            "url": f"https://lookups.twilio.com{path.removeprefix('/twilio')}",
        }

    def _whose(self, known: Number, verified: str) -> dict[str, object]:
        day = date(int(verified[:4]), int(verified[4:6]), int(verified[6:]))
        gone = "no" if not known.gone or day >= self._clock.now().date() else "yes"
        answer = "no_data_available" if known.gone is None else gone
        return {"last_verified_date": day.isoformat(), "is_number_reassigned": answer, "error_code": None}


def _line(known: Number) -> dict[str, object]:
    carrier = None if known.line is None else "Simulated Telephone"
    return {
        "mobile_country_code": None,
        "mobile_network_code": None,
        "carrier_name": carrier,
        "type": known.line,
        "error_code": 60600 if known.line is None else None,
    }
