"""What our own people say, held to the rules; every case in the file of rules is a test.

A green run does not prove that Twilio writes down what was said, nor that the patterns know every way to say it.
"""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.understanding.understand import understand
from contracts.events import ReplyIntent
from services.voice.core.talk import FIRST, STOPPED, VERIFIED, Line, findings, marks
from services.voice.listening import sentences
from services.voice.loader import TALK, Case, WrongTalkRules, load_cases, load_talk_rules

NOON = datetime(2026, 10, 19, 17, tzinfo=UTC)
RULES = load_talk_rules()
CASES = load_cases()


def lines_of(talk: Sequence[tuple[str, str]]) -> list[Line]:
    """A talk as it is kept."""
    lines = []
    for number, (who, words) in enumerate(talk, FIRST):
        found = marks(RULES, sentences(words)) if who == "we" else frozenset()
        if who == "they" and {ReplyIntent.OPT_OUT, ReplyIntent.CEASE} & set(understand(words).intents):
            found = frozenset({STOPPED})
        lines.append(Line(number, found, NOON + timedelta(seconds=number), who == "end"))
    return lines


def found_in(lines: Sequence[Line], *, verified: bool = True) -> list[str]:
    """The rules that were broken."""
    return [found.rule.id for found in findings(RULES, lines, verified=verified)]


@pytest.mark.parametrize("case", CASES, ids=[f"{c.rule_id}-{n}" for n, c in enumerate(CASES)])
def test_every_case_of_the_rules_comes_out_as_it_says(case: Case) -> None:
    assert sorted(found_in(lines_of(case.talk), verified=case.verified)) == sorted(case.found)


def test_every_rule_has_a_case_that_breaks_it_and_one_that_does_not() -> None:
    for rule in RULES.rules:
        broken = {rule.id in case.found for case in CASES if case.rule_id == rule.id}
        assert broken == {True, False}, rule.id


def test_what_is_not_meant_in_one_sentence_may_be_meant_in_the_next() -> None:
    said = lines_of([("we", "We are not going to sue you. We will garnish your wages.")])
    assert found_in(said) == ["threat-of-suit"]


def test_what_is_said_before_a_line_is_waited_for_and_a_talk_with_a_gap_leaves_nothing_out() -> None:
    thanks, owes, over = lines_of(
        [("we", "Thank you for verifying that."), ("we", "You have a balance of ten dollars."), ("end", "")]
    )
    assert found_in([owes], verified=False) == []
    assert found_in([thanks, owes], verified=False) == []
    assert found_in([thanks, over], verified=False) == []
    assert found_in([thanks, owes, over], verified=False) == ["debt-collector-disclosure"]


_marks = st.sets(st.sampled_from([VERIFIED, STOPPED, *(rule.id for rule in RULES.rules)]), max_size=3)


@given(st.lists(_marks, max_size=8), st.booleans(), st.randoms())
def test_the_order_of_arrival_does_not_matter_and_nothing_is_taken_back(
    talk: list[set[str]], verified: bool, chance: random.Random
) -> None:
    lines = [Line(n, marked, NOON + timedelta(seconds=n)) for n, marked in enumerate(talk, FIRST)]
    lines.append(Line(FIRST + len(talk), (), NOON + timedelta(hours=1), last=True))
    whole = list(findings(RULES, lines, verified=verified))
    arrived = chance.sample(lines, len(lines))
    before: set[str] = set()
    for number in range(len(arrived) + 1):
        now = set(found_in(arrived[:number], verified=verified))
        assert before <= now
        before = now
    assert list(findings(RULES, arrived, verified=verified)) == whole


@pytest.mark.parametrize(
    ("right", "wrong", "line_of", "reason"),
    [
        ("say: must-not", "say: perhaps", "say: perhaps", "'perhaps' is not one of"),
        ("when: any-time", "when: by-the-end", "when: by-the-end", "by-the-end is for what must be said"),
        ("id: threat-of-violence", "id: threat-of-arrest", "id: threat-of-arrest", "is here twice"),
        ("(sue|suing) you", "(sue|suing you", "(sue|suing you", "is no regular expression"),
        ("(sue|suing) you", ".*", "- .*", "fits any words at all"),
        ("(sue|suing) you", "Sue you", "- Sue you", "fits nothing"),
        ("found: [threat-of-suit]", "found: [threat]", "found: [threat]", "there is no rule threat"),
        ("    citation: 15 USC 1692e(4)\n", "", "id: threat-of-arrest", "'citation' is a required property"),
    ],
)
def test_rules_that_cannot_be_used_are_refused_with_line_and_reason(
    tmp_path: Path, right: str, wrong: str, line_of: str, reason: str
) -> None:
    text = TALK.read_text(encoding="utf-8").replace(right, wrong, 1)
    path = tmp_path / "talk.yaml"
    path.write_text(text, encoding="utf-8")
    numbers = [n for n, line in enumerate(text.split("\n"), 1) if line_of in line]
    with pytest.raises(WrongTalkRules, match=reason) as refused:
        load_talk_rules(path)
    assert any(f"{path}:{number}: " in str(refused.value) for number in numbers)
