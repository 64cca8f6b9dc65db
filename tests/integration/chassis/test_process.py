"""A service as a process on a real broker that is down, goes away, or has the wrong topics: clear words, nothing lost.

A green run does not prove it for a cluster of several brokers, of which some go.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from chassis.clock import Clock
from chassis.codec import SingleObjectCodec
from chassis.kafka_client import KafkaPublisher, wait_for_broker
from chassis.kafka_topics import ensure_topics
from chassis.settings import StackSettings
from counterpoint.embedded.kafka import Kafka
from counterpoint.embedded.processes import free_ports
from tests.contract.tally import payment, request

HERE = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"  # the broker outlives its Popen
)


class Worker:
    """The tally's process."""

    def __init__(self, broker: Kafka, directory: Path, **settings: str) -> None:
        (self.port,) = free_ports(1)
        self.log = directory / "worker.log"
        self.did_file = directory / "did.txt"
        self._settings = {
            **{k: v for k, v in os.environ.items() if not k.startswith("COUNTERPOINT_")},
            "COUNTERPOINT_KAFKA_BOOTSTRAP": broker.bootstrap,
            "COUNTERPOINT_SESSION_TIMEOUT": "2",
            "COUNTERPOINT_COMPLIANCE_HTTP_PORT": str(self.port),
            "COUNTERPOINT_COMPLIANCE_DID_FILE": str(self.did_file),
            **{f"COUNTERPOINT_{name.upper()}": value for name, value in settings.items()},
        }

    async def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.integration.chassis.tally_process",
                env=self._settings,
                cwd=HERE,
                stdout=log,
                stderr=log,
            )

    async def ended(self) -> int:
        """Wait for its end; give back its exit code."""
        async with asyncio.timeout(60):
            return await self.process.wait()

    async def ready(self) -> None:
        """Wait until it is."""
        async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(60):
            while True:
                assert self.process.returncode is None, self.log.read_text()[-3000:]
                try:
                    if (await client.get(f"http://127.0.0.1:{self.port}/readyz")).is_success:
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(0.05)

    async def alive(self) -> Mapping[str, object]:
        """What it says of being ready."""
        async with httpx.AsyncClient(trust_env=False) as client:
            answer: Mapping[str, object] = (await client.get(f"http://127.0.0.1:{self.port}/readyz")).json()
            return answer

    def lines(self, event: str) -> list[dict[str, object]]:
        """Lines of its log with this name."""
        found = []
        for line in self.log.read_text().splitlines():
            if line.startswith("{"):
                said = json.loads(line)
                if said["event"] == event:
                    found.append(said)
        return found

    def did(self) -> Counter[str]:
        """How often it did what."""
        return Counter(self.did_file.read_text().split()) if self.did_file.exists() else Counter()


async def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - files tell nobody that they changed
            await asyncio.sleep(0.05)


@asynccontextmanager
async def a_worker(broker: Kafka, directory: Path, **settings: str) -> AsyncIterator[Worker]:
    """A started process, ended at the end."""
    worker = Worker(broker, directory, **settings)
    await worker.start()
    try:
        yield worker
    finally:
        if worker.process.returncode is None:
            worker.process.kill()
            await worker.process.wait()


@asynccontextmanager
async def a_publisher(broker: Kafka) -> AsyncIterator[KafkaPublisher]:
    """Something that puts events on topics."""
    settings = StackSettings.model_validate({"kafka_bootstrap": broker.bootstrap})
    producer = await wait_for_broker(settings)
    try:
        yield KafkaPublisher(producer=producer, codec=SingleObjectCodec(), clock=Clock.real(), partitions=4)
    finally:
        await producer.stop()


def asked(first: int, count: int) -> list[str]:
    """The requests that `publish` makes."""
    return [f"con-{n}-1" for n in range(first, first + count)]


async def publish(publisher: KafkaPublisher, first: int, count: int) -> None:
    """A payment and a request of each of some consumers."""
    for n in range(first, first + count):
        await publisher.publish(events=[payment(f"con-{n}", 1), request(f"con-{n}", 1)])


async def test_wrong_topics_and_settings_end_a_process_with_what_to_do(own_broker: Kafka, tmp_path: Path) -> None:
    async with a_worker(own_broker, tmp_path) as worker:
        assert await worker.ended() == 1
        (line,) = worker.lines("service.halted")
        assert line["kind"] == "WrongTopology"
        assert "topics are missing, the first is counterpoint." in str(line["reason"])
        assert "run `counterpoint topics`" in str(line["reason"])
    await ensure_topics(StackSettings.model_validate({"kafka_bootstrap": own_broker.bootstrap}))
    (tmp_path / "worker.log").unlink()
    async with a_worker(own_broker, tmp_path, kafka_partitions="3") as worker:
        assert await worker.ended() == 1
        (line,) = worker.lines("service.halted")
        assert "has 4 partitions and COUNTERPOINT_KAFKA_PARTITIONS says 3" in str(line["reason"])
    async with a_worker(own_broker, tmp_path, kafka_partition="4") as worker:
        assert await worker.ended() == 1
        said = worker.log.read_text().splitlines()[-1]
        assert said.startswith("compliance: COUNTERPOINT_KAFKA_PARTITION is set, but there is no such setting")


async def test_told_to_stop_it_finishes_and_the_next_one_goes_on_from_there(own_broker: Kafka, tmp_path: Path) -> None:
    await ensure_topics(StackSettings.model_validate({"kafka_bootstrap": own_broker.bootstrap}))
    async with a_publisher(own_broker) as publisher:
        async with a_worker(own_broker, tmp_path) as worker:
            await worker.ready()
            publishing = asyncio.create_task(publish(publisher, 0, 200))
            await until(lambda: worker.did())
            worker.process.terminate()
            assert await worker.ended() == 0
            assert worker.lines("service.stopped")
            await publishing
        async with a_worker(own_broker, tmp_path) as worker:
            await until(lambda: len(worker.did()) == 200)
            async with httpx.AsyncClient(trust_env=False) as client:
                told = (await client.get(f"http://127.0.0.1:{worker.port}/metrics")).text
            assert 'counterpoint_events_repeated_total{service="compliance"}' not in told
        assert worker.did() == Counter(asked(0, 200))


async def test_a_broker_that_is_down_at_start_and_goes_away_later_costs_nothing(
    own_broker: Kafka, tmp_path: Path
) -> None:
    await ensure_topics(StackSettings.model_validate({"kafka_bootstrap": own_broker.bootstrap}))
    own_broker.stop()
    async with AsyncExitStack() as opened:
        worker = await opened.enter_async_context(a_worker(own_broker, tmp_path))
        await until(lambda: worker.lines("broker.unreachable"))
        assert (await worker.alive())["reason"] == "starting"
        await asyncio.to_thread(own_broker.start)
        await worker.ready()
        publisher = await opened.enter_async_context(a_publisher(own_broker))
        await publish(publisher, 0, 50)
        await away(own_broker, worker, publisher, 50, seconds=3)
        await asyncio.to_thread(own_broker.kill)
        await asyncio.to_thread(own_broker.start)
        await publish(publisher, 100, 50)
        await handled(worker, 150)
    assert worker.did() == Counter(asked(0, 150))


async def away(broker: Kafka, worker: Worker, publisher: KafkaPublisher, first: int, *, seconds: float) -> None:
    """Let the broker hang while work is under way."""
    publishing = asyncio.create_task(publish(publisher, first, 50))
    await until(lambda: len(worker.did()) > first)
    broker.pause()
    await asyncio.sleep(seconds)  # that long it is away
    broker.resume()
    await publishing


async def handled(worker: Worker, count: int) -> None:
    """Wait until all is done; a worker that stopped, saying why, is started again, as a supervisor would."""
    async with asyncio.timeout(90):
        while len(worker.did()) < count:
            if worker.process.returncode is not None:
                assert worker.process.returncode == 1
                assert worker.lines("service.halted"), worker.log.read_text()[-3000:]
                await worker.start()
            await asyncio.sleep(0.1)


@pytest.mark.chaos
async def test_a_broker_that_is_away_for_half_a_minute_costs_nothing(own_broker: Kafka, tmp_path: Path) -> None:
    await ensure_topics(StackSettings.model_validate({"kafka_bootstrap": own_broker.bootstrap}))
    async with a_worker(own_broker, tmp_path) as worker, a_publisher(own_broker) as publisher:
        await worker.ready()
        await away(own_broker, worker, publisher, 0, seconds=30)
        await handled(worker, 50)
    assert worker.did() == Counter(asked(0, 50))
