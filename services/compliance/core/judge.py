"""Asks every rule, and takes the strictest answer: vetoed before deferred before allowed."""

from msgspec import Struct

from contracts.events import Finding, FindingResult
from services.compliance.core.codes import seconds
from services.compliance.core.rules.rule import Ask, Rule, RuleSet

MOST_STEPS = 64
"""So many times a later instant is tried before the gate says that none is lawful."""

_VETOED = FindingResult.VETOED
_DEFERRED = FindingResult.DEFERRED


class Judgement(Struct, frozen=True, gc=False):
    """The answer: `deciding` is the finding that refused, None if none did.

    `earliest` is set if it is deferred, and `closes`, if it is allowed and a rule limits that by the clock.
    """

    result: FindingResult
    findings: tuple[Finding, ...]
    deciding: Finding | None = None
    earliest: int | None = None
    closes: int | None = None


def judge(ask: Ask, rules: RuleSet, at: int) -> Judgement:
    """What the rules in force say of a contact at an instant.

    A deferral names the first instant at which nothing refuses any more: where one rule lets go another may hold, so
    every rule is asked again there, until none does.
    """
    in_force = rules.in_force(at)
    findings, worst = ask_every(ask, in_force, at)
    if worst is None:
        return Judgement(FindingResult.ALLOWED, findings, closes=_closing(ask, in_force, at))
    if worst.result is _VETOED:
        return Judgement(_VETOED, findings, worst)
    deciding = worst
    for _ in range(MOST_STEPS):
        at = _release(worst)
        _, later = ask_every(ask, rules.in_force(at), at)
        if later is None:
            return Judgement(_DEFERRED, findings, deciding, earliest=at)
        if later.result is _VETOED:
            return Judgement(_VETOED, (*findings, later), later)
        worst = later
    never = Finding(
        deciding.rule_id,
        deciding.citation,
        _VETOED,
        "No instant was found at which all rules would allow the contact.",
        None,
        (),
    )
    return Judgement(_VETOED, (*findings, never), never)


def ask_every(ask: Ask, rules: tuple[Rule, ...], at: int) -> tuple[tuple[Finding, ...], Finding | None]:
    """Every finding, and the one that refuses most: the first veto, or else the deferral that lasts longest."""
    channel = ask.channel
    findings = []
    worst: Finding | None = None
    for rule in rules:
        if not rule.binds & channel:
            findings.append(rule.not_applicable)
            continue
        try:
            finding = rule.judge(ask, at)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            finding = rule.not_evaluated
        findings.append(finding)
        result = finding.result
        if result is _DEFERRED:
            if worst is None or (worst.result is _DEFERRED and _release(finding) > _release(worst)):
                worst = finding
        elif result is _VETOED and (worst is None or worst.result is _DEFERRED):
            worst = finding
    return tuple(findings), worst


def _release(finding: Finding) -> int:
    assert finding.earliest_at is not None, "a deferral says until when"
    return seconds(finding.earliest_at)


def _closing(ask: Ask, rules: tuple[Rule, ...], at: int) -> int | None:
    closing = [r.closes(ask, at) for r in rules if r.closes is not None and r.binds & ask.channel]
    return min(closing) if closing else None
