"""Faults to be planted in a portfolio, each of which ingest must find, and find alone."""

from collections.abc import Callable
from random import Random

Cells = dict[str, str]
Plant = Callable[[Cells, Random], Cells]


def _put(**changes: str) -> Plant:
    return lambda cells, _random: cells | changes


def _one_of(column: str, *values: str) -> Plant:
    return lambda cells, random: cells | {column: random.choice(values)}


def _off_by_cents(cells: Cells, random: Random) -> Cells:
    return cells | {"fees_since": f"{float(cells['fees_since']) + random.randrange(1, 500) / 100:.2f}"}


def _all_paid(cells: Cells, _random: Random) -> Cells:
    owed = sum(round(float(cells[c]) * 100) for c in ("itemization_amount", "interest_since", "fees_since"))
    paid = owed - round(float(cells["credits_since"]) * 100)
    return cells | {"balance": "0.00", "payments_since": f"{paid / 100:.2f}"}


def _far_away(cells: Cells, _random: Random) -> Cells:
    """Maine borders on New Hampshire alone, and Hawaii on nothing."""
    return cells | {"state": "HI" if cells["state"] in ("ME", "NH") else "ME"}


def _cells_missing(cells: Cells, random: Random) -> Cells:
    names = list(cells)
    return {name: cells[name] for name in names[: -random.randrange(1, 4)]}


FAULTS: tuple[tuple[str, int, Plant], ...] = (
    ("R_CELL_COUNT", 3, _cells_missing),
    ("R_CONTROL_CHARACTER", 2, _put(city="Spring\x07field")),
    ("R_TOO_LONG", 2, _put(original_creditor="Long " * 120)),
    ("R_REQUIRED", 8, lambda cells, random: cells | {random.choice(("last_name", "city", "balance", "debt_type")): ""}),
    ("R_ACCOUNT_NUMBER", 2, _put(client_account_number="#####")),
    ("R_SEQUENCE", 2, _one_of("placement_sequence", "0", "first")),
    ("R_DEBT_TYPE", 3, _one_of("debt_type", "mortgage", "crypto")),
    ("R_CURRENCY", 2, _one_of("currency", "EUR", "MXN")),
    ("R_MONEY", 4, _one_of("balance", "see file", "1,23", "12.345")),
    ("R_MONEY_NEGATIVE", 3, _one_of("payments_since", "-25.00", "(10.00)")),
    ("R_MONEY_ABSURD", 2, _put(balance="99999999999.99")),
    ("R_BALANCE_ZERO", 3, _all_paid),
    ("R_ITEMIZATION_SUM", 12, _off_by_cents),
    ("R_ITEMIZATION_BASIS", 2, _put(itemization_basis="whenever")),
    ("R_DATE", 4, _one_of("itemization_date", "2024-02-30", "3/4/2024", "soon")),
    ("R_DATE_FUTURE", 3, _put(delinquent_on="2999-01-01")),
    ("R_DATE_ANCIENT", 2, _put(charged_off_on="1900-01-01")),
    ("R_BIRTH_MINOR", 3, _put(born_on="2016-05-05")),
    ("R_BIRTH_AGE", 3, _put(born_on="1880-01-01")),
    ("R_NAME", 3, _one_of("last_name", "12345", "?")),
    ("R_SSN", 4, _one_of("ssn", "999-99-9999", "***-**-1234", "12345")),
    ("R_LANGUAGE", 2, _one_of("language", "english", "e")),
    ("R_COUNTRY", 2, _one_of("country", "CA", "MX")),
    ("R_STATE", 3, _one_of("state", "XX", "ZZ")),
    ("R_ZIP", 3, _one_of("postal_code", "1234", "ABCDE")),
    ("R_ZIP_STATE", 3, _far_away),
    ("R_PHONE", 8, _one_of("phone_1", "555-0100", "(000) 555-0100", "n/a", "+44 20 7946 0018")),
    ("R_PHONE_TYPE", 2, _put(phone_1_type="pager")),
    ("R_CONSENT_TO", 2, _put(phone_1_consent="true", phone_1_consent_to="everybody")),
    ("R_CONSENT", 3, _put(phone_1_consent="", phone_1_consent_to="us")),
    ("R_EMAIL", 4, _one_of("email_1", "none", "somebody@", "a b@mail.test")),
    ("R_FLAG", 2, _one_of("attorney_represented", "maybe", "2")),
)
"""Reject code, how often it is planted in 2,000 accounts, and how.

Not here are codes that no row of a CSV file can have: R_BATCH and R_ROW_NUMBER (the raw topic alone), R_NOT_TEXT
(JSON alone) and R_UNKNOWN_COLUMN (in a file it is the header's fault, and the file is refused).
"""
