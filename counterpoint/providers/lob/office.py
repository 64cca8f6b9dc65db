"""The post office behind Lob: moves letters from scan to scan on the simulated clock, and tells of it, signed."""

import asyncio
import heapq
import hmac
import json
from contextlib import suppress
from datetime import datetime
from hashlib import blake2b, sha256
from itertools import count
from random import Random
from typing import Any

import structlog

from chassis.clock import Clock
from counterpoint.providers.faults import Fault, Kind
from counterpoint.providers.ledger import Ledger
from counterpoint.providers.lob.letters import Letter, Letters, moment
from counterpoint.providers.lob.scenarios import Step, path, scenario_of
from counterpoint.providers.posting import NotAnswered, NotReached, Poster

TRIES, FIRST_PAUSE = 6, 0.25
"""Tries of one webhook, and the pause after the first, in real seconds: doubled each time. Lob's own are not known."""
HUGE = 10 << 20
STALE_MILLISECONDS = 3_600_000

log = structlog.get_logger()


def signed(secret: str, timestamp: str, body: bytes) -> str:
    """Lob-Signature."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, sha256).hexdigest()


class Office:
    """Every letter under way. What happens is dated by when it was due, not by when the machine came to it."""

    def __init__(self, *, clock: Clock, letters: Letters, ledger: Ledger, address: str | None, secret: str) -> None:
        self._clock = clock
        self._letters = letters
        self._ledger = ledger
        self._address = address
        self._secret = secret
        self._due: list[tuple[datetime, int, Letter, tuple[Step, ...], Fault | None]] = []
        self._numbers = count()
        self._changed = asyncio.Event()
        self._posts: asyncio.Queue[tuple[bytes, Fault | None]] = asyncio.Queue()
        self.delivered = 0
        self.given_up = 0

    @property
    def under_way(self) -> int:
        """Letters that have not reached the end of their way."""
        return len(self._due)

    @property
    def waiting(self) -> int:
        """Webhooks that are still to be called."""
        return self._posts.qsize()

    def take_on(self, letter: Letter, fault: Fault | None) -> None:
        """A letter was accepted: from here on it takes its course."""
        chance = Random(letter.id)  # noqa: S311 - chance, not secrecy
        steps = tuple(path(scenario_of(letter.to["address_line1"]), chance, self._letters.undo))
        self._tell(letter, "letter.created", letter.created_at, fault)
        self._next(letter, steps, letter.created_at, fault)

    def taken_back(self, letter: Letter) -> None:
        """A letter was cancelled before it was printed."""
        self._tell(letter, "letter.deleted", self._clock.now(), None)

    async def run(self) -> None:
        """Move letters along and call webhooks until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._move_along())
            group.create_task(self._post())

    async def _move_along(self) -> None:
        while True:
            self._changed.clear()
            now = self._clock.now()
            while self._due and self._due[0][0] <= now:
                at, _, letter, steps, fault = heapq.heappop(self._due)
                if not letter.deleted:
                    self._take(letter, steps[0], at, fault)
                    self._next(letter, steps[1:], at, fault)
            left = self._clock.real_seconds(self._due[0][0] - self._clock.now()) if self._due else None
            with suppress(TimeoutError):
                async with asyncio.timeout(None if left is None else max(left, 0.001)):
                    await self._changed.wait()

    def _next(self, letter: Letter, steps: tuple[Step, ...], at: datetime, fault: Fault | None) -> None:
        if steps:
            heapq.heappush(self._due, (at + steps[0].after, next(self._numbers), letter, steps, fault))
            self._changed.set()

    def _take(self, letter: Letter, step: Step, at: datetime, fault: Fault | None) -> None:
        if step.name:
            scan = {
                "id": f"evnt_{_short(letter.id, step.event)}",
                "type": "normal",
                "name": step.name,
                "details": None,
                "location": None if step.name == "Mailed" else letter.to["address_zip"][:5],
                "time": moment(at),
                "date_created": moment(at),
                "date_modified": moment(at),
                "object": "tracking_event",
            }
            letter.scans.append(scan)
        if step.event == "letter.rejected":
            letter.status = "rejected"
        if step.received or step.event in ("letter.rejected", "letter.returned_to_sender"):
            self._record(letter, step.event, at if step.received else None)
        self._tell(letter, step.event, at, fault)

    def _record(self, letter: Letter, event: str, received_at: datetime | None) -> None:
        to = letter.to
        lines = (to.get("name"), to["address_line1"], to.get("address_line2"))
        last = f"{to['address_city']}, {to['address_state']} {to['address_zip']}"
        self._ledger.write(
            provider="lob",
            kind="letter",
            message_sid=letter.id,
            to="\n".join([*(line for line in lines if line), last]),
            sender=letter.sender.get("name") or "",
            body=letter.words,
            reference=dict(letter.metadata),
            requested_at=letter.created_at,
            received_at=received_at,
            status=event.removeprefix("letter."),
            error_code=None,
        )

    def _tell(self, letter: Letter, event: str, at: datetime, fault: Fault | None) -> None:
        if self._address is None or (fault is not None and fault.kind is Kind.CALLBACK_LOST):
            return
        content: dict[str, Any] = {
            "id": f"evt_{_short(letter.id, event)}",
            "event_type": {"id": event, "enabled_for_test": True, "resource": "letters", "object": "event_type"},
            "reference_id": letter.id,
            "date_created": moment(at),
            "body": self._letters.shown(letter),
            "object": "event",
        }
        body = json.dumps(content).encode()
        for _ in range(2 if fault is not None and fault.kind is Kind.CALLBACK_TWICE else 1):
            self._posts.put_nowait((body, fault))

    async def told(self) -> None:
        """Return when everything that was to be told was tried."""
        await self._posts.join()

    async def _post(self) -> None:
        poster = Poster()
        try:
            while True:
                body, fault = await self._posts.get()
                kind = None if fault is None else fault.kind
                for other, signature, age in _beside(kind, body):
                    await self._once(poster, other, signature, age)
                if fault is not None and kind is Kind.CALLBACK_LATE:
                    await asyncio.sleep(fault.seconds)
                await self._deliver(poster, body)
                self._posts.task_done()
        finally:
            poster.close()

    async def _deliver(self, poster: Poster, body: bytes) -> None:
        pause = FIRST_PAUSE
        for _ in range(TRIES):
            if await self._once(poster, body, None):
                self.delivered += 1
                return
            await asyncio.sleep(pause)
            pause *= 2
        self.given_up += 1
        log.warning("webhook.given_up", provider="lob")

    async def _once(self, poster: Poster, body: bytes, signature: str | None, age: int = 0) -> bool:
        timestamp = str(int(self._clock.now().timestamp() * 1000) - int(age * max(1.0, self._clock.rate)))
        headers = {
            "Content-Type": "application/json",
            "Lob-Signature": signature or signed(self._secret, timestamp, body),
            "Lob-Signature-Timestamp": timestamp,
        }
        try:
            status = await poster.post(self._address or "", body=body, headers=headers, connect=5.0, read=15.0)
        except (NotReached, NotAnswered):
            return False
        return 200 <= status < 300


def _short(letter_id: str, event: str) -> str:
    return blake2b(f"{letter_id}/{event}".encode(), digest_size=8).hexdigest()


def _beside(kind: Kind | None, body: bytes) -> list[tuple[bytes, str | None, int]]:
    """What is posted beside an event, once: its body, a signature if it is a false one, and how old it is."""
    event: dict[str, Any] = json.loads(body)
    letter = event["body"]
    match kind:
        case Kind.CALLBACK_FORGED:
            return [(body.replace(b"letter.delivered", b"letter.returned_to_sender"), "0" * 64, 0)]
        case Kind.CALLBACK_STALE:
            return [(body.replace(b"letter.delivered", b"letter.returned_to_sender"), None, STALE_MILLISECONDS)]
        case Kind.CALLBACK_HUGE:
            return [(json.dumps({**event, "padding": "x" * HUGE}).encode(), None, 0)]
        case Kind.CALLBACK_UNKNOWN:
            stranger = {**letter, "id": "ltr_nobody", "metadata": {**letter["metadata"], "attempt": "nobody"}}
            ids = {"id": f"{event['id']}x", "reference_id": "ltr_nobody"}
            return [(json.dumps({**event, **ids, "body": stranger}).encode(), None, 0)]
        case Kind.CALLBACK_STRANGE:
            strange = {**event, "id": f"{event['id']}x", "event_type": {"id": "letter.dreamt_of"}, "new": [1]}
            return [(json.dumps(strange).encode(), None, 0), (b'"\xff\x00"', None, 0)]
        case _:
            return []
