"""Reports over HTTP: one as JSON, or many as a JSON list or CSV, with control totals and every reject's reason."""

import csv
import io
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from chassis.clock import Clock
from contracts.ids import ClientId
from services.ingest.answering import Problem, answering, parsed
from services.ingest.core.check import debt_id_of
from services.ingest.core.outcome import whole
from services.ingest.core.placement import Hashes
from services.ingest.core.reports import Report, report
from services.ingest.core.request import Unreadable
from services.ingest.payments import Different, Recorded, UnknownAccount
from services.ingest.reports import Outcome, Reports

PATHS = {
    "/v1/accounts/updates": "update",
    "/v1/accounts/recalls": "recall",
    "/v1/arrangements": "arrangement",
    "/v1/payments/failures": "failure",
    "/v1/payments/reversals": "reversal",
}
"""Where each kind of report is sent."""

_REFUSED = {
    UnknownAccount: (HTTPStatus.NOT_FOUND, "no account of that client_account_number is placed"),
    Different: (HTTPStatus.CONFLICT, "another report of this kind was made with this id"),
}
_APART = (HTTPStatus.UNPROCESSABLE_ENTITY, "the accounts are not of one consumer")


class ReportRoutes:
    """The routes; each acts for the client that the request's API key belongs to."""

    def __init__(
        self,
        *,
        reports: Reports,
        client_of: Callable[[Request], ClientId],
        body_of: Callable[[Request], Awaitable[bytes]],
        clock: Clock,
        hashes: Hashes,
        most_rows: int,
    ) -> None:
        self._reports = reports
        self._client_of = client_of
        self._body_of = body_of
        self._clock = clock
        self._hashes = hashes
        self._most_rows = most_rows

    def routes(self) -> Sequence[BaseRoute]:
        """What the service serves for them."""
        return [Route(path, answering(partial(self.post, kind)), methods=["POST"]) for path, kind in PATHS.items()]

    async def post(self, kind: str, request: Request) -> Response:
        """Take one report, or many; the same id again is the same report."""
        client_id = self._client_of(request)
        body = await self._body_of(request)
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        document: object = _rows(body) if content_type == "text/csv" else parsed(body)
        if not isinstance(document, list):
            return await self._one(self._read(kind, client_id, document))
        if len(document) > self._most_rows:
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {self._most_rows} rows in one request")
        return await self._many([self._read(kind, client_id, row) for row in document])

    def _read(self, kind: str, client_id: ClientId, document: object) -> Report | Unreadable:
        now = whole(self._clock.now())
        return report(kind, document, client_id, now, lambda account: debt_id_of(client_id, account, self._hashes))

    async def _one(self, found: Report | Unreadable) -> Response:
        if isinstance(found, Unreadable):
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, found.reason)
        outcome = await self._reports.record(found)
        if not isinstance(outcome, Recorded):
            raise Problem(*_refusal(outcome))
        body = {"id": found.report_id.partition(":")[2], "recorded_before": outcome.again}
        return JSONResponse(body, HTTPStatus.OK if outcome.again else HTTPStatus.ACCEPTED)

    async def _many(self, found: Sequence[Report | Unreadable]) -> Response:
        """Every row has one outcome; the totals add up, and say how much money was recorded."""
        recorded, again, amount, rejects = 0, 0, Decimal("0.00"), []
        for number, row in enumerate(found, start=1):
            if isinstance(row, Unreadable):
                rejects.append({"row": number, "reason": row.reason})
                continue
            outcome = await self._reports.record(row)
            if not isinstance(outcome, Recorded):
                rejects.append({"row": number, "reason": _refusal(outcome)[1]})
                continue
            recorded, again = recorded + (not outcome.again), again + outcome.again
            amount += Decimal(0) if outcome.again else row.amount
        body: dict[str, Any] = {
            "rows": len(found),
            "recorded": recorded,
            "recorded_before": again,
            "rejected": len(rejects),
            "amount_recorded": str(amount),
            "rejects": rejects,
        }
        return JSONResponse(body, HTTPStatus.ACCEPTED if recorded else HTTPStatus.OK)


def _refusal(outcome: Outcome) -> tuple[HTTPStatus, str]:
    return _REFUSED.get(type(outcome), _APART)


def _rows(body: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file with a header line; cells that are empty are not given."""
    try:
        reader = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True)
        header = [name.strip() for name in next(reader, [])]
        rows = [row for row in reader if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "the body is not CSV in UTF-8 with a header line") from error
    if not header or len(set(header)) < len(header):
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "the header line must name each column once")
    return [
        {name: cell for name, cell in zip(header, row, strict=False) if cell}
        if len(row) == len(header)
        else {f"a row of {len(row)} cells under {len(header)} columns": ""}
        for row in rows
    ]
