"""The orchestrator's decision on one event: read this first.

First the record learns what the event says. Then the conversation moves: it begins with a placement or another event
that leads into a strategy, ends when the consumer answers, pays or refuses, and otherwise goes on by timers and by news
of its contacts. One conversation at a time, about all open accounts; an account that is placed meanwhile joins it. A
strategy of a higher priority interrupts, and what it set aside is taken up when it has ended.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from contracts.events import (
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    AttemptStatusChanged,
    ChoiceMade,
    ContactApproved,
    ContactDeferred,
    ContactReleased,
    ContactRequested,
    ContactVetoed,
    ContactWithheld,
    Event,
    OptedOut,
    OptOutScope,
    ReplyIntent,
    ReplyReceived,
    TimerDue,
)
from services.orchestrator.core import coordination, promises
from services.orchestrator.core.choice.rewards import reward
from services.orchestrator.core.codes import Progress, Promise, Reason
from services.orchestrator.core.profile import tell
from services.orchestrator.core.record import learn
from services.orchestrator.core.segments import sorted_in
from services.orchestrator.core.state import NEVER, Consumer, Contact, key_of, place_of, stated_amount, timer_id
from services.orchestrator.core.statements import refused
from services.orchestrator.core.strategy import (
    Reviewed,
    Strategies,
    Strategy,
    carried_over,
    is_free,
    may_enter,
    may_interrupt,
)
from services.orchestrator.core.triggers import triggers
from services.orchestrator.core.turn import Turn

News = (
    ContactApproved,
    ContactDeferred,
    ContactVetoed,
    AttemptStarted,
    AttemptAccepted,
    AttemptRejected,
    AttemptInDoubt,
    AttemptStatusChanged,
)

STIRRING = (TimerDue, ChoiceMade, ContactReleased, ContactWithheld)
"""What may move a conversation though the record says no more than before."""

LED_ELSEWHERE = (Reason.REPLIED, Reason.PAID, Reason.NOTHING_OWED, Reason.ARRANGED)
"""Ends that a strategy may put a step of its own in the place of."""


class Outcome(Struct, frozen=True):
    """The record after an event, the contacts that it asks for, what else follows, and which conversations ended."""

    state: Consumer
    requests: tuple[ContactRequested, ...]
    said: tuple[Event, ...] = ()
    ended: tuple[tuple[str, Reason], ...] = ()


def decide(before: Consumer, event: Event, strategies: Strategies, now: int) -> Outcome:
    """What an event changes and brings about; the same for the same arguments, and for every event that can be."""
    before = carried_over(before, strategies.moves)
    learned = learn(before, event)
    if learned is before and not isinstance(event, STIRRING) and _stands_still(before, strategies):
        return Outcome(before, ())
    known = sorted_in(before, learned, strategies.segments)
    turn = Turn(state=known, event=event, consumer_id=event.meta.consumer_id, now=now)
    reward(turn, before)
    coordination.watch(turn, before, strategies.notice)
    promises.watch(turn, before)
    if turn.state.arrangements is not known.arrangements:  # time alone has broken one
        turn.state = sorted_in(before, turn.state, strategies.segments)
    happened = triggers(before, turn.state, event)
    entering = _entering(turn, happened, strategies)
    place = turn.state.running
    if place is not None and (strategy := strategies.every.get(place.strategy)) is not None:
        if entering is not None:
            _give_way(turn, before, strategy)
        else:
            _go_on_with(turn, before, strategy, happened, strategies)
            entering = _entering(turn, happened, strategies)
    elif place is not None:
        turn.end(Reason.WITHDRAWN)
    if entering is not None:
        turn.begin(entering.name)
        _go_on(turn, entering, 0, turn.now)
    while turn.state.interrupted and turn.state.running is None:
        _take_up(turn, strategies)
    tell(turn, before, strategies)
    return Outcome(turn.state, tuple(turn.requests), tuple(turn.said), tuple(turn.ended))


def _stands_still(state: Consumer, strategies: Strategies) -> bool:
    """Whether a conversation that hears nothing new stays where it is: it has a strategy, and nothing to rest for."""
    place = state.running
    if place is None:
        return not state.interrupted
    strategy = strategies.every.get(place.strategy)
    return strategy is not None and not place.paused and not state.restrictions & strategy.pauses


def _go_on_with(
    turn: Turn, before: Consumer, strategy: Strategy, happened: Sequence[str], strategies: Strategies
) -> None:
    """Let what happened end the conversation, pause it, lead it elsewhere, or move it along."""
    turn.paused = strategy.id in strategies.paused
    turn.resumed = strategies.resumed.get(strategy.id, NEVER)
    step = next((strategy.events[h] for h in happened if h in strategy.events), None) if happened else None
    reason = _stopped(before, turn.state, turn.event, strategy)
    if step is not None and reason in LED_ELSEWHERE:
        reason = Reason.RUNNING
    if reason is not Reason.RUNNING:
        turn.end(reason)
    elif turn.state.restrictions & strategy.pauses or turn.place.paused:
        _rest(turn, strategy)
    elif step is not None:
        turn.withdraw(Reason.OVERTAKEN)
        _go_on(turn, strategy, step, turn.now)
    elif _is_overtaken(turn, before):
        _go_on(turn, strategy, turn.place.step, turn.now)
    else:
        _move(turn, before, strategy)


def _rest(turn: Turn, strategy: Strategy) -> None:
    """Pause, go on with the pause, or end it: the step at which the conversation stood begins anew."""
    open_ = turn.state.restrictions & strategy.pauses
    event = turn.event
    if not turn.place.paused:
        turn.pause(open_)
    elif not open_:
        turn.state = replace(turn.state, place=replace(turn.place, paused=0))
        _go_on(turn, strategy, turn.place.step, turn.now)
    elif isinstance(event, TimerDue) and any(
        timer_id(turn.consumer_id, t) == event.timer_id for t in turn.state.timers
    ):
        turn.end(Reason.RESTRICTED)


def _is_overtaken(turn: Turn, before: Consumer) -> bool:
    """Withdraw the contact that is waited for if it would no longer say what is so, or may not go where it should."""
    state = turn.state
    n = place_of(state.contacts, turn.place.contact) if turn.place.contact else None
    contact = None if n is None else state.contacts[n]
    if contact is None or contact.progress != Progress.NONE or not contact.number:
        return False
    if state.refusals is not before.refusals and refused(state, contact.channel, state.address_of(contact)):
        turn.withdraw(Reason.OPTED_OUT)
    elif state.accounts is not before.accounts and contact.amount not in (-1, stated_amount(state.open_accounts())):
        turn.withdraw(Reason.OVERTAKEN)
    else:
        return False
    return True


def _entering(turn: Turn, happened: Sequence[str], strategies: Strategies) -> Strategy | None:
    """The first strategy that what happened leads into; while one goes on, only one of a higher priority."""
    if not happened:
        return None
    state, place = turn.state, turn.state.running
    going_on = None if place is None else strategies.every.get(place.strategy)
    for strategy in strategies.offered:
        if going_on is not None and strategy.priority <= going_on.priority:
            return None
        if strategy.id in strategies.paused or strategy.on.isdisjoint(happened) or not is_free(state, strategy):
            continue
        if may_enter(state, strategy) if place is None else may_interrupt(state, strategy):
            return strategy
    return None


def _give_way(turn: Turn, before: Consumer, strategy: Strategy) -> None:
    """End the conversation, or set it aside, for one of a higher priority."""
    reason = _stopped(before, turn.state, turn.event, strategy)
    if reason is Reason.RUNNING and strategy.resumes:
        turn.interrupt()
    else:
        turn.end(Reason.INTERRUPTED if reason is Reason.RUNNING else reason)


def _take_up(turn: Turn, strategies: Strategies) -> None:
    """Take up again what was set aside, unless what happened meanwhile would have ended it."""
    ended = turn.place
    place = turn.take_up()
    strategy = strategies.every.get(place.strategy)
    if strategy is None:
        turn.end(Reason.WITHDRAWN)
    elif not turn.state.open_accounts():
        turn.end(Reason.NOTHING_OWED)
    elif turn.state.restrictions & strategy.restrictions:
        turn.end(Reason.RESTRICTED)
    elif ended.reason in strategy.stops_on or ended.reason in (Reason.OPTED_OUT, Reason.ASSIGNED):
        turn.end(Reason(ended.reason))
    elif turn.state.restrictions & strategy.pauses:
        turn.pause(turn.state.restrictions & strategy.pauses)
    else:
        turn.paused = strategy.id in strategies.paused
        turn.resumed = strategies.resumed.get(strategy.id, NEVER)
        _go_on(turn, strategy, place.step, turn.now)


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
    if after.accounts is not before.accounts:
        return _by_money(before, after, strategy)
    return Reason.ARRANGED if Reason.ARRANGED in strategy.stops_on and _agrees(before, after) else Reason.RUNNING


def _agrees(before: Consumer, after: Consumer) -> bool:
    """Whether the consumer has just agreed to pay."""
    known = {a.arrangement_id for a in before.arrangements}
    return any(a.arrangement_id not in known and a.state == Promise.OPEN for a in after.arrangements)


def _by_money(before: Consumer, after: Consumer, strategy: Strategy) -> Reason:
    owes = bool(after.open_accounts())
    waited_for = owes and _awaits(after, strategy) == "payment"
    if Reason.PAID in strategy.stops_on and not waited_for and after.payments() - before.payments():
        return Reason.PAID
    if owes:
        return Reason.RUNNING
    recalled = sum(a.recalled for a in after.accounts) > sum(a.recalled for a in before.accounts)
    return Reason.RECALLED if recalled else Reason.NOTHING_OWED


def _awaits(state: Consumer, strategy: Strategy) -> str:
    """What the step waits for at which the conversation stands."""
    assert state.place is not None, "only conversations that have begun are stopped"
    return strategy.steps[state.place.step].awaits


def _is_answer(before: Consumer, after: Consumer, strategy: Strategy) -> bool:
    if after.replied_at == before.replied_at or Reason.REPLIED not in strategy.stops_on:
        return False
    return _awaits(after, strategy) != "reply"


def _refuses(after: Consumer, event: Event, strategy: Strategy) -> bool:
    """Whether the consumer has just said stop, and none of the strategy's channels, or of their addresses, is left."""
    if isinstance(event, OptedOut):
        if event.scope is OptOutScope.ADDRESS:
            return not any(strategy.numbers.usable(after, c) for c in strategy.channels)
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
    if isinstance(event, Reviewed):
        _go_on_after(turn, strategy, strategy.steps[turn.place.step].reviewed(turn=turn, event=event))
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
    return contact.of == turn.place.number and 0 <= contact.step < len(strategy.steps)


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
