"""How many decisions a replay makes again in a second, from a real broker, all partitions at once.

Run: python -m bench.replay. The log is made by the real gate on a log in memory: consumers are asked for day after day,
what is approved is sent and delivered. It is copied onto a broker as it is, and `counterpoint replay` does its work.
"""

import argparse
import asyncio
import gc
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from msgspec.structs import replace

from bench import tables
from bench.gate_job import NOON, PARTITIONS, placement, request
from chassis.kafka_client import Item, put, wait_for_broker
from chassis.kafka_topics import ensure_topics
from chassis.runtime.memory import HandClock, MemoryRuntime, Record
from chassis.settings import StackSettings
from contracts.events import (
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    Channel,
    Event,
    Meta,
    ReasonClass,
    TextApproved,
)
from contracts.ids import AttemptId, EventId, derived_id
from contracts.topics import TOPICS
from counterpoint.audit.decisions import Walk
from counterpoint.audit.history import MemoryHistory
from counterpoint.audit.packs import SHIPPED
from counterpoint.audit.replay import replay_all
from counterpoint.embedded.downloads import cache_directory
from counterpoint.embedded.kafka import Kafka
from services.compliance.loader import load_files, rule_set
from services.compliance.service import Gate, packaged_zone_data, service

ROUNDS = 3
ZONE_DATA = packaged_zone_data()


async def history(consumers: int, days: int) -> MemoryRuntime:
    """So many days on a log in memory."""
    clock = HandClock(NOON)
    runtime = MemoryRuntime([service(rule_set(load_files(SHIPPED)))], clock=clock, partitions=PARTITIONS)
    runtime.publish(*(placement(n) for n in range(consumers)))
    read = 0
    for day in range(days):
        clock.at = NOON + timedelta(days=day)
        for n in range(consumers):
            asked = request(day * consumers + n, consumers)
            runtime.publish(replace(asked, not_after=clock.at + timedelta(days=1)))
        await runtime.run()
        approvals = runtime.events(TextApproved)
        for approval in approvals[read:]:
            if isinstance(approval, TextApproved):
                runtime.publish(*sent(approval, clock))
        read = len(approvals)
        await runtime.run()
        print(f"day {day + 1}: {read} approved", file=sys.stderr)
    return runtime


def sent(approval: TextApproved, clock: HandClock) -> Sequence[Event]:
    """What its channel says of an approved text."""
    attempt_id = AttemptId(f"attempt-{approval.contact_id}")
    shared = (approval.contact_id, attempt_id, Channel.SMS, approval.address_id, "twilio")

    def head(name: str) -> Meta:
        event_id = EventId(derived_id(cause=approval.meta.event_id, name=name, at=clock.at))
        return replace(approval.meta, event_id=event_id, occurred_at=clock.at, producer="sms")

    delivered = AttemptStatusChanged(
        head("delivered"), *shared, "SM1", AttemptStatus.DELIVERED, True, ReasonClass.NONE, None, clock.at
    )
    return AttemptStarted(head("started"), *shared, clock.at), delivered


async def copy(runtime: MemoryRuntime, settings: StackSettings) -> None:
    """Every record onto the broker, with its own offset and timestamp."""
    producer = await wait_for_broker(settings)
    try:
        for (topic, partition), records in runtime.broker.records.items():
            if topic in TOPICS:
                for timestamp, items in same_time(records):
                    batches = await put(producer, topic, partition, items, timestamp)
                    await asyncio.gather(*(b.confirmed for b in batches))
    finally:
        await producer.stop()


def same_time(records: Sequence[Record]) -> Iterator[tuple[int, list[Item]]]:
    """Records in runs of one timestamp."""
    for timestamp, run in groupby(records, key=lambda r: r.timestamp):
        yield timestamp, [(r.key, r.value, r.headers) for r in run]


async def core_alone(runtime: MemoryRuntime) -> float:
    """Microseconds of a processor for one decision of this log in the gate's core, and nothing around it."""
    history, gate = MemoryHistory(runtime.broker, runtime.codec), Gate(rule_set(load_files(SHIPPED)), ZONE_DATA)
    walk = Walk(history, 0, gate)
    await walk.begin()
    decisions = [d async for d in walk.decisions()]
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.process_time()
        for d in decisions:
            gate.decide(state=d.state, event=d.asked, context=d.context)
        best = min(best, time.process_time() - begin)
    return best / len(decisions) * 1e6


def measure(settings: StackSettings, processes: int, core: float) -> tables.Row:
    """A replay of the whole log."""
    load = os.getloadavg()[0]
    begin, before = time.perf_counter(), _processor()
    found = replay_all(settings, load_files(SHIPPED), processes)
    seconds, used = time.perf_counter() - begin, _processor() - before
    each = used / found.decisions * 1e6
    return {
        "processes": processes,
        "decisions": found.decisions,
        "approvals": found.approvals,
        "differences": found.differences,
        "seconds": round(seconds, 1),
        "decisions/s": round(found.decisions / seconds),
        "µs each": round(each, 1),
        "core's µs each": round(core, 1),
        "times the core": round(each / core, 2),
        "load before": f"{load:.1f}",
    }


def _processor() -> float:
    """Seconds of a processor that processes which have ended have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Make the log, replay it, write the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--consumers", type=int, default=5_000)
    arguments.add_argument("--days", type=int, default=20)
    given = arguments.parse_args()
    where = tables.machine()
    runtime = asyncio.run(history(given.consumers, given.days))
    core = asyncio.run(core_alone(runtime))
    with tempfile.TemporaryDirectory() as directory:
        kafka = Kafka(Path(directory) / "kafka", cache=cache_directory(None))
        kafka.start()
        try:
            settings = StackSettings.model_validate(
                {"kafka_bootstrap": kafka.bootstrap, "kafka_partitions": PARTITIONS}
            )
            asyncio.run(ensure_topics(settings))
            asyncio.run(copy(runtime, settings))
            del runtime
            gc.collect()  # what a fork shares, it should not have to walk through
            rows = [measure(settings, processes, core) for processes in range(1, (os.cpu_count() or 1) + 1)]
        finally:
            kafka.stop()
    notes = [
        f"{given.consumers:,} consumers, {given.days} days, {PARTITIONS} partitions, {len(load_files(SHIPPED))} rules",
        "starting the processes, reading the topics and comparing are in it; the broker shares the cores",
        "µs are of a processor; the core's are for `decide` alone, of the same log's decisions, from memory",
        "load before says how many others wanted the cores: with any, the ratio counts, not the decisions/s",
    ]
    tables.keep("replay", "Deciding a log again", where, rows, notes)


if __name__ == "__main__":
    main()
