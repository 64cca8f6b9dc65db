"""Which batches are being worked on, and commits that follow behind them.

A partition has one batch at work and one waiting, so that the next is at hand when the last is done. While one
partition waits for the broker to confirm, others decide.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from faust.types import TP

MOST_IN_HAND = 2
PATIENCE = 10.0
"""Seconds that partitions which move wait for a commit; the client's thread may be gone."""
Broken = Callable[[BaseException], None]


class Hands:
    """The work in hand; what breaks it is told to `broken`, and nothing is taken up any more."""

    def __init__(self, broken: Broken) -> None:
        self._broken = broken
        self._count: Counter[int] = Counter()
        self._tasks: set[asyncio.Future[None]] = set()
        self._freed = asyncio.Event()
        self._ready = asyncio.Event()
        self._ended = False
        self.turn = 0

    def lay_down(self) -> None:
        """Take up nothing more until `ready`: partitions move. Records that were polled before that are void."""
        self._ready.clear()
        self.turn += 1

    def ready(self) -> None:
        """Partitions have moved, and all that is remembered of them is at hand."""
        self._ready.set()

    def end(self) -> None:
        """Take up nothing any more; who waits for records may go on, and finds that they are void."""
        self._ended = True
        self._ready.set()

    def is_current(self, turn: int) -> bool:
        """Whether records that were polled in a turn may be taken up."""
        return turn == self.turn and not self._ended

    async def until_ready(self) -> None:
        """Return when work may be taken up, or never will be."""
        await self._ready.wait()

    def take(self, partition: int, work: Awaitable[None]) -> None:
        """Begin to work on a batch of a partition; batches of one partition are begun in the order of calls."""
        self._count[partition] += 1
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._done(partition, done))

    def _done(self, partition: int, task: asyncio.Future[None]) -> None:
        self._count[partition] -= 1
        self._tasks.discard(task)
        self._freed.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            self.end()
            self._broken(error)

    def is_full(self, partition: int) -> bool:
        """Whether a partition has as many batches in hand as it may."""
        return self._count[partition] >= MOST_IN_HAND

    async def freed(self, patience: float) -> None:
        """Return when a batch is done, or after so many seconds."""
        self._freed.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._freed.wait(), patience)

    async def empty(self) -> None:
        """Return when nothing is in hand."""
        while self._tasks:
            await asyncio.wait(self._tasks)


class Commits:
    """Commits what is done: the newest offsets of all partitions, one commit at a time. Work does not wait for it."""

    def __init__(self, commit: Callable[[Mapping[TP, int]], Awaitable[None]], broken: Broken) -> None:
        self._commit = commit
        self._broken = broken
        self._waiting: dict[TP, int] = {}
        self._running: asyncio.Task[None] | None = None

    def add(self, offsets: Mapping[TP, int]) -> None:
        """Have these committed."""
        self._waiting |= offsets
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            while self._waiting:
                offsets, self._waiting = self._waiting, {}
                await self._commit(offsets)
        except Exception as error:  # noqa: BLE001  # whatever it is, the worker stops by it
            self._broken(error)

    async def flush(self) -> None:
        """Return when all that was added is committed, or cannot be: then its batches come again."""
        if self._running is not None:
            await asyncio.wait({self._running}, timeout=PATIENCE)
