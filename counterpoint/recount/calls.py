"""Was any call unlawful? Asked of every call that the network carried, and of every word that was said on it."""

from collections.abc import Callable, Sequence

from counterpoint.recount import law
from counterpoint.recount.check import Check, Fault
from counterpoint.recount.evidence import Consumers, Evidence, Text

_ASIDE = ("# ", "> ")
"""How lines begin that nobody but our own person heard, or that were said to us."""


def hours(evidence: Evidence, consumers: Consumers) -> Check:
    """From when the call was placed, since the phone may ring at once, in every plausible zone of its consumer."""
    faults = []
    for call in evidence.calls:
        zones = consumers.zones(call.consumer_id, call.requested_at)
        local = {zone.key: call.requested_at.astimezone(zone) for zone in zones}
        if outside := [
            f"{at:%H:%M} in {zone}" for zone, at in local.items() if not law.OPENS <= at.time() < law.CLOSES
        ]:
            faults.append(Fault(_key(call), f"was placed at {', '.join(outside)}"))
    name = "no call was placed outside 08:00 to 21:00 in any zone where its consumer may be"
    return Check(name, "12 CFR 1006.6(b)(1)(i)", len(evidence.calls), faults)


def approved(evidence: Evidence, consumers: Consumers) -> Check:
    """One approval for each call that names its contact, for this number, which had not run out when it was placed."""
    approvals = {r.body["contact_id"]: r for r in evidence.log.of("CallApproved")}
    faults = []
    for call in evidence.calls:
        approval = approvals.get(call.contact_id)
        if approval is None:
            faults.append(Fault(_key(call), "has no approval"))
        elif approval.consumer_id != call.consumer_id or approval.body["to"] != call.to:
            faults.append(Fault(_key(call), "went to another number or consumer than the approval names"))
        elif call.requested_at > approval.body["expires_at"]:
            faults.append(Fault(_key(call), "was placed after its approval had run out"))
    name = "each call has an approval, and came before that ran out"
    return Check(name, "design: no way around the gate", len(evidence.calls), faults)


def disclosed(evidence: Evidence, consumers: Consumers) -> Check:
    """On calls on which nobody was recognised as the consumer: every word that whoever was there could hear."""
    told = evidence.log.of("AttemptStatusChanged")
    recognised = {r.body["contact_id"] for r in told if r.body["status"] == "CONVERSATION"}
    unknown = [c for c in evidence.calls if c.contact_id not in recognised]
    faults = []
    for call in unknown:
        heard = " ".join(line for line in call.body.lower().split("\n") if not line.startswith(_ASIDE))
        faults += [Fault(_key(call), f"“{word}” was said to somebody unknown") for word in law.TELLS if word in heard]
    name = "nobody but the consumer heard of a debt on a call, nor a machine"
    return Check(name, "12 CFR 1006.6(d)(1), 1006.2(j); 15 USC 1692c(b)", len(unknown), faults)


def _key(call: Text) -> str:
    return call.contact_id or call.message_sid


QUESTIONS: Sequence[Callable[[Evidence, Consumers], Check]] = (hours, approved, disclosed)
