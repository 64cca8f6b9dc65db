"""The send loop that every channel shares: at most one call that could reach the consumer, for each attempt.

A channel brings three things: `compose` (pure), a `Provider`, and its last look at who may not be contacted; and where
it has them, a `turn` to wait for, so that a sender goes only so fast, and `handed_over`, which hears what the provider
took on. The loop is two effects. `send` acts on AttemptStarted, which is in the log before it runs. It looks a last
time, calls the provider, and tries again only where the provider certainly has nothing. `check` acts on AttemptInDoubt:
it asks the provider, and never sends. A crash between the call and its outcome ends in `check` as well, by `repeat`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from msgspec import Struct

from chassis import metrics
from chassis.channel.core.decide import UNENDED
from chassis.channel.provider import (
    Absent,
    Accepted,
    Answer,
    InDoubt,
    LockedOut,
    Provider,
    Rejected,
    Unknowable,
    Unsent,
)
from chassis.channel.suppressions import Approved
from chassis.clock import Clock
from chassis.failures import Halted
from chassis.retry import Backoff
from chassis.service import Done
from contracts.events import (
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    Event,
    Meta,
    OptedOut,
    OptOutScope,
    ReasonClass,
)
from contracts.ids import EventId, derived_id

M = TypeVar("M")


class Limits(Struct, frozen=True):
    """`margin`: time kept between the last look and an approval's end. `begin_within`: no call begins so long after its
    attempt or later, since another worker may have the partition by then, and believe that it was not sent.
    `retry_for`: real seconds, from a batch's start, in which what was not sent is tried again. `first_check`,
    `checks`: pause before the first check of an attempt in doubt, and the check from which "not there" is believed.
    `in_flight`: most calls at a time."""

    margin: timedelta
    begin_within: timedelta
    retry_for: float
    first_check: timedelta
    checks: int
    in_flight: int


class Channel(Generic[M]):
    """The effects of one channel in one process."""

    def __init__(
        self,
        *,
        provider: Provider[M],
        compose: Callable[[Any, AttemptStarted], M | Rejected],
        refuses: Callable[[Approved], Rejected | None],
        clock: Clock,
        limits: Limits,
        turn: Callable[[AttemptStarted], Awaitable[None]] | None = None,
        handed_over: Callable[[AttemptStarted | AttemptInDoubt, str], None] | None = None,
    ) -> None:
        self._provider = provider
        self._compose = compose
        self._refuses = refuses
        self._clock = clock
        self._limits = limits
        self._turn = turn
        self._handed_over = handed_over
        self._in_flight = asyncio.Semaphore(limits.in_flight)
        self._unsent_in_a_row = 0
        self._locked_out: str | None = None

    async def send(self, done: Sequence[Done]) -> Sequence[Event]:
        """Act on AttemptStarted; raises Halted if the provider has locked us out."""
        deadline = asyncio.get_running_loop().time() + self._limits.retry_for
        return await self._all([self._send_one(d, deadline) for d in done])

    async def check(self, done: Sequence[Done]) -> Sequence[Event]:
        """Act on AttemptInDoubt that time brought about; raises Halted if the provider has locked us out."""
        doubts = [d.event for d in done if isinstance(d.event, AttemptInDoubt) and d.event.reason != UNENDED]
        return await self._all([self._ask(doubt, doubt.checks) for doubt in doubts if doubt.checks > 0])

    async def _all(self, work: Sequence[Coroutine[Any, Any, list[Event]]]) -> Sequence[Event]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(w) for w in work]
        if self._locked_out is not None:
            # What this batch sent is not lost: the batch comes again, with `repeat`, and the provider is asked.
            raise Halted(self._locked_out)
        return [event for task in tasks for event in task.result()]

    async def _send_one(self, done: Done, deadline: float) -> list[Event]:
        started: Any = done.event
        if done.repeat:
            return await self._ask(started, 0)
        message = self._compose(done.cause, started)
        if isinstance(message, Rejected):
            return self._told(started, message)
        return self._told(started, await self._until_answered(done.cause, started, message, deadline))

    async def _until_answered(self, approved: Any, started: AttemptStarted, message: M, deadline: float) -> Answer:
        backoff = Backoff(first=0.1, most=2.0)
        while True:
            if self._turn is not None:
                await self._turn(started)  # before the last look: what is not so any more after a wait is not sent
            async with self._in_flight:
                refused = self._last_look(approved, started, deadline)
                if refused is not None:
                    return refused
                time_left = approved.expires_at - self._clock.now() - self._limits.margin
                answer = await self._provider.send(message=message, attempt=started, time_left=time_left)
            if not isinstance(answer, Unsent):
                self._unsent_in_a_row = 0
                return answer
            self._unsent_in_a_row += 1
            pause = backoff.next(answer.retry_after)
            if asyncio.get_running_loop().time() + pause >= deadline:
                return Rejected(answer.reason, ReasonClass.TECHNICAL)
            metrics.SENDS.labels(started.channel.value.lower(), "tried_again").inc()
            await asyncio.sleep(pause)

    def _last_look(self, approved: Approved, started: AttemptStarted, deadline: float) -> Answer | None:
        if self._locked_out is not None:
            return LockedOut(self._locked_out)
        refused = self._refuses(approved)
        if refused is not None:
            return refused
        if self._clock.now() + self._limits.margin >= approved.expires_at:
            return Rejected("expired", ReasonClass.EXPIRED)
        if self._clock.now() - started.started_at >= self._limits.begin_within:
            return Rejected("waited-too-long", ReasonClass.NOT_SENT)
        if self._unsent_in_a_row >= self._limits.in_flight and asyncio.get_running_loop().time() >= deadline:
            return Rejected("provider-unreachable", ReasonClass.TECHNICAL)
        return None

    async def _ask(self, event: Any, checks: int) -> list[Event]:
        async with self._in_flight:
            finding = await self._provider.find(attempt=event)
        if isinstance(finding, Absent | Unknowable):
            if checks >= self._limits.checks:
                absent = isinstance(finding, Absent)
                return self._told(event, Rejected("not-sent", ReasonClass.NOT_SENT) if absent else Accepted(""))
            finding = InDoubt("worker-stopped")
        if isinstance(finding, InDoubt) and isinstance(event, AttemptInDoubt):
            return []  # it stays in doubt; time brings the next check about
        return self._told(event, finding)

    def _told(self, event: AttemptStarted | AttemptInDoubt, answer: Answer) -> list[Event]:
        """What the log is told of an answer."""
        now = self._clock.now()
        common = event.contact_id, event.attempt_id, event.channel, event.address_id, event.provider
        outcome: str
        told: list[Event]
        if isinstance(answer, Accepted):
            outcome = "accepted"
            if answer.provider_id and self._handed_over is not None:
                self._handed_over(event, answer.provider_id)
            known = *common[:-1], answer.provider or event.provider
            told = [AttemptAccepted(_meta(event, outcome, now), *known, answer.provider_id, now)]
        elif isinstance(answer, Rejected):
            outcome = answer.reason_class.value.lower()
            meta = _meta(event, "rejected", now)
            told = [AttemptRejected(meta, *common, answer.reason, answer.reason_class, answer.code, now)]
            if answer.reason_class is ReasonClass.OPTED_OUT and answer.code is not None:
                meta = _meta(event, "opted-out", now)
                told.append(OptedOut(meta, event.channel, OptOutScope.MEDIUM, event.address_id, "provider", now))
        elif isinstance(answer, LockedOut):
            self._locked_out, outcome, told = answer.reason, "locked_out", []
        else:
            outcome = "in_doubt"
            next_check_at = now + self._limits.first_check
            told = [AttemptInDoubt(_meta(event, outcome, now), *common, answer.reason, next_check_at, 0)]
        metrics.SENDS.labels(event.channel.value.lower(), outcome).inc()
        return told


def _meta(cause: AttemptStarted | AttemptInDoubt, name: str, now: datetime) -> Meta:
    m = cause.meta
    # Not the time of the answer but of the attempt: told twice, after a crash, the event has one id.
    event_id = EventId(derived_id(cause=m.event_id, name=name, at=m.occurred_at))
    return Meta(event_id, now, m.consumer_id, m.correlation_id, m.event_id, m.producer, m.producer_version)
