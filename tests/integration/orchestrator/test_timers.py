"""Timers and publications on a real broker: a worker is killed with timers pending, and two go on in its place.

A green run does not prove that timers are prompt under load; bench/orchestrator_throughput.py measures it.
"""

import asyncio
import time
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import httpx
import pytest

from chassis.clock import Clock
from chassis.codec import SingleObjectCodec
from chassis.kafka_client import KafkaPublisher, wait_for_broker
from chassis.routing import everywhere
from chassis.settings import StackSettings
from chassis.views import KafkaViews
from contracts.events import ContactRequested, Event, Meta, StrategyPublished, TimerDue
from contracts.ids import ConsumerId, EventId
from counterpoint.embedded.kafka import Kafka
from counterpoint.embedded.processes import free_ports
from services.orchestrator.loader import DIRECTORY, digest_of, load_file, text_of
from tests.integration.orchestrator.test_process import a_placement
from tests.processes import environment, running, topics_exist

PEOPLE = 60
RATE = 3000.0
START = datetime(2026, 10, 19, 11, tzinfo=UTC)
"""Seven in the morning in New York, two hours before anybody is asked for."""
LATER = 3600.0
FIRST = load_file(DIRECTORY / "first-contact.yaml")


class Heard:
    """What was asked for, and which timers rang, record by record."""

    def __init__(self) -> None:
        self.requests: list[ContactRequested] = []
        self.timers: list[TimerDue] = []

    def apply(self, event: Event) -> None:
        """Hear of something."""
        if isinstance(event, ContactRequested):
            self.requests.append(event)
        if isinstance(event, TimerDue):
            self.timers.append(event)


async def reaches(port: int, name: str, count: float, label: str = "") -> None:
    """Wait until a worker's metric, summed over its labels or over those with one, is so high."""
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(60):
        while True:
            lines = (await client.get(f"http://127.0.0.1:{port}/metrics")).text.splitlines()
            mine = (line for line in lines if line.startswith(f"{name}{{") and label in line)
            if sum(float(line.rpartition(" ")[2]) for line in mine) >= count:
                return
            await asyncio.sleep(0.05)


def second_version() -> StrategyPublished:
    """Version 2 of the shipped strategy, published by a person."""
    text = text_of({**FIRST.content, "version": 2})
    meta = Meta(EventId("published"), START, ConsumerId(""), "published", None, "operator", "1")
    return StrategyPublished(meta, "first-contact", 2, digest_of(text), text, True, (), "rosa", START)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the broker outlives its Popen
async def test_timers_survive_a_kill_and_ring_once_and_versions_stay_with_those_who_entered_them(
    own_broker: Kafka,
) -> None:
    ports = free_ports(3)
    standing = Clock(start=START, anchor=time.time() + LATER, rate=RATE)
    stack = StackSettings.model_validate({"kafka_bootstrap": own_broker.bootstrap})
    await topics_exist(stack)
    heard = Heard()

    def told(port: int, anchor: float) -> dict[str, str]:
        return environment(
            kafka_bootstrap=own_broker.bootstrap,
            clock_start=START.isoformat(),
            clock_anchor=anchor,
            clock_rate=RATE,
            orchestrator_http_port=port,
        )

    async with AsyncExitStack() as opened:
        producer = await wait_for_broker(stack)
        opened.push_async_callback(producer.stop)
        codec = SingleObjectCodec()
        publisher = KafkaPublisher(producer=producer, codec=codec, clock=standing, partitions=stack.kafka_partitions)
        views = KafkaViews(settings=stack, codec=codec)
        opened.push_async_callback(views.close)
        for kind in (ContactRequested, TimerDue):
            await views.follow(kind=kind, apply=heard.apply)
        one, *others = ports
        first = await opened.enter_async_context(running("services.orchestrator", told(one, standing.anchor), one))
        await publisher.publish(events=[a_placement(n, START) for n in range(PEOPLE)])
        await reaches(one, "counterpoint_events_handled_total", PEOPLE, "AccountPlaced")
        keys = everywhere("first-contact", stack.kafka_partitions)
        await publisher.publish(events=[second_version()] * len(keys), keys=keys)
        await reaches(one, "counterpoint_events_handled_total", 2 * len(keys), "StrategyPublished")
        await publisher.publish(events=[a_placement(n, START) for n in range(PEOPLE, 2 * PEOPLE)])
        await reaches(one, "counterpoint_events_handled_total", 2 * PEOPLE, "AccountPlaced")
        first.kill()
        await first.wait()
        assert heard.requests == []
        begins = time.time()
        async with asyncio.TaskGroup() as both:
            for port in others:
                worker = running("services.orchestrator", told(port, begins), port)
                both.create_task(opened.enter_async_context(worker))
        async with asyncio.timeout(60):
            while len({r.meta.consumer_id for r in heard.requests}) < 2 * PEOPLE:  # noqa: ASYNC110 - topics tell nobody
                await asyncio.sleep(0.05)
    asked = Counter((r.meta.consumer_id, r.strategy_id, r.step_id) for r in heard.requests)
    versions = {n: "first-contact@1" if n < PEOPLE else "first-contact@2" for n in range(2 * PEOPLE)}
    assert asked == Counter({(f"con-{n}", version, "welcome"): 1 for n, version in versions.items()})
    assert len({t.timer_id for t in heard.timers}) >= 2 * PEOPLE
    assert all(t.meta.occurred_at == t.due_at for t in heard.timers)
