"""Reports over HTTP: each is told to the log once, and every row of many has its outcome.

Green does not prove what other services make of them.
"""

from typing import Any

import pytest

from contracts.events import (
    AccountRecalled,
    AccountUpdated,
    ArrangementAgreed,
    Event,
    PaymentFailed,
    PaymentReversed,
    PaymentSettled,
)
from tests.integration.ingest.harness import ZENITH, Ingest
from tests.integration.ingest.test_http import loaded
from tests.unit.ingest.factories import a_row

AC = "AC-1001"
REPORTS: list[tuple[str, dict[str, Any], type[Event]]] = [
    ("/v1/accounts/updates", {"update_id": "U1", "client_account_number": AC, "balance": "900.00"}, AccountUpdated),
    ("/v1/accounts/recalls", {"recall_id": "R1", "client_account_number": AC, "reason": "sold"}, AccountRecalled),
    (
        "/v1/payments/failures",
        {"payment_id": "P1", "client_account_number": AC, "amount": "9.00", "method": "ach", "reason": "stopped"},
        PaymentFailed,
    ),
    (
        "/v1/payments/reversals",
        {"payment_id": "P1", "client_account_number": AC, "amount": "9.00", "reason": "chargeback"},
        PaymentReversed,
    ),
]


@pytest.mark.parametrize(("path", "report", "kind"), REPORTS, ids=[path for path, _, _ in REPORTS])
async def test_a_report_is_told_to_the_log_once_however_often_it_is_made(
    ingest: Ingest, path: str, report: dict[str, Any], kind: type[Event]
) -> None:
    other = report | {"client_account_number": "AC-none"}
    async with ingest.running() as client:
        early = await client.post(path, json=report)
        await loaded(client, await client.post("/v1/placements", json=a_row()))
        ingest.publisher.calls_left = 0
        broken = await client.post(path, json=report)
        ingest.publisher.calls_left = None
        first, again = await client.post(path, json=report), await client.post(path, json=report)
        unknown = await client.post(path, json=other)
        foreign = await client.post(path, json=report, headers={"Authorization": f"Bearer {ZENITH}"})
        odd = await client.post(path, json=report | {"client_account_number": ""})
    answers = (early, broken, first, again, unknown, foreign, odd)
    assert [r.status_code for r in answers] == [404, 503, 202, 200, 404, 404, 422]
    assert (first.json()["recorded_before"], again.json()["recorded_before"]) == (False, True)
    (event,) = ingest.events(kind)
    (placed,) = ingest.placed()
    assert event.meta.consumer_id == placed.meta.consumer_id


async def test_an_arrangement_and_the_payment_that_is_a_part_of_it(ingest: Ingest) -> None:
    agreed = {
        "arrangement_id": "A1",
        "client_account_number": AC,
        "kind": "plan",
        "instalments": [{"due_on": "2026-11-10", "amount": 411.52}, {"due_on": "2026-12-10", "amount": 411.5}],
    }
    paid = {"payment_id": "P7", "client_account_number": AC, "amount": "411.52", "method": "ach"}
    link = {"arrangement_id": "A1", "instalment": 1}
    async with ingest.running() as client:
        await loaded(client, await client.post("/v1/placements", json=a_row()))
        first = await client.post("/v1/arrangements", json=agreed)
        changed = await client.post("/v1/arrangements", json=agreed | {"kind": "promise"})
        settled = await client.post("/v1/payments", json=paid | link)
        wrong = await client.post("/v1/payments", json=paid | {"instalment": "first"})
    assert [r.status_code for r in (first, changed, settled, wrong)] == [202, 409, 202, 422]
    (arrangement,) = ingest.events(ArrangementAgreed)
    (payment,) = ingest.events(PaymentSettled)
    assert isinstance(arrangement, ArrangementAgreed)
    assert isinstance(payment, PaymentSettled)
    assert [str(i.amount) for i in arrangement.instalments] == ["411.52", "411.50"]
    assert (payment.arrangement_id, payment.instalment) == (arrangement.arrangement_id, 1)


async def test_many_updates_have_control_totals_and_every_reject_its_reason(ingest: Ingest) -> None:
    rows = [
        "update_id,client_account_number,balance,bankrupt",
        f"U1,{AC},900.00,",
        f"U1,{AC},900.00,",
        f"U2,{AC},,true",
        f"U1,{AC},901.00,",
        "U3,AC-none,1.00,",
        f"U4,{AC},free,",
        f"U5,{AC}",
    ]
    async with ingest.running() as client:
        await loaded(client, await client.post("/v1/placements", json=a_row()))
        csv = {"Content-Type": "text/csv"}
        answer = await client.post("/v1/accounts/updates", content="\n".join(rows), headers=csv)
        again = await client.post("/v1/accounts/updates", content="\n".join(rows[:3]), headers=csv)
        no_header = await client.post("/v1/accounts/updates", content="a,a\n1,2", headers=csv)
        binary = await client.post("/v1/accounts/updates", content=b"\xff\xfe", headers=csv)
        crowd = await client.post("/v1/accounts/updates", json=[{}] * 101)
    assert [r.status_code for r in (answer, again, no_header, binary, crowd)] == [202, 200, 422, 422, 413]
    body = answer.json()
    rejects = {r["row"]: r["reason"] for r in body.pop("rejects")}
    assert body == {
        "rows": 7,
        "recorded": 2,
        "recorded_before": 1,
        "rejected": 4,
        "amount_recorded": "900.00",
    }
    assert list(rejects) == [4, 5, 6, 7]
    assert "another report" in rejects[4]
    assert "no account" in rejects[5]
    assert "balance must be" in rejects[6]
    assert "a row of 2 cells under 4 columns" in rejects[7]
    assert len(ingest.events(AccountUpdated)) == 2


async def test_accounts_of_two_consumers_cannot_be_in_one_arrangement(ingest: Ingest) -> None:
    other = a_row() | {
        "client_account_number": "AC-2002",
        "first_name": "Ben",
        "ssn": "900452222",
        "born_on": "1970-01-02",
    }
    agreed = {"arrangement_id": "A1", "client_account_number": [AC, "AC-2002"], "kind": "promise"}
    async with ingest.running() as client:
        await loaded(client, await client.post("/v1/placements", json=a_row()))
        await loaded(client, await client.post("/v1/placements", json=other))
        refused = await client.post(
            "/v1/arrangements", json=agreed | {"instalments": [{"due_on": "2026-11-10", "amount": "10.00"}]}
        )
    assert refused.status_code == 422
    assert "not of one consumer" in refused.json()["detail"]
