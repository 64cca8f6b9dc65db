"""What the simulated Stripe tells: events kept for thirty days at Stripe, for ever here, and posted, signed."""

import asyncio
import hmac
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import structlog
from msgspec import Struct

from chassis.clock import Clock
from counterpoint.providers.faults import Fault, Kind
from counterpoint.providers.posting import NotAnswered, NotReached, Poster
from counterpoint.providers.stripe import shown
from counterpoint.providers.stripe.forms import specification
from counterpoint.providers.stripe.records import Endpoint, Happening, Records

TRIES, FIRST_PAUSE = 8, 0.25
"""Tries of one webhook, and the pause after the first, in real seconds: doubled each time. Stripe's go on for days."""
HUGE = 10 << 20
STALE = timedelta(hours=1)
log = structlog.get_logger()


def signed(secret: str, timestamp: int, body: bytes) -> str:
    """Stripe-Signature."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


class _Post(Struct, frozen=True):
    """One event for one endpoint."""

    endpoint: Endpoint
    event: Happening
    fault: Fault | None


class Events:
    """Makes events and posts them, each on its own: one that is tried again keeps no other waiting."""

    def __init__(self, *, records: Records, clock: Clock, workers: int) -> None:
        self._records = records
        self._clock = clock
        self._workers = workers
        self._queue: asyncio.Queue[_Post] = asyncio.Queue()
        self._later: set[asyncio.Task[None]] = set()
        self.waiting = 0
        """Posts that are still to be made, or under way."""
        self.delivered = 0
        self.given_up = 0

    def tell(
        self, kind: str, name: str, thing: Mapping[str, Any], at: datetime, fault: Fault | None, key: str | None = None
    ) -> None:
        """Something happened with an object; `name` is its name in the specification."""
        specification().check_object(name, thing)
        new_id = self._records.new_id
        request = new_id("req_") if key is not None else None
        event = Happening(new_id("evt_"), at, kind, dict(thing), request, key)
        self._records.events[event.id] = event
        if fault is not None and fault.kind is Kind.CALLBACK_LOST:
            return
        for endpoint in self._records.endpoints.values():
            if endpoint.wants(kind):
                for _ in range(2 if fault is not None and fault.kind is Kind.CALLBACK_TWICE else 1):
                    event.waiting += 1
                    self.waiting += 1
                    self._queue.put_nowait(_Post(endpoint, event, fault))

    async def told(self) -> None:
        """Return when everything that was to be told was tried."""
        await self._queue.join()

    async def run(self) -> None:
        """Post until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._workers):
                    group.create_task(self._work())
        finally:
            for task in self._later:
                task.cancel()

    async def _work(self) -> None:
        poster = Poster()
        try:
            while True:
                post = await self._queue.get()
                await self._with_its_fault(poster, post)
                self._queue.task_done()
        finally:
            poster.close()

    async def _with_its_fault(self, poster: Poster, post: _Post) -> None:
        kind = None if post.fault is None else post.fault.kind
        if kind is Kind.CALLBACK_LATE and post.fault is not None:
            self._after(post.fault.seconds, _Post(post.endpoint, post.event, None), 0)
            return
        for body, stale in _beside(kind, shown.event(post.event)):
            await self._once(poster, post.endpoint, body, forged=kind is Kind.CALLBACK_FORGED, stale=stale)
        altered = kind is Kind.CALLBACK_ALTERED
        await self._try(poster, post, _altered(shown.event(post.event)) if altered else shown.event(post.event), 0)

    async def _try(self, poster: Poster, post: _Post, content: Mapping[str, Any], tried: int) -> None:
        if await self._once(poster, post.endpoint, json.dumps(content).encode()):
            self.delivered += 1
            post.event.waiting -= 1
            self.waiting -= 1
        elif tried + 1 < TRIES:
            self._after(FIRST_PAUSE * 2**tried, post, tried + 1, content)
        else:
            self.given_up += 1
            self.waiting -= 1
            log.warning("webhook.given_up", provider="stripe")

    def _after(self, seconds: float, post: _Post, tried: int, content: Mapping[str, Any] | None = None) -> None:
        async def later() -> None:
            await asyncio.sleep(seconds)
            poster = Poster()
            try:
                await self._try(poster, post, content or shown.event(post.event), tried)
            finally:
                poster.close()

        task = asyncio.create_task(later())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _once(
        self, poster: Poster, endpoint: Endpoint, body: bytes, *, forged: bool = False, stale: bool = False
    ) -> bool:
        # A try that comes later is signed anew, with its own time.
        at = self._clock.now() - (STALE + self._clock.simulated(STALE.total_seconds()) if stale else timedelta(0))
        signature = signed("whsec_of_nobody" if forged else endpoint.secret, shown.stamp(at), body)
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}
        with suppress(NotReached, NotAnswered):
            status = await poster.post(endpoint.url, body=body, headers=headers, connect=5.0, read=20.0)
            return 200 <= status < 300
        return False


def _beside(kind: Kind | None, event: dict[str, Any]) -> list[tuple[bytes, bool]]:
    """What is posted beside an event, once, and whether with a time long past."""
    other = {**event, "id": event["id"] + "x"}
    thing = other["data"]["object"]
    match kind:
        case Kind.CALLBACK_FORGED:
            forged = other | {"type": "charge.dispute.funds_withdrawn"}
            return [(json.dumps(forged).encode(), False)]
        case Kind.CALLBACK_STALE:
            return [(json.dumps(event).encode(), True)]
        case Kind.CALLBACK_HUGE:
            return [(json.dumps(other | {"padding": "x" * HUGE}).encode(), False)]
        case Kind.CALLBACK_UNKNOWN:
            stranger = {**thing, "id": f"{thing['id']}x", "payment_intent": "pi_nobody", "metadata": {}}
            unknown = other | {"data": {"object": stranger | {"client_reference_id": None}}}
            return [(json.dumps(unknown).encode(), False)]
        case Kind.CALLBACK_STRANGE:
            strange = other | {"type": "payment_intent.dreamt_of", "data": {"object": {"amount": "a lot"}, "new": 1}}
            return [(json.dumps(strange).encode(), False), (b'"\xff\x00"', False)]
        case _:
            return []


def _altered(event: dict[str, Any]) -> dict[str, Any]:
    """The event, truly signed, with ten dollars more in it than was asked."""
    thing = event["data"]["object"]
    more = {name: thing[name] + 1000 for name in ("amount", "amount_total", "amount_subtotal") if name in thing}
    return event | {"data": {"object": thing | more}}
