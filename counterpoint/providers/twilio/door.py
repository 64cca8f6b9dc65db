"""What all of Twilio's API has in common: who may ask, what the specification allows both ways, and pages of lists."""

import hmac
from base64 import b64decode
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from counterpoint.providers.specification import FORM, Operation, Wrong, WrongAnswer
from counterpoint.providers.twilio.problems import AUTHENTICATE, UNSUPPORTED, Problem, not_found

PAGE = 50
T = TypeVar("T")
Fields = Sequence[tuple[str, str]]
Misused = Callable[[Sequence[Wrong]], Problem | None]
"""What Twilio says to fields that the specification does not allow."""


class Door:
    """The way to one account."""

    def __init__(self, *, sid: str, token: str, misused: Misused) -> None:
        self._sid = sid
        self._token = token
        self._misused = misused

    def unauthorised(self, request: Request) -> Problem | None:
        """What is wrong with who asks, or with whose account it is about."""
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        try:
            credentials = b64decode(given, validate=True) if scheme.lower() == "basic" else b""
        except ValueError:
            credentials = b""
        if not hmac.compare_digest(credentials, f"{self._sid}:{self._token}".encode()):
            return AUTHENTICATE
        return None if request.path_params.get("AccountSid", self._sid) == self._sid else not_found(request.url.path)

    async def form(self, request: Request, operation: Operation) -> Fields | Problem:
        """The fields of a request that may be made."""
        problem = self.unauthorised(request)
        if problem is not None:
            return problem
        if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != FORM:
            return UNSUPPORTED
        body = await request.body()
        fields = parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="utf-8", errors="replace")
        return self._misused(operation.form.check(fields)) or fields

    def query(self, request: Request, operation: Operation) -> Fields | Problem:
        """The query of a request that may be made."""
        fields = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        return self.unauthorised(request) or self._misused(operation.query.check(fields)) or fields


def answered(operation: Operation, code: int, answer: object) -> Response:
    """An answer, if it is as specified; raises WrongAnswer."""
    if (why := operation.check_answer(code, answer)) is not None:
        raise WrongAnswer(f"{code}: {why}")
    return JSONResponse(answer, status_code=code)


def refusal(problem: Problem) -> Response:
    """An error as Twilio answers it."""
    return JSONResponse(problem.body(), status_code=problem.status)


def a_page(
    name: str, query: Fields, found: Iterable[T], shown: Callable[[T], dict[str, object]], path: Callable[[str], str]
) -> dict[str, object]:
    """The page of a list that a query asks for: what was found, as it is shown; `path` is that of the list."""
    wanted = dict(query)
    size, page = int(wanted.get("PageSize", PAGE)), int(wanted.get("Page", 0))
    items = [shown(item) for item in islice(found, page * size, (page + 1) * size + 1)]
    rest = [(n, v) for n, v in query if n not in ("Page", "PageSize", "PageToken")]

    def uri(number: int) -> str:
        return path(urlencode([*rest, ("PageSize", size), ("Page", number)]))

    return {
        name: items[:size],
        "page": page,
        "page_size": size,
        "start": page * size,
        "end": page * size + max(len(items[:size]) - 1, 0),
        "uri": uri(page),
        "first_page_uri": uri(0),
        "next_page_uri": uri(page + 1) if len(items) > size else None,
        "previous_page_uri": uri(page - 1) if page else None,
    }
