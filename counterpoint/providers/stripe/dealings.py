"""What becomes of payments at the simulated Stripe, on the simulated clock, each step told as an event and booked."""

import asyncio
import heapq
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import count

from chassis.clock import Clock
from counterpoint.providers.faults import Fault
from counterpoint.providers.ledger import Ledger
from counterpoint.providers.stripe import shown
from counterpoint.providers.stripe.events import Events
from counterpoint.providers.stripe.records import Charge, Dispute, Intent, Records, Refund, Session
from counterpoint.providers.stripe.ways import CARD, Way

DISPUTED_AFTER, DECIDED_AFTER = timedelta(days=3), timedelta(days=20)
"""How long after a payment its money is claimed back, and how long a bank takes to decide."""
Step = Callable[[datetime], None]


class Dealings:
    """Every payment under way. What happens is dated by when it was due, not by when the machine came to it."""

    def __init__(
        self, *, records: Records, events: Events, ledger: Ledger, clock: Clock, base: Callable[[], str]
    ) -> None:
        self._records = records
        self._events = events
        self._ledger = ledger
        self._clock = clock
        self._base = base
        self._due: list[tuple[datetime, int, Step]] = []
        self._numbers = count()
        self._changed = asyncio.Event()

    @property
    def under_way(self) -> int:
        """Steps that are still to come."""
        return len(self._due)

    async def run(self) -> None:
        """Let come what is due until cancelled."""
        while True:
            self._changed.clear()
            now = self._clock.now()
            while self._due and self._due[0][0] <= now:
                at, _, step = heapq.heappop(self._due)
                step(at)
            left = self._clock.real_seconds(self._due[0][0] - self._clock.now()) if self._due else None
            with suppress(TimeoutError):
                async with asyncio.timeout(None if left is None else max(left, 0.001)):
                    await self._changed.wait()

    def look(self) -> None:
        """Look at once what is due: the clock was set."""
        self._changed.set()

    def opened(self, session: Session) -> None:
        """A page can be paid on, until it expires."""
        self._records.sessions[session.id] = session
        self._later(session.expires_at, partial(self.expire, session))

    def expire(self, session: Session, at: datetime) -> None:
        """A page is over, if nobody has paid on it."""
        if session.status != "open":
            return
        session.status = "expired"
        if session.intent is not None:
            self.cancel(session.intent, "abandoned", at)
        self._tell_session("checkout.session.expired", session, at)

    def pay(self, session: Session, way: Way, who: dict[str, str], at: datetime) -> Charge:
        """Somebody pays on a page, with a card or from an account."""
        if session.intent is None:
            data = session.intent_data
            session.intent = Intent(
                id=self._records.new_id("pi_"),
                at=at,
                amount=session.total,
                currency=session.currency,
                metadata=dict(data.get("metadata") or {}),
                kinds=session.kinds,
                description=data.get("description"),
                customer=session.customer,
                receipt_email=data.get("receipt_email"),
                fault=session.fault,
                session=session,
            )
            self.created(session.intent, at, None)
        session.paid_by = who
        return self.confirm(session.intent, way, at)

    def created(self, intent: Intent, at: datetime, key: str | None) -> None:
        """A payment is wanted."""
        self._records.intents[intent.id] = intent
        told = shown.intent(intent)
        self._events.tell("payment_intent.created", "payment_intent", told, at, intent.fault, key)

    def confirm(self, intent: Intent, way: Way, at: datetime) -> Charge:
        """A payment is tried."""
        intent.error = None
        # Stripe copies what a payment carries to each of its charges.
        charge = Charge(self._records.new_id("ch_"), at, intent, way, dict(intent.metadata))
        intent.charges.append(charge)
        self._records.charges[charge.id] = charge
        if way.kind == CARD:
            self._ends(charge, at)
            return charge
        intent.status = "processing"
        self._tell_intent("payment_intent.processing", intent, at)
        self._tell_charge("charge.pending", charge, at)
        session = intent.session
        if session is not None:
            session.status = "complete"
            self._tell_session("checkout.session.completed", session, at)
        self._later(at + way.after, partial(self._ends, charge))
        return charge

    def cancel(self, intent: Intent, reason: str, at: datetime) -> None:
        """A payment is wanted no more."""
        intent.status, intent.canceled_at, intent.cancellation_reason = "canceled", at, reason
        self._tell_intent("payment_intent.canceled", intent, at)

    def refund(self, charge: Charge, amount: int, reason: str | None, metadata: dict[str, str], at: datetime) -> Refund:
        """We give money back, all of it or a part."""
        refund = Refund(self._records.new_id("re_"), at, charge, amount, reason, metadata)
        self._records.refunds[refund.id] = refund
        charge.refunded += amount
        self._tell_charge("charge.refunded", charge, at)
        self._book(charge, "refunded", amount, at)
        return refund

    def dispute(self, charge: Charge, reason: str, at: datetime) -> Dispute:
        """Somebody claims the money back at the bank, which takes it from us at once."""
        charge.dispute = Dispute(self._records.new_id("dp_"), at, charge, reason)
        self._records.disputes[charge.dispute.id] = charge.dispute
        if charge.way.kind != CARD:
            charge.dispute.status = "lost"  # a bank's return is final
        for what in ("created", "funds_withdrawn"):
            self._tell_dispute(what, charge.dispute, at)
        self._book(charge, "disputed", charge.intent.amount, at)
        return charge.dispute

    def decide(self, dispute: Dispute, at: datetime, *, won: bool) -> None:
        """The bank says whose the money is."""
        dispute.status = "won" if won else "lost"
        self._tell_dispute("closed", dispute, at)
        if won:
            self._tell_dispute("funds_reinstated", dispute, at)
            self._book(dispute.charge, "reinstated", dispute.charge.intent.amount, at)

    def _ends(self, charge: Charge, at: datetime) -> None:
        """A try is over: the money is there, or the bank refused it."""
        intent, session = charge.intent, charge.intent.session
        delayed = charge.way.kind != CARD
        if charge.way.refusal is not None:
            charge.status, intent.status, intent.error = "failed", "requires_payment_method", charge.way.refusal
            self._tell_charge("charge.failed", charge, at)
            self._tell_intent("payment_intent.payment_failed", intent, at)
            if delayed and session is not None:
                self._tell_session("checkout.session.async_payment_failed", session, at)
            self._book(charge, "failed", intent.amount, None)
            return
        charge.status = intent.status = "succeeded"
        self._tell_charge("charge.succeeded", charge, at)
        self._tell_intent("payment_intent.succeeded", intent, at)
        if session is not None:
            session.status, session.payment_status = "complete", "paid"
            word = "async_payment_succeeded" if delayed else "completed"
            self._tell_session(f"checkout.session.{word}", session, at)
        self._book(charge, "succeeded", intent.amount, at)
        if charge.way.disputed is not None:
            self._later(at + DISPUTED_AFTER, partial(self._claimed, charge, charge.way.disputed))

    def _claimed(self, charge: Charge, reason: str, at: datetime) -> None:
        dispute = self.dispute(charge, reason, at)
        if charge.way.kind == CARD:
            self._later(at + DECIDED_AFTER, partial(self.decide, dispute, won=charge.way.wins))

    def _later(self, at: datetime, step: Step) -> None:
        heapq.heappush(self._due, (at, next(self._numbers), step))
        self._changed.set()

    def _tell_session(self, kind: str, session: Session, at: datetime) -> None:
        self._events.tell(kind, "checkout.session", shown.session(session, self._base()), at, session.fault)

    def _tell_intent(self, kind: str, intent: Intent, at: datetime) -> None:
        self._events.tell(kind, "payment_intent", shown.intent(intent), at, intent.fault)

    def _tell_charge(self, kind: str, charge: Charge, at: datetime) -> None:
        self._events.tell(kind, "charge", shown.charge(charge), at, charge.intent.fault)

    def _tell_dispute(self, what: str, dispute: Dispute, at: datetime) -> None:
        fault: Fault | None = dispute.charge.intent.fault
        self._events.tell(f"charge.dispute.{what}", "dispute", shown.dispute(dispute), at, fault)

    def _book(self, charge: Charge, status: str, amount: int, received_at: datetime | None) -> None:
        """Write money that came, went or did not come into the ledger; `to` is who paid, by what they typed."""
        session = charge.intent.session
        by = (None if session is None else session.paid_by) or {}
        self._ledger.write(
            provider="stripe",
            kind="payment",
            message_sid=charge.id,
            to=by.get("email", ""),
            sender=charge.way.kind,
            body=f"{Decimal(amount).scaleb(-2):,} {charge.intent.currency.upper()}",
            reference=dict(charge.metadata),
            requested_at=charge.at,
            received_at=received_at,
            status=status,
            error_code=None,
        )
