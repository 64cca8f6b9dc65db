"""How far an attempt has come: one row for each, merged from its events, which come twice and in any order."""

from datetime import datetime

from msgspec import Struct, structs

from contracts.events import (
    AttemptAccepted,
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    AttemptStatusChanged,
    Event,
    ReasonClass,
)

OPEN, DELIVERED, FAILED = "open", "delivered", "failed"
STARTED, IN_DOUBT, ACCEPTED, REJECTED = "STARTED", "IN_DOUBT", "ACCEPTED", "REJECTED"

LADDER: dict[str, tuple[int, str]] = {
    "UNKNOWN": (0, OPEN),
    STARTED: (10, OPEN),
    IN_DOUBT: (20, OPEN),
    ACCEPTED: (30, OPEN),
    "QUEUED": (31, OPEN),
    "SENT": (40, OPEN),
    "MAILED": (40, OPEN),
    "IN_TRANSIT": (41, OPEN),
    REJECTED: (50, FAILED),
    "UNDELIVERED": (50, FAILED),
    "FAILED": (50, FAILED),
    "CANCELED": (50, FAILED),
    "BUSY": (50, FAILED),
    "NO_ANSWER": (50, FAILED),
    "NOT_IN_SERVICE": (50, FAILED),
    "DELIVERED": (50, DELIVERED),
    "ANSWERED": (50, DELIVERED),
    "DROPPED": (55, FAILED),
    "VOICEMAIL": (55, DELIVERED),
    "CONVERSATION": (60, DELIVERED),
    "READ": (60, DELIVERED),
    "BOUNCED": (56, FAILED),
    "RETURNED": (56, FAILED),
    "OPENED": (60, DELIVERED),
    "CLICKED": (61, DELIVERED),
    "REPLIED": (62, DELIVERED),
    "COMPLAINED": (63, DELIVERED),
}
"""Rank and outcome of each status. The highest rank wins; of two of equal rank, the one that was first in the log."""

AttemptEvent = AttemptStarted | AttemptAccepted | AttemptRejected | AttemptInDoubt | AttemptStatusChanged


class AttemptRow(Struct, frozen=True):
    """What is known of one attempt. Everything from `status` on is of the event that counts."""

    attempt_id: str
    contact_id: str
    consumer_id: str
    channel: str
    address_id: str
    provider: str
    provider_id: str | None
    started_at: datetime | None
    accepted_at: datetime | None
    status: str
    outcome: str
    status_at: datetime
    reason_class: str | None
    reason: str | None
    provider_code: str | None
    rank: int
    partition: int
    offset: int


OF_THE_EVENT = (
    *("status", "outcome", "status_at", "reason_class", "reason", "provider_code", "rank"),
    *("partition", "offset"),
)
"""The columns that go together: they are all of the event that counts."""


class _Report(Struct, frozen=True):
    status: str
    at: datetime
    started_at: datetime | None = None
    accepted_at: datetime | None = None
    provider_id: str = ""
    reason_class: ReasonClass = ReasonClass.NONE
    reason: str | None = None
    provider_code: str | None = None


def attempt_row(event: Event, partition: int, offset: int) -> AttemptRow | None:
    """What one event says of an attempt; None for an event about something else."""
    if not isinstance(event, AttemptEvent):
        return None
    report = _report(event)
    rank, outcome = LADDER.get(report.status, LADDER["UNKNOWN"])
    return AttemptRow(
        attempt_id=event.attempt_id,
        contact_id=event.contact_id,
        consumer_id=event.meta.consumer_id,
        channel=event.channel.value,
        address_id=event.address_id,
        provider=event.provider,
        provider_id=report.provider_id or None,
        started_at=report.started_at,
        accepted_at=report.accepted_at,
        status=report.status,
        outcome=outcome,
        status_at=report.at,
        reason_class=None if report.reason_class is ReasonClass.NONE else report.reason_class.value,
        reason=report.reason,
        provider_code=report.provider_code,
        rank=rank,
        partition=partition,
        offset=offset,
    )


def _report(event: AttemptEvent) -> _Report:
    match event:
        case AttemptStarted():
            return _Report(STARTED, event.started_at, started_at=event.started_at)
        case AttemptAccepted():
            return _Report(ACCEPTED, event.accepted_at, accepted_at=event.accepted_at, provider_id=event.provider_id)
        case AttemptInDoubt():
            return _Report(IN_DOUBT, event.meta.occurred_at, reason=event.reason)
        case AttemptRejected():
            return _Report(
                REJECTED,
                event.rejected_at,
                reason_class=event.reason_class,
                reason=event.reason,
                provider_code=event.provider_code,
            )
        case _:
            return _Report(
                event.status.value,
                event.reported_at,
                provider_id=event.provider_id,
                reason_class=event.reason_class,
                provider_code=event.provider_code,
            )


def merge(one: AttemptRow, other: AttemptRow) -> AttemptRow:
    """Both of them in one: the same whichever comes first, however often; the database merges by the same rule."""
    counts = max(one, other, key=lambda row: (row.rank, -row.offset))
    return structs.replace(
        counts,
        provider_id=max(one.provider_id or "", other.provider_id or "") or None,
        started_at=_earlier(one.started_at, other.started_at),
        accepted_at=_earlier(one.accepted_at, other.accepted_at),
    )


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)
