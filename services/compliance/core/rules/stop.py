"""A fact that bars all contact until a person lifts it; no clock does."""

from contracts.events import Finding, FindingResult
from services.compliance.core.codes import FLAGS
from services.compliance.core.rules.rule import About, Ask, Definition, Rule, make_rule

NAME = "stop"

_SAID = {
    "ceased": "that the consumer asked in writing for contact to cease",
    "attorney-represented": "that an attorney represents the consumer",
    "bankrupt": "that a bankruptcy case was filed",
    "deceased": "that the consumer has died",
    "minor": "that the consumer is under age",
}


def build(definition: Definition) -> Rule:
    """A rule with the parameter `flag`; it covers all debts of the consumer, whichever the client named it for."""
    name: str = definition.parameters["flag"]
    flag = FLAGS[name.upper().replace("-", "_")]
    allowed = definition.finding(FindingResult.ALLOWED, f"No client said {_SAID[name]}.")

    def judge(ask: Ask, at: int) -> Finding:
        for stop in ask.state.stops:
            if stop.flag == flag:
                return definition.finding(
                    FindingResult.VETOED, f"A client said {_SAID[name]}.", counted=(stop.counted(ask.partition),)
                )
        return allowed

    return make_rule(definition, NAME, About.STOPS, judge, allowed)
