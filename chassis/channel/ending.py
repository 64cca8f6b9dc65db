"""Asks a provider how messages ended that it has taken on, where it has not told: callbacks can be lost.

What it answers comes into the log as the callback that was lost would have, and is read like one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from chassis import metrics
from chassis.channel.core.decide import UNENDED
from chassis.channel.core.medium import Medium
from chassis.clock import Clock
from chassis.service import Done
from contracts.events import AttemptInDoubt, CallbackKind, CallbackReceived, Event

AT_A_TIME = 16

Report = Callable[[AttemptInDoubt], Awaitable[bytes | None]]
"""Asks the provider; what it says, in the words of its own callback, or None if it says nothing. Never raises."""


class Ending:
    """The effect that asks, of one channel in one process."""

    def __init__(self, *, medium: Medium, report: Report, clock: Clock) -> None:
        self._medium = medium
        self._report = report
        self._clock = clock
        self._at_a_time = asyncio.Semaphore(AT_A_TIME)

    async def ask(self, done: Sequence[Done]) -> Sequence[Event]:
        """Act on AttemptInDoubt about an end; a provider that says nothing is asked again another time."""
        doubts = [d.event for d in done if isinstance(d.event, AttemptInDoubt) and d.event.reason == UNENDED]
        return [event for event in await asyncio.gather(*map(self._told, doubts)) if event is not None]

    async def _told(self, doubt: AttemptInDoubt) -> CallbackReceived | None:
        async with self._at_a_time:
            body = await self._report(doubt)
        metrics.ENDS_ASKED.labels(self._medium.label, "silent" if body is None else "told").inc()
        if body is None:
            return None
        now = self._clock.now()
        meta = self._medium.following(doubt.meta, "asked-callback", now)
        whence, kind = self._medium.provider, CallbackKind.STATUS
        return CallbackReceived(meta, whence, kind, doubt.contact_id, doubt.attempt_id, body, now)
