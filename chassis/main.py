"""One process: settings, logs, health, the broker, the service, and an orderly end."""

import asyncio
import gc
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any

import structlog
import uvloop
from aiokafka.errors import KafkaError

from chassis import health, logs
from chassis.clock import Clock
from chassis.codec import codec_for
from chassis.failures import Halted, Unreachable
from chassis.host import Assembly, Host
from chassis.kafka_client import KafkaPublisher, wait_for_broker
from chassis.kafka_topics import check_topics
from chassis.loop import Loop
from chassis.settings import Own, StackSettings, WrongSettings, load_own, load_stack
from chassis.views import KafkaViews

log = structlog.get_logger()
STARTING = "starting"
YOUNG_OBJECTS = 100_000
"""More than a batch makes: the garbage collector then finds a batch gone, not alive and to be walked through."""
Build = Callable[[Own, Host], Awaitable[Assembly]]


def run(name: str, build: Build[Own], kind: type[Own]) -> None:
    """Run a service until it is told to stop; exits 1, saying why, if it cannot go on."""
    try:
        stack, own = load_stack(), load_own(name, kind)
    except WrongSettings as fault:
        sys.exit(f"{name}: {fault}")
    logs.configure(service=name, log_format=stack.log_format, level=stack.log_level)
    try:
        uvloop.run(_Process(name, stack, own, build).live(), loop_factory=Loop)
    except (Halted, Unreachable, KafkaError) as fault:
        # No traceback: what happened is in the message, and where does not matter to who must act.
        log.error("service.halted", reason=str(fault), kind=type(fault).__name__)  # noqa: TRY400
        sys.exit(1)
    except Exception:
        log.exception("service.crashed")
        sys.exit(1)


class _Process:
    """What lives from start to stop."""

    def __init__(self, name: str, stack: StackSettings, own: Own, build: Build[Own]) -> None:
        self._name = name
        self._stack = stack
        self._own = own
        self._build = build
        self._clock: Clock = stack.clock()
        self._not_ready: str | None = STARTING
        self._asked: Callable[[], str | None] = lambda: None

    async def live(self) -> None:
        """Work until told to stop."""
        told = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
        work = asyncio.create_task(self._work(told))
        await _either(told, work)
        if self._not_ready == STARTING:
            work.cancel()  # told to stop before there was anything to finish
        try:
            await work
        except asyncio.CancelledError:
            log.info("service.not_started")
        log.info("service.stopped")

    async def _work(self, told: asyncio.Event) -> None:
        # Imported here: Faust takes a second to load, which tests of services need not pay.
        from chassis.runtime.kafka.worker import KafkaRuntime

        async with AsyncExitStack() as stack:
            app = health.application(service=self._name, ready=lambda: self._not_ready or self._asked(), routes=())
            web = health.server(app=app, host=self._stack.bind_host, port=self._own.http_port)
            serving = asyncio.create_task(web.serve())
            stack.push_async_callback(_end, web, serving)
            producer = await wait_for_broker(self._stack)
            stack.push_async_callback(producer.stop)
            await check_topics(self._stack, self._name)
            codec = await codec_for(self._stack.registry_url)
            partitions = self._stack.kafka_partitions
            publisher = KafkaPublisher(producer=producer, codec=codec, clock=self._clock, partitions=partitions)
            views = KafkaViews(settings=self._stack, codec=codec)
            stack.push_async_callback(views.close)
            assembly = await self._build(self._own, Host(self._stack, self._clock, publisher, views))
            stack.push_async_callback(assembly.close)
            app.router.routes.extend(assembly.routes)
            runtime = KafkaRuntime(
                service=assembly.service, settings=self._stack, codec=codec, clock=self._clock, producer=producer
            )
            self._asked = lambda: assembly.ready() or (None if runtime.joined else "has no partitions")
            self._not_ready = None
            rest_collector()
            log.info("service.started", port=self._own.http_port)
            tasks = [asyncio.ensure_future(task()) for task in assembly.tasks]
            running = asyncio.create_task(runtime.run())
            try:
                await self._first_of([running, serving, views.failed, *tasks], told)
            finally:
                self._not_ready = "stopping"
                await runtime.stop()
                for task in (*tasks, running):
                    task.cancel()
                await asyncio.gather(running, *tasks, return_exceptions=True)

    async def _first_of(self, work: Sequence[asyncio.Future[None]], told: asyncio.Event) -> None:
        """Return when told to stop; raise if a part ends before that."""
        await _either(told, *work)
        for part in work:
            if part.done():
                part.result()
        if not told.is_set():
            raise Halted("a part of the service ended by itself")


async def _either(told: asyncio.Event, *work: asyncio.Future[None]) -> None:
    waiting = asyncio.create_task(told.wait())
    parts: list[asyncio.Future[Any]] = [waiting, *work]
    await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


def rest_collector() -> None:
    """Let the garbage collector forget what was loaded, and look less often: a fifth of the gate's time goes there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)


async def _end(web: health.Server, serving: asyncio.Task[None]) -> None:
    web.should_exit = True
    await serving
