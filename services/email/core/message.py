"""An e-mail, built so that it says the same in HTML and in text, can be signed (DKIM), and can be unsubscribed from."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import unescape

from msgspec import Struct

_THREAD = slice(26, 44)
"""The part of a token that is the consumer's: all e-mails to one consumer are one thread."""

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LINKS = re.compile(
    r"(?:href|src|srcset|action|background|poster|data)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]*))", re.IGNORECASE
)
_WEB = re.compile(r"https?://([^/?#\s\\]+)(?:[/?#]|$)")
_ADDRESS = re.compile(
    r"(?=.{3,254}$)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)


_LINKED = re.compile(r"(?:https?|ftp)://[^\s<>()\"']+", re.IGNORECASE)
MOST_BYTES = 100_000
"""Mailboxes cut longer mail off, and with it the way to end e-mails, which stands last."""


class Sender(Struct, frozen=True):
    """Who writes, from which address; `domain` is that of Message-IDs and of where bounces go."""

    name: str
    address: str
    domain: str
    reply_to: str


class Prepared(Struct, frozen=True):
    """An e-mail, ready to be handed over: each provider makes of it what it needs."""

    to: str
    subject: str
    text: str
    html: str
    token: str
    unsubscribe_url: str
    dated: datetime


class NotSendable(Exception):
    """Why an e-mail must not go out, in a word that fits a label."""


def checked(prepared: Prepared, sender: Sender, hosts: Iterable[str]) -> Prepared:
    """The e-mail itself; raises NotSendable for what could smuggle in a header, a recipient or a link."""
    for value in (prepared.subject, prepared.to, prepared.unsubscribe_url, sender.name, sender.address, sender.domain):
        if CONTROL.search(value):
            raise NotSendable("header-injection")
    if not _ADDRESS.fullmatch(prepared.to) or not _ADDRESS.fullmatch(prepared.to.lower()):
        raise NotSendable("address-not-usable")
    if not prepared.text.strip() or not prepared.html.strip() or not prepared.subject.strip():
        raise NotSendable("nothing-to-say")
    if len(prepared.html.encode()) > MOST_BYTES or len(prepared.text.encode()) > MOST_BYTES:
        raise NotSendable("too-large")
    # Mail programs make links of addresses in plain words too.
    written = [found[0].rstrip(".,;:!?") for found in _LINKED.finditer(prepared.text)]
    if not all(_ours(link, frozenset(hosts)) for link in (*links_in(prepared.html), *written)):
        raise NotSendable("link-elsewhere")
    return prepared


def _ours(link: str, hosts: frozenset[str]) -> bool:
    """Whether a link leads to us, and looks it: no other host, no letters that only look like ours, nobody's name."""
    if link.startswith("mailto:"):
        return link.isascii()
    found = _WEB.match(link.lower())
    return found is not None and link.isascii() and "xn--" not in found[1] and found[1] in hosts


def links_in(html: str) -> list[str]:
    """Every address that a page leads to, or takes something from; rather too many than too few."""
    return [unescape(found[1] or found[2] or found[3] or "").strip() for found in _LINKS.finditer(html)]


def message_id(token: str, domain: str) -> str:
    """The Message-ID of an attempt, the same on every try."""
    return f"<c.{token}@{domain}>"


def bounce_address(token: str, domain: str) -> str:
    """The envelope's sender of an attempt, to which its bounces come."""
    return f"b+{token}@{domain}"


def headers(prepared: Prepared, sender: Sender) -> Mapping[str, str]:
    """The headers beside From, To, Subject and Reply-To; RFC 8058 asks for both that begin with List."""
    return {
        "Message-ID": message_id(prepared.token, sender.domain),
        "References": f"<t.{prepared.token[_THREAD]}@{sender.domain}>",
        "List-Unsubscribe": f"<{prepared.unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "X-Counterpoint-Reference": prepared.token,
    }


def mime(prepared: Prepared, sender: Sender) -> bytes:
    """The whole message, equal for equal arguments: nothing in it is left to chance."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(sender.name, addr_spec=sender.address)
    message["To"] = Address(addr_spec=prepared.to)
    message["Reply-To"] = Address(sender.name, addr_spec=sender.reply_to)
    message["Subject"] = prepared.subject
    message["Date"] = format_datetime(prepared.dated)
    for name, value in headers(prepared, sender).items():
        message[name] = value
    message.set_content(prepared.text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(prepared.html, subtype="html", charset="utf-8", cte="quoted-printable")
    message.set_boundary(f"=_{prepared.token[:40]}")
    return message.as_bytes()
