"""Goes through the decisions of one partition, each with all that it was made from.

The gate's own `evolve` rebuilds what was remembered; what came of a decision is taken from the log, so that one wrong
verdict does not make all later ones look wrong.
"""

from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum

from msgspec import Struct

from chassis.failures import InvalidEvent
from chassis.runtime.partition import Incoming, Received
from chassis.service import Context, Position
from contracts.events import (
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    ContactsReviewed,
    ContactVetoed,
    Event,
)
from contracts.ids import ConsumerId, ContactId
from contracts.topics import TOPIC_OF
from counterpoint.audit.gates import Gates, glimpse
from counterpoint.audit.history import History, Tape
from counterpoint.audit.inputs import SOURCES, Inputs, Unsound, Waiting, seen_by
from counterpoint.audit.published import Published, Step, bars_alike
from services.compliance.core.codes import REQUESTS
from services.compliance.core.decide import NAME, Verdict
from services.compliance.core.state import ConsumerState
from services.compliance.service import Gate

VERDICTS = TOPIC_OF[ContactApproved]
MOST_ORDERS = 100
"""So many orders are tried in which facts may have come of which no verdict tells."""


class Wrong(Enum):
    """What can be wrong with a log, beside a verdict that comes out differently."""

    UNREADABLE = "the record on the topic of verdicts is no verdict"
    NO_REQUEST = "a verdict on a request that is not in the log"
    OTHER_REQUEST = "a verdict that names another request than the one whose offset it gives"
    UNSOUND = "a verdict that says of itself what the log does not bear out"
    NO_VERDICT = "a request that the gate is done with has no verdict"
    SECOND_VERDICT = "a second verdict on one request, and not the same bytes"


class Fault(Struct, frozen=True):
    """Something wrong with the log, and where it stands."""

    wrong: Wrong
    position: Position
    contact_id: ContactId | None
    said: str = ""


class Decision(Struct, frozen=True):
    """A verdict as it stands in the log, and everything it was made from; `state` is that before it.

    `proven` is what was decided again, if that was done and gave the verdict in every byte.
    """

    position: Position
    value: bytes
    verdict: Verdict
    request: Received
    asked: ContactRequested
    state: ConsumerState
    context: Context
    proven: Sequence[Event] = ()


class Walk:
    """One way through a partition; with `only`, past the decisions on one consumer alone; with `until`, no further.

    `gate` is asked for its `evolve` and for whether it has judged a contact; neither depends on rules. With `prove`,
    what a verdict was made from is guessed and decided again, and only verdicts that come out otherwise are read.
    `published` hears of the facts that the gate has taken in, and of what it said beside verdicts.
    """

    def __init__(
        self,
        history: History,
        partition: int,
        gate: Gate,
        only: ConsumerId | None = None,
        until: datetime | None = None,
        prove: Gates | None = None,
        published: Published | None = None,
    ) -> None:
        self._history = history
        self._until = until
        self._gates = prove
        self._published = published
        self._steps: list[Step] = []
        self._partition = partition
        self._gate = gate
        self._only = None if only is None else only.encode()
        self._inputs = Inputs(history, partition, only)
        self._states: dict[ConsumerId, bytes] = {}
        self._answered: dict[int, int] = {}
        self._judged_to = 0
        self._done_before: dict[str, int | None] = {}
        self._seen: Mapping[str, int] = {}
        self._verdicts: Tape | None = None
        self.repeats = 0
        self.faults: list[Fault] = []

    async def begin(self, beside: Iterable[str] = ()) -> list[Tape]:
        """Say where the log ends for this walk; give back tapes of other topics, which hold what the verdicts led to.

        A gate may be at work meanwhile. Each topic is looked at after those that are written because of it, but the
        verdicts after what they led to: so nothing is missed of a request that the gate was done with before.
        """
        for topic in SOURCES:
            self._done_before[topic] = await self._history.committed(NAME, topic, self._partition)
        tapes = [await self._history.tape(topic, self._partition) for topic in beside]
        self._verdicts = await self._history.tape(VERDICTS, self._partition)
        await self._inputs.open()
        return tapes

    async def decisions(self) -> AsyncIterator[Decision]:
        """Every decision once, in the order of the log."""
        assert self._verdicts is not None, "begin comes first"
        while batch := await self._verdicts.more():
            if self._only is not None:
                batch = [r for r in batch if r.value is not None and self._only in r.value]
            await self._history.codec.prepare([r.value for r in batch])
            for record in batch:
                decision = await self._prove(record, self._gates) if self._gates is not None else None
                if decision is None:
                    decision = await self._read(record)
                if decision is not None:
                    yield decision
                    self._take_in(decision)
        await self._inputs.reach_end()
        if self._until is None:
            done = self._done_before[REQUESTS]
            self._settle(self._judged_to if done is None else done)

    def waiting(self) -> Iterator[Received]:
        """Requests that have no verdict yet."""
        for waiting in self._inputs.waiting.values():
            yield from waiting.requests

    def is_done_with(self, received: Received) -> bool:
        """Whether the gate had let go of what it read before this walk began: its outcomes are in the log."""
        topic, offset = received.position.topic, received.position.offset
        done = self._done_before[topic]
        return offset < (self._seen.get(topic, 0) if done is None else done)

    def state_now(self, consumer_id: ConsumerId) -> ConsumerState:
        """What the gate remembers of a consumer once it has read everything, up to where the walk goes."""
        state = self._state_of(consumer_id)
        facts = self._inputs.of(consumer_id).take_all()
        state = self._folded(state, [f for f in facts if not self._is_later(f.when)])
        self._states[consumer_id] = self._gate.encode(state=state)
        return state

    def _is_later(self, instant: datetime) -> bool:
        return self._until is not None and instant > self._until

    # -- one verdict -----------------------------------------------------------------------------------------------

    def _verdict(self, record: Incoming) -> Verdict | None:
        try:
            event = self._history.codec.decode(record.value)
        except InvalidEvent as fault:
            self._fault(Wrong.UNREADABLE, record, None, fault.reason)
            return None
        if isinstance(event, ContactApproved | ContactDeferred | ContactVetoed):
            return event
        if self._published is not None and isinstance(event, ContactsReviewed):
            self._published.says(record, event)
        if TOPIC_OF[type(event)] != VERDICTS:
            self._fault(Wrong.UNREADABLE, record, None, type(event).__name__)
        return None

    def _is_repeat(self, record: Incoming, verdict: Verdict) -> bool:
        first = self._answered.get(verdict.as_of.contact_requests)
        if first is None:
            return False
        self.repeats += 1
        if first != hash(record.value):
            self._fault(Wrong.SECOND_VERDICT, record, verdict)
        return True

    async def _prove(self, record: Incoming, gates: Gates) -> Decision | None:
        """The decision, if it comes out the same when it is made again; else none, and nothing has been taken in."""
        value = record.value or b""
        found = glimpse(value, gates.tail)
        if found is None:
            return None
        decided_at, as_of = found
        seen = seen_by(as_of)
        try:
            if not self._inputs.has_reached(seen):
                await self._inputs.reach(seen)
            consumer_id = ConsumerId((record.key or b"").decode())
            waiting = self._inputs.of(consumer_id)
            request = waiting.first_request(as_of.contact_requests - 1)
            facts = waiting.ready(seen, as_of.came)
        except (Unsound, UnicodeDecodeError):
            return None
        context = Context(decided_at, request.position, request.when, seen)
        state = self._folded(self._state_of(consumer_id), facts)
        outcomes = gates.latest.decide(state=state, event=request.event, context=context)
        if not outcomes or self._history.codec.encode(outcomes[0]) != value:
            return None
        waiting.take(facts)
        self._tell(decided_at)
        return self._decision(record, outcomes[0], request, state, context, outcomes)

    async def _read(self, record: Incoming) -> Decision | None:
        """The decision, as its verdict tells it, if it is a verdict and the log bears it out."""
        verdict = self._verdict(record)
        if verdict is None or self._is_later(verdict.decided_at) or self._is_repeat(record, verdict):
            return None
        seen, waiting = seen_by(verdict.as_of), self._inputs.of(verdict.meta.consumer_id)
        try:
            await self._inputs.reach(seen)
            facts = waiting.ready(seen, verdict.as_of.came)
        except Unsound as reason:
            self._fault(Wrong.UNSOUND, record, verdict, str(reason))
            self._give_up(verdict)
            return None
        request = self._request(record, verdict, waiting)
        if request is None:
            self._give_up(verdict)
            return None
        state = self._folded(self._state_of(verdict.meta.consumer_id), facts)
        waiting.take(facts)
        self._tell(verdict.decided_at)
        state = self._pass_over(state, waiting, request)
        context = Context(verdict.decided_at, request.position, request.when, seen)
        return self._decision(record, verdict, request, state, context)

    def _decision(
        self,
        record: Incoming,
        verdict: Event,
        request: Received,
        state: ConsumerState,
        context: Context,
        proven: Sequence[Event] = (),
    ) -> Decision:
        asked = request.event
        assert isinstance(verdict, ContactApproved | ContactDeferred | ContactVetoed), "nothing else answers a request"
        assert isinstance(asked, ContactRequested), "nothing else is among the requests"
        offset = request.position.offset + 1
        self._inputs.of(verdict.meta.consumer_id).requests.popleft()
        self._answered[offset] = hash(record.value)
        self._judged_to = max(self._judged_to, offset)
        self._seen = context.as_of
        position = Position(VERDICTS, self._partition, record.offset)
        return Decision(position, record.value or b"", verdict, request, asked, state, context, proven)

    def _request(self, record: Incoming, verdict: Verdict, waiting: Waiting) -> Received | None:
        """The request that it answers: the last of which it says that the gate had seen it."""
        offset = verdict.as_of.contact_requests - 1
        request = next((r for r in waiting.requests if r.position.offset == offset), None)
        if request is None:
            self._fault(Wrong.NO_REQUEST, record, verdict)
        elif request.event.meta.event_id != verdict.request_id:
            self._fault(Wrong.OTHER_REQUEST, record, verdict)
        return request

    def _give_up(self, verdict: Verdict) -> None:
        """Take in, as far as can be told, what cannot be decided again, so that later decisions can."""
        consumer_id, offset = verdict.meta.consumer_id, verdict.as_of.contact_requests - 1
        waiting = self._inputs.of(consumer_id)
        waiting.requests = deque(r for r in waiting.requests if r.position.offset != offset)
        state = self._state_of(consumer_id)
        facts = waiting.ready(seen_by(verdict.as_of), "")
        state = self._folded(state, facts)
        waiting.take(facts)
        self._tell(verdict.decided_at)
        here = Position(REQUESTS, self._partition, offset)
        context = Context(verdict.decided_at, here, verdict.decided_at, {})
        self._states[consumer_id] = self._gate.encode(
            state=self._gate.evolve(state=state, event=verdict, context=context)
        )

    def _take_in(self, decision: Decision) -> None:
        state = self._gate.evolve(state=decision.state, event=decision.request.event, context=decision.context)
        state = self._gate.evolve(state=state, event=decision.verdict, context=decision.context)
        self._states[decision.verdict.meta.consumer_id] = self._gate.encode(state=state)

    # -- what is remembered ----------------------------------------------------------------------------------------

    def _state_of(self, consumer_id: ConsumerId) -> ConsumerState:
        encoded = self._states.get(consumer_id)
        return self._gate.fresh(consumer_id=consumer_id) if encoded is None else self._gate.decode(encoded=encoded)

    def _folded(self, state: ConsumerState, facts: Iterable[Received]) -> ConsumerState:
        published, self._steps = self._published, []
        for fact in facts:
            after = self._gate.evolve(state=state, event=fact.event, context=_context(fact))
            if published is not None and (published.knows(fact.event.meta.event_id) or not bars_alike(state, after)):
                self._steps.append(Step(state, fact, self.is_done_with(fact)))
            state = after
        return state

    def _tell(self, until: datetime) -> None:
        """Let those facts be judged that were folded last, since the gate had taken them in by an instant."""
        if self._published is not None and self._steps:
            self._published.follow([self._steps], until)

    def _pass_over(self, state: ConsumerState, waiting: Waiting, request: Received) -> ConsumerState:
        """Requests before one that has a verdict: each must be of a contact that had been judged."""
        while waiting.requests[0] is not request:
            state = self._silent(state, waiting.requests.popleft())
        return state

    def _silent(self, state: ConsumerState, request: Received) -> ConsumerState:
        if self._gate.decide(state=state, event=request.event, context=_context(request)):
            contact_id = getattr(request.event, "contact_id", None)
            self.faults.append(Fault(Wrong.NO_VERDICT, request.position, contact_id))
        return self._folded(state, (request,))

    def _settle(self, done_before: int) -> None:
        """After the last verdict: requests that the gate is done with and left without an answer, and facts."""
        for consumer_id, waiting in self._inputs.waiting.items():
            if self._published is not None:
                self._tell_the_rest(self._published, consumer_id, waiting)
            if not waiting.requests or waiting.requests[0].position.offset >= done_before:
                continue
            state = self.state_now(consumer_id)
            while waiting.requests and waiting.requests[0].position.offset < done_before:
                state = self._silent(state, waiting.requests.popleft())
            self._states[consumer_id] = self._gate.encode(state=state)

    def _tell_the_rest(self, published: Published, consumer_id: ConsumerId, waiting: Waiting) -> None:
        """Let the facts after the last verdict be judged; in which order they came is told by what followed alone."""
        state = self._state_of(consumer_id)
        orders = waiting.orders(MOST_ORDERS)
        steps = []
        for order in orders:
            self._folded(state, order)
            steps.append(self._steps)
        published.follow(steps, None, complete=len(orders) < MOST_ORDERS)

    def _fault(self, wrong: Wrong, record: Incoming, verdict: Verdict | None, said: str = "") -> None:
        contact_id = None if verdict is None else verdict.contact_id
        position = Position(VERDICTS, self._partition, record.offset)
        self.faults.append(Fault(wrong, position, contact_id, said))


def _context(received: Received) -> Context:
    return Context(received.when, received.position, received.when, {})
