"""Why a contact may be made: a purpose that frees it from rules is believed only with the evidence that it needs.

A request that claims more than the gate can see is judged as outreach, like any other. An opt-out confirmation alone
keeps its purpose, and the rule for it asks for the evidence: a confirmation of nothing must not go out at all.
"""

from msgspec import Struct

from services.compliance.core.codes import CONFIRMATION, DAY, OUTREACH, PURPOSES, REPLY, Known, Outcome
from services.compliance.core.state import ConsumerState, ContactKey, Fact, Heard
from services.compliance.core.zones import Zones, expired

CALL_DAYS = 7
"""Dates for which a consent to be called holds, its own the first (12 CFR 1006.14(b)(3)(i))."""
PAID_FOR = 7 * DAY
"""How long after a payment it may be confirmed."""

_NEEDS = {
    PURPOSES["REQUIRED_NOTICE"]: Known.NOTICE_REQUIRED,
    PURPOSES["DISPUTE_RESPONSE"]: Known.DISPUTED,
    PURPOSES["EFFORTS_END"]: Known.CEASED,
    PURPOSES["REMEDY_POSSIBLE"]: Known.CEASED,
    PURPOSES["REMEDY_INTENDED"]: Known.CEASED,
}
"""Purposes that one fact proves."""
_NOTICE, _PAID, _CALL = (PURPOSES[p] for p in ("VALIDATION_NOTICE", "PAYMENT_CONFIRMATION", "CALLBACK"))
_FREE = frozenset({PURPOSES["CONSENT_REQUEST"], PURPOSES["LOCATION"]})
"""Purposes that free from no rule that binds outreach, beyond what a rule of their own allows."""


class Claim(Struct, frozen=True, gc=False):
    """What a request says of its own purpose; `key` is that of the message that it answers, 0 for none."""

    purpose: int
    channel: int
    address_id: str
    debts: int
    key: ContactKey = 0


class Purpose(Struct, frozen=True, gc=False):
    """The purpose that rules are asked about, and the message that the contact answers, if it may."""

    code: int = OUTREACH
    answers: Heard | None = None


JUST_OUTREACH = Purpose()


def accepted(state: ConsumerState, claim: Claim, zones: Zones, at: int) -> Purpose:
    """What of a claimed purpose the gate believes."""
    answers = answered_by(state, claim, at) if claim.key else None
    code = claim.purpose
    if code == CONFIRMATION:
        return Purpose(code, answers)
    if answers is not None and code in (OUTREACH, REPLY):
        return Purpose(REPLY, answers)
    if code in (OUTREACH, REPLY, 0) or not _is_proved(state, claim, zones, at):
        return JUST_OUTREACH
    return Purpose(code)


def answered_by(state: ConsumerState, claim: Claim, at: int) -> Heard | None:
    """The message that a contact answers, at the same address, by its medium or the one asked for, and once."""
    for heard in state.heard:
        if heard.key == claim.key:
            same = (heard.answer_on or heard.channel, heard.address_id) == (claim.channel, claim.address_id)
            used = any(c.reply_to == claim.key and c.outcome != Outcome.REJECTED for c in state.contacts)
            return heard if same and not used and heard.at <= at else None
    return None


def _is_proved(state: ConsumerState, claim: Claim, zones: Zones, at: int) -> bool:
    code = claim.purpose
    if code in _FREE:
        return True
    if code == _CALL:
        return call_consent(state, claim.debts, zones, at) is not None
    if code == _NOTICE:
        return not any(f.kind == Known.NOTICE_SENT and f.is_so(at) and f.debts & claim.debts for f in state.facts)
    if code == _PAID:
        return any(f.kind == Known.PAID and at - PAID_FOR <= f.since <= at for f in state.facts)
    return any(f.kind == _NEEDS[code] and f.is_so(at) and f.debts & claim.debts for f in state.facts)


def call_consent(state: ConsumerState, debts: int, zones: Zones, at: int) -> Fact | None:
    """A consent to be called that still holds: given to us, for all these debts, and not used up by a conversation."""
    for fact in state.facts:
        if fact.kind != Known.CALL_CONSENT or not fact.is_so(at) or fact.detail not in ("", "collector"):
            continue
        used = any(c.consented and c.at >= fact.since and c.outcome == Outcome.CONVERSATION for c in state.contacts)
        if not debts & ~fact.debts and not used and at < expired(zones, fact.since, CALL_DAYS):
            return fact
    return None
