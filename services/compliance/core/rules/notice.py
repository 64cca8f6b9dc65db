"""Clocks that a notice starts or stops: the validation notice, a dispute of the debt, a wait that a notice begins.

12 CFR 1006.34(a)(1) and (b)(5), 1006.38(c) and (d)(2); 15 USC 1692g.
"""

from contracts.calendar import validation_ends
from contracts.events import Finding, FindingResult
from services.compliance.core.codes import Known
from services.compliance.core.rules.ask import Ask
from services.compliance.core.rules.rule import Definition, Judge, Rule, about_fact, make_rule
from services.compliance.core.state import Fact
from services.compliance.core.zones import expired, local_day, released

NAME = "notice"
ORAL = frozenset({"oral", "client"})
"""Disputes that do not stop collection: said by word of mouth, or to the client before it placed the debt."""


def build(definition: Definition) -> Rule:
    """A rule with the parameter `clock`: owed (with `days`), dispute, or wait (with `about`, `fact` and `days`)."""
    clock = {"owed": _owed, "dispute": _dispute, "wait": _wait}[definition.parameters["clock"]]
    return clock(definition)


def _owed(definition: Definition) -> Rule:
    days: int = definition.parameters["days"]
    allowed = definition.standard("No notice is overdue as far as is on record.")

    def judge(ask: Ask, at: int) -> Finding:
        first = ask.facts(Known.FIRST_COMMUNICATION, at)
        if not first or ask.facts(Known.NOTICE_SENT, at):
            return allowed
        since = min(first, key=lambda f: f.since)
        if at < expired(ask.zones, since.since, days + 1):
            return allowed
        reason = f"More than {days} days after the first communication the validation information is not on record."
        return definition.finding(FindingResult.VETOED, reason, counted=(since.counted(ask.partition),))

    return make_rule(definition, NAME, about_fact(Known.FIRST_COMMUNICATION), judge, allowed)


def _dispute(definition: Definition) -> Rule:
    allowed = definition.standard("No dispute of a debt of this contact is on record.")

    def judge(ask: Ask, at: int) -> Finding:
        disputes = ask.facts(Known.DISPUTED, at)
        if not disputes:
            return allowed
        answers = ask.facts(Known.DISPUTE_ANSWERED, at)
        open_ = [d for d in disputes if not any(a.since >= d.since for a in answers) and in_time(d, ask, at)]
        if open_:
            return definition.finding(
                FindingResult.VETOED,
                "The consumer disputed the debt in the validation period, and has had no answer.",
                counted=[d.counted(ask.partition) for d in open_],
            )
        return definition.finding(
            FindingResult.ALLOWED,
            "The consumer disputes the debt in a way that does not stop collection; it must be shown as disputed.",
            counted=[d.counted(ask.partition) for d in disputes],
            condition="mark_disputed",
        )

    return make_rule(definition, NAME, about_fact(Known.DISPUTED), judge, allowed)


def in_time(dispute: Fact, ask: Ask, at: int) -> bool:
    """Whether a dispute came within the validation period, in any plausible zone, or may have."""
    if dispute.detail in ORAL:
        return False
    ends = period_ends(ask, at)
    return ends is None or any(local_day(zone, dispute.since) <= ends for zone in ask.zones)


def period_ends(ask: Ask, at: int) -> int | None:
    """The last date of the validation period, as an ordinal; None while no notice is known to have been received."""
    sent = ask.facts(Known.NOTICE_SENT, at)
    if not sent:
        return None
    return max(validation_ends(local_day(zone, f.since), f.detail) for zone in ask.zones for f in sent)


def _wait(definition: Definition) -> Rule:
    days: int = definition.parameters["days"]
    about, notice = Known(definition.fact("about")), Known(definition.fact())
    allowed = definition.standard("No debt of this contact needs a notice and a wait.")

    def judge(ask: Ask, at: int) -> Finding:
        if not ask.facts(about, at):
            return allowed
        sent = ask.facts(notice, at)
        if not sent:
            return definition.finding(FindingResult.VETOED, "The notice that must come first is not on record.")
        free = released(ask.zones, min(f.since for f in sent), days + 1)
        if at >= free:
            return allowed
        evidence = [f.counted(ask.partition) for f in sent]
        return definition.finding(
            FindingResult.DEFERRED, f"{days} days after the notice are not over.", earliest=free, counted=evidence
        )

    judged: Judge = judge
    return make_rule(definition, NAME, about_fact(about), judged, allowed)
