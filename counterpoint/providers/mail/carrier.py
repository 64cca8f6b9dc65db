"""Moves e-mails to their mailboxes on the simulated clock, and lets their readers do what they do."""

import asyncio
import heapq
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import count
from random import Random
from typing import Any

import httpx
import structlog

from chassis.clock import Clock
from counterpoint.providers.faults import Fault, Kind
from counterpoint.providers.ledger import Ledger
from counterpoint.providers.mail.backwards import Backwards
from counterpoint.providers.mail.events import Events
from counterpoint.providers.mail.mails import Mail
from counterpoint.providers.mail.scenarios import BROWSER, SCANNER, Step, path, scenario_of
from counterpoint.providers.posting import Poster

READERS = frozenset({"visit", "scan", "unsubscribe"})
"""Steps that are done with an e-mail's links, and of which SendGrid knows nothing."""
ENDS = frozenset({"bounce", "dropped", "delivered"})
CANCELLED = "cancelled"
log = structlog.get_logger()


class Carrier:
    """Every e-mail under way. What happens is dated by when it was due, not by when the machine came to it."""

    def __init__(self, *, clock: Clock, ledger: Ledger, events: Events, backwards: Backwards) -> None:
        self._clock = clock
        self._ledger = ledger
        self._events = events
        self._backwards = backwards
        self._due: list[tuple[datetime, int, Mail, tuple[Step, ...]]] = []
        self._numbers = count()
        self._changed = asyncio.Event()
        self._reading: set[asyncio.Task[None]] = set()
        self._http = httpx.AsyncClient(trust_env=False, timeout=10.0)

    @property
    def under_way(self) -> int:
        """E-mails to which something will still happen."""
        return len(self._due) + len(self._reading)

    def take_on(self, mail: Mail) -> None:
        """An e-mail was accepted: from here on, or from when it is to go, it takes its course."""
        self._next(mail, self._steps(mail), mail.goes_at or mail.at)

    async def rush(self, mail: Mail) -> None:
        """Bring an e-mail to its end at once, telling of it meanwhile: for events that come before the answer."""
        at, poster = mail.at, Poster()
        for step in self._steps(mail):
            at += timedelta(seconds=step.delay)
            event = self._take(mail, step, at)
            if event is not None:
                await self._events.deliver(poster, [event])
        poster.close()

    def _steps(self, mail: Mail) -> tuple[Step, ...]:
        return tuple(path(scenario_of(mail.to), Random(mail.id)))  # noqa: S311 - chance, not secrecy

    async def run(self) -> None:
        """Move e-mails along until cancelled."""
        try:
            while True:
                self._changed.clear()
                now = self._clock.now()
                while self._due and self._due[0][0] <= now:
                    at, _, mail, steps = heapq.heappop(self._due)
                    if mail.status == CANCELLED:
                        continue
                    event = self._take(mail, steps[0], at)
                    if event is not None:
                        self._events.tell(event, mail.fault)
                    self._next(mail, steps[1:], at)
                left = self._clock.real_seconds(self._due[0][0] - self._clock.now()) if self._due else None
                with suppress(TimeoutError):
                    async with asyncio.timeout(None if left is None else max(left, 0.001)):
                        await self._changed.wait()
        finally:
            for task in self._reading:
                task.cancel()
            await self._http.aclose()

    def _next(self, mail: Mail, steps: tuple[Step, ...], at: datetime) -> None:
        if steps:
            due = at + timedelta(seconds=steps[0].delay)
            heapq.heappush(self._due, (due, next(self._numbers), mail, steps))
            self._changed.set()

    def _take(self, mail: Mail, step: Step, at: datetime) -> dict[str, Any] | None:
        """Take a step; give back the event that tells of it, if SendGrid carries it and knows."""
        if step.event in READERS:
            self._start(self._read(mail, step.event))
            return None
        mail.status = step.event if step.event in ENDS else mail.status
        mail.opens += step.event == "open"
        if step.received:
            mail.received_at = at
        if step.event in ENDS:
            self._record(mail)
        if mail.via == "smtp":
            if step.event in ("bounce", "spamreport", "deferred"):
                self._start(self._backwards.tell(mail, step, at))
            return None
        return self._event(mail, step, at)

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _read(self, mail: Mail, what: str) -> None:
        links = mail.links
        try:
            if what == "unsubscribe" and links:
                await self._http.post(links[-1], data={"List-Unsubscribe": "One-Click"})
            elif what == "visit" and links:
                mail.clicks += 1
                await self._http.get(links[0], headers={"User-Agent": BROWSER})
            elif what == "scan":
                for link in links:
                    await self._http.get(link, headers={"User-Agent": SCANNER})
        except httpx.HTTPError as error:
            log.warning("link.not_followed", error=type(error).__name__)

    def _event(self, mail: Mail, step: Step, at: datetime) -> dict[str, Any]:
        sign = blake2b(f"{mail.id}/{step.event}/{at.isoformat()}".encode(), digest_size=16).hexdigest()
        return {
            "email": mail.to,
            "timestamp": int(at.timestamp()),
            "event": step.event,
            "sg_event_id": sign,
            "sg_message_id": f"{mail.id}.recvd-simulated-1",
            "smtp-id": mail.headers.get("Message-ID", f"<{mail.id}@ismtpd.example.test>"),
            **step.more,
            **mail.args,
        }

    def _record(self, mail: Mail) -> None:
        self._ledger.write(
            provider=mail.via,
            kind="email",
            message_sid=mail.id,
            to=mail.to,
            sender=mail.sender,
            body=f"{mail.subject}\n\n{mail.text}",
            reference=dict(mail.args),
            requested_at=mail.at,
            received_at=mail.received_at,
            status=mail.status,
            error_code=None,
        )


def tells_first(fault: Fault | None) -> bool:
    """Whether events are to come before the answer."""
    return fault is not None and fault.kind is Kind.CALLBACK_FIRST
