"""Stripe's events: kept as they came before they are answered, then held to what we asked for, and told to the log.

An event that differs from our record is quarantined for a person; one that comes before what it builds on waits for
that. Both are shown to the client with their reasons, and nothing of them reaches the log.
"""

import asyncio
from datetime import datetime
from typing import Any

import structlog

from chassis import metrics
from chassis.clock import Clock
from chassis.database import Connection
from contracts.events import Event, Meta, PaymentFailed, PaymentReversed
from contracts.ids import PaymentId
from services.ingest.background import over_and_over, within
from services.ingest.core.outcome import Payment, whole
from services.ingest.core.reports import Report
from services.ingest.core.stripe_events import Told, What, differs, read
from services.ingest.database import Database
from services.ingest.links import Link, found
from services.ingest.payments import Payments, Recorded
from services.ingest.reports import Reports

RECORDED, NOTHING, WAITING, QUARANTINED = "recorded", "nothing", "waiting", "quarantined"
Outcome = tuple[str, str | None]
"""What became of an event, and why."""

_NOBODY: Outcome = (WAITING, "nobody here knows of the payment that it names")
_OTHERWISE: Outcome = (QUARANTINED, "something else was recorded of this payment before")
_NEXT = (
    "select event_id, body from ingest.payment_events where outcome = 'received'"
    " order by received_at, event_id limit 1 for update skip locked"
)
log = structlog.get_logger()


class PaymentEvents:
    """Takes events in, and settles them one by one."""

    def __init__(
        self, *, database: Database, payments: Payments, reports: Reports, clock: Clock, poll_seconds: float
    ) -> None:
        self._database = database
        self._payments = payments
        self._reports = reports
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._came = asyncio.Event()

    async def keep(self, body: bytes, told: Told) -> str:
        """Keep an event; raises Unreachable. A repeat is kept once."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "insert into ingest.payment_events (event_id, type, body, received_at, payment_intent)"
                " values (%s, %s, %s, %s, %s) on conflict do nothing",
                (told.event_id, told.type, body, self._clock.now(), told.payment_intent),
            )
        self._came.set()
        return "kept" if cursor.rowcount else "repeated"

    async def rejects(self, client_id: str, after: str, most: int) -> list[dict[str, Any]]:
        """Events about a client's payments that were not used, with the reason of each, from behind one on."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "select e.event_id, e.type, e.received_at, e.payment_id, e.outcome, e.reason"
                " from ingest.payment_events e join ingest.payment_links l using (payment_id)"
                " where l.client_id = %s and e.outcome in ('waiting', 'quarantined') and e.event_id > %s"
                " order by e.event_id limit %s",
                (client_id, after, most),
            )
            rows = await cursor.fetchall()
        return [
            {
                "event_id": event_id,
                "type": kind,
                "received_at": received_at.isoformat(),
                "payment_id": payment_id.partition(":")[2],
                "state": outcome,
                "reason": reason,
            }
            for event_id, kind, received_at, payment_id, outcome, reason in rows
        ]

    async def run(self) -> None:
        """Settle what comes, until cancelled."""
        await over_and_over(self._settle_all, rest=self._rest, name="payment-events")

    async def _rest(self) -> None:
        await within(self._came, self._poll_seconds)

    async def _settle_all(self) -> None:
        self._came.clear()
        while await self._settle_next():
            pass

    async def _settle_next(self) -> bool:
        """Settle the oldest event; a crash on the way settles it again, and what it tells is in the log once."""
        async with self._database.transaction() as connection:
            row = await (await connection.execute(_NEXT)).fetchone()
            if row is None:
                return False
            event_id, body = row
            told = read(bytes(body))
            links = [] if told is None or told.what is None else await self._links(connection, told)
            outcome, reason = await self._settled(connection, told, links)
            await connection.execute(
                "update ingest.payment_events set outcome = %s, reason = %s, payment_id = %s where event_id = %s",
                (outcome, reason, links[0].asked.payment_id if links else None, event_id),
            )
        metrics.PAYMENT_EVENTS.labels(outcome).inc()
        if outcome == QUARANTINED:
            log.warning("payment_event.quarantined", event_id=event_id, reason=reason)
        return True

    async def _links(self, connection: Connection, told: Told) -> list[Link]:
        """What we asked for, by Stripe's ids of it, and by what the event says that it is: one, if all is well."""
        names = {
            "session_id": told.session_id,
            "payment_intent": told.payment_intent,
            "payment_id": told.payment_id,
        }
        links = [await found(connection, n, value, lock=True) for n, value in names.items() if value is not None]
        return list({link.asked.payment_id: link for link in links if link is not None}.values())

    async def _settled(self, connection: Connection, told: Told | None, links: list[Link]) -> Outcome:
        if told is None or told.what is None:
            return NOTHING, None
        if not links:
            return _NOBODY
        if len(links) > 1:
            return QUARANTINED, "it names two payments of ours"
        link = links[0]
        fault = differs(told, link.asked, link.session_id)
        if fault is not None:
            return QUARANTINED, fault
        return await self._told(connection, told, told.what, link)

    async def _told(self, connection: Connection, told: Told, what: What, link: Link) -> Outcome:
        """What the event tells becomes part of the record, and of the log where it is about money."""
        if what in (What.REFUNDED, What.TAKEN_BACK) and link.state not in ("paid", "reversed"):
            return WAITING, "the payment that it takes back is not known to have come"
        if what is What.GIVEN_AGAIN and link.state != "reversed":
            return WAITING, "the payment that it gives again is not known to have been taken back"
        outcome = await self._log(told, what, link)
        if outcome[0] != QUARANTINED:
            await _advance(connection, told, what, link)
        return outcome

    async def _log(self, told: Told, what: What, link: Link) -> Outcome:
        match what:
            case What.PAID | What.GIVEN_AGAIN:
                return _recorded(await self._payments.record(self._payment(told, what, link)))
            case What.REFUNDED | What.TAKEN_BACK:
                return _recorded(await self._reports.record(self._reversal(told, link)))
            case What.FAILED if told.method != "card" or link.state == "expired":
                return _recorded(await self._reports.record(self._failure(told, told.reason, told.method, link)))
            case What.EXPIRED if link.declined is not None:
                return _recorded(await self._reports.record(self._failure(told, link.declined, "card", link)))
            case _:
                # A card was refused on the page, in front of the person, who may take another while it is open.
                return NOTHING, None

    def _at(self, told: Told) -> datetime:
        now = whole(self._clock.now())
        return now if told.at is None else min(told.at, now)

    def _payment(self, told: Told, what: What, link: Link) -> Payment:
        asked = link.asked
        again = what is What.GIVEN_AGAIN
        payment_id = PaymentId(f"{asked.payment_id}:again") if again else asked.payment_id
        return Payment(payment_id, asked.debt_id, asked.amount, asked.currency, told.method, self._at(told))

    def _reversal(self, told: Told, link: Link) -> Report:
        asked, at = link.asked, self._at(told)

        def make(meta: Meta) -> Event:
            reason = told.reason
            return PaymentReversed(meta, asked.payment_id, asked.debt_id, asked.amount, asked.currency, reason, at)

        debts = (asked.debt_id,)
        return Report("reversal", asked.payment_id, debts, repr(asked), at, make, asked.amount)

    def _failure(self, told: Told, reason: str, method: str, link: Link) -> Report:
        asked, at = link.asked, self._at(told)

        def make(meta: Meta) -> Event:
            ids = asked.payment_id, asked.debt_id
            return PaymentFailed(meta, *ids, asked.amount, asked.currency, method, reason, at)

        report_id = f"{asked.payment_id}/{told.try_id or told.event_id}"
        return Report("failure", report_id, (asked.debt_id,), repr((asked, reason)), at, make, asked.amount)


_NEXT_STATE = {
    What.PAID: "paid",
    What.UNDER_WAY: "under-way",
    What.EXPIRED: "expired",
    What.REFUNDED: "reversed",
    What.TAKEN_BACK: "reversed",
    What.GIVEN_AGAIN: "paid",
}
_BEFORE = {"opening": 0, "open": 0, "expired": 1, "under-way": 1, "failed": 2, "paid": 3, "reversed": 4}
"""A state is left only for a later one, in whatever order events come."""


async def _advance(connection: Connection, told: Told, what: What, link: Link) -> None:
    """Write what is known now, and wake what waited for it."""
    state = _NEXT_STATE.get(what, "failed" if told.method != "card" else link.state)
    if what is not What.GIVEN_AGAIN and _BEFORE[state] < _BEFORE[link.state]:
        state = link.state
    declined = told.reason if what is What.FAILED and told.method == "card" else link.declined
    await connection.execute(
        "update ingest.payment_links set state = %s, declined = %s, session_id = coalesce(session_id, %s),"
        " payment_intent = coalesce(payment_intent, %s) where payment_id = %s",
        (state, declined, told.session_id, told.payment_intent, link.asked.payment_id),
    )
    await connection.execute(
        "update ingest.payment_events set outcome = 'received'"
        " where outcome = 'waiting' and (payment_id = %s or payment_intent = %s)",
        (link.asked.payment_id, told.payment_intent),
    )


def _recorded(outcome: object) -> Outcome:
    return (RECORDED, None) if isinstance(outcome, Recorded) else _OTHERWISE
