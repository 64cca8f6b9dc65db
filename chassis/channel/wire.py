"""The bytes of one connection, both ways, with bounds on what waits in memory."""

import asyncio
from typing import Any

MOST_UNREAD = 1 << 18


class Wire(asyncio.Protocol):
    """One connection. What its other side sends before it is asked, or that it left, makes it `stale`."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._unread = bytearray()
        self._ended = False
        self._fault: Exception | None = None
        self._reading: asyncio.Future[None] | None = None
        self._full: asyncio.Future[None] | None = None

    @property
    def stale(self) -> bool:
        """Whether no call may be made over it any more."""
        return self._ended or bool(self._unread)

    async def write(self, data: bytes, patience: float | None) -> None:
        """Send, and wait until most of it has left; raises TimeoutError."""
        if not self._ended:  # else there may be an answer to read all the same
            self._transport.write(data)
        if self._full is not None:
            async with asyncio.timeout(patience):
                await self._full

    async def read(self, patience: float | None) -> bytes:
        """What has come, or nothing when nothing more will; raises TimeoutError, or ConnectionError if it broke."""
        if not self._unread and not self._ended:
            self._reading = asyncio.get_running_loop().create_future()
            async with asyncio.timeout(patience):
                await self._reading
        data = bytes(self._unread)
        if not data and self._fault is not None:
            raise ConnectionError(str(self._fault)) from self._fault
        self._unread.clear()
        if len(data) > MOST_UNREAD and not self._ended:
            self._transport.resume_reading()
        return data

    def close(self) -> None:
        """Let it go."""
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        self._unread += data
        if len(self._unread) > MOST_UNREAD:
            self._transport.pause_reading()
        self._wake(self._reading)

    def eof_received(self) -> None:
        """No more bytes will come."""
        self._ended = True
        self._wake(self._reading)

    def connection_lost(self, fault: Exception | None) -> None:
        """It is closed, or broke."""
        self._ended, self._fault = True, fault
        self._wake(self._reading)
        self._wake(self._full)

    def pause_writing(self) -> None:
        """Much still has to leave."""
        self._full = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """Most has left."""
        self._wake(self._full)
        self._full = None

    @staticmethod
    def _wake(waiting: "asyncio.Future[None] | None") -> None:
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
