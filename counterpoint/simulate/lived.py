"""What came of one consumer: counted, so that strategies can be compared consumer by consumer."""

from collections import Counter
from enum import Enum

from msgspec import Struct, field


class Way(Enum):
    """How somebody pays."""

    PORTAL = "portal"
    LINK = "link"
    """By a link that an agent sent during a conversation."""
    AGENT = "agent"
    CHEQUE = "cheque"

    @property
    def is_digital(self) -> bool:
        """Whether it takes no agent's hands, and no paper."""
        return self in (Way.PORTAL, Way.LINK)


class Payment(Struct, frozen=True, array_like=True):
    """Money: on which day counted from 0, how many cents, and how."""

    day: int
    cents: int
    way: Way


class Lived(Struct):
    """All of it; counters are by channel, by rule, or by kind. `cost` is in dollars, agents included.

    `expected` is how many digital payments the contacts that were sent could be expected to bring.
    """

    placed: int = 0
    requested: int = 0
    approved: int = 0
    deferred: Counter[str] = field(default_factory=Counter)
    vetoed: Counter[str] = field(default_factory=Counter)
    unlawful: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    sent_on: list[int] = field(default_factory=list)
    delivered: Counter[str] = field(default_factory=Counter)
    noticed: int = 0
    visits: int = 0
    replies: int = 0
    calls_in: int = 0
    talks: int = 0
    opted_out: Counter[str] = field(default_factory=Counter)
    complaints: int = 0
    ceased: int = 0
    promises: int = 0
    kept: int = 0
    payments: list[Payment] = field(default_factory=list)
    minutes: float = 0.0
    cost: float = 0.0
    breaks: Counter[str] = field(default_factory=Counter)
    expected: float = 0.0

    @property
    def paid(self) -> int:
        """Cents that were paid."""
        return sum(payment.cents for payment in self.payments)

    @property
    def digital(self) -> int:
        """Payments that took no agent's hands."""
        return sum(payment.way.is_digital for payment in self.payments)

    @property
    def engaged(self) -> bool:
        """Whether the consumer did anything with us of the own accord: visited, wrote, called."""
        return bool(self.visits or self.replies or self.calls_in)
