"""How many events a second the read model stores, from a real broker into a real PostgreSQL, one process.

Run: python -m bench.reporting [--contacts N] [--profile]. The events are whole stories: an account handed over and
placed, a text asked for, judged, sent, delivered. They are on the topics before the
clock starts; it runs from the first row to the last.
"""

import argparse
import asyncio
import cProfile
import os
import pstats
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg

from bench import tables
from chassis.clock import Clock
from chassis.codec import SingleObjectCodec
from chassis.kafka_client import KafkaPublisher, wait_for_broker
from chassis.kafka_topics import ensure_topics
from chassis.runtime.memory import MemoryRuntime
from chassis.settings import StackSettings
from contracts.events import (
    AccountPlaced,
    AsOf,
    AttemptAccepted,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    CallbackKind,
    CallbackReceived,
    Channel,
    ContactApproved,
    ContactRequested,
    CountedEvent,
    DebtType,
    Event,
    Finding,
    FindingResult,
    Itemization,
    ItemizationBasis,
    Meta,
    PersonName,
    PhoneAddress,
    PlacementFlags,
    PlacementSubmitted,
    PostalAddress,
    Purpose,
    ReasonClass,
    TextApproved,
    ZoneEvidence,
    ZoneSource,
)
from contracts.ids import (
    AddressId,
    AttemptId,
    BatchId,
    ClientId,
    ConsumerId,
    ContactId,
    DebtId,
    EventId,
    PlacementId,
    RuleId,
    derived_id,
)
from counterpoint.embedded.downloads import cache_directory
from counterpoint.embedded.kafka import Kafka
from counterpoint.embedded.postgres import Postgres
from services.reporting.database import Database
from services.reporting.service import service, storing

HERE = Path(__file__).resolve().parents[1]
PATIENCE = 300.0
NOON = datetime(2026, 10, 21, 18, 0, tzinfo=UTC)
RULES = 14
FIELDS = {f"field_{n}": "value of a client's row" for n in range(30)}


def placed(meta: Meta, n: int) -> AccountPlaced:
    """An account of one consumer."""
    amount = Decimal("1234.56")
    zero = Decimal("0.00")
    return AccountPlaced(
        meta,
        PlacementId(f"pla-{n:024x}"),
        BatchId("bat-1"),
        n,
        ClientId("harborview"),
        DebtId(f"debt-{n:024x}"),
        f"HV-{n:07d}",
        f"{n % 10_000:04d}",
        1,
        DebtType.CARD,
        "Harbor Bank",
        "Harbor Bank",
        "USD",
        amount,
        Itemization(date(2026, 1, 1), ItemizationBasis.CHARGE_OFF, amount, zero, zero, zero, zero),
        None,
        None,
        PersonName("Ana", None, "Exemplar", None),
        date(1980, 1, 1),
        None,
        "en",
        (PostalAddress(AddressId(f"post-{n:024x}"), ("1 Main St",), "Chicago", "IL", "60601", "US"),),
        (PhoneAddress(AddressId(f"tel-{n:024x}"), "+13125550100", "mobile", True),),
        (),
        (ZoneEvidence("America/Chicago", ZoneSource.POSTAL_ADDRESS, None),),
        PlacementFlags(None, None, None, None, None, None, None),
    )


def sent(request: ContactRequested, meta: Meta) -> Iterator[Event]:
    """A text on its way, from the approval to the delivery."""
    contact, address = request.contact_id, request.address_id
    attempt = AttemptId(f"att-{contact}")
    carried = (meta, contact, attempt, Channel.SMS, address, "twilio")
    sid = f"SM{contact.replace('-', '')}"
    yield approved(request, meta)
    yield TextApproved(meta, contact, address, "+13125550100", "follow-up", "en", request.parameters, request.not_after)
    yield AttemptStarted(*carried, NOON)
    yield AttemptAccepted(*carried, sid, NOON)
    for status in (AttemptStatus.SENT, AttemptStatus.DELIVERED):
        body = f"MessageSid={sid}&MessageStatus={status.value.lower()}&To=%2B13125550100".encode()
        yield CallbackReceived(meta, "twilio", CallbackKind.STATUS, contact, attempt, body, NOON)
        yield AttemptStatusChanged(
            *carried, sid, status, status is AttemptStatus.DELIVERED, ReasonClass.NONE, None, NOON
        )


def a_request(n: int) -> ContactRequested:
    """A text about the consumer's debt."""
    event_id = EventId(derived_id(cause=f"cause-{n}", name="request", at=NOON))
    return ContactRequested(
        Meta(event_id, NOON, ConsumerId(f"con-{n:024x}"), event_id, None, "bench", "1"),
        ContactId(derived_id(cause=event_id, name="contact", at=NOON)),
        Channel.SMS,
        AddressId(f"tel-{n:024x}"),
        (DebtId(f"debt-{n:024x}"),),
        Purpose.OUTREACH,
        "follow-up",
        "en",
        {"first_name": "Ana", "creditor": "Harbor Bank", "account_last4": "1001", "balance": "$1,234.56"},
        NOON,
        "welcome@1",
        "follow-up",
    )


def approved(request: ContactRequested, meta: Meta) -> ContactApproved:
    """The gate's answer, with as many findings as a pack of rules has."""
    counted = tuple(CountedEvent("counterpoint.contact-attempts.v1", 1, n, NOON) for n in range(2))
    findings = tuple(
        Finding(
            RuleId(f"us.some-rule.{n}"),
            "12 CFR 1006.14(b)(2)(i)",
            FindingResult.ALLOWED,
            "2 of 7 used in the last 7 days",
            None,
            counted if n < 4 else (),
        )
        for n in range(RULES)
    )
    return ContactApproved(
        meta,
        request.contact_id,
        request.channel,
        request.address_id,
        request.debt_ids,
        request.purpose,
        NOON,
        findings,
        AsOf(100_000, 100, 50_000, 90_000, 3),
        "0f" * 16,
        "2026a",
        request.meta.event_id,
        NOON,
    )


def stories(contacts: int) -> list[tuple[Event, str]]:
    """So many consumers with an account and a text each: every event with its record's key."""
    found: list[tuple[Event, str]] = []
    for n in range(contacts):
        request = a_request(n)
        row = PlacementSubmitted(_meta(request.meta, "row"), BatchId("bat-1"), ClientId("harborview"), n, n, FIELDS)
        story = [placed(_meta(request.meta, "placed"), n), request, *_unlike(request)]
        found.append((row, f"harborview/{n}"))
        found += [(event, event.meta.consumer_id) for event in story]
    return found


def _unlike(request: ContactRequested) -> Iterator[Event]:
    for number, event in enumerate(sent(request, request.meta)):
        yield type(event)(_meta(request.meta, str(number)), *[getattr(event, f) for f in event.__struct_fields__[1:]])


def _meta(meta: Meta, name: str) -> Meta:
    event_id = EventId(derived_id(cause=meta.event_id, name=name, at=NOON))
    return Meta(event_id, NOON, meta.consumer_id, meta.correlation_id, meta.event_id, "bench", "1")


def counted(dsn: str) -> int:
    """Rows so far."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select count(*) from reporting.events").fetchone()
    return int(row[0]) if row else 0


async def alone(events: Sequence[tuple[Event, str]], dsn: str, *, profile: bool) -> float:
    """Events a second without a broker: decode, make rows, write them."""
    database = Database(dsn, connections=4)
    await database.open()
    clock = Clock.real()
    runtime = MemoryRuntime([service(storing(database, clock))], clock=clock, partitions=4, batch=500)
    for event, key in events:
        runtime.publish(event, key=key)
    profiler = cProfile.Profile()
    if profile:
        profiler.enable()
    start = time.perf_counter()
    await runtime.run()
    taken = time.perf_counter() - start
    profiler.disable()
    await database.close()
    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)
    return len(events) / taken


async def from_the_broker(events: Sequence[tuple[Event, str]], dsn: str, folder: Path) -> float:
    """Events a second of a process of the service."""
    kafka = Kafka(folder / "kafka", cache=cache_directory(None))
    kafka.start()
    try:
        stack = StackSettings.model_validate({"kafka_bootstrap": kafka.bootstrap})
        await ensure_topics(stack)
        producer = await wait_for_broker(stack)
        publisher = KafkaPublisher(producer=producer, codec=SingleObjectCodec(), clock=Clock.real(), partitions=4)
        for i in range(0, len(events), 2000):
            chunk = events[i : i + 2000]
            await publisher.publish(events=[e for e, _ in chunk], keys=[k for _, k in chunk])
        await producer.stop()
        database = Database(dsn, connections=1)
        await database.open()
        await database.close()
        told = {
            "PATH": os.defpath,
            "COUNTERPOINT_KAFKA_BOOTSTRAP": kafka.bootstrap,
            "COUNTERPOINT_POSTGRES_DSN": dsn,
            "COUNTERPOINT_LOG_LEVEL": "warning",
        }
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "services.reporting", env=told, cwd=HERE)
        try:
            return await _rate(process, dsn, len(events))
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
    finally:
        kafka.stop()


async def _rate(process: asyncio.subprocess.Process, dsn: str, total: int) -> float:
    deadline = time.monotonic() + PATIENCE
    first, start = 0, 0.0
    while (rows := counted(dsn)) < total:
        if rows and not first:
            first, start = rows, time.perf_counter()
        if process.returncode is not None or time.monotonic() > deadline:
            sys.exit(f"{rows:,} of {total:,} events stored, and no more come")
        await asyncio.sleep(0.1)
    return (total - first) / (time.perf_counter() - start)


def main() -> None:
    """Measure both, and keep the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--contacts", type=int, default=20_000)
    parser.add_argument("--profile", action="store_true")
    asked = parser.parse_args()
    where = tables.machine()
    events = stories(asked.contacts)
    with tempfile.TemporaryDirectory(prefix="counterpoint-bench-") as name:
        server = Postgres(Path(name) / "postgres")
        server.start()
        try:
            first, second = (_database(server.dsn, database) for database in ("alone", "brokered"))
            rows: list[tables.Row] = [
                {
                    "what": "decode, rows, PostgreSQL",
                    "events": len(events),
                    "events/s": asyncio.run(alone(events, first, profile=asked.profile)),
                }
            ]
            if not asked.profile:
                rate = asyncio.run(from_the_broker(events, second, Path(name)))
                rows.append({"what": "a process, from the broker", "events": len(events), "events/s": rate})
        finally:
            server.stop()
    if asked.profile:
        print(rows)
    else:
        tables.keep("reporting", "The read model: events stored in a second", where, rows, NOTES)


NOTES = (
    f"Whole stories of 11 events each; a verdict carries the findings of {RULES} rules.",
    "PostgreSQL, the broker and the service share the machine's cores.",
)


def _database(dsn: str, name: str) -> str:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"drop database if exists {name}".encode())
        connection.execute(f"create database {name}".encode())
    return psycopg.conninfo.make_conninfo(dsn, dbname=name)


if __name__ == "__main__":
    main()
