"""What an event of Stripe's says of a payment, and whether that is what we asked for.

An event is held to our own record, never the other way round: one that tells of another amount, currency, debt or page
is not posted, however well it is signed.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from msgspec import Struct

from services.ingest.core.links import Asked
from services.ingest.core.outcome import whole

PAYMENT, DEBT = "payment", "debt"
"""Names under which what we send carries our own ids."""
BANK = "us_bank_account"


class What(Enum):
    """What an event tells."""

    PAID = "paid"
    UNDER_WAY = "under-way"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    TAKEN_BACK = "taken-back"
    GIVEN_AGAIN = "given-again"


class Told(Struct, frozen=True):
    """One event, read. `amount` is in cents, and so is `part`, what was given back of it; None where there is none."""

    event_id: str
    type: str
    at: datetime | None
    what: What | None
    session_id: str | None
    payment_intent: str | None
    payment_id: str | None
    debt_id: str | None
    amount: object
    part: object
    currency: object
    method: str
    reason: str
    try_id: str = ""


_SESSIONS: Mapping[str, What] = {
    "checkout.session.completed": What.UNDER_WAY,
    "checkout.session.async_payment_succeeded": What.PAID,
    "checkout.session.expired": What.EXPIRED,
}
_OTHERS: Mapping[str, What] = {
    # Its session's own event says no reason; this one does, for cards too.
    "payment_intent.payment_failed": What.FAILED,
    "charge.refunded": What.REFUNDED,
    "charge.dispute.funds_withdrawn": What.TAKEN_BACK,
    "charge.dispute.funds_reinstated": What.GIVEN_AGAIN,
}
_REASONS: Mapping[str, str] = {
    "insufficient_funds": "insufficient-funds",
    "expired_card": "expired",
    "account_closed": "account-closed",
    "no_account": "account-closed",
    "debit_not_authorized": "stopped",
    "card_declined": "declined",
}
"""Stripe's codes in the words of PaymentFailed; any other is `other`."""
RETURNS = frozenset({"debit_not_authorized", "insufficient_funds", "bank_cannot_process", "incorrect_account_details"})
"""Reasons of a dispute that is a bank's return of a debit, not a cardholder's claim."""


def read(body: bytes) -> Told | None:
    """An event, or None for what is none; fields of kinds that nobody foresaw are as if they were not there."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict):
        return None
    kind, event_id, thing = _text(event, "type"), _text(event, "id"), _within(event, "data", "object")
    if kind is None or event_id is None:
        return None
    what = _SESSIONS.get(kind) or _OTHERS.get(kind)
    if kind == "checkout.session.completed" and thing.get("payment_status") != "unpaid":
        what = What.PAID  # Stripe's own advice: paid unless it says unpaid, as with an account that takes days
    metadata, is_session = _within(thing, "metadata"), kind in _SESSIONS
    return Told(
        event_id=event_id,
        type=kind,
        at=_instant(event.get("created")),
        what=what,
        session_id=_text(thing, "id") if is_session else None,
        payment_intent=_text(thing, "id" if kind.startswith("payment_intent.") else "payment_intent"),
        payment_id=_text(thing, "client_reference_id") if is_session else _text(metadata, PAYMENT),
        debt_id=_text(metadata, DEBT),
        amount=thing.get("amount_total" if is_session else "amount"),
        part=thing.get("amount_refunded") if what is What.REFUNDED else None,
        currency=thing.get("currency"),
        method=_method(kind, thing),
        reason=_reason(what, thing),
        try_id=_text(thing, "latest_charge") or "",
    )


def differs(told: Told, asked: Asked, session_id: str | None) -> str | None:
    """How an event differs from what we asked for, in a sentence without personal data; None if it does not."""
    if told.at is None:
        return "it says no time"
    if told.amount != asked.cents:
        return f"it tells of {_dollars(told.amount)}, and {asked.amount} was asked for"
    if told.currency != asked.currency.lower():
        return f"it tells of another currency than {asked.currency}"
    if told.session_id is not None and session_id is not None and told.session_id != session_id:
        return "it tells of another page than the one that was opened for this payment"
    if told.session_id is not None and told.payment_id != asked.payment_id:
        return "it names another payment than the page was opened for"
    if told.debt_id != asked.debt_id and told.what not in (What.TAKEN_BACK, What.GIVEN_AGAIN):
        return "it names another debt than was asked for"  # a dispute names none
    if told.part is not None and told.part != asked.cents:
        return f"it tells of a refund of {_dollars(told.part)}, a part only: correct the balance by an update"
    return None


def _method(kind: str, thing: Mapping[str, Any]) -> str:
    """By what was paid. We allow cards and bank accounts alone, and only the latter take time."""
    error = _within(thing, "last_payment_error")
    named = error.get("payment_method_type") or _within(error, "payment_method").get("type")
    return "ach" if named == BANK or ".async_payment_" in kind else "card"


def _reason(what: What | None, thing: Mapping[str, Any]) -> str:
    if what is What.TAKEN_BACK:
        return "returned" if thing.get("reason") in RETURNS else "chargeback"
    if what is What.REFUNDED:
        return "refund"
    error = _within(thing, "last_payment_error")
    found = (_REASONS.get(str(error.get(name))) for name in ("decline_code", "code"))
    return next((reason for reason in found if reason), "other")


def _instant(value: object) -> datetime | None:
    try:
        return whole(datetime.fromtimestamp(value, UTC)) if isinstance(value, int) and value > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def _within(thing: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    for name in names:
        inner = thing.get(name)
        thing = inner if isinstance(inner, dict) else {}
    return thing


def _text(thing: Mapping[str, Any], name: str) -> str | None:
    value = thing.get(name)
    plain = isinstance(value, str) and 0 < len(value) < 256 and value.isascii() and value.isprintable()
    return value if plain else None


def _dollars(cents: object) -> str:
    return str(Decimal(cents).scaleb(-2)) if isinstance(cents, int) and abs(cents) < 10**12 else "no amount"
