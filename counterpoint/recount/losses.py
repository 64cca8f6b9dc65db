"""Was anything lost? Every row, request, approval, callback, message and payment must have come to its end."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from counterpoint.recount.check import Check, Fault
from counterpoint.recount.evidence import Consumers, Evidence, Paid, Said, form, from_phones
from counterpoint.recount.log import Record
from counterpoint.recount.rows import rows

SOURCE = "design: nothing is lost"
OFTEN_SAID = frozenset({"delivered", "undelivered", "failed", "sent"})
"""How a text can end of which the provider calls us back."""
HANDED = ("TextApproved", "EmailApproved", "CallApproved", "LetterApproved", "PushApproved")
FOLLOWED = frozenset({"SMS", "EMAIL", "VOICE", "LETTER", "PUSH"})
"""Channels of which it is asked whether each approval came to its end, and what hands contacts to them."""
NOT_STORED = frozenset({"counterpoint.rule-packs.v1"})
"""Topics that hold no events of the kind that the read model keeps."""


def requests(evidence: Evidence, consumers: Consumers) -> Check:
    """One verdict for each request."""
    verdicts = Counter(_contact(r) for r in evidence.log.of("ContactApproved", "ContactDeferred", "ContactVetoed"))
    asked = _settled(evidence, evidence.log.of("ContactRequested"))
    faults = [Fault(_contact(r), f"has {verdicts[_contact(r)]} verdicts") for r in asked if verdicts[_contact(r)] != 1]
    return Check("each request has exactly one verdict", SOURCE, len(asked), faults)


def choices(evidence: Evidence, consumers: Consumers) -> Check:
    """A choice for each question which way to go on."""
    answered = {str(r.body["meta"]["causation_id"]) for r in evidence.log.of("ChoiceMade")}
    asked = {str(r.body["meta"]["event_id"]) for r in _settled(evidence, evidence.log.of("ChoiceAsked"))}
    faults = [Fault(event_id, "asked for a choice, and got none") for event_id in sorted(asked - answered)]
    return Check("each question of a strategy has its choice", SOURCE, len(asked), faults)


def approvals(evidence: Evidence, consumers: Consumers) -> Check:
    """From the verdict to the channel, and from there to an end that is known or explained."""
    log = evidence.log
    handed = {_contact(r) for r in log.of(*HANDED)}
    started = {_contact(r) for r in log.of("AttemptStarted")}
    ended = {_contact(r) for r in log.of("AttemptRejected")}
    ended |= {_contact(r) for r in log.of("AttemptStatusChanged") if r.body["terminal"]}
    doubted = {_contact(r) for r in log.of("AttemptInDoubt")} - ended
    silent = {t.contact_id for t in evidence.texts if t.status == "sent"} - ended
    # A mail server tells of no delivery, and one that broke off says nothing at all; letters take days. What the world
    # does know of an end is asked after by `outcomes`.
    silent |= {_contact(r) for r in log.of("AttemptAccepted") if r.body["channel"] != "SMS"} - ended
    verdicts = [r for r in _settled(evidence, log.of("ContactApproved")) if r.body["channel"] in FOLLOWED]
    faults = []
    for contact_id in map(_contact, verdicts):
        if contact_id not in handed:
            faults.append(Fault(contact_id, "was approved, and its channel was never told"))
        elif contact_id not in started:
            faults.append(Fault(contact_id, "was approved, and its channel never tried"))
        elif contact_id not in ended | doubted | silent:
            faults.append(Fault(contact_id, "was tried, and nobody knows what became of it"))
    remark = "; ".join(
        [f"{len(silent):,} are with a provider, which says no more yet"] * bool(silent)
        + [f"{len(doubted):,} are in doubt"] * bool(doubted)
    )
    return Check("each approval has an outcome", SOURCE, len(verdicts), faults, remark)


def callbacks(evidence: Evidence, consumers: Consumers) -> Check:
    """How each text ended, as the network knows it, is in the log."""
    told = {
        (fields.get("MessageSid"), fields.get("MessageStatus"))
        for fields in (form(r) for r in from_phones(evidence.log))
    }
    ended = [
        t
        for t in evidence.texts
        if t.status in OFTEN_SAID and max(t.requested_at, t.received_at or t.requested_at) <= evidence.settled
    ]
    faults = [
        Fault(t.message_sid, f"is {t.status}, and no callback says so")
        for t in ended
        if (t.message_sid, t.status) not in told
    ]
    return Check("each text's end was called back, and is in the log", SOURCE, len(ended), faults)


def outcomes(evidence: Evidence, consumers: Consumers) -> Check:
    """How each e-mail, letter and call ended, as the world knows it, is in the log; a mail server does not tell."""
    told = {_contact(r) for r in evidence.log.of("AttemptRejected")}
    told |= {_contact(r) for r in evidence.log.of("AttemptStatusChanged") if r.body["terminal"]}
    ended = [
        t
        for t in evidence.others
        if t.contact_id and max(t.requested_at, t.received_at or t.requested_at) <= evidence.settled
    ]
    faults = [Fault(t.key, f"is {t.status}, and the log knows no end") for t in ended if t.contact_id not in told]
    return Check("the end of each e-mail, letter and call is in the log", SOURCE, len(ended), faults)


def messages(evidence: Evidence, consumers: Consumers) -> Check:
    """What consumers say they wrote is in the log, for everybody at their number, and was understood as a reply."""
    heard: dict[str, set[str]] = defaultdict(set)
    for record in from_phones(evidence.log):
        if record.body["kind"] == "INBOUND":
            heard[form(record).get("MessageSid", "")].add(record.consumer_id)
    replies = {(r.body["provider_id"], r.consumer_id) for r in evidence.log.of("ReplyReceived")}
    said = [n for n in evidence.notes if isinstance(n, Said) and n.at <= evidence.settled]
    faults = []
    for note in said:
        known = {c for c, since in consumers.at_number.get(note.phone, {}).items() if since <= note.at}
        if known - heard[note.message_sid]:
            faults.append(Fault(note.message_sid, "was written by a consumer, and did not reach the log"))
    for sid, of in heard.items():
        unanswered = [c for c in of if (sid, c) not in replies]
        faults += [Fault(sid, "reached the log, and was never read as a reply") for _ in unanswered]
    return Check("each message of a consumer is in the log", SOURCE, len(said), faults)


def payments(evidence: Evidence, consumers: Consumers) -> Check:
    """What clients reported is in the log once."""
    settled = Counter(r.body["payment_id"] for r in evidence.log.of("PaymentSettled"))
    paid = [f"{n.client}:{n.payment_id}" for n in evidence.notes if isinstance(n, Paid)]
    faults = [Fault(p, f"is in the log {settled[p]} times") for p in paid if settled[p] != 1]
    return Check("each payment is in the log once", SOURCE, len(paid), faults)


def unreadable(evidence: Evidence, consumers: Consumers) -> Check:
    """What cannot be read was set aside; and all that was set aside is listed."""
    kept = {(d.topic, d.partition, d.offset) for d in evidence.log.dead}
    faults = [
        Fault(f"{u.topic}/{u.partition}/{u.offset}", f"is {u.reason}, and nobody set it aside")
        for u in evidence.log.unread
        if (u.topic, u.partition, u.offset) not in kept
    ]
    listed = Counter((d.topic, d.reason) for d in evidence.log.dead)
    remark = "; ".join(f"{n:,} of {topic}: {reason}" for (topic, reason), n in listed.most_common())
    name = f"what cannot be read was set aside ({len(evidence.log.dead):,} dead letters)"
    return Check(name, SOURCE, len(evidence.log.unread), faults, remark)


def read_model(evidence: Evidence, consumers: Consumers) -> Check:
    """As many rows as records, topic by topic."""
    counted = {t: n for t, n in evidence.log.records.items() if t not in NOT_STORED}
    if evidence.stored is None:
        return Check("the read model holds every record", SOURCE, 0, (), "the read model was not asked")
    set_aside = Counter(d.topic for d in evidence.log.dead)
    faults = [
        Fault(f"{topic}/{n}", "records of this topic, counted from the last, are not in the read model")
        for topic, records in counted.items()
        for n in range(_missing(records - set_aside[topic], evidence.stored.get(topic, 0)))
    ]
    return Check("the read model holds every record", SOURCE, sum(counted.values()), faults)


def _missing(records: int, stored: int) -> int:
    return max(0, records - stored)  # a compacted topic may have forgotten what the read model still knows


def _settled(evidence: Evidence, records: Iterable[Record]) -> list[Record]:
    return [r for r in records if r.written_at <= evidence.settled]


def _contact(record: Record) -> str:
    return str(record.body["contact_id"])


QUESTIONS: Sequence[Callable[[Evidence, Consumers], Check]] = (
    rows,
    requests,
    choices,
    approvals,
    callbacks,
    outcomes,
    messages,
    payments,
    unreadable,
    read_model,
)
