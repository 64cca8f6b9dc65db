"""Reading rows and payments out of JSON.

Green does not prove that a request is answered so over HTTP: the tests with a database do.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contracts.ids import ClientId, DebtId
from services.ingest.core.columns import NOT_TEXT
from services.ingest.core.outcome import Payment
from services.ingest.core.request import Unreadable, payment, rows

NOW = datetime(2026, 10, 19, 16, tzinfo=UTC)


def a_payment(**changes: object) -> Payment | Unreadable:
    """What is made of a payment with changes."""
    document: dict[str, Any] = {
        "payment_id": "P-1",
        "client_account_number": " AC-1001 ",
        "amount": "25.50",
        "method": "ach",
        "settled_at": "2026-10-19T08:00:00-04:00",
    }
    return payment(document | changes, ClientId("acme"), NOW, lambda account: DebtId(f"debt-of-{account}"))


def test_values_of_any_plain_kind_become_text_as_they_were_written() -> None:
    found = rows({"balance": "12.50", "bankrupt": True, "deceased": False, "born_on": None})
    assert not isinstance(found, Unreadable)
    assert [(r.number, r.line, dict(r.fields)) for r in found] == [
        (1, 0, {"balance": "12.50", "bankrupt": "true", "deceased": "false", "born_on": ""})
    ]


def test_rows_of_a_list_are_numbered_in_their_order() -> None:
    found = rows([{"a": "1"}, {"a": "2"}])
    assert not isinstance(found, Unreadable)
    assert [(r.number, r.fields["a"]) for r in found] == [(1, "1"), (2, "2")]


def test_a_nested_value_is_marked_and_left_to_be_rejected_with_its_row() -> None:
    found = rows({"phones": ["1"], "name": {"first": "Ana"}, "city": "X"})
    assert not isinstance(found, Unreadable)
    assert found[0].fields == {"city": "X", NOT_TEXT: "phones, name"}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "no row"),
        ("text", "row 1 is no JSON object"),
        ([{"a": "1"}, 7], "row 2 is no JSON object"),
        ({"#cells": "1/2"}, "begins with #"),
        ({f"c{i}": "" for i in range(201)}, "more than 200"),
        ({"a": "\ud800"}, "half a character"),
        ({"\udfff": "a"}, "half a character"),
    ],
)
def test_says_why_a_document_holds_no_rows(document: object, said: str) -> None:
    found = rows(document)
    assert isinstance(found, Unreadable)
    assert said in found.reason


def test_a_payment_is_the_clients_own_and_its_instant_is_in_utc() -> None:
    found = a_payment()
    assert found == Payment(
        payment_id="acme:P-1",  # type: ignore[arg-type]
        debt_id="debt-of-AC-1001",  # type: ignore[arg-type]
        amount=Decimal("25.50"),
        currency="USD",
        method="ach",
        settled_at=datetime(2026, 10, 19, 12, tzinfo=UTC),
    )


def test_a_payment_without_an_instant_settled_now() -> None:
    found = a_payment(settled_at=None)
    assert isinstance(found, Payment)
    assert found.settled_at == NOW


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"payment_id": ""}, "payment_id"),
        ({"payment_id": "a b"}, "payment_id"),
        ({"client_account_number": ""}, "client_account_number is missing"),
        ({"amount": "0.00"}, "amount"),
        ({"amount": "-1.00"}, "amount"),
        ({"amount": "1.005"}, "amount"),
        ({"amount": "10000000.01"}, "amount"),
        ({"amount": "1e3"}, "amount"),
        ({"currency": "EUR"}, "currency"),
        ({"method": "barter"}, "method"),
        ({"settled_at": "yesterday"}, "settled_at"),
        ({"settled_at": "2026-10-19T08:00:00"}, "offset"),
        ({"settled_at": (NOW + timedelta(seconds=1)).isoformat()}, "future"),
        ({"ammount": "1.00"}, "no field 'ammount'"),
    ],
)
def test_says_what_is_wrong_with_a_payment(changes: dict[str, object], said: str) -> None:
    found = a_payment(**changes)
    assert isinstance(found, Unreadable)
    assert said in found.reason


def test_a_payment_must_be_an_object() -> None:
    found = payment([1], ClientId("acme"), NOW, DebtId)
    assert isinstance(found, Unreadable)
