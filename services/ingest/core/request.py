"""Reads JSON that clients send: rows, and payments."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

from msgspec import Struct

from contracts.ids import ArrangementId, ClientId, DebtId, PaymentId
from services.ingest.core.cells import MOST_MONEY
from services.ingest.core.columns import MARKS, MOST_COLUMNS, NOT_TEXT
from services.ingest.core.normalise import text
from services.ingest.core.outcome import Payment, Row, whole

METHODS = ("card", "ach", "check", "cash", "direct-to-client")
_PAYMENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
_LINK = f"({_PAYMENT_ID.pattern})?"
_SURROGATE = re.compile("[\ud800-\udfff]")


class Unreadable(Struct, frozen=True):
    """What makes a request useless, in a sentence without personal data."""

    reason: str


def rows(document: object) -> tuple[Row, ...] | Unreadable:
    """The rows of a request: an object, or a list of them; numbers must have been read as they were written."""
    items = document if isinstance(document, list) else [document]
    found = []
    for number, item in enumerate(items, start=1):
        fields = _fields(item)
        if isinstance(fields, Unreadable):
            return Unreadable(f"row {number} {fields.reason}")
        found.append(Row(number, 0, fields))
    return tuple(found) if found else Unreadable("there is no row")


def _fields(item: object) -> dict[str, str] | Unreadable:
    if not isinstance(item, dict):
        return Unreadable("is no JSON object")
    if len(item) > MOST_COLUMNS or MARKS & item.keys():
        return Unreadable(f"has more than {MOST_COLUMNS} columns, or one that begins with #")
    fields = {}
    nested = []
    for column, value in item.items():
        if isinstance(value, (list, dict)):
            nested.append(column)
        else:
            fields[column] = _plain(value)
    if nested:
        fields[NOT_TEXT] = ", ".join(nested)
    if any(_SURROGATE.search(part) for pair in fields.items() for part in pair):
        return Unreadable("has half a character: \\ud800 to \\udfff stand for none alone")
    return fields


def _plain(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def payment(
    document: object, client_id: ClientId, now: datetime, debt_id_of: Callable[[str], DebtId]
) -> Payment | Unreadable:
    """A payment that a client reports; its id is the client's own, made unique among clients."""
    if not isinstance(document, dict):
        return Unreadable("the body is no JSON object")
    amount, settled_at = _amount(_text(document, "amount")), _instant(_text(document, "settled_at"), now)
    for part in (_names(document), amount, settled_at):
        if isinstance(part, Unreadable):
            return part
    assert isinstance(amount, Decimal)
    assert isinstance(settled_at, datetime)
    payment_id = PaymentId(f"{client_id}:{_text(document, 'payment_id')}")
    debt_id = debt_id_of(text(_text(document, "client_account_number")))
    arrangement, instalment = _text(document, "arrangement_id"), _text(document, "instalment")
    return Payment(
        payment_id,
        debt_id,
        amount,
        "USD",
        _text(document, "method"),
        settled_at,
        ArrangementId(f"{client_id}:{arrangement}") if arrangement else None,
        int(instalment) if instalment else None,
    )


def _names(document: Mapping[str, object]) -> Unreadable | None:
    """What is wrong with the fields that are words."""
    unknown = sorted(document.keys() - _PAYMENT_FIELDS)
    account = _text(document, "client_account_number")
    if unknown:
        return Unreadable(f"there is no field {unknown[0][:60]!r}; there are {', '.join(sorted(_PAYMENT_FIELDS))}")
    if not _PAYMENT_ID.fullmatch(_text(document, "payment_id")):
        return Unreadable("payment_id must have 1 to 64 letters, digits and _ . : -")
    if not account or _SURROGATE.search(account):
        return Unreadable("client_account_number is missing")
    if _text(document, "currency") not in ("", "USD"):
        return Unreadable("currency must be USD")
    if not re.fullmatch(_LINK, _text(document, "arrangement_id")):
        return Unreadable("arrangement_id must have 1 to 64 letters, digits and _ . : -")
    if not re.fullmatch("([1-9][0-9]?)?", _text(document, "instalment")):
        return Unreadable("instalment must be a whole number from 1 to 99")
    if _text(document, "method") not in METHODS:
        return Unreadable(f"method must be one of {', '.join(METHODS)}")
    return None


_PAYMENT_FIELDS = frozenset(
    {
        "payment_id",
        "client_account_number",
        "amount",
        "currency",
        "method",
        "settled_at",
        "arrangement_id",
        "instalment",
    }
)


def _text(document: Mapping[str, object], field: str) -> str:
    value = document.get(field)
    return value if isinstance(value, str) else "" if value is None else str(value)


def _amount(value: str) -> Decimal | Unreadable:
    try:
        amount = Decimal(value) if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,2})?", value) else None
    except InvalidOperation:
        amount = None
    if amount is None or not 0 < amount <= MOST_MONEY:
        return Unreadable(f"amount must be dollars and cents, more than 0 and at most {MOST_MONEY}")
    return amount.quantize(Decimal("0.01"))


def _instant(value: str, now: datetime) -> datetime | Unreadable:
    """A client may leave the instant out: then it is now."""
    if not value:
        return now
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return Unreadable("settled_at must be an instant such as 2026-10-19T16:00:00Z")
    if instant.tzinfo is None:
        return Unreadable("settled_at needs an offset, for instance Z")
    if instant > now:
        return Unreadable("settled_at lies in the future")
    return whole(instant)
