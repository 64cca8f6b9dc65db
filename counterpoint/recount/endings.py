"""Has every approved text one end, and is it the one that the phone knows? Asked when all has come to rest."""

from collections import defaultdict
from collections.abc import Mapping

from counterpoint.recount.check import Check, Fault
from counterpoint.recount.evidence import Evidence, Text
from counterpoint.recount.log import Record

SOURCE = "design: nothing is lost"
SAME = {
    "sent": frozenset({"SENT"}),
    "delivered": frozenset({"DELIVERED", "READ"}),
    "undelivered": frozenset({"UNDELIVERED"}),
    "failed": frozenset({"FAILED"}),
    "canceled": frozenset({"CANCELED"}),
}
"""How a text ended, as the network says it, and by which words of ours."""


def endings(evidence: Evidence) -> Check:
    """What the network did with each text that was approved, and what the log says became of it."""
    approved = evidence.log.of("TextApproved")
    started = {_contact(r) for r in evidence.log.of("AttemptStarted")}
    rejected = {_contact(r): str(r.body["reason"]) for r in evidence.log.of("AttemptRejected")}
    told = _told(evidence)
    texts = {t.contact_id: t for t in evidence.texts}
    faults = []
    for contact_id in map(_contact, approved):
        why = (
            _wrong(texts.get(contact_id), rejected.get(contact_id), told.get(contact_id, frozenset()))
            if contact_id in started
            else "was approved, and its channel never tried"
        )
        if why is not None:
            faults.append(Fault(contact_id, why))
    return Check("each approved text has the end in the log that it had in the world", SOURCE, len(approved), faults)


def _wrong(text: Text | None, rejected: str | None, told: frozenset[str]) -> str | None:
    if text is None:
        return None if rejected is not None else "is with nobody, and the log does not say that it was not sent"
    if rejected is not None:
        return f"went out, and the log says that it did not: {rejected}"
    if not SAME.get(text.status, frozenset()) & told:
        return f"is {text.status}, and the log says {', '.join(sorted(told)) or 'nothing'}"
    return None


def _told(evidence: Evidence) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for r in evidence.log.of("AttemptStatusChanged"):
        found[_contact(r)].add(str(r.body["status"]))
    return {contact_id: frozenset(statuses) for contact_id, statuses in found.items()}


def _contact(record: Record) -> str:
    return str(record.body["contact_id"])
