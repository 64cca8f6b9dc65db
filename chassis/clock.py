"""The time, real or simulated; every process of a stack computes the same from the same settings."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class Clock:
    """Time that stands at `start` until the machine's clock reads `anchor`, and then runs `rate` times as fast.

    `anchor` is in seconds since 1970. In production start equals anchor and rate is 1. An anchor that is yet to come
    lets processes start before simulated time does, which at a high rate would otherwise be days ahead of them.
    """

    start: datetime
    anchor: float
    rate: float = 1.0

    @classmethod
    def real(cls) -> "Clock":
        """The machine's own time."""
        now = time.time()
        return cls(start=datetime.fromtimestamp(now, UTC), anchor=now)

    def now(self) -> datetime:
        """The time, in UTC."""
        return self.start + timedelta(seconds=max(0.0, time.time() - self.anchor) * self.rate)

    def real_seconds(self, simulated: timedelta) -> float:
        """How many real seconds a span of simulated time takes."""
        return simulated.total_seconds() / self.rate

    def simulated(self, real_seconds: float) -> timedelta:
        """How much simulated time passes in a span of real seconds."""
        return timedelta(seconds=real_seconds * self.rate)


def milliseconds(instant: datetime) -> int:
    """An instant as Kafka writes it."""
    return int(instant.timestamp() * 1000)
