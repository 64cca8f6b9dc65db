"""Small numbers that stand for words in what the gate remembers.

They are kept for years in the changelog: add numbers, never change or reuse one.
"""

from datetime import UTC, datetime
from enum import IntEnum
from functools import lru_cache
from math import floor

from contracts.events import AttemptStatus, Channel, Purpose

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
}
"""Each channel is a bit, so that a set of channels is a number."""

UNKNOWN_CHANNEL = CHANNELS[Channel.UNKNOWN.value]
ANY_CHANNEL = 127
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
}


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
}


class Scope(IntEnum):
    """How far an opt-out reaches."""

    ADDRESS = 1
    MEDIUM = 2
    EVERYTHING = 3


class Flag(IntEnum):
    """What a client may tell us about a consumer that bars contact."""

    CEASED = 1
    ATTORNEY_REPRESENTED = 2
    BANKRUPT = 3
    DECEASED = 4
    MINOR = 5


FLAGS: dict[str, int] = {flag.name: int(flag) for flag in Flag}

PLACEMENTS = "counterpoint.placements.v1"
STATEMENTS = "counterpoint.consumer-statements.v1"
REQUESTS = "counterpoint.contact-requests.v1"
ATTEMPTS = "counterpoint.contact-attempts.v1"
PAYMENTS = "counterpoint.payments.v1"

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
