"""Mail that came to us, taken apart: a reply, a bounce (RFC 3464), a complaint (RFC 5965), or a machine's answer."""

import re
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import parseaddr
from html import unescape
from typing import Any

from msgspec import Struct

MOST_WORDS = 20_000
_TAGS = re.compile(
    r"<(?:style|script|head)\b.*?</(?:style|script|head)>|<br[^>]*>|</(?:p|div|tr|li)>|<[^>]+>", re.S | re.I
)
_BREAKS = re.compile(r"<br|</", re.IGNORECASE)
_QUOTED = (
    re.compile(r"^\s*>"),
    re.compile(r"^\s*On .{4,200}\bwrote:\s*$", re.IGNORECASE),
    re.compile(r"^\s*El .{4,200}\bescribi[oó]:\s*$", re.IGNORECASE),
    re.compile(r"^\s*-{2,}\s*(?:Original Message|Forwarded message|Mensaje original)", re.IGNORECASE),
    re.compile(r"^\s*(?:From|De):\s.+@.+$", re.IGNORECASE),
    re.compile(r"^_{10,}\s*$"),
)
_SIGNATURE = re.compile(r"^-- ?$|^\s*(?:Sent from my |Get Outlook for |Enviado desde mi )", re.IGNORECASE)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


class Bounce(Struct, frozen=True):
    """What a delivery status notification says: action is failed, delayed, delivered, relayed or expanded."""

    action: str
    status: str
    original: str
    recipient: str


class Complaint(Struct, frozen=True):
    """Somebody pressed the button for spam; `original` are the headers of what they complain of."""

    kind: str
    original: str
    recipient: str


class Reply(Struct, frozen=True):
    """A person wrote: without what is only quoted. `thread` is all that says to what it is an answer."""

    message_id: str
    sender: str
    words: str
    thread: str


class Automatic(Struct, frozen=True):
    """A machine answered (RFC 3834): nobody has said anything."""


Incoming = Bounce | Complaint | Reply | Automatic


def incoming(raw: bytes) -> Incoming | None:
    """What a message is; None for one that cannot be read, or says nothing. Never raises."""
    try:
        message: Any = message_from_bytes(raw, policy=default)
        return _taken_apart(message)
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError, IndexError):
        return None


def _taken_apart(message: EmailMessage) -> Incoming | None:
    if message.get_content_type() == "multipart/report":
        kind = str(message.get_param("report-type", "")).lower()
        if kind == "delivery-status":
            return _bounce(message)
        if kind == "feedback-report":
            return _complaint(message)
    if _is_automatic(message):
        return Automatic()
    sender = parseaddr(str(message.get("From", "")))[1].lower()
    words = spoken(_words(message))
    if not sender or not (words or message.get("Subject")):
        return None
    subject = re.sub(r"^(?:\s*(?:re|rv|fw|fwd|aw)\s*:)+\s*", "", str(message.get("Subject", "")), flags=re.IGNORECASE)
    thread = " ".join(str(message.get(n, "")) for n in ("In-Reply-To", "References", "To", "Delivered-To"))
    message_id = str(message.get("Message-ID", "")).strip() or f"<{sender}/{message.get('Date', '')}>"
    return Reply(message_id[:200], sender, (words or subject)[:MOST_WORDS], thread)


def _is_automatic(message: EmailMessage) -> bool:
    if str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower() != "no":
        return True
    if str(message.get("Precedence", "")).strip().lower() in ("bulk", "junk", "list", "auto_reply"):
        return True
    return any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "List-Id"))


def _parts(message: Message, kind: str) -> list[Any]:
    return [part for part in message.walk() if part.get_content_type() == kind]


def _original(message: Message) -> str:
    """Headers of the message that a report is about."""
    for kind in ("message/rfc822", "message/rfc822-headers", "text/rfc822-headers"):
        for part in _parts(message, kind):
            inner = part.get_payload()
            if isinstance(inner, list):
                return "\n".join(f"{name}: {value}" for name, value in inner[0].items())
            return str(inner)
    return ""


def _bounce(message: EmailMessage) -> Bounce | None:
    for part in _parts(message, "message/delivery-status"):
        fields: dict[str, str] = {}
        for block in part.get_payload():
            fields |= {name.lower(): str(value) for name, value in block.items()}
        action = fields.get("action", "").strip().lower()
        found = _STATUS.search(fields.get("status", "")) or _STATUS.search(fields.get("diagnostic-code", ""))
        recipient = fields.get("original-recipient") or fields.get("final-recipient", "")
        status = ".".join(found.groups()) if found else ""
        return Bounce(action, status, _original(message), recipient.rpartition(";")[2].strip().lower())
    return None


def _complaint(message: EmailMessage) -> Complaint | None:
    for part in _parts(message, "message/feedback-report"):
        inner = part.get_payload()
        block = inner[0] if isinstance(inner, list) else inner
        fields = (
            {name.lower(): str(value) for name, value in block.items()}
            if isinstance(block, Message)
            else dict(_line(line) for line in str(block).splitlines() if ":" in line)
        )
        original = f"{_original(message)}\n{fields.get('original-mail-from', '')}"
        recipient = fields.get("original-rcpt-to", "").strip("<> ").lower()
        return Complaint(fields.get("feedback-type", "").strip().lower(), original, recipient)
    return None


def _line(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


def _words(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    text = str(body.get_content())
    if body.get_content_type() == "text/html":
        text = unescape(_TAGS.sub(lambda tag: "\n" if _BREAKS.match(tag[0]) else " ", text))
    return text


def spoken(text: str) -> str:
    """What a person wrote anew: our own words, quoted under it, hold an "unsubscribe" that nobody has said."""
    kept: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if any(p.search(line) for p in _QUOTED[1:]) or _SIGNATURE.search(line):
            break
        if not _QUOTED[0].search(line):
            kept.append(line.rstrip())
    return "\n".join(kept).strip()
