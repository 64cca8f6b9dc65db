"""The one confirmation of an opt-out: at once, once, and nothing else in it (47 CFR 64.1200(a)(12))."""

from contracts.events import Finding, FindingResult
from services.compliance.core.codes import CONFIRMATION, Outcome, Scope
from services.compliance.core.rules.ask import Ask
from services.compliance.core.rules.rule import About, Definition, Rule, make_rule

NAME = "confirmation"


def build(definition: Definition) -> Rule:
    """A rule with the parameter `minutes`; it is about opt-out confirmations alone."""
    within = definition.parameters["minutes"] * 60
    allowed = definition.finding(FindingResult.ALLOWED, "It is no confirmation, or the one that is allowed.")
    nothing = definition.finding(FindingResult.VETOED, "There is no opt-out that this could confirm.")
    late = definition.finding(FindingResult.VETOED, f"More than {within // 60} minutes have passed since the opt-out.")
    second = definition.finding(FindingResult.VETOED, "The opt-out was confirmed before.")
    more = definition.finding(FindingResult.VETOED, "A confirmation may say nothing else.")

    def judge(ask: Ask, at: int) -> Finding:
        if ask.purpose.code != CONFIRMATION:
            return allowed
        stops = [
            o.since
            for o in ask.state.opt_outs
            if o.since <= at
            and (o.scope == Scope.EVERYTHING or o.channel == ask.channel)
            and o.address_id in ("", ask.address_id)
        ]
        if not stops:
            return nothing
        if any(_confirms(c.purpose, c.outcome) and c.at >= max(stops) for c in ask.state.contacts):
            return second
        if at - max(stops) > within:
            return late
        return more if ask.content.get("only_confirmation") == "false" else allowed

    return make_rule(definition, NAME, About.REQUEST, judge, allowed)


def _confirms(purpose: int, outcome: int) -> bool:
    return purpose == CONFIRMATION and outcome != Outcome.REJECTED
