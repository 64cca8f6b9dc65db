"""How many contacts the gate judges in a second on a real broker, against a plain Faust agent on the same job.

Run: python -m bench.gate_throughput. For each contestant: a broker of its own, consumers placed and remembered, the
workers held still while requests are put on the topic, then let go; the time runs from there to the last verdict.
State goes to the changelog, and ours confirms it before a verdict leaves. The figures to compare are the ratios.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition

from bench import tables
from bench.gate_job import NOON, PARTITIONS, mix, placement, pour, request
from chassis.codec import SingleObjectCodec
from chassis.kafka_client import connection
from chassis.kafka_topics import ensure_topics
from chassis.settings import StackSettings
from contracts.events import ContactApproved
from contracts.topic import changelog
from contracts.topics import TOPIC_OF
from counterpoint.embedded import processes
from counterpoint.embedded.downloads import cache_directory
from counterpoint.embedded.kafka import Kafka
from services.compliance.loader import HOUSE, LAW, load_files

HERE = Path(__file__).resolve().parents[1]
VERDICTS = TOPIC_OF[ContactApproved]
PATIENCE = 300.0
PLAIN = "plain Faust agent + Table"
PATH = os.defpath
WHOLE, SMALL = (LAW, HOUSE), (HERE / "bench" / "three_kinds",)


@dataclass(frozen=True, slots=True)
class Contestant:
    """Who judges, with how many processes, and how many requests it gets."""

    name: str
    rules: tuple[Path, ...]
    command: tuple[str, ...]
    workers: int
    requests: int
    remembers: str

    @property
    def consumers(self) -> int:
        """Each is asked about twice."""
        return self.requests // 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one run."""

    per_second: float
    processor: float
    broker: float
    load: float
    verdicts: Mapping[str, int]


async def ends(consumer: AIOKafkaConsumer, topic: str) -> int:
    """How many records a topic has."""
    partitions = [TopicPartition(topic, p) for p in range(PARTITIONS)]
    return sum((await consumer.end_offsets(partitions)).values())


async def reach(consumer: AIOKafkaConsumer, topic: str, count: int) -> float:
    """Wait until a topic has so many records; give back when that was."""
    deadline = time.perf_counter() + PATIENCE
    while await ends(consumer, topic) < count:
        if time.perf_counter() > deadline:
            raise TimeoutError(f"{topic} has {await ends(consumer, topic)} records, not {count}")
        await asyncio.sleep(0.05)
    return time.perf_counter()


async def sample(settings: StackSettings) -> Mapping[str, int]:
    """What kinds of verdicts there are, among the first thousands."""
    consumer = AIOKafkaConsumer(VERDICTS, **connection(settings), auto_offset_reset="earliest")
    await consumer.start()
    codec, kinds = SingleObjectCodec(), []
    try:
        while batches := await consumer.getmany(timeout_ms=1000, max_records=50_000):
            kinds += [type(codec.decode(r.value)).__name__ for records in batches.values() for r in records]
    finally:
        await consumer.stop()
    return mix(kinds)


async def run(contestant: Contestant, directory: Path, profile: bool) -> Outcome:
    """One contestant on a broker of its own."""
    load, consumers = os.getloadavg()[0], contestant.consumers
    kafka = Kafka(directory / "kafka", cache=cache_directory(None), heap="1g")
    kafka.start()
    started: list[processes.Process] = []
    settings = StackSettings.model_validate({"kafka_bootstrap": kafka.bootstrap, "kafka_partitions": PARTITIONS})
    reader = AIOKafkaConsumer(**connection(settings))
    try:
        await ensure_topics(settings)
        await reader.start()
        await pour(settings, (placement(n) for n in range(consumers)))
        await start(contestant, kafka, directory, started)
        await reach(reader, contestant.remembers, consumers)
        await asyncio.sleep(2)  # the last offsets are committed, and everybody is idle
        for process in started:
            process.send(signal.SIGSTOP)
        await pour(settings, (request(n, consumers) for n in range(contestant.requests)))
        broker = [kafka.process] if kafka.process else []
        begin, before, idle = time.perf_counter(), _cpu_seconds(started), _cpu_seconds(broker)
        for process in started:
            process.send(signal.SIGCONT)
        if profile:
            await _profile(started[0], contestant.name)
        end = await reach(reader, VERDICTS, contestant.requests)
        each, its = ((_cpu_seconds(p) - b) / contestant.requests * 1e6 for p, b in ((started, before), (broker, idle)))
        return Outcome(contestant.requests / (end - begin), each, its, load, await sample(settings))
    finally:
        await reader.stop()
        for process in started:
            processes.stop(process)
        kafka.stop()


async def start(contestant: Contestant, kafka: Kafka, directory: Path, started: list[processes.Process]) -> None:
    """Start its workers; ours are waited for until each has its partitions."""
    ports = processes.free_ports(contestant.workers)
    logs = [directory / f"worker-{n}.log" for n in range(contestant.workers)]
    for n, (port, log) in enumerate(zip(ports, logs, strict=True)):
        command = [part.format(bootstrap=kafka.bootstrap) for part in contestant.command]
        surroundings = environment(kafka.bootstrap, port)
        started.append(processes.start(f"worker-{n}", command, log=log, environment=surroundings, directory=directory))
    if contestant.remembers.startswith("counterpoint."):
        await asyncio.sleep(3)  # all of them have joined before the first is asked
        for process, port, log in zip(started, ports, logs, strict=True):
            await ready(process, port, log)


async def ready(process: processes.Process, port: int, log: Path) -> None:
    """Wait until a worker says that it is ready."""
    deadline = time.perf_counter() + 60
    async with httpx.AsyncClient(trust_env=False) as client:
        while time.perf_counter() < deadline and process.alive():
            try:
                if (await client.get(f"http://127.0.0.1:{port}/readyz")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
    raise TimeoutError(f"a worker did not become ready:\n{processes.last_lines(log)}")


def _cpu_seconds(some: Sequence[processes.Process]) -> float:
    found = (Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split() for process in some)
    return sum(int(fields[11]) + int(fields[12]) for fields in found) / os.sysconf("SC_CLK_TCK")


async def _profile(process: processes.Process, name: str) -> None:
    flames = Path(tempfile.gettempdir()) / f"{name.split()[0]}.txt"
    command = ["py-spy", "record", "-p", str(process.pid), "-d", "4", "-r", "200", "-t", "-f", "raw", "-o", str(flames)]
    spying = await asyncio.create_subprocess_exec(*command)
    await spying.wait()
    print(f"profile in {flames}", file=sys.stderr)


def environment(bootstrap: str, port: int) -> Mapping[str, str]:
    """Settings of a worker."""
    return {
        "PATH": PATH,
        "PYTHONPATH": str(HERE),
        "COUNTERPOINT_KAFKA_BOOTSTRAP": bootstrap,
        "COUNTERPOINT_KAFKA_PARTITIONS": str(PARTITIONS),
        "COUNTERPOINT_CLOCK_START": NOON.isoformat(),
        "COUNTERPOINT_CLOCK_ANCHOR": str(time.time()),
        "COUNTERPOINT_SESSION_TIMEOUT": "60",
        "COUNTERPOINT_COMPLIANCE_HTTP_PORT": str(port),
    }


def contestants(requests: int, plain_requests: int, most_workers: int) -> Sequence[Contestant]:
    """By all rules and by a few: ours with one process and with more; Faust's way, which is slower, with less."""
    kept, plain_kept = changelog("compliance"), "plain-gate-state-changelog"
    found = []
    for rules in (WHOLE, SMALL):
        folders = tuple(map(str, rules))
        ours = ("services.compliance",) if rules is WHOLE else ("bench.gate_worker", *folders)
        plain = (sys.executable, "-m", "bench.plain_faust", "{bootstrap}", "plain", *folders)
        for n in (1, most_workers):
            name = f"gate, {n} process{'es' if n > 1 else ''}"
            found.append(Contestant(name, rules, (sys.executable, "-m", *ours), n, requests, kept))
        found.append(Contestant(PLAIN, rules, plain, 1, plain_requests, plain_kept))
    return found


def main() -> None:
    """Run all, write the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--requests", type=int, default=100_000)
    arguments.add_argument("--plain-requests", type=int, default=20_000)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--only", default="", help="contestants whose name has this, and no table")
    arguments.add_argument("--profile", action="store_true", help="by py-spy, which must be on the path")
    given = arguments.parse_args()
    where = tables.machine()
    outcomes: list[tuple[Contestant, Outcome]] = []
    for contestant in contestants(given.requests, given.plain_requests, given.workers):
        if given.only in contestant.name:
            with tempfile.TemporaryDirectory() as directory:
                outcomes.append((contestant, asyncio.run(run(contestant, Path(directory), given.profile))))
            print(contestant.name, outcomes[-1][1], file=sys.stderr)
    if given.only:
        return
    plain = {c.rules: o.per_second for c, o in outcomes if c.name == PLAIN}
    rows: list[tables.Row] = [
        {
            "runtime": c.name,
            "rules": len(load_files(c.rules)),
            "decisions/s": round(o.per_second),
            "times plain Faust": round(o.per_second / plain[c.rules], 1),
            "workers' µs each": round(o.processor),
            "broker's µs each": round(o.broker),
            "load before": round(o.load, 1),
            "verdicts": ", ".join(f"{kind} {count:,}" for kind, count in o.verdicts.items()),
        }
        for c, o in outcomes
    ]
    notes = [
        f"every consumer is asked about twice; {PARTITIONS} partitions; broker, workers and measuring share the cores",
        "time from letting the workers go to the last verdict on its topic; µs are of a processor",
        "load before says how many others wanted the cores: with any, the ratios and the µs count, not the decisions/s",
    ]
    tables.keep("gate_throughput", "The gate on a real broker", where, rows, notes)


if __name__ == "__main__":
    main()
