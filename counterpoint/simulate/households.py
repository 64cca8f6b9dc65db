"""Who is at which telephone number, and what they owe: read from the file of placements, as the clients wrote it."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

import zipcodes
from msgspec import Struct

from services.orchestrator.core.hours import is_zone

NUMBERS = ("phone_1", "phone_2", "phone_3")
_NOT_DIGITS = re.compile(r"\D")
DIGITS, ZIP_DIGITS = 10, 5


class Debt(Struct, frozen=True):
    """An account, by the client's number of it."""

    account_number: str
    balance: Decimal


class Household(Struct, frozen=True):
    """Everybody at one number: the language of the first of them, what they owe together, and the zone they live in."""

    phone: str
    language: str
    debts: tuple[Debt, ...]
    zone: str = ""


def households(file: Path) -> dict[str, Household]:
    """All of them, by their number in E.164 form; rows that nobody could place have none."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return _grouped(csv.DictReader(lines))


def _grouped(rows: Iterable[Mapping[str, str | None]]) -> dict[str, Household]:
    debts: dict[str, dict[str, Debt]] = defaultdict(dict)
    languages: dict[str, str] = {}
    zones: dict[str, str] = {}
    for row in rows:
        number, balance = row.get("client_account_number") or "", _balance(row.get("balance"))
        for phone in (_e164(row.get(column)) for column in NUMBERS):
            if phone and number and balance is not None:
                debts[phone].setdefault(number, Debt(number, balance))
                languages.setdefault(phone, row.get("language") or "en")
                zones.setdefault(phone, _zone(row.get("postal_code") or ""))
    return {
        phone: Household(phone, languages[phone], tuple(owed.values()), zones[phone]) for phone, owed in debts.items()
    }


def _zone(postal_code: str) -> str:
    """The zone of a ZIP code; empty if it is none."""
    code = postal_code[:ZIP_DIGITS]
    if len(code) < ZIP_DIGITS or not code.isdigit():
        return ""
    found = zipcodes.matching(code)  # type: ignore[no-untyped-call]
    return next((zone for place in found if is_zone(zone := place["timezone"] or "")), "")


def _e164(written: str | None) -> str | None:
    digits = _NOT_DIGITS.sub("", written or "")
    return f"+1{digits}" if len(digits) == DIGITS else None


def _balance(written: str | None) -> Decimal | None:
    try:
        balance = Decimal(written or "")
    except InvalidOperation:
        return None
    return balance if balance.is_finite() and balance > 0 else None
