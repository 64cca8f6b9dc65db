"""How far an e-mail has come, on one ladder: reports arrive late, twice and in any order, and the highest rank wins.

A bounce that comes after delivery outweighs it, as mail servers bounce after they took a message on. Whoever opened,
clicked, answered or complained has got it.
"""

from collections.abc import Mapping

from contracts.events import AttemptStatus, ReasonClass

TERMINAL = 5
"""The rank from which on an e-mail has come to its end."""

LADDER: Mapping[str, tuple[int, AttemptStatus]] = {
    "processed": (1, AttemptStatus.QUEUED),
    "deferred": (2, AttemptStatus.QUEUED),
    "sent": (4, AttemptStatus.SENT),
    "delivered": (5, AttemptStatus.DELIVERED),
    "cancelled": (5, AttemptStatus.CANCELED),
    "dropped": (5, AttemptStatus.FAILED),
    "bounce": (6, AttemptStatus.BOUNCED),
    "blocked": (6, AttemptStatus.UNDELIVERED),
    "open": (7, AttemptStatus.OPENED),
    "click": (8, AttemptStatus.CLICKED),
    "reply": (9, AttemptStatus.REPLIED),
    "spamreport": (10, AttemptStatus.COMPLAINED),
}
"""What providers report, in the words of SendGrid where it has one: rank, and our name."""

CLASSES: Mapping[str, ReasonClass] = {
    "invalid address": ReasonClass.PERMANENT_ADDRESS,
    "mailbox unavailable": ReasonClass.TEMPORARY,
    "technical failure": ReasonClass.TEMPORARY,
    "frequency or volume too high": ReasonClass.CONTENT_OR_REPUTATION,
    "content": ReasonClass.CONTENT_OR_REPUTATION,
    "reputation": ReasonClass.CONTENT_OR_REPUTATION,
}
"""SendGrid's classes of bounces, by what they mean for the next step."""

DROPS: tuple[tuple[str, ReasonClass], ...] = (
    ("unsubscribed", ReasonClass.OPTED_OUT),
    ("spam report", ReasonClass.OPTED_OUT),
    ("bounced", ReasonClass.PERMANENT_ADDRESS),
    ("invalid smtpapi", ReasonClass.CONFIGURATION),
    ("invalid", ReasonClass.PERMANENT_ADDRESS),
    ("spam content", ReasonClass.CONTENT_OR_REPUTATION),
    ("quota", ReasonClass.CONFIGURATION),
)
"""Why SendGrid drops what it took on, by words in its reason; the first that is there counts."""


def drop_class(reason: str) -> ReasonClass:
    """What it means for the next step that an e-mail was dropped."""
    return next((found for words, found in DROPS if words in reason.lower()), ReasonClass.UNKNOWN)


def enhanced_class(code: str) -> ReasonClass:
    """What an enhanced status code means (RFC 3463): class, subject, detail."""
    parts = code.split(".")
    if len(parts) != 3 or not all(p.isdigit() for p in parts):
        return ReasonClass.UNKNOWN
    kind, subject, detail = parts
    if kind == "4" or (subject, detail) in (("2", "2"), ("3", "1"), ("2", "0")):
        return ReasonClass.TEMPORARY
    if subject == "1" or (subject, detail) == ("2", "1"):
        return ReasonClass.PERMANENT_ADDRESS
    return ReasonClass.CONTENT_OR_REPUTATION if subject == "7" else ReasonClass.UNKNOWN
