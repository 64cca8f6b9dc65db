"""Ingest with a database of its own, on a log in memory; killed and started again as a test likes."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psycopg
from starlette.applications import Starlette

from chassis.clock import Clock
from chassis.failures import Unreachable
from chassis.host import Assembly, Host
from chassis.runtime.memory import MemoryRuntime
from chassis.settings import StackSettings
from contracts.events import AccountPlaced, Event, PlacementBatchLoaded, PlacementRejected
from services.ingest.api_keys import hash_of
from services.ingest.background import over_and_over
from services.ingest.service import build
from services.ingest.settings import IngestSettings

ACME, ZENITH, OPERATOR = "acme-key", "zenith-key", "operator-key"


@dataclass(slots=True)
class LogPublisher:
    """Puts events into the log in memory; can be told to fail after so many calls."""

    runtime: MemoryRuntime | None = None
    calls_left: int | None = None

    async def publish(self, *, events: Sequence[Event], keys: Sequence[str] | None = None) -> None:
        """Write all, or nothing and raise Unreachable."""
        if self.calls_left == 0:
            raise Unreachable("the broker went away")
        if self.calls_left is not None:
            self.calls_left -= 1
        assert self.runtime is not None
        for i, event in enumerate(events):
            self.runtime.publish(event, key=keys[i] if keys else None)


class NoViews:
    """Ingest follows no topic."""

    async def follow(self, *, kind: type[Event], apply: Callable[[Event], None]) -> None:
        """Nothing to follow."""


@dataclass
class Ingest:
    """One ingest process on a log that outlives it."""

    dsn: str
    folder: Path
    runtime: MemoryRuntime
    chunk_rows: int = 50
    max_file_megabytes: int = 64
    publisher: LogPublisher = field(default_factory=LogPublisher)
    more: Mapping[str, object] = field(default_factory=dict)
    """Settings beside the usual ones."""

    @property
    def inbox(self) -> Path:
        """Where client acme drops files."""
        path = self.folder / "inbox" / "acme"
        path.mkdir(parents=True, exist_ok=True)
        return path

    async def assemble(self) -> Assembly:
        """The service, wired as in a process."""
        self.publisher.runtime = self.runtime
        own = IngestSettings.model_validate(
            {
                "inbox": self.folder / "inbox",
                "spool": self.folder / "spool",
                "api_keys": f"acme={hash_of(ACME)},zenith={hash_of(ZENITH)},*={hash_of(OPERATOR)}",
                "poll_seconds": 0.02,
                "chunk_rows": self.chunk_rows,
                "max_file_megabytes": self.max_file_megabytes,
                "max_request_megabytes": 1,
                "max_request_rows": 100,
                **self.more,
            }
        )
        settings = StackSettings.model_validate({"postgres_dsn": self.dsn, "hash_key": "test-key"})
        assembly = await build(own, Host(settings, self.runtime.clock, self.publisher, NoViews()))
        self.runtime.services = [assembly.service]
        self.runtime.lose("ingest")
        return assembly

    @asynccontextmanager
    async def running(self) -> AsyncIterator[httpx.AsyncClient]:
        """The process with its tasks; gives a client of its HTTP interface, with acme's key."""
        assembly = await self.assemble()
        tasks = [asyncio.ensure_future(task()) for task in assembly.tasks]
        tasks.append(asyncio.ensure_future(self._turn()))
        transport = httpx.ASGITransport(Starlette(routes=list(assembly.routes)))
        headers = {"Authorization": f"Bearer {ACME}"}
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://ingest", headers=headers) as client:
                yield client
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            await assembly.close()
        assert not [e for e in ended if isinstance(e, Exception)]

    async def _turn(self) -> None:
        await over_and_over(self.runtime.run, rest=lambda: asyncio.sleep(0.005), name="runtime")

    def events(self, kind: type[Event]) -> list[Event]:
        """Events of a type in the log, one for each id."""
        return list({e.meta.event_id: e for e in self.runtime.events(kind)}.values())

    def placed(self) -> list[AccountPlaced]:
        """Accounts placed."""
        return [e for e in self.events(AccountPlaced) if isinstance(e, AccountPlaced)]

    def rejected(self) -> list[PlacementRejected]:
        """Rows rejected."""
        return [e for e in self.events(PlacementRejected) if isinstance(e, PlacementRejected)]

    def loaded(self) -> list[PlacementBatchLoaded]:
        """Batches loaded."""
        return [e for e in self.events(PlacementBatchLoaded) if isinstance(e, PlacementBatchLoaded)]

    def outcomes(self) -> Counter[str]:
        """What PostgreSQL says became of rows."""
        with psycopg.connect(self.dsn) as connection:
            rows = connection.execute("select outcome, count(*) from ingest.outcomes group by outcome").fetchall()
        return Counter(dict(rows))


def a_runtime() -> MemoryRuntime:
    """An empty log."""
    clock = Clock(start=datetime(2026, 10, 19, 16, tzinfo=UTC), anchor=time.time())
    return MemoryRuntime([], clock=clock, partitions=3)


async def until(condition: Callable[[], object], *, seconds: float = 30) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - a file or a log tells nobody that it changed
            await asyncio.sleep(0.01)
