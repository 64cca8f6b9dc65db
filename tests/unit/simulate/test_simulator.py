"""Strategies on synthetic consumers: the same result for the same seed, paired comparisons, and what is said of them.

Green does not prove that anybody behaves like this: the table is invented. What the gate lets out is asked in
tests/property/test_simulator.py.
"""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from chassis.failures import Halted
from counterpoint.cli import application
from counterpoint.commands.simulate import find
from counterpoint.simulate.behaviour import ASSUMED, IGNORE, Behaviour, described
from counterpoint.simulate.comparison import compare, told
from counterpoint.simulate.consumers import HABITS, on_text
from counterpoint.simulate.estimates import DOLLARS, MEASURES, by_day, difference, estimate
from counterpoint.simulate.households import Debt, Household
from counterpoint.simulate.life import Lived
from counterpoint.simulate.picture import Panel, picture
from counterpoint.simulate.population import residents
from counterpoint.simulate.trial import BEGINS, Plan, Trial, run
from services.orchestrator.loader import WrongStrategy

FIRST, WEEKS = find("first-contact"), find("three-weeks")
LIQUIDATION = next(m for m in MEASURES if m.share)


def lives(trial: Trial, behaviour: Behaviour = ASSUMED, file: Path = WEEKS, processes: int = 1) -> list[Lived]:
    """What came of everybody under one strategy."""
    (found,) = run(trial, [Plan(file, behaviour)], processes)
    return found


def test_equal_seeds_give_equal_results() -> None:
    trial = Trial(40, 60, 3)
    assert compare(trial, [FIRST, WEEKS], sensitivity=False, processes=1) == compare(
        trial, [FIRST, WEEKS], sensitivity=False, processes=1
    )


def test_another_seed_gives_other_people() -> None:
    assert [r.consumer_id for r in residents(seed=1, block=0, size=20, at=BEGINS)] != [
        r.consumer_id for r in residents(seed=2, block=0, size=20, at=BEGINS)
    ]


def test_two_processes_find_what_one_finds() -> None:
    trial, plans = Trial(30, 40, 5, block=15), [Plan(FIRST, ASSUMED), Plan(WEEKS, ASSUMED)]
    assert run(trial, plans, processes=2) == run(trial, plans, processes=1)


def test_what_one_strategy_brings_does_not_hang_on_which_others_are_tried() -> None:
    trial = Trial(30, 40, 5)
    together = run(trial, [Plan(FIRST, ASSUMED), Plan(WEEKS, ASSUMED)], processes=1)
    assert together == [lives(trial, file=FIRST), lives(trial, file=WEEKS)]


def test_there_are_as_many_consumers_as_asked_for_each_once() -> None:
    found = residents(seed=4, block=0, size=150, at=BEGINS)
    assert len({r.consumer_id for r in found}) == len(found) == 150
    assert all(r.placements for r in found)
    assert any(len(r.placements) > 1 for r in found)


def test_both_strategies_meet_the_same_consumers() -> None:
    one, other = run(Trial(60, 60, 3), [Plan(FIRST, ASSUMED), Plan(WEEKS, ASSUMED)], 1)
    assert [lived.placed for lived in one] == [lived.placed for lived in other]
    assert one != other


def test_a_strategy_differs_from_itself_in_nothing() -> None:
    one, other = run(Trial(40, 60, 3), [Plan(WEEKS, ASSUMED)] * 2, 1)
    for measure in MEASURES:
        found = difference(measure, one, other)
        assert (found.value, found.low, found.high) == (0, 0, 0)
        assert not found.is_clear


def test_nobody_pays_more_than_is_owed() -> None:
    generous = Behaviour({**ASSUMED.percent, "pay-all": 40.0, "answer-and-pay": 25.0, "pays-unasked": 100.0})
    found = lives(Trial(80, 90, 3), generous)
    assert sum(len(lived.paid_on) for lived in found) > 60
    assert all(sum(cents for _, cents in lived.paid_on) <= lived.placed for lived in found)


def test_where_no_number_works_nothing_is_delivered() -> None:
    dead = Behaviour(dict.fromkeys(ASSUMED.percent, 0.0) | {"number-dead": 100.0, "still-read": 100.0})
    found = lives(Trial(50, 60, 3), dead)
    assert sum(len(lived.sent_on) for lived in found) > 20
    assert {(lived.delivered, lived.replies, len(lived.paid_on)) for lived in found} == {(0, 0, 0)}


def test_who_always_stops_gets_one_text() -> None:
    tired = Behaviour(dict.fromkeys(ASSUMED.percent, 0.0) | {"stop-plain": 100.0, "still-read": 100.0})
    found = lives(Trial(50, 60, 3), tired)
    assert {lived.delivered for lived in found} == {0, 1}
    assert all(lived.opted_out == lived.delivered for lived in found)


def test_every_rate_is_described_and_those_of_habits_make_up_a_hundred() -> None:
    assert {name for name, _, _ in described()} == set(ASSUMED.percent)
    assert {name: habit for name, habit in ASSUMED.habits.items() if habit.parts} == {
        name: habit for name, habit in HABITS.items() if name != IGNORE
    }
    for behaviour in (ASSUMED, ASSUMED.varied("pay-all", 1.5), ASSUMED.varied("ask", 0.5)):
        assert sum(habit.percent for habit in behaviour.habits.values()) == pytest.approx(100)
        assert all(habit.percent >= 0 for habit in behaviour.habits.values())
    assert ASSUMED.varied("still-read", 1.5).percent["still-read"] == 100


@given(name=st.sampled_from(sorted(set(HABITS) - {IGNORE})), number=st.integers(1, 200))
def test_a_rate_that_grows_changes_only_who_did_nothing(name: str, number: int) -> None:
    household = Household("+12125550100", "en", (Debt("1", Decimal(100)),))
    more = on_text(3, household, number, BEGINS, ASSUMED.varied(name, 1.5).habits)
    before = on_text(3, household, number, BEGINS, ASSUMED.habits)
    assert more == before or not before


def a_lived(dollars: int, placed: int = 1000) -> Lived:
    """Somebody who paid so much on the first day."""
    return Lived(placed=placed * 100, paid_on=[(0, dollars * 100)] if dollars else [])


def test_a_paired_interval_knows_that_it_is_the_same_people() -> None:
    one = [a_lived(dollars) for dollars in (0, 500, 0, 900, 100, 0, 700, 0)]
    other = [a_lived(dollars + 10) for dollars in (0, 500, 0, 900, 100, 0, 700, 0)]
    found = difference(DOLLARS, one, other)
    assert (found.value, found.low, found.high) == pytest.approx((80, 80, 80))
    assert found.is_clear
    alone = estimate(DOLLARS, one)
    assert alone.low < alone.value - 500
    assert alone.high > alone.value + 500


def test_the_share_of_what_was_placed_is_sure_where_all_pay_the_same_share() -> None:
    found = estimate(LIQUIDATION, [a_lived(placed // 4, placed) for placed in (400, 800, 4000)])
    assert (found.value, found.low, found.high) == pytest.approx((25, 25, 25))


def test_curves_are_sums_up_to_each_day() -> None:
    dollars, texts = by_day([Lived(paid_on=[(1, 250), (3, 50)], sent_on=[0, 3]), Lived(sent_on=[3])], 4)
    assert dollars == [0, 2.5, 2.5, 3]
    assert texts == [1, 1, 1, 3]


def test_the_picture_is_well_formed_whatever_strategies_are_called() -> None:
    drawn = picture(["a<b", 'c"&d'], [Panel("nothing", [[0.0], [0.0]]), Panel("much", [[1e7, 2e7], [5.0, 6.0]])])
    texts = [element.text for element in ElementTree.fromstring(drawn).iter() if element.text]
    assert {"a<b", 'c"&d', "nothing", "much", "day 0"} <= set(texts)


def test_what_is_told_has_its_assumptions_and_marks_what_may_be_chance() -> None:
    result = compare(Trial(16, 20, 3), [FIRST, WEEKS], sensitivity=True, processes=1)
    text = told(result)
    assert len(result.sensitivity) == 1 + 2 * len(ASSUMED.percent)
    assert "may be chance" in text
    assert "invented" in text
    assert all(name in text for name in ASSUMED.percent)
    by_name = {line.name: line.strategy.value for line in result.lines}
    assert by_name["contacts requested"] == by_name["approved"] + by_name["deferred"] + by_name["vetoed"]
    kinds = Counter(line.name.split()[0] for line in result.lines if line.name.startswith("  "))
    assert sum(line.against.value for line in result.lines if "deferred by" in line.name and line.against) == next(
        line.against.value for line in result.lines if line.name == "deferred" and line.against
    )
    assert set(kinds) <= {"deferred", "vetoed"}


def test_the_command_prints_json_and_draws(tmp_path: Path) -> None:
    file = tmp_path / "curves.svg"
    asked = ["simulate", "strategy", "first-contact", "--consumers", "20", "--days", "30", "--processes", "1"]
    ended = CliRunner().invoke(application("simulate"), [*asked, "--json", "--picture", str(file)])
    assert ended.exit_code == 0, ended.output
    assert json.loads(ended.stdout)["strategies"] == ["first-contact"]
    assert msgspec.json.decode(ended.stdout)["consumers"] == 20
    ElementTree.fromstring(file.read_text())


def test_what_cannot_be_compared_is_refused_with_the_reason() -> None:
    alone = CliRunner().invoke(application("simulate"), ["simulate", "strategy", "first-contact", "--sensitivity"])
    assert alone.exit_code == 2
    assert "--against" in alone.output
    twice = ["simulate", "strategy", "first-contact", "--against", "first-contact"]
    assert "differs in nothing" in " ".join(CliRunner().invoke(application("simulate"), twice).output.split())


def test_an_unknown_strategy_is_told_with_those_there_are() -> None:
    with pytest.raises(Halted, match=r"no strategy gentle: .*first-contact"):
        find("gentle")


def test_a_strategy_that_cannot_be_used_is_refused_with_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "first-contact.yaml"
    file.write_text(FIRST.read_text(encoding="utf-8").replace("template: welcome", "template: wellcome"))
    with pytest.raises(WrongStrategy, match=r"first-contact\.yaml:\d+: .*wellcome"):
        find(str(file))
