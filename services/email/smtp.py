"""A mail server that takes our mail by SMTP (RFC 5321).

The dangerous moment is between the message's final dot and the reply (RFC 1047): if the connection breaks there, nobody
knows, and nobody can be asked. Before it, nothing was sent; a reply, of whatever kind, settles it.
"""

import asyncio
import smtplib
import ssl
from collections.abc import Callable
from datetime import timedelta
from queue import Empty, LifoQueue
from typing import Any

import structlog

from chassis.channel.provider import Accepted, Answer, Finding, InDoubt, Unknowable, Unsent, answer_of
from chassis.channel.undoing import TakenBack, TooLate, Unheard
from chassis.failures import Halted
from contracts.events import AttemptInDoubt, AttemptStarted
from services.email.core.message import Prepared, Sender, bounce_address, message_id, mime
from services.email.core.outcome import read_reply
from services.email.settings import EmailSettings

_LOCKED_OUT = (
    "the mail server refuses our credentials ({reason}): see COUNTERPOINT_EMAIL_SMTP_USERNAME and "
    "COUNTERPOINT_EMAIL_SMTP_PASSWORD, then start this service again; approvals wait on their topic meanwhile"
)
log = structlog.get_logger()


class _Refused(Exception):
    """A reply that is no consent, and at which stage."""

    def __init__(self, stage: str, code: int, words: bytes | str) -> None:
        super().__init__(stage)
        self.answer = answer_of(
            read_reply(stage, code, words.decode(errors="replace") if isinstance(words, bytes) else words),
            provider_id="",
            retry_after=None,
            act=_LOCKED_OUT.format(reason=str(code)),
        )


class Smtp:
    """One mail server, as a provider of the e-mail channel; connections are kept and used again."""

    def __init__(self, *, settings: EmailSettings, sender: Sender) -> None:
        self._settings = settings
        self._sender = sender
        self._kept: LifoQueue[smtplib.SMTP] = LifoQueue()

    async def close(self) -> None:
        """Let the connections go."""
        while not self._kept.empty():
            self._kept.get_nowait().close()

    async def check_credentials(self) -> None:
        """Raise Halted if the server takes nothing from us; that it cannot be reached now is no reason not to start."""
        try:
            self._kept.put(await asyncio.to_thread(self._connected))
        except _Refused as refused:
            if not isinstance(refused.answer, Unsent):
                raise Halted(_LOCKED_OUT.format(reason="at login")) from refused
        except (OSError, smtplib.SMTPException) as error:
            log.warning("provider.unreachable", provider="smtp", error=type(error).__name__)

    async def send(self, *, message: Prepared, attempt: AttemptStarted, time_left: timedelta) -> Answer:
        """Hand an e-mail over."""
        return await asyncio.to_thread(self._send, message)

    async def find(self, *, attempt: AttemptStarted | AttemptInDoubt) -> Finding:
        """A mail server cannot be asked."""
        return Unknowable()

    async def take_back(self, *, provider_id: str) -> TakenBack | TooLate | Unheard:
        """A mail server gives nothing back."""
        return TooLate("mail-server")

    def _send(self, message: Prepared) -> Answer:
        try:
            server = self._ready(bounce_address(message.token, self._sender.domain))
            _expect(server, "recipient", server.rcpt, message.to)
        except _Refused as refused:
            return refused.answer
        except (OSError, smtplib.SMTPException) as error:
            return Unsent(type(error).__name__)
        try:
            code, words = server.data(mime(message, self._sender))
        except smtplib.SMTPDataError as error:  # the server did not want to hear the message
            server.close()
            return _Refused("data", error.smtp_code, error.smtp_error).answer
        except (OSError, smtplib.SMTPException) as error:
            server.close()
            return InDoubt(type(error).__name__)
        self._kept.put(server)
        if code == 250:
            return Accepted(message_id(message.token, self._sender.domain))
        return _Refused("data", code, words).answer

    def _ready(self, envelope_sender: str) -> smtplib.SMTP:
        """A connection on which the server has heard from whom a message comes; a kept one may have gone meanwhile."""
        try:
            server = self._kept.get_nowait()
        except Empty:
            server = self._connected()
        else:
            try:
                server.rset()
            except (OSError, smtplib.SMTPException):
                server.close()
                server = self._connected()
        _expect(server, "sender", server.mail, envelope_sender)
        return server

    def _connected(self) -> smtplib.SMTP:
        own = self._settings
        host, context = own.smtp_host or "", ssl.create_default_context()
        try:
            if own.smtp_encryption == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    host, own.smtp_port, timeout=own.connect_timeout, context=context
                )
            else:
                server = smtplib.SMTP(host, own.smtp_port, timeout=own.connect_timeout)
        except smtplib.SMTPConnectError as error:
            raise _Refused("connect", error.smtp_code, error.smtp_error) from error
        if own.smtp_encryption == "starttls":
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if own.smtp_username and own.smtp_password:
            try:
                server.login(own.smtp_username, own.smtp_password.get_secret_value())
            except smtplib.SMTPAuthenticationError as error:
                raise _Refused("login", error.smtp_code, error.smtp_error) from error
        if server.sock is not None:
            server.sock.settimeout(own.answer_timeout)
        return server


def _expect(server: smtplib.SMTP, stage: str, say: Callable[[str], Any], what: str) -> None:
    """Say something, and raise _Refused unless the server consents; the connection is not used again then."""
    code, words = say(what)
    if code not in (250, 251, 252):
        server.close()
        raise _Refused(stage, code, words)
