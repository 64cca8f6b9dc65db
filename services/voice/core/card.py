"""Paying by card on the line: what is offered, and what the provider's result comes to, held to what was asked for.

No card number comes near us: the provider asks for it, and tells us of an end, never of a beginning.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from msgspec import Struct

from contracts.events import ArrangementState, ConsumerProfileChanged, ProfileAccount
from contracts.ids import ArrangementId, ConsumerId, DebtId
from services.voice.core.account import money

LEAST = Decimal("0.50")
"""The smallest charge that processors take."""
CURRENCY = "USD"
_CONFIRMATION = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class Due(Struct, frozen=True):
    """One payment that may be offered: of one debt, either the next part of its plan or all that is left."""

    debt_id: DebtId
    creditor: str
    account_last4: str
    amount: Decimal
    currency: str
    arrangement_id: ArrangementId | None = None
    instalment: int | None = None

    def words(self) -> Mapping[str, str]:
        """The values of templates that speak of it."""
        return {
            "creditor": self.creditor,
            "account_last4": self.account_last4,
            "charge": money(self.amount, self.currency),
        }


def due(profile: ConsumerProfileChanged) -> Due | None:
    """What is offered to a consumer: the next part of a plan for one debt, else the first debt that is in no plan."""
    owing = {a.debt_id: a for a in profile.accounts if _payable(a)}
    planned: set[DebtId] = set()
    for arrangement in profile.arrangements:
        if arrangement.state is not ArrangementState.OPEN:
            continue
        planned.update(arrangement.debt_ids)
        unmet = arrangement.instalments[arrangement.met :]
        account = owing.get(arrangement.debt_ids[0]) if len(arrangement.debt_ids) == 1 else None
        if account is not None and unmet and LEAST <= unmet[0].amount <= account.owed:
            return _of(account, unmet[0].amount, arrangement.arrangement_id, arrangement.met + 1)
    return next((_of(a, a.owed) for a in owing.values() if a.debt_id not in planned), None)


def _payable(account: ProfileAccount) -> bool:
    return account.state == "open" and account.currency == CURRENCY and account.owed >= LEAST


def _of(
    account: ProfileAccount,
    amount: Decimal,
    arrangement_id: ArrangementId | None = None,
    instalment: int | None = None,
) -> Due:
    about = account.debt_id, account.current_creditor, account.account_last4
    return Due(*about, amount, account.currency, arrangement_id, instalment)


class State(StrEnum):
    """How far a payment has come."""

    OFFERED = "offered"
    ASKED = "asked"
    SETTLED = "settled"
    FAILED = "failed"
    BROKEN_OFF = "broken-off"


class Asked(Struct, frozen=True):
    """Our own record of a payment, to which its result is held."""

    consumer_id: ConsumerId
    due: Due
    state: State
    confirmation: str | None = None


class Told(Struct, frozen=True):
    """What a result says; amount and currency are empty where it says nothing of them."""

    result: str
    confirmation: str = ""
    amount: str = ""
    currency: str = ""
    error: str = ""


class Outcome(StrEnum):
    """What a result comes to."""

    PAID = "paid"
    DECLINED = "declined"
    BROKEN_OFF = "broken-off"
    QUARANTINED = "quarantined"


def told(form: Mapping[str, str]) -> Told:
    """What a result says; of the card, not even its masked number is taken on."""
    names = ("Result", "PaymentConfirmationCode", "ChargeAmount", "Currency", "PaymentError")
    return Told(*(form.get(name, "").strip()[:64] for name in names))


def judged(
    said: Told, asked: Asked | None, consumer_id: str, *, known_elsewhere: bool = False
) -> tuple[Outcome, str | None]:
    """What a result comes to, and if it is quarantined, why."""
    fault = _differs(said, asked, consumer_id)
    if fault is None and known_elsewhere:
        fault = "its confirmation is that of another payment"
    if fault is not None:
        return Outcome.QUARANTINED, fault
    if said.result == "success":
        return Outcome.PAID, None
    return (Outcome.DECLINED if said.result == "payment-connector-error" else Outcome.BROKEN_OFF), None


def reason_of(said: Told) -> str:
    """Why no money came, in the contract's words."""
    return "declined" if "declin" in said.error.lower() else "other"


def _differs(said: Told, asked: Asked | None, consumer_id: str) -> str | None:
    """What in a result is not as we asked, if anything."""
    if asked is None or asked.state is State.OFFERED:
        return "nothing was asked for on this call"
    if asked.consumer_id != consumer_id:
        return "it was asked of another consumer"
    return _terms_differ(said, asked.due) or _end_differs(said, asked)


def _terms_differ(said: Told, due: Due) -> str | None:
    if said.amount and _number(said.amount) != due.amount:
        return "its amount is not what was asked for"
    differs = said.currency and said.currency.upper() != due.currency
    return "its currency is not what was asked for" if differs else None


def _end_differs(said: Told, asked: Asked) -> str | None:
    if asked.state is State.SETTLED and (said.result, said.confirmation) != ("success", asked.confirmation):
        return "something else was recorded of this payment before"
    if said.result == "success" and not _CONFIRMATION.fullmatch(said.confirmation):
        return "it tells of success without a confirmation that can be used"
    return "it confirms a payment and tells of none" if said.result != "success" and said.confirmation else None


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
