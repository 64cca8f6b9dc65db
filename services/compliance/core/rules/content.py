"""What a contact must say, or must not; as the request says of its own words, or as the channel must see to.

Words that a request does not describe come from a template, which is checked when it is built and looked at again by
the channel: what must be said goes to the channel as a condition of the approval.
"""

from contracts.events import Finding, FindingResult
from services.compliance.core.codes import Known
from services.compliance.core.rules.ask import Ask, is_first
from services.compliance.core.rules.notice import period_ends
from services.compliance.core.rules.rule import About, Definition, Rule, about_fact, make_rule
from services.compliance.core.zones import local_day

NAME = "content"


def build(definition: Definition) -> Rule:
    """A rule with the parameters `about` (what of the content), and `wants` or `forbids` (values), or `words`.

    `words` are forbidden anywhere in the text. `when` narrows it: first or later communication, validation (while its
    period runs), or shared (an address that others use, or may). `condition` is what the channel must see to.
    """
    about = definition.parameters["about"]
    wants = frozenset(definition.parameters.get("wants", ()))
    forbids = frozenset(definition.parameters.get("forbids", ()))
    words: tuple[str, ...] = tuple(definition.parameters.get("words", ()))
    when: str = definition.parameters.get("when", "always")
    condition: str = definition.parameters.get("condition", "")
    allowed = definition.standard("The contact says nothing of itself against this.", condition=condition)
    other = definition.standard("This rule is about contacts in other circumstances.", FindingResult.NOT_APPLICABLE)
    refused = definition.finding(FindingResult.VETOED, f"What the contact says is not lawful: {about}.")

    def judge(ask: Ask, at: int) -> Finding:
        if not _APPLIES[when](ask, at):
            return other
        said = ask.content.get(about)
        if said is None:
            return allowed
        bad = said in forbids or (bool(wants) and said not in wants)
        return refused if bad or any(word in said.lower() for word in words) else allowed

    looks_at = int(About.REQUEST)
    if when in ("first", "later"):
        looks_at |= About.CONTACTS | about_fact(Known.FIRST_COMMUNICATION)
    if when == "time-barred":
        looks_at |= about_fact(Known.TIME_BARRED)
    beforehand = other if when in ("later", "time-barred") else allowed
    return make_rule(definition, NAME, looks_at, judge, beforehand, lasting=True)


def _in_validation(ask: Ask, at: int) -> bool:
    ends = period_ends(ask, at)
    return ends is None or any(local_day(zone, at) <= ends for zone in ask.zones)


def _may_be_heard(ask: Ask, at: int) -> bool:
    if ask.facts(Known.SHARED_ADDRESS, at) or ask.facts(Known.NUMBER_OF_ANOTHER, at):
        return True
    return not ask.facts(Known.RIGHT_PARTY, at)


def _time_barred(ask: Ask, at: int) -> bool:
    said = [f for f in ask.state.facts if f.kind == Known.TIME_BARRED and f.debts & ask.debts]
    return any(f.is_so(at) for f in said) or not said


def _on_record_time_barred(ask: Ask, at: int) -> bool:
    return bool(ask.facts(Known.TIME_BARRED, at))


_APPLIES = {
    "always": lambda ask, at: True,
    "first": is_first,
    "later": lambda ask, at: not is_first(ask, at),
    "validation": _in_validation,
    "shared": _may_be_heard,
    "not-known-to-be-in-time": _time_barred,
    "time-barred": _on_record_time_barred,
}
