"""What the simulated Stripe keeps: sessions, payments, charges, refunds, disputes, customers, events."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from counterpoint.providers.faults import Fault
from counterpoint.providers.stripe.ways import Refusal, Way


@dataclass(slots=True, eq=False)
class Item:
    """One line of what is paid for."""

    id: str
    name: str
    unit_amount: int
    quantity: int


@dataclass(slots=True, eq=False)
class Intent:
    """One payment, through all its tries."""

    id: str
    at: datetime
    amount: int
    currency: str
    metadata: dict[str, str]
    kinds: list[str]
    description: str | None = None
    customer: str | None = None
    receipt_email: str | None = None
    status: str = "requires_payment_method"
    charges: list["Charge"] = field(default_factory=list)
    error: Refusal | None = None
    canceled_at: datetime | None = None
    cancellation_reason: str | None = None
    fault: Fault | None = None
    session: "Session | None" = None
    """The page on which it is made; None for one that is made without."""


@dataclass(slots=True, eq=False)
class Session:
    """A page on which one payment can be made."""

    id: str
    at: datetime
    expires_at: datetime
    currency: str
    items: list[Item]
    success_url: str
    cancel_url: str | None
    reference: str | None
    metadata: dict[str, str]
    intent_data: dict[str, Any]
    kinds: list[str]
    customer: str | None
    customer_email: str | None
    locale: str | None
    status: str = "open"
    payment_status: str = "unpaid"
    intent: Intent | None = None
    paid_by: dict[str, str] | None = None
    fault: Fault | None = None

    @property
    def total(self) -> int:
        """What is to be paid, in the smallest unit of the currency."""
        return sum(item.unit_amount * item.quantity for item in self.items)


@dataclass(slots=True, eq=False)
class Charge:
    """One try of a payment."""

    id: str
    at: datetime
    intent: Intent
    way: Way
    metadata: dict[str, str]
    status: str = "pending"
    refunded: int = 0
    dispute: "Dispute | None" = None


@dataclass(slots=True, eq=False)
class Refund:
    """Money that we gave back."""

    id: str
    at: datetime
    charge: Charge
    amount: int
    reason: str | None
    metadata: dict[str, str]


@dataclass(slots=True, eq=False)
class Dispute:
    """Money that was claimed back at the bank."""

    id: str
    at: datetime
    charge: Charge
    reason: str
    status: str = "needs_response"


@dataclass(slots=True, eq=False)
class Customer:
    """Somebody who pays."""

    id: str
    at: datetime
    given: dict[str, Any]


@dataclass(slots=True, eq=False)
class Endpoint:
    """Where events are posted."""

    id: str
    at: datetime
    url: str
    secret: str
    enabled: list[str]
    description: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)

    def wants(self, kind: str) -> bool:
        """Whether it is told of events of this type."""
        return "*" in self.enabled or kind in self.enabled


@dataclass(slots=True, eq=False)
class Happening:
    """An event, with the object as it was then."""

    id: str
    at: datetime
    type: str
    object: dict[str, Any]
    request_id: str | None
    key: str | None
    waiting: int = 0


@dataclass(slots=True)
class Records:
    """Everything, oldest first. An id follows from the seed and how many there were before."""

    seed: int
    sessions: dict[str, Session] = field(default_factory=dict)
    intents: dict[str, Intent] = field(default_factory=dict)
    charges: dict[str, Charge] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    disputes: dict[str, Dispute] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    events: dict[str, Happening] = field(default_factory=dict)
    made: int = 0

    def new_id(self, prefix: str) -> str:
        """An id that was not given before."""
        self.made += 1
        return prefix + blake2b(f"{self.seed}/stripe/{self.made}".encode(), digest_size=12).hexdigest()
