"""Asks every rule, and takes the strictest answer: vetoed before deferred before allowed."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from contracts.events import Finding, FindingResult
from services.compliance.core.codes import instant, seconds
from services.compliance.core.rules.ask import Ask, moved
from services.compliance.core.rules.rule import FAR, Plan, Rule, RuleSet

MOST_STEPS = 64
"""So many times a later instant is tried before the gate says that none is lawful."""

MOST_ALIKE = 64
"""So many combinations of findings are kept for contacts that are alike."""

_ALLOWED = FindingResult.ALLOWED
_VETOED = FindingResult.VETOED
_DEFERRED = FindingResult.DEFERRED


class Judgement(Struct, frozen=True, gc=False):
    """The answer: `deciding` is the finding that refused, None if none did.

    `earliest` is set if it is deferred, and `closes`, if it is allowed and a rule limits that by the clock. Nothing is
    `bound` if no rule in force limits the channel. `later` are findings of other rules that would still have refused
    at instants before the earliest; `conditions` are what the channel must see to.
    """

    result: FindingResult
    findings: tuple[Finding, ...]
    deciding: Finding | None = None
    earliest: int | None = None
    closes: int | None = None
    bound: bool = True
    later: tuple[Finding, ...] = ()
    conditions: tuple[str, ...] = ()


def judge(ask: Ask, rules: RuleSet, at: int) -> Judgement:
    """What the rules in force say of a contact at an instant.

    A deferral names the first instant at which nothing refuses any more: where one rule lets go another may hold, so
    every rule is asked again there, until none does.
    """
    plan = rules.plan(at, ask)
    findings, worst = ask_every(ask, plan, at)
    if worst is None:
        closes = min([closing(ask, at) for closing in plan.closing]) if plan.closing else FAR
        conditions = plan.conditions + tuple(findings[n].condition for n, _ in plan.asked if findings[n].condition)
        until = None if closes == FAR else closes
        return Judgement(_ALLOWED, findings, closes=until, bound=plan.bound, conditions=conditions)
    if worst.result is _VETOED:
        return Judgement(_VETOED, findings, worst)
    earliest, veto, later = _first_allowed(ask, rules, plan, findings, worst)
    if veto is not None:
        return Judgement(_VETOED, (*findings, veto), veto, later=later)
    return Judgement(_DEFERRED, findings, worst, earliest=earliest, later=later)


def _first_allowed(
    ask: Ask, rules: RuleSet, plan: Plan, findings: Sequence[Finding], deferred: Finding
) -> tuple[int, Finding | None, tuple[Finding, ...]]:
    """The first instant at which no rule refuses; a veto beside it if there is none, or one stands in the way.

    `findings` are those of `plan` now: while it stays in force, only rules are asked again that may have changed.
    """
    worst = deferred
    open_ = plan.asked if ask.unusual else [(n, r) for n, r in plan.asked if not r.lasting or _refuses(findings[n])]
    later: list[Finding] = []
    at = _release(deferred)
    for _ in range(MOST_STEPS):
        then = moved(ask, at)
        plan_then = rules.plan(at, then)
        asked = open_ if plan_then is plan and then is ask else plan_then.asked
        found = _strictest(then, asked, at, list(plan_then.answers))
        if found is None:
            return at, None, tuple(later)
        if found.result is _VETOED:
            return at, found, tuple(later)
        if found.rule_id not in (deferred.rule_id, *(f.rule_id for f in later)):
            later.append(found)
        worst = found
        at = _release(worst)
    never = "No instant was found at which all rules would allow the contact."
    return at, Finding(worst.rule_id, worst.citation, _VETOED, never, None, ()), tuple(later)


def ask_every(ask: Ask, plan: Plan, at: int) -> tuple[tuple[Finding, ...], Finding | None]:
    """Every finding, and the one that refuses most: the first veto, or else the deferral that lasts longest."""
    findings = list(plan.answers)
    worst = _strictest(ask, plan.asked, at, findings)
    if worst is not None:
        return tuple(findings), worst
    # Most that is allowed is so by the same findings: to give the same tuple lets it be written from memory.
    key = tuple([id(findings[n]) for n, _ in plan.asked])
    found = plan.alike.get(key)
    if found is None:
        if len(plan.alike) >= MOST_ALIKE:
            plan.alike.clear()
        found = plan.alike[key] = tuple(findings)
    return found, None


def _strictest(ask: Ask, asked: Iterable[tuple[int, Rule]], at: int, findings: list[Finding]) -> Finding | None:
    """The finding that refuses most among those of some rules, which are put in their places."""
    worst: Finding | None = None
    for n, rule in asked:
        try:
            finding = rule.judge(ask, at)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            finding = rule.not_evaluated
        if finding.result is not _ALLOWED and _refuses(finding):
            if finding.result is _DEFERRED and _release(finding) > rule.ends:
                finding = replace(finding, earliest_at=instant(rule.ends))  # a rule that ends holds nobody any longer
            if worst is None or _outweighs(finding, worst):
                worst = finding
        findings[n] = finding
    return worst


def _refuses(finding: Finding) -> bool:
    result = finding.result
    return result is _DEFERRED or result is _VETOED


def _outweighs(finding: Finding, worst: Finding) -> bool:
    if worst.result is _VETOED:
        return False
    return finding.result is _VETOED or _release(finding) > _release(worst)


def _release(finding: Finding) -> int:
    assert finding.earliest_at is not None, "a deferral says until when"
    return seconds(finding.earliest_at)
