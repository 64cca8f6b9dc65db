"""Channels apart beside channels on one record: what each hears, what the gate holds, and the page that tells it.

Green does not prove that any figure is true of anybody. The committed page is of the commit that it names.
"""

from datetime import timedelta
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import yaml
from typer.testing import CliRunner

from chassis.templates.loader import load_templates
from contracts.events import ArrangementAgreed, Channel, ContactRequested, Event, PaymentSettled, ReplyReceived
from counterpoint.cli import application
from counterpoint.embedded.stack import ROOT
from counterpoint.simulate.behaviour import Behaviour, assumed, figures
from counterpoint.simulate.claims import APART, CLAIMS, FOLDER, GATED, WAYS, Comparison, Swing, compared
from counterpoint.simulate.estimates import Estimate
from counterpoint.simulate.life import Life
from counterpoint.simulate.lived import Lived
from counterpoint.simulate.office import Plan
from counterpoint.simulate.page import page, pictures
from counterpoint.simulate.person import Mind, person
from counterpoint.simulate.population import residents
from counterpoint.simulate.strategy_cases import run_case
from counterpoint.simulate.trial import BEGINS, Arm, Trial, run, world
from services.orchestrator.loader import read_file, strategies_of

TRIAL = Trial(60, 90, 3)
PAGE = ROOT / "docs" / "comparison.md"


@cache
def lived(way: int) -> list[Lived]:
    """What came of everybody, in one of the four ways."""
    _, files, gated = WAYS[way]
    return run(TRIAL, [Arm(files, assumed(), gated)], 1)[0]


def logged(files: tuple[Path, ...], behaviour: Behaviour, people: int = 40) -> list[list[Event]]:
    """The log of each consumer."""
    plan = Plan([strategies_of([read_file(file)]) for file in files])
    logs: list[list[Event]] = []
    for who in residents(seed=3, block=0, size=people, at=BEGINS):
        logs.append([])
        Life(who, plan, world(TRIAL, behaviour), logs[-1]).live()
    return logs


def test_with_a_gate_nothing_that_it_forbids_goes_out() -> None:
    for way in range(GATED):
        assert sum(each.unlawful.total() for each in lived(way)) == 0
        assert sum(each.vetoed.total() for each in lived(way)) > 0


def test_without_a_gate_more_goes_out_and_it_is_counted_what_is_unlawful() -> None:
    sent, ungated = (sum(each.sent.total() for each in lived(way)) for way in (0, 3))
    assert ungated > sent
    assert sum(each.unlawful.total() for each in lived(3)) > 0
    assert sum(each.vetoed.total() for each in lived(3)) == 0


def test_on_one_record_no_contact_follows_a_payment_or_names_another_amount() -> None:
    for way in (1, 2):
        kinds = {kind for each in lived(way) for kind in each.breaks}
        assert kinds <= {"two channels on one day"}
    assert not any(each.breaks for each in lived(2)), "one conversation never has two contacts on a day"


def test_apart_a_payment_is_heard_late() -> None:
    eager = assumed().with_value("unasked.pay", 100).with_value("people.cannot", 0).with_value("apart.days", 7)
    late = [_asked_after_payment(log) for log in logged(APART, eager)]
    once = [_asked_after_payment(log) for log in logged((FOLDER / "same-schedule.yaml",), eager)]
    assert sum(late) > 0
    assert sum(once) == 0


def _asked_after_payment(log: list[Event]) -> int:
    """Contacts that are asked for after the first payment."""
    first = next((n for n, event in enumerate(log) if isinstance(event, PaymentSettled)), len(log))
    return sum(isinstance(event, ContactRequested) for event in log[first:])


def test_apart_a_reply_is_heard_by_its_own_channel_alone() -> None:
    talkative = assumed().with_value("text.reply", 95).with_value("people.cannot", 100)
    apart, together = (logged(files, talkative) for files in (APART, (FOLDER / "same-schedule.yaml",)))
    assert _within_a_week(apart) > _within_a_week(together) == 0


def _within_a_week(logs: list[list[Event]]) -> int:
    """Calls that are asked for within a week of a text from the consumer."""
    found = 0
    for log in logs:
        replies = [e.received_at for e in log if isinstance(e, ReplyReceived) and e.channel is Channel.SMS]
        calls = [e.meta.occurred_at for e in log if isinstance(e, ContactRequested) and e.channel is Channel.VOICE]
        found += sum(0 < (call - reply).total_seconds() < 7 * 86_400 for call in calls for reply in replies)
    return found


def test_every_promise_is_noted_as_an_arrangement() -> None:
    willing = assumed().with_value("agent.promise", 100).with_value("people.cannot", 100)
    agreed = [
        e for log in logged((FOLDER / "same-schedule.yaml",), willing) for e in log if type(e) is ArrangementAgreed
    ]
    assert agreed
    assert all(e.instalments and e.instalments[0].due_on >= e.agreed_at.date() for e in agreed)


def test_a_reminder_of_what_was_promised_is_taken_better_than_any_other_contact() -> None:
    mind = Mind(person(1, "con-1", assumed()), assumed())
    mind.promised_for = mind.settled_until = BEGINS + timedelta(days=5)
    other = Mind(mind.who, assumed())
    other.promised_for = other.settled_until = mind.settled_until
    reminded, disturbed = mind.notice(Channel.SMS, BEGINS, reminder=True), other.notice(Channel.SMS, BEGINS)
    assert reminded.anger < disturbed.anger
    assert (mind.reminded, mind.disturbed, other.reminded, other.disturbed) == (1, 0, 0, 1)


def test_what_is_expected_is_about_what_is_counted() -> None:
    busy = assumed()
    for name in ("text.click", "email.click"):
        busy = busy.with_value(name, 60)
    (found,) = run(Trial(150, 90, 5), [Arm(APART, busy.with_value("people.cannot", 0))], 1)
    counted, expected = sum(each.digital for each in found), sum(each.expected for each in found)
    assert 0.6 * counted < expected < 1.6 * counted


def test_the_compared_strategies_have_as_many_contacts_and_templates_that_are_there() -> None:
    known = load_templates().catalogue()
    counts = {}
    for file in FOLDER.glob("*.yaml"):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        contacts = [step for step in content["steps"] if step["kind"] == "contact"]
        assert all((step["channel"], step["template"]) in known for step in contacts), file
        counts[file.stem] = len(contacts)
        for case in content["cases"]:
            assert run_case(case, strategies_of([read_file(file)])) is None
    apart = sum(count for name, count in counts.items() if name.startswith("apart-"))
    assert apart == counts["same-schedule"] == counts["one-conversation"] == 23


def a_comparison(digital: float) -> Comparison:
    """One that was made by hand: digital payments by so many percent, nothing else."""
    trial = Trial(100, 90, 7)
    rows = compared(Trial(4, 10, 3), smaller=2, draws=1, progress=lambda _: None, processes=1).rows
    each = [Estimate(digital, digital - 5, digital + 5), Estimate(0, -1, 1), Estimate(0, -1, 1)]
    swings = [Swing(name, value, [[digital + 50, 0, 0]] * 2) for name in figures() for value in (1.0, 2.0)]
    return Comparison(
        trial, trial, rows, [each, each], [[digital, 0, 0]] * 2, swings, [[[50, 0, 0]] * 2, [[0, 0, 0]] * 2]
    )


def test_the_page_says_which_claims_hold_and_in_how_many_draws() -> None:
    low, high = (page(a_comparison(digital), "abc") for digital in (10.0, 60.0))
    assert "none of the three" in low
    assert "does not hold; in 50 of 100 draws" in low
    assert "digital payments with same schedule" in high
    assert "commit abc" in low
    assert "comes to hold with" in low
    assert all(f"`{name}`" in low for name in figures())


def test_the_pictures_are_well_formed_and_are_all_on_the_page() -> None:
    found = a_comparison(10.0)
    drawn = pictures(found)
    assert all(f"({name})" in page(found, "abc") for name in drawn)
    for text in drawn.values():
        ElementTree.fromstring(text)


def test_the_command_writes_the_same_page_twice(tmp_path: Path) -> None:
    pages = []
    for name in ("one", "two"):
        small = ["--consumers", "6", "--days", "15", "--smaller", "2", "--draws", "2", "--processes", "1"]
        asked = ["simulate", "comparison", "--output", str(tmp_path / name), *small]
        ended = CliRunner().invoke(application("simulate"), asked)
        assert ended.exit_code == 0, ended.output
        pages.append({file.name: file.read_text(encoding="utf-8") for file in (tmp_path / name).iterdir()})
    assert pages[0] == pages[1]
    assert set(pages[0]) == {"comparison.md", *pictures(a_comparison(1.0))}


def test_the_committed_page_is_of_these_assumptions_and_these_words() -> None:
    """What the page says beside figures follows from the code, so a change of either shows here."""
    committed = PAGE.read_text(encoding="utf-8")
    fresh = page(a_comparison(10.0), "abc")
    assert _section(committed, "The assumptions") == _section(fresh, "The assumptions"), "make the page again"
    for heading in ("What is compared", "What this cannot say"):
        assert _section(committed, heading) == _section(fresh, heading), "make the page again"
    assert all(f"{claim.name} {claim.percent:+.0f} %" in committed for claim in CLAIMS)
    for name in pictures(a_comparison(1.0)):
        ElementTree.fromstring((PAGE.parent / name).read_text(encoding="utf-8"))


def _section(text: str, heading: str) -> str:
    return text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
