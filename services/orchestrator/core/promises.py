"""Promises kept and broken: an arrangement is watched from one instalment's date to the next, whatever else goes on."""

from decimal import Decimal

from msgspec.structs import replace

from contracts.events import ArrangementBroken, ArrangementKept, TimerDue
from services.orchestrator.core.codes import DAY, Promise, Timer, instant
from services.orchestrator.core.hours import Zones, over_at
from services.orchestrator.core.money import date_of, paid_on, with_promise
from services.orchestrator.core.state import Arrangement, Consumer, Instalment, Pending, timer_id
from services.orchestrator.core.turn import Turn


def next_open(state: Consumer) -> tuple[Arrangement, Instalment] | None:
    """The instalment that is due next, of all arrangements that are open, with its arrangement."""
    found = [(a, a.instalments[a.met]) for a in state.arrangements if a.state == Promise.OPEN]
    return min(found, key=lambda f: f[1].due_on, default=None)


def late_at(zones: Zones, arrangement: Arrangement, instalment: Instalment) -> int:
    """The first instant at which an instalment is no longer in time, wherever the consumer is."""
    return over_at(zones, instalment.due_on + arrangement.grace)


def watch(turn: Turn, before: Consumer) -> None:
    """Say which arrangements were kept, and which broken now; wait for the next instalment's last day."""
    state = turn.state
    if not state.watches and state.arrangements is before.arrangements:
        return
    event = turn.event
    due = None
    if isinstance(event, TimerDue):
        due = next((t for t in state.watches if timer_id(turn.consumer_id, t) == event.timer_id), None)
    if due is None and state.arrangements is before.arrangements:
        return
    stood = {a.arrangement_id: a.state for a in before.arrangements}
    for arrangement in state.arrangements:
        if arrangement.state == Promise.KEPT and stood.get(arrangement.arrangement_id) != Promise.KEPT:
            _kept(turn, arrangement)
        elif due is not None and arrangement.state == Promise.OPEN:
            _look_at(turn, arrangement)
    _set(turn)


def _look_at(turn: Turn, arrangement: Arrangement) -> None:
    instalment = arrangement.instalments[arrangement.met]
    if late_at(turn.state.zones, arrangement, instalment) > turn.now:
        return
    expected = sum(i.amount for i in arrangement.instalments[: arrangement.met + 1])
    turn.says(
        ArrangementBroken(
            turn.following(arrangement.arrangement_id, "broken"),
            arrangement.arrangement_id,
            arrangement.debts,
            arrangement.currency,
            arrangement.met + 1,
            date_of(instalment.due_on),
            Decimal(expected - paid_on(turn.state, arrangement)).scaleb(-2),
            instant(turn.now),
        )
    )
    turn.state = with_promise(turn.state, arrangement.arrangement_id, Promise.BROKEN)


def _kept(turn: Turn, arrangement: Arrangement) -> None:
    agreed = sum(i.amount for i in arrangement.instalments)
    turn.says(
        ArrangementKept(
            turn.following(f"{arrangement.arrangement_id}/{turn.event.meta.event_id}", "kept"),
            arrangement.arrangement_id,
            arrangement.debts,
            arrangement.currency,
            Decimal(agreed).scaleb(-2),
            instant(turn.now),
        )
    )


def _set(turn: Turn) -> None:
    """Set the timer for the arrangement that is late first; a date that has passed already gets a day more."""
    state = turn.state
    dates = [late_at(state.zones, a, a.instalments[a.met]) for a in state.arrangements if a.state == Promise.OPEN]
    if not dates:
        turn.state = replace(state, watches=()) if state.watches else state
        return
    due = max(min(dates), turn.now + DAY) if min(dates) <= turn.now else min(dates)
    if [t.due for t in state.watches] != [due]:
        serial = state.serial + 1
        turn.state = replace(state, watches=(Pending(serial, int(Timer.ARRANGEMENT), due),), serial=serial)
