"""The effect on submitted rows: check each, find out who it is about, write down what became of it, say so.

Runs at least once for each row. The row's outcome stands in the ledger before anything is published, with the event
itself; a row that is there already gets the same event again and counts nowhere twice.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from msgspec import Struct

from chassis import metrics
from chassis.clock import Clock
from chassis.codec import Codec
from chassis.database import Connection
from chassis.failures import Unreachable
from chassis.service import Done
from contracts.events import Event, PlacementRejected, PlacementSubmitted
from contracts.ids import EventId
from services.ingest import ledger
from services.ingest.core import outcome
from services.ingest.core.check import check
from services.ingest.core.faults import Fault
from services.ingest.core.identity import resolve
from services.ingest.core.mapping import ClientMapping
from services.ingest.core.outcome import whole
from services.ingest.core.placement import Hashes, Placement
from services.ingest.database import Database
from services.ingest.ledger import PLACED, REJECTED, REPEATED, Entry, RowKey

EARLIEST_ZONE = timedelta(hours=14)
"""Somewhere on Earth it is already this much later than UTC; a client's date is not in the future before."""
MOST_TRIES = 20
CHECKED_AT_ONCE = 100

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}")
_MOST = 2**31 - 1
log = structlog.get_logger()


class Checked(Struct, frozen=True):
    """A row with what the checks say of it."""

    event: PlacementSubmitted
    result: Placement | tuple[Fault, ...]

    @property
    def key(self) -> RowKey:
        """Where the row stands in the ledger."""
        return (self.event.batch_id, self.event.row_number)


class _Raced(Exception):
    """Another worker wrote first: look again."""


class Placing:
    """Turns submitted rows into accounts or rejects."""

    def __init__(
        self,
        *,
        database: Database,
        codec: Codec,
        clock: Clock,
        hashes: Hashes,
        mappings: Mapping[str, ClientMapping],
        chunk_rows: int,
    ) -> None:
        self._database = database
        self._codec = codec
        self._clock = clock
        self._hashes = hashes
        self._mappings = mappings
        self._chunk = chunk_rows
        self.progressed = asyncio.Event()

    async def __call__(self, done: Sequence[Done]) -> Sequence[Event]:
        """The effect; raises Unreachable if PostgreSQL does not answer."""
        now = whole(self._clock.now())
        rows = [e for d in done if isinstance(e := d.event, PlacementSubmitted)]
        usable: dict[RowKey, PlacementSubmitted] = {}
        events: list[Event] = []
        for e in rows:
            if not _can_be_kept(e):
                events.append(outcome.rejected(e, _BAD_IDS, e.meta.occurred_at))
            elif usable.setdefault((e.batch_id, e.row_number), e).meta.event_id != e.meta.event_id:
                events.append(_reused(e))
        ordered = list(usable.values())
        for start in range(0, len(ordered), self._chunk):
            events += await self._settle(await self._check(ordered[start : start + self._chunk], now), now)
        self.progressed.set()
        return events

    async def _check(self, rows: Sequence[PlacementSubmitted], now: datetime) -> list[Checked]:
        today = (now + EARLIEST_ZONE).date()
        checked = []
        for i, e in enumerate(rows):
            mapping = self._mappings.get(e.client_id, _DEFAULT)
            result = check(fields=e.fields, client_id=e.client_id, mapping=mapping, today=today, hashes=self._hashes)
            checked.append(Checked(e, result))
            if i % CHECKED_AT_ONCE == CHECKED_AT_ONCE - 1:
                await asyncio.sleep(0)  # a third of a millisecond each: let heartbeats and requests through
        return checked

    async def _settle(self, checked: Sequence[Checked], now: datetime) -> list[Event]:
        for _ in range(MOST_TRIES):
            try:
                async with self._database.transaction() as connection:
                    known, entries = await self._write(connection, checked, now)
            except _Raced:
                continue
            for name, count in Counter(e.outcome for e in entries).items():
                metrics.PLACEMENT_ROWS.labels(name).inc(count)
            told = {e.row: e.published for e in entries}
            told |= {c.key: self._told_before(c, *known[c.key]) for c in checked if c.key in known}
            return [event for c in checked if (event := told[c.key])]
        raise Unreachable("other workers keep writing the same identity keys first")

    def _told_before(self, c: Checked, submitted_id: EventId, event: bytes | None) -> Event | None:
        if submitted_id != c.event.meta.event_id:
            return _reused(c.event)
        return self._codec.decode(event) if event else None

    async def _write(
        self, connection: Connection, checked: Sequence[Checked], now: datetime
    ) -> tuple[dict[RowKey, tuple[EventId, bytes | None]], list[Entry]]:
        known = await ledger.find(connection, [c.key for c in checked])
        fresh = [c for c in checked if c.key not in known]
        if not fresh:
            return known, []
        entries = await self._place(connection, [c for c in fresh if isinstance(c.result, Placement)], now)
        entries += [self._reject(c, now) for c in fresh if not isinstance(c.result, Placement)]
        await ledger.add_batches(connection, entries, now)
        if not await ledger.add_placements(connection, entries, now):
            raise _Raced
        if not await ledger.add_outcomes(connection, entries, now):
            raise _Raced
        return known, entries

    def _entry(self, c: Checked, became: str, published: Event | None, **more: Any) -> Entry:
        e = c.event
        event = self._codec.encode(published) if published else None
        return Entry(c.key, e.meta.event_id, e.client_id, e.line_number, became, published, event, **more)

    def _reject(self, c: Checked, now: datetime) -> Entry:
        faults = c.result if isinstance(c.result, tuple) else ()
        return self._entry(c, REJECTED, outcome.rejected(c.event, faults, now), faults=faults)

    async def _place(self, connection: Connection, rows: Sequence[Checked], now: datetime) -> list[Entry]:
        accounts = [(c, c.result) for c in rows if isinstance(c.result, Placement)]
        asked = [(p.debt_id, p.placement_sequence) for _, p in accounts]
        seen = await ledger.placed_before(connection, asked) if accounts else set()
        new: list[tuple[Checked, Placement]] = []
        entries: list[Entry] = []
        for c, p in accounts:
            if (p.debt_id, p.placement_sequence) in seen:
                entries.append(self._entry(c, REPEATED, None))
            else:
                seen.add((p.debt_id, p.placement_sequence))
                new.append((c, p))
        return entries + (await self._identify(connection, new, now) if new else [])

    async def _identify(
        self, connection: Connection, new: Sequence[tuple[Checked, Placement]], now: datetime
    ) -> list[Entry]:
        keys = [p.keys for _, p in new]
        known = await ledger.known_consumers(connection, sorted({k for row in keys for k in row}))
        resolved = resolve(keys, known, self._hashes.keyed)
        if not await ledger.add_keys(connection, resolved.added, now):
            raise _Raced
        conflicts = [(new[i][0].key, k, resolved.consumers[i], other) for i, k, other in resolved.conflicts]
        await ledger.add_conflicts(connection, conflicts, now)
        for (batch_id, row_number), *_ in conflicts:
            log.warning("identity.conflicted", batch_id=batch_id, row_number=row_number)
        return [
            self._entry(
                c,
                PLACED,
                outcome.placed(c.event, p, consumer_id, now, self._hashes),
                consumer_id=consumer_id,
                debt_id=p.debt_id,
                placement_sequence=p.placement_sequence,
                balance=p.balance,
            )
            for (c, p), consumer_id in zip(new, resolved.consumers, strict=True)
        ]


def _can_be_kept(event: PlacementSubmitted) -> bool:
    named = _ID.fullmatch(event.batch_id) and _ID.fullmatch(event.client_id)
    return bool(named) and 0 < event.row_number <= _MOST and 0 <= event.line_number <= _MOST


def _reused(event: PlacementSubmitted) -> PlacementRejected:
    """Another row came under this number first; that one stands, and this one is not counted in the totals."""
    return outcome.rejected(event, _SAME_NUMBER, event.meta.occurred_at)


_BAD_IDS = (Fault("R_BATCH", "batch_id, client_id, row_number or line_number cannot be one."),)
_SAME_NUMBER = (Fault("R_ROW_NUMBER", "Another row of the batch has the same row_number."),)
_DEFAULT = ClientMapping()
