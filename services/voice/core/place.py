"""Where a call stands."""

from enum import StrEnum

from msgspec import Struct


class Stage(StrEnum):
    """What was asked last."""

    LANGUAGE = "language"
    WHO = "who"
    PROOF = "proof"
    MENU = "menu"
    PAY = "pay"
    CARD = "card"
    """Whether a card is to be charged."""
    WHY = "why"
    WHEN = "when"
    AGENT = "agent"
    """A person of ours has been called in."""


class Place(Struct, frozen=True, array_like=True):
    """Everything that the next answer depends on.

    `attempt`, `contact` and `story` are empty on a call of the consumer's own, and `consumer` until it is known who
    calls. `verified` says that the consumer is on the line: nothing of a debt is said before. `payment` is the number,
    in this call, of the last payment by card that was offered.
    """

    stage: Stage
    language: str = "en"
    turn: int = 0
    tries: int = 0
    verified: bool = False
    consumer: str = ""
    contact: str = ""
    attempt: str = ""
    story: str = ""
    payment: str = ""

    @property
    def outbound(self) -> bool:
        """Whether we placed the call."""
        return bool(self.attempt)
