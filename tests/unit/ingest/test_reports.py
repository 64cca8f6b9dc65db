"""Reading reports of placed accounts out of JSON and CSV.

Green does not prove that a report reaches the log once: the tests with a database do.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contracts.events import (
    AccountRecalled,
    AccountUpdated,
    ArrangementAgreed,
    ArrangementKind,
    Event,
    PaymentFailed,
    PaymentReversed,
)
from contracts.ids import ClientId, ConsumerId, DebtId
from services.ingest.core.reports import MOST_INSTALMENTS, Report, report
from services.ingest.core.request import Unreadable

NOW = datetime(2026, 10, 28, 15, tzinfo=UTC)
LEAST: dict[str, dict[str, Any]] = {
    "update": {"update_id": "U-1", "client_account_number": "AC-1", "balance": "10.00"},
    "recall": {"recall_id": "R-1", "client_account_number": "AC-1", "reason": "sold"},
    "arrangement": {
        "arrangement_id": "A-1",
        "client_account_number": "AC-1",
        "kind": "promise",
        "instalments": "2026-11-02 150.00",
    },
    "failure": {
        "payment_id": "P-1",
        "client_account_number": "AC-1",
        "amount": "20.00",
        "method": "ach",
        "reason": "insufficient-funds",
    },
    "reversal": {"payment_id": "P-1", "client_account_number": "AC-1", "amount": "20.00", "reason": "chargeback"},
}


def read(kind: str, /, **changes: object) -> Report | Unreadable:
    """What is made of the least report of a kind, with changes."""
    return report(kind, LEAST[kind] | changes, ClientId("acme"), NOW, lambda account: DebtId(f"debt-of-{account}"))


def event_of(kind: str, /, **changes: object) -> Event:
    """The event of such a report."""
    found = read(kind, **changes)
    assert isinstance(found, Report), found
    return found.event(ConsumerId("con-1"), NOW)


@pytest.mark.parametrize("kind", LEAST)
def test_the_least_report_is_the_clients_own_and_of_now(kind: str) -> None:
    event = event_of(kind)
    assert (event.meta.occurred_at, event.meta.consumer_id) == (NOW, "con-1")
    found = read(kind)
    assert isinstance(found, Report)
    assert found.report_id.startswith("acme:")
    assert found.debt_ids == ("debt-of-AC-1",)


def test_an_update_says_what_it_says_and_no_more() -> None:
    least = event_of("update", balance="", due_on="2026-11-30")
    assert isinstance(least, AccountUpdated)
    assert (least.balance, least.due_on, least.language, least.risk) == (None, date(2026, 11, 30), None, None)
    whole = event_of("update", balance="0.00", language="ES", risk="40", bankrupt="yes", disputed=False)
    assert isinstance(whole, AccountUpdated)
    assert (whole.balance, whole.language, whole.risk) == (Decimal("0.00"), "es", 40)
    assert (whole.flags.bankrupt, whole.flags.disputed, whole.flags.ceased) == (True, False, None)


def test_instalments_are_read_from_a_list_and_from_text_alike() -> None:
    text = event_of("arrangement", kind="plan", instalments="2026-11-10 411.52; 2026-12-10 411.50")
    listed = [{"due_on": "2026-11-10", "amount": "411.52"}, {"due_on": "2026-12-10", "amount": "411.50"}]
    found = event_of("arrangement", kind="plan", instalments=listed)
    assert isinstance(text, ArrangementAgreed)
    assert isinstance(found, ArrangementAgreed)
    assert found.instalments == text.instalments
    assert (found.kind, found.grace_days, found.source) == (ArrangementKind.PLAN, 3, "client")


def test_an_arrangement_may_be_about_several_accounts() -> None:
    for numbers in ("AC-1; AC-2", ["AC-1", "AC-2"]):
        event = event_of("arrangement", client_account_number=numbers)
        assert isinstance(event, ArrangementAgreed)
        assert event.debt_ids == ("debt-of-AC-1", "debt-of-AC-2")


def test_a_failure_may_name_the_instalment_that_was_expected() -> None:
    event = event_of("failure", arrangement_id="A-1", instalment="2")
    assert isinstance(event, PaymentFailed)
    assert (event.arrangement_id, event.instalment) == ("acme:A-1", 2)


def test_a_reversal_names_the_payment_as_it_was_reported() -> None:
    event = event_of("reversal")
    assert isinstance(event, PaymentReversed)
    assert event.payment_id == "acme:P-1"
    recall = event_of("recall", recalled_at="2026-10-28T10:00:00-04:00")
    assert isinstance(recall, AccountRecalled)
    assert recall.recalled_at == NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("update", {"update_id": ""}, "update_id must have"),
        ("update", {"client_account_number": " "}, "client_account_number is missing"),
        ("update", {"client_account_number": "\ud800"}, "plain text"),
        ("update", {"balance": ""}, "it says nothing"),
        ("update", {"balance": "-1.00"}, "balance must be dollars"),
        ("update", {"risk": "101"}, "risk must be a whole number"),
        ("update", {"language": "spanish"}, "language must be"),
        ("update", {"bankrupt": "perhaps"}, "bankrupt must be"),
        ("update", {"as_of_at": "2026-10-28T16:00:00Z"}, "lies in the future"),
        ("update", {"as_of_at": "2026-10-28T14:00:00"}, "needs an offset"),
        ("update", {"as_of_at": "today"}, "must be an instant"),
        ("update", {"color": "red"}, "there is no field 'color'"),
        ("update", {"currency": "EUR"}, "currency must be one of USD"),
        ("recall", {"reason": "because"}, "reason must be one of"),
        ("arrangement", {"kind": "wish"}, "kind must be one of"),
        ("arrangement", {"instalments": ""}, "must be 1 to"),
        ("arrangement", {"instalments": "2026-11-02"}, "must be a date"),
        ("arrangement", {"instalments": [7]}, "must be a date"),
        ("arrangement", {"instalments": "2026-11-02 0.00"}, "dollars and cents"),
        ("arrangement", {"instalments": "2026-12-02 1.00; 2026-11-02 1.00"}, "in order"),
        ("arrangement", {"instalments": "2026-10-02 1.00"}, "before it was agreed"),
        ("arrangement", {"instalments": "2046-10-02 1.00"}, "more than five years"),
        ("arrangement", {"instalments": "2026-11-02 1.00;" * (MOST_INSTALMENTS + 1)}, "must be 1 to"),
        ("arrangement", {"grace_days": "99"}, "grace_days must be"),
        ("arrangement", {"client_account_number": []}, "client_account_number is missing"),
        ("failure", {"reason": "moon"}, "reason must be one of"),
        ("failure", {"arrangement_id": "a b"}, "arrangement_id must have"),
        ("failure", {"instalment": "0"}, "instalment must be"),
        ("reversal", {"amount": {}}, "amount must be plain text"),
    ],
)
def test_says_what_is_wrong_with_a_report(kind: str, changes: dict[str, object], said: str) -> None:
    found = read(kind, **changes)
    assert isinstance(found, Unreadable)
    assert said in found.reason


def test_a_report_must_be_an_object() -> None:
    assert report("recall", [1], ClientId("acme"), NOW, DebtId) == Unreadable("it is no JSON object")


def test_what_is_said_again_in_other_words_is_the_same_report() -> None:
    one, other = read("failure", amount="20"), read("failure", amount="20.00")
    assert isinstance(one, Report)
    assert isinstance(other, Report)
    assert one.content == other.content
    third = read("failure", amount="21")
    assert isinstance(third, Report)
    assert third.content != one.content
