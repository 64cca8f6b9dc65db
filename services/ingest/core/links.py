"""What a consumer is asked to pay at Stripe, as a client asks for it."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from contracts.ids import ClientId, DebtId, PaymentId
from services.ingest.core.reports import DebtIdOf, Fields, Wrong
from services.ingest.core.request import Unreadable

LEAST = Decimal("0.50")
"""The smallest payment that Stripe takes."""
_FIELDS = frozenset({"payment_id", "client_account_number", "amount", "currency", "language"})


class Asked(Struct, frozen=True):
    """One payment that is asked for: the record to which all that is told of it later is held."""

    payment_id: PaymentId
    client_id: ClientId
    debt_id: DebtId
    amount: Decimal
    currency: str

    @property
    def cents(self) -> int:
        """The amount as Stripe counts."""
        return int(self.amount.scaleb(2))


class Wanted(Struct, frozen=True):
    """A request for a page to pay on, in the consumer's language."""

    asked: Asked
    language: str


def wanted(document: object, client_id: ClientId, now: datetime, debt_id_of: DebtIdOf) -> Wanted | Unreadable:
    """A request from its document, or why it cannot be used."""
    if not isinstance(document, dict):
        return Unreadable("the body is no JSON object")
    try:
        f = Fields(document, _FIELDS, now)
        payment_id, debt_id, currency = PaymentId(f.id("payment_id", client_id)), f.account(debt_id_of), f.currency()
        asked = Asked(payment_id, client_id, debt_id, f.amount("amount", least=LEAST), currency)
        return Wanted(asked, f.one_of("language", ("en", "es"), "en"))
    except Wrong as fault:
        return Unreadable(str(fault))
