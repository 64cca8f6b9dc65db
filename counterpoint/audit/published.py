"""What follows from facts alone, judged again too: addresses barred or free again, and late findings on contacts.

The log says when a fact was taken in only if something was published then. Where nothing was, and something should
have been whenever it was taken in, that is a difference. The topic of suppressions is compacted: what a later record
of the same address has replaced may be gone from it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import product

from msgspec import Struct

from chassis.codec import Codec
from chassis.failures import InvalidEvent
from chassis.routing import key_of
from chassis.runtime.partition import Incoming, Received
from chassis.service import Context
from contracts.events import ContactsReviewed, Event, SuppressionChanged
from contracts.ids import EventId
from contracts.topics import TOPIC_OF
from counterpoint.audit.difference import differing
from counterpoint.audit.gates import Gates
from counterpoint.audit.history import Tape
from counterpoint.audit.tally import Tally, is_same
from services.compliance.core.codes import instant
from services.compliance.core.state import ConsumerState
from services.compliance.service import Gate

SUPPRESSIONS = TOPIC_OF[SuppressionChanged]
REVIEW = "review"
UNKNOWN_ORDER = "what facts led to which came after the last verdict on their consumer: their order is not in the log"
UNKNOWN_PACK = (
    "what facts led to under a rule pack that is neither on disk nor in the log: give its folders with --rules"
)


class Step(Struct, frozen=True):
    """A fact, and what was remembered before it; `sure` if what follows from it is in the log, should anything."""

    before: ConsumerState
    fact: Received
    sure: bool


class Told(Struct, frozen=True):
    """An event that the gate published because of a fact, and where it stands."""

    where: str
    value: bytes
    event: Event


class Problem(Struct, frozen=True):
    """What is not as it should be; `missing` is what should be in the log and is not."""

    cause: EventId
    title: str
    lines: Sequence[str]
    missing: Event | None = None


class Published:
    """What one partition's facts led to."""

    def __init__(self, codec: Codec, gates: Gates, tally: Tally) -> None:
        self._codec = codec
        self._gates = gates
        self._tally = tally
        self._told: dict[EventId, dict[str, Told]] = {}
        self._missing: list[Problem] = []
        self._newest: dict[str, datetime] = {}
        self._compacted = False

    async def read(self, tape: Tape) -> None:
        """Learn of all suppressions."""
        offset = 0
        while batch := await tape.more():
            await self._codec.prepare([r.value for r in batch])
            for record in batch:
                self._compacted |= record.offset > offset
                offset = record.offset + 1
                self._suppression(record)

    def _suppression(self, record: Incoming) -> None:
        where = f"{record.topic}[{record.partition}] offset {record.offset}"
        try:
            event = self._codec.decode(record.value)
        except InvalidEvent as fault:
            self._tally.differs(f"{where}: cannot be read, {fault.reason}", ())
            return
        if isinstance(event, SuppressionChanged):
            self._newest[key_of(event)] = event.meta.occurred_at
            self.says(record, event)

    def says(self, record: Incoming, event: Event) -> None:
        """The gate said this, of which we shall see from which fact it followed."""
        where = f"{record.topic}[{record.partition}] offset {record.offset}"
        told = self._told.setdefault(event.meta.causation_id or event.meta.event_id, {})
        before = told.setdefault(_key(event), Told(where, record.value or b"", event))
        if before.value != record.value:
            self._tally.differs(f"{where}: repeats {before.where}, and not with the same bytes", ())

    def knows(self, event_id: EventId) -> bool:
        """Whether the gate said anything because of an event."""
        return event_id in self._told

    def follow(self, orders: Iterable[Sequence[Step]], until: datetime | None, *, complete: bool = True) -> None:
        """Judge facts that were taken in one after another, no later than an instant, in one of some orders.

        They are `complete` if there is no other order in which they may have come.
        """
        first: tuple[Sequence[Step], list[Problem]] | None = None
        for steps in orders:
            problems = [p for step in steps for p in self._judged(step, until)]
            if first is None or not problems:
                first = steps, problems
            if not problems:
                break
        if first is not None:
            self._take_in(*first, complete=complete)

    def _take_in(self, steps: Sequence[Step], problems: Sequence[Problem], *, complete: bool) -> None:
        wrong = {problem.cause for problem in problems}
        for cause in (step.fact.event.meta.event_id for step in steps):
            told = self._told.pop(cause, {})
            if cause not in wrong:
                self._tally.suppressions += sum(key != REVIEW for key in told)
                self._tally.reviews += REVIEW in told
        for problem in problems:
            if self._gates.lacking or not complete:
                self._tally.does_not_judge(UNKNOWN_ORDER if not complete else UNKNOWN_PACK)
            elif problem.missing is not None:
                self._missing.append(problem)  # it may stand further on
            else:
                self._tally.differs(problem.title, problem.lines)

    def settle(self) -> None:
        """When all facts are taken in: what is missing, and what came from nowhere."""
        for problem in self._missing:
            assert problem.missing is not None, "only such are kept"
            told = self._told.get(problem.cause, {}).pop(_key(problem.missing), None)
            if told is None:
                self._tally.differs(problem.title, problem.lines)
            elif is_same(self._codec, told.value, told.event, problem.missing) is None:
                self._tally.differs(told.where, differing(told.event, problem.missing))
        for told in (t for by_key in self._told.values() for t in by_key.values()):
            name, consumer_id = type(told.event).__name__, told.event.meta.consumer_id
            self._tally.differs(f"{told.where}: a {name} of {consumer_id} that no fact in the log leads to", ())

    # -- one fact --------------------------------------------------------------------------------------------------

    def _judged(self, step: Step, until: datetime | None) -> list[Problem]:
        """What is wrong, under the rule pack and at the instant at which the least is.

        What a fact led to, on however many channels, was said at one instant; if the log holds several, one is wrong.
        """
        best: list[Problem] | None = None
        for gate, now in product(self._gates.all(), self._instants(step)):
            found = list(self._problems(gate, step, now, until))
            if not found:
                return []
            if best is None or len(found) < len(best):
                best = found
        return best or []

    def _instants(self, step: Step) -> Iterable[datetime | None]:
        """When the fact was taken in, by what it led to; None if that is not in the log."""
        told = self._told.get(step.fact.event.meta.event_id, {})
        return dict.fromkeys(t.event.meta.occurred_at for key, t in told.items() if key != REVIEW) or (None,)

    def _problems(self, gate: Gate, step: Step, now: datetime | None, until: datetime | None) -> Iterator[Problem]:
        fact = step.fact
        cause = fact.event.meta.event_id
        told = self._told.get(cause, {})
        again = _again(gate, step, now or fact.when)
        for key, one in told.items():
            other = again.get(key)
            if other is None:
                yield Problem(cause, one.where, ["decided again: nothing, the fact changes nothing here"])
            elif is_same(self._codec, one.value, one.event, other) is None:
                yield Problem(cause, one.where, differing(one.event, other))
        for key in again.keys() - told.keys():
            if self._must_be_there(gate, step, key, (now or fact.when, now or until)):
                topic, partition, offset = fact.position.topic, fact.position.partition, fact.position.offset
                title = f"{topic}[{partition}] offset {offset}, of {fact.event.meta.consumer_id}"
                name = type(again[key]).__name__
                yield Problem(cause, f"{title}: the {name} that follows is not in the log", (), again[key])

    def _must_be_there(self, gate: Gate, step: Step, key: str, within: tuple[datetime, datetime | None]) -> bool:
        if not step.sure or (self._compacted and key in self._newest and self._newest[key] > within[0]):
            return False
        return all(key in _again(gate, step, at) for at in _turning_points(gate, step, *within))


def _key(event: Event) -> str:
    return key_of(event) if isinstance(event, SuppressionChanged) else REVIEW


def _again(gate: Gate, step: Step, now: datetime) -> Mapping[str, Event]:
    fact = step.fact
    outcomes = gate.decide(state=step.before, event=fact.event, context=Context(now, fact.position, fact.when, {}))
    return {_key(e): e for e in outcomes if isinstance(e, SuppressionChanged | ContactsReviewed)}


def _turning_points(gate: Gate, step: Step, since: datetime, until: datetime | None) -> Iterator[datetime]:
    """Instants within a span at which it may matter when exactly a fact was taken in; without an end, for ever."""
    fact = step.fact
    context = Context(fact.when, fact.position, fact.when, {})
    after = gate.evolve(state=step.before, event=fact.event, context=context)
    ends = [at for known in after.facts for at in (known.since, known.until)]
    ends += [said.since for said in after.opt_outs] + [said.since for said in after.opt_ins]
    yield from (at for at in map(instant, ends) if since < at and (until is None or at < until))
    if until is not None:
        yield until


def bars_alike(one: ConsumerState, other: ConsumerState) -> bool:
    """Whether, plainly, no address is barred in one of two states and not in the other."""
    return (
        one.facts is other.facts
        and one.opt_outs is other.opt_outs
        and one.opt_ins is other.opt_ins
        and one.addresses is other.addresses
        and one.places is other.places
        and one.traits is other.traits
        and one.debts is other.debts
        and one.zones is other.zones
    )
