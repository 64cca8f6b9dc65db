"""A consumer and the orchestrator, and what a gate and a channel may answer, for tests of the orchestrator."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from chassis.service import Context, Position
from contracts.events import (
    AsOf,
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    ContactVetoed,
    Event,
    Meta,
    ReasonClass,
    TimerDue,
)
from contracts.ids import AttemptId, EventId, RuleId, derived_id
from services.orchestrator.core.codes import Reason, word
from services.orchestrator.core.state import Consumer
from services.orchestrator.core.strategy import Strategies
from services.orchestrator.loader import load_strategies
from services.orchestrator.service import Conductor, Remembered
from tests.unit.compliance.factories import ANA

NEW_YORK_NINE = datetime.fromisoformat("2026-10-19T13:00:00+00:00")
"""A Monday, nine in the morning in New York."""


@cache
def shipped() -> Strategies:
    """The strategies that come with the service."""
    return load_strategies()


def _meta(request: ContactRequested, name: str, at: datetime) -> Meta:
    event_id = EventId(derived_id(cause=request.contact_id, name=name, at=at))
    return Meta(event_id, at, request.meta.consumer_id, request.meta.correlation_id, None, "test", "1")


def _verdict(request: ContactRequested, name: str, at: datetime, *rest: Any) -> tuple[Any, ...]:
    r = request
    about = (r.contact_id, r.channel, r.address_id, r.debt_ids, r.purpose)
    return (_meta(r, name, at), *about, at, (), AsOf(), "", "", r.meta.event_id, *rest)


def approved(request: ContactRequested, at: datetime, expires: datetime | None = None) -> ContactApproved:
    """It may go."""
    return ContactApproved(*_verdict(request, "approved", at, expires or request.not_after))


def deferred(request: ContactRequested, at: datetime, until: datetime) -> ContactDeferred:
    """Not yet."""
    return ContactDeferred(*_verdict(request, "deferred", at, RuleId("us.hours.federal"), until))


def vetoed(request: ContactRequested, at: datetime, rule: str) -> ContactVetoed:
    """No."""
    return ContactVetoed(*_verdict(request, "vetoed", at, RuleId(rule)))


def _attempt(request: ContactRequested, name: str, at: datetime, *rest: Any) -> tuple[Any, ...]:
    attempt_id = AttemptId(f"attempt-{request.contact_id}")
    about = (request.contact_id, attempt_id, request.channel, request.address_id, "twilio")
    return (_meta(request, name, at), *about, *rest)


def started(request: ContactRequested, at: datetime) -> AttemptStarted:
    """The channel is about to send it."""
    return AttemptStarted(*_attempt(request, "started", at, at))


def accepted(request: ContactRequested, at: datetime) -> AttemptAccepted:
    """The provider has it."""
    return AttemptAccepted(*_attempt(request, "accepted", at, "SM1", at))


def in_doubt(request: ContactRequested, at: datetime) -> AttemptInDoubt:
    """Nobody knows."""
    return AttemptInDoubt(*_attempt(request, "doubt", at, "timeout", at + timedelta(minutes=1), 0))


def rejected(request: ContactRequested, at: datetime, reason: ReasonClass) -> AttemptRejected:
    """Nothing was sent."""
    return AttemptRejected(*_attempt(request, "rejected", at, "word", reason, None, at))


def status(
    request: ContactRequested, at: datetime, what: AttemptStatus, reason: ReasonClass = ReasonClass.NONE
) -> AttemptStatusChanged:
    """The provider reports."""
    return AttemptStatusChanged(*_attempt(request, what.value, at, "SM1", what, True, reason, None, at))


def _of_a_consumer(state: Remembered) -> Consumer:
    assert isinstance(state, Consumer)
    return state


class Talk:
    """Ana and the orchestrator, event by event, as a runtime would drive it."""

    def __init__(self, strategies: Strategies | None = None) -> None:
        self.conductor = Conductor(strategies or shipped())
        self.state = _of_a_consumer(self.conductor.fresh(consumer_id=ANA))
        self.requests: list[ContactRequested] = []
        self.said: list[Event] = []
        self.offset = 0

    def tell(self, *events: Event, now: datetime | None = None) -> list[ContactRequested]:
        """Let the orchestrator have events; give back what it asks for."""
        before = len(self.requests)
        for event in events:
            self._tell(event, now or event.meta.occurred_at)
        return self.requests[before:]

    def _tell(self, event: Event, now: datetime) -> None:
        context = Context(now, Position("topic", 3, self.offset), now, {})
        self.offset += 1
        outcomes: Sequence[Event] = self.conductor.decide(state=self.state, event=event, context=context)
        for e in (event, *outcomes):
            self.state = _of_a_consumer(self.conductor.evolve(state=self.state, event=e, context=context))
        self.state = _of_a_consumer(self.conductor.decode(encoded=self.conductor.encode(state=self.state)))
        self.said += outcomes
        self.requests += [e for e in outcomes if isinstance(e, ContactRequested)]

    @property
    def due(self) -> datetime | None:
        """When it wants to be woken."""
        return self.conductor.wake_at(state=self.state)

    def wake(self) -> list[ContactRequested]:
        """Let the time come that it waits for; give back what it asks for."""
        due = self.due
        assert due is not None, "it waits for nothing"
        timers = self.conductor.wake(state=self.state, consumer_id=ANA, now=due)
        assert timers, "it must have a timer that is due"
        return self.tell(*timers, now=due)

    def until_asked(self) -> ContactRequested:
        """Let time pass until it asks for a contact."""
        for _ in range(10):
            if asked := self.wake():
                return asked[0]
        raise AssertionError("it asks for nothing")

    def timer(self) -> TimerDue:
        """The timer that is set, as it will come back."""
        due = self.due
        assert due is not None, "it waits for nothing"
        (timer,) = self.conductor.wake(state=self.state, consumer_id=ANA, now=due)
        assert isinstance(timer, TimerDue)
        return timer

    @property
    def end(self) -> str:
        """How the conversation ended, or that it goes on, or never began."""
        place = self.state.place
        return "not-entered" if place is None else word(Reason(place.reason))
