"""Was any e-mail unlawful? Asked of every e-mail that a provider took on."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from counterpoint.recount import law
from counterpoint.recount.check import Check, Fault
from counterpoint.recount.evidence import Consumers, Evidence, Text


def stopped(evidence: Evidence, consumers: Consumers) -> Check:
    """No e-mail after its consumer had said stop to e-mail, or to everything, and had not taken it back."""
    said: dict[str, list[tuple[datetime, bool]]] = defaultdict(list)
    for record in evidence.log.of("OptedOut", "OptedIn"):
        if record.body["channel"] == "EMAIL" or record.body.get("scope") == "EVERYTHING":
            said[record.consumer_id].append((record.body["stated_at"], "scope" in record.body))
    started = {r.body["contact_id"]: r.body["started_at"] for r in evidence.log.of("AttemptStarted")}
    faults = []
    for email in evidence.emails:
        before = sorted(word for word in said[email.consumer_id] if word[0] < email.requested_at)
        if before and before[-1][1] and not _under_way(evidence, email, before[-1][0], started):
            faults.append(Fault(email.contact_id, f"was sent after the stop of {before[-1][0]:%Y-%m-%d %H:%M:%S} UTC"))
    name = f"no e-mail after {sum(out for words in said.values() for _, out in words):,} stops"
    return Check(name, "12 CFR 1006.6(e); 15 USC 7704(a)(4)", len(evidence.emails), faults)


def _under_way(evidence: Evidence, email: Text, stopped_at: datetime, started: dict[str, datetime]) -> bool:
    """Whether it may have been in the provider's hands already."""
    after = evidence.real(email.requested_at - stopped_at)
    return started.get(email.contact_id, email.requested_at) <= stopped_at and after <= law.UNDER_WAY


def approved(evidence: Evidence, consumers: Consumers) -> Check:
    """One approval for each e-mail that names its contact, for this address, which had not run out."""
    approvals = {r.body["contact_id"]: r for r in evidence.log.of("EmailApproved")}
    named = [e for e in evidence.emails if e.contact_id]
    faults = []
    for email in named:
        approval = approvals.get(email.contact_id)
        if approval is None:
            faults.append(Fault(email.contact_id, "has no approval"))
        elif approval.consumer_id != email.consumer_id or approval.body["to"] != email.to:
            faults.append(Fault(email.contact_id, "went to another address or consumer than the approval names"))
        elif email.requested_at > approval.body["expires_at"]:
            faults.append(Fault(email.contact_id, "was sent after its approval had run out"))
    return Check(
        "each e-mail has an approval, and came before that ran out",
        "design: no way around the gate",
        len(named),
        faults,
    )


QUESTIONS: Sequence[Callable[[Evidence, Consumers], Check]] = (stopped, approved)
