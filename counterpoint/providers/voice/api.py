"""Twilio's Calls API over HTTP: held to the specification on the way in, and on the way out."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from chassis.clock import Clock
from counterpoint.providers.specification import Operation, Specification, Wrong
from counterpoint.providers.twilio.door import Door, a_page, answered, refusal
from counterpoint.providers.twilio.problems import Problem, not_found, parameter
from counterpoint.providers.voice.account import VoiceAccount
from counterpoint.providers.voice.callees import Callee
from counterpoint.providers.voice.calls import ENDS, Call

LIST_PATH = "/2010-04-01/Accounts/{AccountSid}/Calls.json"
ONE_PATH = "/2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json"
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


class Rings(Struct, frozen=True, forbid_unknown_fields=True):
    """A consumer who calls us, what they press and say, and their talk with a person of ours."""

    sender: str = msgspec.field(name="from")
    to: str
    says: tuple[str, ...] = ()
    talks: tuple[str, ...] = ()


class Sits(Struct, frozen=True, forbid_unknown_fields=True):
    """Who picks up at a number from now on."""

    number: str
    callee: Callee


class VoiceApi:
    """The requests that Counterpoint makes of Twilio about calls, and the pages that steer callees."""

    def __init__(self, *, account: VoiceAccount, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._door = Door(sid=account.sid, token=account.token, misused=_misused)
        operations = Specification("twilio-voice.openapi.json").operations
        self._create_operation = operations["post", LIST_PATH]
        self._list_operation = operations["get", LIST_PATH]
        self._fetch_operation = operations["get", ONE_PATH]
        self._update_operation = operations["post", ONE_PATH]

    def routes(self) -> list[Route]:
        """What is served below the mount."""
        return [
            Route(LIST_PATH, self.create, methods=["POST"]),
            Route(LIST_PATH, self.list, methods=["GET"]),
            Route(ONE_PATH, self.fetch, methods=["GET"]),
            Route(ONE_PATH, self.update, methods=["POST"]),
        ]

    def control(self) -> list[Route]:
        """Pages by which tests and the demo let consumers call and pick up."""
        return [
            Route("/_sim/call", self.ring, methods=["POST"]),
            Route("/_sim/callees", self.sit, methods=["POST"]),
        ]

    async def ring(self, request: Request) -> Response:
        """A consumer calls us."""
        try:
            rings = msgspec.json.decode(await request.body(), type=Rings)
        except msgspec.MsgspecError as error:
            return PlainTextResponse(str(error), status_code=400)
        sid = self._account.ring_us(phone=rings.sender, ours=rings.to, says=rings.says, talks=rings.talks)
        if sid is None:
            return PlainTextResponse("COUNTERPOINT_SIMULATOR_VOICE_URL is not set: nobody answers", status_code=409)
        return JSONResponse({"call_sid": sid}, status_code=202)

    async def sit(self, request: Request) -> Response:
        """Say who picks up at a number."""
        try:
            sits = msgspec.json.decode(await request.body(), type=Sits)
        except msgspec.MsgspecError as error:
            return PlainTextResponse(str(error), status_code=400)
        self._account.phones.put(sits.number, sits.callee)
        return Response(status_code=204)

    async def create(self, request: Request) -> Response:
        """Place a call."""
        at = self._clock.now()
        fields = await self._door.form(request, self._create_operation)
        if isinstance(fields, Problem):
            return refusal(fields)
        form = dict(fields)
        problem = _unacceptable(form)
        if problem is not None:
            return refusal(problem)
        events = frozenset(value for name, value in fields if name == "StatusCallbackEvent")
        call = await self._account.place(form, events, at, request.scope.get("counterpoint.fault"))
        return self._shown(self._create_operation, 201, call, status="queued")

    async def list(self, request: Request) -> Response:
        """Find calls, newest first."""
        query = self._door.query(request, self._list_operation)
        if isinstance(query, Problem):
            return refusal(query)
        wanted, calls = dict(query), self._account.calls
        found = (c for c in calls.newest_first() if _matches(c, wanted))
        page = a_page("calls", query, found, calls.shown, lambda asked: calls.uri(f"Calls.json?{asked}"))
        return answered(self._list_operation, 200, page)

    async def fetch(self, request: Request) -> Response:
        """Look at one call."""
        problem = self._door.unauthorised(request)
        if problem is not None:
            return refusal(problem)
        call = self._account.calls.by_sid.get(request.path_params["Sid"])
        return refusal(not_found(request.url.path)) if call is None else self._shown(self._fetch_operation, 200, call)

    async def update(self, request: Request) -> Response:
        """End a call, or take it back before anybody picked up."""
        fields = await self._door.form(request, self._update_operation)
        if isinstance(fields, Problem):
            return refusal(fields)
        call = self._account.calls.by_sid.get(request.path_params["Sid"])
        if call is None:
            return refusal(not_found(request.url.path))
        if call.status in ENDS:
            return refusal(Problem(400, 21220, "Call is not in-progress. Cannot redirect."))
        if dict(fields).get("Status") == "completed":
            call.asked_to_end = True
        elif dict(fields).get("Status") == "canceled":
            self._account.exchange.cancel(call)
        return self._shown(self._update_operation, 200, call)

    def _shown(self, operation: Operation, code: int, call: Call, status: str | None = None) -> Response:
        answer = self._account.calls.shown(call)
        if status is not None:
            answer["status"] = status  # as it was when the request came, whatever has become of it since
        return answered(operation, code, answer)


def _matches(call: Call, wanted: Mapping[str, str]) -> bool:
    told = {"To": call.to, "From": call.sender, "Status": call.status}
    return all(wanted.get(name, value) == value for name, value in told.items())


def _misused(wrong: Sequence[Wrong]) -> Problem | None:
    if not wrong:
        return None
    if wrong[0] == Wrong("To", "is missing"):
        return Problem(400, 21201, "No 'To' number is specified")
    if wrong[0] == Wrong("From", "is missing"):
        return Problem(400, 21213, "No 'From' number is specified")
    return parameter("; ".join(f"{w.field} {w.why}" for w in wrong))


def _unacceptable(form: Mapping[str, str]) -> Problem | None:
    """What is wrong with a call whose fields are each as specified."""
    if not _E164.fullmatch(form["To"]):
        return Problem(400, 21211, f"The 'To' number {form['To']} is not a valid phone number.")
    if not _E164.fullmatch(form["From"]):
        return Problem(400, 21212, f"The 'From' number {form['From']} is not a valid phone number.")
    for name in ("Url", "StatusCallback", "FallbackUrl"):
        parts = urlsplit(form.get(name, "https://none.test"))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return Problem(400, 21205, f"{name} is not a valid URL.")
    if "Url" not in form:
        return Problem(400, 21205, "Url is not a valid URL.")  # TwiML in the request itself is not simulated
    return None
