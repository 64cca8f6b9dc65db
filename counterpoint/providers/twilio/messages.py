"""The messages of one account, as Twilio keeps them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from enum import Enum
from functools import lru_cache
from hashlib import blake2b

from contracts.text_parts import segments

VERSION = "2010-04-01"


class Window(Enum):
    """Whether a message of WhatsApp may say what it will: within 24 hours of the consumer's last."""

    OPEN = "open"
    OVER = "over"


@dataclass(slots=True, eq=False)
class Message:
    """One text, out or in; times on the simulated clock."""

    sid: str
    to: str
    sender: str
    body: str
    direction: str
    status: str
    created_at: datetime
    number: int
    callback: str | None = None
    valid_until: datetime | None = None
    error_code: int | None = None
    sent_at: datetime | None = None
    updated_at: datetime | None = None
    media_urls: tuple[str, ...] = ()
    whatsapp: Window | None = None


@dataclass(slots=True)
class Messages:
    """All messages, found by id or recipient; none is ever dropped."""

    account_sid: str
    seed: int
    everything: list[Message] = field(default_factory=list)
    by_sid: dict[str, Message] = field(default_factory=dict)
    by_recipient: dict[str, list[Message]] = field(default_factory=dict)

    def create(self, *, to: str, sender: str, body: str, direction: str, status: str, at: datetime) -> Message:
        """A new message; its id follows from the seed, the numbers and how many there were before."""
        earlier = self.by_recipient.setdefault(to, [])
        key = f"{self.seed}/{sender}/{to}/{len(earlier)}".encode()
        sid = "SM" + blake2b(key, digest_size=16).hexdigest()
        message = Message(sid, to, sender, body, direction, status, at, len(earlier), updated_at=at)
        earlier.append(message)
        self.everything.append(message)
        self.by_sid[sid] = message
        return message

    def newest_first(self, recipient: str | None) -> Iterable[Message]:
        """Those to one number, or all."""
        return reversed(self.everything if recipient is None else self.by_recipient.get(recipient, []))

    def uri(self, rest: str) -> str:
        """The path of something of this account."""
        return f"/{VERSION}/Accounts/{self.account_sid}/{rest}"

    def shown(self, m: Message) -> dict[str, object]:
        """A message as Twilio answers it."""
        return {
            "account_sid": self.account_sid,
            "api_version": VERSION,
            "body": m.body,
            "date_created": _rfc_2822(m.created_at),
            "date_sent": None if m.sent_at is None else _rfc_2822(m.sent_at),
            "date_updated": _rfc_2822(m.updated_at or m.created_at),
            "direction": m.direction,
            "error_code": m.error_code,
            "error_message": None,
            "from": m.sender,
            "messaging_service_sid": None,
            "num_media": str(len(m.media_urls)),
            "num_segments": str(segments(m.body)),
            "price": None,
            "price_unit": "USD",
            "sid": m.sid,
            "status": m.status,
            "subresource_uris": {"media": self.uri(f"Messages/{m.sid}/Media.json")},
            "to": m.to,
            "uri": self.uri(f"Messages/{m.sid}.json"),
        }


@lru_cache(maxsize=1024)
def _rfc_2822_of_second(instant: datetime) -> str:
    return format_datetime(instant)


def _rfc_2822(instant: datetime) -> str:
    return _rfc_2822_of_second(instant.replace(microsecond=0))
