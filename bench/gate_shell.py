"""What a decision costs a worker without a broker: the gate's partitions fed from memory, writing into batches.

Run: python -m bench.gate_shell [--rules few]. Everything that a worker does for a record is in it, down to compressed
batches for the broker; the network, the group and the client's own work are not. Times are of the processor.
"""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
from time import process_time

from aiokafka.producer.message_accumulator import BatchBuilder
from msgspec import Struct

from bench.gate_job import NOON, PARTITIONS, placement, request
from chassis.clock import milliseconds
from chassis.codec import SingleObjectCodec
from chassis.dead_letters import DeadLetter, DeadLetterLimit
from chassis.kafka_client import BATCH_BYTES
from chassis.main import rest_collector
from chassis.routing import headers_of, partition_for
from chassis.runtime.changelog import Output, Recovery
from chassis.runtime.memory import HandClock
from chassis.runtime.partition import PartitionWorker
from chassis.service import AnyService
from contracts.events import Event
from contracts.topics import TOPIC_OF
from services.compliance.loader import HOUSE, LAW, load_rules
from services.compliance.service import service

FEW = Path(__file__).resolve().parent / "three_kinds"


class Given(Struct):
    """A record as a poll gives it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Batches:
    """A log that goes as far as the bytes of each batch."""

    def __init__(self) -> None:
        self.written = 0

    def put(self, items: Sequence[tuple[bytes | None, bytes | None, Sequence[tuple[str, bytes]]]]) -> None:
        """Put records into batches, and compress them."""
        batch = BatchBuilder(BATCH_BYTES, 4)
        for key, value, headers in items:
            if batch.append(key=key, value=value, timestamp=1, headers=list(headers)) is None:
                self.written += len(batch._build())
                batch = BatchBuilder(BATCH_BYTES, 4)
                batch.append(key=key, value=value, timestamp=1, headers=list(headers))
        self.written += len(batch._build())

    async def append_changes(self, *, changes: Sequence[tuple[bytes, bytes]]) -> None:
        """Write to the changelog."""
        self.put([(key, value, ()) for key, value in changes])

    async def append(self, *, outputs: Sequence[Output]) -> None:
        """Write outcomes."""
        groups: dict[tuple[str, int], list[tuple[bytes | None, bytes | None, Sequence[tuple[str, bytes]]]]] = {}
        for o in outputs:
            groups.setdefault((o.topic, o.partition), []).append((o.key, o.value, o.headers))
        for items in groups.values():
            self.put(items)

    async def set_aside(self, *, letters: Sequence[DeadLetter]) -> None:
        """Nothing here is unreadable."""
        raise AssertionError("a record of the bench could not be read")


def given(events: Sequence[Event], start: int) -> list[list[Given]]:
    """Events as records, by partition."""
    codec = SingleObjectCodec()
    found: list[list[Given]] = [[] for _ in range(PARTITIONS)]
    for event in events:
        key = event.meta.consumer_id
        partition = partition_for(key, PARTITIONS)
        offset = start + len(found[partition])
        found[partition].append(
            Given(
                TOPIC_OF[type(event)],
                partition,
                offset,
                milliseconds(NOON),
                key.encode(),
                codec.encode(event),
                headers_of(event),
            )
        )
    return found


async def feed(workers: Sequence[PartitionWorker], records: list[list[Given]], batch: int) -> float:
    """Give each worker its records in batches, in turn; seconds of the processor for each record."""
    count = sum(map(len, records))
    begin = process_time()
    for start in range(0, max(map(len, records)), batch):
        await asyncio.gather(
            *(
                w.process(r[start : start + batch])
                for w, r in zip(workers, records, strict=True)
                if r[start : start + batch]
            )
        )
    return (process_time() - begin) / count


async def fresh(judging: AnyService, clock: HandClock) -> list[PartitionWorker]:
    """Workers for every partition of a service, which remember nothing yet."""
    log = Batches()
    workers = [
        PartitionWorker(
            service=judging,
            partition=p,
            partitions=PARTITIONS,
            codec=SingleObjectCodec(),
            log=log,
            clock=clock,
            limit=DeadLetterLimit(1),
        )
        for p in range(PARTITIONS)
    ]
    for worker in workers:
        await worker.adopt(epoch=0, recovery=Recovery({}), seen={})
    rest_collector()
    return workers


async def measure(rules: Sequence[Path], consumers: int, batch: int) -> list[float]:
    """Microseconds for a placement, a first request and a second one."""
    workers = await fresh(service(load_rules(rules)), HandClock(NOON))
    taken = [await feed(workers, given([placement(n) for n in range(consumers)], 0), batch)]
    for turn in range(2):
        records = given([request(n + turn * consumers, consumers) for n in range(consumers)], turn * consumers)
        taken.append(await feed(workers, records, batch))
    return [seconds * 1e6 for seconds in taken]


def main() -> None:
    """Measure, and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rules", choices=("all", "few"), default="all")
    arguments.add_argument("--consumers", type=int, default=30_000)
    arguments.add_argument("--batch", type=int, default=500)
    told = arguments.parse_args()
    rules = [LAW, HOUSE] if told.rules == "all" else [FEW]
    placed, first, second = asyncio.run(measure(rules, told.consumers, told.batch))
    print(f"µs each: placement {placed:.1f}, first request {first:.1f}, second {second:.1f}")


if __name__ == "__main__":
    main()
