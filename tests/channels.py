"""A channel on a log in memory, with a real database, the real simulator and real HTTP between them."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx

from chassis.addresses import address_id
from chassis.clock import Clock
from chassis.failures import Unreachable
from chassis.health import Server, application, server
from chassis.host import Assembly, Host
from chassis.runtime.memory import MemoryRuntime
from chassis.settings import StackSettings
from contracts.events import Channel, Event, Meta, SuppressionChanged
from contracts.ids import ConsumerId, EventId
from contracts.topics import TOPIC_OF
from counterpoint.providers.settings import SimulatorSettings
from counterpoint.providers.simulator import Simulator
from counterpoint.providers.simulator import running as simulator_running

KEY = b"test-key"
START = datetime(2026, 10, 19, 16, tzinfo=UTC)
E = TypeVar("E", bound=Event)


@dataclass(slots=True)
class LogPublisher:
    """Puts events into the log in memory; fails while told to."""

    runtime: MemoryRuntime
    broken: bool = False

    async def publish(self, *, events: Sequence[Event], keys: Sequence[str] | None = None) -> None:
        """Write all, or nothing and raise Unreachable."""
        if self.broken:
            raise Unreachable("the broker went away")
        for event in events:
            self.runtime.publish(event)


@dataclass(slots=True)
class LogViews:
    """Follows topics in the log in memory."""

    runtime: MemoryRuntime
    followed: list[tuple[type[Event], Callable[[Event], None], dict[tuple[str, int], int]]] = field(
        default_factory=list
    )

    async def follow(self, *, kind: type[Event], apply: Callable[[Event], None]) -> None:
        """Catch up, and go on with every turn."""
        self.followed.append((kind, apply, {}))
        self.turn()

    def turn(self) -> None:
        """Hand out what has come."""
        for kind, apply, seen in self.followed:
            for (topic, partition), log in self.runtime.broker.records.items():
                if topic == TOPIC_OF[kind]:
                    for record in log[seen.get((topic, partition), 0) :]:
                        apply(self.runtime.codec.decode(record.value))
                    seen[topic, partition] = len(log)


@dataclass
class World:
    """One process of a channel, and the world around it; `build` makes its assembly, given its address and host."""

    name: str
    build: Callable[[str, Host], Awaitable[Assembly]]
    dsn: str
    simulator: Simulator
    simulator_url: str
    runtime: MemoryRuntime
    public_url: str = ""
    publisher: LogPublisher = field(init=False)
    views: LogViews = field(init=False)
    turning: bool = True
    numbers: int = 0

    def __post_init__(self) -> None:
        self.publisher = LogPublisher(self.runtime)
        self.views = LogViews(self.runtime)

    @property
    def now(self) -> datetime:
        """The time."""
        return self.runtime.clock.now()

    async def assemble(self, public_url: str) -> Assembly:
        """The service, wired as in a process; it remembers nothing but the log."""
        settings = StackSettings.model_validate({"postgres_dsn": self.dsn, "hash_key": KEY.decode()})
        self.views.followed.clear()
        assembly = await self.build(public_url, Host(settings, self.runtime.clock, self.publisher, self.views))
        self.runtime.services = [assembly.service]
        self.runtime.lose(self.name)
        return assembly

    @asynccontextmanager
    async def running(self) -> AsyncIterator[httpx.AsyncClient]:
        """The process with its port open and its runtime turning; gives a client of the port."""
        app = application(service=self.name, ready=lambda: None, routes=())
        web = server(app=app, host="127.0.0.1", port=int(self.public_url.rpartition(":")[2] or 0))
        serving = asyncio.create_task(web.serve())
        await until(lambda: web.started)
        self.public_url = f"http://127.0.0.1:{_port(web)}"
        assembly = await self.assemble(self.public_url)
        app.router.routes.extend(assembly.routes)
        turning = asyncio.gather(self._turn(), *(task() for task in assembly.tasks))
        try:
            async with httpx.AsyncClient(base_url=self.public_url, trust_env=False) as client:
                yield client
        finally:
            turning.cancel()
            ended = await asyncio.gather(turning, return_exceptions=True)
            await assembly.close()
            web.should_exit = True
            await serving
        assert all(isinstance(e, asyncio.CancelledError) for e in ended), ended

    async def _turn(self) -> None:
        while True:
            self.views.turn()
            if self.turning:
                await self.runtime.run()
            await asyncio.sleep(0.002)

    def bar(self, channel: Channel, kind: str, address: str, *, active: bool, consumer_id: str = "con-1") -> None:
        """Bar an address or let it go, as the gate would."""
        self.numbers += 1
        opaque = address_id(KEY, kind, address)
        meta = self.meta(consumer_id)
        self.runtime.publish(SuppressionChanged(meta, channel, opaque, active, self.now, "us.opt-out.any"))

    def meta(self, consumer_id: str) -> Meta:
        """The beginning of an event of the gate's."""
        event_id = f"0199f000-0000-7000-8000-{self.numbers:012x}"
        return Meta(EventId(event_id), self.now, ConsumerId(consumer_id), event_id, None, "compliance", "0")

    def events(self, kind: type[E]) -> list[E]:
        """Events of a type in the log, one for each id."""
        return list({e.meta.event_id: e for e in self.runtime.events(kind) if isinstance(e, kind)}.values())

    async def control(self, path: str, content: object) -> None:
        """Steer the simulator."""
        async with httpx.AsyncClient(base_url=self.simulator_url, trust_env=False) as client:
            response = await client.post(f"/_sim/{path}", json=content)
            assert response.is_success, response.text

    async def faults(self, *faults: Mapping[str, object], refuse_seconds: float = 0.0) -> None:
        """Set what goes wrong."""
        await self.control("faults", {"faults": faults, "refuse_seconds": refuse_seconds})

    def received(self, kind: str) -> list[Any]:
        """What consumers received from us, of a kind."""
        return [e for e in self.simulator.ledger.after(0, 10_000) if e.kind == kind and e.received_at]


def _port(web: Server) -> int:
    return int(web.servers[0].sockets[0].getsockname()[1])


@asynccontextmanager
async def a_simulator(rate: float, **settings: object) -> AsyncIterator[tuple[Simulator, str, MemoryRuntime]]:
    """A simulator with its address, and a log in memory on the same clock."""
    clock = Clock(start=START, anchor=time.time(), rate=rate)
    async with simulator_running(SimulatorSettings.model_validate(settings), clock) as (simulator, url):
        yield simulator, url, MemoryRuntime([], clock=clock, partitions=2)


async def until(condition: Callable[[], object], *, seconds: float = 30) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - a log in memory tells nobody that it changed
            await asyncio.sleep(0.005)
