"""How long to wait before trying again."""

import random

LEAST, MOST = 0.1, 15 * 60.0
"""Bounds, in seconds, of what a server may ask us to wait."""


class Backoff:
    """Pauses that double from `first` up to `most` seconds, each drawn at random from the upper half."""

    def __init__(self, *, first: float = 0.1, most: float = 10.0) -> None:
        self._pause = first
        self._most = most

    def next(self, asked: float | None = None) -> float:
        """Seconds to wait now; `asked` is what the other side wants, kept within bounds."""
        pause = self._pause * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, keeps no secret
        self._pause = min(self._pause * 2, self._most)
        if asked is None:
            return pause
        return min(max(asked, LEAST), MOST)
