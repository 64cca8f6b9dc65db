"""The HTTP interface, request by request.

Green does not prove how it stands up to many clients at once, or what a proxy in between makes of it.
"""

import asyncio
from typing import Any

import httpx
import pytest

from contracts.events import PaymentSettled, PlacementSubmitted
from tests.integration.ingest.harness import OPERATOR, ZENITH, Ingest, LogPublisher, until
from tests.integration.ingest.test_placing import numbered
from tests.unit.ingest.factories import a_row, as_csv

CSV = {"Content-Type": "text/csv"}


async def post_csv(client: httpx.AsyncClient, content: str | bytes, **headers: str) -> httpx.Response:
    """Send a file."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post("/v1/placements", content=content, headers=CSV | named)


async def loaded(client: httpx.AsyncClient, response: httpx.Response) -> dict[str, Any]:
    """The batch of an accepted request, once it is loaded."""
    assert response.status_code == 202, response.text
    async with asyncio.timeout(30):
        while True:
            found: dict[str, Any] = (await client.get(response.headers["location"])).json()
            if found["state"] == "loaded":
                return found
            await asyncio.sleep(0.01)


async def test_a_json_object_or_list_becomes_a_batch(ingest: Ingest) -> None:
    async with ingest.running() as client:
        one = await loaded(client, await client.post("/v1/placements", json=a_row()))
        rows: list[dict[str, Any]] = [*numbered(3)]
        rows.append(a_row(client_account_number="X") | {"balance": 1234.56, "bankrupt": None, "minor": False})
        rows.append(a_row(client_account_number="Y") | {"phones": ["850-555-0100"], "atorney": "x"})
        many = await loaded(client, await client.post("/v1/placements", json=rows))
    assert (one["rows"], one["placed"], one["file_name"]) == (1, 1, None)
    assert (many["rows"], many["placed"], many["rejected"]) == (5, 4, 1)
    (reject,) = many["rejects"]
    assert (reject["row"], reject["line"], reject["codes"]) == (5, 0, ["R_UNKNOWN_COLUMN", "R_NOT_TEXT"])
    assert many["rejected_by_code"] == {"R_NOT_TEXT": 1, "R_UNKNOWN_COLUMN": 1}


async def test_what_stands_in_an_unknown_or_ignored_column_stays_out_of_the_log(ingest: Ingest) -> None:
    row = a_row() | {"social": "900-55-1234"}
    async with ingest.running() as client:
        await loaded(client, await client.post("/v1/placements", json=row))
        ward = {"Acct No": "HV-7", "Ward": "900-55-1234"}
        headers = {"Authorization": f"Bearer {OPERATOR}", "Counterpoint-Client": "harborview"}
        assert (await client.post("/v1/placements", json=ward, headers=headers)).status_code == 202
    one, other = (e for e in ingest.events(PlacementSubmitted) if isinstance(e, PlacementSubmitted))
    assert one.fields["social"] == ""
    assert other.fields == {"Acct No": "HV-7"}
    assert next(e.codes for e in ingest.rejected()) == ("R_UNKNOWN_COLUMN",)


async def test_a_csv_upload_is_accepted_at_once_and_loaded(ingest: Ingest) -> None:
    async with ingest.running() as client:
        response = await post_csv(
            client, "\ufeff" + as_csv([*numbered(70), a_row(ssn="1")]), Counterpoint_File_Name="a.csv"
        )
        found = await loaded(client, response)
    assert (found["rows"], found["placed"], found["rejected"], found["file_name"]) == (71, 70, 1, "a.csv")
    assert found["rejects"][0]["line"] == 72
    assert list((ingest.folder / "spool").iterdir()) == []


async def test_the_same_content_again_is_the_same_batch_with_or_without_a_key(ingest: Ingest) -> None:
    content = as_csv(numbered(3))
    async with ingest.running() as client:
        first = await post_csv(client, content, Idempotency_Key="k1")
        totals = await loaded(client, first)
        again = [await post_csv(client, content, Idempotency_Key="k1"), await post_csv(client, content)]
    assert [r.status_code for r in again] == [202, 202]
    for r in again:
        told = r.json()
        assert told["loaded_before"] is True
        assert (told["batch_id"], told["rows"], told["placed"]) == (totals["batch_id"], 3, 3)
    assert len(ingest.events(PlacementSubmitted)) == 3


async def test_a_key_used_with_another_content_is_refused(ingest: Ingest) -> None:
    async with ingest.running() as client:
        key = {"Idempotency-Key": "k1"}
        first = await client.post("/v1/placements", json=a_row(), headers=key)
        other = await client.post("/v1/placements", json=a_row(client_account_number="A2"), headers=key)
        foreign = await client.post("/v1/placements", json=a_row(), headers=key | {"Authorization": f"Bearer {ZENITH}"})
    assert [r.status_code for r in (first, other, foreign)] == [202, 422, 202]
    assert "Idempotency-Key" in other.json()["detail"]
    assert first.json()["batch_id"] != foreign.json()["batch_id"]


@pytest.mark.parametrize(
    "headers", [{"Authorization": ""}, {"Authorization": "Bearer no"}, {"Counterpoint-Client": "zenith"}]
)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v1/placements"), ("GET", "/v1/batches/x"), ("POST", "/v1/payments")]
)
async def test_nobody_gets_in_without_a_key_or_as_somebody_else(
    ingest: Ingest, headers: dict[str, str], method: str, path: str
) -> None:
    async with ingest.running() as client:
        response = await client.request(method, path, json=a_row(), headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.headers["content-type"] == "application/problem+json"
    assert ingest.events(PlacementSubmitted) == []


async def test_an_operator_acts_for_the_client_that_it_names(ingest: Ingest) -> None:
    headers = {"Authorization": f"Bearer {OPERATOR}", "Counterpoint-Client": "zenith"}
    async with ingest.running() as client:
        response = await client.post("/v1/placements", json=a_row(), headers=headers)
        unseen = await client.get(response.headers["location"])
        seen = await client.get(response.headers["location"], headers={"Authorization": f"Bearer {ZENITH}"})
    assert response.json()["client_id"] == "zenith"
    assert (unseen.status_code, seen.status_code) == (404, 200)


@pytest.mark.parametrize(
    ("content", "headers", "status", "said"),
    [
        (b"{}", {"Content-Type": "text/xml"}, 415, "text/csv or application/json"),
        (b"{", {}, 400, "not JSON in UTF-8 (line 1, column 2)"),
        (b'"\xff"', {}, 400, "not JSON in UTF-8"),
        (b"[" * 100_000, {}, 400, "not JSON"),
        (b"[]", {}, 422, "there is no row"),
        (b"[1]", {}, 422, "row 1 is no JSON object"),
        (b'{"a": "\\ud800"}', {}, 422, "half a character"),
        (b"[" + b'{"a": 1},' * 100 + b"{}]", {}, 413, "at most 100 rows"),
        (b" " * ((1 << 20) + 1), {}, 413, "at most 1 MiB"),
        (b"{}", {"Idempotency-Key": "k" * 201}, 400, "at most 200"),
        (b"", CSV, 422, "the file is empty"),
        (b"a,b\n1,2\n", CSV, 422, "unknown columns: 'a', 'b'"),
        (b"a\xff", CSV, 422, "line 1 is not UTF-8"),
        (b"x" * ((1 << 20) + 1), CSV, 413, "larger than is taken"),
    ],
)
async def test_a_request_that_cannot_be_used_is_told_why_and_leaves_nothing_behind(
    ingest: Ingest, content: bytes, headers: dict[str, str], status: int, said: str
) -> None:
    ingest.max_file_megabytes = 1
    async with ingest.running() as client:
        response = await client.post(
            "/v1/placements", content=content, headers={"Content-Type": "application/json"} | headers
        )
    assert response.status_code == status
    assert said in response.json()["detail"]
    assert list((ingest.folder / "spool").iterdir()) == []
    assert ingest.events(PlacementSubmitted) == []


async def test_an_upload_accepted_before_a_crash_is_published_after_it(ingest: Ingest) -> None:
    ingest.publisher = LogPublisher(calls_left=1)
    async with ingest.running() as client:
        response = await post_csv(client, as_csv(numbered(130)))
        assert response.status_code == 202
        await until(lambda: ingest.publisher.calls_left == 0)
    ingest.publisher = LogPublisher()
    async with ingest.running() as client:
        found = await loaded(client, response)
    assert (found["rows"], found["placed"]) == (130, 130)
    assert len(ingest.events(PlacementSubmitted)) == 130
    assert list((ingest.folder / "spool").iterdir()) == []


async def test_json_rows_cut_off_by_a_broker_that_goes_away_are_finished_by_the_same_request(ingest: Ingest) -> None:
    rows = numbered(90)
    ingest.publisher = LogPublisher(calls_left=1)
    async with ingest.running() as client:
        broken = await client.post("/v1/placements", json=rows)
    assert (broken.status_code, broken.headers["retry-after"]) == (503, "1")
    ingest.publisher = LogPublisher()
    async with ingest.running() as client:
        found = await loaded(client, await client.post("/v1/placements", json=rows))
    assert (found["rows"], found["placed"], found["repeated"]) == (90, 90, 0)
    assert len(ingest.events(PlacementSubmitted)) == 90


async def test_rejects_come_in_pages(ingest: Ingest) -> None:
    ingest.chunk_rows = 500
    async with ingest.running() as client:
        response = await post_csv(
            client, as_csv([a_row(client_account_number=f"A{i}", state="ZZ") for i in range(1005)])
        )
        first = await loaded(client, response)
        where = response.headers["location"]
        second = (await client.get(where, params={"after": first["next_after"]})).json()
        wrong = await client.get(where, params={"after": "x"})
    assert [r["row"] for r in first["rejects"] + second["rejects"]] == list(range(1, 1006))
    assert second["next_after"] is None
    assert wrong.status_code == 400


async def test_a_batch_that_is_none_or_anothers_is_not_found(ingest: Ingest) -> None:
    async with ingest.running() as client:
        mine = await client.post("/v1/placements", json=a_row())
        answers = [
            await client.get("/v1/batches/bat-none"),
            await client.get("/v1/batches/%00"),
            await client.get(mine.headers["location"], headers={"Authorization": f"Bearer {ZENITH}"}),
        ]
    assert [r.status_code for r in answers] == [404, 404, 404]


async def test_a_payment_is_told_to_the_log_once_however_often_it_is_reported(ingest: Ingest) -> None:
    payment = {"payment_id": "P1", "client_account_number": "AC-1001", "amount": 25.5, "method": "ach"}
    async with ingest.running() as client:
        early = await client.post("/v1/payments", json=payment)
        await loaded(client, await client.post("/v1/placements", json=a_row()))
        first = await client.post("/v1/payments", json=payment)
        again = await client.post("/v1/payments", json=payment)
        other = await client.post("/v1/payments", json=payment | {"amount": "26.00"})
        foreign = await client.post("/v1/payments", json=payment, headers={"Authorization": f"Bearer {ZENITH}"})
        odd = await client.post("/v1/payments", json=payment | {"amount": "free"})
    assert [r.status_code for r in (early, first, again, other, foreign, odd)] == [404, 202, 200, 409, 404, 422]
    assert (first.json()["recorded_before"], again.json()["recorded_before"]) == (False, True)
    (settled,) = ingest.runtime.events(PaymentSettled)
    assert isinstance(settled, PaymentSettled)
    (placed,) = ingest.placed()
    assert (settled.debt_id, settled.meta.consumer_id) == (placed.debt_id, placed.meta.consumer_id)
    assert (str(settled.amount), settled.method) == ("25.50", "ach")


async def test_a_payment_whose_publishing_failed_is_published_by_the_same_request(ingest: Ingest) -> None:
    payment = {"payment_id": "P1", "client_account_number": "AC-1001", "amount": "25.50", "method": "card"}
    async with ingest.running() as client:
        await loaded(client, await client.post("/v1/placements", json=a_row()))
        ingest.publisher.calls_left = 0
        broken = await client.post("/v1/payments", json=payment)
        ingest.publisher.calls_left = None
        mended = await client.post("/v1/payments", json=payment)
    assert (broken.status_code, mended.status_code) == (503, 202)
    assert len(ingest.runtime.events(PaymentSettled)) == 1


async def test_a_database_that_is_away_is_a_503_that_says_when_to_come_back(ingest: Ingest) -> None:
    assembly = await ingest.assemble()
    from starlette.applications import Starlette

    transport = httpx.ASGITransport(Starlette(routes=list(assembly.routes)))
    await assembly.close()
    async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as client:
        response = await client.post("/v1/placements", json=a_row(), headers={"Authorization": "Bearer acme-key"})
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert "try the same request again" in response.json()["detail"]
