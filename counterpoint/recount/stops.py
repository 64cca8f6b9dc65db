"""Did stop mean stop? From what consumers said, by their own account and by our own reading, to what was sent after.

A stop said at one number bars every text to every consumer known there, at whatever number, and every text to that
number. It counts from when it reached us. A text whose attempt had begun by then may already be in the provider's
hands: it is counted apart, and only for as long as a call to a provider can take.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from counterpoint.recount import law
from counterpoint.recount.check import Check, Fault
from counterpoint.recount.evidence import Consumers, Evidence, Said, Text, form, from_phones
from counterpoint.recount.log import Record


class Stop(Struct, frozen=True):
    """Somebody said stop: when that reached us, at which number, and of which consumers; `ours` is our own reading."""

    at: datetime
    number: str
    consumers: frozenset[str]
    understood: bool


class Stops(Struct, frozen=True):
    """Every stop; when each number last took one back; and what was sent after stops, in real seconds after each."""

    stops: Sequence[Stop]
    check: Check
    crossed: Sequence[float]
    barred_after: Sequence[float]
    approved_after: Sequence[float]


def stops(evidence: Evidence, consumers: Consumers) -> Stops:
    """Find every stop, and what was approved or sent after it."""
    heard = [r for r in from_phones(evidence.log) if r.body["kind"] == "INBOUND"]
    said = list(_said(evidence, consumers, heard))
    started = {r.body["contact_id"]: r.body["started_at"] for r in evidence.log.of("AttemptStarted")}
    back = _taken_back(heard)
    faults: list[Fault] = []
    crossed: list[float] = []
    for text in evidence.texts:
        stop = _latest(said, back, text)
        if stop is None:
            continue
        after = evidence.real(text.requested_at - stop.at)
        if started.get(text.contact_id, text.requested_at) <= stop.at and after <= law.UNDER_WAY:
            crossed.append(after)
        else:
            when = f"{stop.at:%Y-%m-%d %H:%M:%S} UTC"
            faults.append(Fault(text.contact_id or text.message_sid, f"was sent after the stop of {when}"))
    unheard = sum(not s.understood for s in said)
    remark = "; ".join(
        [f"{len(crossed):,} were under way already and came after all"] * bool(crossed)
        + [f"{unheard:,} stops were not understood as such"] * bool(unheard)
    )
    name, source = f"no text after {len(said):,} stops", "12 CFR 1006.6(e), 1006.14(h); 47 CFR 64.1200(a)(10)"
    check = Check(name, source, len(evidence.texts), faults, remark)
    return Stops(said, check, crossed, _until_barred(evidence), _approved_after(evidence, said))


def _said(evidence: Evidence, consumers: Consumers, heard: Sequence[Record]) -> Iterable[Stop]:
    meant = {n.message_sid: n for n in evidence.notes if isinstance(n, Said) and n.meaning == "stop"}
    opted_out = {r.consumer_id: r.body["stated_at"] for r in evidence.log.of("OptedOut")}
    reached: dict[str, list[Record]] = defaultdict(list)
    for record in heard:
        reached[form(record).get("MessageSid", "")].append(record)
    covered: set[tuple[str, datetime]] = set()
    for sid, records in reached.items():
        fields = form(records[0])
        if sid in meant or fields.get("Body", "").strip().upper() in law.STOP_WORDS:
            at, number = min(r.body["received_at"] for r in records), fields.get("From", "")
            of = {c for c, since in consumers.at_number.get(number, {}).items() if since <= at}
            covered |= {(r.consumer_id, r.body["received_at"]) for r in records}  # said again as OptedOut
            of |= {r.consumer_id for r in records}
            yield Stop(at, number, frozenset(of), of <= opted_out.keys())
    for sid in meant.keys() - reached.keys():  # lost on the way: that is no excuse for writing again
        yield Stop(meant[sid].at, meant[sid].phone, frozenset(consumers.at_number.get(meant[sid].phone, {})), False)
    for record in evidence.log.of("OptedOut"):
        known = (record.consumer_id, record.body["stated_at"]) in covered
        if not known and (record.body["channel"] in ("SMS", "UNKNOWN") or record.body["scope"] == "EVERYTHING"):
            yield Stop(record.body["stated_at"], "", frozenset({record.consumer_id}), True)


def _taken_back(heard: Sequence[Record]) -> Mapping[str, Sequence[datetime]]:
    found: dict[str, list[datetime]] = defaultdict(list)
    for record in heard:
        fields = form(record)
        if fields.get("Body", "").strip().upper() in law.START_WORDS:
            found[fields.get("From", "")].append(record.body["received_at"])
    return found


def _latest(said: Sequence[Stop], back: Mapping[str, Sequence[datetime]], text: Text) -> Stop | None:
    """The first stop that stood when the text was handed over; None if there was none, or it was taken back."""
    before = [s for s in said if s.at < text.requested_at and (s.number == text.to or text.consumer_id in s.consumers)]
    since = max((at for at in back.get(text.to, ()) if at < text.requested_at), default=None)
    standing = [s for s in before if since is None or s.at >= since]
    return min(standing, key=lambda s: s.at, default=None)


def _until_barred(evidence: Evidence) -> list[float]:
    """From when a consumer's first stop reached us to when the log bars an address; not for who was barred before."""
    stated: dict[str, datetime] = {}
    for r in evidence.log.of("OptedOut"):
        stated[r.consumer_id] = min(r.body["stated_at"], stated.get(r.consumer_id, r.body["stated_at"]))
    barred: dict[str, datetime] = {}
    for r in evidence.log.of("SuppressionChanged"):
        if r.body["active"]:
            barred[r.consumer_id] = min(r.written_at, barred.get(r.consumer_id, r.written_at))
    return sorted(evidence.real(barred[c] - at) for c, at in stated.items() if c in barred and barred[c] >= at)


def _approved_after(evidence: Evidence, said: Sequence[Stop]) -> list[float]:
    """Approvals after a stop had reached us and before the gate had heard of it."""
    first: dict[str, datetime] = {}
    for stop in said:
        for consumer_id in stop.consumers:
            first[consumer_id] = min(stop.at, first.get(consumer_id, stop.at))
    late = [(r, first[r.consumer_id]) for r in evidence.log.of("TextApproved") if r.consumer_id in first]
    return sorted(evidence.real(r.at - at) for r, at in late if r.at > at)
