"""What clients report of placed accounts: updates, recalls, arrangements, payments that failed or went back."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec import Struct

from contracts.events import (
    AccountRecalled,
    AccountUpdated,
    ArrangementAgreed,
    ArrangementKind,
    Event,
    Instalment,
    Meta,
    PaymentFailed,
    PaymentReversed,
    PlacementFlags,
)
from contracts.ids import ArrangementId, ClientId, ConsumerId, DebtId, EventId, PaymentId, derived_id
from services.ingest.core.cells import MOST_MONEY
from services.ingest.core.normalise import text
from services.ingest.core.outcome import NAME, VERSION, whole
from services.ingest.core.request import METHODS, Unreadable

RECALL_REASONS = ("sold", "paid-to-client", "litigation", "dispute", "error", "other")
FAILURES = ("insufficient-funds", "declined", "expired", "account-closed", "stopped", "other")
REVERSALS = ("returned", "chargeback", "refund", "error")
KINDS = ("promise", "plan", "settlement")
SOURCES = ("agent", "portal", "client", "call")
MOST_INSTALMENTS = 60
MOST_GRACE = 30
LONGEST = timedelta(days=5 * 366)
GRACE = 3
"""Days after its date that an instalment still counts as in time, where the client does not say."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
_MONEY = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
_BOOLEANS = {"": None, "true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}
_SURROGATE = re.compile("[\ud800-\udfff]")
Make = Callable[[Meta], Event]
DebtIdOf = Callable[[str], DebtId]


class Wrong(ValueError):
    """A field that cannot be used; the message says which, and why, without personal data."""


class Report(Struct, frozen=True):
    """A report that can be told to the log: its id, the debts that it names, and what it says, to know a repeat."""

    kind: str
    report_id: str
    debt_ids: tuple[DebtId, ...]
    content: str
    at: datetime
    make: Make
    amount: Decimal = Decimal("0.00")

    def event(self, consumer_id: ConsumerId, now: datetime) -> Event:
        """The event that tells it."""
        event_id = EventId(derived_id(cause=f"{self.kind}/{self.report_id}", name="reported", at=now))
        return self.make(Meta(event_id, self.at, consumer_id, event_id, None, NAME, VERSION))


class Fields:
    """One report as it came, with the questions that are asked of it; each raises Wrong."""

    def __init__(self, document: Mapping[str, object], known: frozenset[str], now: datetime) -> None:
        unknown = sorted(document.keys() - known)
        if unknown:
            raise Wrong(f"there is no field {unknown[0][:60]!r}; there are {', '.join(sorted(known))}")
        self._document = document
        self._now = now

    def raw(self, name: str) -> object:
        """The value as it came."""
        return self._document.get(name)

    def text(self, name: str) -> str:
        """The value as text, empty if there is none."""
        value = self._document.get(name)
        found = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        if isinstance(value, (list, dict)) or _SURROGATE.search(found):
            raise Wrong(f"{name} must be plain text")
        return found.strip()

    def id(self, name: str, client_id: ClientId) -> str:
        """The client's own id of something, made unique among clients."""
        found = self.text(name)
        if not _ID.fullmatch(found):
            raise Wrong(f"{name} must have 1 to 64 letters, digits and _ . : -")
        return f"{client_id}:{found}"

    def optional_id(self, name: str, client_id: ClientId) -> str | None:
        """Such an id, or None where none is given."""
        return self.id(name, client_id) if self.text(name) else None

    def one_of(self, name: str, known: Sequence[str], default: str = "") -> str:
        """One of some words."""
        found = self.text(name) or default
        if found not in known:
            raise Wrong(f"{name} must be one of {', '.join(known)}")
        return found

    def currency(self) -> str:
        """The only one that we take."""
        return self.one_of("currency", ("USD",), "USD")

    def account(self, debt_id_of: DebtIdOf) -> DebtId:
        """The debt that the account number names."""
        found = self.text("client_account_number")
        if not found:
            raise Wrong("client_account_number is missing")
        return debt_id_of(text(found))

    def amount(self, name: str, value: str | None = None, *, least: Decimal = Decimal("0.01")) -> Decimal:
        """Dollars and cents."""
        found = self.text(name) if value is None else value
        amount = Decimal(found) if _MONEY.fullmatch(found) else None
        if amount is None or not least <= amount <= MOST_MONEY:
            raise Wrong(f"{name} must be dollars and cents, at least {least} and at most {MOST_MONEY}")
        return amount.quantize(Decimal("0.01"))

    def number(self, name: str, least: int, most: int, default: int | None = None) -> int | None:
        """A whole number, or the default where there is none."""
        found = self.text(name)
        if not found:
            return default
        if not (found.isascii() and found.isdigit() and len(found) < 10 and least <= int(found) <= most):
            raise Wrong(f"{name} must be a whole number from {least} to {most}")
        return int(found)

    def date(self, name: str, value: str | None = None) -> date:
        """A date that is not long ago and not far off."""
        found = self.text(name) if value is None else value
        try:
            day = date.fromisoformat(found)
        except ValueError:
            raise Wrong(f"{name} must be a date such as 2026-11-30") from None
        if abs(day - self._now.date()) > LONGEST:
            raise Wrong(f"{name} is more than five years away")
        return day

    def instant(self, name: str) -> datetime:
        """An instant that has come; now where there is none."""
        found = self.text(name)
        if not found:
            return self._now
        try:
            instant = datetime.fromisoformat(found)
        except ValueError:
            raise Wrong(f"{name} must be an instant such as 2026-10-19T16:00:00Z") from None
        if instant.tzinfo is None:
            raise Wrong(f"{name} needs an offset, for instance Z")
        if instant > self._now:
            raise Wrong(f"{name} lies in the future")
        return whole(instant)

    def flags(self) -> PlacementFlags:
        """What restricts contact."""
        said = {}
        for name in FLAGS:
            value = self.text(name).lower()
            if value not in _BOOLEANS:
                raise Wrong(f"{name} must be true, false or empty")
            said[name] = _BOOLEANS[value]
        return PlacementFlags(**said)


FLAGS = PlacementFlags.__struct_fields__
_COMMON = ("client_account_number", "currency")
FIELDS: Mapping[str, frozenset[str]] = {
    "update": frozenset({"update_id", *_COMMON, "balance", "due_on", "language", "risk", "as_of_at", *FLAGS}),
    "recall": frozenset({"recall_id", "client_account_number", "reason", "recalled_at"}),
    "arrangement": frozenset({"arrangement_id", *_COMMON, "kind", "instalments", "grace_days", "source", "agreed_at"}),
    "failure": frozenset(
        {"payment_id", *_COMMON, "amount", "method", "reason", "failed_at", "arrangement_id", "instalment"}
    ),
    "reversal": frozenset({"payment_id", *_COMMON, "amount", "reason", "reversed_at"}),
}
"""The fields of each kind of report."""


def report(
    kind: str, document: object, client_id: ClientId, now: datetime, debt_id_of: DebtIdOf
) -> Report | Unreadable:
    """A report from its document, or why it cannot be used."""
    if not isinstance(document, dict):
        return Unreadable("it is no JSON object")
    try:
        return _READ[kind](Fields(document, FIELDS[kind], now), client_id, debt_id_of)
    except Wrong as fault:
        return Unreadable(str(fault))


def _update(f: Fields, client_id: ClientId, debt_id_of: DebtIdOf) -> Report:
    update_id, debt_id, currency = f.id("update_id", client_id), f.account(debt_id_of), f.currency()
    balance = f.amount("balance", least=Decimal("0.00")) if f.text("balance") else None
    due_on = f.date("due_on") if f.text("due_on") else None
    language, risk, flags = f.text("language").lower() or None, f.number("risk", 0, 100), f.flags()
    if language is not None and not re.fullmatch("[a-z]{2}", language):
        raise Wrong("language must be a code of two letters")
    at = f.instant("as_of_at")
    said = (balance, due_on, language, risk, [getattr(flags, name) for name in FLAGS])
    if all(part in (None, [None] * len(FLAGS)) for part in said):
        raise Wrong("it says nothing: give a balance, due_on, language, risk or a flag")

    def make(meta: Meta) -> Event:
        return AccountUpdated(meta, update_id, client_id, debt_id, balance, currency, due_on, language, risk, flags, at)

    content = _content(debt_id, *said, f.text("as_of_at"))
    return Report("update", update_id, (debt_id,), content, at, make, balance or Decimal("0.00"))


def _recall(f: Fields, client_id: ClientId, debt_id_of: DebtIdOf) -> Report:
    recall_id, debt_id, reason = f.id("recall_id", client_id), f.account(debt_id_of), f.one_of("reason", RECALL_REASONS)
    at = f.instant("recalled_at")

    def make(meta: Meta) -> Event:
        return AccountRecalled(meta, recall_id, client_id, debt_id, reason, at)

    return Report("recall", recall_id, (debt_id,), _content(debt_id, reason, f.text("recalled_at")), at, make)


def _arrangement(f: Fields, client_id: ClientId, debt_id_of: DebtIdOf) -> Report:
    arrangement_id = ArrangementId(f.id("arrangement_id", client_id))
    kind, source = f.one_of("kind", KINDS), f.one_of("source", SOURCES, "client")
    debt_ids, currency, parts = _accounts(f, debt_id_of), f.currency(), _instalments(f)
    grace = f.number("grace_days", 0, MOST_GRACE, GRACE)
    at = f.instant("agreed_at")
    if parts[0].due_on < at.date() - timedelta(days=1):
        raise Wrong("instalments: the first is due before it was agreed")

    def make(meta: Meta) -> Event:
        told = ArrangementKind[kind.upper()]
        return ArrangementAgreed(
            meta, arrangement_id, told, debt_ids, currency, parts, GRACE if grace is None else grace, source, at
        )

    dates = [(str(p.due_on), str(p.amount)) for p in parts]
    content = _content(kind, debt_ids, dates, grace, source, f.text("agreed_at"))
    amount = sum((p.amount for p in parts), Decimal("0.00"))
    return Report("arrangement", arrangement_id, debt_ids, content, at, make, amount)


def _accounts(f: Fields, debt_id_of: DebtIdOf) -> tuple[DebtId, ...]:
    """One account number, a list of them, or several with semicolons between them."""
    value = f.raw("client_account_number")
    numbers = [str(n) for n in value] if isinstance(value, list) else f.text("client_account_number").split(";")
    if _SURROGATE.search("".join(numbers)):
        raise Wrong("client_account_number must be plain text")
    found = tuple(dict.fromkeys(debt_id_of(text(n)) for n in map(str.strip, numbers) if n))
    if not found:
        raise Wrong("client_account_number is missing")
    return found


def _instalments(f: Fields) -> tuple[Instalment, ...]:
    """A list of dates and amounts, or text such as 2026-11-10 411.52; 2026-12-10 411.52."""
    value = f.raw("instalments")
    if isinstance(value, list):
        said = [(str(i.get("due_on")), str(i.get("amount"))) if isinstance(i, dict) else ("", "") for i in value]
    else:
        cells = [part.split() for part in f.text("instalments").split(";") if part.strip()]
        said = [(cell[0], cell[1]) if len(cell) == 2 else ("", "") for cell in cells]
    if not 0 < len(said) <= MOST_INSTALMENTS:
        raise Wrong(f"instalments must be 1 to {MOST_INSTALMENTS}")
    parts = [Instalment(f.date("instalments", day), f.amount("instalments", amount)) for day, amount in said]
    if parts != sorted(parts, key=lambda p: p.due_on):
        raise Wrong("instalments must be in order of their dates")
    return tuple(parts)


def _failure(f: Fields, client_id: ClientId, debt_id_of: DebtIdOf) -> Report:
    payment_id, debt_id, currency = PaymentId(f.id("payment_id", client_id)), f.account(debt_id_of), f.currency()
    amount, method, reason = f.amount("amount"), f.one_of("method", METHODS), f.one_of("reason", FAILURES)
    arrangement, part = f.optional_id("arrangement_id", client_id), f.number("instalment", 1, MOST_INSTALMENTS)
    at = f.instant("failed_at")

    def make(meta: Meta) -> Event:
        link = None if arrangement is None else ArrangementId(arrangement)
        return PaymentFailed(meta, payment_id, debt_id, amount, currency, method, reason, at, link, part)

    content = _content(debt_id, amount, method, reason, arrangement, part, f.text("failed_at"))
    return Report("failure", payment_id, (debt_id,), content, at, make, amount)


def _reversal(f: Fields, client_id: ClientId, debt_id_of: DebtIdOf) -> Report:
    payment_id, debt_id, currency = PaymentId(f.id("payment_id", client_id)), f.account(debt_id_of), f.currency()
    amount, reason = f.amount("amount"), f.one_of("reason", REVERSALS)
    at = f.instant("reversed_at")

    def make(meta: Meta) -> Event:
        return PaymentReversed(meta, payment_id, debt_id, amount, currency, reason, at)

    content = _content(debt_id, amount, reason, f.text("reversed_at"))
    return Report("reversal", payment_id, (debt_id,), content, at, make, amount)


def _content(*said: Any) -> str:
    return repr([str(part) if not isinstance(part, list) else part for part in said])


_READ: Mapping[str, Callable[[Fields, ClientId, DebtIdOf], Report]] = {
    "update": _update,
    "recall": _recall,
    "arrangement": _arrangement,
    "failure": _failure,
    "reversal": _reversal,
}
