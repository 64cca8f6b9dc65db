"""Links that name a contact, its consumer and the page meant, and nothing personal: short, signed, and soon over.

A link is <base>/<token>. The token is 51 characters of URL-safe base 64 over 38 bytes: the contact's id (16), the
consumer's (12), how many days it holds from the contact's own time (1), the page (1), and a signature (8). So whoever
serves a click needs the key and nothing else, and the event that tells of it can be keyed by the consumer at once.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from msgspec import Struct

from contracts.ids import ConsumerId, ContactId

CHARACTERS = 51
"""The length of every token."""
MOST_DAYS = 255

_SIGNATURE = 8
_CONTACT, _CONSUMER = 16, 12
_PREFIX = "con-"


class Page(IntEnum):
    """Where a link leads. The numbers are in links that people hold: add numbers, never change one."""

    ACCOUNT = 1
    PAY = 2
    PLAN = 3
    DISPUTE = 4
    PREFERENCES = 5
    UNSUBSCRIBE = 6
    NOTICE = 7


class Link(Struct, frozen=True):
    """What a link says, once its signature was found good."""

    contact_id: ContactId
    consumer_id: ConsumerId
    page: Page
    expires_at: datetime


class Signer(Struct, frozen=True):
    """Makes links; `base` is where they are served, without a slash at its end, `days` how long they hold."""

    base: str
    key: bytes
    days: int

    def link(self, contact_id: str, consumer_id: str, page: Page = Page.ACCOUNT) -> str:
        """The link for a contact; raises ValueError for ids that are not of the form that we give."""
        contact = bytes.fromhex(contact_id.replace("-", ""))
        consumer = bytes.fromhex(consumer_id.removeprefix(_PREFIX))
        whole = len(contact) == _CONTACT and len(consumer) == _CONSUMER and consumer_id.startswith(_PREFIX)
        if not whole or not 1 <= self.days <= MOST_DAYS:
            raise ValueError("a link needs the ids of a contact and a consumer as we give them, and 1 to 255 days")
        said = contact + consumer + bytes((self.days, page))
        return f"{self.base}/{urlsafe_b64encode(said + _sign(self.key, said)).decode().rstrip('=')}"


class NoLink(Struct, frozen=True):
    """Why a token is not followed: unreadable, forged or expired. A consumer is told only that the link is over."""

    reason: str


def read(token: str, keys: Iterable[bytes], now: datetime) -> Link | NoLink:
    """What a token says, if one of the keys signed it and it still holds; while keys change there are two."""
    if len(token) != CHARACTERS or not token.isascii():
        return NoLink("unreadable")
    try:
        raw = urlsafe_b64decode(f"{token}=")
    except NotBase64:
        return NoLink("unreadable")
    if urlsafe_b64encode(raw).decode().rstrip("=") != token:
        return NoLink("unreadable")  # one link, one spelling
    said, signature = raw[:-_SIGNATURE], raw[-_SIGNATURE:]
    if not any([hmac.compare_digest(_sign(key, said), signature) for key in keys]):
        return NoLink("forged")
    contact, consumer, (days, page) = said[:_CONTACT], said[_CONTACT:-2], said[-2:]
    if page not in set(Page):
        return NoLink("unreadable")
    expires_at = _made_at(contact) + timedelta(days=days)
    if now >= expires_at:
        return NoLink("expired")
    return Link(_uuid(contact), ConsumerId(_PREFIX + consumer.hex()), Page(page), expires_at)


def _sign(key: bytes, said: bytes) -> bytes:
    return hmac.digest(key, b"personal link/" + said, "sha256")[:_SIGNATURE]


def _made_at(contact: bytes) -> datetime:
    """When the contact was asked for: the milliseconds that its id begins with."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int.from_bytes(contact[:6], "big"))


def _uuid(raw: bytes) -> ContactId:
    digits = raw.hex()
    return ContactId("-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])))
