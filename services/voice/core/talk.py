"""What our own person says in a talk, held to rules: what must not be said, and what must.

Of each line only its marks are kept: which rules its words speak to, and whether it proves who listens or says stop.
Lines come in any order, and twice. So whatever depends on earlier lines is judged once these are there.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

FIRST = 2
"""The number of the first line of a talk; the one before it says that writing down began."""
VERIFIED, STOPPED = "(verified)", "(stopped)"
"""Marks that are no rule's: our person has found out who listens; the consumer wants to hear no more."""

Patterns = tuple[re.Pattern[str], ...]


class When(StrEnum):
    """When a rule holds."""

    ANY_TIME = "any-time"
    BEFORE_VERIFIED = "before-verified"
    """While it is not known that the consumer listens."""
    AFTER_STOP = "after-stop"
    """Once the consumer has said stop in this talk."""
    BY_THE_END = "by-the-end"
    """For what must be said: where our own person found out who listens, and no machine said it before."""


class Rule(Struct, frozen=True):
    """One thing that must, or must not, be said; `unless` are words with which a sentence does not mean it."""

    id: str
    citation: str
    must: bool
    when: When
    finding: str
    patterns: Patterns
    unless: Patterns = ()


class Rules(Struct, frozen=True):
    """All rules, and the words by which our person shows to have found out who listens."""

    rules: Sequence[Rule]
    verifies: Patterns


class Line(Struct, frozen=True):
    """What is kept of a line of a talk; the last says only that the talk is over."""

    number: int
    marks: Collection[str]
    at: datetime
    last: bool = False


class Found(Struct, frozen=True):
    """A rule was broken, as became plain at that time."""

    rule: Rule
    at: datetime


def marks(rules: Rules, sentences: Collection[str]) -> frozenset[str]:
    """What our own person's sentences speak to; in plain words, as `chassis.understanding.words` makes them."""
    found = {
        rule.id
        for rule in rules.rules
        if any(_any(rule.patterns, words) and not _any(rule.unless, words) for words in sentences)
    }
    return frozenset(found | {VERIFIED} if any(_any(rules.verifies, words) for words in sentences) else found)


def findings(rules: Rules, lines: Sequence[Line], *, verified: bool) -> Iterator[Found]:
    """Every rule that was broken in these lines of a talk, each once; `verified`: a machine had found out who listens.

    The same for the same lines in any order, and never fewer for more of them.
    """
    ordered = sorted(lines, key=lambda line: line.number)
    known = _unbroken(ordered)
    for rule in rules.rules:
        # What was not said, or not before, is only known once every line is there; what was said, whatever is not.
        judged = known if rule.must or rule.when is When.BEFORE_VERIFIED else ordered
        at = (_missing if rule.must else _said)(rule, judged, verified)
        if at is not None:
            yield Found(rule, at)


def _unbroken(ordered: Sequence[Line]) -> Sequence[Line]:
    """The lines up to the first that has not come yet."""
    return [line for place, line in enumerate(ordered, FIRST) if line.number == place]


def _said(rule: Rule, lines: Sequence[Line], verified: bool) -> datetime | None:
    stopped = False
    for line in lines:
        stopped, verified = stopped or STOPPED in line.marks, verified or VERIFIED in line.marks
        holds = {When.AFTER_STOP: stopped, When.BEFORE_VERIFIED: not verified}.get(rule.when, True)
        if holds and rule.id in line.marks:
            return line.at
    return None


def _missing(rule: Rule, lines: Sequence[Line], verified: bool) -> datetime | None:
    if verified or not lines or not lines[-1].last:
        return None
    told = {mark for line in lines for mark in line.marks}
    return lines[-1].at if VERIFIED in told and rule.id not in told else None


def _any(patterns: Patterns, words: str) -> bool:
    return any(pattern.search(words) for pattern in patterns)
