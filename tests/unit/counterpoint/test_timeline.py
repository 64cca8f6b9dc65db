"""A consumer's story in words: every event has some, and causes come before what they caused.

A green run does not prove that the words are good: read `counterpoint timeline` after a demo.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from contracts.events import AttemptStatus, Channel, ContactApproved, ContactDeferred, ContactVetoed, TimerDue
from contracts.ids import ConsumerId
from contracts.topics import TOPIC_OF
from counterpoint.commands.timeline import flat, sentence, show
from counterpoint.plain_words import CONTACTS, STATUSES, words
from counterpoint.read_model import Entry, Timeline, in_order
from services.reporting.core.personal import divide
from tests.examples import all_examples, examples

NOON = datetime(2026, 10, 19, 16, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
EXAMPLES = all_examples()


def entry(event: Any, *, minutes: int = 0, event_id: str = "", cause: str | None = None) -> Entry:
    """An event as the read model has it."""
    opened, personal = (msgspec.json.decode(msgspec.json.encode(part)) for part in divide(event))
    return Entry(
        occurred_at=NOON + timedelta(minutes=minutes),
        written_at=NOON,
        event_type=type(event).__name__,
        event_id=event_id or event.meta.event_id,
        causation_id=cause,
        producer="test",
        topic=TOPIC_OF[type(event)],
        partition=1,
        offset=7,
        body=opened,
        personal=personal,
    )


@pytest.mark.parametrize("case", EXAMPLES)
def test_every_event_has_words_of_its_own(case: str) -> None:
    event = EXAMPLES[case]
    (said, *_) = sentence(entry(event), NEW_YORK)
    assert said
    assert said != words(type(event).__name__), "counterpoint/plain_words.py has no words for it"


def test_a_deferred_text_says_until_when_by_which_rule_and_why() -> None:
    event: Any = next(iter(examples(ContactDeferred).values()))
    (said, *_) = sentence(entry(event), NEW_YORK)
    until = event.earliest_at.astimezone(NEW_YORK)
    assert said.startswith(f"text deferred until {until:%a %Y-%m-%d %H:%M:%S} E")
    assert event.deciding_rule in said
    assert next(f.citation for f in event.findings if f.rule_id == event.deciding_rule) in said


def test_an_approved_text_says_how_many_rules_were_asked() -> None:
    event: Any = next(iter(examples(ContactApproved).values()))
    (said, *_) = sentence(entry(event), NEW_YORK)
    assert f"{len(event.findings) + len(event.standard_findings)} rules asked" in said


def test_a_verdict_whose_rule_is_not_among_its_findings_is_told_too() -> None:
    event: Any = next(iter(examples(ContactVetoed).values()))
    (said, *_) = sentence(entry(msgspec.structs.replace(event, findings=())), NEW_YORK)
    assert said.endswith(event.deciding_rule)


def test_an_event_of_tomorrow_is_told_by_its_name() -> None:
    tomorrow = msgspec.structs.replace(entry(EXAMPLES[next(iter(EXAMPLES))]), event_type="PlanProposed", personal=None)
    assert sentence(tomorrow, NEW_YORK) == ["plan proposed"]


def test_every_symbol_has_words() -> None:
    assert {c.value for c in Channel} - {"UNKNOWN"} == CONTACTS.keys()
    assert {s.value for s in AttemptStatus} - {"UNKNOWN"} == STATUSES.keys()


def test_personal_parts_are_flat_lines() -> None:
    found = list(flat({"to": "+12125550100", "names": [{"first": "Ana", "middle": None}], "empty": []}))
    assert found == ["to: +12125550100", "names.first: Ana"]


def test_what_is_shown_is_a_line_an_event_in_local_time_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    event = entry(next(iter(examples(TimerDue).values())))
    show(Timeline(ConsumerId("con-1"), "America/New_York", (event,)), Console(markup=False, soft_wrap=True))
    head, line = capsys.readouterr().out.splitlines()
    assert "con-1" in head
    assert "America/New_York" in head
    assert line.startswith("Mon 2026-10-19 12:00:00 EDT")
    assert line.endswith("(timers[1]@7)")


@given(st.permutations(range(6)), st.lists(st.sampled_from([None, *range(6)]), min_size=6, max_size=6))
def test_causes_come_before_what_they_caused_even_in_one_instant(order: list[int], causes: list[int | None]) -> None:
    event = next(iter(examples(TimerDue).values()))
    acyclic = {n: c for n, c in enumerate(causes) if c is not None and c < n}
    entries = [entry(event, event_id=str(n), cause=str(acyclic[n]) if n in acyclic else None) for n in order]
    found = [int(e.event_id) for e in in_order(entries)]
    assert all(found.index(cause) < found.index(n) for n, cause in acyclic.items())


def test_events_that_name_each_other_as_causes_are_told_all_the_same() -> None:
    event = next(iter(examples(TimerDue).values()))
    circle = [entry(event, event_id="1", cause="2"), entry(event, event_id="2", cause="1")]
    assert {e.event_id for e in in_order(circle)} == {"1", "2"}
