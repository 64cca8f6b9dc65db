"""Says whether a row is a placement: every check is made, and every failure is told, not only the first."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from contracts.events import DebtType, Itemization, ItemizationBasis, PersonName, PlacementFlags
from contracts.ids import ClientId, DebtId
from services.ingest.core import ssn
from services.ingest.core.cells import ZERO, Cells
from services.ingest.core.columns import FLAGS
from services.ingest.core.contact import email_addresses, phone_addresses, postal_address, zones
from services.ingest.core.faults import Fault, ranked
from services.ingest.core.identity import strong_keys
from services.ingest.core.mapping import ClientMapping, canonical_cells
from services.ingest.core.placement import Hashes, Placement

DEBT_TYPES = {t.value.lower(): t for t in DebtType if t is not DebtType.UNKNOWN}
BASES = {b.value.lower().replace("_", "-"): b for b in ItemizationBasis if b is not ItemizationBasis.UNKNOWN}

_ACCOUNT_NUMBER = re.compile(r"[A-Za-z0-9]([A-Za-z0-9 ._/#-]{0,62}[A-Za-z0-9])?")
_LANGUAGE = re.compile(r"[a-z]{2}")


def check(
    *, fields: Mapping[str, str], client_id: ClientId, mapping: ClientMapping, today: date, hashes: Hashes
) -> Placement | tuple[Fault, ...]:
    """The placement that a row makes, or everything that is wrong with it, most important first.

    `today` is the latest date anywhere on Earth: a client's date is in the future only if it is so for the client.
    """
    by_column, shape = canonical_cells(fields, mapping)
    if any(f.code == "R_CELL_COUNT" for f in shape):
        return ranked(shape)  # its cells may stand under the wrong columns: nothing else that is said would be true
    cells = Cells(by_column, dates=mapping.dates, today=today)
    account = _account_number(cells)
    debt_id = debt_id_of(client_id, account, hashes)
    name = _name(cells)
    itemization = _itemization(cells)
    balance = _balance(cells, itemization)
    postal = (postal_address(cells, hashes),)
    phones = phone_addresses(cells, hashes)
    born_on = cells.birth("born_on")
    ssn_hash = _ssn_hash(cells, hashes)
    placement = Placement(
        debt_id=debt_id,
        keys=strong_keys(
            ssn_hash=ssn_hash,
            name=name,
            born_on=born_on,
            postal_code=postal[0].postal_code,
            debt_id=debt_id,
            keyed=hashes.keyed,
        ),
        client_account_number=account,
        placement_sequence=_sequence(cells),
        debt_type=cells.choice("debt_type", DEBT_TYPES, "R_DEBT_TYPE", DebtType.OTHER),
        original_creditor=cells.text("original_creditor"),
        current_creditor=cells.text("current_creditor"),
        currency=cells.choice("currency", {"usd": "USD"}, "R_CURRENCY", "USD"),
        balance=balance,
        itemization=itemization,
        delinquent_on=cells.day("delinquent_on"),
        charged_off_on=cells.day("charged_off_on"),
        name=name,
        born_on=born_on,
        ssn_hash=ssn_hash,
        language=_language(cells),
        postal_addresses=postal,
        phones=phones,
        emails=email_addresses(cells, hashes),
        zones=zones(postal, phones),
        flags=PlacementFlags(**{flag: cells.flag(flag) for flag in FLAGS}),
    )
    faults = ranked([*shape, *cells.faults])
    return faults or placement


def debt_id_of(client_id: ClientId, client_account_number: str, hashes: Hashes) -> DebtId:
    """The debt behind a client's account number."""
    return DebtId(f"debt-{hashes.keyed(f'debt/{client_id}/{client_account_number}')[:24]}")


def _account_number(cells: Cells) -> str:
    number = cells.text("client_account_number")
    if number and not _ACCOUNT_NUMBER.fullmatch(number):
        cells.fault(
            "R_ACCOUNT_NUMBER",
            "client_account_number is longer than 64 characters or has others than letters, digits and . _ / # -.",
        )
    return number


def _sequence(cells: Cells) -> int:
    text = cells.text("placement_sequence") or "1"
    if re.fullmatch("[1-9][0-9]{0,2}", text):
        return int(text)
    cells.fault("R_SEQUENCE", "placement_sequence is not a whole number from 1 to 999.")
    return 1


def _name(cells: Cells) -> PersonName:
    for column in ("first_name", "last_name"):
        value = cells.text(column)
        if value and (not any(c.isalpha() for c in value) or any(c.isdigit() for c in value)):
            cells.fault("R_NAME", f"{column} has no letter, or has a digit.")
    return PersonName(
        first=cells.text("first_name"),
        middle=cells.text("middle_name") or None,
        last=cells.text("last_name"),
        suffix=cells.text("suffix") or None,
    )


def _itemization(cells: Cells) -> Itemization:
    return Itemization(
        reference_date=cells.day("itemization_date") or date.min,
        basis=cells.choice("itemization_basis", BASES, "R_ITEMIZATION_BASIS", ItemizationBasis.UNKNOWN),
        amount=cells.money("itemization_amount"),
        interest_since=cells.money("interest_since"),
        fees_since=cells.money("fees_since"),
        payments_since=cells.money("payments_since"),
        credits_since=cells.money("credits_since"),
    )


_AMOUNTS = (
    "balance",
    "itemization_amount",
    "interest_since",
    "fees_since",
    "payments_since",
    "credits_since",
)


def _balance(cells: Cells, parts: Itemization) -> Decimal:
    unreadable = {"R_MONEY", "R_MONEY_NEGATIVE", "R_MONEY_ABSURD"}
    balance = cells.money("balance")
    if any(f.code in unreadable for f in cells.faults) or not all(cells.text(name) for name in _AMOUNTS):
        return balance
    if balance == ZERO:
        cells.fault("R_BALANCE_ZERO", "balance is zero: there is nothing to collect.")
    total = parts.amount + parts.interest_since + parts.fees_since - parts.payments_since - parts.credits_since
    if total != balance:
        cells.fault(
            "R_ITEMIZATION_SUM",
            "itemization_amount + interest_since + fees_since - payments_since - credits_since is not balance.",
        )
    return balance


def _ssn_hash(cells: Cells, hashes: Hashes) -> str | None:
    sealed = ssn.seal(cells.text("ssn"), hashes.keyed)
    if sealed == ssn.UNUSABLE:
        cells.fault("R_SSN", "ssn is not nine digits, or is a placeholder.")
        return None
    return sealed.removeprefix(ssn.SEALED) or None


def _language(cells: Cells) -> str:
    language = cells.text("language").lower() or "en"
    if not _LANGUAGE.fullmatch(language):
        cells.fault("R_LANGUAGE", "language is not an ISO 639 code of two letters.")
        return "en"
    return language
