"""The orchestrator's wiring: what happens to a consumer moves the conversation, and it asks the gate for contacts."""

import zoneinfo
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from chassis import metrics
from chassis.host import Assembly, Host
from chassis.service import Context, Done, Service
from contracts.events import (
    AccountPlaced,
    AccountRecalled,
    AccountUpdated,
    ArrangementAgreed,
    ArrangementBroken,
    ArrangementKept,
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    AttemptStatusChanged,
    ChoiceAsked,
    ChoiceMade,
    ChoiceRewarded,
    ConsumerProfileChanged,
    ContactApproved,
    ContactDeferred,
    ContactHeld,
    ContactReleased,
    ContactRequested,
    ContactVetoed,
    ContactWithdrawn,
    ContactWithheld,
    CoordinationBroken,
    Event,
    FactLearned,
    Meta,
    OptedIn,
    OptedOut,
    PaymentFailed,
    PaymentReversed,
    PaymentSettled,
    PreferenceStated,
    PushSubscribed,
    ReplyReceived,
    StrategyPaused,
    StrategyPublished,
    StrategyResumed,
    TimerDue,
    TimerKind,
)
from contracts.ids import ConsumerId, EventId, derived_id
from services.orchestrator.core import book
from services.orchestrator.core.book import BLANK, BOOK_EVENTS, Book, in_force, noted
from services.orchestrator.core.choice import lessons
from services.orchestrator.core.choice.lessons import PREFIX, UNTAUGHT, Lessons
from services.orchestrator.core.codes import Timer, instant, seconds, word
from services.orchestrator.core.decide import Outcome, decide
from services.orchestrator.core.state import FRESH, Consumer, Pending, decode, encode, timer_id
from services.orchestrator.core.strategy import Strategies
from services.orchestrator.core.turn import NAME, VERSION
from services.orchestrator.herald import Herald
from services.orchestrator.loader import DIRECTORY, from_text, load_files, strategies_of
from services.orchestrator.settings import OrchestratorSettings

READS: frozenset[type[Event]] = frozenset(
    {
        AccountPlaced,
        AccountRecalled,
        AccountUpdated,
        ArrangementAgreed,
        ArrangementBroken,
        AttemptAccepted,
        AttemptInDoubt,
        AttemptRejected,
        AttemptStarted,
        AttemptStatusChanged,
        ChoiceAsked,
        ChoiceMade,
        ChoiceRewarded,
        ContactApproved,
        ContactDeferred,
        ContactReleased,
        ContactWithheld,
        ContactRequested,
        ContactVetoed,
        FactLearned,
        OptedIn,
        OptedOut,
        PaymentFailed,
        PaymentReversed,
        PaymentSettled,
        PreferenceStated,
        PushSubscribed,
        ReplyReceived,
        StrategyPaused,
        StrategyPublished,
        StrategyResumed,
        TimerDue,
    }
)
_SAID = {
    ArrangementKept,
    ChoiceAsked,
    ChoiceRewarded,
    ConsumerProfileChanged,
    ContactHeld,
    ContactWithdrawn,
    CoordinationBroken,
    *BOOK_EVENTS,
}
"""What changes no consumer's record: it was in it when we said so, or is about nobody."""

_REQUESTS: frozenset[type[Event]] = frozenset({ContactRequested, ContactWithheld})
"""What we say of our own contacts, and other services of theirs."""

_KINDS = {
    Timer.STEP: TimerKind.STRATEGY_STEP,
    Timer.RETRY: TimerKind.CONTACT_RETRY,
    Timer.ARRANGEMENT: TimerKind.ARRANGEMENT_CHECK,
}

Remembered = Consumer | Lessons | Book
"""A consumer's record, what a choice has learned, or, of nobody, the strategies that were published."""

WORD_TAKES = 5.0
"""Real seconds, at most, from a withdrawal to the last channel's knowing of it."""

MOST_BOOKS = 64
"""So many books are known with the strategies that they make; each partition has one, and it seldom changes."""


class Conductor:
    """The decider: one record per consumer, moved along by a strategy, one per choice, which learns, and one book.

    A runtime asks twice about each event, what follows and what is remembered; both come from one decision.
    """

    def __init__(self, strategies: Strategies) -> None:
        self._strategies = strategies
        self._last: tuple[Consumer, Event, datetime, Outcome] | None = None
        self._books: dict[int, tuple[Book, Strategies]] = {}

    def _in_force(self, shared: object) -> Strategies:
        """The strategies as a partition's book has them."""
        if not isinstance(shared, Book):
            return self._strategies
        known = self._books.get(id(shared))
        if known is None:
            if len(self._books) >= MOST_BOOKS:
                self._books.clear()
            known = self._books[id(shared)] = shared, in_force(self._strategies, shared, from_text)
        return known[1]

    def _outcome(self, state: Consumer, event: Event, context: Context) -> Outcome:
        last, now = self._last, context.now
        if last is not None and last[0] is state and last[1] is event and last[2] == now:
            return last[3]
        outcome = decide(state, event, self._in_force(context.shared), seconds(now))
        self._last = state, event, now, outcome
        return outcome

    def fresh(self, *, consumer_id: ConsumerId) -> Remembered:
        """Nothing is known."""
        if not consumer_id:
            return BLANK
        return UNTAUGHT if consumer_id.startswith(PREFIX) else FRESH

    def decide(self, *, state: Remembered, event: Event, context: Context) -> Sequence[Event]:
        """The contacts to be asked for, and what is to be chosen; or the choice."""
        if isinstance(state, Lessons):
            return lessons.answer(state, event, seconds(context.now))
        if isinstance(state, Book) or type(event) in BOOK_EVENTS or _is_own_request(event):
            return ()
        outcome = self._outcome(state, event, context)
        return (*outcome.requests, *outcome.said)

    def evolve(self, *, state: Remembered, event: Event, context: Context) -> Remembered:
        """The record after an event; what was asked for is in it since the event that it followed from."""
        if isinstance(state, Lessons):
            return lessons.learn(state, event, seconds(context.now))
        if isinstance(state, Book):
            return noted(state, event)
        if type(event) in _SAID or _is_own_request(event):
            return state
        outcome = self._outcome(state, event, context)
        for strategy, reason in outcome.ended:
            metrics.CONVERSATIONS_ENDED.labels(strategy, word(reason)).inc()
        return outcome.state

    def wake_at(self, *, state: Remembered) -> datetime | None:
        """When the next timer is due."""
        if not isinstance(state, Consumer):
            return None
        due = state.due()
        if not due:
            return None
        return instant(due[0].due if len(due) == 1 else min([t.due for t in due]))

    def wake(self, *, state: Remembered, consumer_id: ConsumerId, now: datetime) -> Sequence[Event]:
        """The timers that are due; each comes back through its topic, and only then moves anything."""
        if not isinstance(state, Consumer):
            return ()
        at = seconds(now)
        return [_due(state, consumer_id, timer) for timer in state.due() if timer.due <= at]

    def encode(self, *, state: Remembered) -> bytes:
        """The record as bytes."""
        return encode(state)

    def decode(self, *, encoded: bytes) -> Remembered:
        """The record from bytes; raises ValueError if it is not one."""
        if book.is_one(encoded):
            return book.decode(encoded)
        return lessons.decode(encoded) if lessons.is_one(encoded) else decode(encoded)


def _due(state: Consumer, consumer_id: ConsumerId, timer: Pending) -> TimerDue:
    due_at, name = instant(timer.due), timer_id(consumer_id, timer)
    cause = name if state.place is None else state.place.cause
    event_id = EventId(derived_id(cause=name, name="due", at=due_at))
    meta = Meta(event_id, due_at, consumer_id, cause, None, NAME, VERSION)
    return TimerDue(meta, name, _KINDS.get(Timer(timer.kind), TimerKind.CONTACT_RETRY), due_at)


def _is_own_request(event: Event) -> bool:
    return type(event) in _REQUESTS and event.meta.producer == NAME


async def _count_breaks(done: Sequence[Done]) -> Sequence[Event]:
    """Count contacts that fell out of the conversation, each once."""
    for d in done:
        if not d.repeat and isinstance(d.event, CoordinationBroken):
            metrics.COORDINATION_BREAKS.labels(d.event.kind.value.lower()).inc()
    return ()


async def _count_requests(done: Sequence[Done]) -> Sequence[Event]:
    """Count our contacts that are safely asked for, each once."""
    asked = [
        d.event for d in done if not d.repeat and isinstance(d.event, ContactRequested) and _is_own_request(d.event)
    ]
    for (strategy, step), count in Counter((e.strategy_id, e.step_id) for e in asked).items():
        metrics.CONTACTS_REQUESTED.labels(strategy, step).inc(count)
    return ()


def service(strategies: Strategies) -> Service[Remembered]:
    """The orchestrator with these strategies, as a runtime drives it."""
    return Service(
        name=NAME,
        version=VERSION,
        reads=READS,
        decider=Conductor(strategies),
        effects={ContactRequested: _count_requests, CoordinationBroken: _count_breaks},
        others=_REQUESTS,
    )


async def build(own: OrchestratorSettings, host: Host) -> Assembly:
    """Everything that runs in the orchestrator's process; raises WrongStrategy."""
    zoneinfo.reset_tzpath(())  # the time zone data that is installed with us, not the machine's own
    files = load_files(own.strategies or DIRECTORY)
    await Herald(host).announce(files)
    # What is withdrawn is told to the channels by way of the gate; before that, nobody there could know.
    notice = round(host.clock.simulated(WORD_TAKES).total_seconds())
    return Assembly(service=service(replace(strategies_of(files), notice=notice)))
