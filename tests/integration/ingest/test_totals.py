"""Control totals add up, whatever is in a batch and however often its rows are redelivered.

Green does not prove that a total is right for one batch: test_inbox.py does, with totals counted by hand.
"""

import asyncio
from collections import Counter
from itertools import count

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.service import Done
from contracts.events import AccountPlaced, Event, PlacementRejected
from tests.integration.ingest.test_placing import a_placing, done, submitted
from tests.unit.ingest.factories import a_row

ROW = st.builds(
    lambda account, person, changes: a_row(client_account_number=account, ssn=person) | changes,
    st.sampled_from(["A1", "A2", "A3", "A4", "A5"]),
    st.sampled_from(["", "900-11-0001", "900-11-0002", "none"]),
    st.sampled_from([{}, {}, {"balance": "1.00"}, {"state": "ZZ", "email_1": "?"}, {"#cells": "1/2"}, {"odd": "x"}]),
)
BATCHES = count(1)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(ROW, max_size=60), st.lists(st.integers(0, 59), max_size=20), st.integers(1, 5))
def test_rows_are_placed_and_rejected_and_repeated_and_nothing_else(
    database: str, rows: list[dict[str, str]], again: list[int], deliveries: int
) -> None:
    number = next(BATCHES)
    events = done(submitted(*rows, batch=number))
    events += [events[i] for i in again if i < len(rows)]
    told = asyncio.run(_deliver(database, events, deliveries))
    with psycopg.connect(database) as connection:
        found = connection.execute(
            "select placed, rejected, repeated, balance_placed from ingest.batches where batch_id = %s",
            (f"bat-acme-{number}",),
        ).fetchone()
    placed, rejected, repeated, balance = found or (0, 0, 0, 0)
    assert placed + rejected + repeated == len(rows)
    assert told["placed"] == placed
    assert told["rejected"] == rejected
    assert told["cents"] == balance * 100


async def _deliver(dsn: str, events: list[Done], deliveries: int) -> Counter[str]:
    """What was told of them, each event counted once, over all deliveries."""
    placing, database = await a_placing(dsn)
    size = -(-len(events) // deliveries) or 1
    parts = [events[i : i + size] for i in range(0, len(events), size)]
    told: dict[str, Event] = {}
    for part in (*parts, *parts[::-1]):
        told |= {e.meta.event_id: e for e in await placing(part)}
    await database.close()
    placed = [e for e in told.values() if isinstance(e, AccountPlaced)]
    rejected = [e for e in told.values() if isinstance(e, PlacementRejected)]
    return Counter(placed=len(placed), rejected=len(rejected), cents=sum(int(e.balance * 100) for e in placed))
