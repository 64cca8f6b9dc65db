"""The connection under a channel's client, against servers that answer as they are told.

A green run does not prove that a proxy on the way behaves, nor anything about HTTP/2, which is not spoken.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from chassis.channel.connection import Connection
from counterpoint.embedded.processes import free_ports
from counterpoint.embedded.security import certify

TAKEN = b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\ntaken"
LATE = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 4\r\n\r\nlate"


class Line:
    """One connection, as the server has it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        self._reader = reader
        self.say = writer.write
        self.cut = writer.transport.abort
        self.number = number

    async def asked(self) -> bytes:
        """The body of the next request."""
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
        return await self._reader.readexactly(int(length or 0))


class Served:
    """A client, and how often it connected."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.connections = 0

    @property
    def address(self) -> httpx.URL:
        """Where the server is."""
        return self._client.base_url

    async def post(self, body: bytes = b"hello") -> tuple[int, bytes]:
        """Ask the server."""
        answer = await self._client.post("/x", content=body)
        return answer.status_code, answer.content


@asynccontextmanager
async def served(
    talk: Callable[[Line], Awaitable[None]], *, idle: float = 60.0, answer: float = 10.0, keys: Path | None = None
) -> AsyncIterator[Served]:
    """A client of a server that talks so on each connection, and then closes it."""
    ours, theirs = ssl.create_default_context(), None
    if keys is not None:
        certify(keys)
        ours.load_verify_locations(keys / "ca.pem")
        theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        theirs.load_cert_chain(keys / "broker.pem")
    patience = httpx.Timeout(answer, connect=5.0)
    async with httpx.AsyncClient(transport=Connection(tls=ours, idle=idle), timeout=patience) as client:
        server = Served(client)

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            server.connections += 1
            try:
                await talk(Line(reader, writer, server.connections))
            except (asyncio.IncompleteReadError, ConnectionError):
                pass  # the client has left
            finally:
                writer.close()

        listening = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=theirs)
        port = listening.sockets[0].getsockname()[1]
        client.base_url = httpx.URL(f"{'http' if keys is None else 'https'}://127.0.0.1:{port}")
        yield server
        await client.aclose()
        listening.close()
        await listening.wait_closed()


async def turns() -> None:
    """Let the loop hand on what has come over the machine's own network."""
    for _ in range(20):
        await asyncio.sleep(0)


async def takes_all(line: Line) -> None:
    """Answer until the client leaves."""
    while await line.asked():
        line.say(TAKEN)


async def test_one_connection_carries_call_after_call() -> None:
    async with served(takes_all) as server:
        assert [await server.post() for _ in range(3)] == [(201, b"taken")] * 3
        assert server.connections == 1


async def test_calls_go_by_tls_to_whom_the_certificate_names(tmp_path: Path) -> None:
    async with served(takes_all, keys=tmp_path) as server:
        assert [await server.post() for _ in range(2)] == [(201, b"taken")] * 2
        assert server.connections == 1


async def test_a_certificate_that_nobody_vouches_for_is_no_connection(tmp_path: Path) -> None:
    async with served(takes_all, keys=tmp_path / "theirs") as server:
        certify(tmp_path / "others")
        stranger = ssl.create_default_context(cafile=str(tmp_path / "others" / "ca.pem"))
        async with httpx.AsyncClient(transport=Connection(tls=stranger, idle=1.0)) as client:
            with pytest.raises(httpx.ConnectError):
                await client.post(server.address)


async def test_a_large_request_and_a_large_answer_arrive_whole() -> None:
    large = bytes(range(256)) * 20_000

    async def echo(line: Line) -> None:
        body = await line.asked()
        line.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    async with served(echo) as server:
        assert await server.post(large) == (200, large)


async def test_an_answer_in_pieces_after_a_hint_is_put_together() -> None:
    async def talk(line: Line) -> None:
        while await line.asked():
            line.say(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel")
            await turns()
            line.say(b"\r\n2\r\nlo\r\n0\r\n\r\n")

    async with served(talk) as server:
        assert [await server.post() for _ in range(2)] == [(200, b"hello")] * 2
        assert server.connections == 1


async def test_an_answer_that_ends_with_its_connection_is_whole() -> None:
    async def talk(line: Line) -> None:
        await line.asked()
        line.say(b"HTTP/1.1 200 OK\r\n\r\nall of it")

    async with served(talk) as server:
        assert [await server.post() for _ in range(2)] == [(200, b"all of it")] * 2
        assert server.connections == 2


@pytest.mark.parametrize("together", [True, False])
async def test_what_nobody_asked_for_is_no_answer_to_the_next_call(together: bool) -> None:
    async def talk(line: Line) -> None:
        await line.asked()
        line.say(TAKEN + LATE if together else TAKEN)
        await turns()
        line.say(b"" if together else LATE)
        await line.asked()

    async with served(talk) as server:
        assert await server.post() == (201, b"taken")
        await turns()
        await turns()
        assert await server.post() == (201, b"taken")
        assert server.connections == 2


async def test_a_late_answer_is_no_answer_to_the_next_call() -> None:
    asked_again = asyncio.Event()

    async def talk(line: Line) -> None:
        await line.asked()
        if line.number == 1:
            await asked_again.wait()
            line.say(LATE)
        else:
            asked_again.set()
            await turns()
            line.say(TAKEN)

    async with served(talk, answer=0.2) as server:
        with pytest.raises(httpx.ReadTimeout):
            await server.post()
        assert await server.post() == (201, b"taken")


@pytest.mark.parametrize("idle", [60.0, 0.0])
async def test_a_connection_that_was_closed_or_rested_too_long_is_not_used_again(idle: float) -> None:
    async def talk(line: Line) -> None:
        await line.asked()
        line.say(TAKEN)
        if idle == 0.0:
            await line.asked()

    async with served(talk, idle=idle) as server:
        for _ in range(2):
            assert await server.post() == (201, b"taken")
            await turns()
        assert server.connections == 2


async def test_a_server_that_asks_to_close_is_connected_to_anew() -> None:
    async def talk(line: Line) -> None:
        while await line.asked():
            line.say(TAKEN.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

    async with served(talk) as server:
        assert [await server.post() for _ in range(2)] == [(201, b"taken")] * 2
        assert server.connections == 2


@pytest.mark.parametrize("said", [b"", TAKEN[:20], TAKEN[:-3], b"nonsense\r\n\r\n"])
async def test_a_call_that_gets_no_whole_answer_may_have_left_and_is_made_once(said: bytes) -> None:
    async def talk(line: Line) -> None:
        await line.asked()
        line.say(said)

    async with served(talk) as server:
        with pytest.raises(httpx.RemoteProtocolError):
            await server.post()
        assert server.connections == 1


async def test_a_broken_connection_is_an_error_and_the_next_call_has_a_new_one() -> None:
    async def talk(line: Line) -> None:
        await line.asked()
        if line.number == 1:
            line.cut()
        else:
            line.say(TAKEN)

    async with served(talk) as server:
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await server.post()
        assert await server.post() == (201, b"taken")


async def test_a_closed_port_says_that_nothing_left() -> None:
    [port] = free_ports(1)
    async with httpx.AsyncClient(transport=Connection(tls=ssl.create_default_context(), idle=1.0)) as client:
        with pytest.raises(httpx.ConnectError):
            await client.post(f"http://127.0.0.1:{port}/")
