"""What goes wrong between a provider and its caller, wrapped around the provider's API."""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from counterpoint.providers.faults import ABOUT_CALLBACKS, Fault, Kind, Operation, Plan
from counterpoint.providers.twilio.problems import AUTHENTICATE, GONE, INTERNAL, TOO_MANY, UNAVAILABLE, Problem

STRIPE = "/stripe/v1/"
PUSH = "/push/"
LOOKUPS = "/twilio/v2/PhoneNumbers/"
PROVIDERS = ("/twilio/", "/lob/", "/sendgrid/", STRIPE, PUSH)
SENDING = ("/Messages.json", "/Calls.json", "/letters", "/mail/send", "/v3/messages", "/sessions", "/payment_intents")
_INSTEAD = {
    Kind.ERROR: INTERNAL,
    Kind.ERROR_CREATED: INTERNAL,
    Kind.UNAVAILABLE: UNAVAILABLE,
    Kind.TOO_MANY: TOO_MANY,
    Kind.UNAUTHORIZED: AUTHENTICATE,
    Kind.GONE: GONE,
}
_CREATED = frozenset({Kind.TIMEOUT_CREATED, Kind.ERROR_CREATED, Kind.RESET_CREATED, Kind.HALF, Kind.SLOW})


class Mishaps:
    """An application that serves another, badly where the plan says so."""

    def __init__(self, app: ASGIApp, plan: Plan) -> None:
        self._app = app
        self._plan = plan

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        operation = _operation(scope)
        fault = None if operation is None else self._plan.choose(operation)
        if fault is None or fault.kind in ABOUT_CALLBACKS or _is_replayed(scope, fault):
            scope["counterpoint.fault"] = fault
            await self._app(scope, receive, send)
            return
        answer: list[Message] = []
        if fault.kind in _CREATED:
            await self._app(scope, receive, _keep(answer))
        else:
            await _read(receive)
        await self._answer(fault, answer, scope, receive, send)

    async def _answer(self, fault: Fault, answer: list[Message], scope: Scope, receive: Receive, send: Send) -> None:
        if fault.kind in _INSTEAD:
            problem = _INSTEAD[fault.kind]
            again = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
            await JSONResponse(_said(problem, scope["path"]), problem.status, again)(scope, receive, send)
        elif fault.kind is Kind.SLOW:
            await asyncio.sleep(fault.seconds)
            for part in answer:
                await send(part)
        elif fault.kind is Kind.HALF:
            start, body = answer[0], answer[1]["body"]
            await send(start)
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            _transport(send).close()
        else:
            if fault.kind in (Kind.TIMEOUT, Kind.TIMEOUT_CREATED):
                await _wait_for_end(receive, fault.seconds)
            _transport(send).abort()


def _operation(scope: Scope) -> Operation | None:
    """Which operation a request is; None for one that no fault is for."""
    if scope["type"] != "http" or not scope["path"].startswith(PROVIDERS):
        return None
    if scope["path"].startswith(PUSH):
        return Operation.SEND
    if scope["path"].startswith(LOOKUPS):
        return Operation.LOOKUP
    if scope["path"].endswith(SENDING):
        return Operation.SEND if scope["method"] == "POST" else Operation.LIST
    return Operation.ANY


def _is_replayed(scope: Scope, fault: Fault) -> bool:
    """Whether the provider must know of the error itself: Stripe gives the same one again to the same key."""
    internal = fault.kind in (Kind.ERROR, Kind.ERROR_CREATED)
    return internal and scope["method"] == "POST" and scope["path"].startswith(STRIPE)


def _said(problem: Problem, path: str) -> Mapping[str, Any]:
    """An error in the words of the provider whose it is."""
    if path.startswith("/twilio/"):
        return problem.body()
    if path.startswith("/lob/"):
        code = {401: "unauthorized", 429: "rate_limit_exceeded"}.get(problem.status, "internal_server_error")
        return {"error": {"message": problem.message, "status_code": problem.status, "code": code}}
    if path.startswith("/sendgrid/"):
        return {"errors": [{"message": problem.message, "field": None, "help": None}]}
    if path.startswith(PUSH):
        return {"code": problem.status, "message": problem.message}
    kind = "api_error" if problem.status >= 500 else "invalid_request_error"
    return {
        "error": {"type": kind, "message": problem.message} | ({"code": "rate_limit"} if problem is TOO_MANY else {})
    }


def _keep(answer: list[Message]) -> Send:
    async def keep(part: Message) -> None:
        answer.append(part)

    return keep


async def _read(receive: Receive) -> None:
    while (await receive()).get("more_body"):
        pass


async def _wait_for_end(receive: Receive, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        pass


def _transport(send: Send) -> Any:
    """The connection itself, which ASGI does not show: uvicorn's `send` is a method of what holds it."""
    cycle: Any = send
    return cycle.__self__.transport
