"""How many events one orchestrator takes in a second on a real broker, and how late its timers are while it is busy.

Run: python -m bench.orchestrator_throughput. Four parts on one broker: consumers are placed; all their timers are due
at once; every contact is answered; then timers fall due while events come at a steady pace. State goes to the
changelog and is confirmed before anything leaves. Broker, orchestrator and measuring share the cores.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count, islice
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from bench import tables
from bench.gate_job import PARTITIONS, pour
from bench.gate_throughput import HERE, PATH, ends, reach, ready
from bench.orchestrator_core import PLACED, a_placement, accepted, approved, delivered, started
from chassis.codec import SingleObjectCodec
from chassis.kafka_client import connection
from chassis.kafka_topics import ensure_topics
from chassis.settings import StackSettings
from contracts.events import Channel, ContactRequested, Event, Meta, OptedIn, TimerDue
from contracts.ids import EventId, derived_id
from contracts.topics import TOPIC_OF
from counterpoint.embedded import processes
from counterpoint.embedded.downloads import cache_directory
from counterpoint.embedded.kafka import Kafka
from services.orchestrator.service import READS

PATIENCE = 300.0
STANDING = 86_400.0
LATER = timedelta(hours=9)
"""From when consumers are placed to when all their timers are due: four in the afternoon in New York."""
MORNING, RATE = timedelta(hours=3, minutes=30), 60.0
"""When timers begin to fall due under load, half past nine in New York, and how fast time runs then."""
SECONDS, SETTLING = 25, 8
"""How long that lasts in real seconds, and after how many the crowd is gone that was due at the start."""


class Bench:
    """One broker, one orchestrator at a time."""

    def __init__(self, kafka: Kafka, directory: Path, people: int) -> None:
        self.settings = StackSettings.model_validate(
            {"kafka_bootstrap": kafka.bootstrap, "kafka_partitions": PARTITIONS}
        )
        self.rows: list[tables.Row] = []
        self._kafka = kafka
        self._directory = directory
        self._people = people
        self._worker: processes.Process | None = None

    async def start(self, clock: datetime, anchor: float, rate: float = 1.0) -> None:
        """Start a worker at a time of its own, and wait until it has its partitions."""
        (port,) = processes.free_ports(1)
        log = self._directory / "worker.log"
        surroundings = {
            "PATH": PATH,
            "PYTHONPATH": str(HERE),
            "COUNTERPOINT_KAFKA_BOOTSTRAP": self._kafka.bootstrap,
            "COUNTERPOINT_KAFKA_PARTITIONS": str(PARTITIONS),
            "COUNTERPOINT_CLOCK_START": clock.isoformat(),
            "COUNTERPOINT_CLOCK_ANCHOR": str(anchor),
            "COUNTERPOINT_CLOCK_RATE": str(rate),
            "COUNTERPOINT_SESSION_TIMEOUT": "60",
            "COUNTERPOINT_ORCHESTRATOR_HTTP_PORT": str(port),
        }
        command = [sys.executable, "-m", "services.orchestrator"]
        self._worker = processes.start("worker", command, log=log, environment=surroundings, directory=self._directory)
        await ready(self._worker, port, log)

    def stop(self) -> None:
        """Stop the worker."""
        if self._worker is not None:
            processes.stop(self._worker)

    async def take(self, name: str, events: Iterator[Event]) -> None:
        """Note how fast the worker takes events that were put on their topics while it stood still."""
        assert self._worker is not None
        self._worker.send(signal.SIGSTOP)
        poured = await pour(self.settings, events)
        begin, used = time.perf_counter(), self._processor()
        self._worker.send(signal.SIGCONT)
        await self._caught_up()
        self._note(name, poured, begin, used)

    def _note(self, name: str, events: int, begin: float, used: float) -> None:
        spent = time.perf_counter() - begin
        each = (self._processor() - used) / events * 1e6
        self.rows.append({"part": name, "events": events, "events/s": events / spent, "worker's µs each": each})
        print(self.rows[-1], file=sys.stderr)

    def _processor(self) -> float:
        assert self._worker is not None
        fields = Path(f"/proc/{self._worker.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def _caught_up(self) -> None:
        """Wait until all that the orchestrator reads is handled and committed."""
        parts = [TopicPartition(t, p) for t in sorted({TOPIC_OF[kind] for kind in READS}) for p in range(PARTITIONS)]
        consumer, admin = (
            AIOKafkaConsumer(**connection(self.settings)),
            AIOKafkaAdminClient(**connection(self.settings)),
        )
        await consumer.start()
        await admin.start()
        deadline = time.perf_counter() + PATIENCE
        try:
            while time.perf_counter() < deadline:
                done = {tp: at.offset for tp, at in (await admin.list_consumer_group_offsets("orchestrator")).items()}
                last = await consumer.end_offsets(parts)
                if all(end == 0 or done.get(tp, 0) >= end for tp, end in last.items()):
                    return
                await asyncio.sleep(0.05)
            raise TimeoutError("the orchestrator does not catch up")
        finally:
            await consumer.stop()
            await admin.close()

    async def ring(self) -> None:
        """Note how fast timers that are due all at once go through the log, and lead to requests."""
        reader = AIOKafkaConsumer(**connection(self.settings))
        await reader.start()
        try:
            topic = TOPIC_OF[ContactRequested]
            asked = await ends(reader, topic)
            begin = time.perf_counter()
            await self.start(PLACED + LATER, time.time() + STANDING)
            first = time.perf_counter()
            used = self._processor()
            done = await ends(reader, topic) - asked
            await reach(reader, topic, asked + self._people)
            self._note("timers, all due at once", self._people - done, first, used)
            print(f"state of {self._people:,} read back and joined in {first - begin:.1f} s", file=sys.stderr)
        finally:
            await reader.stop()

    async def read(self, kind: type[Event]) -> list[tuple[Event, int]]:
        """All events of a topic, each with its record's time in milliseconds."""
        codec = SingleObjectCodec()
        consumer = AIOKafkaConsumer(TOPIC_OF[kind], **connection(self.settings), auto_offset_reset="earliest")
        await consumer.start()
        try:
            found: list[tuple[Event, int]] = []
            last = await ends(consumer, TOPIC_OF[kind])
            while len(found) < last:
                batches = await consumer.getmany(timeout_ms=1000, max_records=50_000)
                found += [(codec.decode(r.value), r.timestamp) for records in batches.values() for r in records]
            return found
        finally:
            await consumer.stop()

    async def under_load(self, per_second: int) -> str:
        """Let timers fall due while facts come at a steady pace, and say how late they entered the log."""
        morning, begins = PLACED + MORNING, time.time() + 10
        await self.start(morning, begins, RATE)
        await asyncio.sleep(max(0.0, begins - time.time()))
        facts, handed = said(self._people, morning), 0
        while time.time() < begins + SECONDS:
            start = time.perf_counter()
            handed += await pour(self.settings, islice(facts, per_second // 2))
            await asyncio.sleep(max(0.0, 0.5 - (time.perf_counter() - start)))
        first = morning + timedelta(seconds=RATE * SETTLING)
        timers = [(e.due_at, at) for e, at in await self.read(TimerDue) if isinstance(e, TimerDue) and e.due_at > first]
        late = sorted((at / 1000 - due.timestamp()) / RATE for due, at in timers)
        due_each = len(late) / (SECONDS - SETTLING)
        return (
            f"{handed / SECONDS:,.0f} facts/s handed over, {due_each:,.0f} timers/s falling due: "
            f"a timer entered the log {late[len(late) // 2]:.2f} s after it was due in the middle, "
            f"{late[int(len(late) * 0.99)]:.2f} s at p99, {late[-1]:.2f} s at most"
        )


def said(people: int, at: datetime) -> Iterator[Event]:
    """Facts about consumers, one after another, each of which changes a record."""
    for n in count():
        placed = a_placement(n % people)
        event_id = EventId(derived_id(cause="said", name=str(n), at=at))
        meta = Meta(event_id, at, placed.meta.consumer_id, event_id, None, "bench", "0.1.0")
        yield OptedIn(meta, Channel.SMS, placed.phones[0].address_id, "bench", at + timedelta(seconds=n // people))


@asynccontextmanager
async def placed(people: int) -> AsyncIterator[Bench]:
    """A broker of its own, with consumers who are placed and wait for their first contact; no worker runs."""
    with tempfile.TemporaryDirectory() as directory:
        kafka = Kafka(Path(directory) / "kafka", cache=cache_directory(None), heap="1g")
        kafka.start()
        bench = Bench(kafka, Path(directory), people)
        try:
            await ensure_topics(bench.settings)
            await bench.start(PLACED, time.time() + STANDING)
            await bench.take("placed, entering a strategy", (a_placement(n) for n in range(people)))
            bench.stop()
            yield bench
        finally:
            bench.stop()
            kafka.stop()


async def run(people: int, per_second: int) -> tuple[Sequence[tables.Row], Sequence[str]]:
    """All parts."""
    async with placed(people) as bench:
        await bench.ring()
        requests = [e for e, _ in await bench.read(ContactRequested) if isinstance(e, ContactRequested)]
        await bench.take("approved, started", (make(r) for make in (approved, started) for r in requests))
        await bench.take("accepted, delivered", (make(r) for make in (accepted, delivered) for r in requests))
        rows = bench.rows
    async with placed(people) as bench:
        return rows, [await bench.under_load(per_second)]


def main() -> None:
    """Run all, write the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, default=40_000)
    arguments.add_argument("--per-second", type=int, default=2_000, help="facts while timers fall due")
    given = arguments.parse_args()
    where = tables.machine()
    rows, notes = asyncio.run(run(given.people, given.per_second))
    notes = [
        f"{PARTITIONS} partitions, one worker; broker, worker and measuring share the cores",
        "load before says how many others wanted the cores: with any, the worker's µs count, not the events/s",
        "each event changes a record, so a changelog entry and a profile follow from it",
        *notes,
    ]
    tables.keep("orchestrator_throughput", "The orchestrator on a real broker", where, rows, notes)


if __name__ == "__main__":
    main()
