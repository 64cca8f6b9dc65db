"""Mail is taken out of a mailbox by IMAP, and marked as seen only once it is in the log.

A green run does not prove that every IMAP server speaks as this small one does.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from contracts.events import OptedOut, ReplyReceived
from tests.channels import until
from tests.integration.email.harness import ADDRESS, a_world

VOUCHED = "Authentication-Results: mx.test;\r\n dkim=pass header.d=mail.example.test"


def a_mail(number: int, text: str) -> bytes:
    """What a person wrote."""
    head = f"{VOUCHED}\r\nFrom: Ana <{ADDRESS}>\r\nMessage-ID: <{number}@mail.example.test>\r\nSubject: Re: hello"
    return f"{head}\r\n\r\n{text}\r\n".encode()


class Box:
    """A mailbox, and a server for it that knows just what is asked of it."""

    def __init__(self) -> None:
        self.mails: dict[str, bytes] = {}
        self.seen: set[str] = set()
        self.fetched = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection."""
        writer.write(b"* OK ready\r\n")
        while line := (await reader.readline()).decode().strip():
            tag, said = line.split(" ", 1)
            for part in self.answer(said):
                writer.write(part)
            writer.write(f"{tag} OK done\r\n".encode())
            await writer.drain()
            if said == "LOGOUT":
                break
        writer.close()

    def answer(self, said: str) -> list[bytes]:
        """What comes before the OK."""
        if said.startswith("CAPABILITY"):
            return [b"* CAPABILITY IMAP4rev1\r\n"]
        if said.startswith("SELECT"):
            return [f"* {len(self.mails)} EXISTS\r\n".encode()]
        if said.startswith("UID SEARCH"):
            return [f"* SEARCH {' '.join(sorted(self.mails.keys() - self.seen))}\r\n".encode()]
        if found := re.fullmatch(r"UID FETCH (\d+) .*", said):
            self.fetched += 1
            raw = self.mails[found[1]]
            return [f"* 1 FETCH (UID {found[1]} BODY[] {{{len(raw)}}}\r\n".encode(), raw, b")\r\n"]
        if found := re.fullmatch(r"UID STORE (\d+) .*Seen.*", said):
            self.seen.add(found[1])
        return [b"* BYE\r\n"] if said == "LOGOUT" else []


@asynccontextmanager
async def a_box() -> AsyncIterator[tuple[Box, int]]:
    """A mailbox with its port."""
    box = Box()
    server = await asyncio.start_server(box.serve, "127.0.0.1", 0)
    async with server:
        yield box, server.sockets[0].getsockname()[1]


async def test_mail_in_a_mailbox_is_heard_and_seen_only_once_it_is_recorded(database: str) -> None:
    async with a_box() as (box, port):
        own: dict[str, Any] = {
            "imap_host": "127.0.0.1",
            "imap_port": port,
            "imap_username": "us",
            "imap_password": "secret",
            "imap_encryption": "none",
            "imap_seconds": 0.05,
        }
        async with a_world(database, **own) as world, world.running():
            world.place(ADDRESS)
            world.publisher.broken = True
            box.mails = {"1": a_mail(1, "How much is it?"), "2": a_mail(2, "Stop writing to me")}
            await until(lambda: box.fetched > 4)
            assert not box.seen
            world.publisher.broken = False
            await until(lambda: box.seen == {"1", "2"} and world.events(OptedOut))
            assert {r.text for r in world.events(ReplyReceived)} == {"How much is it?", "Stop writing to me"}
