"""Small numbers that stand for words in what is remembered, and instants as whole seconds since 1970.

The numbers are kept for years in the changelog: add numbers, never change or reuse one.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import IntEnum
from functools import lru_cache
from math import ceil, floor

from contracts.events import AttemptStatus, PlacementFlags

DAY = 86_400
"""Seconds in a day of 24 hours."""

MOST_WAIT = 400 * DAY
"""Nothing is waited for longer: an instant that is further off is a mistake of somebody's."""

MOST_ASKED = 100
"""No conversation asks for more contacts, whatever its strategy: one that goes round and round ends with gave-up."""


class Flag(IntEnum):
    """What restricts contact, each a bit."""

    CEASED = 1
    ATTORNEY_REPRESENTED = 2
    BANKRUPT = 4
    DECEASED = 8
    MINOR = 16
    DISPUTED = 32
    MILITARY = 64


class Line(IntEnum):
    """What kind of line a telephone number is on."""

    UNKNOWN = 0
    MOBILE = 1
    LANDLINE = 2
    VOIP = 3
    TOLL_FREE = 4


class Consent(IntEnum):
    """What the client says of consent to texts."""

    UNKNOWN = 0
    GIVEN = 1
    REFUSED = 2


class Reason(IntEnum):
    """Why a conversation ended; RUNNING while it has not."""

    RUNNING = 0
    COMPLETED = 1
    REPLIED = 2
    PAID = 3
    OPTED_OUT = 4
    RESTRICTED = 5
    NOTHING_OWED = 6
    NO_NUMBER = 7
    VETOED = 8
    GAVE_UP = 9
    UNDELIVERABLE = 10
    MISCONFIGURED = 11
    WITHDRAWN = 12
    NO_CONSENT = 13
    ASSIGNED = 14
    RECALLED = 20
    INTERRUPTED = 21
    OVERTAKEN = 22
    ARRANGED = 23


class Verdict(IntEnum):
    """What the gate said of a contact."""

    NONE = 0
    APPROVED = 1
    DEFERRED = 2
    VETOED = 3


class Progress(IntEnum):
    """How far a contact has come; a higher one wins, so that late and repeated reports change nothing.

    From ACCEPTED on the provider has it. REJECTED: nothing was sent; a later sign that it was stands above that.
    """

    NONE = 0
    STARTED = 1
    REJECTED = 2
    ACCEPTED = 3
    FAILED = 4
    DELIVERED = 5


class Timer(IntEnum):
    """What a timer wakes."""

    STEP = 1
    RETRY = 2
    SILENCE = 3
    REVIEW = 4
    ARRANGEMENT = 10
    PAUSE = 11


class Promise(IntEnum):
    """How an arrangement stands."""

    OPEN = 0
    KEPT = 1
    BROKEN = 2
    REPLACED = 3


class Said(IntEnum):
    """What a consumer said or did, in brief."""

    REPLY = 1
    HELP = 2
    OPT_OUT = 3
    OPT_IN = 4
    DISPUTE = 5
    DISPUTE_ANSWERED = 6
    PREFERENCE = 7
    RESTRICTION = 8
    PAYMENT_FAILED = 9


PROGRESS_OF_STATUS: Mapping[str, Progress] = {
    AttemptStatus.UNKNOWN.value: Progress.ACCEPTED,
    AttemptStatus.QUEUED.value: Progress.ACCEPTED,
    AttemptStatus.SENT.value: Progress.ACCEPTED,
    AttemptStatus.DELIVERED.value: Progress.DELIVERED,
    AttemptStatus.UNDELIVERED.value: Progress.FAILED,
    AttemptStatus.FAILED.value: Progress.FAILED,
    AttemptStatus.CANCELED.value: Progress.FAILED,
    AttemptStatus.READ.value: Progress.DELIVERED,
    AttemptStatus.ANSWERED.value: Progress.DELIVERED,
    AttemptStatus.CONVERSATION.value: Progress.DELIVERED,
    AttemptStatus.BUSY.value: Progress.FAILED,
    AttemptStatus.NO_ANSWER.value: Progress.FAILED,
    AttemptStatus.NOT_IN_SERVICE.value: Progress.FAILED,
    AttemptStatus.VOICEMAIL.value: Progress.DELIVERED,
    AttemptStatus.DROPPED.value: Progress.FAILED,
    AttemptStatus.BOUNCED.value: Progress.FAILED,
    AttemptStatus.OPENED.value: Progress.DELIVERED,
    AttemptStatus.CLICKED.value: Progress.DELIVERED,
    AttemptStatus.REPLIED.value: Progress.DELIVERED,
    AttemptStatus.COMPLAINED.value: Progress.DELIVERED,
    AttemptStatus.MAILED.value: Progress.ACCEPTED,
    AttemptStatus.IN_TRANSIT.value: Progress.ACCEPTED,
    AttemptStatus.RETURNED.value: Progress.FAILED,
}


def word(code: IntEnum) -> str:
    """A code as strategies and labels spell it."""
    return code.name.lower().replace("_", "-")


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LINES: Mapping[str, Line] = {word(line): line for line in Line}
REASONS: Mapping[str, Reason] = {word(reason): reason for reason in Reason}
FLAGS: Mapping[str, Flag] = {word(flag): flag for flag in Flag}


def flag_bits(flags: PlacementFlags) -> int:
    """What a client says, as a set of bits."""
    return (
        (Flag.CEASED if flags.ceased else 0)
        | (Flag.ATTORNEY_REPRESENTED if flags.attorney_represented else 0)
        | (Flag.BANKRUPT if flags.bankrupt else 0)
        | (Flag.DECEASED if flags.deceased else 0)
        | (Flag.MINOR if flags.minor else 0)
        | (Flag.DISPUTED if flags.disputed else 0)
        | (Flag.MILITARY if flags.military else 0)
    )


@lru_cache(maxsize=16_384)
def seconds(instant: datetime) -> int:
    """Whole seconds since 1970, rounded down; what is older than that is as old as that."""
    return max(1, floor(instant.timestamp()))


def seconds_from(instant: datetime) -> int:
    """Whole seconds since 1970, rounded up: not before the instant."""
    return max(1, ceil(instant.timestamp()))


@lru_cache(maxsize=65_536)
def instant(at: int) -> datetime:
    """The instant of so many seconds since 1970, in UTC."""
    return datetime.fromtimestamp(at, UTC)


def span(text: str) -> int:
    """Seconds in a span like 30m, 12h or 3d."""
    return int(text[:-1]) * {"m": 60, "h": 3600, "d": DAY}[text[-1]]


def time_of_day(text: str) -> int:
    """Seconds of the day at a time like 09:30."""
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60
