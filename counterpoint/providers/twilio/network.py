"""The telephone network behind Twilio: moves texts from step to step on the simulated clock, and on to phones."""

import asyncio
import heapq
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from random import Random
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

from chassis.clock import Clock
from counterpoint.providers.faults import Fault
from counterpoint.providers.ledger import Ledger
from counterpoint.providers.twilio.callbacks import Job, Webhooks
from counterpoint.providers.twilio.messages import VERSION, Message, Messages, Window
from counterpoint.providers.twilio.scenarios import OUTSIDE_THE_WINDOW, Step, path, scenario_of

EXPIRED, CANCELED = 30036, "canceled"
ANNOUNCED = frozenset({"sent", "delivered", "undelivered", "failed", "canceled", "read"})
"""Statuses that a callback tells of; `sending` passes in a moment and is only seen by asking."""


class Task(Struct, frozen=True):
    """The rest of a text's way, with the fault that its request met."""

    message: Message
    steps: tuple[Step, ...]
    fault: Fault | None


class Network:
    """Every text under way. What happens is dated by when it was due, not by when the machine came to it."""

    def __init__(self, *, clock: Clock, messages: Messages, ledger: Ledger, webhooks: Webhooks) -> None:
        self._clock = clock
        self._messages = messages
        self._ledger = ledger
        self._webhooks = webhooks
        self._due: list[tuple[datetime, int, Task]] = []
        self._numbers = count()
        self._changed = asyncio.Event()

    @property
    def under_way(self) -> int:
        """Texts that have not reached the end of their way."""
        return len(self._due)

    def take_on(self, message: Message, fault: Fault | None, at: datetime | None = None) -> None:
        """A text was accepted: from here on, or from the time for which it is scheduled, it takes its course."""
        self._next(Task(message, self._steps(message), fault), at or message.created_at)

    def cancel(self, message: Message) -> None:
        """A scheduled text is held back: its way ends here."""
        if job := self._take(message, Step(CANCELED, 0.0), self._clock.now(), None):
            self._webhooks.call(job)

    async def rush(self, message: Message, fault: Fault) -> None:
        """Bring a text to its end at once, calling back meanwhile: for callbacks that come before the answer."""
        at = message.created_at
        for step in self._steps(message):
            at = at + timedelta(seconds=step.delay)
            if job := self._take(message, step, at, fault):
                await self._webhooks.deliver(job)
            if message.status != step.status:
                return

    def _steps(self, message: Message) -> tuple[Step, ...]:
        chance = Random(message.sid)  # noqa: S311 - chance, not secrecy
        if message.whatsapp is Window.OVER:
            return tuple(path(OUTSIDE_THE_WINDOW, chance))
        steps = path(scenario_of(message.to), chance)
        if message.whatsapp is not None and steps[-1].status == "delivered":
            steps.append(Step("read", chance.uniform(5.0, 300.0)))
        return tuple(steps)

    async def run(self) -> None:
        """Move texts along until cancelled."""
        while True:
            self._changed.clear()
            self._move(self._clock.now())
            left = self._clock.real_seconds(self._due[0][0] - self._clock.now()) if self._due else None
            with suppress(TimeoutError):
                async with asyncio.timeout(None if left is None else max(left, 0.001)):
                    await self._changed.wait()

    def _move(self, now: datetime) -> None:
        while self._due and self._due[0][0] <= now:
            at, _, task = heapq.heappop(self._due)
            if task.message.status == CANCELED:
                continue
            step = task.steps[0]
            if job := self._take(task.message, step, at, task.fault):
                self._webhooks.call(job)
            if task.message.status == step.status:
                self._next(Task(task.message, task.steps[1:], task.fault), at)

    def _next(self, task: Task, at: datetime) -> None:
        if task.steps:
            due = at + timedelta(seconds=task.steps[0].delay)
            # A text whose time ends on the way is looked at then, not when it would have arrived.
            valid_until = task.message.valid_until
            if valid_until is not None and due > valid_until and task.message.status != "delivered":
                due = max(at, valid_until)
            heapq.heappush(self._due, (due, next(self._numbers), task))
            self._changed.set()

    def _take(self, m: Message, step: Step, at: datetime, fault: Fault | None) -> Job | None:
        """Take a step, unless the text's time is over; give back the callback that tells of it."""
        if m.valid_until is not None and at >= m.valid_until and step.status != "read":
            step = Step("failed" if m.sent_at is None else "undelivered", 0.0, EXPIRED)
        m.status, m.error_code, m.updated_at = step.status, step.error_code, at
        if step.status == "sent":
            m.sent_at = at
        if step.received or step.status not in ("sending", "sent", "read"):
            self._record(m, at if step.received else None)
        if m.callback is None or step.status not in ANNOUNCED:
            return None
        fields = {
            "AccountSid": self._messages.account_sid,
            "ApiVersion": VERSION,
            "From": m.sender,
            "To": m.to,
            "MessageSid": m.sid,
            "MessageStatus": step.status,
            "SmsSid": m.sid,
            "SmsStatus": step.status,
        }
        if step.error_code is not None:
            fields["ErrorCode"] = str(step.error_code)
        return Job(m.callback, fields, fault.kind if fault else None, fault.seconds if fault else 0.0)

    def _record(self, m: Message, received_at: datetime | None) -> None:
        self._ledger.write(
            provider="twilio",
            kind="text" if m.direction == "outbound-api" else "confirmation",
            message_sid=m.sid,
            to=m.to,
            sender=m.sender,
            body=m.body,
            reference=dict(parse_qsl(urlsplit(m.callback or "").query)),
            requested_at=m.created_at,
            received_at=received_at,
            status=m.status,
            error_code=m.error_code,
        )
