"""How long a killed gate takes until it has the state of its consumers back, and judges again.

Run: python -m bench.recovery. Consumers are placed and remembered; the worker is killed with no warning and started
again; the time runs from the new process's start to when it is ready, the old one's session included.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from aiokafka import AIOKafkaConsumer

from bench import tables
from bench.gate_job import PARTITIONS, placement, pour
from bench.gate_throughput import environment, reach, ready
from chassis.kafka_client import connection
from chassis.kafka_topics import ensure_topics
from chassis.settings import StackSettings
from contracts.topic import changelog
from counterpoint.embedded import processes
from counterpoint.embedded.downloads import cache_directory
from counterpoint.embedded.kafka import Kafka

COMMAND = (sys.executable, "-m", "services.compliance")


async def measure(consumers: int, kills: int, directory: Path) -> list[float]:
    """Seconds until the state is back, for each kill."""
    kafka = Kafka(directory / "kafka", cache=cache_directory(None), heap="1g")
    kafka.start()
    settings = StackSettings.model_validate({"kafka_bootstrap": kafka.bootstrap, "kafka_partitions": PARTITIONS})
    reader = AIOKafkaConsumer(**connection(settings))
    (port,) = processes.free_ports(1)
    log = directory / "worker.log"
    surroundings = {**environment(kafka.bootstrap, port), "COUNTERPOINT_SESSION_TIMEOUT": "6"}
    worker = None
    try:
        await ensure_topics(settings)
        await reader.start()
        worker = processes.start("gate", COMMAND, log=log, environment=surroundings, directory=directory)
        await pour(settings, (placement(n) for n in range(consumers)))
        await reach(reader, changelog("compliance"), consumers)
        taken = []
        for _ in range(kills):
            processes.kill(worker)
            begin = time.perf_counter()
            worker = processes.start("gate", COMMAND, log=log, environment=surroundings, directory=directory)
            await ready(worker, port, log)
            taken.append(time.perf_counter() - begin)
        return taken
    finally:
        await reader.stop()
        if worker is not None:
            processes.stop(worker)
        kafka.stop()


def main() -> None:
    """Measure and write the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--consumers", type=int, default=200_000)
    arguments.add_argument("--kills", type=int, default=3)
    given = arguments.parse_args()
    where = tables.machine()
    with tempfile.TemporaryDirectory() as directory:
        taken = asyncio.run(measure(given.consumers, given.kills, Path(directory)))
    rows: list[tables.Row] = [
        {"kill": n + 1, "consumers": given.consumers, "seconds until ready": round(seconds, 1)}
        for n, seconds in enumerate(taken)
    ]
    notes = ["from the start of the new process; the killed worker's session of 6 s has to end in that time"]
    tables.keep("recovery", "State after kill -9", where, rows, notes)


if __name__ == "__main__":
    main()
