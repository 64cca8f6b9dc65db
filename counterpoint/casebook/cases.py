"""Judges worked cases by the gate's own `decide`, and says what is wrong with the answers."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import Any

from contracts.calendar import assumed_received, business_days_after, validation_ends
from contracts.events import AsOf, Channel, ContactApproved, ContactDeferred, Event, Finding, FindingResult
from counterpoint.casebook.forms import WrongCase, when
from counterpoint.casebook.scenario import Scenario, scenario
from services.compliance.core.approvals import Carrier
from services.compliance.core.codes import Known, seconds
from services.compliance.core.decide import Circumstances, Verdict, decide
from services.compliance.core.rules.rule import RuleSet
from services.compliance.core.zones import local_day

WORDS = {"allow": "allow", "allowed": "allow", "defer": "defer", "deferred": "defer", "veto": "veto", "vetoed": "veto"}
EXPECT_KEYS = ("verdict", "rule", "earliest", "conditions", "computed", "also", "note", "local")


def _nothing(*_: object) -> Event:
    raise AssertionError("a case is judged, and never sent")


EVERY_CHANNEL = {c.value: Carrier("", _nothing) for c in Channel if c is not Channel.UNKNOWN}


def judge_case(case: Mapping[str, Any], rules: RuleSet) -> tuple[Scenario, Verdict]:
    """The verdict of the gate's `decide` on a case; raises WrongCase."""
    made = scenario(case)
    given = Circumstances(made.at.astimezone(UTC), 0, AsOf(), "")
    return made, decide(made.state, made.request, rules, given, EVERY_CHANNEL)


def check_case(case: Mapping[str, Any], rules: RuleSet, names: Mapping[str, Sequence[str]]) -> str | None:
    """What is wrong with the gate's answer to a case, or None; `names` are those by which each rule may be called."""
    expect = case["expect"]
    unknown = sorted(set(expect) - set(EXPECT_KEYS))
    if unknown:
        raise WrongCase(f"expect: nobody knows {', '.join(unknown)}; known are {', '.join(EXPECT_KEYS)}")
    made, verdict = judge_case(case, rules)
    problems = (_verdict(expect, verdict, names), _earliest(expect, verdict), _beside(expect, verdict, made, names))
    return next((f"expected {problem}, got {shown(verdict, names)}" for problem in problems if problem), None)


def _verdict(expect: Mapping[str, Any], verdict: Verdict, names: Mapping[str, Sequence[str]]) -> str | None:
    word = str(expect["verdict"])
    if WORDS.get(word) != word_of(verdict):
        return f"{word} by {expect['rule']}" if "rule" in expect else word
    wanted = expect.get("rule")
    if isinstance(verdict, ContactApproved) or wanted is None:
        return None
    called = [n for f in decisive(verdict) for n in (f.rule_id, *names.get(f.rule_id, ()))]
    return None if wanted in called else f"{word} by {wanted}"


def _earliest(expect: Mapping[str, Any], verdict: Verdict) -> str | None:
    if "earliest" not in expect:
        return None
    got = verdict.earliest_at if isinstance(verdict, ContactDeferred) else None
    return None if got == when(expect["earliest"]) else f"earliest {expect['earliest']}"


def _beside(
    expect: Mapping[str, Any], verdict: Verdict, made: Scenario, names: Mapping[str, Sequence[str]]
) -> str | None:
    held: list[str] = [
        f.rule_id for f in verdict.findings if f.result in (FindingResult.DEFERRED, FindingResult.VETOED)
    ]
    held += list(verdict.held_later) if isinstance(verdict, ContactDeferred) else []
    called = {n for rule in held for n in (rule, *names.get(rule, ()))}
    also = [n for n in expect.get("also", ()) if n not in called]
    if also:
        return f"also {', '.join(also)}"
    got = verdict.conditions if isinstance(verdict, ContactApproved) else ()
    conditions = [c for c in expect.get("conditions", ()) if c not in got]
    if conditions:
        return f"the conditions {', '.join(conditions)}"
    dates = computed(made)
    wrong = [n for n, d in expect.get("computed", {}).items() if str(d) not in dates.get(n, dates.values())]
    return f"{wrong[0]} {expect['computed'][wrong[0]]}" if wrong else None


def computed(made: Scenario) -> dict[str, Sequence[str]]:
    """Dates that rules reckon with, by the names that cases have for them."""
    found: dict[str, Sequence[str]] = {}
    zones, at = made.state.zones, seconds(made.at)
    for fact in made.state.facts:
        if fact.kind == Known.NOTICE_SENT and fact.is_so(at) and zones:
            sent = max(local_day(zone, fact.since) for zone in zones)
            found["assumed_received"] = [_iso(assumed_received(sent, fact.detail))]
            found["validation_period_end"] = [_iso(validation_ends(sent, fact.detail))]
    for said in made.state.opt_outs:
        if zones:
            day = max(local_day(zone, said.since) for zone in zones)
            found["ten_business_days"] = [_iso(business_days_after(day, 10))]
    return found


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


def decisive(verdict: Verdict) -> list[Finding]:
    """The findings that refuse most: all vetoes, or if there are none all deferrals."""
    for result in (FindingResult.VETOED, FindingResult.DEFERRED):
        found = [f for f in verdict.findings if f.result is result]
        if found:
            return found
    return []


def word_of(verdict: Verdict) -> str:
    """A verdict in one word."""
    if isinstance(verdict, ContactApproved):
        return "allow"
    return "defer" if isinstance(verdict, ContactDeferred) else "veto"


def shown(verdict: Verdict, names: Mapping[str, Sequence[str]]) -> str:
    """A verdict as a person reads it."""
    if isinstance(verdict, ContactApproved):
        return "allow"
    rules = ", ".join("/".join((f.rule_id, *names.get(f.rule_id, ()))) for f in decisive(verdict))
    until = f", earliest {verdict.earliest_at.isoformat()}" if isinstance(verdict, ContactDeferred) else ""
    return f"{word_of(verdict)} by {rules}{until}"


def names_of(rules: RuleSet) -> dict[str, Sequence[str]]:
    """The names by which each rule may be called beside its id."""
    return {rule.id: rule.covers for rule in rules.rules}


def run_case(case: Mapping[str, Any], rule_id: str, rules: RuleSet) -> str | None:
    """Judge a case of a rule's own file; what is wrong with the answer, or None."""
    expect = {"rule": rule_id} | case["expect"]
    try:
        return check_case({**case, "expect": expect}, rules, names_of(rules))
    except WrongCase as fault:
        return str(fault)
