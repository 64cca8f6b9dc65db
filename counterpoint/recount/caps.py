"""Were there too many contacts? Counted by the consumer's own dates, in every zone where the consumer may be."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from counterpoint.recount import law
from counterpoint.recount.check import Check, Fault
from counterpoint.recount.evidence import Consumers, Evidence
from counterpoint.recount.log import Record

HOUSE = "house policy under 12 CFR 1006.14(a)"


def texts_a_day(evidence: Evidence, consumers: Consumers) -> Check:
    """One text on one date."""
    dated = [(t.consumer_id, t.key, t.requested_at) for t in evidence.texts]
    name = f"at most {law.TEXTS_A_DAY} text to a consumer on one date"
    return Check(name, HOUSE, len(dated), _over(dated, consumers, law.TEXTS_A_DAY, 1))


def texts_a_week(evidence: Evidence, consumers: Consumers) -> Check:
    """Three texts in seven dates."""
    dated = [(t.consumer_id, t.key, t.requested_at) for t in evidence.texts]
    name = f"at most {law.TEXTS_A_WEEK} texts to a consumer in {law.WEEK} dates"
    return Check(name, HOUSE, len(dated), _over(dated, consumers, law.TEXTS_A_WEEK, law.WEEK))


def emails_a_week(evidence: Evidence, consumers: Consumers) -> Check:
    """Two e-mails in seven dates, beside those that the law or the consumer asks for."""
    purposes = evidence.purposes
    ours = [e for e in evidence.emails if e.consumer_id]
    asked = [e for e in ours if purposes.get(e.contact_id) not in law.EMAILS_UNCOUNTED]
    dated = [(e.consumer_id, e.key, e.requested_at) for e in asked]
    name = f"at most {law.EMAILS_A_WEEK} e-mails to a consumer in {law.WEEK} dates"
    return Check(name, HOUSE, len(dated), _over(dated, consumers, law.EMAILS_A_WEEK, law.WEEK))


def calls(evidence: Evidence, consumers: Consumers) -> Check:
    """Seven calls in seven dates about one debt."""
    debts = {r.body["contact_id"]: r.body["debt_ids"] for r in evidence.log.of("ContactRequested")}
    made = _calls_made(evidence)
    by_debt: dict[str, list[tuple[str, str, datetime]]] = defaultdict(list)
    for r in made:
        for debt_id in debts.get(r.body["contact_id"], ()):
            by_debt[debt_id].append((r.consumer_id, r.body["contact_id"], r.body["started_at"]))
    over = (_over(dated, consumers, law.CALLS, law.CALL_DAYS) for dated in by_debt.values())
    name = f"at most {law.CALLS} calls about one debt in {law.CALL_DAYS} dates"
    return Check(name, "12 CFR 1006.14(b)(2)(i)(A)", len(made), [fault for faults in over for fault in faults])


def calls_a_day(evidence: Evidence, consumers: Consumers) -> Check:
    """Two calls on one date, beside those that the consumer asked for and those to an attorney."""
    purposes = evidence.purposes
    free = {r.body["contact_id"] for r in evidence.log.of("ContactApproved") if r.body.get("consented")}
    free |= {r.body["contact_id"] for r in evidence.log.of("ContactRequested") if r.body.get("person") == "attorney"}
    free |= {contact for contact, purpose in purposes.items() if purpose in law.CALLS_UNCOUNTED}
    made = [r for r in _calls_made(evidence) if r.body["contact_id"] not in free]
    dated = [(r.consumer_id, r.body["contact_id"], r.body["started_at"]) for r in made]
    name = f"at most {law.CALLS_A_DAY} calls to a consumer on one date"
    return Check(name, HOUSE, len(dated), _over(dated, consumers, law.CALLS_A_DAY, 1))


def _calls_made(evidence: Evidence) -> list[Record]:
    """Calls that count: one that met a busy signal, or no number in service, is none."""
    log = evidence.log
    statuses = {r.body["attempt_id"] for r in log.of("AttemptStatusChanged") if r.body["status"] in law.NO_CALL}
    none = statuses | {r.body["attempt_id"] for r in log.of("AttemptRejected")}
    started = log.of("AttemptStarted")
    return [r for r in started if r.body["channel"] == "VOICE" and r.body["attempt_id"] not in none]


def _over(contacts: Iterable[tuple[str, str, datetime]], consumers: Consumers, most: int, days: int) -> list[Fault]:
    """Of contacts, as consumer, key and time, those before which there were already `most` in so many dates."""
    by_consumer: dict[str, dict[str, datetime]] = defaultdict(dict)
    for consumer_id, key, at in contacts:
        by_consumer[consumer_id][key] = at
    many = {consumer_id: dated for consumer_id, dated in by_consumer.items() if len(dated) > most}
    return [fault for who, dated in many.items() for fault in _one_too_many(dated, consumers, who, most, days)]


def _one_too_many(
    dated: Mapping[str, datetime], consumers: Consumers, consumer_id: str, most: int, days: int
) -> Iterable[Fault]:
    for zone in consumers.zones(consumer_id, max(dated.values())):
        on: list[tuple[date, str]] = sorted((at.astimezone(zone).date(), key) for key, at in dated.items())
        for n, (day, key) in enumerate(on):
            within = [earlier for earlier, _ in on[:n] if day - earlier < timedelta(days=days)]
            if len(within) >= most:
                yield Fault(key, f"is number {len(within) + 1} in {days} dates, in {zone.key}")


QUESTIONS: Sequence[Callable[[Evidence, Consumers], Check]] = (
    texts_a_day,
    texts_a_week,
    emails_a_week,
    calls,
    calls_a_day,
)
