"""The orchestrator's decision on one event: read this first.

First the record learns what the event says. Then the conversation moves: it begins with a placement, ends when the
consumer answers, pays or refuses, and otherwise goes on by timers and by news of its contacts. There is one
conversation per consumer, about all open accounts; an account that is placed meanwhile joins it.
"""

from msgspec import Struct

from contracts.events import (
    AccountPlaced,
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    AttemptStatusChanged,
    ChoiceMade,
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    ContactVetoed,
    Event,
    OptedOut,
    ReplyIntent,
    ReplyReceived,
    TimerDue,
)
from services.orchestrator.core.choice.rewards import reward
from services.orchestrator.core.codes import Reason
from services.orchestrator.core.record import learn, refused
from services.orchestrator.core.state import NEVER, Account, Consumer, Contact, key_of, place_of, timer_id
from services.orchestrator.core.strategy import Strategies, Strategy, carried_over, may_enter
from services.orchestrator.core.turn import Turn

News = (
    ContactApproved
    | ContactDeferred
    | ContactVetoed
    | AttemptStarted
    | AttemptAccepted
    | AttemptRejected
    | AttemptInDoubt
    | AttemptStatusChanged
)


class Outcome(Struct, frozen=True):
    """The record after an event, the contacts that it asks for, and what else follows."""

    state: Consumer
    requests: tuple[ContactRequested, ...]
    said: tuple[Event, ...] = ()


def decide(before: Consumer, event: Event, strategies: Strategies, now: int) -> Outcome:
    """What an event changes and brings about; the same for the same arguments, and for every event that can be."""
    before = carried_over(before, strategies.moves)
    turn = Turn(state=learn(before, event), event=event, consumer_id=event.meta.consumer_id, now=now)
    reward(turn, before)
    place = turn.state.running
    if place is None:
        if isinstance(event, AccountPlaced):
            _begin(turn, before, event, strategies)
    elif (strategy := strategies.every.get(place.strategy)) is None:
        turn.end(Reason.WITHDRAWN)
    elif (reason := _stopped(before, turn.state, event, strategy)) is not Reason.RUNNING:
        turn.end(reason)
    else:
        turn.paused = strategy.id in strategies.paused
        turn.resumed = strategies.resumed.get(strategy.id, NEVER)
        _move(turn, before, strategy)
    return Outcome(turn.state, tuple(turn.requests), tuple(turn.said))


def _begin(turn: Turn, before: Consumer, event: AccountPlaced, strategies: Strategies) -> None:
    state = turn.state
    account = _account(state, event.debt_id)
    if account is None or account == _account(before, event.debt_id) or account.owed == 0:
        return
    paid_at = max((p.at for a in state.accounts for p in a.payments), default=0)
    if max(paid_at, state.replied_at) >= account.placed_at:
        return  # what would have ended the conversation came before the placement did
    for strategy in strategies.offered:
        if strategy.id not in strategies.paused and may_enter(state, strategy) and _is_free(state, strategy):
            turn.begin(strategy.name)
            _go_on(turn, strategy, 0, turn.now)
            return


def _account(state: Consumer, debt_id: str) -> Account | None:
    return next((a for a in state.accounts if a.debt_id == debt_id), None)


def _is_free(state: Consumer, strategy: Strategy) -> bool:
    return not state.restrictions & strategy.restrictions and any(
        strategy.numbers.usable(state, channel) for channel in strategy.channels
    )


def _stopped(before: Consumer, after: Consumer, event: Event, strategy: Strategy) -> Reason:
    """Why the conversation is over, RUNNING if it is not."""
    if after is before:
        return Reason.RUNNING
    if after.restrictions & strategy.restrictions:
        return Reason.RESTRICTED
    if _refuses(after, event, strategy):
        return Reason.OPTED_OUT
    if _is_answer(before, after, strategy):
        return Reason.REPLIED
    if after.accounts != before.accounts:
        owes = bool(after.open_accounts())
        waited_for = owes and _awaits(after, strategy) == "payment"
        if Reason.PAID in strategy.stops_on and not waited_for and after.payments() != before.payments():
            return Reason.PAID
        if not owes:
            return Reason.NOTHING_OWED
    return Reason.RUNNING


def _awaits(state: Consumer, strategy: Strategy) -> str:
    """What the step waits for at which the conversation stands."""
    assert state.place is not None, "only conversations that have begun are stopped"
    return strategy.steps[state.place.step].awaits


def _is_answer(before: Consumer, after: Consumer, strategy: Strategy) -> bool:
    if after.replied_at == before.replied_at or Reason.REPLIED not in strategy.stops_on:
        return False
    return _awaits(after, strategy) != "reply"


def _refuses(after: Consumer, event: Event, strategy: Strategy) -> bool:
    """Whether the consumer has just said stop, and none of the strategy's channels is left."""
    if isinstance(event, OptedOut):
        return all(refused(after, c, event.address_id or "") for c in strategy.channels)
    if isinstance(event, ReplyReceived) and event.intent is ReplyIntent.OPT_OUT:
        return all(refused(after, c) for c in strategy.channels)
    return False


def _move(turn: Turn, before: Consumer, strategy: Strategy) -> None:
    event = turn.event
    if isinstance(event, TimerDue):
        timer = next((t for t in turn.state.timers if timer_id(turn.consumer_id, t) == event.timer_id), None)
        if timer is not None and not turn.paused:
            step = turn.place.step
            turn.overslept = timer.due < turn.resumed
            turn.forget(timer)
            _go_on_after(turn, strategy, strategy.steps[step].due(turn=turn, kind=timer.kind))
        return
    if turn.state is before and not isinstance(event, ChoiceMade):
        return  # nothing new was said
    over = strategy.steps[turn.place.step].learned(turn=turn, before=before)
    if over is not None:
        _go_on_after(turn, strategy, over)
    elif isinstance(event, News):
        n = place_of(turn.state.contacts, key_of(event.contact_id))
        contact = None if n is None else turn.state.contacts[n]
        if contact is None or contact in before.contacts or not _asked_by(contact, turn, strategy):
            return
        _go_on_after(turn, strategy, strategy.steps[contact.step].heard(turn=turn, contact=contact))


def _asked_by(contact: Contact, turn: Turn, strategy: Strategy) -> bool:
    return contact.at >= turn.place.entered and 0 <= contact.step < len(strategy.steps)


def _go_on_after(turn: Turn, strategy: Strategy, over: int | None) -> None:
    if over is not None:
        _go_on(turn, strategy, _following(turn, strategy), over)


def _following(turn: Turn, strategy: Strategy) -> int | None:
    """The step after this one: where the step leads, or else the strategy."""
    way, turn.way = turn.way, None
    return strategy.order[turn.place.step] if way is None else way


def _go_on(turn: Turn, strategy: Strategy, step: int | None, since: int) -> None:
    """Enter a step, and those after it as long as each is over at once; what goes round has a wait on its way."""
    following = step
    over: int | None = since
    while over is not None and following is not None:
        turn.stand_at(following)
        over = strategy.steps[following].enter(turn=turn, since=over)
        following = _following(turn, strategy)
    if over is not None:
        turn.end(Reason.COMPLETED)
