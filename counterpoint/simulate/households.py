"""Who is at which telephone number, and what they owe: read from the file of placements, as the clients wrote it."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from msgspec import Struct

NUMBERS = ("phone_1", "phone_2", "phone_3")
_NOT_DIGITS = re.compile(r"\D")
DIGITS = 10


class Debt(Struct, frozen=True):
    """An account, by the client's number of it."""

    account_number: str
    balance: Decimal


class Household(Struct, frozen=True):
    """Everybody at one number: the language of the first of them, and what they owe together."""

    phone: str
    language: str
    debts: tuple[Debt, ...]


def households(file: Path) -> dict[str, Household]:
    """All of them, by their number in E.164 form; rows that nobody could place have none."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return _grouped(csv.DictReader(lines))


def _grouped(rows: Iterable[Mapping[str, str | None]]) -> dict[str, Household]:
    debts: dict[str, dict[str, Debt]] = defaultdict(dict)
    languages: dict[str, str] = {}
    for row in rows:
        number, balance = row.get("client_account_number") or "", _balance(row.get("balance"))
        for phone in (_e164(row.get(column)) for column in NUMBERS):
            if phone and number and balance is not None:
                debts[phone].setdefault(number, Debt(number, balance))
                languages.setdefault(phone, row.get("language") or "en")
    return {phone: Household(phone, languages[phone], tuple(owed.values())) for phone, owed in debts.items()}


def _e164(written: str | None) -> str | None:
    digits = _NOT_DIGITS.sub("", written or "")
    return f"+1{digits}" if len(digits) == DIGITS else None


def _balance(written: str | None) -> Decimal | None:
    try:
        balance = Decimal(written or "")
    except InvalidOperation:
        return None
    return balance if balance.is_finite() and balance > 0 else None
