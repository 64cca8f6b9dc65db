"""No contact for so many dates after a conversation, whoever started it; its own date is the first of them."""

from contracts.events import Finding, FindingResult
from services.compliance.core.rules.ask import Ask, with_groups
from services.compliance.core.rules.rule import About, Definition, Rule, make_rule
from services.compliance.core.zones import first_counted, released

NAME = "cooldown"


def build(definition: Definition) -> Rule:
    """A rule with the parameters `days`, `per` (consumer or debt), `after` (channels) and `outcomes`."""
    days: int = definition.parameters["days"]
    by_debt = definition.parameters["per"] == "debt"
    after = definition.channels("after")
    begins = definition.outcomes("outcomes")
    about = " about one of the debts" if by_debt else ""
    allowed = definition.standard(f"No conversation{about} on the last {days} dates.")

    def judge(ask: Ask, at: int) -> Finding:
        first = first_counted(ask.zones, at, days)
        for c in ask.state.contacts:
            if c.at < first:
                break
            if c.person != ask.person or not begins >> c.outcome & 1 or not c.channel & after:
                continue
            if not by_debt or with_groups(c.debts, ask.groups) & ask.debts:
                return definition.finding(
                    FindingResult.DEFERRED,
                    f"A conversation{about} took place, and its date and the {days - 1} after it are closed.",
                    earliest=released(ask.zones, c.at, days),
                    counted=(c.counted(ask.partition),),
                )
        return allowed

    return make_rule(definition, NAME, About.CONTACTS, judge, allowed, lasting=True)
