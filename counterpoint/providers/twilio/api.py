"""Twilio's Messages API over HTTP: held to the specification on the way in, and on the way out."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chassis.clock import Clock
from counterpoint.providers.specification import Operation, Specification
from counterpoint.providers.twilio.account import Account
from counterpoint.providers.twilio.door import Door, a_page, answered, refusal
from counterpoint.providers.twilio.messages import Message
from counterpoint.providers.twilio.problems import Problem, not_found, parameter
from counterpoint.providers.twilio.rules import misused, too_soon, unacceptable

LIST_PATH = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
ONE_PATH = "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json"


class Api:
    """The requests that Counterpoint makes of Twilio."""

    def __init__(self, *, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._door = Door(sid=account.sid, token=account.token, misused=misused)
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
        fields = await self._door.form(request, self._create_operation)
        if isinstance(fields, Problem):
            return refusal(fields)
        form = dict(fields)
        media = tuple(value for name, value in fields if name == "MediaUrl")
        problem = unacceptable(form, len(media)) or too_soon(form, at)
        if problem is not None:
            return refusal(problem)
        message = await self._account.send(form, media, at, request.scope.get("counterpoint.fault"))
        if isinstance(message, Problem):
            return refusal(message)
        status = "scheduled" if "ScheduleType" in form else "queued"
        return self._shown(self._create_operation, 201, message, status=status)

    async def list(self, request: Request) -> Response:
        """Find messages, newest first."""
        query = self._door.query(request, self._list_operation)
        if isinstance(query, Problem):
            return refusal(query)
        wanted, messages = dict(query), self._account.messages
        found = (m for m in messages.newest_first(wanted.get("To")) if _matches(m, wanted))
        page = a_page("messages", query, found, messages.shown, lambda asked: messages.uri(f"Messages.json?{asked}"))
        return answered(self._list_operation, 200, page)

    async def fetch(self, request: Request) -> Response:
        """Look at one message."""
        problem = self._door.unauthorised(request)
        if problem is not None:
            return refusal(problem)
        message = self._account.messages.by_sid.get(request.path_params["Sid"])
        if message is None:
            return refusal(not_found(request.url.path))
        return self._shown(self._fetch_operation, 200, message)

    async def update(self, request: Request) -> Response:
        """Redact a message, or cancel a scheduled one."""
        fields = await self._door.form(request, self._update_operation)
        if isinstance(fields, Problem):
            return refusal(fields)
        message = self._account.messages.by_sid.get(request.path_params["Sid"])
        if message is None:
            return refusal(not_found(request.url.path))
        form = dict(fields)
        if "Status" in form:
            if self._account.cancel(message):
                return self._shown(self._update_operation, 200, message)
            return refusal(Problem(400, 30409, "Only a scheduled message can be canceled."))
        if form.get("Body"):
            return refusal(parameter("Body can only be emptied"))
        if message.status in ("queued", "sending"):
            return refusal(Problem(400, 20009, "The message is still on its way: it cannot be redacted yet."))
        message.body = ""
        return self._shown(self._update_operation, 200, message)

    def _shown(self, operation: Operation, code: int, message: Message, status: str | None = None) -> Response:
        answer = self._account.messages.shown(message)
        if status is not None:
            answer["status"] = status  # as it was when the request came, whatever a fault has made of it since
        return answered(operation, code, answer)


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
