"""Rules, consumers, requests and facts for tests of the gate."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from chassis.service import Context, Position
from contracts.events import (
    AccountPlaced,
    AsOf,
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    Channel,
    ContactRequested,
    DebtType,
    Event,
    Itemization,
    ItemizationBasis,
    Meta,
    OptedIn,
    OptedOut,
    OptOutScope,
    PaymentSettled,
    PersonName,
    PhoneAddress,
    PlacementFlags,
    Purpose,
    ReasonClass,
    ReplyIntent,
    ReplyReceived,
    ZoneEvidence,
    ZoneSource,
)
from contracts.ids import (
    AddressId,
    AttemptId,
    BatchId,
    ClientId,
    ConsumerId,
    ContactId,
    DebtId,
    EventId,
    PaymentId,
    PlacementId,
    RuleId,
    derived_id,
)
from contracts.topics import TOPIC_OF
from services.compliance.core.codes import seconds
from services.compliance.core.decide import Circumstances
from services.compliance.core.rules import KINDS
from services.compliance.core.rules.ask import Ask
from services.compliance.core.rules.rule import Definition, Rule, RuleSet, channel_bits
from services.compliance.core.state import FRESH, ConsumerState
from services.compliance.core.zones import plausible, zone_code
from services.compliance.loader import HOUSE, LAW, load_rules
from services.compliance.service import Gate

NOON = datetime(2026, 10, 19, 16, 0, tzinfo=UTC)
"""A Monday noon in New York."""

ANA = ConsumerId("con-000000000000000000000001")
MOBILE = AddressId("tel-000000000000000000000001")
LANDLINE = AddressId("tel-000000000000000000000002")
CARD = DebtId("debt-00000000000000000000001")
LOAN = DebtId("debt-00000000000000000000002")
NEW_YORK = "America/New_York"
FOR_EVER = 1 << 62
GIVEN = Circumstances(NOON, 3, AsOf(), "2026f")


def utc(text: str) -> datetime:
    """An instant with its offset."""
    return datetime.fromisoformat(text)


def at(text: str) -> int:
    """An instant with its offset, in seconds."""
    return seconds(utc(text))


@cache
def shipped_rules() -> RuleSet:
    """The rules that come with the service."""
    return load_rules([LAW, HOUSE])


def a_rule(kind: str, channels: tuple[str, ...] = ("sms", "voice"), **parameters: Any) -> Rule:
    """A rule of a kind; `id`, `starts` and `ends` may be given too."""
    definition = Definition(
        id=RuleId(parameters.pop("id", f"test.{kind}.one")),
        citation="a test",
        starts=parameters.pop("starts", 0),
        ends=parameters.pop("ends", FOR_EVER),
        binds=channel_bits(channels),
        parameters=parameters,
    )
    return next(k.build(definition) for k in KINDS if k.name == kind)


def an_hours_rule(**changes: Any) -> Rule:
    """From 8 to 21."""
    parameters: dict[str, Any] = {"opens": "08:00", "closes": "21:00"}
    return a_rule("hours", **parameters | changes)


def a_cap(most: int, days: int, **changes: Any) -> Rule:
    """So many texts in so many dates."""
    parameters: dict[str, Any] = {
        "most": most,
        "days": days,
        "per": "consumer",
        "counts": ["sms"],
        "except": ["rejected"],
    }
    return a_rule("rolling-cap", **parameters | changes)


def rules(*some: Rule) -> RuleSet:
    """A set of rules."""
    return RuleSet(some, "digest")


def an_ask(state: ConsumerState = FRESH, *, channel: str = "sms", address: str = MOBILE, debts: int = 1) -> Ask:
    """A question about a consumer."""
    zones = plausible(state.zones)
    return Ask(state, zones, zones == state.zones, channel_bits([channel]), address, debts, 3)


def in_zones(*names: str, **changes: Any) -> ConsumerState:
    """A consumer who may be in these zones."""
    return ConsumerState(zones=tuple(zone_code(n) for n in names), evidence=(2,) * len(names), **changes)


def a_meta(name: str = "event", when: datetime = NOON, consumer: ConsumerId = ANA) -> Meta:
    """The head of an event from outside."""
    event_id = EventId(derived_id(cause=name, name=consumer, at=when))
    return Meta(event_id, when, consumer, event_id, None, "test", "0")


def a_contact_id(name: str) -> ContactId:
    """The id of a contact, as the orchestrator makes them."""
    return ContactId(derived_id(cause=name, name="contact", at=NOON))


def a_phone(
    address_id: AddressId = MOBILE, number: str = "+12125550100", when: datetime = NOON - timedelta(days=40)
) -> PhoneAddress:
    """A mobile number, with consent to texts that was given to us on a day."""
    return PhoneAddress(address_id, number, "mobile", True, "us", when.date())


def an_account(name: str = "placed", when: datetime = NOON - timedelta(days=40), **changes: Any) -> AccountPlaced:
    """An account of Ana's, who lives in New York."""
    zero = Decimal("0.00")
    fields: dict[str, Any] = {
        "meta": a_meta(name, when),
        "placement_id": PlacementId(name),
        "batch_id": BatchId("batch"),
        "row_number": 1,
        "client_id": ClientId("acme"),
        "debt_id": CARD,
        "client_account_number": "AC-1001",
        "account_last4": "1001",
        "placement_sequence": 1,
        "debt_type": DebtType.CARD,
        "original_creditor": "Harbor Bank",
        "current_creditor": "Pier Fund",
        "currency": "USD",
        "balance": Decimal("1234.56"),
        "itemization": Itemization(
            when.date(), ItemizationBasis.CHARGE_OFF, Decimal("1234.56"), zero, zero, zero, zero
        ),
        "delinquent_on": None,
        "charged_off_on": None,
        "name": PersonName("Ana", None, "Example", None),
        "born_on": None,
        "ssn_hash": None,
        "language": "en",
        "postal_addresses": (),
        "phones": (a_phone(),),
        "emails": (),
        "zones": (ZoneEvidence(NEW_YORK, ZoneSource.POSTAL_ADDRESS, None),),
        "flags": PlacementFlags(None, None, None, None, None, None, None),
    }
    return AccountPlaced(**fields | changes)


def a_request(name: str = "request", **changes: Any) -> ContactRequested:
    """A text to Ana about her card."""
    fields: dict[str, Any] = {
        "meta": a_meta(name),
        "contact_id": a_contact_id(name),
        "channel": Channel.SMS,
        "address_id": MOBILE,
        "debt_ids": (CARD,),
        "purpose": Purpose.OUTREACH,
        "template_id": "welcome",
        "language": "en",
        "parameters": {"first_name": "Ana"},
        "not_after": NOON + timedelta(days=400),
        "strategy_id": "welcome@1",
        "step_id": "welcome",
    }
    return ContactRequested(**fields | changes)


def _attempt(
    contact: str, when: datetime, name: str, channel: Channel = Channel.SMS
) -> tuple[Meta, ContactId, AttemptId, Channel, AddressId, str]:
    contact_id = a_contact_id(contact)
    return (a_meta(f"{name}-{contact}", when), contact_id, AttemptId(f"attempt-{contact}"), channel, MOBILE, "twilio")


def started(contact: str, when: datetime = NOON, channel: Channel = Channel.SMS) -> AttemptStarted:
    """The channel is about to send."""
    return AttemptStarted(*_attempt(contact, when, "started", channel), when)


def accepted(contact: str, when: datetime = NOON, channel: Channel = Channel.SMS) -> AttemptAccepted:
    """The provider has it."""
    return AttemptAccepted(*_attempt(contact, when, "accepted", channel), "SM1", when)


def in_doubt(contact: str, when: datetime = NOON) -> AttemptInDoubt:
    """Nobody knows."""
    return AttemptInDoubt(*_attempt(contact, when, "doubt"), "timeout", when, 0)


def rejected(
    contact: str, when: datetime = NOON, reason: ReasonClass = ReasonClass.TEMPORARY, code: str | None = None
) -> AttemptRejected:
    """Nothing was sent."""
    return AttemptRejected(*_attempt(contact, when, "rejected"), "word", reason, code, when)


def status(
    contact: str,
    what: AttemptStatus,
    when: datetime = NOON,
    reason: ReasonClass = ReasonClass.NONE,
    channel: Channel = Channel.SMS,
) -> AttemptStatusChanged:
    """The provider reports."""
    return AttemptStatusChanged(*_attempt(contact, when, what.value, channel), "SM1", what, True, reason, None, when)


def opted_out(
    when: datetime = NOON,
    scope: OptOutScope = OptOutScope.MEDIUM,
    channel: Channel = Channel.SMS,
    address: AddressId | None = MOBILE,
) -> OptedOut:
    """Stop."""
    return OptedOut(a_meta(f"out-{scope.value}-{address}", when), channel, scope, address, "keyword", when)


def opted_in(when: datetime = NOON, channel: Channel = Channel.SMS, address: AddressId | None = MOBILE) -> OptedIn:
    """Start."""
    return OptedIn(a_meta(f"in-{address}", when), channel, address, "keyword", when)


def a_reply(
    when: datetime = NOON, intent: ReplyIntent = ReplyIntent.OTHER, channel: Channel = Channel.SMS
) -> ReplyReceived:
    """A message from Ana."""
    return ReplyReceived(a_meta("reply", when), channel, MOBILE, intent, "who is this", "SM2", when)


def a_payment(when: datetime = NOON) -> PaymentSettled:
    """Money for the card."""
    return PaymentSettled(a_meta("paid", when), PaymentId("p"), CARD, Decimal("10.00"), "USD", "card", when)


class Conversation:
    """Ana and the gate, event by event, as a runtime would drive it."""

    def __init__(self, gate_rules: RuleSet | None = None) -> None:
        self.gate = Gate(gate_rules or shipped_rules(), "2026f")
        self.state = self.gate.fresh(consumer_id=ANA)
        self.offset = 0

    def tell(self, event: Event, now: datetime | None = None) -> list[Event]:
        """Let the gate have an event; what it answers is folded in, and the state goes through its bytes."""
        when = now or event.meta.occurred_at
        place = Position(TOPIC_OF[type(event)], 3, self.offset)
        context = Context(when, place, when, {"counterpoint.placements.v1": 7})
        self.offset += 1
        outcomes = list(self.gate.decide(state=self.state, event=event, context=context))
        for e in (event, *outcomes):
            self.state = self.gate.evolve(state=self.state, event=e, context=context)
        self.state = self.gate.decode(encoded=self.gate.encode(state=self.state))
        return outcomes

    def ask(self, name: str, now: datetime, **changes: Any) -> Event:
        """The verdict on a request."""
        return self.tell(a_request(name, **changes), now)[0]
