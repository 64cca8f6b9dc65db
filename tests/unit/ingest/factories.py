"""Rows, batches and hashes for tests of ingest."""

from datetime import UTC, date, datetime
from pathlib import Path

from contracts.ids import BatchId, ClientId
from services.ingest.core.check import check
from services.ingest.core.faults import Fault
from services.ingest.core.mapping import ClientMapping
from services.ingest.core.outcome import Batch
from services.ingest.core.placement import Placement
from services.ingest.service import hashes_of

TODAY = date(2026, 10, 19)
HASHES = hashes_of(b"test-key")
CLIENT = ClientId("acme")


def a_row(**changes: str) -> dict[str, str]:
    """A row that passes every check, with changes."""
    row = {
        "client_account_number": "AC-1001",
        "placement_sequence": "1",
        "debt_type": "card",
        "original_creditor": "Harbor Bank",
        "current_creditor": "Pier Fund",
        "currency": "USD",
        "balance": "1234.56",
        "itemization_date": "2025-01-31",
        "itemization_basis": "charge-off",
        "itemization_amount": "1200.00",
        "interest_since": "44.56",
        "fees_since": "10.00",
        "payments_since": "15.00",
        "credits_since": "5.00",
        "delinquent_on": "2024-08-01",
        "charged_off_on": "2025-01-31",
        "first_name": "Ana",
        "middle_name": "",
        "last_name": "Example",
        "suffix": "",
        "born_on": "1980-02-29",
        "ssn": "900-12-3456",
        "language": "en",
        "address_1": "12 Main St",
        "address_2": "",
        "city": "Pensacola",
        "state": "FL",
        "postal_code": "32501",
        "country": "US",
        "phone_1": "(850) 555-0100",
        "phone_1_type": "mobile",
        "phone_1_consent": "true",
        "phone_1_consent_to": "us",
        "phone_1_consent_on": "2026-09-30",
        "phone_1_checked_on": "2026-10-18",
        "email_1": "ana@example.test",
        "attorney_represented": "false",
    }
    return row | changes


def checked(**changes: str) -> Placement | tuple[Fault, ...]:
    """What the check says of a row with changes."""
    return check(fields=a_row(**changes), client_id=CLIENT, mapping=ClientMapping(), today=TODAY, hashes=HASHES)


def a_placement(**changes: str) -> Placement:
    """The placement of a row with changes that do no harm."""
    found = checked(**changes)
    assert isinstance(found, Placement), found
    return found


def codes_of(**changes: str) -> list[str]:
    """The reject codes of a row with changes."""
    found = checked(**changes)
    return [] if isinstance(found, Placement) else [f.code for f in found]


def a_batch(number: int = 1) -> Batch:
    """A batch."""
    return Batch(BatchId(f"bat-acme-{number}"), CLIENT, datetime(2026, 10, 19, 12, tzinfo=UTC))


def as_csv(rows: list[dict[str, str]], delimiter: str = ",") -> str:
    """A file of these rows, which must have the same columns and nothing to be quoted."""
    return "".join(f"{delimiter.join(cells)}\r\n" for cells in (rows[0], *(row.values() for row in rows)))


def a_file(folder: Path, content: bytes | str) -> Path:
    """A file of this content."""
    path = folder / "placements.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
