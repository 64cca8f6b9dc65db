"""Following a whole topic, all its partitions, beside the work: what every worker must know."""

import asyncio
from collections.abc import Callable

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from chassis.codec import Codec
from chassis.kafka_client import connection
from chassis.settings import StackSettings
from contracts.events import Event
from contracts.topics import TOPIC_OF

log = structlog.get_logger()


class KafkaViews:
    """Topics followed by this process; `failed` ends when one cannot be followed any more."""

    def __init__(self, *, settings: StackSettings, codec: Codec) -> None:
        self._settings = settings
        self._codec = codec
        self._tasks: list[asyncio.Task[None]] = []
        self._consumers: list[AIOKafkaConsumer] = []
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def follow(self, *, kind: type[Event], apply: Callable[[Event], None]) -> None:
        """Return when `apply` has seen all that the topic held at the call; keep calling it for what comes."""
        consumer = AIOKafkaConsumer(**connection(self._settings), enable_auto_commit=False)
        await consumer.start()
        self._consumers.append(consumer)
        topic = TOPIC_OF[kind]
        partitions = [TopicPartition(topic, p) for p in range(self._settings.kafka_partitions)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        for tp, end in ends.items():
            while await consumer.position(tp) < end:
                await self._take(consumer, kind, apply)
        log.info("view.caught_up", topic=topic, records=sum(ends.values()))
        self._tasks.append(asyncio.create_task(self._keep_on(consumer, kind, apply)))

    async def _keep_on(self, consumer: AIOKafkaConsumer, kind: type[Event], apply: Callable[[Event], None]) -> None:
        try:
            while True:
                await self._take(consumer, kind, apply)
        except Exception as error:
            if not self.failed.done():
                self.failed.set_exception(error)
            raise

    async def _take(self, consumer: AIOKafkaConsumer, kind: type[Event], apply: Callable[[Event], None]) -> None:
        for records in (await consumer.getmany(timeout_ms=1000)).values():
            await self._codec.prepare([r.value for r in records])
            for record in records:
                event = self._codec.decode(record.value)  # one that cannot be read stops the process: it may be a stop
                if isinstance(event, kind):
                    apply(event)

    async def close(self) -> None:
        """Stop following."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for consumer in self._consumers:
            await consumer.stop()
