"""Reads the values of one row, and remembers all that is wrong with them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from services.ingest.core import normalise
from services.ingest.core.columns import MOST_CHARACTERS, REQUIRED
from services.ingest.core.faults import Fault

ZERO = Decimal("0.00")
MOST_MONEY = Decimal("10000000.00")
ANCIENT = date(1950, 1, 1)

_MONEY = re.compile(r"\$?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]{1,2})?")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TRUTHS = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}

_HYPHENS = str.maketrans(" _", "--")

Choice = TypeVar("Choice")


class Cells:
    """The canonical cells of a row; each reader gives a value that may be used if `faults` is empty in the end."""

    def __init__(self, cells: Mapping[str, str], *, dates: Sequence[str], today: date) -> None:
        self.faults: list[Fault] = []
        self._dates = dates
        self._today = today
        self._values = {name: self._clean(name, value) for name, value in cells.items() if value}
        empty = [name for name in REQUIRED if not cells.get(name, "").strip()]
        if empty:
            self.fault("R_REQUIRED", f"There is no value for {', '.join(empty)}.")

    def _clean(self, name: str, value: str) -> str:
        if not value.isprintable() and normalise.CONTROL.search(value):
            self.fault("R_CONTROL_CHARACTER", f"{name} has characters that are not text.")
            return ""
        if len(value) > MOST_CHARACTERS:
            self.fault("R_TOO_LONG", f"{name} is longer than {MOST_CHARACTERS} characters.")
            return ""
        return normalise.text(value)

    def fault(self, code: str, explanation: str) -> None:
        """Remember what is wrong; the explanation must hold no personal data."""
        self.faults.append(Fault(code, explanation))

    def text(self, name: str) -> str:
        """The value, normalised; empty if there is none."""
        return self._values.get(name, "")

    def money(self, name: str) -> Decimal:
        """Dollars and cents, not negative."""
        value = self.text(name)
        if not value:
            return ZERO
        negative = value.startswith("-") or (value.startswith("(") and value.endswith(")"))
        plain = value.strip("-()").strip()
        if not _MONEY.fullmatch(plain):
            self.fault("R_MONEY", f"{name} is not an amount of dollars and cents such as 1234.56.")
            return ZERO
        amount = Decimal(plain.lstrip("$").replace(",", "")).quantize(ZERO) if len(plain) < 28 else MOST_MONEY + 1
        if negative and amount:
            self.fault("R_MONEY_NEGATIVE", f"{name} is negative.")
        if amount > MOST_MONEY:
            self.fault("R_MONEY_ABSURD", f"{name} is over {MOST_MONEY:,} dollars.")
        return amount

    def day(self, name: str) -> date | None:
        """A date that is not in the future."""
        found = self._date(name)
        if found is not None and found < ANCIENT:
            self.fault("R_DATE_ANCIENT", f"{name} lies before {ANCIENT.year}.")
        return found

    def birth(self, name: str) -> date | None:
        """The date of birth of somebody of age."""
        found = self._date(name)
        if found is None or found > self._today:
            return found
        age = self._today.year - found.year - ((self._today.month, self._today.day) < (found.month, found.day))
        if age < 18:
            self.fault("R_BIRTH_MINOR", f"By {name} the consumer is under 18.")
        if age >= 130:
            self.fault("R_BIRTH_AGE", f"By {name} the consumer is 130 years old or older.")
        return found

    def _date(self, name: str) -> date | None:
        value = self.text(name)
        if not value:
            return None
        found = _read_date(value, self._dates)
        if found is None:
            expected = " or ".join(("2026-01-31", *self._dates))
            self.fault("R_DATE", f"{name} is no date of the form {expected}, or there is no such day.")
        elif found > self._today:
            self.fault("R_DATE_FUTURE", f"{name} lies in the future.")
        return found

    def flag(self, name: str) -> bool | None:
        """True, false, or None if the client did not say."""
        value = self.text(name).casefold()
        if not value:
            return None
        if value not in _TRUTHS:
            self.fault("R_FLAG", f"{name} is neither true nor false nor empty.")
            return None
        return _TRUTHS[value]

    def choice(self, name: str, choices: Mapping[str, Choice], code: str, otherwise: Choice) -> Choice:
        """One of some words, whatever its case, spaces or underscores."""
        text = self.text(name)
        if not text:
            return otherwise
        value = text.casefold().translate(_HYPHENS)
        if value not in choices:
            self.fault(code, f"{name} is none of {', '.join(choices)}.")
            return otherwise
        return choices[value]


def _read_date(value: str, formats: Sequence[str]) -> date | None:
    if not value.isascii():
        return None
    if _ISO_DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    for form in formats:
        try:
            return datetime.strptime(value, form).date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
    return None
