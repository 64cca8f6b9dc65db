"""How far contacts have come, read from the log while it grows: how much may be approved next, and when all is over."""

import asyncio
from collections import Counter
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer

from chassis.channel.core.decide import UNENDED
from chassis.codec import SingleObjectCodec
from chassis.kafka_client import connection
from chassis.settings import StackSettings
from contracts.events import (
    AttemptInDoubt,
    AttemptRejected,
    AttemptStarted,
    AttemptStatus,
    AttemptStatusChanged,
    Event,
)
from contracts.topics import TOPIC_OF
from counterpoint.providers.twilio.scenarios import scenario_of


class Watch:
    """What the topic of attempts says of the contacts that were approved."""

    def __init__(self, stack: StackSettings) -> None:
        self._stack = stack
        self.approved: dict[str, str] = {}
        """The number of each contact."""
        self.started: dict[str, datetime] = {}
        self.ended: set[str] = set()
        self.doubted: set[str] = set()
        self.asked_for_their_end: set[str] = set()
        self.rejected: Counter[str] = Counter()

    @property
    def waiting(self) -> int:
        """Contacts that are approved, and of which no worker has begun."""
        return len(self.approved) - len(self.started)

    @property
    def open(self) -> set[str]:
        """Contacts that have not come to their end."""
        return self.approved.keys() - self.ended

    async def follow(self) -> None:
        """Read until cancelled."""
        arguments: dict[str, Any] = connection(self._stack)
        consumer = AIOKafkaConsumer(TOPIC_OF[AttemptStarted], **arguments, auto_offset_reset="earliest")
        codec = SingleObjectCodec()
        await consumer.start()
        try:
            while True:
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    for record in records:
                        self.apply(codec.decode(record.value))
                    await asyncio.sleep(0)
        finally:
            await consumer.stop()

    def apply(self, event: Event) -> None:
        """Take on what an event says."""
        if isinstance(event, AttemptStarted):
            self.started.setdefault(event.contact_id, event.started_at)
        elif isinstance(event, AttemptRejected):
            if event.contact_id not in self.ended:
                self.rejected[event.reason] += 1
            self.ended.add(event.contact_id)
        elif isinstance(event, AttemptInDoubt):
            kind = self.asked_for_their_end if event.reason == UNENDED else self.doubted
            kind.add(event.contact_id)
        elif isinstance(event, AttemptStatusChanged) and self._is_end(event):
            self.ended.add(event.contact_id)

    def _is_end(self, event: AttemptStatusChanged) -> bool:
        """Whether nothing more can come; of some numbers the carrier never says that the phone has it."""
        silent = scenario_of(self.approved.get(event.contact_id, "")).end == "sent"
        return event.terminal or (silent and event.status is AttemptStatus.SENT)
