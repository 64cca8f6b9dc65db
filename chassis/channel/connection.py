"""One kept connection under a client of httpx, at a fraction of what its general pool costs.

A call that may have left is never made again here. ConnectError and ConnectTimeout say that nothing left; any other
error of httpx leaves it open.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from typing import Any

import h11
import httpx

from chassis.channel.wire import Wire

MOST_HEADER_BYTES = 100 * 1024
PORTS = {"http": 80, "https": 443}


class Connection(httpx.AsyncBaseTransport):
    """Carries one call at a time. For the next one to the same place it is kept, at most `idle` seconds."""

    def __init__(self, *, tls: ssl.SSLContext, idle: float) -> None:
        self._tls = tls
        self._idle = idle
        self._where: tuple[str, str, int] | None = None
        self._wire = Wire()
        self._http = h11.Connection(h11.CLIENT, MOST_HEADER_BYTES)
        self._used_at = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Make a call, and return when its status and headers have come; raises errors of httpx."""
        patience: dict[str, float | None] = request.extensions["timeout"]
        try:
            await self._connect(request.url, patience["connect"])
            await self._write(request, patience["write"])
            while not isinstance(answer := await self._event(patience["read"]), h11.Response):
                pass  # "100 Continue" and its like
        except BaseException:
            self._close()
            raise
        return httpx.Response(
            answer.status_code, headers=answer.headers.raw_items(), stream=_Body(self, patience["read"])
        )

    async def aclose(self) -> None:
        """Let the connection go."""
        self._close()

    async def body(self, patience: float | None) -> AsyncIterator[bytes]:
        """The body of the answer, as it comes; raises errors of httpx."""
        while not isinstance(event := await self._event(patience), h11.EndOfMessage):
            yield bytes(event.data)

    def rest(self) -> None:
        """The call is over. The connection is kept if its answer was read to the end, and the other side keeps it."""
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE and not self._http.trailing_data[0]:
            self._http.start_next_cycle()
            self._used_at = asyncio.get_running_loop().time()
        else:
            self._close()

    def _close(self) -> None:
        if self._where is not None:
            self._wire.close()
        self._where = None

    async def _connect(self, url: httpx.URL, patience: float | None) -> None:
        loop = asyncio.get_running_loop()
        where = url.scheme, url.host, url.port or PORTS[url.scheme]
        if where == self._where and loop.time() - self._used_at < self._idle and not self._wire.stale:
            return
        self._close()
        try:
            async with asyncio.timeout(patience):
                tls = self._tls if url.scheme == "https" else None
                _, self._wire = await loop.create_connection(Wire, where[1], where[2], ssl=tls)
        except TimeoutError:
            raise httpx.ConnectTimeout(f"no connection to {where[1]} in time") from None
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error
        self._where = where
        self._http = h11.Connection(h11.CLIENT, MOST_HEADER_BYTES)

    async def _write(self, request: httpx.Request, patience: float | None) -> None:
        body = await request.aread()
        try:
            head = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
            parts = [self._http.send(e) or b"" for e in (head, h11.Data(data=body), h11.EndOfMessage())]
            await self._wire.write(b"".join(parts), patience)
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error
        except TimeoutError:
            raise httpx.WriteTimeout("the request did not leave in time") from None

    async def _event(self, patience: float | None) -> Any:
        """What comes next of the answer."""
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                self._http.receive_data(await self._wire.read(patience))
        except TimeoutError:
            raise httpx.ReadTimeout("no answer in time") from None
        except OSError as error:
            raise httpx.ReadError(str(error)) from error
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error)) from error
        return event


class _Body(httpx.AsyncByteStream):
    def __init__(self, connection: Connection, patience: float | None) -> None:
        self._connection = connection
        self._patience = patience

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._connection.body(self._patience)

    async def aclose(self) -> None:
        self._connection.rest()
