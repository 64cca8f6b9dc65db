"""Did every row of every file come to its end? Recounted row by row, then held against the control totals."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from counterpoint.recount.check import Check, Fault
from counterpoint.recount.evidence import Consumers, Evidence, Handed
from counterpoint.recount.log import Record

NUMBER, SEQUENCE = "client_account_number", "placement_sequence"
Rows = Mapping[int, Record]


class Batch(Struct, frozen=True):
    """One batch: its rows as they were submitted, how often each was placed or rejected, and its control totals."""

    batch_id: str
    rows: dict[int, Record]
    placed: Counter[int]
    rejected: Counter[int]
    totals: dict[str, Any] | None


def rows(evidence: Evidence, consumers: Consumers) -> Check:
    """Each row was placed once, or rejected once, or its account had been placed before; and the totals say so too."""
    batches = _batches(evidence)
    placed = Counter(_account(r.body["client_id"], r.body) for r in evidence.log.of("AccountPlaced"))
    faults = [fault for batch in batches for fault in _lost(batch, placed, evidence)]
    faults += _never_came(batches, evidence)
    looked_at = sum(len(b.rows) for b in batches)
    return Check("each row was placed once, rejected once, or a repeat", "design: nothing is lost", looked_at, faults)


def _batches(evidence: Evidence) -> list[Batch]:
    log = evidence.log
    submitted: dict[str, dict[int, Record]] = defaultdict(dict)
    for r in log.of("PlacementSubmitted"):
        if r.written_at <= evidence.settled:
            submitted[r.body["batch_id"]].setdefault(r.body["row_number"], r)
    placed, rejected = _by_batch(log.of("AccountPlaced")), _by_batch(log.of("PlacementRejected"))
    totals = {r.body["batch_id"]: r.body for r in log.of("PlacementBatchLoaded")}
    known = submitted.keys() | totals.keys()
    return [Batch(b, submitted[b], placed[b], rejected[b], totals.get(b)) for b in sorted(known)]


def _by_batch(records: Iterable[Record]) -> dict[str, Counter[int]]:
    counted: dict[str, Counter[int]] = defaultdict(Counter)
    for record in records:
        counted[record.body["batch_id"]][record.body["row_number"]] += 1
    return counted


def _lost(batch: Batch, placed: Counter[tuple[str, str, str]], evidence: Evidence) -> Iterable[Fault]:
    numbers = set(batch.rows) | set(range(1, (batch.totals["rows"] if batch.totals else 0) + 1))
    repeats = 0
    for n in sorted(numbers):
        ends = batch.placed[n] + batch.rejected[n]
        record = batch.rows.get(n)
        if ends == 1:
            continue
        if ends > 1:
            yield Fault(f"{batch.batch_id}/{n}", f"was placed {batch.placed[n]} and rejected {batch.rejected[n]} times")
        elif record is not None and _is_repeat(record, placed):
            repeats += 1
        else:
            yield Fault(f"{batch.batch_id}/{n}", "was neither placed nor rejected, and is no repeat")
    if batch.totals is not None:
        recounted = (len(batch.placed), len(batch.rejected), repeats)
        said = tuple(batch.totals[name] for name in ("placed", "rejected", "repeated"))
        if recounted != said:
            what = f"its totals say {said} were placed, rejected, repeated; recounted they are {recounted}"
            yield Fault(batch.batch_id, what)


def _never_came(batches: Iterable[Batch], evidence: Evidence) -> Iterable[Fault]:
    """Rows of files that clients say they handed over, and that no batch has."""
    of_file = {b.totals["file_sha256"]: b for b in batches if b.totals is not None}
    for note in evidence.notes:
        if not isinstance(note, Handed):
            continue
        batch = of_file.get(note.sha256)
        there = 0 if batch is None else len(batch.rows)
        for n in range(there, note.rows):
            yield Fault(f"{note.sha256[:12]}/{n + 1}", "was in a file that was handed over, and is in no batch")


def _is_repeat(record: Record, placed: Counter[tuple[str, str, str]]) -> bool:
    """Whether the row's account was placed by another row. A client's own names for columns are not known here."""
    fields = record.body["fields"]
    return NUMBER not in fields or placed[_account(record.body["client_id"], fields)] > 0


def _account(client_id: str, fields: Mapping[str, Any]) -> tuple[str, str, str]:
    number = "".join(str(fields[NUMBER]).split()).casefold() if NUMBER in fields else ""
    return client_id, number, str(fields.get(SEQUENCE) or "1").strip()
