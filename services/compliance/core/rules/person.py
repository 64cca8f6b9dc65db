"""Whom a contact may reach: the consumer and those who count as the consumer (12 CFR 1006.6(a) and (d))."""

from contracts.events import Finding, FindingResult
from services.compliance.core.codes import LOCATION, Outcome
from services.compliance.core.rules.ask import Ask
from services.compliance.core.rules.rule import About, Definition, Rule, make_rule
from services.compliance.core.rules.scope import role_of

NAME = "person"


def build(definition: Definition) -> Rule:
    """A rule with the parameter `roles`, who may be contacted, or `once`: anybody else, to find the consumer, once."""
    roles = frozenset(definition.parameters.get("roles", ()))
    once = definition.parameters.get("once", False)
    allowed = definition.standard("The contact is addressed to somebody who may be contacted.")
    refused = definition.finding(FindingResult.VETOED, "The contact is addressed to a third party.")
    again = "This person was asked for the consumer's whereabouts before."

    def judge(ask: Ask, at: int) -> Finding:
        if not once:
            return allowed if role_of(ask.person) in roles else refused
        before = [
            c
            for c in ask.state.contacts
            if c.purpose == LOCATION and c.person == ask.person and c.outcome != Outcome.REJECTED
        ]
        if ask.purpose.code != LOCATION or not before:
            return allowed
        return definition.finding(FindingResult.VETOED, again, counted=[c.counted(ask.partition) for c in before])

    return make_rule(definition, NAME, About.REQUEST, judge, allowed)
