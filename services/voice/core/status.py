"""How far a call has come, on one ladder: reports arrive late, twice and in any order, and the highest rank wins.

What Twilio reports of the line and what our own answer to a call finds out (who picked up, whether it was the
consumer) come by different ways, so each has its rank. Of terminal states of equal rank the first counts. `answered` is
a call on which somebody answered us, though not as the consumer; one that ended with nothing known but that it was
picked up was dropped.
"""

from collections.abc import Mapping

from contracts.events import AttemptStatus, ReasonClass

LADDER: Mapping[str, tuple[int, AttemptStatus]] = {
    "queued": (0, AttemptStatus.QUEUED),
    "initiated": (1, AttemptStatus.QUEUED),
    "ringing": (2, AttemptStatus.SENT),
    "in-progress": (3, AttemptStatus.SENT),
    "completed": (5, AttemptStatus.DROPPED),
    "busy": (5, AttemptStatus.BUSY),
    "no-answer": (5, AttemptStatus.NO_ANSWER),
    "failed": (5, AttemptStatus.FAILED),
    "not-in-service": (5, AttemptStatus.NOT_IN_SERVICE),
    "canceled": (5, AttemptStatus.CANCELED),
    "answered": (6, AttemptStatus.ANSWERED),
    "voicemail": (6, AttemptStatus.VOICEMAIL),
    "conversation": (7, AttemptStatus.CONVERSATION),
}
"""Twilio's words and ours, their ranks, and the names that all channels share."""

TERMINAL = 5
"""The rank from which on a call has come to its end, or to all that it can come to."""

BEYOND_RINGING = frozenset(word for word, (rank, _) in LADDER.items() if rank > LADDER["ringing"][0])
"""Words for a call that can no longer be taken back."""

NO_SUCH_NUMBER = frozenset({"404", "410", "484", "604"})
"""SIP answers that say that a number is not in service: with a busy signal the only calls that do not count
(12 CFR 1006.14(b)(3)(ii)); every other failure counts, since the phone may have rung."""

_REASONS = {
    AttemptStatus.BUSY: ReasonClass.TEMPORARY,
    AttemptStatus.NO_ANSWER: ReasonClass.TEMPORARY,
    AttemptStatus.DROPPED: ReasonClass.TEMPORARY,
    AttemptStatus.FAILED: ReasonClass.TECHNICAL,
    AttemptStatus.NOT_IN_SERVICE: ReasonClass.PERMANENT_ADDRESS,
    AttemptStatus.CANCELED: ReasonClass.NOT_SENT,
}


def word_of(status: str, sip: str) -> str:
    """Twilio's word for a call's state, told apart where the SIP answer says more."""
    return "not-in-service" if status == "failed" and sip in NO_SUCH_NUMBER else status


def reason_class(status: AttemptStatus) -> ReasonClass:
    """What a status means for the next step."""
    return _REASONS.get(status, ReasonClass.NONE)
