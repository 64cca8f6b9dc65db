"""Reaching the brokers: the same settings for every client, and a producer that loses and doubles nothing."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError, KafkaError, TopicAuthorizationFailedError
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.structs import RecordMetadata

from chassis.clock import Clock, milliseconds
from chassis.codec import Codec
from chassis.failures import Halted, NotAuthorised, Unreachable
from chassis.kafka_refusal import why_not
from chassis.routing import Headers, headers_of, key_of, partition_for
from chassis.settings import StackSettings
from contracts.events import Event
from contracts.topics import TOPIC_OF

log = structlog.get_logger()
BATCH_BYTES = 900_000
CONFIRM_MILLISECONDS = 90_000
Item = tuple[bytes | None, bytes | None, Sequence[tuple[str, bytes]]]


def connection(settings: StackSettings) -> dict[str, Any]:
    """Arguments of every aiokafka client."""
    if settings.kafka_bootstrap is None:
        raise Halted("COUNTERPOINT_KAFKA_BOOTSTRAP is not set: give brokers as host:port, or run `counterpoint up`")
    arguments: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap,
        "security_protocol": settings.kafka_security_protocol,
    }
    if settings.kafka_security_protocol.endswith("SSL"):
        try:
            arguments["ssl_context"] = ssl.create_default_context(cafile=settings.kafka_ca_file)
        except OSError as error:
            raise Halted(f"COUNTERPOINT_KAFKA_CA_FILE, {settings.kafka_ca_file}, cannot be read: {error}") from error
    if settings.kafka_security_protocol.startswith("SASL"):
        if settings.kafka_username is None or settings.kafka_password is None:
            raise Halted(
                f"COUNTERPOINT_KAFKA_SECURITY_PROTOCOL is {settings.kafka_security_protocol}: "
                "set COUNTERPOINT_KAFKA_USERNAME and COUNTERPOINT_KAFKA_PASSWORD too"
            )
        arguments["sasl_mechanism"] = "SCRAM-SHA-512"
        arguments["sasl_plain_username"] = settings.kafka_username
        arguments["sasl_plain_password"] = settings.kafka_password.get_secret_value()
    return arguments


@asynccontextmanager
async def let_in(
    settings: StackSettings, start: Callable[[], Awaitable[None]], close: Callable[[], Awaitable[None]]
) -> AsyncIterator[None]:
    """Start a client, and close it in the end; raises NotAuthorised or Unreachable if no broker lets it in."""
    try:
        try:
            await start()
        except KafkaConnectionError as error:
            raise await why_not(connection(settings)) from error
        yield
    finally:
        await close()


@asynccontextmanager
async def asking(settings: StackSettings) -> AsyncIterator[AIOKafkaClient]:
    """A client for questions about the cluster itself; raises NotAuthorised or Unreachable."""
    client = AIOKafkaClient(**connection(settings))
    async with let_in(settings, client.bootstrap, client.close):
        yield client


async def wait_for_broker(settings: StackSettings) -> AIOKafkaProducer:
    """A started producer; waits, saying so, for as long as no broker answers. Raises NotAuthorised if one refuses."""
    while True:
        producer = AIOKafkaProducer(
            **connection(settings),
            acks="all",
            enable_idempotence=True,
            compression_type="zstd",  # verdicts repeat each other: they shrink to a thirtieth, and the broker rests
            max_batch_size=BATCH_BYTES,
            max_request_size=4 * BATCH_BYTES,
            request_timeout_ms=CONFIRM_MILLISECONDS,
            retry_backoff_ms=100,
        )
        try:
            await producer.start()
        except KafkaConnectionError:
            await producer.stop()
            if isinstance(fault := await why_not(connection(settings)), NotAuthorised):
                raise fault from None
            log.warning("broker.unreachable", bootstrap=settings.kafka_bootstrap, retry_in=1)
            await asyncio.sleep(1)
        else:
            return producer


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch of `count` records on its way; `confirmed` gives the offset of the first once the broker has it."""

    confirmed: asyncio.Future[RecordMetadata]
    count: int


async def put(
    producer: AIOKafkaProducer, topic: str, partition: int, items: Iterable[Item], timestamp: int
) -> list[Sent]:
    """Hand records over in whole batches, in order; raises Halted for one that is too large for any batch."""
    sent = []
    batch = producer.create_batch()
    for key, value, headers in items:
        if batch.append(key=key, value=value, timestamp=timestamp, headers=list(headers)) is None:
            sent.append(await _send(producer, topic, partition, batch))
            batch = producer.create_batch()
            if batch.append(key=key, value=value, timestamp=timestamp, headers=list(headers)) is None:
                raise Halted(f"a record for {topic} is larger than {BATCH_BYTES} bytes")
    if batch.record_count():
        sent.append(await _send(producer, topic, partition, batch))
    return sent


async def _send(producer: AIOKafkaProducer, topic: str, partition: int, batch: BatchBuilder) -> Sent:
    batch.close()
    return Sent(await producer.send_batch(batch, topic, partition=partition), batch.record_count())


class KafkaPublisher:
    """Puts events that came from outside the log into it."""

    def __init__(self, *, producer: AIOKafkaProducer, codec: Codec, clock: Clock, partitions: int) -> None:
        self._producer = producer
        self._codec = codec
        self._clock = clock
        self._partitions = partitions

    async def publish(self, *, events: Sequence[Event], keys: Sequence[str] | None = None) -> None:
        """Return when every event is confirmed; raise Unreachable if that cannot be had."""
        groups: dict[tuple[str, int], list[Item]] = {}
        for n, event in enumerate(events):
            key = keys[n] if keys else key_of(event)
            where = TOPIC_OF[type(event)], partition_for(event.meta.consumer_id or key, self._partitions)
            headers: Headers = headers_of(event)
            groups.setdefault(where, []).append((key.encode(), self._codec.encode(event), headers))
        try:
            sent: list[Sent] = []
            for (topic, partition), items in groups.items():
                sent += await put(self._producer, topic, partition, items, milliseconds(self._clock.now()))
            await asyncio.gather(*(s.confirmed for s in sent))
        except TopicAuthorizationFailedError as error:
            raise NotAuthorised(f"the broker does not let us write {', '.join(t for t, _ in groups)}") from error
        except KafkaError as error:
            raise Unreachable(f"the broker did not confirm {len(events)} events: {type(error).__name__}") from error
