"""The HTTP interface: rows and reports in, control totals out. Described in docs/reference/placement.md."""

from collections.abc import Sequence
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from chassis.clock import Clock
from contracts.ids import BatchId, ClientId
from services.ingest import batches
from services.ingest.acknowledgement import control_totals
from services.ingest.answering import Problem, answering, parsed
from services.ingest.api_keys import ApiKey, client_of
from services.ingest.batches import Known
from services.ingest.core import request as requests
from services.ingest.core.check import debt_id_of
from services.ingest.core.outcome import Batch, whole
from services.ingest.core.placement import Hashes
from services.ingest.core.request import Unreadable
from services.ingest.csv_file import Refusal
from services.ingest.database import Database
from services.ingest.links_api import AtStripe, LinkRoutes
from services.ingest.payments import Different, Payments, UnknownAccount
from services.ingest.reports import Reports
from services.ingest.reports_api import ReportRoutes
from services.ingest.spool import Spool
from services.ingest.submitting import Submitting

MOST_KEY = 200


class Api:
    """The routes; each acts for the client that the request's API key belongs to."""

    def __init__(
        self,
        *,
        keys: Sequence[ApiKey],
        submitting: Submitting,
        spool: Spool,
        payments: Payments,
        reports: Reports,
        at_stripe: AtStripe | None,
        database: Database,
        clock: Clock,
        hashes: Hashes,
        most_bytes: int,
        most_rows: int,
    ) -> None:
        self._keys = keys
        self._submitting = submitting
        self._spool = spool
        self._payments = payments
        self._reports = reports
        self._at_stripe = at_stripe
        self._database = database
        self._clock = clock
        self._hashes = hashes
        self._most_bytes = most_bytes
        self._most_rows = most_rows

    def routes(self) -> Sequence[BaseRoute]:
        """What the service serves beside health and metrics."""
        return (
            Route("/v1/placements", answering(self.post_placements), methods=["POST"]),
            Route("/v1/batches/{batch_id}", answering(self.get_batch), methods=["GET"]),
            Route("/v1/payments", answering(self.post_payment), methods=["POST"]),
            *ReportRoutes(
                reports=self._reports,
                client_of=self._client,
                body_of=self._body,
                clock=self._clock,
                hashes=self._hashes,
                most_rows=self._most_rows,
            ).routes(),
            *self._links(),
        )

    def _links(self) -> Sequence[BaseRoute]:
        """Payments at Stripe, where it is set up."""
        if self._at_stripe is None:
            return ()
        return LinkRoutes(
            at=self._at_stripe, client_of=self._client, body_of=self._body, clock=self._clock, hashes=self._hashes
        ).routes()

    def _client(self, request: Request) -> ClientId:
        client = client_of(
            self._keys, request.headers.get("authorization", ""), request.headers.get("counterpoint-client")
        )
        if client is None:
            raise Problem(
                HTTPStatus.UNAUTHORIZED,
                "send the header Authorization: Bearer <API key>; "
                "with an operator's key also Counterpoint-Client: <client id>",
            )
        return client

    async def post_placements(self, request: Request) -> Response:
        """Take rows, as CSV or JSON; the same content again is the same batch, and counts nothing twice."""
        client_id = self._client(request)
        key = request.headers.get("idempotency-key", "")
        if len(key) > MOST_KEY or not key.isprintable():
            raise Problem(HTTPStatus.BAD_REQUEST, f"Idempotency-Key must have at most {MOST_KEY} printable characters")
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "text/csv":
            known = await self._take_csv(request, client_id, key)
        elif kind == "application/json":
            known = await self._take_json(request, client_id, key)
        else:
            raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send Content-Type: text/csv or application/json")
        where = f"/v1/batches/{known.batch.batch_id}"
        body = control_totals(known, {}) | {"loaded_before": known.announced, "href": where}
        return JSONResponse(body, HTTPStatus.ACCEPTED, {"Location": where})

    async def _take_csv(self, request: Request, client_id: ClientId, key: str) -> Known:
        path = await self._spool.receive(request.stream())
        if path is None:
            raise Problem(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the upload is larger than is taken; split it, or use the inbox"
            )
        kept = False
        try:
            found = await self._submitting.inspect(path, client_id)
            if isinstance(found, Refusal):
                raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, found.reason, code=found.code)
            name = request.headers.get("counterpoint-file-name")
            batch = self._submitting.batch(client_id, found.sha256, name[:200] if name else None)
            known = await self._register(batch, key)
            if known.totals.rows is None:
                self._spool.keep(path, batch.batch_id)
                kept = True
        finally:
            if not kept:
                path.unlink(missing_ok=True)
        return known

    async def _take_json(self, request: Request, client_id: ClientId, key: str) -> Known:
        body = await self._body(request)
        rows = requests.rows(parsed(body))
        if isinstance(rows, Unreadable):
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, rows.reason)
        if len(rows) > self._most_rows:
            raise Problem(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {self._most_rows} rows in one request; send text/csv"
            )
        known = await self._register(self._submitting.batch(client_id, sha256(body).hexdigest(), None), key)
        if known.totals.rows is None:
            await self._submitting.submit_rows(known, rows)
        return known

    async def _register(self, batch: Batch, key: str) -> Known:
        async with self._database.transaction() as connection:
            if key and await batches.claim_key(connection, batch.client_id, key, batch.batch_id) != batch.batch_id:
                raise Problem(
                    HTTPStatus.UNPROCESSABLE_ENTITY, "this Idempotency-Key was used with another content before"
                )
            known = await batches.register(connection, batch, "http")
            await batches.answer(connection, batch.batch_id, self._clock.now())
        return known

    async def _body(self, request: Request) -> bytes:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > self._most_bytes:
                raise Problem(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    f"at most {self._most_bytes >> 20} MiB of JSON; send text/csv for more",
                )
        return bytes(body)

    async def get_batch(self, request: Request) -> Response:
        """Control totals so far, and rejects from the row behind `after` on."""
        client_id = self._client(request)
        batch_id = BatchId(request.path_params["batch_id"])
        after = request.query_params.get("after", "0")
        if not (after.isascii() and after.isdigit() and len(after) < 10):
            raise Problem(HTTPStatus.BAD_REQUEST, "after must be a row number")
        async with self._database.transaction() as connection:
            known = await batches.find(connection, batch_id) if batch_id.isprintable() else None
            if known is None or known.batch.client_id != client_id:
                raise Problem(HTTPStatus.NOT_FOUND, "there is no such batch of yours")
            by_code = await batches.rejects_by_code(connection, batch_id)
            rejects = await batches.rejects(connection, batch_id, after=int(after), most=batches.MOST_REJECTS)
        body: dict[str, Any] = control_totals(known, by_code)
        body["rejects"] = [
            {"row": r.row_number, "line": r.line_number, "codes": r.codes, "explanations": r.explanations}
            for r in rejects
        ]
        body["next_after"] = rejects[-1].row_number if len(rejects) == batches.MOST_REJECTS else None
        return JSONResponse(body)

    async def post_payment(self, request: Request) -> Response:
        """Take a payment that the client received; the same payment_id again is the same payment."""
        client_id = self._client(request)
        payment = requests.payment(
            parsed(await self._body(request)),
            client_id,
            whole(self._clock.now()),
            lambda account: debt_id_of(client_id, account, self._hashes),
        )
        if isinstance(payment, Unreadable):
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, payment.reason)
        recorded = await self._payments.record(payment)
        if isinstance(recorded, UnknownAccount):
            raise Problem(HTTPStatus.NOT_FOUND, "no account of that client_account_number is placed")
        if isinstance(recorded, Different):
            raise Problem(HTTPStatus.CONFLICT, "another payment was reported with this payment_id")
        body = {"payment_id": payment.payment_id.partition(":")[2], "recorded_before": recorded.again}
        return JSONResponse(body, HTTPStatus.OK if recorded.again else HTTPStatus.ACCEPTED)
