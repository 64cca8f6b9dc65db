"""A consent that a contact needs, and for how long it holds: where none is on record, there is none.

Three consents are never merged: to texts or e-mails given to us (12 CFR 1006.6(d)), to automated calls given to whom
the consumer dealt with (47 USC 227(b)), and to electronic messages under a state's rule.
"""

from msgspec import Struct

from contracts.events import Finding, FindingResult
from services.compliance.core.codes import FACTS, Known
from services.compliance.core.rules.ask import Ask
from services.compliance.core.rules.rule import About, Definition, Rule, make_rule
from services.compliance.core.state import Fact
from services.compliance.core.zones import expired, midnight

NAME = "consent"
NONE = "No consent that counts is on record."
STALE = "The consent on record is too old, and nothing has renewed it since."
TOO_EARLY = "The time that the creditor's notice gives the consumer to opt out is not over."
NOTICE_DAYS = 35
"""A creditor's notice must leave so many days to opt out (12 CFR 1006.6(d)(4)(ii)(C))."""


class Terms(Struct, frozen=True, gc=False):
    """Which consent counts, for how long, and what may stand for it; a kind of 0 stands for nothing."""

    kind: int
    instead: frozenset[int]
    given_to: frozenset[str]
    days: int
    heard: bool
    checked: int
    noticed: int
    given: Finding
    none: Finding
    stale: Finding


def build(definition: Definition) -> Rule:
    """A rule with the parameters `fact`, `given_to`, and perhaps `instead`, `days`, `heard`, `checked`, `notice`.

    `instead` are consents that count where nothing is on record of the fact itself, if given at the very address.
    `days` is how many dates may have passed since the consent, a message from the address (`heard`), or a check that
    the number still is the consumer's (`checked`). `notice` lets a creditor's notice stand for consent.
    """
    said = definition.parameters
    terms = Terms(
        kind=definition.fact(),
        instead=frozenset(FACTS[name.upper().replace("-", "_")] for name in said.get("instead", ())),
        given_to=frozenset(said["given_to"]),
        days=said.get("days", 0),
        heard=said.get("heard", False),
        checked=int(Known.NUMBER_CHECKED) if said.get("checked", False) else 0,
        noticed=int(Known.CREDITOR_EMAIL_NOTICE) if said.get("notice", False) else 0,
        given=definition.standard("Consent is on record, and holds."),
        none=definition.finding(FindingResult.VETOED, NONE),
        stale=definition.finding(FindingResult.VETOED, STALE),
    )
    consents = terms.instead | {terms.kind}
    kinds = consents | {terms.checked, terms.noticed}

    def judge(ask: Ask, at: int) -> Finding:
        here = ask.address_id
        facts = [f for f in ask.state.facts if f.kind in kinds and (f.address_id == here or not f.address_id)]
        # With nearly every consumer there is one consent and no more to weigh.
        if len(facts) == 1 and facts[0].address_id and facts[0].kind in consents and _counts(facts[0], terms, ask, at):
            return terms.given
        return _weighed([f for f in facts if f.since <= at], terms, definition, ask, at)

    return make_rule(definition, NAME, About.CLOCK, judge, terms.none)


def _counts(consent: Fact, terms: Terms, ask: Ask, at: int) -> bool:
    """Whether a consent holds, was given to somebody to whom it may be, and is not too old."""
    if not consent.holds or consent.detail not in terms.given_to or consent.since > at or 0 < consent.until <= at:
        return False
    return not terms.days or at < expired(ask.zones, consent.since, terms.days + 1)


def _weighed(facts: list[Fact], terms: Terms, definition: Definition, ask: Ask, at: int) -> Finding:
    """What follows from all that is on record."""
    own = [f for f in facts if f.kind == terms.kind] or [f for f in facts if f.kind in terms.instead and f.address_id]
    checks = [f for f in facts if f.kind == terms.checked]
    if any(c.detail == "reassigned" for c in checks):
        return terms.none
    refused = max([f.since for f in own if not f.holds], default=0)
    since = [f.since for f in own if f.since > refused and f.detail in terms.given_to and f.is_so(at)]
    since = _renewed(since, checks)
    if terms.heard:
        since += [s for s in _heard(ask, at) if s > refused]
    if any(not terms.days or at < expired(ask.zones, s, terms.days + 1) for s in since):
        return terms.given
    notices = [f for f in facts if f.kind == terms.noticed]
    opens = [o for o in (_opening(n, ask) for n in notices) if o is not None]
    if not opens:
        return terms.stale if since else terms.none
    if min(opens) <= at:
        return terms.given
    evidence = [n.counted(ask.partition) for n in notices]
    return definition.finding(FindingResult.DEFERRED, TOO_EARLY, earliest=min(opens), counted=evidence)


def _renewed(since: list[int], checks: list[Fact]) -> list[int]:
    """When consents were given, and when it was found since that the number is still the consumer's."""
    return since + [c.since for c in checks if since and c.detail == "same" and c.since >= min(since)]


def _heard(ask: Ask, at: int) -> list[int]:
    """When the consumer wrote from there; who asked for this one answer there, on a call, has consented to it alone."""
    here, asked = (ask.channel, ask.address_id), ask.purpose.answers
    return [h.at for h in ask.state.heard if ((h.channel, h.address_id) == here or h is asked) and h.at <= at]


def _opening(notice: Fact, ask: Ask) -> int | None:
    """When a creditor's notice lets e-mails go; None if it gave too little time."""
    opt_out_by = int(notice.detail) if notice.detail.isdigit() else 0
    if midnight(ask.zones, opt_out_by) < expired(ask.zones, notice.since, NOTICE_DAYS):
        return None
    return midnight(ask.zones, opt_out_by + 1)
