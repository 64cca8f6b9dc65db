"""What happens to the consumer of a strategy's worked case, as events; there is one account to pay, debt-0."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from contracts.events import (
    AccountRecalled,
    ArrangementAgreed,
    ArrangementKind,
    Channel,
    Event,
    FactKind,
    FactLearned,
    Instalment,
    Meta,
    OptedIn,
    OptedOut,
    OptOutScope,
    PaymentFailed,
    PaymentReversed,
    PaymentSettled,
    ReplyIntent,
    ReplyReceived,
)
from contracts.ids import AddressId, ArrangementId, ClientId, DebtId, PaymentId

DEBT = DebtId("debt-0")
NUMBER = AddressId("tel-1")
GRACE = 3
_INTENTS = {"reply": ReplyIntent.OTHER, "help": ReplyIntent.HELP}
_FACTS = {"dispute": FactKind.DISPUTED, "dispute-answered": FactKind.DISPUTE_ANSWERED}


def happening(happens: Mapping[str, Any], meta: Meta, at: datetime, owed: Decimal) -> Event:
    """The event of an entry; payments that go back are the case's first, by its amount."""
    what = happens["what"]
    if what in _INTENTS:
        return ReplyReceived(meta, Channel.SMS, NUMBER, _INTENTS[what], "", "", at)
    if what == "link-asked":
        said = ReplyReceived(meta, Channel.VOICE, NUMBER, ReplyIntent.OTHER, "", "", at)
        return replace(said, answer_on=Channel.SMS)
    if what in _FACTS:
        return FactLearned(meta, _FACTS[what], True, "", (), None, at, None, "consumer")
    if what == "recall":
        return AccountRecalled(meta, meta.event_id, ClientId("case"), DEBT, "sold", at)
    if what == "arrangement":
        return _agreed(happens, meta, at)
    if what.startswith("payment"):
        return _paid(what, meta, at, Decimal(happens.get("amount", owed)))
    return _said(what, Channel(happens.get("channel", "sms").upper()), meta, at)


def _agreed(happens: Mapping[str, Any], meta: Meta, at: datetime) -> Event:
    parts = [Instalment(date.fromisoformat(p["due_on"]), Decimal(p["amount"])) for p in happens["instalments"]]
    kind = ArrangementKind[happens.get("kind", "promise").upper()]
    arrangement_id = ArrangementId(meta.event_id)
    return ArrangementAgreed(meta, arrangement_id, kind, (DEBT,), "USD", tuple(parts), GRACE, "agent", at)


def _paid(what: str, meta: Meta, at: datetime, amount: Decimal) -> Event:
    payment_id = PaymentId(f"payment-of-{amount}")
    if what == "payment-failed":
        return PaymentFailed(meta, payment_id, DEBT, amount, "USD", "ach", "insufficient-funds", at)
    if what == "payment-reversed":
        return PaymentReversed(meta, payment_id, DEBT, amount, "USD", "chargeback", at)
    return PaymentSettled(meta, payment_id, DEBT, amount, "USD", "card", at)


def _said(what: str, channel: Channel, meta: Meta, at: datetime) -> Event:
    if what == "opt-in":
        return OptedIn(meta, channel, NUMBER if channel is Channel.SMS else None, "keyword", at)
    return OptedOut(meta, channel, OptOutScope.MEDIUM, NUMBER if channel is Channel.SMS else None, "keyword", at)
