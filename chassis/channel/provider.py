"""What a channel asks of the company that carries its messages, and what that company can answer."""

from datetime import timedelta
from math import isnan
from typing import Protocol, TypeVar

from msgspec import Struct

from chassis.channel.core.outcome import Reading, Verdict
from contracts.events import AttemptInDoubt, AttemptStarted, ReasonClass

M = TypeVar("M", contravariant=True)


class Accepted(Struct, frozen=True):
    """The provider has it; `provider_id` is empty if it took it on without telling us.

    `provider` is who took it, where that is not the one with whom the attempt began.
    """

    provider_id: str
    provider: str = ""


class Rejected(Struct, frozen=True):
    """The provider does not have it and never will, by this attempt."""

    reason: str
    reason_class: ReasonClass
    code: str | None = None


class Unsent(Struct, frozen=True):
    """The provider certainly does not have it, and may be asked again; `retry_after` in seconds if it said when."""

    reason: str
    retry_after: float | None = None


class InDoubt(Struct, frozen=True):
    """Nobody knows whether the provider has it."""

    reason: str


class LockedOut(Struct, frozen=True):
    """The provider does not have it and takes nothing from us until a person acts; `reason` tells that person what."""

    reason: str


class Absent(Struct, frozen=True):
    """The provider was asked, answered in full, and does not have it."""


class Unknowable(Struct, frozen=True):
    """The provider has no way to be asked. After the last check the message counts as sent: better than sent twice."""


Answer = Accepted | Rejected | Unsent | InDoubt | LockedOut
Finding = Accepted | Absent | InDoubt | LockedOut | Unknowable


class Provider(Protocol[M]):
    """A company that carries messages for us.

    Neither method raises for anything that the network or the company does: it is all in the answer. `Unsent` and
    `Rejected` may be answered only where it is proved that the message cannot go out. `Absent` likewise: a list that
    was cut short is `InDoubt`.
    """

    async def send(self, *, message: M, attempt: AttemptStarted, time_left: timedelta) -> Answer:
        """Hand the message over, not to be carried after `time_left`."""

    async def find(self, *, attempt: AttemptStarted | AttemptInDoubt) -> Finding:
        """Say whether the provider has the message of an attempt that was made earlier."""


def answer_of(reading: Reading, *, provider_id: str, retry_after: str | None, act: str) -> Answer:
    """A provider's answer, as it was read: with its id of the message, its Retry-After, and what a person must do."""
    match reading.verdict:
        case Verdict.ACCEPTED:
            return Accepted(provider_id)
        case Verdict.REJECTED:
            return Rejected(reading.reason, reading.reason_class, reading.code)
        case Verdict.UNSENT:
            return Unsent(reading.reason, _seconds(retry_after))
        case Verdict.IN_DOUBT:
            return InDoubt(reading.reason)
        case Verdict.LOCKED_OUT:
            return LockedOut(act)


def _seconds(value: str | None) -> float | None:
    """A Retry-After in seconds; None for a date or nonsense, "nan" among it."""
    try:
        seconds = float(value) if value is not None else None
    except ValueError:
        return None
    return None if seconds is None or isnan(seconds) else seconds
