"""The one address behind which all workers take callbacks, as a load balancer would have it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import count

import httpx

LOOK = 0.3
"""Seconds between two looks at who is ready."""


class Door:
    """Passes connections on to workers that say they are ready, in turn."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports = ports
        self._ready: list[int] = []
        self._turn = count()

    async def serve(self, port: int) -> None:
        """Pass on until cancelled."""
        server = await asyncio.start_server(self._pass, "127.0.0.1", port, backlog=1024)
        async with server, httpx.AsyncClient(trust_env=False, timeout=2) as client:
            while True:
                self._ready = [p for p in self._ports if await _is_ready(client, p)]
                await asyncio.sleep(LOOK)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await self._connected()
        if there is None:
            writer.close()
            return
        both = [asyncio.create_task(_pour(reader, there[1])), asyncio.create_task(_pour(there[0], writer))]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for end in (writer, there[1]):
            end.close()
        await asyncio.gather(*both)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        ready = tuple(self._ready)
        first = next(self._turn)
        for n in range(len(ready)):
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", ready[(first + n) % len(ready)])
        return None


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, RuntimeError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


async def _is_ready(client: httpx.AsyncClient, port: int) -> bool:
    try:
        return (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
