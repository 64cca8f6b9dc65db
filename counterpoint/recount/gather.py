"""Collects the evidence of a running stack.

What was done is read before what must have followed from it: notes and ledger, then the log, then the read model. So
nothing is missed because it was looked for too early, and what is younger than the grace is taken to be under way.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from counterpoint.recount.evidence import Evidence, read_notes, read_texts
from counterpoint.recount.log import read_log

LEDGER = "ledger.jsonl"
NOTES = "consumers.jsonl"


async def gather(
    *, directory: Path, connection: Mapping[str, Any], postgres_dsn: str, settled: datetime, rate: float
) -> Evidence:
    """Everything; `directory` is the stack's, `connection` holds the arguments of an aiokafka client."""
    notes = read_notes(directory / NOTES)
    ledger = directory / LEDGER
    texts = read_texts(ledger.read_bytes().splitlines()) if ledger.exists() else []
    log = await read_log(connection)
    return Evidence(log, texts, notes, settled, rate, _stored(postgres_dsn))


def _stored(dsn: str) -> dict[str, int] | None:
    try:
        with psycopg.connect(dsn, connect_timeout=10) as connected:
            return dict(connected.execute("select topic, count(*) from reporting.events group by topic").fetchall())
    except psycopg.Error:
        return None
