"""What SendGrid's Inbound Parse posts, made into a message again: whole where it sends it so, else from its fields."""

import json
from collections.abc import Mapping
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTP, default
from typing import Any

from msgspec import Struct

MOST_KEPT = 256 << 10
"""Bytes of a message that go into the log: words do, attachments never."""

KEPT = ("From", "To", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "Precedence", "List-Id")


class Mail(Struct, frozen=True):
    """A message, and whether the servers on its way vouch for its sender."""

    raw: bytes
    authentic: bool


def from_fields(fields: Mapping[str, Any]) -> Mail | None:
    """The message that a form holds; None if it holds none."""
    passed = str(fields.get("SPF", "")).strip().lower() == "pass" or ": pass" in str(fields.get("dkim", "")).lower()
    whole = fields.get("email")
    if isinstance(whole, str) and whole.strip():
        return Mail(whole.encode("utf-8", "surrogateescape"), passed)
    text, page, sender = (str(fields.get(n) or "") for n in ("text", "html", "from"))
    envelope = _envelope(str(fields.get("envelope") or ""))
    if not (text or page or fields.get("subject")) or not (sender or envelope):
        return None
    message = EmailMessage(policy=SMTP)
    told = message_from_string(str(fields.get("headers") or ""), policy=default)
    for name in KEPT:
        if name in told:
            message[name] = _one_line(str(told[name]))
    for name, value in (("From", sender or envelope), ("To", str(fields.get("to") or ""))):
        if name not in message and value:
            message[name] = _one_line(value)
    message["Subject"] = _one_line(str(fields.get("subject") or ""))
    message.set_content(text or page, subtype="plain" if text else "html", charset="utf-8")
    return Mail(message.as_bytes(), passed)


def _envelope(told: str) -> str:
    try:
        found = json.loads(told)
    except ValueError:
        return ""
    return str(found.get("from") or "") if isinstance(found, dict) else ""


def _one_line(value: str) -> str:
    return " ".join(value.split())[:900]


def slim(raw: bytes) -> bytes:
    """A message as it goes into the log: as it came, or, where it is long, its headers and words alone."""
    if len(raw) <= MOST_KEPT:
        return raw
    from services.email.core.incoming import Reply, incoming

    came = incoming(raw)
    if not isinstance(came, Reply):
        return raw[:MOST_KEPT]
    message = EmailMessage(policy=SMTP)
    message["From"], message["Message-ID"] = came.sender, _one_line(came.message_id)
    message["In-Reply-To"] = _one_line(came.thread)
    message.set_content(came.words, charset="utf-8")
    return message.as_bytes()
