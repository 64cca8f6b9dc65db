"""Small numbers that stand for words in what the gate remembers.

They are kept for years in the changelog: add numbers, never change or reuse one.
"""

from datetime import UTC, datetime
from enum import IntEnum, IntFlag
from functools import lru_cache
from math import floor

from contracts.events import AttemptStatus, Channel, FactKind, Purpose, Technology

DAY = 86_400
"""Seconds in a day of 24 hours."""

CHANNELS: dict[str, int] = {
    Channel.UNKNOWN.value: 64,
    Channel.SMS.value: 1,
    Channel.EMAIL.value: 2,
    Channel.VOICE.value: 4,
    Channel.LETTER.value: 8,
    Channel.PORTAL.value: 16,
    Channel.CHAT.value: 32,
    Channel.PUSH.value: 128,
}
"""Each channel is a bit, so that a set of channels is a number."""

UNKNOWN_CHANNEL = CHANNELS[Channel.UNKNOWN.value]
ANY_CHANNEL = 255
"""All bits: how a contact counts of which nobody knows the channel."""

PURPOSES: dict[str, int] = {
    Purpose.UNKNOWN.value: 0,
    Purpose.OUTREACH.value: 1,
    Purpose.REQUIRED_NOTICE.value: 2,
    Purpose.OPT_OUT_CONFIRMATION.value: 3,
    Purpose.REPLY.value: 4,
    Purpose.CALLBACK.value: 5,
    Purpose.PAYMENT_CONFIRMATION.value: 6,
    Purpose.VALIDATION_NOTICE.value: 7,
    Purpose.DISPUTE_RESPONSE.value: 8,
    Purpose.CONSENT_REQUEST.value: 9,
    Purpose.EFFORTS_END.value: 10,
    Purpose.REMEDY_POSSIBLE.value: 11,
    Purpose.REMEDY_INTENDED.value: 12,
    Purpose.LOCATION.value: 13,
}
OUTREACH = PURPOSES[Purpose.OUTREACH.value]
CONFIRMATION = PURPOSES[Purpose.OPT_OUT_CONFIRMATION.value]
REPLY = PURPOSES[Purpose.REPLY.value]
CALLBACK = PURPOSES[Purpose.CALLBACK.value]
LOCATION = PURPOSES[Purpose.LOCATION.value]

TECHNOLOGIES: dict[str, int] = {
    Technology.UNKNOWN.value: 0,
    Technology.LIVE_MANUAL.value: 1,
    Technology.PRERECORDED.value: 2,
    Technology.RINGLESS.value: 3,
}


class Place(IntFlag):
    """Where an address reaches somebody."""

    CELL = 1
    """Wherever the consumer is: a mobile line, one of unknown kind, a personal e-mail address."""
    HOME = 2
    WORK = 4


PLACES: dict[str, int] = {"cell": 1, "home": 2, "work": 4}


class Outcome(IntEnum):
    """How far a contact has come. A higher one wins, so repeated and late reports change nothing.

    REJECTED means that nothing was sent; a later sign that something was sent stands above it.
    """

    RESERVED = 0
    STARTED = 1
    REJECTED = 2
    ACCEPTED = 3
    BUSY = 4
    NOT_IN_SERVICE = 5
    FAILED = 6
    NO_ANSWER = 7
    VOICEMAIL = 8
    DELIVERED = 9
    ANSWERED = 10
    CONVERSATION = 11
    CALLED_US = 12
    """The consumer called, and there was a conversation; nothing that we placed."""


OUTCOMES: dict[str, int] = {outcome.name: int(outcome) for outcome in Outcome}

OUTCOME_OF_STATUS: dict[str, Outcome] = {
    AttemptStatus.UNKNOWN.value: Outcome.ACCEPTED,
    AttemptStatus.QUEUED.value: Outcome.ACCEPTED,
    AttemptStatus.SENT.value: Outcome.ACCEPTED,
    AttemptStatus.DELIVERED.value: Outcome.DELIVERED,
    AttemptStatus.UNDELIVERED.value: Outcome.FAILED,
    AttemptStatus.FAILED.value: Outcome.FAILED,
    AttemptStatus.CANCELED.value: Outcome.FAILED,
    AttemptStatus.READ.value: Outcome.DELIVERED,
    AttemptStatus.ANSWERED.value: Outcome.ANSWERED,
    AttemptStatus.BUSY.value: Outcome.BUSY,
    AttemptStatus.NO_ANSWER.value: Outcome.NO_ANSWER,
    AttemptStatus.NOT_IN_SERVICE.value: Outcome.NOT_IN_SERVICE,
    AttemptStatus.VOICEMAIL.value: Outcome.VOICEMAIL,
    AttemptStatus.CONVERSATION.value: Outcome.CONVERSATION,
    AttemptStatus.DROPPED.value: Outcome.NO_ANSWER,
    AttemptStatus.BOUNCED.value: Outcome.FAILED,
    AttemptStatus.OPENED.value: Outcome.DELIVERED,
    AttemptStatus.CLICKED.value: Outcome.DELIVERED,
    AttemptStatus.REPLIED.value: Outcome.DELIVERED,
    AttemptStatus.COMPLAINED.value: Outcome.DELIVERED,
    AttemptStatus.MAILED.value: Outcome.ACCEPTED,
    AttemptStatus.IN_TRANSIT.value: Outcome.ACCEPTED,
    AttemptStatus.RETURNED.value: Outcome.FAILED,
}


class Scope(IntEnum):
    """How far an opt-out reaches."""

    ADDRESS = 1
    MEDIUM = 2
    EVERYTHING = 3


class Known(IntEnum):
    """A fact that rules ask about; one number for each member of FactKind."""

    CEASED = 1
    ATTORNEY_REPRESENTED = 2
    BANKRUPT = 3
    DECEASED = 4
    MINOR = 5
    DISPUTED = 6
    DISPUTE_ANSWERED = 7
    NOTICE_SENT = 8
    NOTICE_OWED = 9
    NOTICE_REQUIRED = 10
    STATED_LOCATION = 11
    INCONVENIENT_TIME = 12
    INCONVENIENT_PLACE = 13
    EMPLOYER_PROHIBITS = 14
    TEXT_CONSENT = 15
    EMAIL_CONSENT = 16
    CALL_CONSENT = 17
    ROBO_CONSENT = 18
    ELECTRONIC_CONSENT = 19
    E_SIGN_CONSENT = 20
    TIME_CONSENT = 21
    CREDITOR_EMAIL_NOTICE = 22
    NUMBER_CHECKED = 23
    NUMBER_OF_ANOTHER = 24
    SHARED_ADDRESS = 25
    RIGHT_PARTY = 26
    ATTORNEY_SILENT = 27
    IN_SERVICE = 28
    TIME_BARRED = 29
    SAME_ACCOUNT = 30
    MEDICAL_DEBT = 31
    MEDICAL_NOTICE = 32
    WHEREABOUTS = 33
    FIRST_COMMUNICATION = 34
    PAID = 35
    REGISTERED_STATE = 36
    RECALLED = 37
    LINE_TYPE = 38


FACTS: dict[str, int] = {kind.value: n for n, kind in enumerate(FactKind)}
"""By name; `Known` has the same numbers, and a test says so."""

PLACEMENTS = "counterpoint.placements.v1"
STATEMENTS = "counterpoint.consumer-statements.v1"
REQUESTS = "counterpoint.contact-requests.v1"
ATTEMPTS = "counterpoint.contact-attempts.v1"
PAYMENTS = "counterpoint.payments.v1"
TOPICS = (PLACEMENTS, STATEMENTS, REQUESTS, ATTEMPTS, PAYMENTS)
"""Facts remember their topic by its place here."""

ALL_DEBTS = (1 << 63) - 1
"""Every debt, known or not: what a contact touches whose debts nobody named."""


def channel_bit(channel: Channel) -> int:
    """The channel's bit."""
    return CHANNELS[channel._value_]


@lru_cache(maxsize=16_384)
def seconds(instant: datetime) -> int:
    """Whole seconds since 1970, rounded down: the law's hours begin and end on whole seconds."""
    return floor(instant.timestamp())


@lru_cache(maxsize=65_536)
def instant(at: int) -> datetime:
    """The instant of so many seconds since 1970, in UTC."""
    return datetime.fromtimestamp(at, UTC)
