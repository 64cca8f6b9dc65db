"""What templates are filled with. Green does not prove that a text reads well."""

import pytest

from chassis.templates.compose import Composed, compose
from chassis.templates.loader import load_templates
from chassis.templates.values import MOST_CHARACTERS
from contracts.ids import DebtId
from services.orchestrator.core.state import Account, Consumer
from services.orchestrator.core.wording import PARAMETERS, listed, money, parameters


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
    assert given.keys() == PARAMETERS
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
