"""What a client gets back for a file: an acknowledgement with control totals, and its rejected rows with reasons."""

import asyncio
import csv
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from msgspec import json

from services.ingest import batches, csv_file
from services.ingest.batches import Known, Reject
from services.ingest.core.mapping import ClientMapping
from services.ingest.csv_file import Refusal
from services.ingest.database import Database

ADDED = ("reject_line", "reject_codes", "reject_explanations")
SUFFIX_ACKNOWLEDGEMENT = ".acknowledgement.json"
SUFFIX_REJECTS = ".rejects.csv"


def control_totals(known: Known, by_code: dict[str, int]) -> dict[str, object]:
    """A batch as clients see it; amounts are text, so that no reader makes binary fractions of them."""
    batch, totals = known.batch, known.totals
    return {
        "batch_id": batch.batch_id,
        "client_id": batch.client_id,
        "state": "loaded" if known.announced else "loading",
        "file_name": batch.file_name,
        "sha256": batch.content_sha256,
        "mapping_version": batch.mapping_version,
        "received_at": batch.received_at.isoformat(),
        "rows": totals.rows,
        "placed": totals.placed,
        "rejected": totals.rejected,
        "repeated": totals.repeated,
        "balance_placed": f"{totals.balance_placed:.2f}",
        "consumers": totals.consumers if known.announced else None,
        "rejected_by_code": by_code,
    }


def write_json(path: Path, document: dict[str, object]) -> None:
    """Write a document so that it is there whole, or not at all."""
    _replace(path, json.format(json.encode(document), indent=2) + b"\n")


def refusal(name: str, client_id: str, refused: Refusal, at: str) -> dict[str, object]:
    """The acknowledgement of a file that cannot be used."""
    return {
        "state": "refused",
        "client_id": client_id,
        "file_name": name,
        "refused_at": at,
        "code": refused.code,
        "reason": refused.reason,
    }


async def write_rejects(database: Database, known: Known, source: Path, target: Path, mapping: ClientMapping) -> None:
    """Write the rejected rows of a loaded file as they stood, with line numbers, codes and explanations."""
    temporary = target.with_name(f".{target.name}.part")
    with temporary.open("w", encoding="utf-8", newline="") as file, closing(csv_file.raw(source, mapping)) as rows:
        writer = csv.writer(file, delimiter=mapping.delimiter)
        writer.writerow([*next(rows), *ADDED])
        number = 0
        async for page in _pages(database, known):
            number = await asyncio.to_thread(_write_page, writer.writerow, rows, number, page)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)


def _write_page(
    write: Callable[[list[object]], object], rows: Iterator[list[str]], number: int, page: Sequence[Reject]
) -> int:
    for reject in page:
        cells = next(islice(rows, reject.row_number - number - 1, None), [])
        number = reject.row_number
        write([*cells, reject.line_number, " ".join(reject.codes), " ".join(reject.explanations)])
    return number


async def _pages(database: Database, known: Known) -> AsyncIterator[Sequence[Reject]]:
    after = 0
    while True:
        async with database.transaction() as connection:
            page = await batches.rejects(connection, known.batch.batch_id, after=after, most=batches.MOST_REJECTS)
        yield page
        if len(page) < batches.MOST_REJECTS:
            return
        after = page[-1].row_number


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.part")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
