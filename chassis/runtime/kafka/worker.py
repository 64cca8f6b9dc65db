"""Runs one service on Kafka: a worker of its consumer group, with the partitions that the group gives it."""

import asyncio
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import faust
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from faust.types import TP

from chassis import metrics
from chassis.clock import Clock
from chassis.codec import Codec
from chassis.dead_letters import DeadLetterLimit
from chassis.kafka_client import connection
from chassis.runtime.changelog import Recovery, topic_code
from chassis.runtime.kafka.hands import Commits, Hands
from chassis.runtime.kafka.log import KafkaLog, ends, read_back
from chassis.runtime.kafka.transport import Batch, credentials, transport_for
from chassis.runtime.partition import PartitionWorker
from chassis.service import AnyService
from chassis.settings import StackSettings
from contracts.topic import changelog
from contracts.topics import TOPIC_OF

log = structlog.get_logger()
REBALANCE = 10.0
"""Seconds that the members of a group have to join it again when one comes or goes."""
TICK = 0.02
"""Real seconds between two looks at what time has brought about."""
LOOK = 25
"""After so many of them it is noted how late the latest timer is."""


def heartbeat(session: float) -> float:
    """Seconds between heartbeats: one tells a worker of a rebalance, so a long session must not make them rare."""
    return min(session, REBALANCE) / 3


class KafkaRuntime:
    """One worker of a service.

    State is kept by partition. When partitions move, batches in hand are finished and committed first; a partition
    that does not come back is forgotten; one that comes is read back from the changelog before its first batch.
    """

    def __init__(
        self,
        *,
        service: AnyService,
        settings: StackSettings,
        codec: Codec,
        clock: Clock,
        producer: AIOKafkaProducer,
        step: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._service = service
        self._settings = settings
        self._codec = codec
        self._clock = clock
        self._producer = producer
        self._step = step
        self._limit = DeadLetterLimit(settings.dead_letters_in_a_row)
        self._topics = sorted({TOPIC_OF[kind] for kind in service.reads})
        self._workers: dict[int, PartitionWorker] = {}
        self._logs: dict[int, KafkaLog] = {}
        self._assigned: set[int] = set()
        self._hands = Hands(self._break)
        self._commits = Commits(self._commit, self._break)
        self._moving = asyncio.Lock()
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.joined = False
        self._scratch = tempfile.TemporaryDirectory(prefix="counterpoint-")
        self._app = self._build_app()

    def _build_app(self) -> Any:
        s = self._settings
        app = faust.App(
            self._service.name,
            broker=[f"kafka://{b}" for b in (s.kafka_bootstrap or "").split(",")],
            broker_credentials=credentials(s),
            store="memory://",
            datadir=self._scratch.name,  # Faust wants one; nothing is kept in it
            key_serializer="raw",
            value_serializer="raw",
            topic_partitions=s.kafka_partitions,
            topic_disable_leader=True,
            topic_allow_declare=False,
            table_standby_replicas=1,  # makes Faust use its own assignor, which keeps equal partitions together
            consumer_auto_offset_reset="earliest",
            broker_session_timeout=s.session_timeout,
            broker_heartbeat_interval=heartbeat(s.session_timeout),
            broker_rebalance_timeout=REBALANCE,
            broker_request_timeout=max(20.0, s.session_timeout),  # Faust wants it no shorter than a session
            broker_max_poll_records=s.batch_records,
            consumer_max_fetch_size=4 << 20,
            web_enabled=False,
            autodiscover=False,
            loghandlers=[],
            logging_config={"version": 1, "disable_existing_loggers": False},
        )
        bites = {TOPIC_OF[kind]: most for kind, most in self._service.bites.items()}
        app.transport = transport_for(app, self._take, self._hands, self._break, bites)
        for topic in self._topics:
            app.agent(app.topic(topic, key_type=bytes, value_type=bytes), name=topic)(_subscribe_only)
        # Faust keeps handlers weakly and its signals are typed for functions: bound methods live as long as we do.
        app.on_partitions_revoked.connect(cast(Any, self._on_revoked))
        app.on_partitions_assigned.connect(cast(Any, self._on_assigned))
        return app

    @property
    def workers(self) -> Mapping[int, PartitionWorker]:
        """What works on each partition that this worker has now."""
        return self._workers

    # -- life ------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until `stop` is called; raises what made it impossible to go on."""
        await self._app.start()
        ticking = asyncio.create_task(self._tick())
        stopped = asyncio.ensure_future(self._app.wait_until_stopped())
        try:
            await asyncio.wait({self._failed, stopped, ticking}, return_when=asyncio.FIRST_COMPLETED)
            if ticking.done():
                ticking.result()
            if self._failed.done():
                self._failed.result()
            if self._app.crash_reason is not None:
                raise self._app.crash_reason
        finally:
            ticking.cancel()
            stopped.cancel()

    async def stop(self) -> None:
        """Finish the batches in hand, commit them, and leave the group."""
        self.joined = False
        self._hands.end()
        async with self._moving:
            await self._quiet()
            await self._app.stop()
            self._scratch.cleanup()

    async def _quiet(self) -> None:
        """Return when no partition is at work any more, and what was done is committed."""
        await self._hands.empty()
        for worker in self._workers.values():
            await worker.quiet()
        await self._commits.flush()

    def _break(self, error: BaseException) -> None:
        if not self._failed.done():
            self._failed.set_exception(error)

    # -- partitions ------------------------------------------------------------------------------------------------

    async def _on_revoked(self, _app: Any, revoked: set[TP], *_: Any, **__: Any) -> None:
        self.joined = False
        self._hands.lay_down()
        async with self._moving:
            await self._quiet()
            log.info("partitions.revoked", partitions=sorted({tp.partition for tp in revoked}))

    async def _on_assigned(self, _app: Any, assigned: set[TP], *_: Any, **__: Any) -> None:
        async with self._moving:
            self._assigned = {tp.partition for tp in assigned}
            try:
                for partition in self._workers.keys() - self._assigned | await self._written_by_others():
                    self._forget(partition)
                for partition in sorted(self._assigned - self._workers.keys()):
                    self._workers[partition] = await self._recover(partition)
            except Exception as error:
                self._break(error)
                raise
            self.joined = True
            self._hands.ready()
            log.info("partitions.assigned", partitions=sorted(self._assigned))

    def _forget(self, partition: int) -> None:
        del self._workers[partition], self._logs[partition]
        metrics.CONSUMERS_IN_STATE.labels(self._service.name, partition).set(0)
        metrics.TIMER_OVERDUE.labels(self._service.name, partition).set(0)

    async def _written_by_others(self) -> set[int]:
        """Partitions that stayed here in name only: somebody else has had them while this worker stood still."""
        if self._service.decider is None or not self._logs:
            return set()
        name = changelog(self._service.name)
        end = await ends(settings=self._settings, changelog=name, partitions=sorted(self._logs))
        return {partition for partition, kafka_log in self._logs.items() if end[partition] != kafka_log.expected}

    async def _recover(self, partition: int) -> PartitionWorker:
        name = changelog(self._service.name) if self._service.decider else None
        kafka_log = KafkaLog(
            producer=self._producer, service=self._service.name, changelog=name, partition=partition, clock=self._clock
        )
        worker = PartitionWorker(
            service=self._service,
            partition=partition,
            partitions=self._settings.kafka_partitions,
            codec=self._codec,
            log=kafka_log,
            clock=self._clock,
            limit=self._limit,
            step=self._step,
        )
        committed = await self._committed(partition)
        recovery = Recovery({topic_code(topic): offset for topic, offset in committed.items()})
        epoch = -1
        if name is not None:
            epoch = await kafka_log.claim()
            await read_back(
                settings=self._settings, changelog=name, partition=partition, epoch=epoch, recovery=recovery
            )
            log.info("state.recovered", partition=partition, consumers=len(recovery.entries), records=recovery.records)
        await worker.adopt(epoch=epoch, recovery=recovery, seen=committed)
        self._logs[partition] = kafka_log
        return worker

    async def _committed(self, partition: int) -> Mapping[str, int]:
        """The offsets at which the group goes on, by topic."""
        admin = AIOKafkaAdminClient(**connection(self._settings))
        await admin.start()
        try:
            offsets = await admin.list_consumer_group_offsets(self._service.name)
        finally:
            await admin.close()
        return {tp.topic: o.offset for tp, o in offsets.items() if tp.partition == partition and o.offset >= 0}

    # -- work ------------------------------------------------------------------------------------------------------

    def _take(self, batch: Batch) -> None:
        by_partition: dict[int, dict[TP, Sequence[Any]]] = {}
        for tp, records in batch.items():
            by_partition.setdefault(tp.partition, {})[tp] = records
        for partition, topics in by_partition.items():
            if partition in self._workers:
                self._hands.take(partition, self._handle(self._workers[partition], topics))
            else:  # the partition has moved since the poll; whoever has it gets these records
                log.info("batch.passed_on", partition=partition)

    async def _handle(self, worker: PartitionWorker, batch: Batch) -> None:
        with metrics.BATCHES.labels(self._service.name).time():
            await worker.process([record for records in batch.values() for record in records])
        self._step("processed")
        self._commits.add({tp: records[-1].offset + 1 for tp, records in batch.items()})

    async def _commit(self, offsets: Mapping[TP, int]) -> None:
        await self._app.consumer.commit_batch(offsets)
        self._step("committed")

    async def _tick(self) -> None:
        ticks = 0
        while True:
            await asyncio.sleep(TICK)
            ticks += 1
            for partition, worker in list(self._workers.items()):
                if self.joined:
                    await worker.wake()
                if ticks % LOOK == 0 and worker.consumers is not None:
                    metrics.TIMER_OVERDUE.labels(self._service.name, partition).set(worker.overdue())


async def _subscribe_only(stream: Any) -> None:
    """Faust subscribes to the topics that an agent reads; the batch transport hands their records elsewhere."""
    async for _ in stream:
        raise AssertionError("a record came by Faust's own way, past the batch transport")
