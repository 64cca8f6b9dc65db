"""Twilio's Calls API over HTTP: held to the specification on the way in, and on the way out."""

import hmac
import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from itertools import islice
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from chassis.clock import Clock
from counterpoint.providers.specification import FORM, Operation, Specification, Wrong
from counterpoint.providers.twilio.api import WrongAnswer
from counterpoint.providers.twilio.problems import AUTHENTICATE, UNSUPPORTED, Problem, not_found, parameter
from counterpoint.providers.voice.account import VoiceAccount
from counterpoint.providers.voice.callees import Callee
from counterpoint.providers.voice.calls import ENDS, Call

LIST_PATH = "/2010-04-01/Accounts/{AccountSid}/Calls.json"
ONE_PATH = "/2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json"
PAGE = 50
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


class Rings(Struct, frozen=True, forbid_unknown_fields=True):
    """A consumer who calls us, and what they press and say."""

    sender: str = msgspec.field(name="from")
    to: str
    says: tuple[str, ...] = ()


class Sits(Struct, frozen=True, forbid_unknown_fields=True):
    """Who picks up at a number from now on."""

    number: str
    callee: Callee


class VoiceApi:
    """The requests that Counterpoint makes of Twilio about calls, and the pages that steer callees."""

    def __init__(self, *, account: VoiceAccount, clock: Clock) -> None:
        self._account = account
        self._clock = clock
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
        sid = self._account.ring_us(phone=rings.sender, ours=rings.to, says=rings.says)
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
        fields = await self._admitted_form(request, self._create_operation)
        if isinstance(fields, Problem):
            return _refusal(fields)
        form = dict(fields)
        problem = _unacceptable(form)
        if problem is not None:
            return _refusal(problem)
        events = frozenset(value for name, value in fields if name == "StatusCallbackEvent")
        call = await self._account.place(form, events, at, request.scope.get("counterpoint.fault"))
        return self._shown(self._create_operation, 201, call, status="queued")

    async def list(self, request: Request) -> Response:
        """Find calls, newest first."""
        query = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        problem = self._unauthorised(request) or _misused(self._list_operation.query.check(query))
        if problem is not None:
            return _refusal(problem)
        wanted = dict(query)
        size, page = int(wanted.get("PageSize", PAGE)), int(wanted.get("Page", 0))
        found = (c for c in self._account.calls.newest_first() if _matches(c, wanted))
        shown = list(islice(found, page * size, (page + 1) * size + 1))
        answer = self._page(query, size, page, shown)
        _checked(self._list_operation, 200, answer)
        return JSONResponse(answer)

    async def fetch(self, request: Request) -> Response:
        """Look at one call."""
        problem = self._unauthorised(request)
        if problem is not None:
            return _refusal(problem)
        call = self._account.calls.by_sid.get(request.path_params["Sid"])
        return _refusal(not_found(request.url.path)) if call is None else self._shown(self._fetch_operation, 200, call)

    async def update(self, request: Request) -> Response:
        """End a call, or take it back before anybody picked up."""
        fields = await self._admitted_form(request, self._update_operation)
        if isinstance(fields, Problem):
            return _refusal(fields)
        call = self._account.calls.by_sid.get(request.path_params["Sid"])
        if call is None:
            return _refusal(not_found(request.url.path))
        if call.status in ENDS:
            return _refusal(Problem(400, 21220, "Call is not in-progress. Cannot redirect."))
        if dict(fields).get("Status") == "completed":
            call.asked_to_end = True
        elif dict(fields).get("Status") == "canceled":
            self._account.exchange.cancel(call)
        return self._shown(self._update_operation, 200, call)

    def _unauthorised(self, request: Request) -> Problem | None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        try:
            credentials = b64decode(given, validate=True) if scheme.lower() == "basic" else b""
        except ValueError:
            credentials = b""
        if not hmac.compare_digest(credentials, f"{self._account.sid}:{self._account.token}".encode()):
            return AUTHENTICATE
        return None if request.path_params["AccountSid"] == self._account.sid else not_found(request.url.path)

    async def _admitted_form(self, request: Request, operation: Operation) -> Sequence[tuple[str, str]] | Problem:
        problem = self._unauthorised(request)
        if problem is not None:
            return problem
        if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != FORM:
            return UNSUPPORTED
        body = await request.body()
        fields = parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="utf-8", errors="replace")
        return _misused(operation.form.check(fields)) or fields

    def _shown(self, operation: Operation, code: int, call: Call, status: str | None = None) -> Response:
        answer = self._account.calls.shown(call)
        if status is not None:
            answer["status"] = status  # as it was when the request came, whatever has become of it since
        _checked(operation, code, answer)
        return JSONResponse(answer, status_code=code)

    def _page(self, query: Sequence[tuple[str, str]], size: int, page: int, found: Sequence[Call]) -> dict[str, object]:
        rest = [(n, v) for n, v in query if n not in ("Page", "PageSize", "PageToken")]

        def uri(number: int) -> str:
            return self._account.calls.uri(f"Calls.json?{urlencode([*rest, ('PageSize', size), ('Page', number)])}")

        return {
            "calls": [self._account.calls.shown(c) for c in found[:size]],
            "page": page,
            "page_size": size,
            "start": page * size,
            "end": page * size + max(len(found[:size]) - 1, 0),
            "uri": uri(page),
            "first_page_uri": uri(0),
            "next_page_uri": uri(page + 1) if len(found) > size else None,
            "previous_page_uri": uri(page - 1) if page else None,
        }


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


def _checked(operation: Operation, status: int, answer: object) -> None:
    if (why := operation.check_answer(status, answer)) is not None:
        raise WrongAnswer(f"{status}: {why}")


def _refusal(problem: Problem) -> Response:
    return JSONResponse(problem.body(), status_code=problem.status)
