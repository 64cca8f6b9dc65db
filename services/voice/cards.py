"""Payments by card on the line: our own record before the provider may charge, and the one event that follows."""

import asyncio
from datetime import datetime

import structlog

from chassis import metrics
from chassis.clock import Clock
from chassis.database import Connection, Database
from chassis.failures import Unreachable
from chassis.host import Publisher
from contracts.events import Event, PaymentFailed, PaymentSettled
from contracts.ids import ConsumerId, PaymentId
from services.voice.core.card import Asked, Due, Outcome, State, Told, judged, reason_of
from services.voice.core.medium import MEDIUM
from services.voice.core.place import Place
from services.voice.records import kept, stored

METHOD = "card"
POLL_SECONDS = 30.0
"""How often what the log has yet to be told is looked for: the provider may not come again."""
_TELL = (
    "select call_sid, number, consumer_id, story, due, state, confirmation, reason, ended_at from voice_calls.payments"
    " where not published order by ended_at limit 100"
)
_FIND = "select consumer_id, due, state, confirmation from voice_calls.payments where call_sid = %s and number = %s"
_FIND_TO_CHANGE = f"{_FIND} for update"
log = structlog.get_logger()


class Cards:
    """The tables of payments by card; every method raises Unreachable when database or log are."""

    def __init__(self, *, database: Database, publisher: Publisher, clock: Clock) -> None:
        self._database = database
        self._publisher = publisher
        self._clock = clock

    async def offer(self, sid: str, place: Place, due: Due) -> None:
        """Write down what is offered, before it is said."""
        async with self._database.transaction() as connection:
            await connection.execute(
                "insert into voice_calls.payments (call_sid, number, consumer_id, story, due, state, offered_at)"
                " values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
                (sid, place.payment, place.consumer, place.story, stored(due), State.OFFERED, self._now()),
            )

    async def offered(self, sid: str, number: str) -> Due | None:
        """What was offered, while nothing has come of it."""
        async with self._database.transaction() as connection:
            asked = await _found(connection, sid, number)
        return None if asked is None or asked.state not in (State.OFFERED, State.ASKED) else asked.due

    async def ask(self, sid: str, number: str) -> Due | None:
        """Write down that it is asked for, before the provider is told to charge it; None if it may not be."""
        async with self._database.transaction() as connection:
            asked = await _found(connection, sid, number, lock=True)
            if asked is None or asked.state not in (State.OFFERED, State.ASKED):
                return None
            await _advance(connection, sid, number, State.ASKED)
        return asked.due

    async def settle(self, sid: str, place: Place, said: Told) -> Outcome:
        """Hold a result to what was asked for; told to the log once, however often it comes."""
        async with self._database.transaction() as connection:
            asked = await _found(connection, sid, place.payment, lock=True)
            elsewhere = await _is_known_elsewhere(connection, sid, place.payment, said.confirmation)
            outcome, fault = judged(said, asked, place.consumer, known_elsewhere=elsewhere)
            if fault is None and asked is not None:
                counted = await self._end(connection, sid, place.payment, asked, outcome, said)
            else:
                counted = await self._reject(connection, sid, place.payment, said, fault or "")
            if asked is not None and outcome in (Outcome.PAID, Outcome.QUARANTINED):
                # Money may have moved: nothing is offered again until the record of what is owed has been told of it.
                await connection.execute(
                    "update voice_calls.people set due = null where consumer_id = %s", (asked.consumer_id,)
                )
        if counted is not None:
            metrics.PAYMENT_EVENTS.labels(counted).inc()
        await self.tell()
        return outcome

    async def tell(self) -> None:
        """Tell the log of every end that it has not been told of."""
        async with self._database.transaction() as connection:
            rows = await (await connection.execute(_TELL)).fetchall()
        for sid, number, consumer, story, due, state, confirmation, reason, at in rows:
            asked = Asked(ConsumerId(consumer), kept(due), State(state), confirmation)
            await self._publisher.publish(events=[_event(f"{sid}/{number}", asked, story, reason, at)])
            async with self._database.transaction() as connection:
                await connection.execute(
                    "update voice_calls.payments set published = true where call_sid = %s and number = %s"
                    " and state = %s",
                    (sid, number, state),
                )

    async def run(self) -> None:
        """Tell what is left untold, until cancelled."""
        while True:
            try:
                await self.tell()
            except Unreachable as error:
                log.warning("payments.not_told", error=str(error))
            await asyncio.sleep(POLL_SECONDS)

    async def _end(
        self, connection: Connection, sid: str, number: str, asked: Asked, outcome: Outcome, said: Told
    ) -> str | None:
        """Write down what a result that fits comes to; what to count it as, None if it is a repeat."""
        state = _STATES[outcome]
        if state is asked.state or (asked.state is not State.ASKED and outcome is not Outcome.PAID):
            return None
        confirmation = said.confirmation if outcome is Outcome.PAID else None
        reason = reason_of(said) if outcome is Outcome.DECLINED else None
        told = outcome is Outcome.BROKEN_OFF  # nothing was charged, and nobody waits for it
        await connection.execute(
            "update voice_calls.payments set state = %s, confirmation = %s, reason = %s, ended_at = %s, published = %s"
            " where call_sid = %s and number = %s",
            (state, confirmation, reason, self._now(), told, sid, number),
        )
        return "nothing" if told else "recorded"

    async def _reject(self, connection: Connection, sid: str, number: str, said: Told, fault: str) -> str | None:
        cursor = await connection.execute(
            "insert into voice_calls.payment_rejects"
            " (call_sid, number, result, confirmation, amount, currency, reason, received_at)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            (sid, number, said.result, said.confirmation, said.amount, said.currency, fault, self._now()),
        )
        if not cursor.rowcount:
            return None
        log.warning("payment_result.quarantined", call=sid, reason=fault)
        return "quarantined"

    def _now(self) -> datetime:
        now = self._clock.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)  # as events keep it


_STATES = {
    Outcome.PAID: State.SETTLED,
    Outcome.DECLINED: State.FAILED,
    Outcome.BROKEN_OFF: State.BROKEN_OFF,
}


async def _found(connection: Connection, sid: str, number: str, *, lock: bool = False) -> Asked | None:
    cursor = await connection.execute(_FIND_TO_CHANGE if lock else _FIND, (sid, number))
    row = await cursor.fetchone()
    return None if row is None else Asked(ConsumerId(row[0]), kept(row[1]), State(row[2]), row[3])


async def _is_known_elsewhere(connection: Connection, sid: str, number: str, confirmation: str) -> bool:
    cursor = await connection.execute(
        "select from voice_calls.payments where confirmation = %s and (call_sid, number) <> (%s, %s)",
        (confirmation, sid, number),
    )
    return await cursor.fetchone() is not None


async def _advance(connection: Connection, sid: str, number: str, state: State) -> None:
    await connection.execute(
        "update voice_calls.payments set state = %s where call_sid = %s and number = %s", (state, sid, number)
    )


def _event(payment: str, asked: Asked, story: str, reason: str | None, at: datetime) -> Event:
    """The event of an end; its id follows from the payment, so that it is one event however often it is told."""
    due, settled = asked.due, asked.state is State.SETTLED
    name = "payment-settled" if settled else "payment-failed"
    meta = MEDIUM.first(f"{payment}/{name}", name, at, asked.consumer_id, story or None)
    of_plan = due.arrangement_id, due.instalment
    if settled:
        payment_id = PaymentId(f"voice:{asked.confirmation}")
        return PaymentSettled(meta, payment_id, due.debt_id, due.amount, due.currency, METHOD, at, *of_plan)
    what = due.debt_id, due.amount, due.currency, METHOD, reason or "other"
    return PaymentFailed(meta, PaymentId(f"voice:{payment}"), *what, at, *of_plan)
