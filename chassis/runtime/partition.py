"""One partition of one service: the shell around its handlers, the same on a broker and in memory."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol

from msgspec import Struct

from chassis import metrics
from chassis.clock import Clock
from chassis.codec import Codec
from chassis.dead_letters import DeadLetter, DeadLetterLimit
from chassis.failures import Halted, InvalidEvent
from chassis.routing import SAID, headers_of, key_of, partition_for, partitioning_key, said
from chassis.runtime.changelog import Output, Recovery
from chassis.runtime.consumers import Consumers, Touched
from chassis.runtime.effects import perform
from chassis.service import AnyService, Context, Done, Position
from contracts.events import Event
from contracts.topics import TOPIC_OF

AT_A_STRETCH = 50
"""So many events are decided before others are let go on: partitions that have heard from the broker, heartbeats."""


class Incoming(Protocol):
    """A record as the broker's client gives it; `timestamp` in milliseconds."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Log(Protocol):
    """The broker, as one partition of a service sees it."""

    async def append_changes(self, *, changes: Sequence[tuple[bytes, bytes]]) -> None:
        """Return when all are confirmed in the changelog, in order; raise ForeignWriter if somebody else wrote."""

    async def append(self, *, outputs: Sequence[Output]) -> None:
        """Return when all are confirmed in their topics."""

    async def set_aside(self, *, letters: Sequence[DeadLetter]) -> None:
        """Return when all are confirmed in the dead letters."""


class Received(Struct, frozen=True, gc=False):
    """An event that came in, with where it stood and when it was written, in milliseconds."""

    event: Event
    position: Position
    written_at: int

    @property
    def when(self) -> datetime:
        """When it was written."""
        return _instant(self.written_at)


@lru_cache(maxsize=4096)
def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def in_order(received: Sequence[Received], last: frozenset[type[Event]]) -> list[Received]:
    """Facts by (timestamp, topic, offset), then the events that are judged last, in the same order.

    Within a topic the offset rules: a timestamp that goes backwards there is lifted to the one before it.
    """
    offsets = [r.position.offset for r in received]
    if len({r.position.topic for r in received}) < 2 and offsets == sorted(offsets):
        late = [r for r in received if type(r.event) in last]
        return late if len(late) == len(received) else [r for r in received if type(r.event) not in last] + late
    highest: dict[str, int] = {}
    keyed = []
    for n, r in enumerate(received):
        time = max(r.written_at, highest.get(r.position.topic, 0))
        highest[r.position.topic] = time
        keyed.append((type(r.event) in last, time, r.position.topic, r.position.offset, n, r))
    keyed.sort()  # the number is never equal, so that events themselves are not compared
    return [r for *_, r in keyed]


class PartitionWorker:
    """Applies batches to one partition of a service, in the order that chassis/service.py promises.

    `step` is called when a step is done: decided, changelog, outputs, effects. Tests stop a worker there.
    """

    def __init__(
        self,
        *,
        service: AnyService,
        partition: int,
        partitions: int,
        codec: Codec,
        log: Log,
        clock: Clock,
        limit: DeadLetterLimit,
        step: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._service = service
        self._decider = service.decider
        self.consumers = Consumers(service.decider) if service.decider else None
        self._partition = partition
        self._partitions = partitions
        self._codec = codec
        self._log = log
        self._clock = clock
        self._limit = limit
        self._step = step
        self._busy = asyncio.Lock()
        self._whole = True
        self._own = {said(kind, service.name) for kind in service.others}
        self._seen: dict[str, int] = {}
        self._ahead: dict[str, int] = {}

    async def adopt(self, *, epoch: int, recovery: Recovery, seen: Mapping[str, int]) -> None:
        """Take over what was read back from the changelog, and the offsets from which the topics go on."""
        self._seen = dict(seen)
        if self.consumers is not None:
            await self._codec.prepare([o.value for outputs in recovery.pending.values() for o in outputs])
            repairs = self.consumers.adopt(epoch=epoch, recovery=recovery)
            codes = {self.consumers.code(topic): topic for topic in sorted({TOPIC_OF[k] for k in self._service.reads})}
            self._ahead = {codes[code]: offset for code, offset in recovery.ahead.items() if code in codes}
            if repairs:
                await self._log.append_changes(changes=repairs)
            metrics.RECOVERED.labels(self._service.name).inc(recovery.records)

    async def process(self, records: Sequence[Incoming]) -> None:
        """Handle one batch, of any topics of this partition; when it returns the batch may be committed.

        Once it has raised, what is in memory is ahead of the log: nothing more is handled.
        """
        async with self._at_work():
            await self._finish()
            received, letters = await self._read(records)
            if letters:
                await self._log.set_aside(letters=letters)
            await self._handle(in_order(received, self._service.judged_last))
            for topic, offset in {r.topic: r.offset for r in records}.items():
                self._seen[topic] = max(self._seen.get(topic, 0), offset + 1)
            if self._ahead:
                self._ahead = {topic: n for topic, n in self._ahead.items() if self._seen.get(topic, 0) < n}

    @asynccontextmanager
    async def _at_work(self) -> AsyncIterator[None]:
        async with self._busy:
            if not self._whole:
                raise Halted(f"partition {self._partition} of {self._service.name} broke; the worker stops")
            self._whole = False
            yield
            self._whole = True

    async def quiet(self) -> None:
        """Return when no batch is being handled."""
        async with self._busy:
            pass

    async def _read(self, records: Sequence[Incoming]) -> tuple[list[Received], list[DeadLetter]]:
        await self._codec.prepare([r.value for r in records])
        reads = self._service.reads
        received: list[Received] = []
        letters: list[DeadLetter] = []
        for r in records:
            if self._own and tuple(r.headers[SAID]) in self._own:
                continue
            try:
                event = self._decode(r)
            except InvalidEvent as fault:
                self._limit.unreadable(r.topic, fault.reason)
                letters.append(DeadLetter(r.topic, r.partition, r.offset, r.key, r.value, r.headers, fault.reason))
                metrics.DEAD_LETTERS.labels(self._service.name, r.topic).inc()
                continue
            self._limit.readable()
            if type(event) in reads:
                received.append(Received(event, Position(r.topic, r.partition, r.offset), r.timestamp))
        return received, letters

    def _decode(self, record: Incoming) -> Event:
        event = self._codec.decode(record.value)
        if TOPIC_OF[type(event)] != record.topic:
            raise InvalidEvent(f"a {type(event).__name__}, which does not belong on this topic")
        return event

    async def _handle(self, ordered: Sequence[Received]) -> None:
        touched: dict[bytes, Touched] = {}
        if self.consumers is None:
            done = [Done(r.event, r.event, r.position, False, r.when) for r in ordered]
        else:
            done = await self._decide(self.consumers, touched, ordered)
        for kind, count in Counter(type(r.event).__name__ for r in ordered).items():
            metrics.EVENTS_HANDLED.labels(self._service.name, kind).inc(count)
        self._step("decided")
        await self._settle(touched, done)

    async def _decide(
        self, consumers: Consumers, touched: dict[bytes, Touched], ordered: Sequence[Received]
    ) -> list[Done]:
        now = self._clock.now()
        acts_on = self._service.effects
        done: list[Done] = []
        repeated: list[Received] = []
        for n, r in enumerate(ordered):
            if n % AT_A_STRETCH == AT_A_STRETCH - 1:
                await asyncio.sleep(0)
            t = consumers.touch(touched, r.event.meta.consumer_id)
            topic, offset = r.position.topic, r.position.offset
            code = consumers.code(topic)
            if offset < t.applied.get(code, 0):
                repeated.append(r)
                continue
            self._seen[topic] = offset + 1
            context = Context(now, r.position, r.when, self._as_of(t), consumers.shared(touched))
            outcomes = self._fold(t, r.event, context)
            t.applied[code] = offset + 1
            if not r.event.meta.consumer_id:
                consumers.ring_again()
            if acts_on:
                heard = [e for e in (r.event, *outcomes) if type(e) in acts_on]
                done += [Done(e, r.event, r.position, False, context.written_at) for e in heard]
        if repeated:
            metrics.EVENTS_REPEATED.labels(self._service.name).inc(len(repeated))
        return self._done_again(touched, repeated) + done

    def _as_of(self, t: Touched) -> Mapping[str, int]:
        """What was seen of the topics; of a consumer whose batch a crash cut off that may be more than of others."""
        if not self._ahead or self.consumers is None:
            return self._seen
        applied = {topic: t.applied.get(self.consumers.code(topic), 0) for topic in self._ahead}
        return self._seen | {topic: n for topic, n in applied.items() if n > self._seen.get(topic, 0)}

    def _done_again(self, touched: dict[bytes, Touched], repeated: Sequence[Received]) -> list[Done]:
        """A crash cut a batch off: its outcomes go out again as they were, and its effects hear of it."""
        causes = {r.event.meta.event_id: r for r in repeated}
        again = [Done(r.event, r.event, r.position, True, r.when) for r in repeated]
        for output in (o for t in touched.values() for o in t.again):
            event = self._codec.decode(output.value)
            cause = causes.get(event.meta.causation_id) if event.meta.causation_id else None
            position = cause.position if cause else Position(output.topic, self._partition, -1)
            written_at = cause.when if cause else None
            again.append(Done(event, cause.event if cause else event, position, True, written_at))
        return again

    def _fold(self, t: Touched, event: Event, context: Context) -> Sequence[Event]:
        decider: Any = self._decider
        outcomes: Sequence[Event] = decider.decide(state=t.state, event=event, context=context)
        state = decider.evolve(state=t.state, event=event, context=context)
        for outcome in outcomes:
            state = decider.evolve(state=state, event=outcome, context=context)
            t.outputs.append(self._output(outcome))
        if state is not t.state or type(event) in self._service.effects:  # effects are told what was here before
            t.changed = True
        t.state = state
        return outcomes

    def _output(self, event: Event) -> Output:
        return Output(
            TOPIC_OF[type(event)],
            key_of(event).encode(),
            self._codec.encode(event),
            headers_of(event),
            partition_for(partitioning_key(event), self._partitions),
        )

    async def _settle(self, touched: dict[bytes, Touched], done: Sequence[Done], *, by_time: bool = False) -> None:
        """Confirm, then act on the world outside, until nothing follows any more."""
        await self._confirm(touched, by_time)
        while done and self._service.effects:
            results = await perform(self._service, done)
            self._step("effects")
            if not results:
                return
            touched, done = self._fold_results(results)
            await self._confirm(touched, by_time)

    async def _confirm(self, touched: dict[bytes, Touched], by_time: bool) -> None:
        if self.consumers is not None:
            changes = self.consumers.keep(touched, by_time=by_time)
            if changes:
                await self._log.append_changes(changes=changes)
            metrics.CONSUMERS_IN_STATE.labels(self._service.name, self._partition).set(len(self.consumers))
        self._step("changelog")
        outputs = [o for t in touched.values() for o in t.outputs]
        if outputs:
            await self._log.append(outputs=outputs)
            for topic, count in Counter(o.topic for o in outputs).items():
                metrics.EVENTS_PUBLISHED.labels(self._service.name, topic).inc(count)
        self._step("outputs")

    def _fold_results(self, results: Sequence[Event]) -> tuple[dict[bytes, Touched], list[Done]]:
        now = self._clock.now()
        touched: dict[bytes, Touched] = {}
        done: list[Done] = []
        for event in results:
            here = Position(TOPIC_OF[type(event)], self._partition, -1)
            t = self._touch(touched, event)
            t.outputs.append(self._output(event))
            outcomes: Sequence[Event] = ()
            if self.consumers is not None:
                shared = self.consumers.shared(touched)
                outcomes = self._fold(t, event, Context(now, here, now, self._as_of(t), shared))
            done += [Done(e, event, here, False) for e in (event, *outcomes) if type(e) in self._service.effects]
        return touched, self._done_again(touched, ()) + done

    def _touch(self, touched: dict[bytes, Touched], event: Event) -> Touched:
        if self.consumers is None:
            return touched.setdefault(b"", Touched(None, {}, []))
        return self.consumers.touch(touched, event.meta.consumer_id)

    def _alarm_rings(self, consumers: Consumers) -> bool:
        alarm = consumers.next_alarm()
        return alarm is not None and alarm <= self._clock.now()

    def overdue(self) -> float:
        """How late the latest timer is, in real seconds; 0 if none is."""
        since = self.consumers.overdue_since() if self.consumers else None
        return 0.0 if since is None else max(0.0, self._clock.real_seconds(self._clock.now() - since))

    async def wake(self) -> None:
        """Let time bring about what is due."""
        consumers = self.consumers
        if consumers is None or not (consumers.unfinished() or self._alarm_rings(consumers)):
            return
        async with self._at_work():
            await self._finish()
            now = self._clock.now()
            touched: dict[bytes, Touched] = {}
            sent: list[Output] = []
            done: list[Done] = []
            for consumer_id in consumers.due(now):
                decider: Any = self._decider
                for event in decider.wake(state=consumers.state_of(consumer_id), consumer_id=consumer_id, now=now):
                    if type(event) in self._service.reads:
                        sent.append(self._output(event))  # it comes back through its topic
                    else:
                        done.append(self._brought_about(touched, event, now))
            if sent:
                await self._log.append(outputs=sent)
            if touched:
                await self._settle(touched, self._done_again(touched, ()) + done, by_time=True)
                await self._log.append_changes(changes=[consumers.settled()])

    async def _finish(self) -> None:
        """Send again what time had brought about before a crash, unchanged, and let its effects hear of it."""
        consumers = self.consumers
        unfinished = consumers.unfinished() if consumers else ()
        if consumers is None or not unfinished:
            return
        touched: dict[bytes, Touched] = {}
        for consumer_id in unfinished:
            consumers.touch(touched, consumer_id)
        await self._settle(touched, self._done_again(touched, ()), by_time=True)
        await self._log.append_changes(changes=[consumers.settled()])

    def _brought_about(self, touched: dict[bytes, Touched], event: Event, now: datetime) -> Done:
        here = Position(TOPIC_OF[type(event)], self._partition, -1)
        t = self._touch(touched, event)
        decider: Any = self._decider
        shared = None if self.consumers is None else self.consumers.shared(touched)
        t.state = decider.evolve(state=t.state, event=event, context=Context(now, here, now, self._as_of(t), shared))
        t.outputs.append(self._output(event))
        t.changed = True
        return Done(event, event, here, False)
