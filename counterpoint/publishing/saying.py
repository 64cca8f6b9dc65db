"""What a person says about strategies, written into the log so that every worker hears it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from chassis.codec import codec_for
from chassis.kafka_client import KafkaPublisher, wait_for_broker
from chassis.routing import everywhere
from chassis.settings import StackSettings, load_stack
from contracts.events import Event, Meta
from contracts.ids import ConsumerId, EventId, derived_id
from contracts.topics import TOPIC_OF
from counterpoint.audit.history import History
from counterpoint.embedded.principals import entry
from counterpoint.embedded.state import load_state, settings_of
from services.orchestrator.core.turn import NAME, VERSION

OPERATOR = "operator"
HEARD_WITHIN, LOOK = 30.0, 0.1


class Operator:
    """A person at the command, with the stack's own time."""

    def __init__(self, settings: StackSettings, publisher: KafkaPublisher, now: datetime) -> None:
        self.settings = settings
        self.now = now
        self._publisher = publisher

    def meta(self, name: str, about: Event | None = None) -> Meta:
        """The head of what is said, perhaps about an event; saying the same at another time is another event."""
        event_id = EventId(derived_id(cause=f"{OPERATOR}/{name}", name="said", at=self.now))
        if about is None:
            return Meta(event_id, self.now, ConsumerId(""), event_id, None, OPERATOR, VERSION)
        cause = about.meta
        return Meta(event_id, self.now, cause.consumer_id, cause.correlation_id, cause.event_id, OPERATOR, VERSION)

    async def tell_all(self, event: Event, name: str) -> None:
        """Write an event once into every partition of its topic; confirmed when this returns."""
        keys = everywhere(name, self.settings.kafka_partitions)
        await self._publisher.publish(events=[event] * len(keys), keys=keys)

    async def tell(self, events: Sequence[Event]) -> None:
        """Write events about consumers; confirmed when this returns."""
        await self._publisher.publish(events=events)


@asynccontextmanager
async def operator(directory: Path) -> AsyncIterator[Operator]:
    """Come in as the operator, to the settings' broker or that of the stack in a directory; raises Halted."""
    told = load_stack()
    if told.kafka_bootstrap is None:
        state = load_state(directory)
        told = settings_of({**state.environment, **entry(OPERATOR, state)})
    producer = await wait_for_broker(told)
    try:
        clock = told.clock()
        codec = await codec_for(told.registry_url)
        publisher = KafkaPublisher(producer=producer, codec=codec, clock=clock, partitions=told.kafka_partitions)
        yield Operator(told, publisher, clock.now())
    finally:
        await producer.stop()


async def heard(history: History, kind: type[Event]) -> bool:
    """Wait until the orchestrator has taken in all of a topic; false if it does not in time."""
    topic = TOPIC_OF[kind]
    ends = [await history.end(topic, partition) for partition in range(history.partitions)]
    loop = asyncio.get_running_loop()
    until = loop.time() + HEARD_WITHIN
    while True:
        done = [await history.committed(NAME, topic, partition) for partition in range(history.partitions)]
        if all(end == 0 or (at is not None and at >= end) for at, end in zip(done, ends, strict=True)):
            return True
        if loop.time() > until:
            return False
        await asyncio.sleep(LOOK)
