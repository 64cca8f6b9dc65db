"""Did anybody but the consumer hear of a debt on a call? Asked of every word that was said on it."""

from collections.abc import Callable, Sequence

from counterpoint.recount import law
from counterpoint.recount.check import Check, Fault
from counterpoint.recount.evidence import Consumers, Evidence

_ASIDE = ("# ", "> ")
"""How lines begin that nobody but our own person heard, or that were said to us."""


def disclosed(evidence: Evidence, consumers: Consumers) -> Check:
    """On calls on which nobody was recognised as the consumer: every word that whoever was there could hear."""
    told = evidence.log.of("AttemptStatusChanged")
    recognised = {r.body["contact_id"] for r in told if r.body["status"] == "CONVERSATION"}
    unknown = [c for c in evidence.calls if c.contact_id not in recognised]
    faults = []
    for call in unknown:
        heard = " ".join(line for line in call.body.lower().split("\n") if not line.startswith(_ASIDE))
        words = dict.fromkeys(law.TELLS.findall(heard))
        faults += [Fault(call.key, f"“{word}” was said to somebody unknown") for word in words]
    name = "nobody but the consumer heard of a debt on a call, nor a machine"
    return Check(name, "12 CFR 1006.6(d)(1), 1006.2(j); 15 USC 1692c(b)", len(unknown), faults)


QUESTIONS: Sequence[Callable[[Evidence, Consumers], Check]] = (disclosed,)
