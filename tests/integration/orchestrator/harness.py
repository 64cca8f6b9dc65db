"""The orchestrator, the real gate and a text channel that does as it is told, on a log in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from chassis.runtime.memory import HandClock, MemoryRuntime
from chassis.service import AnyService, Done, Service
from contracts.events import (
    AccountPlaced,
    AttemptAccepted,
    AttemptRejected,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    Channel,
    Event,
    Meta,
    OptedOut,
    OptOutScope,
    PaymentSettled,
    ReasonClass,
    ReplyIntent,
    ReplyReceived,
    TextApproved,
    ZoneEvidence,
    ZoneSource,
)
from contracts.ids import AddressId, AttemptId, ConsumerId, DebtId, EventId, PaymentId, derived_id
from services.compliance.loader import HOUSE, LAW, load_rules
from services.compliance.service import service as gate
from services.orchestrator.loader import load_strategies
from services.orchestrator.service import service as orchestrator
from tests.unit.compliance.factories import a_meta, a_phone, an_account

Failures = Mapping[str, tuple[type[Event], ReasonClass]]
"""Which numbers nothing reaches: whether the provider refuses texts to them or reports it later, and the reason."""


class TextChannel:
    """Sends nothing, and tells what would have become of each text."""

    def __init__(self, clock: HandClock, failures: Failures) -> None:
        self._clock = clock
        self._failures = failures
        self.received: list[tuple[TextApproved, datetime]] = []
        self._seen: set[str] = set()

    def service(self) -> AnyService:
        """The channel as a runtime drives it."""
        return Service(name="sms", version="1", reads=frozenset({TextApproved}), effects={TextApproved: self._send})

    async def _send(self, done: Sequence[Done]) -> Sequence[Event]:
        return [e for d in done if isinstance(d.event, TextApproved) for e in self._told(d.event)]

    def _told(self, text: TextApproved) -> Sequence[Event]:
        if text.contact_id in self._seen:
            return ()
        self._seen.add(text.contact_id)
        now = self._clock.now()
        about = (text.contact_id, AttemptId(text.contact_id), Channel.SMS, text.address_id, "script")
        kind, reason = self._failures.get(text.address_id, (None, ReasonClass.NONE))
        started = AttemptStarted(_meta(text, "started", now), *about, now)
        if kind is AttemptRejected or now >= text.expires_at:
            reason = ReasonClass.EXPIRED if now >= text.expires_at else reason
            return started, AttemptRejected(_meta(text, "rejected", now), *about, "script", reason, None, now)
        status = AttemptStatus.DELIVERED if kind is None else AttemptStatus.UNDELIVERED
        if kind is None:
            self.received.append((text, now))
        return (
            started,
            AttemptAccepted(_meta(text, "accepted", now), *about, text.contact_id, now),
            AttemptStatusChanged(_meta(text, "status", now), *about, text.contact_id, status, True, reason, None, now),
        )


def _meta(text: TextApproved, name: str, at: datetime) -> Meta:
    event_id = EventId(derived_id(cause=text.contact_id, name=name, at=at))
    return Meta(event_id, at, text.meta.consumer_id, text.meta.correlation_id, text.meta.event_id, "sms", "1")


class World:
    """Some consumers, and the time that passes for them."""

    def __init__(self, start: datetime, failures: Failures | None = None) -> None:
        self.clock = HandClock(start)
        self.channel = TextChannel(self.clock, failures or {})
        services: list[AnyService] = [
            orchestrator(load_strategies()),
            gate(load_rules([LAW, HOUSE])),
            self.channel.service(),
        ]
        self.runtime = MemoryRuntime(services, clock=self.clock, partitions=2)
        self._numbers = 0

    def place(self, who: str, zones: Sequence[str], *, numbers: int = 1, debt: str = "a") -> AccountPlaced:
        """Place an account of a consumer's."""
        phones = tuple(
            a_phone(AddressId(f"tel-{who}-{n}"), f"+1212555010{n}", self.clock.now()) for n in range(numbers)
        )
        event = an_account(
            f"{who}/{debt}",
            self.clock.now(),
            meta=self.meta(who),
            debt_id=DebtId(f"debt-{who}-{debt}"),
            phones=phones,
            zones=tuple(ZoneEvidence(zone, ZoneSource.POSTAL_ADDRESS, None) for zone in zones),
        )
        self.runtime.publish(event)
        return event

    def meta(self, who: str) -> Meta:
        """The head of an event from outside."""
        self._numbers += 1
        return a_meta(f"outside/{self._numbers}", self.clock.now(), ConsumerId(who))

    def reply(self, who: str) -> None:
        """The consumer writes."""
        now = self.clock.now()
        number = AddressId(f"tel-{who}-0")
        self.runtime.publish(ReplyReceived(self.meta(who), Channel.SMS, number, ReplyIntent.OTHER, "?", "SM", now))

    def stop(self, who: str) -> None:
        """The consumer wants no more."""
        now = self.clock.now()
        number = AddressId(f"tel-{who}-0")
        self.runtime.publish(OptedOut(self.meta(who), Channel.SMS, OptOutScope.MEDIUM, number, "keyword", now))

    def pay(self, who: str, amount: str) -> None:
        """The consumer pays a part."""
        meta = self.meta(who)
        debt, payment = DebtId(f"debt-{who}-a"), PaymentId(meta.event_id)
        self.runtime.publish(PaymentSettled(meta, payment, debt, Decimal(amount), "USD", "card", self.clock.now()))

    async def live(self, span: timedelta, by: timedelta = timedelta(minutes=30)) -> None:
        """Let time pass."""
        end = self.clock.now() + span
        while self.clock.now() < end:
            self.clock.at += by
            await self.runtime.run()

    def texts(self, who: str) -> list[tuple[str, datetime]]:
        """What a consumer's phones received, and when."""
        return [(text.template_id, at) for text, at in self.channel.received if text.meta.consumer_id == who]
