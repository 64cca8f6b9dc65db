"""The orchestrator as a process on a real broker and a fast clock: killed in the middle, each step comes once.

A green run does not prove it for every moment at which a process can die; make chaos kills at random ones.
"""

import asyncio
import time
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import httpx
import pytest
from msgspec.structs import replace

from chassis.clock import Clock
from chassis.codec import SingleObjectCodec
from chassis.kafka_client import KafkaPublisher, wait_for_broker
from chassis.settings import StackSettings
from chassis.views import KafkaViews
from contracts.events import AccountPlaced, ContactRequested, Event, TimerDue
from contracts.ids import AddressId, ConsumerId, DebtId
from counterpoint.embedded.kafka import Kafka
from counterpoint.embedded.processes import free_ports
from tests.processes import environment, running, topics_exist
from tests.unit.compliance.factories import a_meta, a_phone, an_account
from tests.unit.orchestrator.factories import accepted, approved

PEOPLE = 200
RATE = 40_000.0
START = datetime(2026, 10, 19, 11, tzinfo=UTC)


def a_placement(n: int, now: datetime) -> AccountPlaced:
    """The account of the nth consumer."""
    who = ConsumerId(f"con-{n}")
    phone = replace(a_phone(), address_id=AddressId(f"tel-{n}"))
    return an_account(f"{n}", now, meta=a_meta(f"{n}", now, who), debt_id=DebtId(f"debt-{n}"), phones=(phone,))


class GateAndChannel:
    """Approves and sends whatever is asked for, once."""

    def __init__(self, publisher: KafkaPublisher, clock: Clock) -> None:
        self._publisher = publisher
        self._clock = clock
        self._unanswered: list[ContactRequested] = []
        self.asked: dict[str, ContactRequested] = {}

    def apply(self, event: Event) -> None:
        """Hear of a request."""
        if isinstance(event, ContactRequested) and event.contact_id not in self.asked:
            self.asked[event.contact_id] = event
            self._unanswered.append(event)

    async def answer(self) -> None:
        """Answer what was heard of, for ever."""
        while True:
            requests, self._unanswered = self._unanswered, []
            now = self._clock.now()
            if requests:
                await self._publisher.publish(
                    events=[e for r in requests for e in (approved(r, now), accepted(r, now))]
                )
            await asyncio.sleep(0.01)

    def steps(self) -> Counter[tuple[str, str]]:
        """How often each consumer was asked for at each step."""
        return Counter((r.meta.consumer_id, r.step_id) for r in self.asked.values())

    async def until(self, steps: int) -> None:
        """Wait until so many contacts were asked for."""
        async with asyncio.timeout(90):
            while len(self.asked) < steps:  # noqa: ASYNC110 - a topic tells nobody that it has grown
                await asyncio.sleep(0.005)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the broker outlives its Popen
async def test_killed_in_the_middle_every_step_still_comes_exactly_once(own_broker: Kafka) -> None:
    (port,) = free_ports(1)
    clock = Clock(start=START, anchor=time.time(), rate=RATE)
    told = environment(
        kafka_bootstrap=own_broker.bootstrap,
        clock_start=START.isoformat(),
        clock_anchor=clock.anchor,
        clock_rate=RATE,
        orchestrator_http_port=port,
    )
    stack = StackSettings.model_validate({"kafka_bootstrap": own_broker.bootstrap})
    await topics_exist(stack)
    timers: list[TimerDue] = []
    async with AsyncExitStack() as opened:
        producer = await wait_for_broker(stack)
        opened.push_async_callback(producer.stop)
        codec = SingleObjectCodec()
        publisher = KafkaPublisher(producer=producer, codec=codec, clock=clock, partitions=stack.kafka_partitions)
        views = KafkaViews(settings=stack, codec=codec)
        opened.push_async_callback(views.close)
        world = GateAndChannel(publisher, clock)
        await views.follow(kind=ContactRequested, apply=world.apply)
        answering = asyncio.create_task(world.answer())
        opened.callback(answering.cancel)
        first = await opened.enter_async_context(running("services.orchestrator", told, port))
        await publisher.publish(events=[a_placement(n, clock.now()) for n in range(PEOPLE)])
        await world.until(PEOPLE // 3)
        first.kill()
        await first.wait()
        before = len(world.asked)
        await opened.enter_async_context(running("services.orchestrator", told, port))
        await world.until(2 * PEOPLE)
        await views.follow(kind=TimerDue, apply=lambda e: timers.append(e) if isinstance(e, TimerDue) else None)
        async with httpx.AsyncClient(trust_env=False) as client:
            metrics = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
    assert before < 2 * PEOPLE
    assert world.steps() == Counter({(f"con-{n}", step): 1 for n in range(PEOPLE) for step in ("welcome", "follow-up")})
    assert 'counterpoint_contacts_requested_total{step="follow-up",strategy="first-contact@1"}' in metrics
    assert all(t.meta.occurred_at == t.due_at for t in timers)
    assert len({t.timer_id for t in timers}) >= 3 * PEOPLE
