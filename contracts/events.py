"""The events that services exchange, and the types they share.

Generated from `schemas/` by `make schemas`; do not edit.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar, Self

from msgspec import Struct

from contracts.avro import (
    FALSE,
    LENGTH,
    NONE,
    NOTHING,
    NULL,
    PRESENT,
    SOMETHING,
    TRUE,
    NotPlain,
    Write,
    binary,
    boolean,
    day,
    decimal,
    interned,
    kept,
    long,
    plain_day,
    plain_decimal,
    plain_kept,
    plain_long,
    plain_map,
    plain_numbers,
    plain_records,
    plain_strings,
    plain_symbols,
    plain_timestamp,
    read_boolean,
    read_branch,
    read_count,
    read_day,
    read_decimal,
    read_length,
    read_long,
    read_timestamp,
    recalled,
    recalled_numbers,
    string,
    timestamp,
)
from contracts.ids import (
    AddressId,
    ArrangementId,
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
)


class Event(Struct, frozen=True, gc=False):
    """What every event type shares: bytes from it, and it from bytes."""

    FINGERPRINT: ClassVar[bytes]
    meta: "Meta"

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        raise TypeError("only generated events can be written")

    def to_avro(self, head: str = "") -> bytes:
        """The event as Avro binary; `head` goes before it, a byte for each of its characters."""
        out = [head.encode("latin-1")]
        self.write(out.append)
        return b"".join(out)

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        raise TypeError("only generated events can be read")

    @classmethod
    def from_avro(cls, b: bytes) -> Self:
        """The event from Avro binary; raises ValueError or LookupError if it is not one."""
        event, end = cls.read(b, 0)
        if end != len(b):
            raise ValueError(f"{cls.__name__} needs {end} bytes, and the record has {len(b)}")
        return event


class ArrangementKind(Enum):
    """What was agreed."""

    UNKNOWN = "UNKNOWN"
    PROMISE = "PROMISE"
    PLAN = "PLAN"
    SETTLEMENT = "SETTLEMENT"


_ArrangementKind_MEMBERS = dict(enumerate(ArrangementKind))
_ArrangementKind_BYTES = {member.value: long(n) for n, member in enumerate(ArrangementKind)}
_ArrangementKind_TEXT = {member.value: LENGTH[n] for n, member in enumerate(ArrangementKind)}


class ArrangementState(Enum):
    """How an arrangement stands."""

    UNKNOWN = "UNKNOWN"
    OPEN = "OPEN"
    KEPT = "KEPT"
    BROKEN = "BROKEN"
    REPLACED = "REPLACED"


_ArrangementState_MEMBERS = dict(enumerate(ArrangementState))
_ArrangementState_BYTES = {member.value: long(n) for n, member in enumerate(ArrangementState)}
_ArrangementState_TEXT = {member.value: LENGTH[n] for n, member in enumerate(ArrangementState)}


class AsOf(Struct, frozen=True, gc=False):
    """How much of each input topic a decision had seen, on the consumer's partition: the next offset to be read; -1
    for a topic of which nothing was seen."""

    placements: int = -1
    """Next offset of placements."""
    consumer_statements: int = -1
    """Next offset of consumer-statements."""
    contact_requests: int = -1
    """Next offset of contact-requests."""
    contact_attempts: int = -1
    """Next offset of contact-attempts."""
    payments: int = -1
    """Next offset of payments."""
    came: str = ""
    """The order in which the consumer's facts were taken in since the last verdict, since topics are read side by
    side: a letter for each, p for placements, s for consumer-statements, a for contact-attempts, m for payments; the
    last 64."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(long(self.placements))
        w(long(self.consumer_statements))
        w(long(self.contact_requests))
        w(long(self.contact_attempts))
        w(long(self.payments))
        w(string(self.came))

    def plain(self, head: str = "") -> str:
        """The record as text of a byte a character; raises NotPlain if that takes more care."""
        if not f"{self.came}".isascii():
            raise NotPlain
        return (
            f"{head}"
            f"{plain_long(self.placements)}"
            f"{plain_long(self.consumer_statements)}"
            f"{plain_long(self.contact_requests)}"
            f"{plain_long(self.contact_attempts)}"
            f"{plain_long(self.payments)}"
            f"{LENGTH[len(self.came)]}{self.came}"
        )

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        placements: Any
        placements, i = read_long(b, i)
        consumer_statements: Any
        consumer_statements, i = read_long(b, i)
        contact_requests: Any
        contact_requests, i = read_long(b, i)
        contact_attempts: Any
        contact_attempts, i = read_long(b, i)
        payments: Any
        payments, i = read_long(b, i)
        came: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        came = b[i:j].decode()
        i = j
        return cls(placements, consumer_statements, contact_requests, contact_attempts, payments, came), i


class AttemptStatus(Enum):
    """How far a contact has come, on one ladder for every channel."""

    UNKNOWN = "UNKNOWN"
    QUEUED = "QUEUED"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    UNDELIVERED = "UNDELIVERED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
    READ = "READ"
    ANSWERED = "ANSWERED"
    BUSY = "BUSY"
    NO_ANSWER = "NO_ANSWER"
    NOT_IN_SERVICE = "NOT_IN_SERVICE"
    VOICEMAIL = "VOICEMAIL"
    CONVERSATION = "CONVERSATION"
    DROPPED = "DROPPED"
    BOUNCED = "BOUNCED"
    OPENED = "OPENED"
    CLICKED = "CLICKED"
    REPLIED = "REPLIED"
    COMPLAINED = "COMPLAINED"
    MAILED = "MAILED"
    IN_TRANSIT = "IN_TRANSIT"
    RETURNED = "RETURNED"


_AttemptStatus_MEMBERS = dict(enumerate(AttemptStatus))
_AttemptStatus_BYTES = {member.value: long(n) for n, member in enumerate(AttemptStatus)}
_AttemptStatus_TEXT = {member.value: LENGTH[n] for n, member in enumerate(AttemptStatus)}


class BreakKind(Enum):
    """How a contact fell out of the one conversation."""

    UNKNOWN = "UNKNOWN"
    TWO_PURPOSES = "TWO_PURPOSES"
    AMOUNT_DIFFERS = "AMOUNT_DIFFERS"
    OFFER_DIFFERS = "OFFER_DIFFERS"
    AFTER_PAYMENT = "AFTER_PAYMENT"
    AFTER_DISPUTE = "AFTER_DISPUTE"
    AFTER_OPT_OUT = "AFTER_OPT_OUT"
    AFTER_RECALL = "AFTER_RECALL"
    OVERTAKEN = "OVERTAKEN"


_BreakKind_MEMBERS = dict(enumerate(BreakKind))
_BreakKind_BYTES = {member.value: long(n) for n, member in enumerate(BreakKind)}
_BreakKind_TEXT = {member.value: LENGTH[n] for n, member in enumerate(BreakKind)}


class CallbackKind(Enum):
    """What a provider's callback is about."""

    UNKNOWN = "UNKNOWN"
    STATUS = "STATUS"
    INBOUND = "INBOUND"


_CallbackKind_MEMBERS = dict(enumerate(CallbackKind))
_CallbackKind_BYTES = {member.value: long(n) for n, member in enumerate(CallbackKind)}
_CallbackKind_TEXT = {member.value: LENGTH[n] for n, member in enumerate(CallbackKind)}


class Channel(Enum):
    """A medium by which a contact can travel."""

    UNKNOWN = "UNKNOWN"
    SMS = "SMS"
    EMAIL = "EMAIL"
    VOICE = "VOICE"
    LETTER = "LETTER"
    PORTAL = "PORTAL"
    CHAT = "CHAT"
    PUSH = "PUSH"


_Channel_MEMBERS = dict(enumerate(Channel))
_Channel_BYTES = {member.value: long(n) for n, member in enumerate(Channel)}
_Channel_TEXT = {member.value: LENGTH[n] for n, member in enumerate(Channel)}


class ChoiceOption(Struct, frozen=True, gc=False):
    """An option of a choice, with what is believed of it before anything was learned."""

    name: str
    """The option."""
    prior_rewarded: int
    """As if so many of those before had been rewarded."""
    prior_made: int
    """As if it had been chosen so often before."""
    left: tuple[int, ...] = ()
    """With a budget: how many more contacts it leaves for the option's channel up to the end of today, and of each
    day after; nothing where the option is under no cap."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(interned(self.name))
        w(long(self.prior_rewarded))
        w(long(self.prior_made))
        if self.left:
            w(long(len(self.left)))
            for left_item in self.left:
                w(long(left_item))
        w(NULL)

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        name: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        name = b[i:j].decode()
        i = j
        prior_rewarded: Any
        prior_rewarded, i = read_long(b, i)
        prior_made: Any
        prior_made, i = read_long(b, i)
        left: Any
        left_items: Any = []
        left_count = b[i]
        if left_count & 0x81:
            left_count, i = read_count(b, i)
        else:
            left_count >>= 1
            i += 1
        while left_count:
            for _ in range(left_count):
                left_item, i = read_long(b, i)
                left_items.append(left_item)
            left_count = b[i]
            if left_count & 0x81:
                left_count, i = read_count(b, i)
            else:
                left_count >>= 1
                i += 1
        left = tuple(left_items)
        return cls(name, prior_rewarded, prior_made, left), i


class ChosenOption(Struct, frozen=True, gc=False):
    """What was chosen for a consumer at a step of a strategy."""

    choice_id: str
    """Which choice."""
    option: str
    """Which option was chosen."""
    bucket: str
    """What kind of consumer, at what time of day, it was chosen for."""
    propensity_millionths: int
    """How likely it was that this option would be chosen, in millionths."""
    held_out: bool
    """Whether it was drawn evenly among all options, for comparison."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(interned(self.choice_id))
        w(interned(self.option))
        w(interned(self.bucket))
        w(long(self.propensity_millionths))
        w(boolean(self.held_out))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        choice_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        choice_id = b[i:j].decode()
        i = j
        option: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        option = b[i:j].decode()
        i = j
        bucket: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        bucket = b[i:j].decode()
        i = j
        propensity_millionths: Any
        propensity_millionths, i = read_long(b, i)
        held_out: Any
        held_out, i = read_boolean(b, i)
        return cls(choice_id, option, bucket, propensity_millionths, held_out), i


class CountedEvent(Struct, frozen=True, gc=False):
    """An event that a rule counted, by its place in the log."""

    topic: str
    """Topic of the event."""
    partition: int
    """Partition of the event."""
    offset: int
    """Offset of the event."""
    occurred_at: datetime
    """When it happened."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(interned(self.topic))
        w(long(self.partition))
        w(long(self.offset))
        w(timestamp(self.occurred_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        topic: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        topic = b[i:j].decode()
        i = j
        partition: Any
        partition, i = read_long(b, i)
        offset: Any
        offset, i = read_long(b, i)
        occurred_at: Any
        occurred_at, i = read_timestamp(b, i)
        return cls(topic, partition, offset, occurred_at), i


class DebtType(Enum):
    """The kind of debt."""

    UNKNOWN = "UNKNOWN"
    CARD = "CARD"
    MEDICAL = "MEDICAL"
    AUTO = "AUTO"
    STUDENT = "STUDENT"
    TELECOM = "TELECOM"
    UTILITY = "UTILITY"
    RENT = "RENT"
    GOVERNMENT = "GOVERNMENT"
    COMMERCIAL = "COMMERCIAL"
    JUDGMENT = "JUDGMENT"
    OTHER = "OTHER"


_DebtType_MEMBERS = dict(enumerate(DebtType))
_DebtType_BYTES = {member.value: long(n) for n, member in enumerate(DebtType)}
_DebtType_TEXT = {member.value: LENGTH[n] for n, member in enumerate(DebtType)}


class EmailAddress(Struct, frozen=True, gc=False):
    """An e-mail address of a consumer."""

    address_id: AddressId
    """The address, as an opaque keyed hash: equal for everybody who shares it."""
    address: str
    """The address, lower case."""
    employer_domain: bool | None = None
    """Whether an employer runs the domain; null where nobody knows."""
    consented: bool | None = None
    """Whether consent to e-mails, given to us, is on record; null where nobody knows."""
    consented_on: date | None = None
    """The date on which consent was given; null where nobody knows."""

    PII: ClassVar[tuple[str, ...]] = ("address",)

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(string(self.address_id))
        w(string(self.address))
        if self.employer_domain is None:
            w(NULL)
        else:
            w(PRESENT)
            w(boolean(self.employer_domain))
        if self.consented is None:
            w(NULL)
        else:
            w(PRESENT)
            w(boolean(self.consented))
        if self.consented_on is None:
            w(NULL)
        else:
            w(PRESENT)
            w(day(self.consented_on))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        address: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address = b[i:j].decode()
        i = j
        employer_domain: Any
        n, i = read_branch(b, i)
        if n:
            employer_domain, i = read_boolean(b, i)
        else:
            employer_domain = None
        consented: Any
        n, i = read_branch(b, i)
        if n:
            consented, i = read_boolean(b, i)
        else:
            consented = None
        consented_on: Any
        n, i = read_branch(b, i)
        if n:
            consented_on, i = read_day(b, i)
        else:
            consented_on = None
        return cls(address_id, address, employer_domain, consented, consented_on), i


class ExperimentArm(Struct, frozen=True, gc=False):
    """The arm of an experiment that a consumer is in."""

    experiment_id: str
    """Which experiment."""
    arm: str
    """Which arm of it."""
    propensity_millionths: int
    """How likely it was that the consumer came into this arm, in millionths."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(interned(self.experiment_id))
        w(interned(self.arm))
        w(long(self.propensity_millionths))

    def plain(self, head: str = "") -> str:
        """The record as text of a byte a character; raises NotPlain if that takes more care."""
        if not f"{self.experiment_id}{self.arm}".isascii():
            raise NotPlain
        return (
            f"{head}"
            f"{LENGTH[len(self.experiment_id)]}{self.experiment_id}"
            f"{LENGTH[len(self.arm)]}{self.arm}"
            f"{plain_long(self.propensity_millionths)}"
        )

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        experiment_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        experiment_id = b[i:j].decode()
        i = j
        arm: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        arm = b[i:j].decode()
        i = j
        propensity_millionths: Any
        propensity_millionths, i = read_long(b, i)
        return cls(experiment_id, arm, propensity_millionths), i


class FactKind(Enum):
    """What rules may want to know of a consumer; docs/reference/rules.md says what each means."""

    UNKNOWN = "UNKNOWN"
    CEASED = "CEASED"
    ATTORNEY_REPRESENTED = "ATTORNEY_REPRESENTED"
    BANKRUPT = "BANKRUPT"
    DECEASED = "DECEASED"
    MINOR = "MINOR"
    DISPUTED = "DISPUTED"
    DISPUTE_ANSWERED = "DISPUTE_ANSWERED"
    NOTICE_SENT = "NOTICE_SENT"
    NOTICE_OWED = "NOTICE_OWED"
    NOTICE_REQUIRED = "NOTICE_REQUIRED"
    STATED_LOCATION = "STATED_LOCATION"
    INCONVENIENT_TIME = "INCONVENIENT_TIME"
    INCONVENIENT_PLACE = "INCONVENIENT_PLACE"
    EMPLOYER_PROHIBITS = "EMPLOYER_PROHIBITS"
    TEXT_CONSENT = "TEXT_CONSENT"
    EMAIL_CONSENT = "EMAIL_CONSENT"
    CALL_CONSENT = "CALL_CONSENT"
    ROBO_CONSENT = "ROBO_CONSENT"
    ELECTRONIC_CONSENT = "ELECTRONIC_CONSENT"
    E_SIGN_CONSENT = "E_SIGN_CONSENT"
    TIME_CONSENT = "TIME_CONSENT"
    CREDITOR_EMAIL_NOTICE = "CREDITOR_EMAIL_NOTICE"
    NUMBER_CHECKED = "NUMBER_CHECKED"
    NUMBER_OF_ANOTHER = "NUMBER_OF_ANOTHER"
    SHARED_ADDRESS = "SHARED_ADDRESS"
    RIGHT_PARTY = "RIGHT_PARTY"
    ATTORNEY_SILENT = "ATTORNEY_SILENT"
    IN_SERVICE = "IN_SERVICE"
    TIME_BARRED = "TIME_BARRED"
    SAME_ACCOUNT = "SAME_ACCOUNT"
    MEDICAL_DEBT = "MEDICAL_DEBT"
    MEDICAL_NOTICE = "MEDICAL_NOTICE"
    WHEREABOUTS = "WHEREABOUTS"
    FIRST_COMMUNICATION = "FIRST_COMMUNICATION"
    PAID = "PAID"
    REGISTERED_STATE = "REGISTERED_STATE"
    RECALLED = "RECALLED"
    LINE_TYPE = "LINE_TYPE"


_FactKind_MEMBERS = dict(enumerate(FactKind))
_FactKind_BYTES = {member.value: long(n) for n, member in enumerate(FactKind)}
_FactKind_TEXT = {member.value: LENGTH[n] for n, member in enumerate(FactKind)}


class FindingResult(Enum):
    """What one rule says of one contact."""

    UNKNOWN = "UNKNOWN"
    ALLOWED = "ALLOWED"
    DEFERRED = "DEFERRED"
    VETOED = "VETOED"
    NOT_APPLICABLE = "NOT_APPLICABLE"


_FindingResult_MEMBERS = dict(enumerate(FindingResult))
_FindingResult_BYTES = {member.value: long(n) for n, member in enumerate(FindingResult)}
_FindingResult_TEXT = {member.value: LENGTH[n] for n, member in enumerate(FindingResult)}


class Instalment(Struct, frozen=True, gc=False):
    """One part of an arrangement."""

    due_on: date
    """The last date on which it is in time, at the consumer's place."""
    amount: Decimal
    """How much."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(day(self.due_on))
        w(decimal(self.amount, 2))

    def plain(self, head: str = "") -> str:
        """The record as text of a byte a character; raises NotPlain if that takes more care."""
        return f"{head}{plain_day(self.due_on)}{plain_decimal(self.amount, 2)}"

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        due_on: Any
        due_on, i = read_day(b, i)
        amount: Any
        amount, i = read_decimal(b, i, 2)
        return cls(due_on, amount), i


class ItemizationBasis(Enum):
    """Which of the five reference dates of 12 CFR 1006.34(b)(3) the itemization uses."""

    UNKNOWN = "UNKNOWN"
    LAST_STATEMENT = "LAST_STATEMENT"
    CHARGE_OFF = "CHARGE_OFF"
    LAST_PAYMENT = "LAST_PAYMENT"
    TRANSACTION = "TRANSACTION"
    JUDGMENT = "JUDGMENT"


_ItemizationBasis_MEMBERS = dict(enumerate(ItemizationBasis))
_ItemizationBasis_BYTES = {member.value: long(n) for n, member in enumerate(ItemizationBasis)}
_ItemizationBasis_TEXT = {member.value: LENGTH[n] for n, member in enumerate(ItemizationBasis)}


class Meta(Struct, frozen=True, gc=False):
    """What every event begins with."""

    event_id: EventId
    """Id of this event, a UUID version 7; a repeat of the event has the same id."""
    occurred_at: datetime
    """When it became true, UTC; the record's own timestamp says when we learned it."""
    consumer_id: ConsumerId
    """The consumer that it is about, and the record's key; empty where an event is about no consumer."""
    correlation_id: str
    """Id shared by everything that follows from one first event."""
    causation_id: EventId | None
    """Id of the event that this one follows from; null for a first event."""
    producer: str
    """Name of the service that says so."""
    producer_version: str
    """Version of that service."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(string(self.event_id))
        w(timestamp(self.occurred_at))
        w(string(self.consumer_id))
        w(string(self.correlation_id))
        if self.causation_id is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.causation_id))
        w(interned(self.producer))
        w(interned(self.producer_version))

    def plain(self, head: str = "") -> str:
        """The record as text of a byte a character; raises NotPlain if that takes more care."""
        if not f"{self.event_id}{self.consumer_id}{self.correlation_id}{self.producer}{self.producer_version}{self.causation_id or NONE}".isascii():
            raise NotPlain
        return (
            f"{head}"
            f"{LENGTH[len(self.event_id)]}{self.event_id}"
            f"{plain_timestamp(self.occurred_at)}"
            f"{LENGTH[len(self.consumer_id)]}{self.consumer_id}"
            f"{LENGTH[len(self.correlation_id)]}{self.correlation_id}"
            f"{NOTHING if self.causation_id is None else f'{SOMETHING}{LENGTH[len(self.causation_id)]}{self.causation_id}'}"
            f"{LENGTH[len(self.producer)]}{self.producer}"
            f"{LENGTH[len(self.producer_version)]}{self.producer_version}"
        )

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        event_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        event_id = b[i:j].decode()
        i = j
        occurred_at: Any
        occurred_at, i = read_timestamp(b, i)
        consumer_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        consumer_id = b[i:j].decode()
        i = j
        correlation_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        correlation_id = b[i:j].decode()
        i = j
        causation_id: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            causation_id = b[i:j].decode()
            i = j
        else:
            causation_id = None
        producer: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        producer = b[i:j].decode()
        i = j
        producer_version: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        producer_version = b[i:j].decode()
        i = j
        return cls(event_id, occurred_at, consumer_id, correlation_id, causation_id, producer, producer_version), i


class OptOutScope(Enum):
    """How far an opt-out reaches."""

    UNKNOWN = "UNKNOWN"
    ADDRESS = "ADDRESS"
    MEDIUM = "MEDIUM"
    EVERYTHING = "EVERYTHING"


_OptOutScope_MEMBERS = dict(enumerate(OptOutScope))
_OptOutScope_BYTES = {member.value: long(n) for n, member in enumerate(OptOutScope)}
_OptOutScope_TEXT = {member.value: LENGTH[n] for n, member in enumerate(OptOutScope)}


class PersonName(Struct, frozen=True, gc=False):
    """A person's name, as the client gave it, trimmed."""

    first: str
    """Given name."""
    middle: str | None
    """Middle name or initial."""
    last: str
    """Family name."""
    suffix: str | None = None
    """Jr, Sr, III and the like."""

    PII: ClassVar[tuple[str, ...]] = ("first", "middle", "last", "suffix")

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(string(self.first))
        if self.middle is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.middle))
        w(string(self.last))
        if self.suffix is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.suffix))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        first: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        first = b[i:j].decode()
        i = j
        middle: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            middle = b[i:j].decode()
            i = j
        else:
            middle = None
        last: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        last = b[i:j].decode()
        i = j
        suffix: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            suffix = b[i:j].decode()
            i = j
        else:
            suffix = None
        return cls(first, middle, last, suffix), i


class PhoneAddress(Struct, frozen=True, gc=False):
    """A telephone number of a consumer."""

    address_id: AddressId
    """The address, as an opaque keyed hash: equal for everybody who shares it."""
    number: str
    """The number in E.164 form."""
    line_type: str
    """mobile, landline, voip, toll-free or unknown."""
    consented: bool | None = None
    """Whether consent to texts is on record; null where nobody knows."""
    consent_to: str | None = None
    """To whom consent was given: us or client; null where nobody knows."""
    consented_on: date | None = None
    """The date on which consent was given; null where nobody knows."""
    checked_on: date | None = None
    """The last date on which a check of the FCC's reassigned numbers database found the number to be still the
    consumer's."""

    PII: ClassVar[tuple[str, ...]] = ("number",)

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(string(self.address_id))
        w(string(self.number))
        w(string(self.line_type))
        if self.consented is None:
            w(NULL)
        else:
            w(PRESENT)
            w(boolean(self.consented))
        if self.consent_to is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.consent_to))
        if self.consented_on is None:
            w(NULL)
        else:
            w(PRESENT)
            w(day(self.consented_on))
        if self.checked_on is None:
            w(NULL)
        else:
            w(PRESENT)
            w(day(self.checked_on))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        number: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        number = b[i:j].decode()
        i = j
        line_type: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        line_type = b[i:j].decode()
        i = j
        consented: Any
        n, i = read_branch(b, i)
        if n:
            consented, i = read_boolean(b, i)
        else:
            consented = None
        consent_to: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            consent_to = b[i:j].decode()
            i = j
        else:
            consent_to = None
        consented_on: Any
        n, i = read_branch(b, i)
        if n:
            consented_on, i = read_day(b, i)
        else:
            consented_on = None
        checked_on: Any
        n, i = read_branch(b, i)
        if n:
            checked_on, i = read_day(b, i)
        else:
            checked_on = None
        return cls(address_id, number, line_type, consented, consent_to, consented_on, checked_on), i


class PlacementFlags(Struct, frozen=True, gc=False):
    """What the client knows that restricts contact; null means that the client did not say."""

    disputed: bool | None = None
    """The consumer disputes the debt."""
    ceased: bool | None = None
    """The consumer asked in writing that contact cease."""
    attorney_represented: bool | None = None
    """An attorney represents the consumer."""
    bankrupt: bool | None = None
    """A bankruptcy case was filed."""
    deceased: bool | None = None
    """The consumer has died."""
    minor: bool | None = None
    """The consumer is under age."""
    military: bool | None = None
    """The consumer serves in the armed forces."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        if self.disputed is None:
            w(NULL)
        else:
            w(PRESENT)
            w(boolean(self.disputed))
        if self.ceased is None:
            w(NULL)
        else:
            w(PRESENT)
            w(boolean(self.ceased))
        if self.attorney_represented is None:
            w(NULL)
        else:
            w(PRESENT)
            w(boolean(self.attorney_represented))
        if self.bankrupt is None:
            w(NULL)
        else:
            w(PRESENT)
            w(boolean(self.bankrupt))
        if self.deceased is None:
            w(NULL)
        else:
            w(PRESENT)
            w(boolean(self.deceased))
        if self.minor is None:
            w(NULL)
        else:
            w(PRESENT)
            w(boolean(self.minor))
        if self.military is None:
            w(NULL)
        else:
            w(PRESENT)
            w(boolean(self.military))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        disputed: Any
        n, i = read_branch(b, i)
        if n:
            disputed, i = read_boolean(b, i)
        else:
            disputed = None
        ceased: Any
        n, i = read_branch(b, i)
        if n:
            ceased, i = read_boolean(b, i)
        else:
            ceased = None
        attorney_represented: Any
        n, i = read_branch(b, i)
        if n:
            attorney_represented, i = read_boolean(b, i)
        else:
            attorney_represented = None
        bankrupt: Any
        n, i = read_branch(b, i)
        if n:
            bankrupt, i = read_boolean(b, i)
        else:
            bankrupt = None
        deceased: Any
        n, i = read_branch(b, i)
        if n:
            deceased, i = read_boolean(b, i)
        else:
            deceased = None
        minor: Any
        n, i = read_branch(b, i)
        if n:
            minor, i = read_boolean(b, i)
        else:
            minor = None
        military: Any
        n, i = read_branch(b, i)
        if n:
            military, i = read_boolean(b, i)
        else:
            military = None
        return cls(disputed, ceased, attorney_represented, bankrupt, deceased, minor, military), i


class PostalAddress(Struct, frozen=True, gc=False):
    """A place where mail reaches a consumer."""

    address_id: AddressId
    """The address, as an opaque keyed hash: equal for everybody who shares it."""
    lines: tuple[str, ...]
    """Street lines."""
    city: str
    """City."""
    state: str
    """Two-letter code of the state."""
    postal_code: str
    """Five-digit ZIP code."""
    country: str
    """ISO 3166 code of two letters."""

    PII: ClassVar[tuple[str, ...]] = ("lines", "city", "postal_code")

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(string(self.address_id))
        if self.lines:
            w(long(len(self.lines)))
            for lines_item in self.lines:
                w(string(lines_item))
        w(NULL)
        w(string(self.city))
        w(string(self.state))
        w(string(self.postal_code))
        w(string(self.country))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        lines: Any
        lines_items: Any = []
        lines_count = b[i]
        if lines_count & 0x81:
            lines_count, i = read_count(b, i)
        else:
            lines_count >>= 1
            i += 1
        while lines_count:
            for _ in range(lines_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                lines_item = b[i:j].decode()
                i = j
                lines_items.append(lines_item)
            lines_count = b[i]
            if lines_count & 0x81:
                lines_count, i = read_count(b, i)
            else:
                lines_count >>= 1
                i += 1
        lines = tuple(lines_items)
        city: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        city = b[i:j].decode()
        i = j
        state: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        state = b[i:j].decode()
        i = j
        postal_code: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        postal_code = b[i:j].decode()
        i = j
        country: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        country = b[i:j].decode()
        i = j
        return cls(address_id, lines, city, state, postal_code, country), i


class ProfileAccount(Struct, frozen=True, gc=False):
    """An account as the orchestrator knows it."""

    debt_id: DebtId
    """The debt."""
    current_creditor: str
    """To whom it is owed."""
    account_last4: str
    """Last four characters of the client's number, fit to be shown."""
    owed: Decimal
    """What is left to pay, after the payments that are known."""
    currency: str
    """ISO 4217 code."""
    due_on: date | None
    """When the balance falls due, as the client said; null where it did not."""
    state: str
    """open, paid, settled or recalled."""
    paid_at: datetime | None = None
    """The last payment that stands; null if there was none."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(string(self.debt_id))
        w(interned(self.current_creditor))
        w(string(self.account_last4))
        w(decimal(self.owed, 2))
        w(interned(self.currency))
        if self.due_on is None:
            w(NULL)
        else:
            w(PRESENT)
            w(day(self.due_on))
        w(interned(self.state))
        if self.paid_at is None:
            w(NULL)
        else:
            w(PRESENT)
            w(timestamp(self.paid_at))

    def plain(self, head: str = "") -> str:
        """The record as text of a byte a character; raises NotPlain if that takes more care."""
        if not f"{self.debt_id}{self.current_creditor}{self.account_last4}{self.currency}{self.state}{self.due_on or NONE}{self.paid_at or NONE}".isascii():
            raise NotPlain
        return (
            f"{head}"
            f"{LENGTH[len(self.debt_id)]}{self.debt_id}"
            f"{LENGTH[len(self.current_creditor)]}{self.current_creditor}"
            f"{LENGTH[len(self.account_last4)]}{self.account_last4}"
            f"{plain_decimal(self.owed, 2)}"
            f"{LENGTH[len(self.currency)]}{self.currency}"
            f"{NOTHING if self.due_on is None else f'{SOMETHING}{plain_day(self.due_on)}'}"
            f"{LENGTH[len(self.state)]}{self.state}"
            f"{NOTHING if self.paid_at is None else f'{SOMETHING}{plain_timestamp(self.paid_at)}'}"
        )

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        debt_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        debt_id = b[i:j].decode()
        i = j
        current_creditor: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        current_creditor = b[i:j].decode()
        i = j
        account_last4: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        account_last4 = b[i:j].decode()
        i = j
        owed: Any
        owed, i = read_decimal(b, i, 2)
        currency: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        currency = b[i:j].decode()
        i = j
        due_on: Any
        n, i = read_branch(b, i)
        if n:
            due_on, i = read_day(b, i)
        else:
            due_on = None
        state: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        state = b[i:j].decode()
        i = j
        paid_at: Any
        n, i = read_branch(b, i)
        if n:
            paid_at, i = read_timestamp(b, i)
        else:
            paid_at = None
        return cls(debt_id, current_creditor, account_last4, owed, currency, due_on, state, paid_at), i


class Purpose(Enum):
    """Why a contact is made; it decides which rules count."""

    UNKNOWN = "UNKNOWN"
    OUTREACH = "OUTREACH"
    REQUIRED_NOTICE = "REQUIRED_NOTICE"
    OPT_OUT_CONFIRMATION = "OPT_OUT_CONFIRMATION"
    REPLY = "REPLY"
    CALLBACK = "CALLBACK"
    PAYMENT_CONFIRMATION = "PAYMENT_CONFIRMATION"
    VALIDATION_NOTICE = "VALIDATION_NOTICE"
    DISPUTE_RESPONSE = "DISPUTE_RESPONSE"
    CONSENT_REQUEST = "CONSENT_REQUEST"
    EFFORTS_END = "EFFORTS_END"
    REMEDY_POSSIBLE = "REMEDY_POSSIBLE"
    REMEDY_INTENDED = "REMEDY_INTENDED"
    LOCATION = "LOCATION"


_Purpose_MEMBERS = dict(enumerate(Purpose))
_Purpose_BYTES = {member.value: long(n) for n, member in enumerate(Purpose)}
_Purpose_TEXT = {member.value: LENGTH[n] for n, member in enumerate(Purpose)}


class ReasonClass(Enum):
    """What a failure means for the next step; services decide on this and never on a provider's code."""

    UNKNOWN = "UNKNOWN"
    NONE = "NONE"
    PERMANENT_ADDRESS = "PERMANENT_ADDRESS"
    TEMPORARY = "TEMPORARY"
    CONTENT_OR_REPUTATION = "CONTENT_OR_REPUTATION"
    OPTED_OUT = "OPTED_OUT"
    TECHNICAL = "TECHNICAL"
    CONFIGURATION = "CONFIGURATION"
    EXPIRED = "EXPIRED"
    NOT_SENT = "NOT_SENT"


_ReasonClass_MEMBERS = dict(enumerate(ReasonClass))
_ReasonClass_BYTES = {member.value: long(n) for n, member in enumerate(ReasonClass)}
_ReasonClass_TEXT = {member.value: LENGTH[n] for n, member in enumerate(ReasonClass)}


class ReplyIntent(Enum):
    """What a consumer's message asks for."""

    UNKNOWN = "UNKNOWN"
    OPT_OUT = "OPT_OUT"
    OPT_IN = "OPT_IN"
    HELP = "HELP"
    OTHER = "OTHER"
    CEASE = "CEASE"
    DISPUTE = "DISPUTE"
    ATTORNEY = "ATTORNEY"
    BANKRUPTCY = "BANKRUPTCY"
    WRONG_PERSON = "WRONG_PERSON"
    DECEASED = "DECEASED"
    HARDSHIP = "HARDSHIP"
    PROMISE = "PROMISE"
    PAID_ALREADY = "PAID_ALREADY"
    QUESTION = "QUESTION"
    COMPLAINT = "COMPLAINT"


_ReplyIntent_MEMBERS = dict(enumerate(ReplyIntent))
_ReplyIntent_BYTES = {member.value: long(n) for n, member in enumerate(ReplyIntent)}
_ReplyIntent_TEXT = {member.value: LENGTH[n] for n, member in enumerate(ReplyIntent)}


class StrategyMove(Struct, frozen=True, gc=False):
    """Consumers on an earlier version of a strategy go over to the new one."""

    from_version: int
    """The version that they are on."""
    steps: dict[str, str]
    """Where those go on who stand at a step that the new version has under another name, or not at all; steps of the
    same name need no entry."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(long(self.from_version))
        if self.steps:
            w(long(len(self.steps)))
            for steps_key, steps_item in self.steps.items():
                w(string(steps_key))
                w(string(steps_item))
        w(NULL)

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        from_version: Any
        from_version, i = read_long(b, i)
        steps: Any
        steps_items: Any = {}
        steps_count = b[i]
        if steps_count & 0x81:
            steps_count, i = read_count(b, i)
        else:
            steps_count >>= 1
            i += 1
        while steps_count:
            for _ in range(steps_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                steps_key = b[i:j].decode()
                i = j
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                steps_item = b[i:j].decode()
                i = j
                steps_items[steps_key] = steps_item
            steps_count = b[i]
            if steps_count & 0x81:
                steps_count, i = read_count(b, i)
            else:
                steps_count >>= 1
                i += 1
        steps = steps_items
        return cls(from_version, steps), i


class Technology(Enum):
    """How a call is made; no matter for other channels."""

    UNKNOWN = "UNKNOWN"
    LIVE_MANUAL = "LIVE_MANUAL"
    PRERECORDED = "PRERECORDED"
    RINGLESS = "RINGLESS"


_Technology_MEMBERS = dict(enumerate(Technology))
_Technology_BYTES = {member.value: long(n) for n, member in enumerate(Technology)}
_Technology_TEXT = {member.value: LENGTH[n] for n, member in enumerate(Technology)}


class TimerKind(Enum):
    """What a timer wakes."""

    UNKNOWN = "UNKNOWN"
    STRATEGY_STEP = "STRATEGY_STEP"
    CONTACT_RETRY = "CONTACT_RETRY"
    ARRANGEMENT_CHECK = "ARRANGEMENT_CHECK"


_TimerKind_MEMBERS = dict(enumerate(TimerKind))
_TimerKind_BYTES = {member.value: long(n) for n, member in enumerate(TimerKind)}
_TimerKind_TEXT = {member.value: LENGTH[n] for n, member in enumerate(TimerKind)}


class WeighedOption(Struct, frozen=True, gc=False):
    """An option as it was weighed in a choice: with all that was known of it."""

    name: str
    """The option."""
    prior_rewarded: int
    """As if so many of those before had been rewarded."""
    prior_made: int
    """As if it had been chosen so often before."""
    rewarded: int
    """How often it was rewarded among those consumers of whom it is known how that ended."""
    made: int
    """How often it was chosen for consumers of whom it is known how that ended."""
    propensity_millionths: int
    """How likely it was that this option would be chosen, in millionths, the hold-out counted in."""
    left: tuple[int, ...] = ()
    """With a budget: how many more contacts it left for the option's channel up to the end of today, and of each day
    after; nothing where the option is under no cap."""
    worth_now: bool = True
    """Whether a contact of the budget was better spent on it today than on a later day, for all that was known; else
    only the hold-out could choose it."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(interned(self.name))
        w(long(self.prior_rewarded))
        w(long(self.prior_made))
        w(long(self.rewarded))
        w(long(self.made))
        w(long(self.propensity_millionths))
        if self.left:
            w(long(len(self.left)))
            for left_item in self.left:
                w(long(left_item))
        w(NULL)
        w(boolean(self.worth_now))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        name: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        name = b[i:j].decode()
        i = j
        prior_rewarded: Any
        prior_rewarded, i = read_long(b, i)
        prior_made: Any
        prior_made, i = read_long(b, i)
        rewarded: Any
        rewarded, i = read_long(b, i)
        made: Any
        made, i = read_long(b, i)
        propensity_millionths: Any
        propensity_millionths, i = read_long(b, i)
        left: Any
        left_items: Any = []
        left_count = b[i]
        if left_count & 0x81:
            left_count, i = read_count(b, i)
        else:
            left_count >>= 1
            i += 1
        while left_count:
            for _ in range(left_count):
                left_item, i = read_long(b, i)
                left_items.append(left_item)
            left_count = b[i]
            if left_count & 0x81:
                left_count, i = read_count(b, i)
            else:
                left_count >>= 1
                i += 1
        left = tuple(left_items)
        worth_now: Any
        worth_now, i = read_boolean(b, i)
        return cls(name, prior_rewarded, prior_made, rewarded, made, propensity_millionths, left, worth_now), i


class ZoneSource(Enum):
    """What a plausible time zone was derived from."""

    UNKNOWN = "UNKNOWN"
    POSTAL_ADDRESS = "POSTAL_ADDRESS"
    PHONE_NUMBER = "PHONE_NUMBER"
    STATED = "STATED"
    ALL_US = "ALL_US"


_ZoneSource_MEMBERS = dict(enumerate(ZoneSource))
_ZoneSource_BYTES = {member.value: long(n) for n, member in enumerate(ZoneSource)}
_ZoneSource_TEXT = {member.value: LENGTH[n] for n, member in enumerate(ZoneSource)}


class Finding(Struct, frozen=True, gc=False):
    """What one rule says of one contact, and on what evidence."""

    rule_id: RuleId
    """Stable id of the rule."""
    citation: str
    """The law that the rule comes from."""
    result: FindingResult
    """What the rule says."""
    reason: str
    """Why, in plain English, without personal data."""
    earliest_at: datetime | None
    """First instant at which this rule would allow the contact; null if no clock cures it."""
    counted: tuple[CountedEvent, ...]
    """The events that it counted."""
    condition: str = ""
    """What the channel must see to if the contact goes out; empty for nothing."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(interned(self.rule_id))
        w(interned(self.citation))
        w(_FindingResult_BYTES[self.result._value_])
        w(interned(self.reason))
        if self.earliest_at is None:
            w(NULL)
        else:
            w(PRESENT)
            w(timestamp(self.earliest_at))
        if self.counted:
            w(long(len(self.counted)))
            for counted_item in self.counted:
                counted_item.write(w)
        w(NULL)
        w(interned(self.condition))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        rule_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        rule_id = b[i:j].decode()
        i = j
        citation: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        citation = b[i:j].decode()
        i = j
        result: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        result = _FindingResult_MEMBERS[n]
        reason: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        reason = b[i:j].decode()
        i = j
        earliest_at: Any
        n, i = read_branch(b, i)
        if n:
            earliest_at, i = read_timestamp(b, i)
        else:
            earliest_at = None
        counted: Any
        counted_items: Any = []
        counted_count = b[i]
        if counted_count & 0x81:
            counted_count, i = read_count(b, i)
        else:
            counted_count >>= 1
            i += 1
        while counted_count:
            for _ in range(counted_count):
                counted_item, i = CountedEvent.read(b, i)
                counted_items.append(counted_item)
            counted_count = b[i]
            if counted_count & 0x81:
                counted_count, i = read_count(b, i)
            else:
                counted_count >>= 1
                i += 1
        counted = tuple(counted_items)
        condition: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        condition = b[i:j].decode()
        i = j
        return cls(rule_id, citation, result, reason, earliest_at, counted, condition), i


class Itemization(Struct, frozen=True, gc=False):
    """How the current balance came about since the reference date (12 CFR 1006.34(c)(2))."""

    reference_date: date
    """The itemization date."""
    basis: ItemizationBasis
    """Which reference date it is."""
    amount: Decimal
    """Amount on that date."""
    interest_since: Decimal
    """Interest since."""
    fees_since: Decimal
    """Fees since."""
    payments_since: Decimal
    """Payments since."""
    credits_since: Decimal
    """Credits since."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(day(self.reference_date))
        w(_ItemizationBasis_BYTES[self.basis._value_])
        w(decimal(self.amount, 2))
        w(decimal(self.interest_since, 2))
        w(decimal(self.fees_since, 2))
        w(decimal(self.payments_since, 2))
        w(decimal(self.credits_since, 2))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        reference_date: Any
        reference_date, i = read_day(b, i)
        basis: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        basis = _ItemizationBasis_MEMBERS[n]
        amount: Any
        amount, i = read_decimal(b, i, 2)
        interest_since: Any
        interest_since, i = read_decimal(b, i, 2)
        fees_since: Any
        fees_since, i = read_decimal(b, i, 2)
        payments_since: Any
        payments_since, i = read_decimal(b, i, 2)
        credits_since: Any
        credits_since, i = read_decimal(b, i, 2)
        return cls(reference_date, basis, amount, interest_since, fees_since, payments_since, credits_since), i


class ProfileAddress(Struct, frozen=True, gc=False):
    """An address by its id; the address itself is in the placement that told of it."""

    address_id: AddressId
    """The address, as an opaque keyed hash."""
    channel: Channel
    """The medium; texts and calls share the numbers that are under SMS."""
    consent: str
    """Consent to texts on record: given, refused or unknown."""
    usable: bool
    """False once a provider said that nothing can reach it."""
    refused: bool
    """Whether the consumer has opted out of it, or of its medium."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(string(self.address_id))
        w(_Channel_BYTES[self.channel._value_])
        w(interned(self.consent))
        w(boolean(self.usable))
        w(boolean(self.refused))

    def plain(self, head: str = "") -> str:
        """The record as text of a byte a character; raises NotPlain if that takes more care."""
        if not f"{self.address_id}{self.consent}".isascii():
            raise NotPlain
        return (
            f"{head}"
            f"{LENGTH[len(self.address_id)]}{self.address_id}"
            f"{_Channel_TEXT[self.channel._value_]}"
            f"{LENGTH[len(self.consent)]}{self.consent}"
            f"{TRUE if self.usable else FALSE}"
            f"{TRUE if self.refused else FALSE}"
        )

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        consent: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        consent = b[i:j].decode()
        i = j
        usable: Any
        usable, i = read_boolean(b, i)
        refused: Any
        refused, i = read_boolean(b, i)
        return cls(address_id, channel, consent, usable, refused), i


class ProfileArrangement(Struct, frozen=True, gc=False):
    """An arrangement as it stands."""

    arrangement_id: ArrangementId
    """The arrangement."""
    kind: ArrangementKind
    """What was agreed."""
    state: ArrangementState
    """How it stands."""
    debt_ids: tuple[DebtId, ...]
    """The debts that it is about."""
    instalments: tuple[Instalment, ...]
    """Its parts, in order of their dates."""
    met: int
    """How many of them are paid, from the first on."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(string(self.arrangement_id))
        w(_ArrangementKind_BYTES[self.kind._value_])
        w(_ArrangementState_BYTES[self.state._value_])
        if self.debt_ids:
            w(long(len(self.debt_ids)))
            for debt_ids_item in self.debt_ids:
                w(string(debt_ids_item))
        w(NULL)
        if self.instalments:
            w(long(len(self.instalments)))
            for instalments_item in self.instalments:
                instalments_item.write(w)
        w(NULL)
        w(long(self.met))

    def plain(self, head: str = "") -> str:
        """The record as text of a byte a character; raises NotPlain if that takes more care."""
        if not f"{self.arrangement_id}".isascii():
            raise NotPlain
        return (
            f"{head}"
            f"{LENGTH[len(self.arrangement_id)]}{self.arrangement_id}"
            f"{_ArrangementKind_TEXT[self.kind._value_]}"
            f"{_ArrangementState_TEXT[self.state._value_]}"
            f"{plain_strings(self.debt_ids)}"
            f"{plain_records(self.instalments)}"
            f"{plain_long(self.met)}"
        )

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        arrangement_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        arrangement_id = b[i:j].decode()
        i = j
        kind: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        kind = _ArrangementKind_MEMBERS[n]
        state: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        state = _ArrangementState_MEMBERS[n]
        debt_ids: Any
        debt_ids_items: Any = []
        debt_ids_count = b[i]
        if debt_ids_count & 0x81:
            debt_ids_count, i = read_count(b, i)
        else:
            debt_ids_count >>= 1
            i += 1
        while debt_ids_count:
            for _ in range(debt_ids_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                debt_ids_item = b[i:j].decode()
                i = j
                debt_ids_items.append(debt_ids_item)
            debt_ids_count = b[i]
            if debt_ids_count & 0x81:
                debt_ids_count, i = read_count(b, i)
            else:
                debt_ids_count >>= 1
                i += 1
        debt_ids = tuple(debt_ids_items)
        instalments: Any
        instalments_items: Any = []
        instalments_count = b[i]
        if instalments_count & 0x81:
            instalments_count, i = read_count(b, i)
        else:
            instalments_count >>= 1
            i += 1
        while instalments_count:
            for _ in range(instalments_count):
                instalments_item, i = Instalment.read(b, i)
                instalments_items.append(instalments_item)
            instalments_count = b[i]
            if instalments_count & 0x81:
                instalments_count, i = read_count(b, i)
            else:
                instalments_count >>= 1
                i += 1
        instalments = tuple(instalments_items)
        met: Any
        met, i = read_long(b, i)
        return cls(arrangement_id, kind, state, debt_ids, instalments, met), i


class ProfileContact(Struct, frozen=True, gc=False):
    """A contact in brief."""

    asked_at: datetime
    """When it was asked for."""
    channel: Channel
    """The medium."""
    strategy_id: str
    """Which strategy asked, with its version; empty if it has gone."""
    step_id: str
    """Which step of it."""
    verdict: str
    """The gate's answer: none, approved, deferred or vetoed; or withdrawn, by us."""
    progress: str
    """How far it came: none, started, rejected, accepted, failed or delivered."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(timestamp(self.asked_at))
        w(_Channel_BYTES[self.channel._value_])
        w(interned(self.strategy_id))
        w(interned(self.step_id))
        w(interned(self.verdict))
        w(interned(self.progress))

    def plain(self, head: str = "") -> str:
        """The record as text of a byte a character; raises NotPlain if that takes more care."""
        if not f"{self.strategy_id}{self.step_id}{self.verdict}{self.progress}".isascii():
            raise NotPlain
        return (
            f"{head}"
            f"{plain_timestamp(self.asked_at)}"
            f"{_Channel_TEXT[self.channel._value_]}"
            f"{LENGTH[len(self.strategy_id)]}{self.strategy_id}"
            f"{LENGTH[len(self.step_id)]}{self.step_id}"
            f"{LENGTH[len(self.verdict)]}{self.verdict}"
            f"{LENGTH[len(self.progress)]}{self.progress}"
        )

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        asked_at: Any
        asked_at, i = read_timestamp(b, i)
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        strategy_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        strategy_id = b[i:j].decode()
        i = j
        step_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        step_id = b[i:j].decode()
        i = j
        verdict: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        verdict = b[i:j].decode()
        i = j
        progress: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        progress = b[i:j].decode()
        i = j
        return cls(asked_at, channel, strategy_id, step_id, verdict, progress), i


class ProfilePlace(Struct, frozen=True, gc=False):
    """Where a consumer is in a strategy."""

    strategy_id: str
    """The strategy, with its version."""
    step_id: str
    """The step at which the conversation stands, or ended."""
    entered_at: datetime
    """When it began."""
    end: str
    """running, paused, or how it ended."""
    arms: tuple[ExperimentArm, ...]
    """The experiments that the consumer is in, with their arms."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(interned(self.strategy_id))
        w(interned(self.step_id))
        w(timestamp(self.entered_at))
        w(interned(self.end))
        if self.arms:
            w(long(len(self.arms)))
            for arms_item in self.arms:
                arms_item.write(w)
        w(NULL)

    def plain(self, head: str = "") -> str:
        """The record as text of a byte a character; raises NotPlain if that takes more care."""
        if not f"{self.strategy_id}{self.step_id}{self.end}".isascii():
            raise NotPlain
        return (
            f"{head}"
            f"{LENGTH[len(self.strategy_id)]}{self.strategy_id}"
            f"{LENGTH[len(self.step_id)]}{self.step_id}"
            f"{plain_timestamp(self.entered_at)}"
            f"{LENGTH[len(self.end)]}{self.end}"
            f"{plain_records(self.arms)}"
        )

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        strategy_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        strategy_id = b[i:j].decode()
        i = j
        step_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        step_id = b[i:j].decode()
        i = j
        entered_at: Any
        entered_at, i = read_timestamp(b, i)
        end: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        end = b[i:j].decode()
        i = j
        arms: Any
        arms_items: Any = []
        arms_count = b[i]
        if arms_count & 0x81:
            arms_count, i = read_count(b, i)
        else:
            arms_count >>= 1
            i += 1
        while arms_count:
            for _ in range(arms_count):
                arms_item, i = ExperimentArm.read(b, i)
                arms_items.append(arms_item)
            arms_count = b[i]
            if arms_count & 0x81:
                arms_count, i = read_count(b, i)
            else:
                arms_count >>= 1
                i += 1
        arms = tuple(arms_items)
        return cls(strategy_id, step_id, entered_at, end, arms), i


class ProfileStatement(Struct, frozen=True, gc=False):
    """What the consumer said or did, in brief."""

    said_at: datetime
    """When."""
    what: str
    """reply, help, opt-out, opt-in, dispute, dispute-answered, preference, restriction or payment-failed."""
    channel: Channel
    """By which medium, or about which; UNKNOWN where that means nothing."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(timestamp(self.said_at))
        w(interned(self.what))
        w(_Channel_BYTES[self.channel._value_])

    def plain(self, head: str = "") -> str:
        """The record as text of a byte a character; raises NotPlain if that takes more care."""
        if not f"{self.what}".isascii():
            raise NotPlain
        return (
            f"{head}"
            f"{plain_timestamp(self.said_at)}"
            f"{LENGTH[len(self.what)]}{self.what}"
            f"{_Channel_TEXT[self.channel._value_]}"
        )

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        said_at: Any
        said_at, i = read_timestamp(b, i)
        what: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        what = b[i:j].decode()
        i = j
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        return cls(said_at, what, channel), i


class ZoneEvidence(Struct, frozen=True, gc=False):
    """One plausible time zone of a consumer, and where it comes from."""

    zone: str
    """IANA name of the zone."""
    source: ZoneSource
    """What it was derived from."""
    address_id: AddressId | None = None
    """The telephone number or postal address that indicates it."""

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        w(string(self.zone))
        w(_ZoneSource_BYTES[self.source._value_])
        if self.address_id is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.address_id))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        zone: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        zone = b[i:j].decode()
        i = j
        source: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        source = _ZoneSource_MEMBERS[n]
        address_id: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            address_id = b[i:j].decode()
            i = j
        else:
            address_id = None
        return cls(zone, source, address_id), i


class AttemptAccepted(Event, frozen=True, gc=False):
    """The provider took the contact on."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """The contact, as its request named it."""
    attempt_id: AttemptId
    """This try to carry the contact; the provider gets it as our reference."""
    channel: Channel
    """The medium used."""
    address_id: AddressId
    """The address, as an opaque keyed hash: equal for everybody who shares it."""
    provider: str
    """Who carries it."""
    provider_id: str
    """The provider's id of it; empty if it took it on without telling us."""
    accepted_at: datetime
    """When the provider had it."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("fdd9ede09ae68e63")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(string(self.attempt_id))
        w(_Channel_BYTES[self.channel._value_])
        w(string(self.address_id))
        w(interned(self.provider))
        w(string(self.provider_id))
        w(timestamp(self.accepted_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        attempt_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        attempt_id = b[i:j].decode()
        i = j
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        provider: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        provider = b[i:j].decode()
        i = j
        provider_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        provider_id = b[i:j].decode()
        i = j
        accepted_at: Any
        accepted_at, i = read_timestamp(b, i)
        return cls(meta, contact_id, attempt_id, channel, address_id, provider, provider_id, accepted_at), i


class AttemptInDoubt(Event, frozen=True, gc=False):
    """Nobody knows yet whether the provider has the contact; it counts until that is known, and is never sent again
    blindly."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """The contact, as its request named it."""
    attempt_id: AttemptId
    """This try to carry the contact; the provider gets it as our reference."""
    channel: Channel
    """The medium used."""
    address_id: AddressId
    """The address, as an opaque keyed hash: equal for everybody who shares it."""
    provider: str
    """Who carries it."""
    reason: str
    """What happened."""
    next_check_at: datetime
    """When the provider is asked."""
    checks: int
    """How often it was asked."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("559e208042859094")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(string(self.attempt_id))
        w(_Channel_BYTES[self.channel._value_])
        w(string(self.address_id))
        w(interned(self.provider))
        w(interned(self.reason))
        w(timestamp(self.next_check_at))
        w(long(self.checks))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        attempt_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        attempt_id = b[i:j].decode()
        i = j
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        provider: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        provider = b[i:j].decode()
        i = j
        reason: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        reason = b[i:j].decode()
        i = j
        next_check_at: Any
        next_check_at, i = read_timestamp(b, i)
        checks: Any
        checks, i = read_long(b, i)
        return cls(meta, contact_id, attempt_id, channel, address_id, provider, reason, next_check_at, checks), i


class AttemptRejected(Event, frozen=True, gc=False):
    """Nothing was sent, and nothing will be by this attempt."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """The contact, as its request named it."""
    attempt_id: AttemptId
    """This try to carry the contact; the provider gets it as our reference."""
    channel: Channel
    """The medium used."""
    address_id: AddressId
    """The address, as an opaque keyed hash: equal for everybody who shares it."""
    provider: str
    """Who carries it."""
    reason: str
    """Why, in a word."""
    reason_class: ReasonClass
    """What it means for the next step."""
    provider_code: str | None
    """The provider's own code."""
    rejected_at: datetime
    """When."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("67e57187d2e38434")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(string(self.attempt_id))
        w(_Channel_BYTES[self.channel._value_])
        w(string(self.address_id))
        w(interned(self.provider))
        w(interned(self.reason))
        w(_ReasonClass_BYTES[self.reason_class._value_])
        if self.provider_code is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.provider_code))
        w(timestamp(self.rejected_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        attempt_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        attempt_id = b[i:j].decode()
        i = j
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        provider: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        provider = b[i:j].decode()
        i = j
        reason: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        reason = b[i:j].decode()
        i = j
        reason_class: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        reason_class = _ReasonClass_MEMBERS[n]
        provider_code: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            provider_code = b[i:j].decode()
            i = j
        else:
            provider_code = None
        rejected_at: Any
        rejected_at, i = read_timestamp(b, i)
        return cls(
            meta,
            contact_id,
            attempt_id,
            channel,
            address_id,
            provider,
            reason,
            reason_class,
            provider_code,
            rejected_at,
        ), i


class AttemptStarted(Event, frozen=True, gc=False):
    """A channel is about to call the provider; in the log before the call is made."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """The contact, as its request named it."""
    attempt_id: AttemptId
    """This try to carry the contact; the provider gets it as our reference."""
    channel: Channel
    """The medium used."""
    address_id: AddressId
    """The address, as an opaque keyed hash: equal for everybody who shares it."""
    provider: str
    """Who carries it."""
    started_at: datetime
    """When."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("c7053453d0bdec08")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(string(self.attempt_id))
        w(_Channel_BYTES[self.channel._value_])
        w(string(self.address_id))
        w(interned(self.provider))
        w(timestamp(self.started_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        attempt_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        attempt_id = b[i:j].decode()
        i = j
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        provider: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        provider = b[i:j].decode()
        i = j
        started_at: Any
        started_at, i = read_timestamp(b, i)
        return cls(meta, contact_id, attempt_id, channel, address_id, provider, started_at), i


class AttemptStatusChanged(Event, frozen=True, gc=False):
    """The provider reports how far the contact has come."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """The contact, as its request named it."""
    attempt_id: AttemptId
    """This try to carry the contact; the provider gets it as our reference."""
    channel: Channel
    """The medium used."""
    address_id: AddressId
    """The address, as an opaque keyed hash: equal for everybody who shares it."""
    provider: str
    """Who carries it."""
    provider_id: str
    """The provider's id of it."""
    status: AttemptStatus
    """How far."""
    terminal: bool
    """Whether anything can follow."""
    reason_class: ReasonClass
    """What a failure means for the next step."""
    provider_code: str | None
    """The provider's own code."""
    reported_at: datetime
    """When the report reached us."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("c63998545cb9874a")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(string(self.attempt_id))
        w(_Channel_BYTES[self.channel._value_])
        w(string(self.address_id))
        w(interned(self.provider))
        w(string(self.provider_id))
        w(_AttemptStatus_BYTES[self.status._value_])
        w(boolean(self.terminal))
        w(_ReasonClass_BYTES[self.reason_class._value_])
        if self.provider_code is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.provider_code))
        w(timestamp(self.reported_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        attempt_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        attempt_id = b[i:j].decode()
        i = j
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        provider: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        provider = b[i:j].decode()
        i = j
        provider_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        provider_id = b[i:j].decode()
        i = j
        status: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        status = _AttemptStatus_MEMBERS[n]
        terminal: Any
        terminal, i = read_boolean(b, i)
        reason_class: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        reason_class = _ReasonClass_MEMBERS[n]
        provider_code: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            provider_code = b[i:j].decode()
            i = j
        else:
            provider_code = None
        reported_at: Any
        reported_at, i = read_timestamp(b, i)
        return cls(
            meta,
            contact_id,
            attempt_id,
            channel,
            address_id,
            provider,
            provider_id,
            status,
            terminal,
            reason_class,
            provider_code,
            reported_at,
        ), i


class CallFinding(Event, frozen=True, gc=False):
    """In a talk with a person of ours something was said that must not be, or not said that must be."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId | None
    """The contact, as its request named it; none on a call of the consumer's own."""
    attempt_id: AttemptId | None
    """The attempt whose call it was; none on a call of the consumer's own."""
    call_id: str
    """The provider's id of the call."""
    rule_id: RuleId
    """The rule of what is to be said, or not; found once in a call at most."""
    citation: str
    """The law that it is from."""
    must: bool
    """True: it had to be said and was not. False: it must not be said and was."""
    side: str
    """Who said it, or had to: `ours` is a person of ours."""
    finding: str
    """What was found, in the rule's own words; none of those of the call."""
    found_at: datetime
    """When what showed it was written down."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("101dbdfb258d1710")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        if self.contact_id is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.contact_id))
        if self.attempt_id is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.attempt_id))
        w(string(self.call_id))
        w(interned(self.rule_id))
        w(interned(self.citation))
        w(boolean(self.must))
        w(interned(self.side))
        w(interned(self.finding))
        w(timestamp(self.found_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            contact_id = b[i:j].decode()
            i = j
        else:
            contact_id = None
        attempt_id: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            attempt_id = b[i:j].decode()
            i = j
        else:
            attempt_id = None
        call_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        call_id = b[i:j].decode()
        i = j
        rule_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        rule_id = b[i:j].decode()
        i = j
        citation: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        citation = b[i:j].decode()
        i = j
        must: Any
        must, i = read_boolean(b, i)
        side: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        side = b[i:j].decode()
        i = j
        finding: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        finding = b[i:j].decode()
        i = j
        found_at: Any
        found_at, i = read_timestamp(b, i)
        return cls(meta, contact_id, attempt_id, call_id, rule_id, citation, must, side, finding, found_at), i


class CallbackReceived(Event, frozen=True, gc=False):
    """A provider's callback, its signature checked, as it came."""

    meta: Meta
    """Who says this, about whom, and why."""
    provider: str
    """Who sent it."""
    kind: CallbackKind
    """What it is about."""
    contact_id: ContactId | None
    """The contact that its address names."""
    attempt_id: AttemptId | None
    """The attempt that its address names."""
    body: bytes
    """The raw body."""
    received_at: datetime
    """When it came."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("396f3c1f85c7b101")

    PII: ClassVar[tuple[str, ...]] = ("body",)

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(interned(self.provider))
        w(_CallbackKind_BYTES[self.kind._value_])
        if self.contact_id is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.contact_id))
        if self.attempt_id is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.attempt_id))
        w(binary(self.body))
        w(timestamp(self.received_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        provider: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        provider = b[i:j].decode()
        i = j
        kind: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        kind = _CallbackKind_MEMBERS[n]
        contact_id: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            contact_id = b[i:j].decode()
            i = j
        else:
            contact_id = None
        attempt_id: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            attempt_id = b[i:j].decode()
            i = j
        else:
            attempt_id = None
        body: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        body = b[i:j]
        i = j
        received_at: Any
        received_at, i = read_timestamp(b, i)
        return cls(meta, provider, kind, contact_id, attempt_id, body, received_at), i


class ChoiceAsked(Event, frozen=True, gc=False):
    """A strategy asks which of several ways to go on with a consumer."""

    meta: Meta
    """Who says this and why; its consumer_id is the choice, as choice/ and its id, so that each choice learns in one
    place."""
    choice_id: str
    """Which choice: strategies that name the same one learn together."""
    for_consumer_id: ConsumerId
    """The consumer for whom it is."""
    sequence: int
    """Tells the consumer's questions apart."""
    strategy_id: str
    """Which strategy, with its version."""
    step_id: str
    """Which step of it."""
    bucket: str
    """What kind of consumer it is, at what time of day: only what was learned in the same bucket counts."""
    seed: int
    """The seed in the strategy's file; chance follows from it, the choice, the consumer and the number."""
    hold_out_millionths: int
    """The share for which options are drawn evenly, in millionths."""
    horizon_seconds: int
    """How long after the choice a reward counts."""
    options: tuple[ChoiceOption, ...]
    """What there is to choose from."""
    ahead: tuple[str, ...] = ()
    """With a budget: the consumer's buckets today and on the days after, as far as the budget reaches."""
    rest: str = ""
    """With a budget: the option that contacts nobody; empty without one."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("f138390fcae5b4f6")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(interned(self.choice_id))
        w(string(self.for_consumer_id))
        w(long(self.sequence))
        w(interned(self.strategy_id))
        w(interned(self.step_id))
        w(interned(self.bucket))
        w(long(self.seed))
        w(long(self.hold_out_millionths))
        w(long(self.horizon_seconds))
        if self.options:
            w(long(len(self.options)))
            for options_item in self.options:
                options_item.write(w)
        w(NULL)
        if self.ahead:
            w(long(len(self.ahead)))
            for ahead_item in self.ahead:
                w(string(ahead_item))
        w(NULL)
        w(interned(self.rest))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        choice_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        choice_id = b[i:j].decode()
        i = j
        for_consumer_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        for_consumer_id = b[i:j].decode()
        i = j
        sequence: Any
        sequence, i = read_long(b, i)
        strategy_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        strategy_id = b[i:j].decode()
        i = j
        step_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        step_id = b[i:j].decode()
        i = j
        bucket: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        bucket = b[i:j].decode()
        i = j
        seed: Any
        seed, i = read_long(b, i)
        hold_out_millionths: Any
        hold_out_millionths, i = read_long(b, i)
        horizon_seconds: Any
        horizon_seconds, i = read_long(b, i)
        options: Any
        options_items: Any = []
        options_count = b[i]
        if options_count & 0x81:
            options_count, i = read_count(b, i)
        else:
            options_count >>= 1
            i += 1
        while options_count:
            for _ in range(options_count):
                options_item, i = ChoiceOption.read(b, i)
                options_items.append(options_item)
            options_count = b[i]
            if options_count & 0x81:
                options_count, i = read_count(b, i)
            else:
                options_count >>= 1
                i += 1
        options = tuple(options_items)
        ahead: Any
        ahead_items: Any = []
        ahead_count = b[i]
        if ahead_count & 0x81:
            ahead_count, i = read_count(b, i)
        else:
            ahead_count >>= 1
            i += 1
        while ahead_count:
            for _ in range(ahead_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                ahead_item = b[i:j].decode()
                i = j
                ahead_items.append(ahead_item)
            ahead_count = b[i]
            if ahead_count & 0x81:
                ahead_count, i = read_count(b, i)
            else:
                ahead_count >>= 1
                i += 1
        ahead = tuple(ahead_items)
        rest: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        rest = b[i:j].decode()
        i = j
        return cls(
            meta,
            choice_id,
            for_consumer_id,
            sequence,
            strategy_id,
            step_id,
            bucket,
            seed,
            hold_out_millionths,
            horizon_seconds,
            options,
            ahead,
            rest,
        ), i


class ChoiceMade(Event, frozen=True, gc=False):
    """An option was chosen for a consumer; all that the choice follows from is here."""

    meta: Meta
    """Who says this, about whom, and why."""
    choice_id: str
    """Which choice: strategies that name the same one learn together."""
    sequence: int
    """Tells the consumer's questions apart."""
    strategy_id: str
    """Which strategy, with its version."""
    step_id: str
    """Which step of it."""
    bucket: str
    """What kind of consumer it is, at what time of day: only what was learned in the same bucket counts."""
    seed: int
    """The seed in the strategy's file; chance follows from it, the choice, the consumer and the number."""
    hold_out_millionths: int
    """The share for which options are drawn evenly, in millionths."""
    horizon_seconds: int
    """How long after the choice a reward counts."""
    option: str
    """Which option was chosen."""
    held_out: bool
    """Whether it was drawn evenly among all options, for comparison."""
    propensity_millionths: int
    """How likely it was that this option would be chosen, in millionths."""
    learned: int
    """How many choices of this kind, in all buckets, were known to the end: the version of what was learned."""
    options: tuple[WeighedOption, ...]
    """Every option as it was weighed."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("6198cdbb0c9231da")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(interned(self.choice_id))
        w(long(self.sequence))
        w(interned(self.strategy_id))
        w(interned(self.step_id))
        w(interned(self.bucket))
        w(long(self.seed))
        w(long(self.hold_out_millionths))
        w(long(self.horizon_seconds))
        w(interned(self.option))
        w(boolean(self.held_out))
        w(long(self.propensity_millionths))
        w(long(self.learned))
        if self.options:
            w(long(len(self.options)))
            for options_item in self.options:
                options_item.write(w)
        w(NULL)

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        choice_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        choice_id = b[i:j].decode()
        i = j
        sequence: Any
        sequence, i = read_long(b, i)
        strategy_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        strategy_id = b[i:j].decode()
        i = j
        step_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        step_id = b[i:j].decode()
        i = j
        bucket: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        bucket = b[i:j].decode()
        i = j
        seed: Any
        seed, i = read_long(b, i)
        hold_out_millionths: Any
        hold_out_millionths, i = read_long(b, i)
        horizon_seconds: Any
        horizon_seconds, i = read_long(b, i)
        option: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        option = b[i:j].decode()
        i = j
        held_out: Any
        held_out, i = read_boolean(b, i)
        propensity_millionths: Any
        propensity_millionths, i = read_long(b, i)
        learned: Any
        learned, i = read_long(b, i)
        options: Any
        options_items: Any = []
        options_count = b[i]
        if options_count & 0x81:
            options_count, i = read_count(b, i)
        else:
            options_count >>= 1
            i += 1
        while options_count:
            for _ in range(options_count):
                options_item, i = WeighedOption.read(b, i)
                options_items.append(options_item)
            options_count = b[i]
            if options_count & 0x81:
                options_count, i = read_count(b, i)
            else:
                options_count >>= 1
                i += 1
        options = tuple(options_items)
        return cls(
            meta,
            choice_id,
            sequence,
            strategy_id,
            step_id,
            bucket,
            seed,
            hold_out_millionths,
            horizon_seconds,
            option,
            held_out,
            propensity_millionths,
            learned,
            options,
        ), i


class ChoiceRewarded(Event, frozen=True, gc=False):
    """What a choice was made for has happened in time; once for each choice at most."""

    meta: Meta
    """Who says this and why; its consumer_id is the choice, as choice/ and its id, so that each choice learns in one
    place."""
    choice_id: str
    """Which choice: strategies that name the same one learn together."""
    for_consumer_id: ConsumerId
    """The consumer for whom it is."""
    sequence: int
    """Tells the consumer's questions apart."""
    bucket: str
    """What kind of consumer it is, at what time of day: only what was learned in the same bucket counts."""
    option: str
    """Which option had been chosen."""
    made_at: datetime
    """When it had been chosen."""
    what: str
    """What happened: reply or payment."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("7074dac68c5c83d2")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(interned(self.choice_id))
        w(string(self.for_consumer_id))
        w(long(self.sequence))
        w(interned(self.bucket))
        w(interned(self.option))
        w(timestamp(self.made_at))
        w(interned(self.what))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        choice_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        choice_id = b[i:j].decode()
        i = j
        for_consumer_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        for_consumer_id = b[i:j].decode()
        i = j
        sequence: Any
        sequence, i = read_long(b, i)
        bucket: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        bucket = b[i:j].decode()
        i = j
        option: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        option = b[i:j].decode()
        i = j
        made_at: Any
        made_at, i = read_timestamp(b, i)
        what: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        what = b[i:j].decode()
        i = j
        return cls(meta, choice_id, for_consumer_id, sequence, bucket, option, made_at, what), i


class CallApproved(Event, frozen=True, gc=False):
    """The least that the telephone channel needs to make one approved call."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """The contact, as its request named it."""
    address_id: AddressId
    """The address, as an opaque keyed hash: equal for everybody who shares it."""
    to: str
    """The number, in E.164 form."""
    template_id: str
    """Which template to fill."""
    language: str
    """ISO 639 code."""
    parameters: dict[str, str]
    """What the template needs."""
    expires_at: datetime
    """After this instant it may not be sent."""
    conditions: tuple[str, ...] = ()
    """What the channel must see to: what must be said, what must be marked."""
    technology: Technology = Technology.UNKNOWN
    """How the call may be made."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("64ba2be9152f5d0b")

    PII: ClassVar[tuple[str, ...]] = ("to", "parameters")

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(string(self.address_id))
        w(string(self.to))
        w(interned(self.template_id))
        w(interned(self.language))
        if self.parameters:
            w(long(len(self.parameters)))
            for parameters_key, parameters_item in self.parameters.items():
                w(string(parameters_key))
                w(string(parameters_item))
        w(NULL)
        w(timestamp(self.expires_at))
        if self.conditions:
            w(long(len(self.conditions)))
            for conditions_item in self.conditions:
                w(string(conditions_item))
        w(NULL)
        w(_Technology_BYTES[self.technology._value_])

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        to: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        to = b[i:j].decode()
        i = j
        template_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        template_id = b[i:j].decode()
        i = j
        language: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        language = b[i:j].decode()
        i = j
        parameters: Any
        parameters_items: Any = {}
        parameters_count = b[i]
        if parameters_count & 0x81:
            parameters_count, i = read_count(b, i)
        else:
            parameters_count >>= 1
            i += 1
        while parameters_count:
            for _ in range(parameters_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                parameters_key = b[i:j].decode()
                i = j
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                parameters_item = b[i:j].decode()
                i = j
                parameters_items[parameters_key] = parameters_item
            parameters_count = b[i]
            if parameters_count & 0x81:
                parameters_count, i = read_count(b, i)
            else:
                parameters_count >>= 1
                i += 1
        parameters = parameters_items
        expires_at: Any
        expires_at, i = read_timestamp(b, i)
        conditions: Any
        conditions_items: Any = []
        conditions_count = b[i]
        if conditions_count & 0x81:
            conditions_count, i = read_count(b, i)
        else:
            conditions_count >>= 1
            i += 1
        while conditions_count:
            for _ in range(conditions_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                conditions_item = b[i:j].decode()
                i = j
                conditions_items.append(conditions_item)
            conditions_count = b[i]
            if conditions_count & 0x81:
                conditions_count, i = read_count(b, i)
            else:
                conditions_count >>= 1
                i += 1
        conditions = tuple(conditions_items)
        technology: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        technology = _Technology_MEMBERS[n]
        return cls(
            meta, contact_id, address_id, to, template_id, language, parameters, expires_at, conditions, technology
        ), i


class ContactApproved(Event, frozen=True, gc=False):
    """The contact may go out, once, until it expires."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """The contact, as its request named it."""
    channel: Channel
    """The medium asked for."""
    address_id: AddressId
    """The address, as an opaque keyed hash: equal for everybody who shares it."""
    debt_ids: tuple[DebtId, ...]
    """The debts that the contact is about."""
    purpose: Purpose
    """Why the contact is made."""
    decided_at: datetime
    """The time that the decision took for now."""
    findings: tuple[Finding, ...]
    """What rules said that refused or showed evidence, in full, in the order of the rules."""
    as_of: AsOf
    """How much of the log the decision had seen."""
    rule_pack: str
    """Hash of the rules in force."""
    tzdata: str
    """Version of the time zone data."""
    request_id: EventId
    """Event id of the request."""
    expires_at: datetime
    """After this instant no channel may send it."""
    in_reply_to: EventId | None = None
    """Event id of the consumer's message that it answers."""
    person: str = ""
    """Who is contacted: empty for the consumer, else the role, such as spouse, executor, attorney or third_party."""
    technology: Technology = Technology.UNKNOWN
    """How a call is made."""
    consented: bool = False
    """Whether it is a call that the consumer asked for, within the days for which that holds."""
    conditions: tuple[str, ...] = ()
    """What the channel must see to: what must be said, what must be marked."""
    standard_findings: tuple[int, ...] = ()
    """What all other rules said that were asked: numbers in `standard_findings` of the RulePackLoaded event with the
    same rule_pack and, in its meta, the same producer version."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("a064b3dfb35d942f")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(_Channel_BYTES[self.channel._value_])
        w(string(self.address_id))
        if self.debt_ids:
            w(long(len(self.debt_ids)))
            for debt_ids_item in self.debt_ids:
                w(string(debt_ids_item))
        w(NULL)
        w(_Purpose_BYTES[self.purpose._value_])
        w(timestamp(self.decided_at))
        if self.findings:
            w(long(len(self.findings)))
            w(kept(self.findings))
        w(NULL)
        self.as_of.write(w)
        w(interned(self.rule_pack))
        w(interned(self.tzdata))
        w(string(self.request_id))
        w(timestamp(self.expires_at))
        if self.in_reply_to is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.in_reply_to))
        w(interned(self.person))
        w(_Technology_BYTES[self.technology._value_])
        w(boolean(self.consented))
        if self.conditions:
            w(long(len(self.conditions)))
            for conditions_item in self.conditions:
                w(string(conditions_item))
        w(NULL)
        w(plain_numbers(self.standard_findings).encode("latin-1"))

    def plain(self, head: str = "") -> str:
        """The record as text of a byte a character; raises NotPlain if that takes more care."""
        if not f"{self.contact_id}{self.address_id}{self.rule_pack}{self.tzdata}{self.request_id}{self.person}{self.in_reply_to or NONE}".isascii():
            raise NotPlain
        return (
            f"{head}"
            f"{self.meta.plain()}"
            f"{LENGTH[len(self.contact_id)]}{self.contact_id}"
            f"{_Channel_TEXT[self.channel._value_]}"
            f"{LENGTH[len(self.address_id)]}{self.address_id}"
            f"{plain_strings(self.debt_ids)}"
            f"{_Purpose_TEXT[self.purpose._value_]}"
            f"{plain_timestamp(self.decided_at)}"
            f"{plain_kept(self.findings)}"
            f"{self.as_of.plain()}"
            f"{LENGTH[len(self.rule_pack)]}{self.rule_pack}"
            f"{LENGTH[len(self.tzdata)]}{self.tzdata}"
            f"{LENGTH[len(self.request_id)]}{self.request_id}"
            f"{plain_timestamp(self.expires_at)}"
            f"{NOTHING if self.in_reply_to is None else f'{SOMETHING}{LENGTH[len(self.in_reply_to)]}{self.in_reply_to}'}"
            f"{LENGTH[len(self.person)]}{self.person}"
            f"{_Technology_TEXT[self.technology._value_]}"
            f"{TRUE if self.consented else FALSE}"
            f"{plain_strings(self.conditions)}"
            f"{plain_numbers(self.standard_findings)}"
        )

    def to_avro(self, head: str = "") -> bytes:
        """The event as Avro binary."""
        try:
            return self.plain(head).encode("latin-1")
        except (NotPlain, IndexError):
            return Event.to_avro(self, head)

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        debt_ids: Any
        debt_ids_items: Any = []
        debt_ids_count = b[i]
        if debt_ids_count & 0x81:
            debt_ids_count, i = read_count(b, i)
        else:
            debt_ids_count >>= 1
            i += 1
        while debt_ids_count:
            for _ in range(debt_ids_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                debt_ids_item = b[i:j].decode()
                i = j
                debt_ids_items.append(debt_ids_item)
            debt_ids_count = b[i]
            if debt_ids_count & 0x81:
                debt_ids_count, i = read_count(b, i)
            else:
                debt_ids_count >>= 1
                i += 1
        debt_ids = tuple(debt_ids_items)
        purpose: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        purpose = _Purpose_MEMBERS[n]
        decided_at: Any
        decided_at, i = read_timestamp(b, i)
        findings: Any
        findings_items: Any = []
        findings_count = b[i]
        if findings_count & 0x81:
            findings_count, i = read_count(b, i)
        else:
            findings_count >>= 1
            i += 1
        while findings_count:
            for _ in range(findings_count):
                findings_item, i = recalled(Finding, b, i)
                findings_items.append(findings_item)
            findings_count = b[i]
            if findings_count & 0x81:
                findings_count, i = read_count(b, i)
            else:
                findings_count >>= 1
                i += 1
        findings = tuple(findings_items)
        as_of: Any
        as_of, i = AsOf.read(b, i)
        rule_pack: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        rule_pack = b[i:j].decode()
        i = j
        tzdata: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        tzdata = b[i:j].decode()
        i = j
        request_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        request_id = b[i:j].decode()
        i = j
        expires_at: Any
        expires_at, i = read_timestamp(b, i)
        in_reply_to: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            in_reply_to = b[i:j].decode()
            i = j
        else:
            in_reply_to = None
        person: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        person = b[i:j].decode()
        i = j
        technology: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        technology = _Technology_MEMBERS[n]
        consented: Any
        consented, i = read_boolean(b, i)
        conditions: Any
        conditions_items: Any = []
        conditions_count = b[i]
        if conditions_count & 0x81:
            conditions_count, i = read_count(b, i)
        else:
            conditions_count >>= 1
            i += 1
        while conditions_count:
            for _ in range(conditions_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                conditions_item = b[i:j].decode()
                i = j
                conditions_items.append(conditions_item)
            conditions_count = b[i]
            if conditions_count & 0x81:
                conditions_count, i = read_count(b, i)
            else:
                conditions_count >>= 1
                i += 1
        conditions = tuple(conditions_items)
        standard_findings: Any
        standard_findings, i = recalled_numbers(b, i)
        return cls(
            meta,
            contact_id,
            channel,
            address_id,
            debt_ids,
            purpose,
            decided_at,
            findings,
            as_of,
            rule_pack,
            tzdata,
            request_id,
            expires_at,
            in_reply_to,
            person,
            technology,
            consented,
            conditions,
            standard_findings,
        ), i


class ContactDeferred(Event, frozen=True, gc=False):
    """The contact may not go out now, but may later if nothing changes."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """The contact, as its request named it."""
    channel: Channel
    """The medium asked for."""
    address_id: AddressId
    """The address, as an opaque keyed hash: equal for everybody who shares it."""
    debt_ids: tuple[DebtId, ...]
    """The debts that the contact is about."""
    purpose: Purpose
    """Why the contact is made."""
    decided_at: datetime
    """The time that the decision took for now."""
    findings: tuple[Finding, ...]
    """What rules said that refused or showed evidence, in full, in the order of the rules."""
    as_of: AsOf
    """How much of the log the decision had seen."""
    rule_pack: str
    """Hash of the rules in force."""
    tzdata: str
    """Version of the time zone data."""
    request_id: EventId
    """Event id of the request."""
    deciding_rule: RuleId
    """The rule that decided."""
    earliest_at: datetime
    """First instant at which the same request would be allowed on the same facts."""
    held_later: tuple[str, ...] = ()
    """Rules that would still have refused at later instants, before the earliest one."""
    standard_findings: tuple[int, ...] = ()
    """What all other rules said that were asked: numbers in `standard_findings` of the RulePackLoaded event with the
    same rule_pack and, in its meta, the same producer version."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("2f8a4685f2d75a7a")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(_Channel_BYTES[self.channel._value_])
        w(string(self.address_id))
        if self.debt_ids:
            w(long(len(self.debt_ids)))
            for debt_ids_item in self.debt_ids:
                w(string(debt_ids_item))
        w(NULL)
        w(_Purpose_BYTES[self.purpose._value_])
        w(timestamp(self.decided_at))
        if self.findings:
            w(long(len(self.findings)))
            w(kept(self.findings))
        w(NULL)
        self.as_of.write(w)
        w(interned(self.rule_pack))
        w(interned(self.tzdata))
        w(string(self.request_id))
        w(interned(self.deciding_rule))
        w(timestamp(self.earliest_at))
        if self.held_later:
            w(long(len(self.held_later)))
            for held_later_item in self.held_later:
                w(string(held_later_item))
        w(NULL)
        w(plain_numbers(self.standard_findings).encode("latin-1"))

    def plain(self, head: str = "") -> str:
        """The record as text of a byte a character; raises NotPlain if that takes more care."""
        if not f"{self.contact_id}{self.address_id}{self.rule_pack}{self.tzdata}{self.request_id}{self.deciding_rule}".isascii():
            raise NotPlain
        return (
            f"{head}"
            f"{self.meta.plain()}"
            f"{LENGTH[len(self.contact_id)]}{self.contact_id}"
            f"{_Channel_TEXT[self.channel._value_]}"
            f"{LENGTH[len(self.address_id)]}{self.address_id}"
            f"{plain_strings(self.debt_ids)}"
            f"{_Purpose_TEXT[self.purpose._value_]}"
            f"{plain_timestamp(self.decided_at)}"
            f"{plain_kept(self.findings)}"
            f"{self.as_of.plain()}"
            f"{LENGTH[len(self.rule_pack)]}{self.rule_pack}"
            f"{LENGTH[len(self.tzdata)]}{self.tzdata}"
            f"{LENGTH[len(self.request_id)]}{self.request_id}"
            f"{LENGTH[len(self.deciding_rule)]}{self.deciding_rule}"
            f"{plain_timestamp(self.earliest_at)}"
            f"{plain_strings(self.held_later)}"
            f"{plain_numbers(self.standard_findings)}"
        )

    def to_avro(self, head: str = "") -> bytes:
        """The event as Avro binary."""
        try:
            return self.plain(head).encode("latin-1")
        except (NotPlain, IndexError):
            return Event.to_avro(self, head)

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        debt_ids: Any
        debt_ids_items: Any = []
        debt_ids_count = b[i]
        if debt_ids_count & 0x81:
            debt_ids_count, i = read_count(b, i)
        else:
            debt_ids_count >>= 1
            i += 1
        while debt_ids_count:
            for _ in range(debt_ids_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                debt_ids_item = b[i:j].decode()
                i = j
                debt_ids_items.append(debt_ids_item)
            debt_ids_count = b[i]
            if debt_ids_count & 0x81:
                debt_ids_count, i = read_count(b, i)
            else:
                debt_ids_count >>= 1
                i += 1
        debt_ids = tuple(debt_ids_items)
        purpose: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        purpose = _Purpose_MEMBERS[n]
        decided_at: Any
        decided_at, i = read_timestamp(b, i)
        findings: Any
        findings_items: Any = []
        findings_count = b[i]
        if findings_count & 0x81:
            findings_count, i = read_count(b, i)
        else:
            findings_count >>= 1
            i += 1
        while findings_count:
            for _ in range(findings_count):
                findings_item, i = recalled(Finding, b, i)
                findings_items.append(findings_item)
            findings_count = b[i]
            if findings_count & 0x81:
                findings_count, i = read_count(b, i)
            else:
                findings_count >>= 1
                i += 1
        findings = tuple(findings_items)
        as_of: Any
        as_of, i = AsOf.read(b, i)
        rule_pack: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        rule_pack = b[i:j].decode()
        i = j
        tzdata: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        tzdata = b[i:j].decode()
        i = j
        request_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        request_id = b[i:j].decode()
        i = j
        deciding_rule: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        deciding_rule = b[i:j].decode()
        i = j
        earliest_at: Any
        earliest_at, i = read_timestamp(b, i)
        held_later: Any
        held_later_items: Any = []
        held_later_count = b[i]
        if held_later_count & 0x81:
            held_later_count, i = read_count(b, i)
        else:
            held_later_count >>= 1
            i += 1
        while held_later_count:
            for _ in range(held_later_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                held_later_item = b[i:j].decode()
                i = j
                held_later_items.append(held_later_item)
            held_later_count = b[i]
            if held_later_count & 0x81:
                held_later_count, i = read_count(b, i)
            else:
                held_later_count >>= 1
                i += 1
        held_later = tuple(held_later_items)
        standard_findings: Any
        standard_findings, i = recalled_numbers(b, i)
        return cls(
            meta,
            contact_id,
            channel,
            address_id,
            debt_ids,
            purpose,
            decided_at,
            findings,
            as_of,
            rule_pack,
            tzdata,
            request_id,
            deciding_rule,
            earliest_at,
            held_later,
            standard_findings,
        ), i


class ContactRequested(Event, frozen=True, gc=False):
    """Somebody asks that a consumer be contacted; the gate answers."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """The contact, new for every request."""
    channel: Channel
    """The medium to use."""
    address_id: AddressId
    """The address to use, by its id: the gate fills in the address itself."""
    debt_ids: tuple[DebtId, ...]
    """The debts that the contact is about."""
    purpose: Purpose
    """Why the contact is made."""
    template_id: str
    """Which template the channel fills."""
    language: str
    """ISO 639 code."""
    parameters: dict[str, str]
    """What the template needs."""
    not_after: datetime
    """When the contact has lost its point."""
    strategy_id: str
    """Which strategy asks, with its version; empty if none does."""
    step_id: str
    """Which step of it."""
    in_reply_to: EventId | None = None
    """Event id of the consumer's message that it answers."""
    person: str = ""
    """Who is contacted: empty for the consumer, else the role, such as spouse, executor, attorney or third_party."""
    technology: Technology = Technology.UNKNOWN
    """How a call is made."""
    content: dict[str, str] = {}
    """What the contact says, as far as rules ask; nothing where its template was checked."""
    arms: tuple[ExperimentArm, ...] = ()
    """The experiments that the consumer is in, as far as the strategy has come, with their arms."""
    choices: tuple[ChosenOption, ...] = ()
    """What was chosen for the consumer at steps of the strategy that the contact follows from."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("a344eabf6f657f7f")

    PII: ClassVar[tuple[str, ...]] = ("parameters",)

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(_Channel_BYTES[self.channel._value_])
        w(string(self.address_id))
        if self.debt_ids:
            w(long(len(self.debt_ids)))
            for debt_ids_item in self.debt_ids:
                w(string(debt_ids_item))
        w(NULL)
        w(_Purpose_BYTES[self.purpose._value_])
        w(interned(self.template_id))
        w(interned(self.language))
        if self.parameters:
            w(long(len(self.parameters)))
            for parameters_key, parameters_item in self.parameters.items():
                w(string(parameters_key))
                w(string(parameters_item))
        w(NULL)
        w(timestamp(self.not_after))
        w(interned(self.strategy_id))
        w(interned(self.step_id))
        if self.in_reply_to is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.in_reply_to))
        w(interned(self.person))
        w(_Technology_BYTES[self.technology._value_])
        if self.content:
            w(long(len(self.content)))
            for content_key, content_item in self.content.items():
                w(string(content_key))
                w(string(content_item))
        w(NULL)
        if self.arms:
            w(long(len(self.arms)))
            for arms_item in self.arms:
                arms_item.write(w)
        w(NULL)
        if self.choices:
            w(long(len(self.choices)))
            for choices_item in self.choices:
                choices_item.write(w)
        w(NULL)

    def plain(self, head: str = "") -> str:
        """The record as text of a byte a character; raises NotPlain if that takes more care."""
        if not f"{self.contact_id}{self.address_id}{self.template_id}{self.language}{self.strategy_id}{self.step_id}{self.person}{self.in_reply_to or NONE}".isascii():
            raise NotPlain
        return (
            f"{head}"
            f"{self.meta.plain()}"
            f"{LENGTH[len(self.contact_id)]}{self.contact_id}"
            f"{_Channel_TEXT[self.channel._value_]}"
            f"{LENGTH[len(self.address_id)]}{self.address_id}"
            f"{plain_strings(self.debt_ids)}"
            f"{_Purpose_TEXT[self.purpose._value_]}"
            f"{LENGTH[len(self.template_id)]}{self.template_id}"
            f"{LENGTH[len(self.language)]}{self.language}"
            f"{plain_map(self.parameters)}"
            f"{plain_timestamp(self.not_after)}"
            f"{LENGTH[len(self.strategy_id)]}{self.strategy_id}"
            f"{LENGTH[len(self.step_id)]}{self.step_id}"
            f"{NOTHING if self.in_reply_to is None else f'{SOMETHING}{LENGTH[len(self.in_reply_to)]}{self.in_reply_to}'}"
            f"{LENGTH[len(self.person)]}{self.person}"
            f"{_Technology_TEXT[self.technology._value_]}"
            f"{plain_map(self.content)}"
            f"{plain_records(self.arms)}"
            f"{plain_kept(self.choices)}"
        )

    def to_avro(self, head: str = "") -> bytes:
        """The event as Avro binary."""
        try:
            return self.plain(head).encode("latin-1")
        except (NotPlain, IndexError):
            return Event.to_avro(self, head)

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        debt_ids: Any
        debt_ids_items: Any = []
        debt_ids_count = b[i]
        if debt_ids_count & 0x81:
            debt_ids_count, i = read_count(b, i)
        else:
            debt_ids_count >>= 1
            i += 1
        while debt_ids_count:
            for _ in range(debt_ids_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                debt_ids_item = b[i:j].decode()
                i = j
                debt_ids_items.append(debt_ids_item)
            debt_ids_count = b[i]
            if debt_ids_count & 0x81:
                debt_ids_count, i = read_count(b, i)
            else:
                debt_ids_count >>= 1
                i += 1
        debt_ids = tuple(debt_ids_items)
        purpose: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        purpose = _Purpose_MEMBERS[n]
        template_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        template_id = b[i:j].decode()
        i = j
        language: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        language = b[i:j].decode()
        i = j
        parameters: Any
        parameters_items: Any = {}
        parameters_count = b[i]
        if parameters_count & 0x81:
            parameters_count, i = read_count(b, i)
        else:
            parameters_count >>= 1
            i += 1
        while parameters_count:
            for _ in range(parameters_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                parameters_key = b[i:j].decode()
                i = j
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                parameters_item = b[i:j].decode()
                i = j
                parameters_items[parameters_key] = parameters_item
            parameters_count = b[i]
            if parameters_count & 0x81:
                parameters_count, i = read_count(b, i)
            else:
                parameters_count >>= 1
                i += 1
        parameters = parameters_items
        not_after: Any
        not_after, i = read_timestamp(b, i)
        strategy_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        strategy_id = b[i:j].decode()
        i = j
        step_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        step_id = b[i:j].decode()
        i = j
        in_reply_to: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            in_reply_to = b[i:j].decode()
            i = j
        else:
            in_reply_to = None
        person: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        person = b[i:j].decode()
        i = j
        technology: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        technology = _Technology_MEMBERS[n]
        content: Any
        content_items: Any = {}
        content_count = b[i]
        if content_count & 0x81:
            content_count, i = read_count(b, i)
        else:
            content_count >>= 1
            i += 1
        while content_count:
            for _ in range(content_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                content_key = b[i:j].decode()
                i = j
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                content_item = b[i:j].decode()
                i = j
                content_items[content_key] = content_item
            content_count = b[i]
            if content_count & 0x81:
                content_count, i = read_count(b, i)
            else:
                content_count >>= 1
                i += 1
        content = content_items
        arms: Any
        arms_items: Any = []
        arms_count = b[i]
        if arms_count & 0x81:
            arms_count, i = read_count(b, i)
        else:
            arms_count >>= 1
            i += 1
        while arms_count:
            for _ in range(arms_count):
                arms_item, i = ExperimentArm.read(b, i)
                arms_items.append(arms_item)
            arms_count = b[i]
            if arms_count & 0x81:
                arms_count, i = read_count(b, i)
            else:
                arms_count >>= 1
                i += 1
        arms = tuple(arms_items)
        choices: Any
        choices_items: Any = []
        choices_count = b[i]
        if choices_count & 0x81:
            choices_count, i = read_count(b, i)
        else:
            choices_count >>= 1
            i += 1
        while choices_count:
            for _ in range(choices_count):
                choices_item, i = ChosenOption.read(b, i)
                choices_items.append(choices_item)
            choices_count = b[i]
            if choices_count & 0x81:
                choices_count, i = read_count(b, i)
            else:
                choices_count >>= 1
                i += 1
        choices = tuple(choices_items)
        return cls(
            meta,
            contact_id,
            channel,
            address_id,
            debt_ids,
            purpose,
            template_id,
            language,
            parameters,
            not_after,
            strategy_id,
            step_id,
            in_reply_to,
            person,
            technology,
            content,
            arms,
            choices,
        ), i


class ContactVetoed(Event, frozen=True, gc=False):
    """The contact may not go out, and no clock cures it."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """The contact, as its request named it."""
    channel: Channel
    """The medium asked for."""
    address_id: AddressId
    """The address, as an opaque keyed hash: equal for everybody who shares it."""
    debt_ids: tuple[DebtId, ...]
    """The debts that the contact is about."""
    purpose: Purpose
    """Why the contact is made."""
    decided_at: datetime
    """The time that the decision took for now."""
    findings: tuple[Finding, ...]
    """What rules said that refused or showed evidence, in full, in the order of the rules."""
    as_of: AsOf
    """How much of the log the decision had seen."""
    rule_pack: str
    """Hash of the rules in force."""
    tzdata: str
    """Version of the time zone data."""
    request_id: EventId
    """Event id of the request."""
    deciding_rule: RuleId
    """The rule that decided."""
    standard_findings: tuple[int, ...] = ()
    """What all other rules said that were asked: numbers in `standard_findings` of the RulePackLoaded event with the
    same rule_pack and, in its meta, the same producer version."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("eec0ed9e7f803cb5")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(_Channel_BYTES[self.channel._value_])
        w(string(self.address_id))
        if self.debt_ids:
            w(long(len(self.debt_ids)))
            for debt_ids_item in self.debt_ids:
                w(string(debt_ids_item))
        w(NULL)
        w(_Purpose_BYTES[self.purpose._value_])
        w(timestamp(self.decided_at))
        if self.findings:
            w(long(len(self.findings)))
            w(kept(self.findings))
        w(NULL)
        self.as_of.write(w)
        w(interned(self.rule_pack))
        w(interned(self.tzdata))
        w(string(self.request_id))
        w(interned(self.deciding_rule))
        w(plain_numbers(self.standard_findings).encode("latin-1"))

    def plain(self, head: str = "") -> str:
        """The record as text of a byte a character; raises NotPlain if that takes more care."""
        if not f"{self.contact_id}{self.address_id}{self.rule_pack}{self.tzdata}{self.request_id}{self.deciding_rule}".isascii():
            raise NotPlain
        return (
            f"{head}"
            f"{self.meta.plain()}"
            f"{LENGTH[len(self.contact_id)]}{self.contact_id}"
            f"{_Channel_TEXT[self.channel._value_]}"
            f"{LENGTH[len(self.address_id)]}{self.address_id}"
            f"{plain_strings(self.debt_ids)}"
            f"{_Purpose_TEXT[self.purpose._value_]}"
            f"{plain_timestamp(self.decided_at)}"
            f"{plain_kept(self.findings)}"
            f"{self.as_of.plain()}"
            f"{LENGTH[len(self.rule_pack)]}{self.rule_pack}"
            f"{LENGTH[len(self.tzdata)]}{self.tzdata}"
            f"{LENGTH[len(self.request_id)]}{self.request_id}"
            f"{LENGTH[len(self.deciding_rule)]}{self.deciding_rule}"
            f"{plain_numbers(self.standard_findings)}"
        )

    def to_avro(self, head: str = "") -> bytes:
        """The event as Avro binary."""
        try:
            return self.plain(head).encode("latin-1")
        except (NotPlain, IndexError):
            return Event.to_avro(self, head)

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        debt_ids: Any
        debt_ids_items: Any = []
        debt_ids_count = b[i]
        if debt_ids_count & 0x81:
            debt_ids_count, i = read_count(b, i)
        else:
            debt_ids_count >>= 1
            i += 1
        while debt_ids_count:
            for _ in range(debt_ids_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                debt_ids_item = b[i:j].decode()
                i = j
                debt_ids_items.append(debt_ids_item)
            debt_ids_count = b[i]
            if debt_ids_count & 0x81:
                debt_ids_count, i = read_count(b, i)
            else:
                debt_ids_count >>= 1
                i += 1
        debt_ids = tuple(debt_ids_items)
        purpose: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        purpose = _Purpose_MEMBERS[n]
        decided_at: Any
        decided_at, i = read_timestamp(b, i)
        findings: Any
        findings_items: Any = []
        findings_count = b[i]
        if findings_count & 0x81:
            findings_count, i = read_count(b, i)
        else:
            findings_count >>= 1
            i += 1
        while findings_count:
            for _ in range(findings_count):
                findings_item, i = recalled(Finding, b, i)
                findings_items.append(findings_item)
            findings_count = b[i]
            if findings_count & 0x81:
                findings_count, i = read_count(b, i)
            else:
                findings_count >>= 1
                i += 1
        findings = tuple(findings_items)
        as_of: Any
        as_of, i = AsOf.read(b, i)
        rule_pack: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        rule_pack = b[i:j].decode()
        i = j
        tzdata: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        tzdata = b[i:j].decode()
        i = j
        request_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        request_id = b[i:j].decode()
        i = j
        deciding_rule: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        deciding_rule = b[i:j].decode()
        i = j
        standard_findings: Any
        standard_findings, i = recalled_numbers(b, i)
        return cls(
            meta,
            contact_id,
            channel,
            address_id,
            debt_ids,
            purpose,
            decided_at,
            findings,
            as_of,
            rule_pack,
            tzdata,
            request_id,
            deciding_rule,
            standard_findings,
        ), i


class ContactWithdrawn(Event, frozen=True, gc=False):
    """A contact that was asked for shall not be made any more; one that is on its way cannot be stopped."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """The contact."""
    channel: Channel
    """The medium that it would use."""
    address_id: AddressId
    """The address that it would use."""
    reason: str
    """What came in between, as strategies call ends: paid, opted-out, restricted, recalled and so on."""
    not_after: datetime
    """When the contact would have lost its point anyway."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("9d38f69a37b7ca6c")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(_Channel_BYTES[self.channel._value_])
        w(string(self.address_id))
        w(interned(self.reason))
        w(timestamp(self.not_after))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        reason: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        reason = b[i:j].decode()
        i = j
        not_after: Any
        not_after, i = read_timestamp(b, i)
        return cls(meta, contact_id, channel, address_id, reason, not_after), i


class ContactsReviewed(Event, frozen=True, gc=False):
    """A fact was learned late: contacts were made before we knew of what would have barred them."""

    meta: Meta
    """Who says this, about whom, and why."""
    fact_id: EventId
    """Event id of the fact."""
    from_at: datetime
    """Since when it is so."""
    learned_at: datetime
    """When we learned of it."""
    findings: tuple[Finding, ...]
    """For each contact and each rule that would have refused it: that it was lawful on what was known, with both
    events."""
    rule_pack: str
    """Hash of the rules in force."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("c8829da1b53f0fb2")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.fact_id))
        w(timestamp(self.from_at))
        w(timestamp(self.learned_at))
        if self.findings:
            w(long(len(self.findings)))
            for findings_item in self.findings:
                findings_item.write(w)
        w(NULL)
        w(interned(self.rule_pack))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        fact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        fact_id = b[i:j].decode()
        i = j
        from_at: Any
        from_at, i = read_timestamp(b, i)
        learned_at: Any
        learned_at, i = read_timestamp(b, i)
        findings: Any
        findings_items: Any = []
        findings_count = b[i]
        if findings_count & 0x81:
            findings_count, i = read_count(b, i)
        else:
            findings_count >>= 1
            i += 1
        while findings_count:
            for _ in range(findings_count):
                findings_item, i = Finding.read(b, i)
                findings_items.append(findings_item)
            findings_count = b[i]
            if findings_count & 0x81:
                findings_count, i = read_count(b, i)
            else:
                findings_count >>= 1
                i += 1
        findings = tuple(findings_items)
        rule_pack: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        rule_pack = b[i:j].decode()
        i = j
        return cls(meta, fact_id, from_at, learned_at, findings, rule_pack), i


class EmailApproved(Event, frozen=True, gc=False):
    """The least that the e-mail channel needs to send one approved contact."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """The contact, as its request named it."""
    address_id: AddressId
    """The address, as an opaque keyed hash: equal for everybody who shares it."""
    to: str
    """The e-mail address, in its one canonical form."""
    template_id: str
    """Which template to fill."""
    language: str
    """ISO 639 code."""
    parameters: dict[str, str]
    """What the template needs."""
    expires_at: datetime
    """After this instant it may not be sent."""
    conditions: tuple[str, ...] = ()
    """What the channel must see to: what must be said, what must be marked."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("e5514de429838eeb")

    PII: ClassVar[tuple[str, ...]] = ("to", "parameters")

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(string(self.address_id))
        w(string(self.to))
        w(interned(self.template_id))
        w(interned(self.language))
        if self.parameters:
            w(long(len(self.parameters)))
            for parameters_key, parameters_item in self.parameters.items():
                w(string(parameters_key))
                w(string(parameters_item))
        w(NULL)
        w(timestamp(self.expires_at))
        if self.conditions:
            w(long(len(self.conditions)))
            for conditions_item in self.conditions:
                w(string(conditions_item))
        w(NULL)

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        to: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        to = b[i:j].decode()
        i = j
        template_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        template_id = b[i:j].decode()
        i = j
        language: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        language = b[i:j].decode()
        i = j
        parameters: Any
        parameters_items: Any = {}
        parameters_count = b[i]
        if parameters_count & 0x81:
            parameters_count, i = read_count(b, i)
        else:
            parameters_count >>= 1
            i += 1
        while parameters_count:
            for _ in range(parameters_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                parameters_key = b[i:j].decode()
                i = j
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                parameters_item = b[i:j].decode()
                i = j
                parameters_items[parameters_key] = parameters_item
            parameters_count = b[i]
            if parameters_count & 0x81:
                parameters_count, i = read_count(b, i)
            else:
                parameters_count >>= 1
                i += 1
        parameters = parameters_items
        expires_at: Any
        expires_at, i = read_timestamp(b, i)
        conditions: Any
        conditions_items: Any = []
        conditions_count = b[i]
        if conditions_count & 0x81:
            conditions_count, i = read_count(b, i)
        else:
            conditions_count >>= 1
            i += 1
        while conditions_count:
            for _ in range(conditions_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                conditions_item = b[i:j].decode()
                i = j
                conditions_items.append(conditions_item)
            conditions_count = b[i]
            if conditions_count & 0x81:
                conditions_count, i = read_count(b, i)
            else:
                conditions_count >>= 1
                i += 1
        conditions = tuple(conditions_items)
        return cls(meta, contact_id, address_id, to, template_id, language, parameters, expires_at, conditions), i


class LetterApproved(Event, frozen=True, gc=False):
    """The least that the letter channel needs to send one approved letter."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """The contact, as its request named it."""
    address_id: AddressId
    """The address, as an opaque keyed hash: equal for everybody who shares it."""
    to: str
    """The postal address, a line for each of its lines, city, state and ZIP code on the last."""
    template_id: str
    """Which template to fill."""
    language: str
    """ISO 639 code."""
    parameters: dict[str, str]
    """What the template needs."""
    expires_at: datetime
    """After this instant it may not be sent."""
    conditions: tuple[str, ...] = ()
    """What the channel must see to: what must be said, what must be marked."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("c618b73765fab4dd")

    PII: ClassVar[tuple[str, ...]] = ("to", "parameters")

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(string(self.address_id))
        w(string(self.to))
        w(interned(self.template_id))
        w(interned(self.language))
        if self.parameters:
            w(long(len(self.parameters)))
            for parameters_key, parameters_item in self.parameters.items():
                w(string(parameters_key))
                w(string(parameters_item))
        w(NULL)
        w(timestamp(self.expires_at))
        if self.conditions:
            w(long(len(self.conditions)))
            for conditions_item in self.conditions:
                w(string(conditions_item))
        w(NULL)

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        to: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        to = b[i:j].decode()
        i = j
        template_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        template_id = b[i:j].decode()
        i = j
        language: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        language = b[i:j].decode()
        i = j
        parameters: Any
        parameters_items: Any = {}
        parameters_count = b[i]
        if parameters_count & 0x81:
            parameters_count, i = read_count(b, i)
        else:
            parameters_count >>= 1
            i += 1
        while parameters_count:
            for _ in range(parameters_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                parameters_key = b[i:j].decode()
                i = j
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                parameters_item = b[i:j].decode()
                i = j
                parameters_items[parameters_key] = parameters_item
            parameters_count = b[i]
            if parameters_count & 0x81:
                parameters_count, i = read_count(b, i)
            else:
                parameters_count >>= 1
                i += 1
        parameters = parameters_items
        expires_at: Any
        expires_at, i = read_timestamp(b, i)
        conditions: Any
        conditions_items: Any = []
        conditions_count = b[i]
        if conditions_count & 0x81:
            conditions_count, i = read_count(b, i)
        else:
            conditions_count >>= 1
            i += 1
        while conditions_count:
            for _ in range(conditions_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                conditions_item = b[i:j].decode()
                i = j
                conditions_items.append(conditions_item)
            conditions_count = b[i]
            if conditions_count & 0x81:
                conditions_count, i = read_count(b, i)
            else:
                conditions_count >>= 1
                i += 1
        conditions = tuple(conditions_items)
        return cls(meta, contact_id, address_id, to, template_id, language, parameters, expires_at, conditions), i


class PushApproved(Event, frozen=True, gc=False):
    """The least that the push channel needs to send one approved notification."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """The contact, as its request named it."""
    address_id: AddressId
    """The address, as an opaque keyed hash: equal for everybody who shares it."""
    to: str
    """The subscription: its endpoint, public key and secret, with a blank between them."""
    template_id: str
    """Which template to fill."""
    language: str
    """ISO 639 code."""
    parameters: dict[str, str]
    """What the template needs."""
    expires_at: datetime
    """After this instant it may not be sent."""
    conditions: tuple[str, ...] = ()
    """What the channel must see to: what must be said, what must be marked."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("a108d966f034b00f")

    PII: ClassVar[tuple[str, ...]] = ("to", "parameters")

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(string(self.address_id))
        w(string(self.to))
        w(interned(self.template_id))
        w(interned(self.language))
        if self.parameters:
            w(long(len(self.parameters)))
            for parameters_key, parameters_item in self.parameters.items():
                w(string(parameters_key))
                w(string(parameters_item))
        w(NULL)
        w(timestamp(self.expires_at))
        if self.conditions:
            w(long(len(self.conditions)))
            for conditions_item in self.conditions:
                w(string(conditions_item))
        w(NULL)

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        to: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        to = b[i:j].decode()
        i = j
        template_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        template_id = b[i:j].decode()
        i = j
        language: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        language = b[i:j].decode()
        i = j
        parameters: Any
        parameters_items: Any = {}
        parameters_count = b[i]
        if parameters_count & 0x81:
            parameters_count, i = read_count(b, i)
        else:
            parameters_count >>= 1
            i += 1
        while parameters_count:
            for _ in range(parameters_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                parameters_key = b[i:j].decode()
                i = j
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                parameters_item = b[i:j].decode()
                i = j
                parameters_items[parameters_key] = parameters_item
            parameters_count = b[i]
            if parameters_count & 0x81:
                parameters_count, i = read_count(b, i)
            else:
                parameters_count >>= 1
                i += 1
        parameters = parameters_items
        expires_at: Any
        expires_at, i = read_timestamp(b, i)
        conditions: Any
        conditions_items: Any = []
        conditions_count = b[i]
        if conditions_count & 0x81:
            conditions_count, i = read_count(b, i)
        else:
            conditions_count >>= 1
            i += 1
        while conditions_count:
            for _ in range(conditions_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                conditions_item = b[i:j].decode()
                i = j
                conditions_items.append(conditions_item)
            conditions_count = b[i]
            if conditions_count & 0x81:
                conditions_count, i = read_count(b, i)
            else:
                conditions_count >>= 1
                i += 1
        conditions = tuple(conditions_items)
        return cls(meta, contact_id, address_id, to, template_id, language, parameters, expires_at, conditions), i


class TextApproved(Event, frozen=True, gc=False):
    """The least that the text channel needs to send one approved contact."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """The contact, as its request named it."""
    address_id: AddressId
    """The address, as an opaque keyed hash: equal for everybody who shares it."""
    to: str
    """The number, in E.164 form."""
    template_id: str
    """Which template to fill."""
    language: str
    """ISO 639 code."""
    parameters: dict[str, str]
    """What the template needs."""
    expires_at: datetime
    """After this instant it may not be sent."""
    conditions: tuple[str, ...] = ()
    """What the channel must see to: what must be said, what must be marked."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("4d87ed8cbfc9652e")

    PII: ClassVar[tuple[str, ...]] = ("to", "parameters")

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(string(self.address_id))
        w(string(self.to))
        w(interned(self.template_id))
        w(interned(self.language))
        if self.parameters:
            w(long(len(self.parameters)))
            for parameters_key, parameters_item in self.parameters.items():
                w(string(parameters_key))
                w(string(parameters_item))
        w(NULL)
        w(timestamp(self.expires_at))
        if self.conditions:
            w(long(len(self.conditions)))
            for conditions_item in self.conditions:
                w(string(conditions_item))
        w(NULL)

    def plain(self, head: str = "") -> str:
        """The record as text of a byte a character; raises NotPlain if that takes more care."""
        if not f"{self.contact_id}{self.address_id}{self.to}{self.template_id}{self.language}".isascii():
            raise NotPlain
        return (
            f"{head}"
            f"{self.meta.plain()}"
            f"{LENGTH[len(self.contact_id)]}{self.contact_id}"
            f"{LENGTH[len(self.address_id)]}{self.address_id}"
            f"{LENGTH[len(self.to)]}{self.to}"
            f"{LENGTH[len(self.template_id)]}{self.template_id}"
            f"{LENGTH[len(self.language)]}{self.language}"
            f"{plain_map(self.parameters)}"
            f"{plain_timestamp(self.expires_at)}"
            f"{plain_strings(self.conditions)}"
        )

    def to_avro(self, head: str = "") -> bytes:
        """The event as Avro binary."""
        try:
            return self.plain(head).encode("latin-1")
        except (NotPlain, IndexError):
            return Event.to_avro(self, head)

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        to: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        to = b[i:j].decode()
        i = j
        template_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        template_id = b[i:j].decode()
        i = j
        language: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        language = b[i:j].decode()
        i = j
        parameters: Any
        parameters_items: Any = {}
        parameters_count = b[i]
        if parameters_count & 0x81:
            parameters_count, i = read_count(b, i)
        else:
            parameters_count >>= 1
            i += 1
        while parameters_count:
            for _ in range(parameters_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                parameters_key = b[i:j].decode()
                i = j
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                parameters_item = b[i:j].decode()
                i = j
                parameters_items[parameters_key] = parameters_item
            parameters_count = b[i]
            if parameters_count & 0x81:
                parameters_count, i = read_count(b, i)
            else:
                parameters_count >>= 1
                i += 1
        parameters = parameters_items
        expires_at: Any
        expires_at, i = read_timestamp(b, i)
        conditions: Any
        conditions_items: Any = []
        conditions_count = b[i]
        if conditions_count & 0x81:
            conditions_count, i = read_count(b, i)
        else:
            conditions_count >>= 1
            i += 1
        while conditions_count:
            for _ in range(conditions_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                conditions_item = b[i:j].decode()
                i = j
                conditions_items.append(conditions_item)
            conditions_count = b[i]
            if conditions_count & 0x81:
                conditions_count, i = read_count(b, i)
            else:
                conditions_count >>= 1
                i += 1
        conditions = tuple(conditions_items)
        return cls(meta, contact_id, address_id, to, template_id, language, parameters, expires_at, conditions), i


class CoordinationBroken(Event, frozen=True, gc=False):
    """A contact went out that did not go with what was known of the consumer, or with another contact."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """The contact."""
    channel: Channel
    """Its medium."""
    kind: BreakKind
    """What was wrong with it."""
    reason: str
    """The same in a sentence, without personal data."""
    other_contact_id: ContactId | None
    """The contact that it does not go with; null where it is not about two."""
    known_at: datetime
    """Since when we knew what should have stopped it."""
    made_at: datetime
    """When the provider took the contact on or, where it is wrong from the start, when it was approved."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("1be3e045d9801ed9")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(_Channel_BYTES[self.channel._value_])
        w(_BreakKind_BYTES[self.kind._value_])
        w(string(self.reason))
        if self.other_contact_id is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.other_contact_id))
        w(timestamp(self.known_at))
        w(timestamp(self.made_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        kind: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        kind = _BreakKind_MEMBERS[n]
        reason: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        reason = b[i:j].decode()
        i = j
        other_contact_id: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            other_contact_id = b[i:j].decode()
            i = j
        else:
            other_contact_id = None
        known_at: Any
        known_at, i = read_timestamp(b, i)
        made_at: Any
        made_at, i = read_timestamp(b, i)
        return cls(meta, contact_id, channel, kind, reason, other_contact_id, known_at, made_at), i


class ContactHeld(Event, frozen=True, gc=False):
    """A strategy would make a contact, and waits for a person to release it; nothing is asked of the gate before
    that."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """What is held; the request that follows its release is a contact with an id of its own."""
    channel: Channel
    """The medium that it would use."""
    template_id: str
    """Which template the channel would fill."""
    language: str
    """ISO 639 code."""
    strategy_id: str
    """Which strategy, with its version."""
    step_id: str
    """Which step of it."""
    held_at: datetime
    """Since when it waits."""
    not_after: datetime
    """When it has lost its point, and waits no longer."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("fb09d1e3f396795f")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(_Channel_BYTES[self.channel._value_])
        w(interned(self.template_id))
        w(interned(self.language))
        w(interned(self.strategy_id))
        w(interned(self.step_id))
        w(timestamp(self.held_at))
        w(timestamp(self.not_after))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        template_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        template_id = b[i:j].decode()
        i = j
        language: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        language = b[i:j].decode()
        i = j
        strategy_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        strategy_id = b[i:j].decode()
        i = j
        step_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        step_id = b[i:j].decode()
        i = j
        held_at: Any
        held_at, i = read_timestamp(b, i)
        not_after: Any
        not_after, i = read_timestamp(b, i)
        return cls(meta, contact_id, channel, template_id, language, strategy_id, step_id, held_at, not_after), i


class ContactReleased(Event, frozen=True, gc=False):
    """A person released a contact that was held: it may be asked for, within its hours."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """The contact."""
    by: str
    """Who did it, by the name that they gave."""
    released_at: datetime
    """When."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("2c9685e7ebfddf24")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(string(self.by))
        w(timestamp(self.released_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        by: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        by = b[i:j].decode()
        i = j
        released_at: Any
        released_at, i = read_timestamp(b, i)
        return cls(meta, contact_id, by, released_at), i


class ContactWithheld(Event, frozen=True, gc=False):
    """A contact that was held will not be made."""

    meta: Meta
    """Who says this, about whom, and why."""
    contact_id: ContactId
    """The contact."""
    reason: str
    """Why: rejected by a person, expired, or overtaken by something that ended or moved the conversation."""
    by: str
    """Who rejected it; empty if nobody did."""
    withheld_at: datetime
    """When."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("b566eeb2cfa6c642")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.contact_id))
        w(interned(self.reason))
        w(string(self.by))
        w(timestamp(self.withheld_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        reason: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        reason = b[i:j].decode()
        i = j
        by: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        by = b[i:j].decode()
        i = j
        withheld_at: Any
        withheld_at, i = read_timestamp(b, i)
        return cls(meta, contact_id, reason, by, withheld_at), i


class ArrangementAgreed(Event, frozen=True, gc=False):
    """The consumer agreed to pay, at these dates."""

    meta: Meta
    """Who says this, about whom, and why."""
    arrangement_id: ArrangementId
    """The arrangement."""
    kind: ArrangementKind
    """What was agreed."""
    debt_ids: tuple[DebtId, ...]
    """The debts that it is about."""
    currency: str
    """ISO 4217 code."""
    instalments: tuple[Instalment, ...]
    """Its parts, in order of their dates."""
    grace_days: int
    """How many days after its date an instalment still counts as in time."""
    source: str
    """How it came about: agent, portal, client or call."""
    agreed_at: datetime
    """When."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("f8ccb4eff46808e8")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.arrangement_id))
        w(_ArrangementKind_BYTES[self.kind._value_])
        if self.debt_ids:
            w(long(len(self.debt_ids)))
            for debt_ids_item in self.debt_ids:
                w(string(debt_ids_item))
        w(NULL)
        w(interned(self.currency))
        if self.instalments:
            w(long(len(self.instalments)))
            for instalments_item in self.instalments:
                instalments_item.write(w)
        w(NULL)
        w(long(self.grace_days))
        w(interned(self.source))
        w(timestamp(self.agreed_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        arrangement_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        arrangement_id = b[i:j].decode()
        i = j
        kind: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        kind = _ArrangementKind_MEMBERS[n]
        debt_ids: Any
        debt_ids_items: Any = []
        debt_ids_count = b[i]
        if debt_ids_count & 0x81:
            debt_ids_count, i = read_count(b, i)
        else:
            debt_ids_count >>= 1
            i += 1
        while debt_ids_count:
            for _ in range(debt_ids_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                debt_ids_item = b[i:j].decode()
                i = j
                debt_ids_items.append(debt_ids_item)
            debt_ids_count = b[i]
            if debt_ids_count & 0x81:
                debt_ids_count, i = read_count(b, i)
            else:
                debt_ids_count >>= 1
                i += 1
        debt_ids = tuple(debt_ids_items)
        currency: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        currency = b[i:j].decode()
        i = j
        instalments: Any
        instalments_items: Any = []
        instalments_count = b[i]
        if instalments_count & 0x81:
            instalments_count, i = read_count(b, i)
        else:
            instalments_count >>= 1
            i += 1
        while instalments_count:
            for _ in range(instalments_count):
                instalments_item, i = Instalment.read(b, i)
                instalments_items.append(instalments_item)
            instalments_count = b[i]
            if instalments_count & 0x81:
                instalments_count, i = read_count(b, i)
            else:
                instalments_count >>= 1
                i += 1
        instalments = tuple(instalments_items)
        grace_days: Any
        grace_days, i = read_long(b, i)
        source: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        source = b[i:j].decode()
        i = j
        agreed_at: Any
        agreed_at, i = read_timestamp(b, i)
        return cls(meta, arrangement_id, kind, debt_ids, currency, instalments, grace_days, source, agreed_at), i


class ArrangementBroken(Event, frozen=True, gc=False):
    """An instalment's date and its days of grace have passed, and it is not paid."""

    meta: Meta
    """Who says this, about whom, and why."""
    arrangement_id: ArrangementId
    """The arrangement."""
    debt_ids: tuple[DebtId, ...]
    """The debts that the arrangement is about."""
    currency: str
    """ISO 4217 code."""
    instalment: int
    """Which instalment was missed, the first being 1."""
    due_on: date
    """Its date."""
    missing: Decimal
    """How much of what was due by then did not come."""
    broken_at: datetime
    """When it was broken."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("c1fd6ef881299119")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.arrangement_id))
        if self.debt_ids:
            w(long(len(self.debt_ids)))
            for debt_ids_item in self.debt_ids:
                w(string(debt_ids_item))
        w(NULL)
        w(interned(self.currency))
        w(long(self.instalment))
        w(day(self.due_on))
        w(decimal(self.missing, 2))
        w(timestamp(self.broken_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        arrangement_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        arrangement_id = b[i:j].decode()
        i = j
        debt_ids: Any
        debt_ids_items: Any = []
        debt_ids_count = b[i]
        if debt_ids_count & 0x81:
            debt_ids_count, i = read_count(b, i)
        else:
            debt_ids_count >>= 1
            i += 1
        while debt_ids_count:
            for _ in range(debt_ids_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                debt_ids_item = b[i:j].decode()
                i = j
                debt_ids_items.append(debt_ids_item)
            debt_ids_count = b[i]
            if debt_ids_count & 0x81:
                debt_ids_count, i = read_count(b, i)
            else:
                debt_ids_count >>= 1
                i += 1
        debt_ids = tuple(debt_ids_items)
        currency: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        currency = b[i:j].decode()
        i = j
        instalment: Any
        instalment, i = read_long(b, i)
        due_on: Any
        due_on, i = read_day(b, i)
        missing: Any
        missing, i = read_decimal(b, i, 2)
        broken_at: Any
        broken_at, i = read_timestamp(b, i)
        return cls(meta, arrangement_id, debt_ids, currency, instalment, due_on, missing, broken_at), i


class ArrangementKept(Event, frozen=True, gc=False):
    """Every instalment of an arrangement is paid."""

    meta: Meta
    """Who says this, about whom, and why."""
    arrangement_id: ArrangementId
    """The arrangement."""
    debt_ids: tuple[DebtId, ...]
    """The debts that the arrangement is about."""
    currency: str
    """ISO 4217 code."""
    paid: Decimal
    """How much was agreed and came."""
    kept_at: datetime
    """When the last of it was known."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("d39cde0ba92d826f")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.arrangement_id))
        if self.debt_ids:
            w(long(len(self.debt_ids)))
            for debt_ids_item in self.debt_ids:
                w(string(debt_ids_item))
        w(NULL)
        w(interned(self.currency))
        w(decimal(self.paid, 2))
        w(timestamp(self.kept_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        arrangement_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        arrangement_id = b[i:j].decode()
        i = j
        debt_ids: Any
        debt_ids_items: Any = []
        debt_ids_count = b[i]
        if debt_ids_count & 0x81:
            debt_ids_count, i = read_count(b, i)
        else:
            debt_ids_count >>= 1
            i += 1
        while debt_ids_count:
            for _ in range(debt_ids_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                debt_ids_item = b[i:j].decode()
                i = j
                debt_ids_items.append(debt_ids_item)
            debt_ids_count = b[i]
            if debt_ids_count & 0x81:
                debt_ids_count, i = read_count(b, i)
            else:
                debt_ids_count >>= 1
                i += 1
        debt_ids = tuple(debt_ids_items)
        currency: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        currency = b[i:j].decode()
        i = j
        paid: Any
        paid, i = read_decimal(b, i, 2)
        kept_at: Any
        kept_at, i = read_timestamp(b, i)
        return cls(meta, arrangement_id, debt_ids, currency, paid, kept_at), i


class PaymentFailed(Event, frozen=True, gc=False):
    """Money that was expected did not come."""

    meta: Meta
    """Who says this, about whom, and why."""
    payment_id: PaymentId
    """Id of the payment; a repeat has the same."""
    debt_id: DebtId
    """The debt."""
    amount: Decimal
    """How much."""
    currency: str
    """ISO 4217 code."""
    method: str
    """card, ach, check, cash or direct-to-client."""
    reason: str
    """Why: insufficient-funds, declined, expired, account-closed, stopped or other."""
    failed_at: datetime
    """When it failed."""
    arrangement_id: ArrangementId | None = None
    """The arrangement that it is a part of; null if none was named."""
    instalment: int | None = None
    """Which instalment of it, the first being 1; null if none was named."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("449100ec56400f74")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.payment_id))
        w(string(self.debt_id))
        w(decimal(self.amount, 2))
        w(interned(self.currency))
        w(string(self.method))
        w(interned(self.reason))
        w(timestamp(self.failed_at))
        if self.arrangement_id is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.arrangement_id))
        if self.instalment is None:
            w(NULL)
        else:
            w(PRESENT)
            w(long(self.instalment))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        payment_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        payment_id = b[i:j].decode()
        i = j
        debt_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        debt_id = b[i:j].decode()
        i = j
        amount: Any
        amount, i = read_decimal(b, i, 2)
        currency: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        currency = b[i:j].decode()
        i = j
        method: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        method = b[i:j].decode()
        i = j
        reason: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        reason = b[i:j].decode()
        i = j
        failed_at: Any
        failed_at, i = read_timestamp(b, i)
        arrangement_id: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            arrangement_id = b[i:j].decode()
            i = j
        else:
            arrangement_id = None
        instalment: Any
        n, i = read_branch(b, i)
        if n:
            instalment, i = read_long(b, i)
        else:
            instalment = None
        return cls(
            meta, payment_id, debt_id, amount, currency, method, reason, failed_at, arrangement_id, instalment
        ), i


class PaymentReversed(Event, frozen=True, gc=False):
    """Money that had settled was taken back, all of it."""

    meta: Meta
    """Who says this, about whom, and why."""
    payment_id: PaymentId
    """Id of the payment; a repeat has the same."""
    debt_id: DebtId
    """The debt."""
    amount: Decimal
    """How much."""
    currency: str
    """ISO 4217 code."""
    reason: str
    """Why: returned, chargeback, refund or error."""
    reversed_at: datetime
    """When it was taken back."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("7142840bf45f0498")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.payment_id))
        w(string(self.debt_id))
        w(decimal(self.amount, 2))
        w(interned(self.currency))
        w(interned(self.reason))
        w(timestamp(self.reversed_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        payment_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        payment_id = b[i:j].decode()
        i = j
        debt_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        debt_id = b[i:j].decode()
        i = j
        amount: Any
        amount, i = read_decimal(b, i, 2)
        currency: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        currency = b[i:j].decode()
        i = j
        reason: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        reason = b[i:j].decode()
        i = j
        reversed_at: Any
        reversed_at, i = read_timestamp(b, i)
        return cls(meta, payment_id, debt_id, amount, currency, reason, reversed_at), i


class PaymentSettled(Event, frozen=True, gc=False):
    """Money arrived for a debt."""

    meta: Meta
    """Who says this, about whom, and why."""
    payment_id: PaymentId
    """Id of the payment; a repeat has the same."""
    debt_id: DebtId
    """The debt that it pays."""
    amount: Decimal
    """How much."""
    currency: str
    """ISO 4217 code."""
    method: str
    """card, ach, check, cash or direct-to-client."""
    settled_at: datetime
    """When it settled."""
    arrangement_id: ArrangementId | None = None
    """The arrangement that it is a part of; null if none was named."""
    instalment: int | None = None
    """Which instalment of it, the first being 1; null if none was named."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("0b8b71fb4eeaf049")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.payment_id))
        w(string(self.debt_id))
        w(decimal(self.amount, 2))
        w(string(self.currency))
        w(string(self.method))
        w(timestamp(self.settled_at))
        if self.arrangement_id is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.arrangement_id))
        if self.instalment is None:
            w(NULL)
        else:
            w(PRESENT)
            w(long(self.instalment))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        payment_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        payment_id = b[i:j].decode()
        i = j
        debt_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        debt_id = b[i:j].decode()
        i = j
        amount: Any
        amount, i = read_decimal(b, i, 2)
        currency: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        currency = b[i:j].decode()
        i = j
        method: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        method = b[i:j].decode()
        i = j
        settled_at: Any
        settled_at, i = read_timestamp(b, i)
        arrangement_id: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            arrangement_id = b[i:j].decode()
            i = j
        else:
            arrangement_id = None
        instalment: Any
        n, i = read_branch(b, i)
        if n:
            instalment, i = read_long(b, i)
        else:
            instalment = None
        return cls(meta, payment_id, debt_id, amount, currency, method, settled_at, arrangement_id, instalment), i


class AccountPlaced(Event, frozen=True, gc=False):
    """A client placed an account with us for collection, and it passed every check."""

    meta: Meta
    """Who says this, about whom, and why."""
    placement_id: PlacementId
    """Id of this placement."""
    batch_id: BatchId
    """The batch that it came in."""
    row_number: int
    """Its place in the batch."""
    client_id: ClientId
    """The creditor client."""
    debt_id: DebtId
    """The debt, the same in every later placement of the account."""
    client_account_number: str
    """The client's own number of the account."""
    account_last4: str
    """Last four characters of that number, fit to be shown."""
    placement_sequence: int
    """Which placement of the account with us this is; the first is 1."""
    debt_type: DebtType
    """Kind of debt."""
    original_creditor: str
    """To whom the debt was first owed."""
    current_creditor: str
    """To whom it is owed now."""
    currency: str
    """ISO 4217 code."""
    balance: Decimal
    """Current balance."""
    itemization: Itemization
    """How the balance came about."""
    delinquent_on: date | None
    """Date of first delinquency."""
    charged_off_on: date | None
    """Charge-off date."""
    name: PersonName
    """The consumer's name."""
    born_on: date | None
    """Date of birth."""
    ssn_hash: str | None
    """Keyed hash of the social security number; the number itself is never published."""
    language: str
    """ISO 639 code of the language to use."""
    postal_addresses: tuple[PostalAddress, ...]
    """Where mail reaches the consumer."""
    phones: tuple[PhoneAddress, ...]
    """The consumer's telephone numbers."""
    emails: tuple[EmailAddress, ...]
    """The consumer's e-mail addresses."""
    zones: tuple[ZoneEvidence, ...]
    """Every plausible time zone of the consumer, with its evidence; never one guess."""
    flags: PlacementFlags
    """What restricts contact from the start."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("3f2e0575910602ec")

    PII: ClassVar[tuple[str, ...]] = ("client_account_number", "born_on")

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.placement_id))
        w(string(self.batch_id))
        w(long(self.row_number))
        w(string(self.client_id))
        w(string(self.debt_id))
        w(string(self.client_account_number))
        w(string(self.account_last4))
        w(long(self.placement_sequence))
        w(_DebtType_BYTES[self.debt_type._value_])
        w(string(self.original_creditor))
        w(string(self.current_creditor))
        w(string(self.currency))
        w(decimal(self.balance, 2))
        self.itemization.write(w)
        if self.delinquent_on is None:
            w(NULL)
        else:
            w(PRESENT)
            w(day(self.delinquent_on))
        if self.charged_off_on is None:
            w(NULL)
        else:
            w(PRESENT)
            w(day(self.charged_off_on))
        self.name.write(w)
        if self.born_on is None:
            w(NULL)
        else:
            w(PRESENT)
            w(day(self.born_on))
        if self.ssn_hash is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.ssn_hash))
        w(interned(self.language))
        if self.postal_addresses:
            w(long(len(self.postal_addresses)))
            for postal_addresses_item in self.postal_addresses:
                postal_addresses_item.write(w)
        w(NULL)
        if self.phones:
            w(long(len(self.phones)))
            for phones_item in self.phones:
                phones_item.write(w)
        w(NULL)
        if self.emails:
            w(long(len(self.emails)))
            for emails_item in self.emails:
                emails_item.write(w)
        w(NULL)
        if self.zones:
            w(long(len(self.zones)))
            for zones_item in self.zones:
                zones_item.write(w)
        w(NULL)
        self.flags.write(w)

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        placement_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        placement_id = b[i:j].decode()
        i = j
        batch_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        batch_id = b[i:j].decode()
        i = j
        row_number: Any
        row_number, i = read_long(b, i)
        client_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        client_id = b[i:j].decode()
        i = j
        debt_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        debt_id = b[i:j].decode()
        i = j
        client_account_number: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        client_account_number = b[i:j].decode()
        i = j
        account_last4: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        account_last4 = b[i:j].decode()
        i = j
        placement_sequence: Any
        placement_sequence, i = read_long(b, i)
        debt_type: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        debt_type = _DebtType_MEMBERS[n]
        original_creditor: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        original_creditor = b[i:j].decode()
        i = j
        current_creditor: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        current_creditor = b[i:j].decode()
        i = j
        currency: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        currency = b[i:j].decode()
        i = j
        balance: Any
        balance, i = read_decimal(b, i, 2)
        itemization: Any
        itemization, i = Itemization.read(b, i)
        delinquent_on: Any
        n, i = read_branch(b, i)
        if n:
            delinquent_on, i = read_day(b, i)
        else:
            delinquent_on = None
        charged_off_on: Any
        n, i = read_branch(b, i)
        if n:
            charged_off_on, i = read_day(b, i)
        else:
            charged_off_on = None
        name: Any
        name, i = PersonName.read(b, i)
        born_on: Any
        n, i = read_branch(b, i)
        if n:
            born_on, i = read_day(b, i)
        else:
            born_on = None
        ssn_hash: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            ssn_hash = b[i:j].decode()
            i = j
        else:
            ssn_hash = None
        language: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        language = b[i:j].decode()
        i = j
        postal_addresses: Any
        postal_addresses_items: Any = []
        postal_addresses_count = b[i]
        if postal_addresses_count & 0x81:
            postal_addresses_count, i = read_count(b, i)
        else:
            postal_addresses_count >>= 1
            i += 1
        while postal_addresses_count:
            for _ in range(postal_addresses_count):
                postal_addresses_item, i = PostalAddress.read(b, i)
                postal_addresses_items.append(postal_addresses_item)
            postal_addresses_count = b[i]
            if postal_addresses_count & 0x81:
                postal_addresses_count, i = read_count(b, i)
            else:
                postal_addresses_count >>= 1
                i += 1
        postal_addresses = tuple(postal_addresses_items)
        phones: Any
        phones_items: Any = []
        phones_count = b[i]
        if phones_count & 0x81:
            phones_count, i = read_count(b, i)
        else:
            phones_count >>= 1
            i += 1
        while phones_count:
            for _ in range(phones_count):
                phones_item, i = PhoneAddress.read(b, i)
                phones_items.append(phones_item)
            phones_count = b[i]
            if phones_count & 0x81:
                phones_count, i = read_count(b, i)
            else:
                phones_count >>= 1
                i += 1
        phones = tuple(phones_items)
        emails: Any
        emails_items: Any = []
        emails_count = b[i]
        if emails_count & 0x81:
            emails_count, i = read_count(b, i)
        else:
            emails_count >>= 1
            i += 1
        while emails_count:
            for _ in range(emails_count):
                emails_item, i = EmailAddress.read(b, i)
                emails_items.append(emails_item)
            emails_count = b[i]
            if emails_count & 0x81:
                emails_count, i = read_count(b, i)
            else:
                emails_count >>= 1
                i += 1
        emails = tuple(emails_items)
        zones: Any
        zones_items: Any = []
        zones_count = b[i]
        if zones_count & 0x81:
            zones_count, i = read_count(b, i)
        else:
            zones_count >>= 1
            i += 1
        while zones_count:
            for _ in range(zones_count):
                zones_item, i = ZoneEvidence.read(b, i)
                zones_items.append(zones_item)
            zones_count = b[i]
            if zones_count & 0x81:
                zones_count, i = read_count(b, i)
            else:
                zones_count >>= 1
                i += 1
        zones = tuple(zones_items)
        flags: Any
        flags, i = PlacementFlags.read(b, i)
        return cls(
            meta,
            placement_id,
            batch_id,
            row_number,
            client_id,
            debt_id,
            client_account_number,
            account_last4,
            placement_sequence,
            debt_type,
            original_creditor,
            current_creditor,
            currency,
            balance,
            itemization,
            delinquent_on,
            charged_off_on,
            name,
            born_on,
            ssn_hash,
            language,
            postal_addresses,
            phones,
            emails,
            zones,
            flags,
        ), i


class AccountRecalled(Event, frozen=True, gc=False):
    """A client takes an account back: we may not collect it any more."""

    meta: Meta
    """Who says this, about whom, and why."""
    recall_id: str
    """Id of the recall; a repeat has the same."""
    client_id: ClientId
    """The creditor client."""
    debt_id: DebtId
    """The debt."""
    reason: str
    """Why, in the client's words of one kind: sold, paid-to-client, litigation, dispute, error or other."""
    recalled_at: datetime
    """From when on."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("4160803b54c00697")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.recall_id))
        w(string(self.client_id))
        w(string(self.debt_id))
        w(interned(self.reason))
        w(timestamp(self.recalled_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        recall_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        recall_id = b[i:j].decode()
        i = j
        client_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        client_id = b[i:j].decode()
        i = j
        debt_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        debt_id = b[i:j].decode()
        i = j
        reason: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        reason = b[i:j].decode()
        i = j
        recalled_at: Any
        recalled_at, i = read_timestamp(b, i)
        return cls(meta, recall_id, client_id, debt_id, reason, recalled_at), i


class AccountUpdated(Event, frozen=True, gc=False):
    """A client says how an account stands now. New addresses come with another placement."""

    meta: Meta
    """Who says this, about whom, and why."""
    update_id: str
    """Id of the update; a repeat has the same."""
    client_id: ClientId
    """The creditor client."""
    debt_id: DebtId
    """The debt."""
    balance: Decimal | None
    """Balance now, with every payment in it that the client knew of; null if the client did not say."""
    currency: str
    """ISO 4217 code."""
    due_on: date | None
    """When the balance falls due; null if the client did not say."""
    language: str | None
    """ISO 639 code of the language to use; null if the client did not say."""
    risk: int | None
    """How likely it is that it is never paid, from 0 to 100, as the client scores; null if the client did not say."""
    flags: PlacementFlags
    """What restricts contact."""
    as_of_at: datetime
    """The instant at which all of it was so."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("862b8fd8b7c60c92")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.update_id))
        w(string(self.client_id))
        w(string(self.debt_id))
        if self.balance is None:
            w(NULL)
        else:
            w(PRESENT)
            w(decimal(self.balance, 2))
        w(interned(self.currency))
        if self.due_on is None:
            w(NULL)
        else:
            w(PRESENT)
            w(day(self.due_on))
        if self.language is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.language))
        if self.risk is None:
            w(NULL)
        else:
            w(PRESENT)
            w(long(self.risk))
        self.flags.write(w)
        w(timestamp(self.as_of_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        update_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        update_id = b[i:j].decode()
        i = j
        client_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        client_id = b[i:j].decode()
        i = j
        debt_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        debt_id = b[i:j].decode()
        i = j
        balance: Any
        n, i = read_branch(b, i)
        if n:
            balance, i = read_decimal(b, i, 2)
        else:
            balance = None
        currency: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        currency = b[i:j].decode()
        i = j
        due_on: Any
        n, i = read_branch(b, i)
        if n:
            due_on, i = read_day(b, i)
        else:
            due_on = None
        language: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            language = b[i:j].decode()
            i = j
        else:
            language = None
        risk: Any
        n, i = read_branch(b, i)
        if n:
            risk, i = read_long(b, i)
        else:
            risk = None
        flags: Any
        flags, i = PlacementFlags.read(b, i)
        as_of_at: Any
        as_of_at, i = read_timestamp(b, i)
        return cls(meta, update_id, client_id, debt_id, balance, currency, due_on, language, risk, flags, as_of_at), i


class PlacementBatchLoaded(Event, frozen=True, gc=False):
    """Every row of a batch has been placed, rejected or recognised as a repeat: the control totals that the client
    signs off."""

    meta: Meta
    """Who says this, about whom, and why."""
    batch_id: BatchId
    """The batch."""
    client_id: ClientId
    """The creditor client."""
    file_name: str | None
    """Name of the file."""
    file_sha256: str | None
    """SHA-256 of the file, in hex."""
    rows: int
    """Rows received."""
    placed: int
    """Rows placed."""
    rejected: int
    """Rows rejected."""
    repeated: int
    """Rows that had been placed before."""
    balance_placed: Decimal
    """Sum of the balances placed."""
    consumers: int
    """Consumers that the placed rows belong to."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("f5816ffe4866d1c6")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.batch_id))
        w(string(self.client_id))
        if self.file_name is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.file_name))
        if self.file_sha256 is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.file_sha256))
        w(long(self.rows))
        w(long(self.placed))
        w(long(self.rejected))
        w(long(self.repeated))
        w(decimal(self.balance_placed, 2))
        w(long(self.consumers))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        batch_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        batch_id = b[i:j].decode()
        i = j
        client_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        client_id = b[i:j].decode()
        i = j
        file_name: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            file_name = b[i:j].decode()
            i = j
        else:
            file_name = None
        file_sha256: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            file_sha256 = b[i:j].decode()
            i = j
        else:
            file_sha256 = None
        rows: Any
        rows, i = read_long(b, i)
        placed: Any
        placed, i = read_long(b, i)
        rejected: Any
        rejected, i = read_long(b, i)
        repeated: Any
        repeated, i = read_long(b, i)
        balance_placed: Any
        balance_placed, i = read_decimal(b, i, 2)
        consumers: Any
        consumers, i = read_long(b, i)
        return cls(
            meta,
            batch_id,
            client_id,
            file_name,
            file_sha256,
            rows,
            placed,
            rejected,
            repeated,
            balance_placed,
            consumers,
        ), i


class PlacementRejected(Event, frozen=True, gc=False):
    """A row of a placement cannot be used; the row is kept with its batch for a person to mend."""

    meta: Meta
    """Who says this, about whom, and why."""
    batch_id: BatchId
    """The batch that it came in."""
    client_id: ClientId
    """The creditor client."""
    row_number: int
    """Its place in the batch; the first row of data is 1."""
    line_number: int
    """Its line in the file; 0 if it came in no file."""
    codes: tuple[str, ...]
    """Reject codes, most important first."""
    explanations: tuple[str, ...]
    """One sentence for each code, without personal data."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("ed605b320c762aa8")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.batch_id))
        w(string(self.client_id))
        w(long(self.row_number))
        w(long(self.line_number))
        if self.codes:
            w(long(len(self.codes)))
            for codes_item in self.codes:
                w(string(codes_item))
        w(NULL)
        if self.explanations:
            w(long(len(self.explanations)))
            for explanations_item in self.explanations:
                w(string(explanations_item))
        w(NULL)

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        batch_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        batch_id = b[i:j].decode()
        i = j
        client_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        client_id = b[i:j].decode()
        i = j
        row_number: Any
        row_number, i = read_long(b, i)
        line_number: Any
        line_number, i = read_long(b, i)
        codes: Any
        codes_items: Any = []
        codes_count = b[i]
        if codes_count & 0x81:
            codes_count, i = read_count(b, i)
        else:
            codes_count >>= 1
            i += 1
        while codes_count:
            for _ in range(codes_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                codes_item = b[i:j].decode()
                i = j
                codes_items.append(codes_item)
            codes_count = b[i]
            if codes_count & 0x81:
                codes_count, i = read_count(b, i)
            else:
                codes_count >>= 1
                i += 1
        codes = tuple(codes_items)
        explanations: Any
        explanations_items: Any = []
        explanations_count = b[i]
        if explanations_count & 0x81:
            explanations_count, i = read_count(b, i)
        else:
            explanations_count >>= 1
            i += 1
        while explanations_count:
            for _ in range(explanations_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                explanations_item = b[i:j].decode()
                i = j
                explanations_items.append(explanations_item)
            explanations_count = b[i]
            if explanations_count & 0x81:
                explanations_count, i = read_count(b, i)
            else:
                explanations_count >>= 1
                i += 1
        explanations = tuple(explanations_items)
        return cls(meta, batch_id, client_id, row_number, line_number, codes, explanations), i


class PlacementSubmitted(Event, frozen=True, gc=False):
    """A client handed over one row of a placement, as it stands, not yet checked."""

    meta: Meta
    """Who says this, about whom, and why."""
    batch_id: BatchId
    """The file or request that it came in."""
    client_id: ClientId
    """The creditor client."""
    row_number: int
    """Its place in the batch; the first row of data is 1."""
    line_number: int
    """Its line in the file; 0 if it came in no file."""
    fields: dict[str, str]
    """The row by column name, as the client wrote it."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("5339a37001ac5267")

    PII: ClassVar[tuple[str, ...]] = ("fields",)

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.batch_id))
        w(string(self.client_id))
        w(long(self.row_number))
        w(long(self.line_number))
        if self.fields:
            w(long(len(self.fields)))
            for fields_key, fields_item in self.fields.items():
                w(string(fields_key))
                w(string(fields_item))
        w(NULL)

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        batch_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        batch_id = b[i:j].decode()
        i = j
        client_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        client_id = b[i:j].decode()
        i = j
        row_number: Any
        row_number, i = read_long(b, i)
        line_number: Any
        line_number, i = read_long(b, i)
        fields: Any
        fields_items: Any = {}
        fields_count = b[i]
        if fields_count & 0x81:
            fields_count, i = read_count(b, i)
        else:
            fields_count >>= 1
            i += 1
        while fields_count:
            for _ in range(fields_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                fields_key = b[i:j].decode()
                i = j
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                fields_item = b[i:j].decode()
                i = j
                fields_items[fields_key] = fields_item
            fields_count = b[i]
            if fields_count & 0x81:
                fields_count, i = read_count(b, i)
            else:
                fields_count >>= 1
                i += 1
        fields = fields_items
        return cls(meta, batch_id, client_id, row_number, line_number, fields), i


class ConsumerProfileChanged(Event, frozen=True, gc=False):
    """All that the orchestrator knows of a consumer, as it is now. Addresses are here by their ids alone: each is in
    the placement that told of it, and is kept there once."""

    meta: Meta
    """Who says this, about whom, and why."""
    first_name: str
    """How the consumer is called."""
    language: str
    """ISO 639 code of the language to use."""
    zones: tuple[str, ...]
    """Every plausible time zone of the consumer."""
    accounts: tuple[ProfileAccount, ...]
    """The accounts."""
    addresses: tuple[ProfileAddress, ...]
    """The addresses, with what is known of each."""
    restrictions: tuple[str, ...]
    """What restricts contact: ceased, attorney-represented and so on."""
    refused: tuple[Channel, ...]
    """Media that the consumer has opted out of; UNKNOWN stands for all."""
    preferred_channel: Channel
    """The medium that the consumer prefers; UNKNOWN if nothing was said."""
    preferred_hours: str
    """When a contact suits, as 09:00-17:00; empty if nothing was said."""
    risk: int | None
    """How likely it is that nothing is paid, from 0 to 100; null where nobody knows."""
    arrangements: tuple[ProfileArrangement, ...]
    """Arrangements, the newest last."""
    place: ProfilePlace | None
    """Where the consumer is in a strategy; null if none ever began."""
    interrupted: tuple[ProfilePlace, ...]
    """Strategies that go on when the one above has ended."""
    next_at: datetime | None
    """When the next timer is due; null if none is set."""
    contacts: tuple[ProfileContact, ...]
    """The last contacts, the newest last."""
    contacts_before: int
    """How many contacts there were before those."""
    statements: tuple[ProfileStatement, ...]
    """What the consumer said or did last, the newest last."""
    replied_at: datetime | None = None
    """When the consumer wrote last; null if never."""
    segments: tuple[str, ...] = ()
    """The segments that the consumer is in, by their ids; the file of segments says what each means."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("b03c884e8c2829e0")

    PII: ClassVar[tuple[str, ...]] = ("first_name",)

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.first_name))
        w(interned(self.language))
        if self.zones:
            w(long(len(self.zones)))
            for zones_item in self.zones:
                w(string(zones_item))
        w(NULL)
        if self.accounts:
            w(long(len(self.accounts)))
            for accounts_item in self.accounts:
                accounts_item.write(w)
        w(NULL)
        if self.addresses:
            w(long(len(self.addresses)))
            for addresses_item in self.addresses:
                addresses_item.write(w)
        w(NULL)
        if self.restrictions:
            w(long(len(self.restrictions)))
            for restrictions_item in self.restrictions:
                w(string(restrictions_item))
        w(NULL)
        if self.refused:
            w(long(len(self.refused)))
            for refused_item in self.refused:
                w(_Channel_BYTES[refused_item._value_])
        w(NULL)
        w(_Channel_BYTES[self.preferred_channel._value_])
        w(string(self.preferred_hours))
        if self.risk is None:
            w(NULL)
        else:
            w(PRESENT)
            w(long(self.risk))
        if self.arrangements:
            w(long(len(self.arrangements)))
            for arrangements_item in self.arrangements:
                arrangements_item.write(w)
        w(NULL)
        if self.place is None:
            w(NULL)
        else:
            w(PRESENT)
            self.place.write(w)
        if self.interrupted:
            w(long(len(self.interrupted)))
            for interrupted_item in self.interrupted:
                interrupted_item.write(w)
        w(NULL)
        if self.next_at is None:
            w(NULL)
        else:
            w(PRESENT)
            w(timestamp(self.next_at))
        if self.contacts:
            w(long(len(self.contacts)))
            for contacts_item in self.contacts:
                contacts_item.write(w)
        w(NULL)
        w(long(self.contacts_before))
        if self.statements:
            w(long(len(self.statements)))
            for statements_item in self.statements:
                statements_item.write(w)
        w(NULL)
        if self.replied_at is None:
            w(NULL)
        else:
            w(PRESENT)
            w(timestamp(self.replied_at))
        if self.segments:
            w(long(len(self.segments)))
            for segments_item in self.segments:
                w(string(segments_item))
        w(NULL)

    def plain(self, head: str = "") -> str:
        """The record as text of a byte a character; raises NotPlain if that takes more care."""
        if not f"{self.first_name}{self.language}{self.preferred_hours}{self.risk or NONE}{self.place or NONE}{self.next_at or NONE}{self.replied_at or NONE}".isascii():
            raise NotPlain
        return (
            f"{head}"
            f"{self.meta.plain()}"
            f"{LENGTH[len(self.first_name)]}{self.first_name}"
            f"{LENGTH[len(self.language)]}{self.language}"
            f"{plain_strings(self.zones)}"
            f"{plain_records(self.accounts)}"
            f"{plain_records(self.addresses)}"
            f"{plain_strings(self.restrictions)}"
            f"{plain_symbols(self.refused, _Channel_TEXT)}"
            f"{_Channel_TEXT[self.preferred_channel._value_]}"
            f"{LENGTH[len(self.preferred_hours)]}{self.preferred_hours}"
            f"{NOTHING if self.risk is None else f'{SOMETHING}{plain_long(self.risk)}'}"
            f"{plain_records(self.arrangements)}"
            f"{NOTHING if self.place is None else f'{SOMETHING}{self.place.plain()}'}"
            f"{plain_records(self.interrupted)}"
            f"{NOTHING if self.next_at is None else f'{SOMETHING}{plain_timestamp(self.next_at)}'}"
            f"{plain_records(self.contacts)}"
            f"{plain_long(self.contacts_before)}"
            f"{plain_records(self.statements)}"
            f"{NOTHING if self.replied_at is None else f'{SOMETHING}{plain_timestamp(self.replied_at)}'}"
            f"{plain_strings(self.segments)}"
        )

    def to_avro(self, head: str = "") -> bytes:
        """The event as Avro binary."""
        try:
            return self.plain(head).encode("latin-1")
        except (NotPlain, IndexError):
            return Event.to_avro(self, head)

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        first_name: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        first_name = b[i:j].decode()
        i = j
        language: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        language = b[i:j].decode()
        i = j
        zones: Any
        zones_items: Any = []
        zones_count = b[i]
        if zones_count & 0x81:
            zones_count, i = read_count(b, i)
        else:
            zones_count >>= 1
            i += 1
        while zones_count:
            for _ in range(zones_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                zones_item = b[i:j].decode()
                i = j
                zones_items.append(zones_item)
            zones_count = b[i]
            if zones_count & 0x81:
                zones_count, i = read_count(b, i)
            else:
                zones_count >>= 1
                i += 1
        zones = tuple(zones_items)
        accounts: Any
        accounts_items: Any = []
        accounts_count = b[i]
        if accounts_count & 0x81:
            accounts_count, i = read_count(b, i)
        else:
            accounts_count >>= 1
            i += 1
        while accounts_count:
            for _ in range(accounts_count):
                accounts_item, i = ProfileAccount.read(b, i)
                accounts_items.append(accounts_item)
            accounts_count = b[i]
            if accounts_count & 0x81:
                accounts_count, i = read_count(b, i)
            else:
                accounts_count >>= 1
                i += 1
        accounts = tuple(accounts_items)
        addresses: Any
        addresses_items: Any = []
        addresses_count = b[i]
        if addresses_count & 0x81:
            addresses_count, i = read_count(b, i)
        else:
            addresses_count >>= 1
            i += 1
        while addresses_count:
            for _ in range(addresses_count):
                addresses_item, i = ProfileAddress.read(b, i)
                addresses_items.append(addresses_item)
            addresses_count = b[i]
            if addresses_count & 0x81:
                addresses_count, i = read_count(b, i)
            else:
                addresses_count >>= 1
                i += 1
        addresses = tuple(addresses_items)
        restrictions: Any
        restrictions_items: Any = []
        restrictions_count = b[i]
        if restrictions_count & 0x81:
            restrictions_count, i = read_count(b, i)
        else:
            restrictions_count >>= 1
            i += 1
        while restrictions_count:
            for _ in range(restrictions_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                restrictions_item = b[i:j].decode()
                i = j
                restrictions_items.append(restrictions_item)
            restrictions_count = b[i]
            if restrictions_count & 0x81:
                restrictions_count, i = read_count(b, i)
            else:
                restrictions_count >>= 1
                i += 1
        restrictions = tuple(restrictions_items)
        refused: Any
        refused_items: Any = []
        refused_count = b[i]
        if refused_count & 0x81:
            refused_count, i = read_count(b, i)
        else:
            refused_count >>= 1
            i += 1
        while refused_count:
            for _ in range(refused_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_long(b, i)
                else:
                    n >>= 1
                    i += 1
                refused_item = _Channel_MEMBERS[n]
                refused_items.append(refused_item)
            refused_count = b[i]
            if refused_count & 0x81:
                refused_count, i = read_count(b, i)
            else:
                refused_count >>= 1
                i += 1
        refused = tuple(refused_items)
        preferred_channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        preferred_channel = _Channel_MEMBERS[n]
        preferred_hours: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        preferred_hours = b[i:j].decode()
        i = j
        risk: Any
        n, i = read_branch(b, i)
        if n:
            risk, i = read_long(b, i)
        else:
            risk = None
        arrangements: Any
        arrangements_items: Any = []
        arrangements_count = b[i]
        if arrangements_count & 0x81:
            arrangements_count, i = read_count(b, i)
        else:
            arrangements_count >>= 1
            i += 1
        while arrangements_count:
            for _ in range(arrangements_count):
                arrangements_item, i = ProfileArrangement.read(b, i)
                arrangements_items.append(arrangements_item)
            arrangements_count = b[i]
            if arrangements_count & 0x81:
                arrangements_count, i = read_count(b, i)
            else:
                arrangements_count >>= 1
                i += 1
        arrangements = tuple(arrangements_items)
        place: Any
        n, i = read_branch(b, i)
        if n:
            place, i = ProfilePlace.read(b, i)
        else:
            place = None
        interrupted: Any
        interrupted_items: Any = []
        interrupted_count = b[i]
        if interrupted_count & 0x81:
            interrupted_count, i = read_count(b, i)
        else:
            interrupted_count >>= 1
            i += 1
        while interrupted_count:
            for _ in range(interrupted_count):
                interrupted_item, i = ProfilePlace.read(b, i)
                interrupted_items.append(interrupted_item)
            interrupted_count = b[i]
            if interrupted_count & 0x81:
                interrupted_count, i = read_count(b, i)
            else:
                interrupted_count >>= 1
                i += 1
        interrupted = tuple(interrupted_items)
        next_at: Any
        n, i = read_branch(b, i)
        if n:
            next_at, i = read_timestamp(b, i)
        else:
            next_at = None
        contacts: Any
        contacts_items: Any = []
        contacts_count = b[i]
        if contacts_count & 0x81:
            contacts_count, i = read_count(b, i)
        else:
            contacts_count >>= 1
            i += 1
        while contacts_count:
            for _ in range(contacts_count):
                contacts_item, i = ProfileContact.read(b, i)
                contacts_items.append(contacts_item)
            contacts_count = b[i]
            if contacts_count & 0x81:
                contacts_count, i = read_count(b, i)
            else:
                contacts_count >>= 1
                i += 1
        contacts = tuple(contacts_items)
        contacts_before: Any
        contacts_before, i = read_long(b, i)
        statements: Any
        statements_items: Any = []
        statements_count = b[i]
        if statements_count & 0x81:
            statements_count, i = read_count(b, i)
        else:
            statements_count >>= 1
            i += 1
        while statements_count:
            for _ in range(statements_count):
                statements_item, i = ProfileStatement.read(b, i)
                statements_items.append(statements_item)
            statements_count = b[i]
            if statements_count & 0x81:
                statements_count, i = read_count(b, i)
            else:
                statements_count >>= 1
                i += 1
        statements = tuple(statements_items)
        replied_at: Any
        n, i = read_branch(b, i)
        if n:
            replied_at, i = read_timestamp(b, i)
        else:
            replied_at = None
        segments: Any
        segments_items: Any = []
        segments_count = b[i]
        if segments_count & 0x81:
            segments_count, i = read_count(b, i)
        else:
            segments_count >>= 1
            i += 1
        while segments_count:
            for _ in range(segments_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                segments_item = b[i:j].decode()
                i = j
                segments_items.append(segments_item)
            segments_count = b[i]
            if segments_count & 0x81:
                segments_count, i = read_count(b, i)
            else:
                segments_count >>= 1
                i += 1
        segments = tuple(segments_items)
        return cls(
            meta,
            first_name,
            language,
            zones,
            accounts,
            addresses,
            restrictions,
            refused,
            preferred_channel,
            preferred_hours,
            risk,
            arrangements,
            place,
            interrupted,
            next_at,
            contacts,
            contacts_before,
            statements,
            replied_at,
            segments,
        ), i


class RulePackLoaded(Event, frozen=True, gc=False):
    """The gate began to judge by a rule pack; its whole text is here, so that any decision can be judged again."""

    meta: Meta
    """Who says this, about whom, and why."""
    rule_pack: str
    """Hash of the rules, as verdicts name it."""
    rules: dict[str, str]
    """Each rule's content as JSON with sorted keys, by the rule's id."""
    tzdata: str
    """Version of the time zone data."""
    loaded_at: datetime
    """When."""
    standard_findings: tuple[Finding, ...] = ()
    """What rules say again and again, without evidence and without refusing anything; verdicts name it by its number
    here, from 0."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("692b60770c9a82ba")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.rule_pack))
        if self.rules:
            w(long(len(self.rules)))
            for rules_key, rules_item in self.rules.items():
                w(string(rules_key))
                w(string(rules_item))
        w(NULL)
        w(string(self.tzdata))
        w(timestamp(self.loaded_at))
        if self.standard_findings:
            w(long(len(self.standard_findings)))
            for standard_findings_item in self.standard_findings:
                standard_findings_item.write(w)
        w(NULL)

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        rule_pack: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        rule_pack = b[i:j].decode()
        i = j
        rules: Any
        rules_items: Any = {}
        rules_count = b[i]
        if rules_count & 0x81:
            rules_count, i = read_count(b, i)
        else:
            rules_count >>= 1
            i += 1
        while rules_count:
            for _ in range(rules_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                rules_key = b[i:j].decode()
                i = j
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                rules_item = b[i:j].decode()
                i = j
                rules_items[rules_key] = rules_item
            rules_count = b[i]
            if rules_count & 0x81:
                rules_count, i = read_count(b, i)
            else:
                rules_count >>= 1
                i += 1
        rules = rules_items
        tzdata: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        tzdata = b[i:j].decode()
        i = j
        loaded_at: Any
        loaded_at, i = read_timestamp(b, i)
        standard_findings: Any
        standard_findings_items: Any = []
        standard_findings_count = b[i]
        if standard_findings_count & 0x81:
            standard_findings_count, i = read_count(b, i)
        else:
            standard_findings_count >>= 1
            i += 1
        while standard_findings_count:
            for _ in range(standard_findings_count):
                standard_findings_item, i = Finding.read(b, i)
                standard_findings_items.append(standard_findings_item)
            standard_findings_count = b[i]
            if standard_findings_count & 0x81:
                standard_findings_count, i = read_count(b, i)
            else:
                standard_findings_count >>= 1
                i += 1
        standard_findings = tuple(standard_findings_items)
        return cls(meta, rule_pack, rules, tzdata, loaded_at, standard_findings), i


class FactLearned(Event, frozen=True, gc=False):
    """Something that rules ask about became known: when it was true, and, by the record's own time, when we learned
    it."""

    meta: Meta
    """Who says this, about whom, and why."""
    fact: FactKind
    """What became known."""
    holds: bool
    """True if it is so; false if it is known not to be so, or no longer so."""
    detail: str
    """The rest of it, in the form that its kind has."""
    debt_ids: tuple[DebtId, ...]
    """The debts that it is about; none for all."""
    address_id: AddressId | None
    """The address that it is about; null for every address."""
    from_at: datetime
    """Since when it is so."""
    until_at: datetime | None
    """Until when; null while there is no end."""
    source: str
    """How we know: client, consumer, agent, court, letter, database."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("5b8e9cdbf4d4fdd9")

    PII: ClassVar[tuple[str, ...]] = ("detail",)

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(_FactKind_BYTES[self.fact._value_])
        w(boolean(self.holds))
        w(string(self.detail))
        if self.debt_ids:
            w(long(len(self.debt_ids)))
            for debt_ids_item in self.debt_ids:
                w(string(debt_ids_item))
        w(NULL)
        if self.address_id is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.address_id))
        w(timestamp(self.from_at))
        if self.until_at is None:
            w(NULL)
        else:
            w(PRESENT)
            w(timestamp(self.until_at))
        w(interned(self.source))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        fact: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        fact = _FactKind_MEMBERS[n]
        holds: Any
        holds, i = read_boolean(b, i)
        detail: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        detail = b[i:j].decode()
        i = j
        debt_ids: Any
        debt_ids_items: Any = []
        debt_ids_count = b[i]
        if debt_ids_count & 0x81:
            debt_ids_count, i = read_count(b, i)
        else:
            debt_ids_count >>= 1
            i += 1
        while debt_ids_count:
            for _ in range(debt_ids_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                debt_ids_item = b[i:j].decode()
                i = j
                debt_ids_items.append(debt_ids_item)
            debt_ids_count = b[i]
            if debt_ids_count & 0x81:
                debt_ids_count, i = read_count(b, i)
            else:
                debt_ids_count >>= 1
                i += 1
        debt_ids = tuple(debt_ids_items)
        address_id: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            address_id = b[i:j].decode()
            i = j
        else:
            address_id = None
        from_at: Any
        from_at, i = read_timestamp(b, i)
        until_at: Any
        n, i = read_branch(b, i)
        if n:
            until_at, i = read_timestamp(b, i)
        else:
            until_at = None
        source: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        source = b[i:j].decode()
        i = j
        return cls(meta, fact, holds, detail, debt_ids, address_id, from_at, until_at, source), i


class OptedIn(Event, frozen=True, gc=False):
    """The consumer takes an opt-out back."""

    meta: Meta
    """Who says this, about whom, and why."""
    channel: Channel
    """The medium."""
    address_id: AddressId | None
    """The address; null for the whole medium."""
    source: str
    """How we know."""
    stated_at: datetime
    """When the consumer said so."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("74934dfe04a9d515")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(_Channel_BYTES[self.channel._value_])
        if self.address_id is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.address_id))
        w(string(self.source))
        w(timestamp(self.stated_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        address_id: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            address_id = b[i:j].decode()
            i = j
        else:
            address_id = None
        source: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        source = b[i:j].decode()
        i = j
        stated_at: Any
        stated_at, i = read_timestamp(b, i)
        return cls(meta, channel, address_id, source, stated_at), i


class OptedOut(Event, frozen=True, gc=False):
    """The consumer no longer wants to be contacted, and said so in any words by any way."""

    meta: Meta
    """Who says this, about whom, and why."""
    channel: Channel
    """The medium that the opt-out is about."""
    scope: OptOutScope
    """How far it reaches."""
    address_id: AddressId | None
    """The address that it is about; null if it is about a medium or everything."""
    source: str
    """How we know: keyword, free-text, provider, agent, portal."""
    stated_at: datetime
    """When the consumer said so."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("31c90624ff3f9004")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(_Channel_BYTES[self.channel._value_])
        w(_OptOutScope_BYTES[self.scope._value_])
        if self.address_id is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.address_id))
        w(string(self.source))
        w(timestamp(self.stated_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        scope: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        scope = _OptOutScope_MEMBERS[n]
        address_id: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            address_id = b[i:j].decode()
            i = j
        else:
            address_id = None
        source: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        source = b[i:j].decode()
        i = j
        stated_at: Any
        stated_at, i = read_timestamp(b, i)
        return cls(meta, channel, scope, address_id, source, stated_at), i


class PreferenceStated(Event, frozen=True, gc=False):
    """How the consumer would rather be contacted. The law's own words on inconvenient times and places are facts."""

    meta: Meta
    """Who says this, about whom, and why."""
    channel: Channel
    """The medium that the consumer prefers; UNKNOWN if nothing was said of it."""
    language: str | None
    """ISO 639 code of the language to use; null if nothing was said of it."""
    opens: str | None
    """First time of the consumer's day at which a contact suits, as 09:00; null if nothing was said of it."""
    closes: str | None
    """Last such time; null if nothing was said of it."""
    source: str
    """How we know: agent, portal, reply or client."""
    stated_at: datetime
    """When the consumer said so."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("3bfeb541d9502cbc")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(_Channel_BYTES[self.channel._value_])
        if self.language is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.language))
        if self.opens is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.opens))
        if self.closes is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.closes))
        w(interned(self.source))
        w(timestamp(self.stated_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        language: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            language = b[i:j].decode()
            i = j
        else:
            language = None
        opens: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            opens = b[i:j].decode()
            i = j
        else:
            opens = None
        closes: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            closes = b[i:j].decode()
            i = j
        else:
            closes = None
        source: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        source = b[i:j].decode()
        i = j
        stated_at: Any
        stated_at, i = read_timestamp(b, i)
        return cls(meta, channel, language, opens, closes, source, stated_at), i


class PushSubscribed(Event, frozen=True, gc=False):
    """The consumer let a browser of theirs take notifications from us, which is itself their consent to them."""

    meta: Meta
    """Who says this, about whom, and why."""
    address_id: AddressId
    """The subscription, as an opaque keyed hash."""
    endpoint: str
    """Where the browser's push service takes messages for it: a secret, since whoever knows it can write there."""
    public_key: str
    """The browser's key, for which messages are encrypted: an uncompressed point of P-256 in URL-safe base 64."""
    secret: str
    """The secret that browser and sender share: 16 bytes in URL-safe base 64."""
    source: str
    """Where it was given: portal."""
    subscribed_at: datetime
    """When the consumer said so."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("4f946e8a8ea0ed00")

    PII: ClassVar[tuple[str, ...]] = ("endpoint", "public_key", "secret")

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.address_id))
        w(string(self.endpoint))
        w(string(self.public_key))
        w(string(self.secret))
        w(interned(self.source))
        w(timestamp(self.subscribed_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        endpoint: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        endpoint = b[i:j].decode()
        i = j
        public_key: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        public_key = b[i:j].decode()
        i = j
        secret: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        secret = b[i:j].decode()
        i = j
        source: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        source = b[i:j].decode()
        i = j
        subscribed_at: Any
        subscribed_at, i = read_timestamp(b, i)
        return cls(meta, address_id, endpoint, public_key, secret, source, subscribed_at), i


class ReplyReceived(Event, frozen=True, gc=False):
    """The consumer wrote to us."""

    meta: Meta
    """Who says this, about whom, and why."""
    channel: Channel
    """The medium."""
    address_id: AddressId
    """The address that the consumer wrote from."""
    intent: ReplyIntent
    """The gravest thing that the message asks for: whoever wants less contact is never overheard."""
    text: str
    """The words."""
    provider_id: str
    """The provider's id of the message."""
    received_at: datetime
    """When it reached us."""
    debt_ids: tuple[DebtId, ...] = ()
    """The debts that were talked about; none if nobody noted them, which counts for all."""
    talked: bool = True
    """For a call: false if nobody talked, as with a message left."""
    also: tuple[ReplyIntent, ...] = ()
    """What else it asks for, the graver first."""
    language: str | None = None
    """The language of the words, en or es; null where they do not tell."""
    certain: bool = True
    """False if a person must read it, since rules are not sure."""
    answer_on: Channel = Channel.UNKNOWN
    """The medium in which the consumer asked for a link as the answer, at the same address; unknown if none was asked
    for."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("48b8ee2e424a0a73")

    PII: ClassVar[tuple[str, ...]] = ("text",)

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(_Channel_BYTES[self.channel._value_])
        w(string(self.address_id))
        w(_ReplyIntent_BYTES[self.intent._value_])
        w(string(self.text))
        w(string(self.provider_id))
        w(timestamp(self.received_at))
        if self.debt_ids:
            w(long(len(self.debt_ids)))
            for debt_ids_item in self.debt_ids:
                w(string(debt_ids_item))
        w(NULL)
        w(boolean(self.talked))
        if self.also:
            w(long(len(self.also)))
            for also_item in self.also:
                w(_ReplyIntent_BYTES[also_item._value_])
        w(NULL)
        if self.language is None:
            w(NULL)
        else:
            w(PRESENT)
            w(string(self.language))
        w(boolean(self.certain))
        w(_Channel_BYTES[self.answer_on._value_])

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        intent: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        intent = _ReplyIntent_MEMBERS[n]
        text: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        text = b[i:j].decode()
        i = j
        provider_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        provider_id = b[i:j].decode()
        i = j
        received_at: Any
        received_at, i = read_timestamp(b, i)
        debt_ids: Any
        debt_ids_items: Any = []
        debt_ids_count = b[i]
        if debt_ids_count & 0x81:
            debt_ids_count, i = read_count(b, i)
        else:
            debt_ids_count >>= 1
            i += 1
        while debt_ids_count:
            for _ in range(debt_ids_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_length(b, i)
                else:
                    n >>= 1
                    i += 1
                j = i + n
                debt_ids_item = b[i:j].decode()
                i = j
                debt_ids_items.append(debt_ids_item)
            debt_ids_count = b[i]
            if debt_ids_count & 0x81:
                debt_ids_count, i = read_count(b, i)
            else:
                debt_ids_count >>= 1
                i += 1
        debt_ids = tuple(debt_ids_items)
        talked: Any
        talked, i = read_boolean(b, i)
        also: Any
        also_items: Any = []
        also_count = b[i]
        if also_count & 0x81:
            also_count, i = read_count(b, i)
        else:
            also_count >>= 1
            i += 1
        while also_count:
            for _ in range(also_count):
                n = b[i]
                if n & 0x81:
                    n, i = read_long(b, i)
                else:
                    n >>= 1
                    i += 1
                also_item = _ReplyIntent_MEMBERS[n]
                also_items.append(also_item)
            also_count = b[i]
            if also_count & 0x81:
                also_count, i = read_count(b, i)
            else:
                also_count >>= 1
                i += 1
        also = tuple(also_items)
        language: Any
        n, i = read_branch(b, i)
        if n:
            n = b[i]
            if n & 0x81:
                n, i = read_length(b, i)
            else:
                n >>= 1
                i += 1
            j = i + n
            language = b[i:j].decode()
            i = j
        else:
            language = None
        certain: Any
        certain, i = read_boolean(b, i)
        answer_on: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        answer_on = _Channel_MEMBERS[n]
        return cls(
            meta,
            channel,
            address_id,
            intent,
            text,
            provider_id,
            received_at,
            debt_ids,
            talked,
            also,
            language,
            certain,
            answer_on,
        ), i


class StrategyPaused(Event, frozen=True, gc=False):
    """Nobody enters a strategy any more, whatever its version, and nobody in it is contacted. Written once to every
    partition."""

    meta: Meta
    """Who says this, about whom, and why."""
    strategy_id: str
    """The strategy."""
    by: str
    """Who did it, by the name that they gave."""
    paused_at: datetime
    """When."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("e143a53835db06c0")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.strategy_id))
        w(string(self.by))
        w(timestamp(self.paused_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        strategy_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        strategy_id = b[i:j].decode()
        i = j
        by: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        by = b[i:j].decode()
        i = j
        paused_at: Any
        paused_at, i = read_timestamp(b, i)
        return cls(meta, strategy_id, by, paused_at), i


class StrategyPublished(Event, frozen=True, gc=False):
    """A version of a strategy is there for good; its whole text is here. Written once to every partition, so that
    each sees it at a fixed place among its consumers' events."""

    meta: Meta
    """Who says this, about whom, and why."""
    strategy_id: str
    """The strategy, whatever its version."""
    version: int
    """Which version of it."""
    digest: str
    """Hash of the text."""
    page: str
    """The strategy's content without its worked cases, as JSON with sorted keys."""
    offered: bool
    """Whether consumers may enter it because of this; false if it is only kept, since those enter who are offered it
    by the files of the service."""
    moves: tuple[StrategyMove, ...]
    """Which consumers go over to it; those of other versions stay where they are."""
    by: str
    """Who did it, by the name that they gave."""
    published_at: datetime
    """When."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("98033b70281667b3")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.strategy_id))
        w(long(self.version))
        w(string(self.digest))
        w(string(self.page))
        w(boolean(self.offered))
        if self.moves:
            w(long(len(self.moves)))
            for moves_item in self.moves:
                moves_item.write(w)
        w(NULL)
        w(string(self.by))
        w(timestamp(self.published_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        strategy_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        strategy_id = b[i:j].decode()
        i = j
        version: Any
        version, i = read_long(b, i)
        digest: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        digest = b[i:j].decode()
        i = j
        page: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        page = b[i:j].decode()
        i = j
        offered: Any
        offered, i = read_boolean(b, i)
        moves: Any
        moves_items: Any = []
        moves_count = b[i]
        if moves_count & 0x81:
            moves_count, i = read_count(b, i)
        else:
            moves_count >>= 1
            i += 1
        while moves_count:
            for _ in range(moves_count):
                moves_item, i = StrategyMove.read(b, i)
                moves_items.append(moves_item)
            moves_count = b[i]
            if moves_count & 0x81:
                moves_count, i = read_count(b, i)
            else:
                moves_count >>= 1
                i += 1
        moves = tuple(moves_items)
        by: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        by = b[i:j].decode()
        i = j
        published_at: Any
        published_at, i = read_timestamp(b, i)
        return cls(meta, strategy_id, version, digest, page, offered, moves, by, published_at), i


class StrategyResumed(Event, frozen=True, gc=False):
    """A strategy that was paused goes on. Written once to every partition."""

    meta: Meta
    """Who says this, about whom, and why."""
    strategy_id: str
    """The strategy."""
    by: str
    """Who did it, by the name that they gave."""
    resumed_at: datetime
    """When."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("6b96a716080fecf5")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.strategy_id))
        w(string(self.by))
        w(timestamp(self.resumed_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        strategy_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        strategy_id = b[i:j].decode()
        i = j
        by: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        by = b[i:j].decode()
        i = j
        resumed_at: Any
        resumed_at, i = read_timestamp(b, i)
        return cls(meta, strategy_id, by, resumed_at), i


class ApprovalWithdrawn(Event, frozen=True, gc=False):
    """One approved contact may not go out any more; channels look here last."""

    meta: Meta
    """Who says this, about whom, and why."""
    channel: Channel
    """The medium."""
    address_id: AddressId
    """The address."""
    contact_id: ContactId
    """The contact."""
    reason: str
    """Why, in the words of whoever withdrew it."""
    until_at: datetime
    """After this nobody can send it anyway."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("b1b110649dbb1d49")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(_Channel_BYTES[self.channel._value_])
        w(string(self.address_id))
        w(string(self.contact_id))
        w(interned(self.reason))
        w(timestamp(self.until_at))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        contact_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        contact_id = b[i:j].decode()
        i = j
        reason: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        reason = b[i:j].decode()
        i = j
        until_at: Any
        until_at, i = read_timestamp(b, i)
        return cls(meta, channel, address_id, contact_id, reason, until_at), i


class SuppressionChanged(Event, frozen=True, gc=False):
    """Whether an address may be contacted at all: what every channel looks at last, just before it sends."""

    meta: Meta
    """Who says this, about whom, and why."""
    channel: Channel
    """The medium."""
    address_id: AddressId
    """The address, as an opaque keyed hash: equal for everybody who shares it."""
    active: bool
    """True while contact is barred."""
    since: datetime
    """Since when that is so."""
    reason: str
    """Why: the rule's id."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("9e9d6255eb4ff350")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(_Channel_BYTES[self.channel._value_])
        w(string(self.address_id))
        w(boolean(self.active))
        w(timestamp(self.since))
        w(interned(self.reason))

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        channel: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        channel = _Channel_MEMBERS[n]
        address_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        address_id = b[i:j].decode()
        i = j
        active: Any
        active, i = read_boolean(b, i)
        since: Any
        since, i = read_timestamp(b, i)
        reason: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        reason = b[i:j].decode()
        i = j
        return cls(meta, channel, address_id, active, since, reason), i


class TimerDue(Event, frozen=True, gc=False):
    """A time that the orchestrator waited for has come: so time enters the log as an event."""

    meta: Meta
    """Who says this, about whom, and why."""
    timer_id: str
    """The timer, as it was set."""
    kind: TimerKind
    """What it wakes."""
    due_at: datetime
    """The instant that was waited for."""

    FINGERPRINT: ClassVar[bytes] = bytes.fromhex("b5cb1d2615d8f0a6")

    PII: ClassVar[tuple[str, ...]] = ()

    def write(self, w: Write) -> None:
        """Hand the fields, in order, to `w`."""
        self.meta.write(w)
        w(string(self.timer_id))
        w(_TimerKind_BYTES[self.kind._value_])
        w(timestamp(self.due_at))

    def plain(self, head: str = "") -> str:
        """The record as text of a byte a character; raises NotPlain if that takes more care."""
        if not f"{self.timer_id}".isascii():
            raise NotPlain
        return (
            f"{head}"
            f"{self.meta.plain()}"
            f"{LENGTH[len(self.timer_id)]}{self.timer_id}"
            f"{_TimerKind_TEXT[self.kind._value_]}"
            f"{plain_timestamp(self.due_at)}"
        )

    def to_avro(self, head: str = "") -> bytes:
        """The event as Avro binary."""
        try:
            return self.plain(head).encode("latin-1")
        except (NotPlain, IndexError):
            return Event.to_avro(self, head)

    @classmethod
    def read(cls, b: bytes, i: int) -> tuple[Self, int]:
        """Read one at index `i`; give it back with the index behind it."""
        n: int
        j: int
        meta: Any
        meta, i = Meta.read(b, i)
        timer_id: Any
        n = b[i]
        if n & 0x81:
            n, i = read_length(b, i)
        else:
            n >>= 1
            i += 1
        j = i + n
        timer_id = b[i:j].decode()
        i = j
        kind: Any
        n = b[i]
        if n & 0x81:
            n, i = read_long(b, i)
        else:
            n >>= 1
            i += 1
        kind = _TimerKind_MEMBERS[n]
        due_at: Any
        due_at, i = read_timestamp(b, i)
        return cls(meta, timer_id, kind, due_at), i
