"""A row that passed every check, and what stands for personal data in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from msgspec import Struct

from contracts.events import (
    DebtType,
    EmailAddress,
    Itemization,
    PersonName,
    PhoneAddress,
    PlacementFlags,
    PostalAddress,
    ZoneEvidence,
)
from contracts.ids import AddressId, DebtId


@dataclass(frozen=True, slots=True)
class Hashes:
    """Keyed hashes, which need a secret and so come from outside: `address_id(kind, normalised)`, `keyed(value)`."""

    address_id: Callable[[str, str], AddressId]
    keyed: Callable[[str], str]


class Placement(Struct, frozen=True):
    """One row in canonical form; `keys` are the strong keys of its person, strongest first."""

    debt_id: DebtId
    keys: tuple[str, ...]
    client_account_number: str
    placement_sequence: int
    debt_type: DebtType
    original_creditor: str
    current_creditor: str
    currency: str
    balance: Decimal
    itemization: Itemization
    delinquent_on: date | None
    charged_off_on: date | None
    name: PersonName
    born_on: date | None
    ssn_hash: str | None
    language: str
    postal_addresses: tuple[PostalAddress, ...]
    phones: tuple[PhoneAddress, ...]
    emails: tuple[EmailAddress, ...]
    zones: tuple[ZoneEvidence, ...]
    flags: PlacementFlags
