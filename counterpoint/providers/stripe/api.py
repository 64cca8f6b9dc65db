"""Stripe's API over HTTP: forms in, objects out, held to the specification both ways; one key, one answer."""

import hmac
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis.clock import Clock
from counterpoint.providers.faults import Fault, Kind
from counterpoint.providers.stripe.forms import FORM, Wrong, specification
from counterpoint.providers.stripe.operations import Asked, Operations, Refused
from counterpoint.providers.stripe.records import Records
from counterpoint.providers.stripe.shown import VERSION

MOST_BYTES, MOST_FIELDS, LONGEST_KEY = 1 << 20, 1000, 255


class _Answered(Struct, frozen=True):
    """What was answered to a key of idempotency, and to which request."""

    asked: tuple[str, bytes]
    status: int
    answer: dict[str, Any]


class Api:
    """The requests that Counterpoint makes of Stripe, and those with which a person looks after payments."""

    def __init__(self, *, key: str, records: Records, operations: Operations, clock: Clock) -> None:
        self._key = key
        self._records = records
        self._operations = operations
        self._clock = clock
        self._answered: dict[str, _Answered] = {}

    def routes(self) -> list[Route]:
        """What is served below the mount, as the specification names it."""
        routes = []
        for (method, path), operation in self._operations.by_path().items():
            routes.append(Route(path, self._served(method, path, operation), methods=[method.upper()]))
        return routes

    def _served(self, method: str, path: str, operation: Callable[[Asked], dict[str, Any]]) -> Any:
        async def serve(request: Request) -> Response:
            try:
                self._admitted(request)
                if method == "get":
                    asked = self._read(request, method, path, request.query_params.multi_items())
                    return JSONResponse(self._checked(method, path, operation(asked)))
                return await self._post(request, path, operation)
            except Refused as refused:
                return _problem(refused)

        return serve

    async def _post(self, request: Request, path: str, operation: Callable[[Asked], dict[str, Any]]) -> Response:
        """Do it once: the same key of idempotency gives the same answer, an error of Stripe's own as well."""
        body = await _body(request)
        key = request.headers.get("Idempotency-Key")
        if key is not None and not 0 < len(key) <= LONGEST_KEY:
            raise Refused(400, "Keys for idempotent requests must have 1 to 255 characters.", kind="idempotency_error")
        before = self._answered.get(key or "")
        if before is not None:
            if before.asked != (request.url.path, body):
                raise Refused(
                    400,
                    "Keys for idempotent requests can only be used with the same parameters they were first used with.",
                    kind="idempotency_error",
                )
            return JSONResponse(before.answer, before.status, {"Idempotent-Replayed": "true"})
        fault: Fault | None = request.scope.get("counterpoint.fault")
        status, answer = 500, _error(Refused(500, "Something went wrong on Stripe's end.", kind="api_error"))
        if fault is None or fault.kind is not Kind.ERROR:
            made = self._do(request, path, operation, body, key, fault)
            if fault is None or fault.kind is not Kind.ERROR_CREATED:
                status, answer = 200, made
        if key:
            self._answered[key] = _Answered((request.url.path, body), status, answer)
        if fault is not None and fault.kind is Kind.CALLBACK_FIRST:
            await self._operations.told()
        return JSONResponse(answer, status)

    def _do(
        self,
        request: Request,
        path: str,
        operation: Callable[[Asked], dict[str, Any]],
        body: bytes,
        key: str | None,
        fault: Fault | None,
    ) -> dict[str, Any]:
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
        except ValueError:
            raise Refused(400, "Invalid request: the body is no form in UTF-8.") from None
        return self._checked("post", path, operation(self._read(request, "post", path, pairs, key, fault)))

    def _read(
        self,
        request: Request,
        method: str,
        path: str,
        pairs: Sequence[tuple[str, str]],
        key: str | None = None,
        fault: Fault | None = None,
    ) -> Asked:
        content = specification().read(method, path, pairs)
        if isinstance(content, Wrong):
            raise Refused(400, content.message, code=content.code, param=content.param)
        if "expand" in content:
            raise Refused(400, "The simulator expands nothing.", param="expand")
        return Asked(content, next(iter(request.path_params.values()), ""), self._clock.now(), key, fault)

    def _admitted(self, request: Request) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        try:
            found = b64decode(given, validate=True).decode().partition(":")[0] if scheme.lower() == "basic" else given
        except ValueError:
            found = ""
        if not hmac.compare_digest(found.encode(), self._key.encode()):
            raise Refused(401, "Invalid API Key provided.")
        version = request.headers.get("Stripe-Version", VERSION)
        if version != VERSION:
            raise Refused(400, f"Invalid Stripe API version: {version[:40]}. The simulator speaks {VERSION} only.")

    def _checked(self, method: str, path: str, answer: dict[str, Any]) -> dict[str, Any]:
        specification().check_answer(method, path, answer)
        return answer


async def _body(request: Request) -> bytes:
    if request.headers.get("Content-Type", FORM).partition(";")[0].strip().lower() != FORM:
        raise Refused(400, "Invalid request: send application/x-www-form-urlencoded.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise Refused(413, "Request entity too large.")
    return bytes(body)


def _error(refused: Refused) -> dict[str, Any]:
    said: Mapping[str, str | None] = {"code": refused.code, "param": refused.param}
    named = {name: value for name, value in said.items() if value}
    return {"error": {"type": refused.kind, "message": str(refused), **named}}


def _problem(refused: Refused) -> Response:
    return JSONResponse(_error(refused), refused.status)
