"""How fast each of our senders may go: a token bucket for each, and whoever wants more waits in order."""

import asyncio


class Pace:
    """So many messages a real second for each sender; 0 is no limit. A second's worth may go at once after a rest."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._free_at: dict[str, float] = {}

    async def wait(self, sender: str) -> None:
        """Wait for this sender's turn."""
        if self._per_second <= 0:
            return
        now = asyncio.get_running_loop().time()
        turn = max(self._free_at.get(sender, 0.0), now - max(1.0 - 1 / self._per_second, 0.0))
        self._free_at[sender] = turn + 1 / self._per_second
        if turn > now:
            await asyncio.sleep(turn - now)
