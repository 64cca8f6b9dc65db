"""Twilio's Messages API over HTTP: held to the specification on the way in, and on the way out."""

import hmac
from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis.clock import Clock
from counterpoint.providers.specification import FORM, Operation, Specification
from counterpoint.providers.twilio.account import Account
from counterpoint.providers.twilio.messages import Message
from counterpoint.providers.twilio.problems import AUTHENTICATE, UNSUPPORTED, Problem, not_found, parameter
from counterpoint.providers.twilio.rules import misused, too_soon, unacceptable

LIST_PATH = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
ONE_PATH = "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json"
PAGE = 50


class WrongAnswer(Exception):
    """The simulator was about to answer what the specification does not allow: a bug in it."""


class Api:
    """The requests that Counterpoint makes of Twilio."""

    def __init__(self, *, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        operations = Specification("twilio.openapi.json").operations
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

    async def create(self, request: Request) -> Response:
        """Send a message."""
        at = self._clock.now()
        fields = await self._admitted_form(request, self._create_operation)
        if isinstance(fields, Problem):
            return _refusal(fields)
        form = dict(fields)
        media = tuple(value for name, value in fields if name == "MediaUrl")
        problem = unacceptable(form, len(media)) or too_soon(form, at)
        if problem is not None:
            return _refusal(problem)
        message = await self._account.send(form, media, at, request.scope.get("counterpoint.fault"))
        if isinstance(message, Problem):
            return _refusal(message)
        status = "scheduled" if "ScheduleType" in form else "queued"
        return self._shown(self._create_operation, 201, message, status=status)

    async def list(self, request: Request) -> Response:
        """Find messages, newest first."""
        problem = self._unauthorised(request)
        query = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        problem = problem or misused(self._list_operation.query.check(query))
        if problem is not None:
            return _refusal(problem)
        wanted = dict(query)
        size, page = int(wanted.get("PageSize", PAGE)), int(wanted.get("Page", 0))
        found = (m for m in self._account.messages.newest_first(wanted.get("To")) if _matches(m, wanted))
        shown = list(islice(found, page * size, (page + 1) * size + 1))
        answer = self._page(query, size, page, shown)
        _checked(self._list_operation, 200, answer)
        return JSONResponse(answer)

    async def fetch(self, request: Request) -> Response:
        """Look at one message."""
        problem = self._unauthorised(request)
        if problem is not None:
            return _refusal(problem)
        message = self._account.messages.by_sid.get(request.path_params["Sid"])
        if message is None:
            return _refusal(not_found(request.url.path))
        return self._shown(self._fetch_operation, 200, message)

    async def update(self, request: Request) -> Response:
        """Redact a message, or cancel a scheduled one."""
        fields = await self._admitted_form(request, self._update_operation)
        if isinstance(fields, Problem):
            return _refusal(fields)
        message = self._account.messages.by_sid.get(request.path_params["Sid"])
        if message is None:
            return _refusal(not_found(request.url.path))
        form = dict(fields)
        if "Status" in form:
            if self._account.cancel(message):
                return self._shown(self._update_operation, 200, message)
            return _refusal(Problem(400, 30409, "Only a scheduled message can be canceled."))
        if form.get("Body"):
            return _refusal(parameter("Body can only be emptied"))
        if message.status in ("queued", "sending"):
            return _refusal(Problem(400, 20009, "The message is still on its way: it cannot be redacted yet."))
        message.body = ""
        return self._shown(self._update_operation, 200, message)

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
        return misused(operation.form.check(fields)) or fields

    def _shown(self, operation: Operation, code: int, message: Message, status: str | None = None) -> Response:
        answer = self._account.messages.shown(message)
        if status is not None:
            answer["status"] = status  # as it was when the request came, whatever a fault has made of it since
        _checked(operation, code, answer)
        return JSONResponse(answer, status_code=code)

    def _page(
        self, query: Sequence[tuple[str, str]], size: int, page: int, found: Sequence[Message]
    ) -> dict[str, object]:
        rest = [(n, v) for n, v in query if n not in ("Page", "PageSize", "PageToken")]

        def uri(number: int) -> str:
            return self._account.messages.uri(
                f"Messages.json?{urlencode([*rest, ('PageSize', size), ('Page', number)])}"
            )

        return {
            "messages": [self._account.messages.shown(m) for m in found[:size]],
            "page": page,
            "page_size": size,
            "start": page * size,
            "end": page * size + max(len(found[:size]) - 1, 0),
            "uri": uri(page),
            "first_page_uri": uri(0),
            "next_page_uri": uri(page + 1) if len(found) > size else None,
            "previous_page_uri": uri(page - 1) if page else None,
        }


def _matches(m: Message, wanted: dict[str, str]) -> bool:
    if "From" in wanted and m.sender != wanted["From"]:
        return False
    for name in ("DateSent", "DateSent<", "DateSent>"):
        if name in wanted and not _sent_then(m, name, datetime.fromisoformat(wanted[name].upper())):
            return False
    return True


def _sent_then(m: Message, name: str, instant: datetime) -> bool:
    if m.sent_at is None:
        return False
    if name == "DateSent":
        return m.sent_at.date() == instant.date()
    return m.sent_at <= instant if name == "DateSent<" else m.sent_at >= instant


def _checked(operation: Operation, status: int, answer: object) -> None:
    if (why := operation.check_answer(status, answer)) is not None:
        raise WrongAnswer(f"{status}: {why}")


def _refusal(problem: Problem) -> Response:
    return JSONResponse(problem.body(), status_code=problem.status)
