"""The read model on a log in memory, with a real database."""

import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg

from chassis.clock import Clock
from chassis.runtime.memory import MemoryRuntime
from chassis.service import Done, Position
from contracts.events import Event
from contracts.topics import TOPIC_OF
from services.reporting.database import ON_CONFLICT, Database
from services.reporting.service import service, storing

NOON = datetime(2026, 10, 19, 16, tzinfo=UTC)
TABLES = tuple(ON_CONFLICT)


def a_clock() -> Clock:
    """A clock at noon."""
    return Clock(start=NOON, anchor=time.time())


@asynccontextmanager
async def a_database(dsn: str) -> AsyncIterator[Database]:
    """The read model's tables."""
    database = Database(dsn, connections=2)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


def a_runtime(database: Database, *, batch: int = 1000) -> MemoryRuntime:
    """A log with the read model at its end."""
    clock = a_clock()
    return MemoryRuntime([service(storing(database, clock))], clock=clock, batch=batch)


def in_the_log(events: Iterable[Event], partition: int = 0) -> list[Done]:
    """The events as a runtime hands them over, each behind the others of its topic."""
    offsets: dict[str, int] = {}
    done = []
    for event in events:
        topic = TOPIC_OF[type(event)]
        offset = offsets.get(topic, 0)
        offsets[topic] = offset + 1
        done.append(Done(event, event, Position(topic, partition, offset), False, NOON))
    return done


async def store(database: Database, *batches: Sequence[Done]) -> None:
    """Store batches."""
    effect = storing(database, a_clock())
    for batch in batches:
        await effect(batch)


def tables(dsn: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the tables, in an order of its own."""
    with psycopg.connect(dsn) as connection:
        return {
            table: connection.execute(f"select t::text from reporting.{table} t order by 1").fetchall()
            for table in TABLES
        }


def ask(dsn: str, question: str, *parameters: object) -> list[tuple[Any, ...]]:
    """The answer of the database."""
    with psycopg.connect(dsn) as connection:
        return connection.execute(question.encode(), parameters).fetchall()
