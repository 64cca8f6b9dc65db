"""A consent that a contact needs, and for how long it holds.

Three consents are never merged: to texts or e-mails given to us (12 CFR 1006.6(d)), to automated calls given to whom
the consumer dealt with (47 USC 227(b)), and to electronic messages under a state's rule.
"""

from contracts.events import Finding, FindingResult
from services.compliance.core.codes import Known
from services.compliance.core.rules.ask import Ask
from services.compliance.core.rules.rule import About, Definition, Rule, about_fact, make_rule
from services.compliance.core.state import Fact
from services.compliance.core.zones import expired, midnight

NAME = "consent"
TOO_EARLY = "The time that the creditor's notice gives the consumer to opt out is not over."
NOTICE_DAYS = 35
"""A creditor's notice must leave so many days to opt out (12 CFR 1006.6(d)(4)(ii)(C))."""


def build(definition: Definition) -> Rule:
    """A rule with the parameters `fact`, `given_to`, `unrecorded`, and perhaps `days`, `heard`, `checked`, `notice`.

    `days` is how many dates may have passed since the consent, a message from the address (`heard`), or a check that
    the number still is the consumer's (`checked`). `notice` lets a creditor's notice stand for consent. `unrecorded`
    says what follows where nothing at all is on record: veto, or allow.
    """
    kind = definition.fact()
    given_to = frozenset(definition.parameters["given_to"])
    days: int = definition.parameters.get("days", 0)
    by_hearing = definition.parameters.get("heard", False)
    by_check = definition.parameters.get("checked", False)
    by_notice = definition.parameters.get("notice", False)
    unrecorded = FindingResult[{"allow": "ALLOWED", "veto": "VETOED"}[definition.parameters["unrecorded"]]]
    allowed = definition.finding(unrecorded, "Neither consent nor refusal is on record.")
    given = definition.finding(FindingResult.ALLOWED, "Consent is on record, and holds.")
    none = definition.finding(FindingResult.VETOED, "No consent that counts is on record.")
    notice, check = int(Known.CREDITOR_EMAIL_NOTICE), int(Known.NUMBER_CHECKED)
    looked_at = {kind} | ({notice} if by_notice else set()) | ({check} if by_check else set())

    def judge(ask: Ask, at: int) -> Finding:
        facts = [
            f for f in ask.state.facts if f.kind in looked_at and f.since <= at and f.address_id in ("", ask.address_id)
        ]
        own = [f for f in facts if f.kind == kind]
        notices = [f for f in facts if f.kind == notice] if by_notice else []
        if not own and not notices:
            return allowed
        checks = [f for f in facts if f.kind == check] if by_check else []
        if any(c.detail == "reassigned" for c in checks):
            return none
        since = [f.since for f in own if _counts(f, own, given_to, at)]
        if since and not days:
            return given
        since = _renewed(since, checks)
        since += _heard(ask, at) if by_hearing else []
        if any(not days or at < expired(ask.zones, s, days + 1) for s in since):
            return given
        opens = [o for o in (_opening(n, ask) for n in notices) if o is not None]
        if not opens:
            return none
        if min(opens) <= at:
            return given
        evidence = [n.counted(ask.partition) for n in notices]
        return definition.finding(FindingResult.DEFERRED, TOO_EARLY, earliest=min(opens), counted=evidence)

    about = about_fact(kind) | (about_fact(notice) if by_notice else 0)
    about |= About.CLOCK if unrecorded is FindingResult.VETOED else 0
    return make_rule(definition, NAME, about, judge, allowed)


def _counts(given: Fact, own: list[Fact], given_to: frozenset[str], at: int) -> bool:
    if not given.is_so(at) or given.detail not in given_to:
        return False
    return len(own) == 1 or not any(not f.holds and f.since >= given.since for f in own)


def _renewed(since: list[int], checks: list[Fact]) -> list[int]:
    """When consents were given, and when it was found since that the number is still the consumer's."""
    return since + [c.since for c in checks if since and c.detail == "same" and c.since >= min(since)]


def _heard(ask: Ask, at: int) -> list[int]:
    here = (ask.channel, ask.address_id)
    return [h.at for h in ask.state.heard if (h.channel, h.address_id) == here and h.at <= at]


def _opening(notice: Fact, ask: Ask) -> int | None:
    """When a creditor's notice lets e-mails go; None if it gave too little time."""
    opt_out_by = int(notice.detail) if notice.detail.isdigit() else 0
    if midnight(ask.zones, opt_out_by) < expired(ask.zones, notice.since, NOTICE_DAYS):
        return None
    return midnight(ask.zones, opt_out_by + 1)
