"""How synthetic consumers behave: by chance that is drawn once, from the seed.

A green run does not prove that anybody real behaves so: the rates are invented.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from chassis.channel.core.said import SILENCING
from chassis.understanding.understand import understand
from counterpoint.simulate.consumers import HABITS, LONGEST, UNASKED, Act, Pay, Say, on_text, unasked
from counterpoint.simulate.households import Debt, Household, households
from counterpoint.simulate.placements import portfolio, write
from counterpoint.simulate.words import WORDS

AT = datetime(2026, 10, 19, 16, tzinfo=UTC)
MANY = 4000


def a_household(n: int = 0, language: str = "en") -> Household:
    debts = (Debt(f"AC-{n}", Decimal("120.05")), Debt(f"AD-{n}", Decimal("0.02")))
    return Household(f"+1212555{n:04}", language, debts)


def lives(seed: int) -> list[list[Act]]:
    return [list(on_text(seed, a_household(n), text, AT)) for n in range(MANY // 2) for text in (1, 2)]


def test_equal_seeds_give_equal_lives_and_others_do_not() -> None:
    assert lives(7) == lives(7)
    assert lives(7) != lives(8)


def test_the_second_text_is_another_throw_of_the_dice() -> None:
    first = [on_text(7, a_household(n), 1, AT) for n in range(100)]
    second = [on_text(7, a_household(n), 2, AT) for n in range(100)]
    assert first != second


def test_what_is_done_has_the_rates_of_the_table() -> None:
    assert sum(habit.percent for habit in HABITS.values()) == pytest.approx(100)
    acts = [act for life in lives(7) for act in life]
    meanings = Counter(act.meaning for act in acts if isinstance(act, Say))
    expected = sum(h.percent for name, h in HABITS.items() if "stop" in name) / 100
    assert meanings["stop"] / MANY == pytest.approx(expected, rel=0.2)
    payments = [act for act in acts if isinstance(act, Pay)]
    expected = sum(h.percent for name, h in HABITS.items() if "pay" in name) / 100
    assert len(payments) / MANY == pytest.approx(expected, rel=0.2)


def test_acts_come_after_the_text_and_within_its_weeks() -> None:
    for life in lives(7):
        assert all(AT < act.at <= AT + 2 * LONGEST for act in life)
        assert sorted(life, key=lambda act: act.at) == life


def test_nobody_pays_nothing_or_more_than_is_owed() -> None:
    for act in (act for life in lives(7) for act in life):
        if isinstance(act, Pay):
            assert Decimal(0) < act.amount <= Decimal("120.05")
            assert act.amount == act.amount.quantize(Decimal("0.01"))


def test_a_few_write_unasked_and_within_the_time() -> None:
    ends = AT + timedelta(days=21)
    written = [unasked(7, a_household(n), AT, ends) for n in range(MANY)]
    assert sum(map(len, written)) / MANY * 100 == pytest.approx(UNASKED, rel=0.5)
    assert all(AT <= act.at <= ends for acts in written for act in acts)


@pytest.mark.parametrize("meaning", [name for name in WORDS if name.startswith("stop-")])
@pytest.mark.parametrize("language", ["en", "es"])
def test_whoever_means_stop_is_understood(meaning: str, language: str) -> None:
    for words in WORDS[meaning][language]:
        assert SILENCING & set(understand(words).intents), words


@pytest.mark.parametrize("meaning", ["question", "answer"])
def test_whoever_does_not_is_not_taken_to_mean_it(meaning: str) -> None:
    for language in WORDS[meaning].values():
        assert not any(SILENCING & set(understand(words).intents) for words in language)


def test_spanish_speakers_write_spanish() -> None:
    spanish = {words for meaning in WORDS.values() for words in meaning["es"]}
    said = [act for n in range(400) for act in on_text(7, a_household(n, "es"), 1, AT) if isinstance(act, Say)]
    assert said
    assert {act.body for act in said} <= spanish


def test_households_are_everybody_at_a_number_of_the_file(tmp_path: Path) -> None:
    rows = portfolio(accounts=300, seed=7)
    file = tmp_path / "placements.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        write(rows, out)
    found = households(file)
    assert all(phone.startswith("+1") and len(phone) == 12 for phone in found)
    debts = {debt.account_number for household in found.values() for debt in household.debts}
    assert debts <= {row.cells["client_account_number"] for row in rows if "client_account_number" in row.cells}
    assert any(len(household.debts) > 1 for household in found.values())
