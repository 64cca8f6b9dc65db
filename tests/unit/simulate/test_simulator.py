"""Strategies on synthetic consumers: the same result for the same seed, paired comparisons, and what is said of them.

Green does not prove that anybody behaves like this: the table is invented. What the gate lets out is asked in
tests/property/test_simulator.py.
"""

import json
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from typer.testing import CliRunner

from chassis.failures import Halted
from counterpoint.cli import application
from counterpoint.commands.simulate import find
from counterpoint.simulate.behaviour import Behaviour, assumed, described, drawn, figures
from counterpoint.simulate.comparison import compare, told
from counterpoint.simulate.estimates import DOLLARS, MEASURES, PER_PAYMENT, by_day, change, difference, estimate
from counterpoint.simulate.lived import Lived, Payment, Way
from counterpoint.simulate.picture import Panel, picture
from counterpoint.simulate.population import residents
from counterpoint.simulate.trial import BEGINS, Arm, Trial, run
from services.orchestrator.loader import WrongStrategy

FIRST, WEEKS = find("first-contact"), find("three-weeks")
LIQUIDATION = next(m for m in MEASURES if m.name == "liquidation")


def under(**changes: float) -> Behaviour:
    """What is assumed, but for some figures: `text_stop=100` is text.stop at 100 %."""
    behaviour = assumed()
    for name, value in changes.items():
        behaviour = behaviour.with_value(name.replace("_", ".", 1), value)
    return behaviour


def lives(trial: Trial, behaviour: Behaviour | None = None, file: Path = WEEKS, processes: int = 1) -> list[Lived]:
    """What came of everybody under one strategy."""
    (found,) = run(trial, [Arm((file,), behaviour or assumed())], processes)
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
    trial, arms = Trial(30, 40, 5, block=15), [Arm((FIRST,), assumed()), Arm((WEEKS,), assumed())]
    assert run(trial, arms, processes=2) == run(trial, arms, processes=1)


def test_what_one_strategy_brings_does_not_hang_on_which_others_are_tried() -> None:
    trial = Trial(30, 40, 5)
    together = run(trial, [Arm((FIRST,), assumed()), Arm((WEEKS,), assumed())], processes=1)
    assert together == [lives(trial, file=FIRST), lives(trial, file=WEEKS)]


def test_there_are_as_many_consumers_as_asked_for_each_once() -> None:
    found = residents(seed=4, block=0, size=150, at=BEGINS)
    assert len({r.consumer_id for r in found}) == len(found) == 150
    assert all(r.placements for r in found)
    assert any(len(r.placements) > 1 for r in found)


def test_both_strategies_meet_the_same_consumers() -> None:
    one, other = run(Trial(60, 60, 3), [Arm((FIRST,), assumed()), Arm((WEEKS,), assumed())], 1)
    assert [lived.placed for lived in one] == [lived.placed for lived in other]
    assert one != other


def test_a_strategy_differs_from_itself_in_nothing() -> None:
    one, other = run(Trial(40, 60, 3), [Arm((WEEKS,), assumed())] * 2, 1)
    for measure in MEASURES:
        found = difference(measure, one, other)
        assert (found.value, found.low, found.high) == (0, 0, 0)
        assert not found.is_clear


def test_nobody_pays_more_than_is_owed() -> None:
    generous = under(people_cannot=0, text_click=90, portal_pay=100, unasked_pay=100, people_affordable=100_000)
    found = lives(Trial(60, 90, 3), generous)
    assert sum(len(lived.payments) for lived in found) > 40
    assert all(lived.paid <= lived.placed for lived in found)


def test_where_no_number_works_nothing_is_delivered() -> None:
    found = lives(Trial(50, 60, 3), under(text_dead=100, unasked_pay=0))
    assert sum(len(lived.sent_on) for lived in found) > 20
    assert {(lived.delivered.total(), lived.noticed, len(lived.payments)) for lived in found} == {(0, 0, 0)}


def test_who_cannot_pay_does_not() -> None:
    found = lives(Trial(40, 60, 3), under(people_cannot=100, text_click=90))
    assert sum(lived.visits for lived in found) > 0
    assert {len(lived.payments) for lived in found} == {0}


def test_who_always_stops_gets_one_text() -> None:
    found = lives(Trial(50, 60, 3), under(text_stop=100, text_read=100, text_click=0, text_reply=0, text_lost=0))
    assert sum(lived.opted_out.total() for lived in found) > 15
    assert all(lived.noticed == 1 for lived in found if lived.opted_out)


def test_each_further_contact_is_answered_less_and_angers_more() -> None:
    weary, fresh = under(fatigue_response=0.8, fatigue_anger=1.4), under(fatigue_response=1, fatigue_anger=1)
    tired, rested = (lives(Trial(200, 90, 3), each) for each in (weary, fresh))
    assert sum(lived.visits + lived.replies for lived in tired) <= sum(lived.visits + lived.replies for lived in rested)
    assert sum(lived.expected for lived in tired) < sum(lived.expected for lived in rested)


def test_every_figure_says_what_it_is_and_lies_within_its_range() -> None:
    assert {name for name, _, _ in described()} == set(figures())
    for name, figure in figures().items():
        assert figure.low <= figure.value <= figure.high, name
        assert figure.what, name
        assert figure.source, name
    assert under(text_click=50)["text.click"] == 0.5
    assert under(promise_days=5)["promise.days"] == 5


def test_figures_are_drawn_within_their_ranges_and_the_same_for_a_seed() -> None:
    assert drawn(3) == drawn(3)
    assert drawn(3) != drawn(4)
    for name, figure in figures().items():
        share = 100 if figure.unit == "%" else 1
        assert figure.low <= drawn(3)[name] * share + 1e-9, name
        assert drawn(3)[name] * share <= figure.high + 1e-9, name


def a_lived(dollars: int, placed: int = 1000) -> Lived:
    """Somebody who paid so much on the first day."""
    return Lived(placed=placed * 100, payments=[Payment(0, dollars * 100, Way.AGENT)] if dollars else [])


def test_a_paired_interval_knows_that_it_is_the_same_people() -> None:
    one = [a_lived(dollars) for dollars in (0, 500, 0, 900, 100, 0, 700, 0)]
    other = [a_lived(dollars + 10) for dollars in (0, 500, 0, 900, 100, 0, 700, 0)]
    found = difference(DOLLARS, one, other)
    assert (found.value, found.low, found.high) == pytest.approx((80, 80, 80))
    assert found.is_clear
    alone = estimate(DOLLARS, one)
    assert alone.low < alone.value - 500
    assert alone.high > alone.value + 500


def test_a_change_in_percent_is_sure_where_everybody_changes_by_the_same() -> None:
    one = [a_lived(dollars) for dollars in (0, 500, 0, 900, 100)]
    other = [a_lived(dollars * 3) for dollars in (0, 500, 0, 900, 100)]
    found = change(DOLLARS, one, other)
    assert (found.value, found.low, found.high) == pytest.approx((200, 200, 200))
    assert not change(DOLLARS, [a_lived(0)] * 3, other[:3]).is_clear


def test_the_share_of_what_was_placed_is_sure_where_all_pay_the_same_share() -> None:
    found = estimate(LIQUIDATION, [a_lived(placed // 4, placed) for placed in (400, 800, 4000)])
    assert (found.value, found.low, found.high) == pytest.approx((25, 25, 25))


def test_what_is_divided_by_nothing_is_nothing() -> None:
    assert estimate(PER_PAYMENT, [a_lived(0), a_lived(0)]).value == 0


def test_curves_are_sums_up_to_each_day() -> None:
    payments = [Payment(1, 250, Way.PORTAL), Payment(3, 50, Way.LINK)]
    dollars, sent = by_day([Lived(payments=payments, sent_on=[0, 3]), Lived(sent_on=[3])], 4)
    assert dollars == [0, 2.5, 2.5, 3]
    assert sent == [1, 1, 1, 3]


def test_the_picture_is_well_formed_whatever_strategies_are_called() -> None:
    drawn_panels = picture(["a<b", 'c"&d'], [Panel("nothing", [[0.0], [0.0]]), Panel("much", [[1e7, 2e7], [5.0, 6.0]])])
    texts = [element.text for element in ElementTree.fromstring(drawn_panels).iter() if element.text]
    assert {"a<b", 'c"&d', "nothing", "much", "day 0"} <= set(texts)


def test_what_is_told_has_its_assumptions_and_marks_what_may_be_chance() -> None:
    result = compare(Trial(8, 12, 3), [FIRST, WEEKS], sensitivity=True, processes=1)
    text = told(result)
    assert len(result.sensitivity) == 1 + 2 * len(figures())
    assert "may be chance" in text
    assert "invented" in text
    assert all(name in text for name in figures())
    by_name = {line.name: line.strategy.value for line in result.lines}
    assert by_name["contacts requested"] == by_name["approved"] + by_name["deferred"] + by_name["vetoed"]
    for whole in ("deferred", "vetoed"):
        parts = sum(value for name, value in by_name.items() if name.startswith(f"  {whole} by"))
        assert parts == by_name[whole]
    kinds = Counter(line.name.split()[0] for line in result.lines if " by us" in line.name)
    assert set(kinds) <= {"deferred", "vetoed"}


def test_the_command_prints_json_and_draws(tmp_path: Path) -> None:
    file = tmp_path / "curves.svg"
    asked = ["simulate", "strategy", "first-contact", "--consumers", "20", "--days", "30", "--processes", "1"]
    ended = CliRunner().invoke(application("simulate"), [*asked, "--json", "--picture", str(file)])
    assert ended.exit_code == 0, ended.output
    assert json.loads(ended.stdout)["strategies"] == ["first-contact"]
    assert msgspec.json.decode(ended.stdout)["consumers"] == 20
    ElementTree.fromstring(file.read_text())


def test_the_command_prints_every_figure() -> None:
    ended = CliRunner().invoke(application("simulate"), ["simulate", "behaviour"])
    assert [line.split()[0] for line in ended.output.splitlines()] == list(figures())


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
