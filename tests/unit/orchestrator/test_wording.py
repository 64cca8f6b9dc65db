"""What templates are filled with. Green does not prove that a text reads well."""

from typing import Any

import pytest
from msgspec.structs import replace

from chassis.templates.compose import Composed, compose
from chassis.templates.loader import load_templates
from chassis.templates.values import MOST_CHARACTERS
from contracts.ids import ArrangementId, DebtId
from services.orchestrator.core.state import Account, Arrangement, Consumer, Instalment, Payment
from services.orchestrator.core.wording import Offer, listed, money, parameters


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (1, "USD", "$0.01"),
        (123456, "USD", "$1,234.56"),
        (999_999_999_999, "USD", "$9,999,999,999.99"),
        (5000, "CAD", "50.00 CAD"),
    ],
)
def test_money_as_people_write_it(amount: int, currency: str, shown: str) -> None:
    assert money(amount, currency) == shown


@pytest.mark.parametrize(
    ("words", "language", "shown"),
    [
        (["Harbor Bank"], "en", "Harbor Bank"),
        (["Harbor Bank", "Harbor Bank"], "en", "Harbor Bank"),
        (["A", "B", "C"], "en", "A, B and C"),
        (["A", "B", "C"], "es", "A, B y C"),
        (["A" * 50, "B" * 50, "C"], "en", "A" * 50 + " and 2 others"),
        (["A" * 79, "B" * 50], "es", "A" * 72 + " y 1 más"),
        (["A" * 200], "en", "A" * 80),
        ([], "en", ""),
    ],
)
def test_several_accounts_in_a_row(words: list[str], language: str, shown: str) -> None:
    assert listed(words, language) == shown


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("count", [1, 2, 40])
def test_the_text_channel_takes_what_it_is_given(language: str, count: int) -> None:
    accounts = [
        Account(DebtId(f"debt-{n}"), f"The Very Long Name of Creditor {n}", f"{n:04}", 10**11, "USD", 1, 1)
        for n in range(count)
    ]
    given = parameters(Consumer(first_name="Ana" * 40, language=language), accounts)
    assert given.keys() == {"first_name", "creditor", "account_last4", "balance"}
    assert all(len(value) <= MOST_CHARACTERS for value in given.values())
    templates = load_templates()
    for template in ("welcome", "follow-up", "settlement"):
        composed = compose(
            templates,
            channel="sms",
            template_id=template,
            language=language,
            parameters=given,
            ours={"collector": "Counterpoint Recovery", "reference": "ABCD1234"},
        )
        assert isinstance(composed, Composed)


def owing(balance: int, **more: Any) -> Consumer:
    """A consumer in New York with one account."""
    account = Account(DebtId("debt-1"), "Harbor Bank", "1234", balance, "USD", 1, 1, **more)
    return Consumer(accounts=(account,), first_name="Ana", zones=("America/New_York",))


def given(template: str, state: Consumer, **more: Any) -> dict[str, str]:
    """What a text is given."""
    wording = load_templates().catalogue()["sms", template]
    return parameters(state, state.accounts, wording, **more)


def test_a_template_is_given_no_more_than_it_needs() -> None:
    assert given("welcome", owing(500)).keys() == {"first_name", "creditor", "account_last4", "balance"}
    assert given("opt-out-confirmation", owing(500)) == {}


def test_a_reminder_names_the_instalment_that_is_due_next() -> None:
    parts = tuple(Instalment(20_788 + 30 * n, 2500) for n in range(3))
    plan = Arrangement(ArrangementId("arr-1"), "PLAN", (DebtId("debt-1"),), "USD", 1, 3, parts, met=1)
    said = given("reminder", replace(owing(7500), arrangements=(plan,)))
    assert said == {"first_name": "Ana", "instalment": "$25.00", "creditor": "Harbor Bank", "due_on": "2026-12-31"}
    assert "due_on" not in given("reminder", owing(7500))


@pytest.mark.parametrize(("balance", "left"), [(7500, "$50.00"), (2500, None)])
def test_a_confirmation_names_the_last_payment_and_what_is_left_if_anything(balance: int, left: str | None) -> None:
    at = 1_796_000_000  # an evening in New York, and the next day in UTC
    said = given("payment-confirmation", owing(balance, payments=(Payment(1, 5, 100, True), Payment(2, at, 2500))))
    assert (said["paid_amount"], said["paid_on"], said.get("balance")) == ("$25.00", "2026-11-29", left)


def test_an_offer_is_so_much_of_what_is_owed_until_a_day() -> None:
    said = given("settlement-offer", owing(123_456), now=1_796_000_000, offer=Offer(60, 30))
    assert (said["offer"], said["offer_until"]) == ("$740.73", "2026-12-29")
    assert "offer" not in given("settlement-offer", owing(123_456))


def test_a_validation_notice_is_itemised_and_adds_up() -> None:
    account = Account(
        DebtId("debt-1"),
        "Harbor Bank",
        "1234",
        123_456,
        "USD",
        1,
        1,
        original="First Store",
        itemized=(20_500, 120_000, 6000, 2456),
    )
    state = Consumer(accounts=(account,), first_name="Ana", last_name="Ejemplo", zones=("America/New_York",))
    wording = load_templates().catalogue()["letter", "validation-notice"]
    said = parameters(state, [account], wording, 1_795_530_000, 1_795_530_000)  # Tuesday, 24 November 2026
    assert {
        n: said[n] for n in ("itemized_on", "itemized_amount", "interest_since", "fees_since", "credited_since")
    } == {
        "itemized_on": "2026-02-16",
        "itemized_amount": "$1,200.00",
        "interest_since": "$60.00",
        "fees_since": "$24.56",
        "credited_since": "$50.00",
    }
    assert (said["full_name"], said["original_creditor"], said["total_now"]) == (
        "Ana Ejemplo",
        "First Store",
        "$1,234.56",
    )
    assert said["respond_by"] == "2027-01-01"


def test_a_notice_that_would_not_add_up_or_be_about_one_debt_is_not_given() -> None:
    account = Account(DebtId("debt-1"), "Harbor Bank", "1234", 200_000, "USD", 1, 1, itemized=(20_500, 120_000, 0, 0))
    wording = load_templates().catalogue()["letter", "validation-notice"]
    state = Consumer(accounts=(account,), zones=("America/New_York",))
    for accounts in ([account], [account, account], [replace(account, itemized=None)]):
        assert "total_now" not in parameters(state, accounts, wording, 1_795_530_000)
