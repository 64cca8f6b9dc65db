"""How far a text has come, on one ladder: reports arrive late, twice and in any order, and the highest rank wins."""

from collections.abc import Mapping

from contracts.events import AttemptStatus, ReasonClass
from services.sms.core.codes import reason_of

TERMINAL = 5
"""The rank from which on a text has come to its end."""

LADDER: Mapping[str, tuple[int, AttemptStatus]] = {
    "accepted": (0, AttemptStatus.QUEUED),
    "scheduled": (1, AttemptStatus.QUEUED),
    "queued": (2, AttemptStatus.QUEUED),
    "sending": (3, AttemptStatus.QUEUED),
    "sent": (4, AttemptStatus.SENT),
    "delivered": (5, AttemptStatus.DELIVERED),
    "undelivered": (5, AttemptStatus.UNDELIVERED),
    "failed": (5, AttemptStatus.FAILED),
    "canceled": (5, AttemptStatus.CANCELED),
    "read": (6, AttemptStatus.READ),
}
"""Twilio's words, their ranks, and our names for them. Of two terminal states of equal rank the first counts."""

FAILED = frozenset({"undelivered", "failed"})
"""Words for a text that did not arrive."""

OUT = frozenset(word for word, (rank, _) in LADDER.items() if rank >= LADDER["sent"][0])
"""Words for a text that can no longer be held back."""

_FAILURES = (AttemptStatus.UNDELIVERED, AttemptStatus.FAILED)


def rank_of(word: str) -> tuple[int, AttemptStatus] | None:
    """Rank and name of what Twilio reports; None for a word that we do not know, which then changes nothing."""
    return LADDER.get(word)


def reason_class(status: AttemptStatus, code: str | None) -> ReasonClass:
    """What a reported status means for the next step."""
    if status is AttemptStatus.CANCELED:
        return ReasonClass.NOT_SENT
    return reason_of(code) if status in _FAILURES else ReasonClass.NONE
