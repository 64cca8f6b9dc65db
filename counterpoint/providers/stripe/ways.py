"""Ways to pay at the simulated Stripe: its published test cards and test accounts, whose fates are known beforehand."""

from collections.abc import Mapping
from datetime import timedelta

from msgspec import Struct

CARD, BANK = "card", "us_bank_account"
ROUTING = "110000000"
"""The only routing number of test accounts."""

AT_ONCE, DAYS = timedelta(0), timedelta(days=4)
"""A card pays at once; a bank account after four days."""


class Refusal(Struct, frozen=True):
    """Why no money came."""

    code: str
    message: str
    decline_code: str | None = None


class Way(Struct, frozen=True):
    """A card or an account, and what becomes of a payment by it; `disputed`: the money is claimed back for a reason."""

    kind: str
    number: str
    says: str
    brand: str = "visa"
    refusal: Refusal | None = None
    disputed: str | None = None
    wins: bool = False
    """Whether the dispute ends in our favour."""

    @property
    def last4(self) -> str:
        """What may be shown of its number."""
        return self.number[-4:]

    @property
    def after(self) -> timedelta:
        """How long the money takes."""
        return AT_ONCE if self.kind == CARD else DAYS


def _declined(number: str, says: str, code: str, message: str, decline_code: str | None = None) -> Way:
    return Way(CARD, number, says, refusal=Refusal(code, message, decline_code))


def _returned(number: str, says: str, code: str) -> Way:
    return Way(BANK, number, says, refusal=Refusal(code, f"The bank returned the payment: {says}."))


WAYS = (
    Way(CARD, "4242424242424242", "pays"),
    Way(CARD, "5555555555554444", "pays", brand="mastercard"),
    _declined("4000000000000002", "is declined", "card_declined", "Your card was declined.", "generic_decline"),
    _declined(
        "4000000000009995",
        "has too little money",
        "card_declined",
        "Your card has insufficient funds.",
        "insufficient_funds",
    ),
    _declined("4000000000000069", "has expired", "expired_card", "Your card has expired."),
    _declined("4000000000000127", "has another CVC", "incorrect_cvc", "Your card's security code is incorrect."),
    Way(CARD, "4000000000000259", "pays, and claims it back as fraud", disputed="fraudulent"),
    Way(CARD, "4000000000002685", "pays, and claims it back in vain", disputed="product_not_received", wins=True),
    Way(BANK, "000123456789", "pays after four days"),
    _returned("000222222227", "has too little money", "insufficient_funds"),
    _returned("000111111113", "is closed", "account_closed"),
    _returned("000111111116", "does not exist", "no_account"),
    _returned("000333333335", "does not allow the debit", "debit_not_authorized"),
    Way(BANK, "000555555559", "pays, and the debit is returned as not authorized", disputed="debit_not_authorized"),
)
BY_NUMBER: Mapping[str, Way] = {way.number: way for way in WAYS}
METHODS: Mapping[str, Way] = {
    "pm_card_visa": BY_NUMBER["4242424242424242"],
    "pm_card_mastercard": BY_NUMBER["5555555555554444"],
    "pm_card_visa_chargeDeclined": BY_NUMBER["4000000000000002"],
    "pm_card_visa_chargeDeclinedInsufficientFunds": BY_NUMBER["4000000000009995"],
    "pm_card_createDispute": BY_NUMBER["4000000000000259"],
    "pm_usBankAccount_success": BY_NUMBER["000123456789"],
    "pm_usBankAccount_insufficientFunds": BY_NUMBER["000222222227"],
}
"""The same by names for payment methods."""
