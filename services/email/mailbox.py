"""Mail taken out of a mailbox by IMAP: marked as seen only once it is in the log."""

import asyncio
import imaplib
from collections.abc import Sequence
from contextlib import suppress

import structlog

from chassis.channel.intake import Intake
from chassis.failures import Unreachable
from services.email.arrivals import Arrivals
from services.email.reception import vouched
from services.email.settings import EmailSettings

AT_ONCE = 50
log = structlog.get_logger()


class Mailbox:
    """One mailbox, looked into again and again."""

    def __init__(self, *, settings: EmailSettings, arrivals: Arrivals, intake: Intake) -> None:
        self._settings = settings
        self._arrivals = arrivals
        self._intake = intake

    async def run(self) -> None:
        """Look until cancelled; a mail server that is away is looked for again later."""
        while True:
            try:
                while await self.look():
                    pass
            except (OSError, imaplib.IMAP4.error, Unreachable) as fault:
                log.warning("mailbox.not_read", error=type(fault).__name__)
                self._intake.count("mail", "not-recorded")
            await asyncio.sleep(self._settings.imap_seconds)

    async def look(self) -> int:
        """Take in what is new; how many that were."""
        opening = asyncio.ensure_future(asyncio.to_thread(self._opened))
        try:
            box = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_closed)  # the thread goes on: what it opens must not stay open
            raise
        try:
            found = await asyncio.to_thread(self._new, box)
            for number, raw in found:
                outcome = await self._arrivals.take(raw, vouched(raw))
                self._intake.count("mail", outcome)
                await asyncio.to_thread(box.uid, "STORE", number, "+FLAGS", r"(\Seen)")
            return len(found)
        finally:
            await asyncio.to_thread(_left, box)

    def _opened(self) -> imaplib.IMAP4:
        own = self._settings
        kind = imaplib.IMAP4_SSL if own.imap_encryption == "tls" else imaplib.IMAP4
        box = kind(own.imap_host or "", own.imap_port, timeout=own.answer_timeout)
        try:
            box.login(own.imap_username or "", own.imap_password.get_secret_value() if own.imap_password else "")
            box.select("INBOX")
        except BaseException:
            box.shutdown()
            raise
        return box

    def _new(self, box: imaplib.IMAP4) -> Sequence[tuple[str, bytes]]:
        _, told = box.uid("SEARCH", "UNSEEN")
        numbers = (told[0] or b"").decode().split()[:AT_ONCE]
        found = []
        for number in numbers:
            _, parts = box.uid("FETCH", number, "(BODY.PEEK[])")
            found += [(number, part[1]) for part in parts if isinstance(part, tuple)]
        return found


def _left(box: imaplib.IMAP4) -> None:
    """Log out, and close the connection whatever the server makes of that."""
    try:
        with suppress(OSError, imaplib.IMAP4.error):
            box.logout()
    finally:
        with suppress(OSError):
            box.shutdown()


def _closed(opening: "asyncio.Future[imaplib.IMAP4]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().shutdown()
