"""A fact that bars contact until it is lifted; no clock does that."""

from contracts.events import Finding, FindingResult
from services.compliance.core.codes import Known
from services.compliance.core.rules.ask import Ask
from services.compliance.core.rules.rule import About, Definition, Rule, about_fact, make_rule
from services.compliance.core.state import Fact

NAME = "stop"

_SAID = {
    Known.CEASED: "that the consumer asked for contact to cease",
    Known.ATTORNEY_REPRESENTED: "that an attorney represents the consumer",
    Known.BANKRUPT: "that a bankruptcy case was filed",
    Known.DECEASED: "that the consumer has died",
    Known.MINOR: "that the consumer is under age",
    Known.INCONVENIENT_PLACE: "that contact at this place is inconvenient",
    Known.EMPLOYER_PROHIBITS: "that the employer does not allow such contacts",
    Known.NUMBER_OF_ANOTHER: "that the address is somebody else's",
    Known.SHARED_ADDRESS: "that others use the address too",
    Known.RECALLED: "that the creditor has recalled the debt",
    Known.LINE_TYPE: "that the number's line takes no such contact",
}


def build(definition: Definition) -> Rule:
    """A rule with the parameters `fact`, and perhaps `detail`, `lifted_by`, `debts` and `unknown`.

    It covers all debts of the consumer, whichever the fact was told about, unless `debts` is asked: then it depends on
    what a contact is about, and channels cannot look at it last. With `unknown` set to veto, contact is
    barred too while nobody knows whether the fact is so.
    """
    kind = Known(definition.fact())
    lifted = Known(definition.fact("lifted_by")) if "lifted_by" in definition.parameters else None
    detail = definition.parameters.get("detail")
    by_debt = definition.parameters.get("debts") == "asked"
    if_unknown = definition.parameters.get("unknown") == "veto"
    said = _SAID.get(kind, "something that bars contact")
    allowed = definition.standard(f"Nobody told us {said}.")
    unknown = definition.finding(FindingResult.VETOED, f"It has not been ruled out {said}.")

    def concerns(fact: Fact, ask: Ask) -> bool:
        about = not by_debt or fact.debts & ask.debts
        return bool(about) and fact.address_id in ("", ask.address_id) and (detail is None or fact.detail == detail)

    def judge(ask: Ask, at: int) -> Finding:
        found = [f for f in ask.state.facts if f.kind == kind and concerns(f, ask)]
        so = [f for f in found if f.is_so(at)]
        if so:
            if lifted is not None and any(f.kind == lifted and f.is_so(at) for f in ask.state.facts):
                return allowed
            evidence = [f.counted(ask.partition) for f in so]
            return definition.finding(FindingResult.VETOED, f"We were told {said}.", counted=evidence)
        return unknown if if_unknown and not any(not f.holds for f in found) else allowed

    about = about_fact(kind) | (About.CLOCK if if_unknown else 0)
    return make_rule(definition, NAME, about, judge, allowed, standing=not if_unknown and not by_debt)
