"""Work done over and over: it outlives failures, and ends when cancelled even if a library loses that.

Green does not prove how soon it ends: work that is under way is finished first.
"""

import asyncio

from chassis.failures import Unreachable
from services.ingest.background import over_and_over, within


async def test_goes_on_after_what_it_needs_was_unreachable() -> None:
    tries = 0
    enough = asyncio.Event()

    async def work() -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise Unreachable("the database", retry_after=0.1)
        enough.set()

    task = asyncio.create_task(over_and_over(work, rest=asyncio.Event().wait, name="test"))  # type: ignore[arg-type]
    await asyncio.wait_for(enough.wait(), 10)
    task.cancel()
    await asyncio.wait([task], timeout=10)
    assert task.cancelled()
    assert tries == 3


async def test_ends_when_a_library_swallowed_its_cancellation() -> None:
    working = asyncio.Event()

    async def work() -> None:
        working.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            return

    task = asyncio.create_task(over_and_over(work, rest=asyncio.Event().wait, name="test"))  # type: ignore[arg-type]
    await working.wait()
    task.cancel()
    await asyncio.wait([task], timeout=10)
    assert task.done()


async def test_waits_for_an_event_or_the_time() -> None:
    event = asyncio.Event()
    await within(event, 0.001)
    assert not event.is_set()
    asyncio.get_running_loop().call_soon(event.set)
    await within(event, 3600)
    assert event.is_set()
