"""Takes contacts back at the provider when a stop comes after the provider took them on and before they went out.

What came of it is in the log: a contact that was taken back as the callback that says so, a race that was lost as one
with the times of both. Only the process that handed a contact over knows of it, and for as long as it runs.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Protocol

import msgspec
import structlog
from msgspec import Struct

from chassis import metrics
from chassis.channel.core.medium import Medium
from chassis.channel.suppressions import Suppressions
from chassis.clock import Clock
from chassis.failures import Unreachable
from chassis.host import Publisher
from chassis.retry import Backoff
from contracts.events import AttemptInDoubt, AttemptStarted, CallbackKind, CallbackReceived
from contracts.ids import AddressId, ContactId

MOST_KEPT = 100_000
"""So many contacts are remembered as handed over; of more the oldest is forgotten."""
AT_A_TIME = 16
TRIES = 4

log = structlog.get_logger()


class TakenBack(Struct, frozen=True):
    """It will not go out; `body` says so as the provider's own callback would."""

    body: bytes


class TooLate(Struct, frozen=True):
    """It has gone out, or can no longer be held."""

    reason: str


class Unheard(Struct, frozen=True):
    """Nobody knows; asking again does no harm."""

    reason: str


class Revoking(Protocol):
    """A provider that can be asked not to send what it has; it never raises for what the network or it does."""

    async def take_back(self, *, provider_id: str) -> TakenBack | TooLate | Unheard:
        """Ask it."""


class _Handed(Struct, frozen=True):
    attempt: AttemptStarted | AttemptInDoubt
    provider_id: str
    until: datetime


class Lost(Struct, frozen=True):
    """What the log keeps of a contact that could not be taken back."""

    not_taken_back: str
    barred_at: datetime
    asked_at: datetime
    answered_at: datetime


class Undoing:
    """What one process has handed over, and takes back."""

    def __init__(
        self,
        *,
        medium: Medium,
        provider: Revoking,
        window: timedelta,
        suppressions: Suppressions,
        publisher: Publisher,
        clock: Clock,
    ) -> None:
        self._medium = medium
        self._provider = provider
        self._window = window
        self._suppressions = suppressions
        self._publisher = publisher
        self._clock = clock
        self._handed: dict[ContactId, _Handed] = {}
        self._at: dict[AddressId, set[ContactId]] = {}
        self._wanted: asyncio.Queue[tuple[_Handed, datetime]] = asyncio.Queue()
        suppressions.heed(barred=self.barred, withdrawn=self.withdrawn)

    def handed_over(self, attempt: AttemptStarted | AttemptInDoubt, provider_id: str) -> None:
        """The provider took a contact on; it goes back at once if it was barred while the call was under way."""
        now = self._clock.now()
        for contact_id, old in list(self._handed.items()):
            if old.until > now and len(self._handed) < MOST_KEPT:
                break
            self.gone(contact_id)
        self._handed[attempt.contact_id] = _Handed(attempt, provider_id, now + self._window)
        self._at.setdefault(attempt.address_id, set()).add(attempt.contact_id)
        if attempt.address_id in self._suppressions:
            self.barred(attempt.address_id, now)
        elif self._suppressions.is_withdrawn(attempt.contact_id):
            self.withdrawn(attempt.contact_id, now)

    def gone(self, contact_id: ContactId) -> None:
        """It has gone out, or ended otherwise: there is nothing to take back."""
        handed = self._handed.pop(contact_id, None)
        if handed is not None:
            there = self._at[handed.attempt.address_id]
            there.discard(contact_id)
            if not there:
                del self._at[handed.attempt.address_id]

    def barred(self, address_id: AddressId, at: datetime) -> None:
        """Nothing may go to an address since this time."""
        for contact_id in sorted(self._at.get(address_id, ())):
            self.withdrawn(contact_id, at)

    def withdrawn(self, contact_id: ContactId, at: datetime) -> None:
        """A contact may not go out since this time."""
        handed = self._handed.get(contact_id)
        self.gone(contact_id)
        if handed is not None and handed.until > self._clock.now():
            self._wanted.put_nowait((handed, at))

    async def run(self) -> None:
        """Take back until cancelled."""
        at_a_time = asyncio.Semaphore(AT_A_TIME)
        async with asyncio.TaskGroup() as group:
            while True:
                handed, barred_at = await self._wanted.get()
                await at_a_time.acquire()
                task = group.create_task(self._take_back(handed, barred_at))
                task.add_done_callback(lambda _: at_a_time.release())

    async def _take_back(self, handed: _Handed, barred_at: datetime) -> None:
        asked_at = self._clock.now()
        answer = await self._asked(handed.provider_id)
        label = self._medium.label
        if isinstance(answer, TakenBack):
            metrics.TAKEN_BACK.labels(label, "taken_back").inc()
            await self._told(handed, answer.body)
            return
        outcome = "too_late" if isinstance(answer, TooLate) else "unheard"
        metrics.TAKEN_BACK.labels(label, outcome).inc()
        lost = Lost(answer.reason, barred_at, asked_at, self._clock.now())
        attempt_id = handed.attempt.attempt_id
        log.warning("contact.not_taken_back", attempt=attempt_id, reason=answer.reason, barred_at=str(barred_at))
        await self._told(handed, msgspec.json.encode(lost))

    async def _asked(self, provider_id: str) -> TakenBack | TooLate | Unheard:
        backoff = Backoff(first=0.1, most=2.0)
        answer: TakenBack | TooLate | Unheard = Unheard("not-asked")
        for _ in range(TRIES):
            answer = await self._provider.take_back(provider_id=provider_id)
            if not isinstance(answer, Unheard):
                return answer
            await asyncio.sleep(backoff.next())
        return answer

    async def _told(self, handed: _Handed, body: bytes) -> None:
        attempt, now = handed.attempt, self._clock.now()
        cause = f"{attempt.attempt_id}/taking-back"
        meta = self._medium.first(cause, "undo-callback", now, attempt.meta.consumer_id, attempt.meta.correlation_id)
        whence = self._medium.provider
        kind, contact_id, attempt_id = CallbackKind.STATUS, attempt.contact_id, attempt.attempt_id
        event = CallbackReceived(meta, whence, kind, contact_id, attempt_id, body, now)
        backoff = Backoff()
        while True:
            try:
                await self._publisher.publish(events=[event])
            except Unreachable:
                await asyncio.sleep(backoff.next())
            else:
                return
