"""Connections to one provider, each with a client of its own: a pool of many costs six times the processor time."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx


class Lanes:
    """So many connections, each lent to one call at a time; the one that was used last is lent first."""

    def __init__(
        self,
        number: int,
        *,
        base_url: str,
        connect_timeout: float,
        answer_timeout: float,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> None:
        verify = httpx.create_ssl_context(trust_env=False)
        self._lanes = [
            httpx.AsyncClient(
                base_url=base_url,
                headers=headers,
                auth=auth,
                timeout=httpx.Timeout(answer_timeout, connect=connect_timeout),
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=3.0),
                verify=verify,
                trust_env=False,
            )
            for _ in range(number)
        ]
        self._free: asyncio.LifoQueue[httpx.AsyncClient] = asyncio.LifoQueue()
        for lane in self._lanes:
            self._free.put_nowait(lane)

    @asynccontextmanager
    async def lane(self) -> AsyncIterator[httpx.AsyncClient]:
        """A connection that nobody else uses meanwhile."""
        lent = await self._free.get()
        try:
            yield lent
        finally:
            self._free.put_nowait(lent)

    async def close(self) -> None:
        """Let the connections go."""
        for lane in self._lanes:
            await lane.aclose()
