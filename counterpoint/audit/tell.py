"""An explanation, or a budget, as a person reads it."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from chassis.service import Position
from contracts.events import CountedEvent, Finding
from contracts.ids import DebtId
from counterpoint.audit.budget import Budget, Cap
from counterpoint.audit.explain import Explanation, Where
from counterpoint.audit.inputs import seen_by
from counterpoint.audit.languages import Language, zone_of
from counterpoint.audit.openings import Opening

MARGIN = 21


def place(position: Position | CountedEvent) -> str:
    """Where in the log something stands."""
    return f"{_short(position.topic)}[{position.partition}]@{position.offset}"


def _short(topic: str) -> str:
    return topic.removeprefix("counterpoint.").removesuffix(".v1")


def _row(name: str, *values: str) -> Iterator[str]:
    for n, value in enumerate(values):
        yield f"  {name if n == 0 else '':{MARGIN}}{value}"


def explanation(e: Explanation, language: Language) -> Iterator[str]:
    """Line by line: the decision, why, every rule, what could be sent next, and what stands on record."""
    say, zone = language.say, zone_of(e.where.zones)
    yield f"{say('contact')} {e.contact_id}"
    yield from _row(say("consumer"), e.consumer_id)
    yield from _row(say("channel"), say("to", say(e.channel.value), e.address_id))
    yield from _row(say("purpose"), language.purpose(e.purpose.value))
    yield from _row(say("debts"), *e.debt_ids)
    until = "" if e.until is None else " " + say(f"{e.decision} until", language.time(e.until, zone))
    yield from _row(say("decision"), say(e.decision) + until)
    times = dict.fromkeys(language.time(e.decided_at, ZoneInfo(name)) for name in e.where.zones)
    yield from _row(say("decided"), *times)
    yield from _row(say("zones"), zones(e.where, language))
    yield from _why(e, language)
    yield from ("", say("rules", len(e.findings)))
    for finding in e.findings:
        yield from _finding(finding, e, language, zone)
    yield from ("", say("next", language.time(e.asked_at, zone)))
    for opening in e.openings:
        yield f"  {subject(opening, language)}: {when(opening, language, zone)}"
    yield from _record(e, language)


def zones(where: Where, language: Language) -> str:
    """Which zone's times are told, and where else the consumer may be."""
    first, *others = where.zones or ("UTC",)
    if not where.known:
        return language.say("of unknown", first)
    return language.say("of several", first, ", ".join(others)) if others else language.say("of zone", first)


def _why(e: Explanation, language: Language) -> Iterator[str]:
    deciding = next((f for f in e.findings if f.rule_id == e.deciding_rule), None)
    if deciding is None and e.decision != "approved":
        return
    yield from ("", language.say("why"))
    if deciding is None:
        yield f"  {language.say('none refuses', len(e.findings))}"
        return
    yield f"  {_named(deciding, e)}"
    yield f"  {deciding.citation}"
    yield f"  {language.reason(deciding.reason)}"
    if e.held_later:
        yield f"  {language.say('held later', ', '.join(e.held_later))}"


def _named(finding: Finding, e: Explanation) -> str:
    title = e.titles.get(finding.rule_id, "")
    return f"{finding.rule_id}: {title}" if title else finding.rule_id


def _finding(finding: Finding, e: Explanation, language: Language, zone: ZoneInfo) -> Iterator[str]:
    yield from _row(language.say(finding.result.value), _named(finding, e), finding.citation)
    yield from _row("", language.reason(finding.reason))
    if finding.earliest_at is not None:
        yield from _row("", language.say("earliest", language.time(finding.earliest_at, zone)))
    for counted in finding.counted:
        yield from _row("", language.say("counted", place(counted), language.time(counted.occurred_at, zone)))
    if finding.condition:
        yield from _row("", language.say("condition", language.condition(finding.condition)))


def subject(opening: Opening, language: Language) -> str:
    """What might be sent."""
    channel = language.say(opening.channel.value)
    return channel if opening.address_id is None else language.say("to", channel, opening.address_id)


def when(opening: Opening, language: Language, zone: ZoneInfo) -> str:
    """When it may be."""
    if opening.answer == "now" and opening.until is not None:
        return language.say("now until", language.time(opening.until, zone))
    if opening.at is not None:
        return language.say("later", language.time(opening.at, zone), opening.rule)
    return language.say(opening.answer, opening.rule, language.reason(opening.reason))


def _record(e: Explanation, language: Language) -> Iterator[str]:
    say = language.say
    yield from ("", say("record"))
    yield from _row(say("verdict"), say("on request", place(e.verdict_at), place(e.request_at)))
    yield from _row(say("rule pack"), e.rule_pack)
    yield from _row(say("tzdata"), e.tzdata)
    yield from _row(say("had read"), *(say("read", _short(t), n) for t, n in seen_by(e.as_of).items()))
    yield from _row(say("again"), say(e.again) if e.again in ("same", "differs") else say("cannot", e.again))


def budget(b: Budget, language: Language) -> Iterator[str]:
    """Line by line: what may be sent and when, and every cap with what has used it."""
    say, zone = language.say, zone_of(b.where.zones)
    yield f"{say('budget')} {b.consumer_id}"
    yield from _row(say("as of"), language.time(b.asked_at, zone))
    yield from _row(say("zones"), zones(b.where, language))
    yield from ("", say("may be sent"))
    for opening in b.openings:
        yield f"  {subject(opening, language)}{_about(opening.debt_ids, language)}: {when(opening, language, zone)}"
    yield from ("", say("caps"))
    for cap in b.caps:
        yield from _cap(cap, language, zone)
    yield from ("", say("record"))
    yield from _row(say("rule pack"), b.rule_pack)
    yield from _row(say("tzdata"), b.tzdata)


def _about(debt_ids: tuple[DebtId, ...], language: Language) -> str:
    return f", {language.say('about', ', '.join(debt_ids))}" if debt_ids else ""


def _cap(cap: Cap, language: Language, zone: ZoneInfo) -> Iterator[str]:
    used = language.say("used", min(len(cap.uses), cap.most), cap.most)
    yield f"  {cap.rule}: {language.say(cap.channel.value)}{_about(cap.debt_ids, language)}: {used}"
    yield f"      {cap.title} ({cap.citation})"
    for use in cap.uses:
        counted = language.say("counted", place(use.event), language.time(use.event.occurred_at, zone))
        yield f"      {counted}; {language.say('frees', language.time(use.frees_at, zone))}"
