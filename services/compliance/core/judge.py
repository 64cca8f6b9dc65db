"""Asks every rule, and takes the strictest answer: vetoed before deferred before allowed."""

from msgspec import Struct

from contracts.events import Finding, FindingResult
from services.compliance.core.codes import seconds
from services.compliance.core.rules.rule import Ask, Plan, RuleSet

MOST_STEPS = 64
"""So many times a later instant is tried before the gate says that none is lawful."""

_ALLOWED = FindingResult.ALLOWED
_VETOED = FindingResult.VETOED
_DEFERRED = FindingResult.DEFERRED


class Judgement(Struct, frozen=True, gc=False):
    """The answer: `deciding` is the finding that refused, None if none did.

    `earliest` is set if it is deferred, and `closes`, if it is allowed and a rule limits that by the clock. Nothing is
    `bound` if no rule in force limits the channel.
    """

    result: FindingResult
    findings: tuple[Finding, ...]
    deciding: Finding | None = None
    earliest: int | None = None
    closes: int | None = None
    bound: bool = True


def judge(ask: Ask, rules: RuleSet, at: int) -> Judgement:
    """What the rules in force say of a contact at an instant.

    A deferral names the first instant at which nothing refuses any more: where one rule lets go another may hold, so
    every rule is asked again there, until none does.
    """
    plan = rules.plan(at, ask.channel, ask.state)
    findings, worst = ask_every(ask, plan, at)
    if worst is None:
        closes = min([closing(ask, at) for closing in plan.closing]) if plan.closing else None
        return Judgement(FindingResult.ALLOWED, findings, closes=closes, bound=plan.bound)
    if worst.result is _VETOED:
        return Judgement(_VETOED, findings, worst)
    earliest, later = _first_allowed(ask, rules, worst)
    if later is not None:
        return Judgement(_VETOED, (*findings, later), later)
    return Judgement(_DEFERRED, findings, worst, earliest=earliest)


def _first_allowed(ask: Ask, rules: RuleSet, deferred: Finding) -> tuple[int, Finding | None]:
    """The first instant at which no rule refuses; a veto beside it if there is none, or one stands in the way."""
    worst = deferred
    at = _release(deferred)
    for _ in range(MOST_STEPS):
        _, later = ask_every(ask, rules.plan(at, ask.channel, ask.state), at)
        if later is None:
            return at, None
        if later.result is _VETOED:
            return at, later
        worst = later
        at = _release(worst)
    never = "No instant was found at which all rules would allow the contact."
    return at, Finding(worst.rule_id, worst.citation, _VETOED, never, None, ())


def ask_every(ask: Ask, plan: Plan, at: int) -> tuple[tuple[Finding, ...], Finding | None]:
    """Every finding, and the one that refuses most: the first veto, or else the deferral that lasts longest."""
    findings = list(plan.answers)
    worst: Finding | None = None
    for n, rule in plan.asked:
        try:
            finding = rule.judge(ask, at)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            finding = rule.not_evaluated
        findings[n] = finding
        if finding.result is not _ALLOWED and (worst is None or _outweighs(finding, worst)):
            worst = finding
    return tuple(findings), worst


def _outweighs(finding: Finding, worst: Finding) -> bool:
    if worst.result is _VETOED:
        return False
    return finding.result is _VETOED or _release(finding) > _release(worst)


def _release(finding: Finding) -> int:
    assert finding.earliest_at is not None, "a deferral says until when"
    return seconds(finding.earliest_at)
