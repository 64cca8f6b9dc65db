"""HTTP POST over one kept connection: a tenth of a general client's cost, which a load test's callbacks need."""

import asyncio
import ssl
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

import h11

PORTS = {"https": 443, "http": 80}


class NotReached(Exception):
    """No connection was had: the request was not sent."""


class NotAnswered(Exception):
    """The request may have been sent; no whole answer came."""


class Poster:
    """Posts, one at a time; keeps the connection to the last address for the next."""

    def __init__(self) -> None:
        self._where: tuple[str, str, int] | None = None
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._http = h11.Connection(h11.CLIENT)
        self.content = b""
        """What the last answer said."""

    async def post(self, address: str, *, body: bytes, headers: Mapping[str, str], connect: float, read: float) -> int:
        """Post, and return the status; raises NotReached or NotAnswered."""
        parts = urlsplit(address)
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        kept = await self._connected(parts, connect)
        try:
            async with asyncio.timeout(read):
                try:
                    return await self._exchange(parts.netloc, target, body, headers)
                except (OSError, EOFError, h11.ProtocolError):
                    if not kept:
                        raise
                # The other side had closed the kept connection, as it may at any time: once more, on a new one.
                self.close()
                await self._connected(parts, connect)
                return await self._exchange(parts.netloc, target, body, headers)
        except (OSError, EOFError, h11.ProtocolError) as error:
            self.close()
            raise NotAnswered(type(error).__name__) from error

    def close(self) -> None:
        """Let the connection go."""
        if self._writer is not None:
            self._writer.close()
        self._where = self._reader = self._writer = None

    async def _connected(self, parts: SplitResult, patience: float) -> bool:
        """Have a connection; whether it is one from before."""
        where = parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme]
        if where == self._where and self._reader is not None and not self._reader.at_eof():
            return True
        self.close()
        try:
            async with asyncio.timeout(patience):
                self._reader, self._writer = await asyncio.open_connection(
                    where[1], where[2], ssl=ssl.create_default_context() if where[0] == "https" else None
                )
        except OSError as error:
            raise NotReached(type(error).__name__) from error
        self._where = where
        self._http = h11.Connection(h11.CLIENT)
        return False

    async def _exchange(self, host: str, target: str, body: bytes, headers: Mapping[str, str]) -> int:
        if self._reader is None or self._writer is None:
            raise EOFError
        fields = [("Host", host), ("Content-Length", str(len(body))), *headers.items()]
        out = self._http.send(h11.Request(method="POST", target=target, headers=fields)) or b""
        out += self._http.send(h11.Data(data=body)) or b""
        out += self._http.send(h11.EndOfMessage()) or b""
        self._writer.write(out)
        await self._writer.drain()
        status, content = 0, b""
        while not isinstance(event := self._http.next_event(), h11.EndOfMessage):
            if event is h11.NEED_DATA:
                self._http.receive_data(await self._more(self._reader))
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                content += event.data
        self.content = content
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        else:
            self.close()
        return status

    async def _more(self, reader: asyncio.StreamReader) -> bytes:
        data = await reader.read(65536)
        if not data and self._http.their_state is not h11.SEND_BODY:
            raise EOFError
        return data
