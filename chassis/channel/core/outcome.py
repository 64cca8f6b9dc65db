"""What a provider's answer to a send means. The one question: can the message reach the consumer?"""

from enum import Enum

from msgspec import Struct

from contracts.events import ReasonClass


class Verdict(Enum):
    """What an answer says of the message."""

    ACCEPTED = "accepted"
    """The provider has it."""
    REJECTED = "rejected"
    """The provider does not have it, and would not take it another time."""
    UNSENT = "unsent"
    """The provider does not have it, and may take it another time."""
    IN_DOUBT = "in-doubt"
    """Nobody knows."""
    LOCKED_OUT = "locked-out"
    """The provider does not have it, and takes nothing from us."""


class Reading(Struct, frozen=True):
    """An answer, read; `code` is the provider's own, as text."""

    verdict: Verdict
    reason: str
    reason_class: ReasonClass = ReasonClass.NONE
    code: str | None = None
