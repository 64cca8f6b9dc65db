"""The rows that events leave in the read model; a row's fields are the columns of its table."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from msgspec import Struct

from contracts.events import (
    AccountPlaced,
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    ContactVetoed,
    Event,
    ZoneSource,
)
from contracts.topics import TOPIC_OF
from services.reporting.core.attempts import AttemptRow, attempt_row, merge
from services.reporting.core.personal import divide

APPROVED, DEFERRED, VETOED = "approved", "deferred", "vetoed"


class Stored(Struct, frozen=True):
    """An event with its place in the log, and the timestamp of its record."""

    event: Event
    partition: int
    offset: int
    written_at: datetime | None


class EventRow(Struct, frozen=True):
    """One record of the log."""

    topic: str
    partition: int
    offset: int
    event_type: str
    event_id: str
    consumer_id: str | None
    contact_id: str | None
    correlation_id: str
    causation_id: str | None
    producer: str
    producer_version: str
    occurred_at: datetime
    written_at: datetime | None
    body: dict[str, Any]


class PersonalRow(Struct, frozen=True):
    """The personal part of one record."""

    topic: str
    partition: int
    offset: int
    body: dict[str, Any]


class RequestRow(Struct, frozen=True):
    """A contact that somebody asked for."""

    contact_id: str
    consumer_id: str
    channel: str
    address_id: str
    debt_ids: tuple[str, ...]
    purpose: str
    template_id: str
    language: str
    strategy_id: str
    step_id: str
    requested_at: datetime
    not_after: datetime
    partition: int
    offset: int


class VerdictRow(Struct, frozen=True):
    """The gate's answer to a contact."""

    contact_id: str
    consumer_id: str
    channel: str
    address_id: str
    purpose: str
    verdict: str
    deciding_rule: str | None
    decided_at: datetime
    earliest_at: datetime | None
    expires_at: datetime | None
    rules_asked: int
    rule_pack: str
    partition: int
    offset: int


class AccountRow(Struct, frozen=True):
    """An account placed with us."""

    debt_id: str
    placement_sequence: int
    placement_id: str
    consumer_id: str
    client_id: str
    batch_id: str
    row_number: int
    debt_type: str
    current_creditor: str
    currency: str
    balance: Decimal
    language: str
    zone: str | None
    zones: tuple[str, ...]
    placed_at: datetime
    partition: int
    offset: int


class Rows(Struct, frozen=True):
    """Everything that a batch of events leaves, each table in the order of its key, one row for each key."""

    events: Sequence[EventRow]
    personal: Sequence[PersonalRow]
    requests: Sequence[RequestRow]
    verdicts: Sequence[VerdictRow]
    attempts: Sequence[AttemptRow]
    accounts: Sequence[AccountRow]


def rows_of(batch: Sequence[Stored]) -> Rows:
    """The rows of a batch."""
    events: list[EventRow] = []
    personal: list[PersonalRow] = []
    for stored in sorted(batch, key=lambda s: (TOPIC_OF[type(s.event)], s.offset)):
        row, secret = _event_row(stored)
        events.append(row)
        if secret:
            personal.append(PersonalRow(row.topic, row.partition, row.offset, secret))
    return Rows(
        events=events,
        personal=personal,
        requests=_one_each(map(_request_row, batch), lambda r: r.contact_id, earlier),
        verdicts=_one_each(map(_verdict_row, batch), lambda r: r.contact_id, earlier),
        attempts=_one_each((attempt_row(s.event, s.partition, s.offset) for s in batch), lambda r: r.attempt_id, merge),
        accounts=_one_each(map(_account_row, batch), lambda r: (r.debt_id, r.placement_sequence), earlier),
    )


Row = TypeVar("Row", bound=Struct)


def _one_each(found: Iterable[Row | None], key: Callable[[Row], Any], join: Callable[[Row, Row], Row]) -> list[Row]:
    rows: dict[Any, Row] = {}
    for row in found:
        if row is not None:
            known = rows.get(key(row))
            rows[key(row)] = row if known is None else join(known, row)
    return [rows[k] for k in sorted(rows)]


Placed = TypeVar("Placed", RequestRow, VerdictRow, AccountRow)


def earlier(one: Placed, other: Placed) -> Placed:
    """Of two rows of one key the one that was first in the log; the database chooses by the same rule."""
    return min(one, other, key=lambda row: (row.partition, row.offset))


def _event_row(stored: Stored) -> tuple[EventRow, dict[str, Any]]:
    event, meta = stored.event, stored.event.meta
    body, personal = divide(event)
    row = EventRow(
        topic=TOPIC_OF[type(event)],
        partition=stored.partition,
        offset=stored.offset,
        event_type=type(event).__name__,
        event_id=meta.event_id,
        consumer_id=meta.consumer_id or None,
        contact_id=getattr(event, "contact_id", None) or None,
        correlation_id=meta.correlation_id,
        causation_id=meta.causation_id,
        producer=meta.producer,
        producer_version=meta.producer_version,
        occurred_at=meta.occurred_at,
        written_at=stored.written_at,
        body=body,
    )
    return row, personal


def _request_row(stored: Stored) -> RequestRow | None:
    event = stored.event
    if not isinstance(event, ContactRequested):
        return None
    return RequestRow(
        contact_id=event.contact_id,
        consumer_id=event.meta.consumer_id,
        channel=event.channel.value,
        address_id=event.address_id,
        debt_ids=event.debt_ids,
        purpose=event.purpose.value,
        template_id=event.template_id,
        language=event.language,
        strategy_id=event.strategy_id,
        step_id=event.step_id,
        requested_at=event.meta.occurred_at,
        not_after=event.not_after,
        partition=stored.partition,
        offset=stored.offset,
    )


def _verdict_row(stored: Stored) -> VerdictRow | None:
    event = stored.event
    rule, earliest_at, expires_at = None, None, None
    match event:
        case ContactApproved():
            verdict, expires_at = APPROVED, event.expires_at
        case ContactDeferred():
            verdict, rule, earliest_at = DEFERRED, event.deciding_rule, event.earliest_at
        case ContactVetoed():
            verdict, rule = VETOED, event.deciding_rule
        case _:
            return None
    return VerdictRow(
        contact_id=event.contact_id,
        consumer_id=event.meta.consumer_id,
        channel=event.channel.value,
        address_id=event.address_id,
        purpose=event.purpose.value,
        verdict=verdict,
        deciding_rule=rule,
        decided_at=event.decided_at,
        earliest_at=earliest_at,
        expires_at=expires_at,
        rules_asked=len(event.findings) + len(event.standard_findings),
        rule_pack=event.rule_pack,
        partition=stored.partition,
        offset=stored.offset,
    )


_BEST_FIRST = (ZoneSource.STATED, ZoneSource.POSTAL_ADDRESS, ZoneSource.PHONE_NUMBER)


def _account_row(stored: Stored) -> AccountRow | None:
    event = stored.event
    if not isinstance(event, AccountPlaced):
        return None
    by_source = {e.source: e.zone for e in reversed(event.zones)}
    return AccountRow(
        debt_id=event.debt_id,
        placement_sequence=event.placement_sequence,
        placement_id=event.placement_id,
        consumer_id=event.meta.consumer_id,
        client_id=event.client_id,
        batch_id=event.batch_id,
        row_number=event.row_number,
        debt_type=event.debt_type.value,
        current_creditor=event.current_creditor,
        currency=event.currency,
        balance=event.balance,
        language=event.language,
        zone=next((by_source[source] for source in _BEST_FIRST if source in by_source), None),
        zones=tuple(dict.fromkeys(e.zone for e in event.zones)),
        placed_at=event.meta.occurred_at,
        partition=stored.partition,
        offset=stored.offset,
    )
