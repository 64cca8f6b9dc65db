"""How far a letter has come, by what Lob's webhooks call it: they come late, twice and in any order.

Most letters get no scan after a while, and `delivered` for first-class mail is the postal service's estimate; a letter
that comes back says more than an estimate, so it ranks higher.
"""

from collections.abc import Mapping

from contracts.events import AttemptStatus, ReasonClass

TERMINAL = 6
"""The rank from which on a letter has come to its end."""

LADDER: Mapping[str, tuple[int, AttemptStatus]] = {
    "letter.created": (0, AttemptStatus.QUEUED),
    "letter.rendered_pdf": (1, AttemptStatus.QUEUED),
    "letter.rendered_thumbnails": (1, AttemptStatus.QUEUED),
    "letter.mailed": (2, AttemptStatus.MAILED),
    "letter.in_transit": (3, AttemptStatus.IN_TRANSIT),
    "letter.in_local_area": (4, AttemptStatus.IN_TRANSIT),
    "letter.re-routed": (4, AttemptStatus.IN_TRANSIT),
    "letter.processed_for_delivery": (5, AttemptStatus.IN_TRANSIT),
    "letter.delivered": (6, AttemptStatus.DELIVERED),
    "letter.viewed": (7, AttemptStatus.CLICKED),
    "letter.rejected": (8, AttemptStatus.FAILED),
    "letter.failed": (8, AttemptStatus.FAILED),
    "letter.deleted": (8, AttemptStatus.CANCELED),
    "letter.returned_to_sender": (9, AttemptStatus.RETURNED),
}
"""Lob's words, their ranks, and our names for them."""

_REASONS = {
    AttemptStatus.RETURNED: ReasonClass.PERMANENT_ADDRESS,
    AttemptStatus.FAILED: ReasonClass.CONTENT_OR_REPUTATION,
    AttemptStatus.CANCELED: ReasonClass.NOT_SENT,
}


def rank_of(word: str) -> tuple[int, AttemptStatus] | None:
    """Rank and name of what is reported; None for a word that we do not know, which then changes nothing."""
    return LADDER.get(word)


def reason_class(status: AttemptStatus) -> ReasonClass:
    """What a reported status means for the next step."""
    return _REASONS.get(status, ReasonClass.NONE)
