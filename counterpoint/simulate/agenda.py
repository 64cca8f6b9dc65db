"""What is still to come in one consumer's days, in order of time."""

import heapq
from collections.abc import Callable
from datetime import datetime

Action = Callable[[datetime], None]


class Agenda:
    """Actions with their times; what is noted first comes first of what comes at one instant."""

    def __init__(self) -> None:
        self._coming: list[tuple[datetime, int, Action]] = []
        self._noted = 0

    def note(self, at: datetime, action: Action) -> None:
        """Let something happen at an instant, to the second."""
        self._noted += 1
        heapq.heappush(self._coming, (at.replace(microsecond=0), self._noted, action))

    def next_at(self) -> datetime | None:
        """When the next of it comes; None if nothing does."""
        return self._coming[0][0] if self._coming else None

    def take(self) -> tuple[datetime, Action]:
        """The next of it."""
        at, _, action = heapq.heappop(self._coming)
        return at, action
