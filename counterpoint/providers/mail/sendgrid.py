"""SendGrid's v3 API over HTTP: held to the specification both ways, and to what it asks for beyond it."""

import hmac
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis.clock import Clock
from counterpoint.providers.mail.carrier import CANCELLED, Carrier, tells_first
from counterpoint.providers.mail.mails import Mail, Mails
from counterpoint.providers.specification import DIRECTORY, WrongAnswer

SEND, ACTIVITY = "/v3/mail/send", "/v3/messages"
BATCH, SCHEDULED = "/v3/mail/batch", "/v3/user/scheduled_sends"
"""These two are not in the trimmed specification: they are held to what SendGrid's pages say of them."""
LAST_CALL, FURTHEST = timedelta(minutes=10), timedelta(hours=72)
"""Nothing is cancelled so shortly before it goes, and nothing scheduled so far ahead."""
MOST_BYTES = 30 << 20
RESERVED = frozenset(
    {"x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding"}
    | {"to", "from", "subject", "reply-to", "cc", "bcc"}
)
"""Headers that a sender may not set."""

_ADDRESS = re.compile(r"[^@\s<>\"]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_QUERY = re.compile(r"unique_args\['(\w+)'\]=\"([^\"]*)\"")


class Specified:
    """The specification of the two operations."""

    def __init__(self) -> None:
        self.document = json.loads((DIRECTORY / "sendgrid.openapi.json").read_text(encoding="utf-8"))
        send = self.document["paths"][SEND]["post"]["requestBody"]["content"]["application/json"]["schema"]
        found = self.document["paths"][ACTIVITY]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        components = self.document["components"]
        self._send = send
        self._request = OAS30WriteValidator({**send, "components": components})
        self._answer = OAS30ReadValidator({**found, "components": components})

    def wrong_in(self, body: Any) -> Iterator[tuple[str, str]]:
        """What the specification does not allow in a message: field and reason. Unknown fields are wrong too."""
        for error in self._request.iter_errors(body):
            yield ".".join(map(str, error.absolute_path)), error.message[:200]
        yield from self._unknown(self._send, body, "")

    def check_activity(self, answer: Any) -> None:
        """Raise WrongAnswer unless an answer is as specified."""
        for error in self._answer.iter_errors(answer):
            raise WrongAnswer(error.message)

    def _unknown(self, schema: Mapping[str, Any], value: Any, where: str) -> Iterator[tuple[str, str]]:
        while "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = self.document["components"]["schemas"][name]
        if isinstance(value, list):
            for n, item in enumerate(value):
                yield from self._unknown(schema.get("items", {}), item, f"{where}{n}.")
        known = schema.get("properties")
        if isinstance(value, dict) and known:
            for name, inner in value.items():
                if name in known:
                    yield from self._unknown(known[name], inner, f"{where}{name}.")
                else:
                    yield f"{where}{name}", "is not a field of this operation"


class Api:
    """The requests that Counterpoint makes of SendGrid."""

    def __init__(self, *, key: str, mails: Mails, carrier: Carrier, clock: Clock) -> None:
        self._key = key
        self._mails = mails
        self._carrier = carrier
        self._clock = clock
        self._specified = Specified()
        self._batches: set[str] = set()

    def routes(self) -> list[Route]:
        """What is served below the mount."""
        return [
            Route(SEND, self.send, methods=["POST"]),
            Route(ACTIVITY, self.activity, methods=["GET"]),
            Route(BATCH, self.batch, methods=["POST"]),
            Route(SCHEDULED, self.scheduled, methods=["POST"]),
        ]

    async def send(self, request: Request) -> Response:
        """Take an e-mail on."""
        at = self._clock.now()
        if (refused := self._unauthorised(request)) is not None:
            return refused
        raw = await request.body()
        if len(raw) > MOST_BYTES:
            return _errors(413, [("", "The message is larger than 30 MB.")])
        try:
            body = json.loads(raw)
        except ValueError:
            return _errors(400, [("", "Bad Request")])
        wrong = [*self._specified.wrong_in(body)] or [*_unacceptable(body), *self._untimely(body, at)]
        if wrong:
            return _errors(400, wrong)
        for person in body["personalizations"]:
            mail = self._mail(body, person, at)
            mail.fault = request.scope.get("counterpoint.fault")
            if tells_first(mail.fault):
                await self._carrier.rush(mail)
            else:
                self._carrier.take_on(mail)
        return Response(status_code=202, headers={"X-Message-Id": self._mails.everything[-1].id})

    def _mail(self, body: Mapping[str, Any], person: Mapping[str, Any], at: Any) -> Mail:
        content = {part["type"]: part["value"] for part in body["content"]}
        reply_to = body.get("reply_to", {}).get("email", "")
        return self._mails.create(
            via="sendgrid",
            to=person["to"][0]["email"].lower(),
            sender=body["from"]["email"],
            subject=person.get("subject") or body["subject"],
            text=content.get("text/plain", ""),
            html=content.get("text/html", ""),
            headers={**body.get("headers", {}), **person.get("headers", {}), "Reply-To": reply_to},
            args={**person.get("custom_args", {})},
            envelope_sender="",
            at=at,
            batch=body.get("batch_id", ""),
            goes_at=datetime.fromtimestamp(body["send_at"], UTC) if "send_at" in body else None,
        )

    def _untimely(self, body: Mapping[str, Any], at: datetime) -> Iterator[tuple[str, str]]:
        if "batch_id" in body and body["batch_id"] not in self._batches:
            yield "batch_id", "The batch id is not one of yours."
        if "send_at" in body and datetime.fromtimestamp(body["send_at"], UTC) - at > FURTHEST:
            yield "send_at", "Scheduled more than 72 hours in advance."

    async def batch(self, request: Request) -> Response:
        """A new batch, for e-mails that can be cancelled together."""
        if (refused := self._unauthorised(request)) is not None:
            return refused
        batch_id = blake2b(f"batch/{len(self._batches)}".encode(), digest_size=16).hexdigest()
        self._batches.add(batch_id)
        return JSONResponse({"batch_id": batch_id}, status_code=201)

    async def scheduled(self, request: Request) -> Response:
        """Cancel what is scheduled by a batch."""
        if (refused := self._unauthorised(request)) is not None:
            return refused
        asked = await request.json()
        if asked.get("batch_id") not in self._batches or asked.get("status") not in ("cancel", "pause"):
            return _errors(400, [("batch_id", "invalid batch id, or status is neither cancel nor pause")])
        held = [m for m in self._mails.everything if m.batch == asked["batch_id"]]
        if any(m.goes_at is None or m.goes_at - self._clock.now() < LAST_CALL for m in held):
            return _errors(400, [("batch_id", "too late: it is sent in less than ten minutes")])
        for mail in held:
            mail.status = CANCELLED
        return JSONResponse(asked, status_code=201)

    async def activity(self, request: Request) -> Response:
        """Find e-mails by a custom argument, as accounts with Email Activity can."""
        if (refused := self._unauthorised(request)) is not None:
            return refused
        found = _QUERY.search(request.query_params.get("query", ""))
        if found is None:
            return _errors(400, [("query", "invalid query")])
        name, value = found.groups()
        answer = {"messages": [_shown(m) for m in self._mails.everything if m.args.get(name) == value]}
        self._specified.check_activity(answer)
        return JSONResponse(answer)

    def _unauthorised(self, request: Request) -> Response | None:
        given = request.headers.get("Authorization", "")
        if hmac.compare_digest(given.encode(), f"Bearer {self._key}".encode()):
            return None
        return _errors(401, [("", "The provided authorization grant is invalid, expired, or revoked")])


def _unacceptable(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What SendGrid asks for beyond its specification."""
    for n, person in enumerate(body["personalizations"]):
        yield from ((f"personalizations.{n}.{field}", why) for field, why in _unfit(person))
    if not _ADDRESS.fullmatch(body["from"]["email"]):
        yield "from.email", "Does not contain a valid address."
    kinds = [part["type"] for part in body["content"]]
    if kinds not in (["text/plain"], ["text/html"], ["text/plain", "text/html"]):
        yield "content", "If present, text/plain must come first, then text/html."


def _unfit(person: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for m, to in enumerate(person["to"]):
        if not _ADDRESS.fullmatch(to["email"]):
            yield f"to.{m}.email", "Does not contain a valid address."
    for name, value in person.get("headers", {}).items():
        if name.lower() in RESERVED:
            yield f"headers.{name}", "The header is reserved."
        if any(c in str(value) for c in "\r\n"):
            yield f"headers.{name}", "The value holds a line break."
    if sum(len(str(v)) for v in person.get("custom_args", {}).values()) > 10_000:
        yield "custom_args", "Custom arguments are limited to 10,000 bytes."


_ENDS = {"delivered": "delivered", "bounce": "not_delivered", "dropped": "not_delivered"}


def _shown(mail: Mail) -> dict[str, Any]:
    return {
        "from_email": mail.sender,
        "msg_id": f"{mail.id}.recvd-simulated-1",
        "subject": mail.subject,
        "to_email": mail.to,
        "status": _ENDS.get(mail.status, "processed"),
        "opens_count": mail.opens,
        "clicks_count": mail.clicks,
        "last_event_time": (mail.received_at or mail.at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _errors(status: int, wrong: list[tuple[str, str]]) -> Response:
    errors = [{"message": why, "field": field or None, "help": None} for field, why in wrong]
    return JSONResponse({"errors": errors}, status_code=status)
