"""Where a consumer is in a strategy, as the orchestrator remembers it; nothing personal is told."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from aiokafka.errors import TopicAuthorizationFailedError
from msgspec import Struct

from chassis.failures import Halted
from chassis.routing import partition_for
from chassis.runtime.changelog import Recovery, decode_entry
from contracts.ids import ConsumerId
from contracts.topic import changelog
from counterpoint.audit.history import History, whole
from counterpoint.plain_words import clock_time
from services.orchestrator.core import book
from services.orchestrator.core.choice import lessons
from services.orchestrator.core.codes import Progress, Reason, Timer, Verdict, instant, word
from services.orchestrator.core.hours import is_zone
from services.orchestrator.core.state import NOWHERE, Consumer, Contact, Place, decode
from services.orchestrator.core.turn import NAME

TIMERS = {
    Timer.STEP: "the time of the step",
    Timer.RETRY: "another try",
    Timer.SILENCE: "the end of patience with the answer",
    Timer.REVIEW: "the end of the wait for a person's release",
    Timer.PAUSE: "the end of the longest pause",
    Timer.ARRANGEMENT: "the last day of an instalment",
}


class Asked(Struct, frozen=True):
    """A contact of the conversation, by the step that asked for it, and how far it has come."""

    at: datetime
    step: str
    verdict: str
    progress: str


class Whereabouts(Struct, frozen=True):
    """Where a consumer is; `end` is running while the conversation goes on, and not-entered where none ever began.

    `next_at` and `next_is` tell of the timer that is set. `zone` is the first of the plausible ones.
    """

    consumer_id: ConsumerId
    zone: str
    strategy: str
    end: str
    since: datetime | None
    step: str
    waits_for_contact: bool
    next_at: datetime | None
    next_is: str
    open_accounts: int
    arms: dict[str, str]
    contacts: tuple[Asked, ...]
    segments: tuple[str, ...] = ()


async def _entries(history: History, partition: int) -> dict[bytes, bytes]:
    topic = changelog(NAME)
    recovery = Recovery({})
    try:
        async for batch in whole(history, topic, partition):
            recovery.apply(f"{topic}[{partition}]", ((r.offset, r.key or b"", r.value) for r in batch))
    except TopicAuthorizationFailedError as error:
        raise Halted(
            f"only the {NAME} may read {topic}: give its name and password in COUNTERPOINT_KAFKA_USERNAME and "
            "COUNTERPOINT_KAFKA_PASSWORD"
        ) from error
    return recovery.entries


async def all_remembered(history: History, partition: int) -> Iterator[tuple[ConsumerId, Consumer]]:
    """Everybody of a partition, as the orchestrator remembers them; raises Halted if nobody may read that."""
    states = ((key.decode(), decode_entry(entry).state) for key, entry in (await _entries(history, partition)).items())
    return (
        (ConsumerId(key), decode(state))
        for key, state in states
        if not book.is_one(state) and not lessons.is_one(state)
    )


async def remembered(history: History, consumer_id: ConsumerId) -> Consumer:
    """What the orchestrator remembers of a consumer, from its changelog; raises Halted if that is nothing."""
    entries = await _entries(history, partition_for(consumer_id, history.partitions))
    entry = entries.get(consumer_id.encode())
    if entry is None:
        raise Halted(
            f"the orchestrator remembers no consumer {consumer_id}: give an id as reports print it, "
            "or wait until it has read the placement"
        )
    return decode(decode_entry(entry).state)


def whereabouts(consumer_id: ConsumerId, state: Consumer, steps: dict[str, list[str]]) -> Whereabouts:
    """Where a consumer is; `steps` are the names of each strategy's steps, in order."""
    place = state.place
    names = [] if place is None else steps.get(place.strategy, [])
    timer = min(state.due(), key=lambda t: t.due, default=None)
    return Whereabouts(
        consumer_id,
        next((zone for zone in state.zones if is_zone(zone)), ""),
        "" if place is None else place.strategy,
        _end(place),
        None if place is None else instant(place.entered),
        "" if place is None else _name(names, place.step),
        place is not None and place.contact != 0,
        None if timer is None else instant(timer.due),
        "" if timer is None else TIMERS[Timer(timer.kind)],
        len(state.open_accounts()),
        {} if place is None else {a.experiment: f"{a.name}, {a.propensity / 10_000:g} %" for a in place.arms},
        () if place is None else tuple(_asked(c, names) for c in _contacts(state, place)),
        state.segments,
    )


def _end(place: Place | None) -> str:
    if place is None:
        return "not-entered"
    return "paused" if place.paused else word(Reason(place.reason))


def _contacts(state: Consumer, place: Place) -> list[Contact]:
    return state.contacts_since(place.entered)


def _asked(contact: Contact, names: list[str]) -> Asked:
    verdict, progress = word(Verdict(contact.verdict)), word(Progress(contact.progress))
    if contact.withdrawn:
        verdict += f", withdrawn: {word(Reason(contact.withdrawn))}"
    return Asked(instant(contact.at), _name(names, contact.step), verdict, progress)


def _name(names: list[str], step: int) -> str:
    """A step's name, or its number where the strategy is not at hand."""
    if step == NOWHERE:
        return "a step of an earlier version"
    return names[step] if step < len(names) else f"step {step + 1}"


def tell(found: Whereabouts, plans: dict[str, dict[str, str]]) -> list[str]:
    """The same in words; `plans` say what each step of each strategy does."""
    zone = ZoneInfo(found.zone or "UTC")

    def told(at: datetime | None) -> str:
        return "" if at is None else clock_time(at.astimezone(zone))

    where = found.zone or "UTC: nobody knows the consumer's zone"
    lines = [f"{found.consumer_id}, {found.open_accounts} open accounts; times are of {where}"]
    lines.append(f"segments: {', '.join(found.segments) or 'none'}")
    if found.end == "not-entered":
        return [*lines, "no conversation has begun"]
    lines.append(f"{found.strategy} since {told(found.since)}")
    does = plans.get(found.strategy, {}).get(
        f"step {found.step}", "its strategy is not here: say where with --strategies"
    )
    if found.end in ("running", "paused"):
        lines += ["paused until a dispute is answered"] if found.end == "paused" else []
        lines.append(f"at {found.step}: {does}")
        if found.waits_for_contact:
            lines.append("waits to hear what becomes of the contact that it asked for")
        lines.append(
            f"next: {told(found.next_at)}, {found.next_is}" if found.next_at else "next: nothing; no timer is set"
        )
    else:
        lines.append(f"ended as {found.end}, at {found.step}: {does}")
    lines += [f"in the experiment {experiment}: {arm}" for experiment, arm in found.arms.items()]
    for contact in found.contacts:
        lines.append(f"  {told(contact.at)}  {contact.step}: verdict {contact.verdict}, attempt {contact.progress}")
    return lines
