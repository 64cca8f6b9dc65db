"""A small service for the runtimes' suite: it counts payments, answers requests with the count, and acts on answers."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from chassis.service import Context, Done, Service
from contracts.events import (
    AsOf,
    Channel,
    ContactRequested,
    ContactVetoed,
    Event,
    Meta,
    PaymentSettled,
    Purpose,
    SuppressionChanged,
    TimerDue,
    TimerKind,
)
from contracts.ids import AddressId, ConsumerId, ContactId, DebtId, EventId, PaymentId, RuleId, derived_id

START = datetime(2026, 10, 19, 16, 0, tzinfo=UTC)


class Tally(msgspec.Struct, frozen=True, array_like=True):
    """How many payments, in which order requests came, and what was acted on."""

    payments: int = 0
    requests: tuple[str, ...] = ()
    acted: tuple[str, ...] = ()
    alarm: datetime | None = None
    rung: int = 0


def meta(consumer: str, name: str, at: datetime = START) -> Meta:
    event_id = EventId(derived_id(cause=consumer, name=name, at=at))
    return Meta(event_id, at, ConsumerId(consumer), str(event_id), None, "test", "0")


def payment(consumer: str, n: int) -> PaymentSettled:
    return PaymentSettled(
        meta(consumer, f"payment-{n}"), PaymentId(str(n)), DebtId("d"), Decimal("1.00"), "USD", "card", START
    )


def request(consumer: str, n: int) -> ContactRequested:
    return ContactRequested(
        meta(consumer, f"request-{n}"),
        ContactId(f"{consumer}-{n}"),
        Channel.SMS,
        AddressId("tel-1"),
        (DebtId("d"),),
        Purpose.OUTREACH,
        "welcome",
        "en",
        {},
        START,
        "",
        "",
    )


def follows(cause: Event, name: str, at: datetime) -> Meta:
    event_id = EventId(derived_id(cause=cause.meta.event_id, name=name, at=START))
    return Meta(event_id, at, cause.meta.consumer_id, cause.meta.correlation_id, cause.meta.event_id, "tally", "0")


class TallyDecider:
    """Counts."""

    def fresh(self, *, consumer_id: ConsumerId) -> Tally:
        return Tally()

    def decide(self, *, state: Tally, event: Event, context: Context) -> Sequence[Event]:
        if not isinstance(event, ContactRequested):
            return ()
        said = f"{len(state.requests)} requests and {state.payments} payments before"
        return (
            ContactVetoed(
                follows(event, said, context.now),
                event.contact_id,
                event.channel,
                event.address_id,
                event.debt_ids,
                event.purpose,
                context.now,
                (),
                AsOf(payments=context.as_of.get("counterpoint.payments.v1", -1)),
                said,
                "",
                event.meta.event_id,
                RuleId("tally"),
            ),
        )

    def evolve(self, *, state: Tally, event: Event, context: Context) -> Tally:
        match event:
            case PaymentSettled():
                return msgspec.structs.replace(
                    state, payments=state.payments + 1, alarm=event.settled_at + timedelta(days=3)
                )
            case ContactRequested():
                return msgspec.structs.replace(state, requests=(*state.requests, event.contact_id))
            case SuppressionChanged():
                return msgspec.structs.replace(state, acted=(*state.acted, event.reason))
            case TimerDue():
                return msgspec.structs.replace(state, alarm=None, rung=state.rung + 1)
            case _:
                return state

    def wake_at(self, *, state: Tally) -> datetime | None:
        return state.alarm

    def wake(self, *, state: Tally, consumer_id: ConsumerId, now: datetime) -> Sequence[Event]:
        return (TimerDue(meta(consumer_id, "alarm"), "alarm", TimerKind.STRATEGY_STEP, START),)

    def encode(self, *, state: Tally) -> bytes:
        return msgspec.msgpack.encode(state)

    def decode(self, *, encoded: bytes) -> Tally:
        return msgspec.msgpack.decode(encoded, type=Tally)


class World:
    """What the service did outside: contact ids, and those that it was told might be done already."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.asked: list[str] = []

    async def act(self, done: Sequence[Done]) -> Sequence[Event]:
        results = []
        for d in done:
            assert isinstance(d.event, ContactVetoed)
            (self.asked if d.repeat else self.did).append(d.event.contact_id)
            results.append(
                SuppressionChanged(
                    follows(d.event, "acted", START), Channel.SMS, AddressId("tel-1"), True, START, d.event.contact_id
                )
            )
        return results


def tally_service(world: World, name: str = "tally") -> Service[Tally]:
    return Service(
        name=name,
        version="0",
        reads=frozenset({PaymentSettled, ContactRequested, TimerDue}),
        judged_last=frozenset({ContactRequested}),
        decider=TallyDecider(),
        effects={ContactVetoed: world.act},
    )
