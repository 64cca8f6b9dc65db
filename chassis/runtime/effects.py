"""Running a service's effects: together by effect, again if the world was unreachable, and stopping if it stays so."""

import asyncio
from collections.abc import Sequence

import structlog

from chassis.failures import Unreachable
from chassis.retry import Backoff
from chassis.service import AnyService, Done
from contracts.events import Event

log = structlog.get_logger()


async def perform(service: AnyService, done: Sequence[Done]) -> list[Event]:
    """Run the effects of these events, in the order in which the service lists them; give back what follows.

    An effect that is listed for several types gets them all at once, where the first of them stands.
    """
    results: list[Event] = []
    for effect in dict.fromkeys(service.effects.values()):
        mine = [d for d in done if service.effects.get(type(d.event)) == effect]
        if not mine:
            continue
        backoff = Backoff()
        while True:
            try:
                results.extend(await effect(mine))
                break
            except Unreachable as fault:
                pause = backoff.next(fault.retry_after)
                log.warning("effect.unreachable", events=len(mine), what=fault.what, retry_in=round(pause, 2))
                await asyncio.sleep(pause)
    return results
