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
"""So many combinations of standard findings are kept for contacts that are alike."""

_ALLOWED = FindingResult.ALLOWED
_VETOED = FindingResult.VETOED
_DEFERRED = FindingResult.DEFERRED


class Judgement(Struct, frozen=True, gc=False):
    """The answer: `deciding` is the finding that refused, None if none did.

    `findings` are those shown in full, `standard` are the numbers of the others.
    `earliest` is set if it is deferred, and `closes`, if it is allowed and a rule limits that by the clock. Nothing is
    `bound` if no rule in force limits the channel. `later` are findings of other rules that would still have refused
    at instants before the earliest; `conditions` are what the channel must see to.
    """

    result: FindingResult
    findings: tuple[Finding, ...]
    standard: tuple[int, ...]
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
    answers, worst = ask_each(ask, plan.asked, at)
    findings, standard = _written(answers, plan, rules)
    if worst is None:
        closes = min([closing(ask, at) for closing in plan.closing]) if plan.closing else FAR
        conditions = plan.conditions + tuple([a.condition for a in answers if a.condition])
        until = None if closes == FAR else closes
        return Judgement(_ALLOWED, findings, standard, closes=until, bound=plan.bound, conditions=conditions)
    if worst.result is _VETOED:
        return Judgement(_VETOED, findings, standard, worst)
    earliest, veto, later = _first_allowed(ask, rules, plan, answers, worst)
    if veto is not None:
        return Judgement(_VETOED, (*findings, veto), standard, veto, later=later)
    return Judgement(_DEFERRED, findings, standard, worst, earliest=earliest, later=later)


def _written(answers: Sequence[Finding], plan: Plan, rules: RuleSet) -> tuple[tuple[Finding, ...], tuple[int, ...]]:
    """What is written in full, and by number; equal numbers are the same object, which is written from memory."""
    numbers = tuple([rules.number(answer) for answer in answers])
    standard = plan.alike.get(numbers)
    if standard is None:
        if len(plan.alike) >= MOST_ALIKE:
            plan.alike.clear()
        standard = plan.alike[numbers] = tuple(sorted({*plan.known, *(n for n in numbers if n is not None)}))
    return tuple([answer for answer, n in zip(answers, numbers, strict=True) if n is None]), standard


def _first_allowed(
    ask: Ask, rules: RuleSet, plan: Plan, answers: Sequence[Finding], deferred: Finding
) -> tuple[int, Finding | None, tuple[Finding, ...]]:
    """The first instant at which no rule refuses; a veto beside it if there is none, or one stands in the way.

    `answers` are those to `plan` now: while it stays in force, only rules are asked again that may have changed.
    """
    worst = deferred
    open_: Sequence[Rule] = plan.asked
    if not ask.unusual:
        open_ = [r for r, answer in zip(plan.asked, answers, strict=True) if not r.lasting or _refuses(answer)]
    later: list[Finding] = []
    at = _release(deferred)
    for _ in range(MOST_STEPS):
        then = moved(ask, at)
        plan_then = rules.plan(at, then)
        asked = open_ if plan_then is plan and then is ask else plan_then.asked
        _, found = ask_each(then, asked, at)
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


def ask_each(ask: Ask, rules: Iterable[Rule], at: int) -> tuple[list[Finding], Finding | None]:
    """What each rule says, and what refuses most: the first veto, or else the deferral that lasts longest."""
    worst: Finding | None = None
    answers = []
    for rule in rules:
        try:
            finding = rule.judge(ask, at)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            finding = rule.not_evaluated
        if finding.result is not _ALLOWED and _refuses(finding):
            if finding.result is _DEFERRED and _release(finding) > rule.ends:
                finding = replace(finding, earliest_at=instant(rule.ends))  # a rule that ends holds nobody any longer
            if worst is None or _outweighs(finding, worst):
                worst = finding
        answers.append(finding)
    return answers, worst


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
