"""Work that a process does over and over beside its requests, until it is cancelled."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from chassis.failures import Unreachable
from chassis.retry import Backoff

log = structlog.get_logger()


async def over_and_over(work: Callable[[], Awaitable[None]], *, rest: Callable[[], Awaitable[None]], name: str) -> None:
    """Do the work, rest, and so on; while something is unreachable, try again after longer and longer pauses.

    Python 3.11's wait_for, which psycopg waits with, loses a cancellation that comes as its result does. So whether
    this task was cancelled is asked before each rest; otherwise the process could wait for ever for it to end.
    """
    backoff = Backoff()
    while not _cancelled():
        try:
            await work()
        except Unreachable as fault:
            pause = backoff.next(fault.retry_after)
            log.warning("background.delayed", work=name, what=fault.what, retry_in=round(pause, 2))
            await asyncio.sleep(pause)
            continue
        backoff = Backoff()
        if not _cancelled():
            await rest()


def _cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def within(event: asyncio.Event, seconds: float) -> None:
    """Return when the event is set, or the time is over."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
