"""A mail server that takes our mail by SMTP: refuses, puts off, and breaks off after the final dot."""

import asyncio
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from chassis.clock import Clock
from counterpoint.providers.faults import Kind, Operation, Plan
from counterpoint.providers.mail.carrier import Carrier
from counterpoint.providers.mail.mails import Mails
from counterpoint.providers.mail.scenarios import scenario_of

_REPLIES = {
    Kind.ERROR: "451 4.3.0 local error",
    Kind.UNAVAILABLE: "421 4.3.2 closing",
    Kind.TOO_MANY: "452 4.5.3 too many",
    Kind.UNAUTHORIZED: "530 5.7.0 authentication required",
}
_CREATED = frozenset({Kind.TIMEOUT_CREATED, Kind.RESET_CREATED, Kind.HALF, Kind.ERROR_CREATED})
_BROKEN = _CREATED | {Kind.TIMEOUT, Kind.RESET}
log = structlog.get_logger()


class MailServer:
    """The next hop for our mail."""

    def __init__(self, *, mails: Mails, carrier: Carrier, plan: Plan, clock: Clock, host: str, port: int) -> None:
        self._mails = mails
        self._carrier = carrier
        self._plan = plan
        self._clock = clock
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return 0 if self._server is None else int(self._server.sockets[0].getsockname()[1])

    async def run(self) -> None:
        """Listen until cancelled."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="mx.mail.example.test", loop=loop), self._host, self._port
        )
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self._server.close()

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or say why not."""
        refused = scenario_of(address).reply
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        """Take a message on, well or badly."""
        fault = self._plan.choose(Operation.SEND)
        if fault is None or fault.kind not in _BROKEN | _REPLIES.keys():
            self._take_on(envelope)
            return "250 2.0.0 queued"
        if fault.kind in _CREATED:
            self._take_on(envelope)
        if fault.kind in _REPLIES and fault.kind not in _BROKEN:
            return _REPLIES[fault.kind]
        if fault.kind in (Kind.TIMEOUT, Kind.TIMEOUT_CREATED):
            await asyncio.sleep(fault.seconds)
        if server.transport is not None:
            server.transport.abort()
        return "421 4.3.2 gone"

    def _take_on(self, envelope: Envelope) -> None:
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        for to in envelope.rcpt_tos:
            self._carrier.take_on(self._mails.from_mime(raw, envelope.mail_from or "", to, self._clock.now()))
