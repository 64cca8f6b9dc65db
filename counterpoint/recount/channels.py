"""Was any e-mail, letter, call or notification unlawful? Asked of each that a provider took on; of texts: lawful.py."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from counterpoint.recount import law
from counterpoint.recount.check import Check, Fault
from counterpoint.recount.evidence import Consumers, Evidence, Text
from counterpoint.recount.lawful import outside

APPROVALS = {"EMAIL": "EmailApproved", "VOICE": "CallApproved", "LETTER": "LetterApproved", "PUSH": "PushApproved"}


def hours(evidence: Evidence, consumers: Consumers) -> Check:
    """By when an e-mail or a notification was sent, and a call was placed and picked up; a letter has no hour."""
    judged = [t for t in evidence.others if t.channel != "LETTER"]
    faults = []
    for each in judged:
        moments = [each.requested_at, *([each.received_at] if each.channel == "VOICE" and each.received_at else [])]
        for at in moments:
            if named := outside(consumers, each.consumer_id, at):
                faults.append(Fault(each.key, f"was made at {at:%Y-%m-%d %H:%M:%S} UTC, {', '.join(named)}"))
    hours = "outside 08:00 to 21:00 in any zone where its consumer may be"
    name = f"no e-mail or notification sent and no call made {hours}"
    return Check(name, "12 CFR 1006.6(b)(1)(i); 15 USC 1692c(a)(1)", len(judged), faults)


def barred(evidence: Evidence, consumers: Consumers) -> Check:
    """By what clients had said when the provider was handed it."""
    faults = [
        Fault(each.key, f"the consumer is {name} ({law.BARRING_FLAGS[name]})")
        for each in evidence.others
        for name in consumers.barred(each.consumer_id, each.requested_at)
    ]
    name = "no e-mail, letter, call or notification to a consumer whom a restriction bars"
    return Check(name, "12 CFR 1006.6(b)(2), (c); 11 USC 362(a)(6)", len(evidence.others), faults)


def consent(evidence: Evidence, consumers: Consumers) -> Check:
    """By what clients had said of the address, what was learned since, and whether the consumer wrote by e-mail."""
    purposes = evidence.purposes
    wrote = defaultdict(list)
    for r in (*evidence.log.of("ReplyReceived"), *evidence.log.of("FactLearned")):
        if r.body.get("channel") == "EMAIL" or (r.body.get("fact") == "EMAIL_CONSENT" and r.body["holds"]):
            wrote[r.consumer_id].append(r.written_at)
    asked = [e for e in evidence.emails if purposes.get(e.contact_id, "OUTREACH") not in law.EMAIL_UNASKED]
    faults = [
        Fault(e.key, "was sent without consent to us")
        for e in asked
        if e.contact_id
        and not consumers.agreed_to_emails(e.consumer_id, e.to, e.requested_at)
        and not any(at <= e.requested_at for at in wrote[e.consumer_id])
    ]
    return Check("no e-mail to an address without consent to us", "12 CFR 1006.6(d)(4)", len(asked), faults)


def stopped(evidence: Evidence, consumers: Consumers) -> Check:
    """None after its consumer had said stop to its channel, or to everything, and had not taken it back."""
    said: dict[tuple[str, str], list[tuple[datetime, bool]]] = defaultdict(list)
    for record in evidence.log.of("OptedOut", "OptedIn"):
        everything = record.body.get("scope") == "EVERYTHING"
        for channel in APPROVALS if everything else (record.body["channel"],):
            said[record.consumer_id, channel].append((record.body["stated_at"], "scope" in record.body))
    started = {r.body["contact_id"]: r.body["started_at"] for r in evidence.log.of("AttemptStarted")}
    purposes, faults = evidence.purposes, []
    for each in evidence.others:
        before = sorted(word for word in said[each.consumer_id, each.channel] if word[0] < each.requested_at)
        required = each.channel == "LETTER" and purposes.get(each.contact_id) in law.REQUIRED_LETTERS
        if before and before[-1][1] and not required and not _under_way(evidence, each, before[-1][0], started):
            faults.append(Fault(each.key, f"was sent after the stop of {before[-1][0]:%Y-%m-%d %H:%M:%S} UTC"))
    stops = sum(out for (_, channel), words in said.items() if channel in APPROVALS for _, out in words)
    name = f"no e-mail, letter, call or notification after {stops:,} stops to its channel"
    return Check(name, "12 CFR 1006.6(e), 1006.14(h); 15 USC 7704(a)(4)", len(evidence.others), faults)


def _under_way(evidence: Evidence, each: Text, stopped_at: datetime, started: dict[str, datetime]) -> bool:
    """Whether it may have been in the provider's hands already."""
    after = evidence.real(each.requested_at - stopped_at)
    return started.get(each.contact_id, each.requested_at) <= stopped_at and after <= law.UNDER_WAY


def approved(evidence: Evidence, consumers: Consumers) -> Check:
    """One approval for each that names its contact, for this address, which had not run out."""
    approvals = {(c, r.body["contact_id"]): r for c, kind in APPROVALS.items() for r in evidence.log.of(kind)}
    named = [each for each in evidence.others if each.contact_id]
    faults = []
    for each in named:
        approval = approvals.get((each.channel, each.contact_id))
        if approval is None:
            faults.append(Fault(each.key, "has no approval"))
        elif approval.consumer_id != each.consumer_id:
            faults.append(Fault(each.key, "went to another consumer than the approval names"))
        elif each.channel != "LETTER" and approval.body["to"] != each.to:
            faults.append(Fault(each.key, "went to another address than the approval names"))
        elif each.requested_at > approval.body["expires_at"]:
            faults.append(Fault(each.key, "was sent after its approval had run out"))
    name = "each e-mail, letter, call and notification has an approval, and came before that ran out"
    return Check(name, "design: no way around the gate", len(named), faults)


QUESTIONS: Sequence[Callable[[Evidence, Consumers], Check]] = (hours, barred, consent, stopped, approved)
