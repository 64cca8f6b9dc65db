"""The one confirmation of an opt-out: at once, once, and nothing else in it (47 CFR 64.1200(a)(12))."""

from contracts.events import Finding, FindingResult
from services.compliance.core.codes import CONFIRMATION, Outcome, Scope
from services.compliance.core.rules.ask import Ask
from services.compliance.core.rules.rule import About, Definition, Rule, make_rule

NAME = "confirmation"
AT_ONCE = 300
"""Seconds after an opt-out in which it may be confirmed."""


def build(definition: Definition) -> Rule:
    """A rule with the parameter `minutes`; it is about opt-out confirmations alone."""
    within = definition.parameters["minutes"] * 60
    allowed = definition.standard("It is no confirmation, or the one that is allowed.")

    def judge(ask: Ask, at: int) -> Finding:
        wrong = fault(ask, at, within) if ask.purpose.code == CONFIRMATION else None
        return allowed if wrong is None else definition.finding(FindingResult.VETOED, wrong)

    return make_rule(definition, NAME, About.REQUEST, judge, allowed)


def fault(ask: Ask, at: int, within: int = AT_ONCE) -> str | None:
    """What is wrong with a confirmation, or None."""
    stops = [
        o.since
        for o in ask.state.opt_outs
        if o.since <= at
        and (o.scope == Scope.EVERYTHING or o.channel == ask.channel)
        and o.address_id in ("", ask.address_id)
    ]
    if not stops:
        return "There is no opt-out that this could confirm."
    if any(_confirms(c.purpose, c.outcome) and c.at >= max(stops) for c in ask.state.contacts):
        return "The opt-out was confirmed before."
    if at - max(stops) > within:
        return f"More than {within // 60} minutes have passed since the opt-out."
    if ask.content.get("only_confirmation") == "false":
        return "A confirmation may say nothing else."
    return None


def _confirms(purpose: int, outcome: int) -> bool:
    return purpose == CONFIRMATION and outcome != Outcome.REJECTED
