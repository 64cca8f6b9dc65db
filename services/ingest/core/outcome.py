"""Events that tell what became of a row, a batch, a payment; each id follows from what caused it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from msgspec import Struct

from contracts.events import (
    AccountPlaced,
    Meta,
    PaymentSettled,
    PlacementBatchLoaded,
    PlacementRejected,
    PlacementSubmitted,
)
from contracts.ids import (
    ArrangementId,
    BatchId,
    ClientId,
    ConsumerId,
    DebtId,
    EventId,
    PaymentId,
    PlacementId,
    derived_id,
)
from services.ingest.core.faults import Fault
from services.ingest.core.placement import Hashes, Placement

NAME = "ingest"
VERSION = "0.1.0"
NOBODY = ConsumerId("")


class Row(Struct, frozen=True):
    """One row as it came: its place in the batch, its line in the file (0 for none), its cells by column."""

    number: int
    line: int
    fields: Mapping[str, str]


class Totals(Struct, frozen=True):
    """Control totals of a batch; `rows` is None while it is still being read."""

    rows: int | None = None
    placed: int = 0
    rejected: int = 0
    repeated: int = 0
    balance_placed: Decimal = Decimal("0.00")
    consumers: int = 0


class Batch(Struct, frozen=True):
    """One file or request."""

    batch_id: BatchId
    client_id: ClientId
    received_at: datetime
    file_name: str | None = None
    content_sha256: str | None = None
    mapping_version: int = 0


def whole(instant: datetime) -> datetime:
    """An instant as events keep it: UTC, in whole milliseconds."""
    instant = instant.astimezone(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def _first(event_id: str, at: datetime, consumer_id: ConsumerId = NOBODY) -> Meta:
    return Meta(EventId(event_id), at, consumer_id, event_id, None, NAME, VERSION)


def _following(cause: Meta, name: str, at: datetime, consumer_id: ConsumerId = NOBODY) -> Meta:
    event_id = EventId(derived_id(cause=cause.event_id, name=name, at=at))
    return Meta(event_id, at, consumer_id, cause.correlation_id, cause.event_id, NAME, VERSION)


def submitted(batch: Batch, row: Row) -> PlacementSubmitted:
    """A row, handed over."""
    event_id = derived_id(cause=batch.batch_id, name=f"row/{row.number}", at=batch.received_at)
    meta = _first(event_id, batch.received_at)
    return PlacementSubmitted(meta, batch.batch_id, batch.client_id, row.number, row.line, dict(row.fields))


def placed(
    row: PlacementSubmitted, p: Placement, consumer_id: ConsumerId, at: datetime, hashes: Hashes
) -> AccountPlaced:
    """A row that passed every check."""
    return AccountPlaced(
        meta=_following(row.meta, "account-placed", at, consumer_id),
        placement_id=PlacementId(f"pla-{hashes.keyed(f'placement/{p.debt_id}/{p.placement_sequence}')[:24]}"),
        batch_id=row.batch_id,
        row_number=row.row_number,
        client_id=row.client_id,
        debt_id=p.debt_id,
        client_account_number=p.client_account_number,
        account_last4=p.client_account_number[-4:],
        placement_sequence=p.placement_sequence,
        debt_type=p.debt_type,
        original_creditor=p.original_creditor,
        current_creditor=p.current_creditor,
        currency=p.currency,
        balance=p.balance,
        itemization=p.itemization,
        delinquent_on=p.delinquent_on,
        charged_off_on=p.charged_off_on,
        name=p.name,
        born_on=p.born_on,
        ssn_hash=p.ssn_hash,
        language=p.language,
        postal_addresses=p.postal_addresses,
        phones=p.phones,
        emails=p.emails,
        zones=p.zones,
        flags=p.flags,
    )


def rejected(row: PlacementSubmitted, faults: tuple[Fault, ...], at: datetime) -> PlacementRejected:
    """A row that cannot be used."""
    return PlacementRejected(
        meta=_following(row.meta, "placement-rejected", at),
        batch_id=row.batch_id,
        client_id=row.client_id,
        row_number=row.row_number,
        line_number=row.line_number,
        codes=tuple(f.code for f in faults),
        explanations=tuple(f.explanation for f in faults),
    )


def loaded(batch: Batch, totals: Totals, at: datetime) -> PlacementBatchLoaded:
    """Every row of a batch has its outcome."""
    event_id = derived_id(cause=batch.batch_id, name="batch-loaded", at=batch.received_at)
    return PlacementBatchLoaded(
        meta=_first(event_id, at),
        batch_id=batch.batch_id,
        client_id=batch.client_id,
        file_name=batch.file_name,
        file_sha256=batch.content_sha256,
        rows=totals.rows or 0,
        placed=totals.placed,
        rejected=totals.rejected,
        repeated=totals.repeated,
        balance_placed=totals.balance_placed,
        consumers=totals.consumers,
    )


class Payment(Struct, frozen=True):
    """Money that a client says arrived."""

    payment_id: PaymentId
    debt_id: DebtId
    amount: Decimal
    currency: str
    method: str
    settled_at: datetime
    arrangement_id: ArrangementId | None = None
    instalment: int | None = None


def settled(payment: Payment, consumer_id: ConsumerId, at: datetime) -> PaymentSettled:
    """Money that arrived; `at` is when we were told."""
    event_id = derived_id(cause=payment.payment_id, name="payment-settled", at=at)
    return PaymentSettled(
        meta=_first(event_id, payment.settled_at, consumer_id),
        payment_id=payment.payment_id,
        debt_id=payment.debt_id,
        amount=payment.amount,
        currency=payment.currency,
        method=payment.method,
        settled_at=payment.settled_at,
        arrangement_id=payment.arrangement_id,
        instalment=payment.instalment,
    )
