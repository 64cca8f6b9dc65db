"""Mail taken in by SMTP: a message is in the log before the sender is told that we have it.

For use behind a mail server of ours that has looked at who sends: what it found stands in Authentication-Results.
"""

import asyncio
import re
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from chassis.channel.intake import Intake
from chassis.failures import Unreachable
from services.email.arrivals import Arrivals

MOST_BYTES = 30 << 20
_VOUCHED = re.compile(rb"^authentication-results:.*?\b(?:dkim|spf|dmarc)=pass\b", re.IGNORECASE | re.MULTILINE)
_UNFOLD = re.compile(rb"\r?\n[ \t]+")
log = structlog.get_logger()


def vouched(raw: bytes) -> bool:
    """Whether a mail server found the sender to be who it says."""
    head = raw[: 64 << 10].partition(b"\r\n\r\n")[0]
    return _VOUCHED.search(_UNFOLD.sub(b" ", head)) is not None


class Reception:
    """A mail server for what comes to us."""

    def __init__(self, *, arrivals: Arrivals, intake: Intake, host: str, port: int) -> None:
        self._arrivals = arrivals
        self._intake = intake
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return 0 if self._server is None else int(self._server.sockets[0].getsockname()[1])

    async def open(self) -> None:
        """Begin to listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, data_size_limit=MOST_BYTES, hostname="counterpoint", ident="Counterpoint", loop=loop),
            self._host,
            self._port,
        )
        log.info("mail.listening", port=self.port)

    async def close(self) -> None:
        """Take nothing more in."""
        if self._server is not None:
            self._server.close()

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        """Take one message in."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        try:
            outcome = await self._arrivals.take(raw, vouched(raw), " ".join(envelope.rcpt_tos))
        except Unreachable as fault:
            self._intake.count("mail", "not-recorded")
            log.warning("mail.not_recorded", what=fault.what)
            return "451 4.3.0 not recorded: try again"
        self._intake.count("mail", outcome)
        return "250 2.0.0 recorded"
