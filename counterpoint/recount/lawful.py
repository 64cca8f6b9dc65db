"""Was any text unlawful? Asked of every message that the network carried, one question at a time."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from counterpoint.recount import law
from counterpoint.recount.check import Check, Fault
from counterpoint.recount.evidence import Consumers, Evidence, form, from_phones

HOURS = "no phone got a text outside 08:00 to 21:00 in any zone where its consumer may be"


def hours(evidence: Evidence, consumers: Consumers) -> Check:
    """By when the phone got it, in every plausible zone of the consumer that it was for.

    Somebody else at the same number may live elsewhere: no law counts that, and it is remarked.
    """
    got = [(t, t.received_at) for t in evidence.texts if t.received_at is not None]
    faults, others = [], 0
    for text, at in got:
        if named := outside(consumers, text.consumer_id, at):
            faults.append(Fault(text.key, f"was received at {at:%Y-%m-%d %H:%M:%S} UTC, {', '.join(named)}"))
        sharing = [c for c, since in consumers.at_number.get(text.to, {}).items() if since <= at]
        others += any(outside(consumers, c, at) for c in sharing if c != text.consumer_id)
    remark = f"{others:,} came to a number shared with somebody for whom it was too early or late" if others else ""
    return Check(HOURS, "12 CFR 1006.6(b)(1)(i); 15 USC 1692c(a)(1)", len(got), faults, remark)


def outside(consumers: Consumers, consumer_id: str, at: datetime) -> list[str]:
    """Where the consumer may be and it was no hour for a contact, with the time there."""
    local = {zone.key: at.astimezone(zone) for zone in consumers.zones(consumer_id, at)}
    return [f"{t:%H:%M} in {zone}" for zone, t in local.items() if not law.OPENS <= t.time() < law.CLOSES]


def barred(evidence: Evidence, consumers: Consumers) -> Check:
    """By what clients had said when the provider was handed the text."""
    faults: list[Fault] = []
    for text in evidence.texts:
        said = consumers.barred(text.consumer_id, text.requested_at)
        faults += [Fault(text.key, f"the consumer is {name} ({law.BARRING_FLAGS[name]})") for name in said]
    name = "no text to a consumer who is bankrupt, represented, deceased, a minor, or asked us to cease"
    return Check(name, "12 CFR 1006.6(b)(2), (c); 11 USC 362(a)(6)", len(evidence.texts), faults)


def consent(evidence: Evidence, consumers: Consumers) -> Check:
    """By what clients had said of consent to texts at that number."""
    faults = [
        Fault(t.key, "consent to texts to this number was refused")
        for t in evidence.texts
        if consumers.refused(t.consumer_id, t.to, t.requested_at)
    ]
    name = "no text to a number for which consent was refused"
    return Check(name, "47 USC 227(b)(1)(A)(iii)", len(evidence.texts), faults)


def consent_to_us(evidence: Evidence, consumers: Consumers) -> Check:
    """By consents and checks that we had been told of, by their dates, and by what came from the number itself."""
    wrote: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for record in from_phones(evidence.log):
        if record.body["kind"] == "INBOUND":
            wrote[record.consumer_id, form(record).get("From", "")].append(record.body["received_at"])
    faults = []
    for text in evidence.texts:
        for zone in consumers.zones(text.consumer_id, text.requested_at):
            newest = max(consumers.consents(text, wrote[text.consumer_id, text.to], zone), default=None)
            today = text.requested_at.astimezone(zone).date()
            if newest is None or today - newest > timedelta(days=law.CONSENT_DAYS):
                since = "none is on record" if newest is None else f"the newest is of {newest}, in {zone.key}"
                faults.append(Fault(text.key, f"was sent without fresh consent to us: {since}"))
                break
    name = f"no text to a number without consent to us, or what renews it, in the {law.CONSENT_DAYS} dates before"
    return Check(name, "12 CFR 1006.6(d)(3), (5)", len(evidence.texts), faults)


def approved(evidence: Evidence, consumers: Consumers) -> Check:
    """One approval for each text, for this number and consumer, which had not run out when the phone got it."""
    approvals = defaultdict(list)
    for record in evidence.log.of("TextApproved"):
        approvals[record.body["contact_id"]].append(record)
    faults = []
    for text in evidence.texts:
        found = approvals.get(text.contact_id, [])
        if len(found) != 1:
            faults.append(Fault(text.key, f"has {len(found)} approvals"))
            continue
        (approval,) = found
        if approval.consumer_id != text.consumer_id or approval.body["to"] != text.to:
            faults.append(Fault(text.key, "went to another number or consumer than the approval names"))
        if max(text.requested_at, text.received_at or text.requested_at) > approval.body["expires_at"]:
            faults.append(Fault(text.key, f"its approval ran out at {approval.body['expires_at']:%Y-%m-%d %H:%M:%S}"))
    name = "each text has exactly one approval, and came before that ran out"
    return Check(name, "design: no way around the gate", len(evidence.texts), faults)


def judged(evidence: Evidence, consumers: Consumers) -> Check:
    """Before each approval a verdict of the same contact, in which no rule refused."""
    verdicts = {r.body["contact_id"]: r for r in evidence.log.of("ContactApproved")}
    approvals = evidence.log.of("TextApproved", "EmailApproved", "CallApproved", "LetterApproved", "PushApproved")
    faults = []
    for approval in approvals:
        contact_id = approval.body["contact_id"]
        verdict = verdicts.get(contact_id)
        if verdict is None or verdict.body["decided_at"] > approval.at:
            faults.append(Fault(contact_id, "was approved for sending before any verdict, or without one"))
            continue
        refusing = [f["rule_id"] for f in verdict.body["findings"] if f["result"] not in ("ALLOWED", "NOT_APPLICABLE")]
        if refusing or not (verdict.body["findings"] or verdict.body["standard_findings"]):
            faults.append(
                Fault(contact_id, f"was approved though refused by {', '.join(refusing) or 'no rule at all'}")
            )
    name = "each approval follows a verdict in which every rule allowed it"
    return Check(name, "design: no way around the gate", len(approvals), faults)


QUESTIONS: Sequence[Callable[[Evidence, Consumers], Check]] = (
    hours,
    barred,
    consent,
    consent_to_us,
    approved,
    judged,
)
"""All of them but what consumers said, which is in stops.py."""
