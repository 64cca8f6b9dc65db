"""The e-mails that were taken on, by SendGrid or by a mail server."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from hashlib import blake2b
from html import unescape
from typing import Any

from counterpoint.providers.faults import Fault

_HREF = re.compile(r"""href=["']([^"']+)["']""", re.IGNORECASE)


@dataclass(slots=True, eq=False)
class Mail:
    """One e-mail; times on the simulated clock. `args` are what its sender wants repeated in events."""

    id: str
    via: str
    to: str
    sender: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    args: dict[str, str]
    envelope_sender: str
    at: datetime
    status: str = "processed"
    received_at: datetime | None = None
    opens: int = 0
    clicks: int = 0
    fault: Fault | None = None
    batch: str = ""
    goes_at: datetime | None = None

    @property
    def links(self) -> list[str]:
        """Where links in it lead, and last the one to unsubscribe, if there is such a header."""
        listed = self.headers.get("List-Unsubscribe", "").strip("<> ")
        found = [unescape(link) for link in _HREF.findall(self.html) if link.startswith("http")]
        return [*(link for link in found if link != listed), *([listed] if listed else [])]


@dataclass(slots=True)
class Mails:
    """All of them, in order; none is ever dropped."""

    seed: int
    everything: list[Mail] = field(default_factory=list)
    by_id: dict[str, Mail] = field(default_factory=dict)

    def create(self, **fields: Any) -> Mail:
        """A new e-mail; its id follows from the seed, the recipient and how many there were before."""
        key = f"{self.seed}/{fields['to']}/{len(self.everything)}".encode()
        mail = Mail(id=blake2b(key, digest_size=16).hexdigest()[:22], **fields)
        self.everything.append(mail)
        self.by_id[mail.id] = mail
        return mail

    def from_mime(self, raw: bytes, envelope_sender: str, to: str, at: datetime) -> Mail:
        """An e-mail that a mail server was given."""
        message: Any = message_from_bytes(raw, policy=default)
        return self.create(
            via="smtp",
            to=to.lower(),
            sender=str(message["From"]),
            subject=str(message["Subject"]),
            text=_part(message, "plain"),
            html=_part(message, "html"),
            headers={name: str(value) for name, value in message.items()},
            args={"token": str(message.get("X-Counterpoint-Reference", ""))},
            envelope_sender=envelope_sender,
            at=at,
        )


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    return "" if body is None else str(body.get_content())
