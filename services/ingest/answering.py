"""How requests are answered: errors as documents that say what happened, and bodies read as they were written."""

import json
from collections.abc import Awaitable, Callable
from functools import wraps
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from chassis.failures import Unreachable

Handler = Callable[[Request], Awaitable[Response]]


class Problem(Exception):
    """A request that is answered with an error (RFC 9457)."""

    def __init__(self, status: HTTPStatus, detail: str, **more: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.more = more


def answering(handler: Handler) -> Handler:
    """The handler, whose problems become answers."""

    @wraps(handler)
    async def answer(request: Request) -> Response:
        headers = {}
        try:
            return await handler(request)
        except Problem as problem:
            status, detail, more = problem.status, problem.detail, problem.more
            if status is HTTPStatus.UNAUTHORIZED:
                headers["WWW-Authenticate"] = "Bearer"
        except Unreachable as fault:
            status, detail, more = HTTPStatus.SERVICE_UNAVAILABLE, f"{fault.what}: try the same request again", {}
            headers["Retry-After"] = str(max(1, round(fault.retry_after or 1)))
        except ClientDisconnect:
            status, detail, more = HTTPStatus.BAD_REQUEST, "the request broke off", {}
        body = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail, **more}
        return JSONResponse(body, int(status), headers, media_type="application/problem+json")

    return answer


def parsed(body: bytes) -> object:
    """The document, with numbers as they were written: money must not pass through binary fractions."""
    try:
        return json.loads(body.decode("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Problem(HTTPStatus.BAD_REQUEST, f"the body is not JSON in UTF-8{where}") from error
