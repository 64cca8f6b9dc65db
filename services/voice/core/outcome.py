"""What Twilio's answer to a call that we place means; nothing but this table knows a code.

The codes and their meaning are on https://www.twilio.com/docs/api/errors, one page for each.
"""

from collections.abc import Mapping

from chassis.channel.core.outcome import Reading, Verdict
from contracts.events import ReasonClass

_PERMANENT = ReasonClass.PERMANENT_ADDRESS
_CONFIGURATION = ReasonClass.CONFIGURATION

CODES: Mapping[str, tuple[ReasonClass, str]] = {
    "20003": (_CONFIGURATION, "not-authenticated"),
    "20404": (_CONFIGURATION, "no-such-resource"),
    "21201": (_CONFIGURATION, "recipient-missing"),
    "21203": (_PERMANENT, "number-blocked-at-provider"),
    "21205": (_CONFIGURATION, "address-of-answers-not-valid"),
    "21210": (_CONFIGURATION, "sender-not-verified"),
    "21211": (_PERMANENT, "number-not-valid"),
    "21212": (_CONFIGURATION, "sender-not-valid"),
    "21213": (_CONFIGURATION, "sender-missing"),
    "21214": (_PERMANENT, "number-not-reachable"),
    "21215": (_CONFIGURATION, "region-not-permitted"),
    "21216": (_CONFIGURATION, "number-not-permitted"),
    "21217": (_PERMANENT, "number-not-valid"),
    "21219": (_CONFIGURATION, "number-not-verified"),
}
_LOCKED_OUT = frozenset({"20003"})


def read_answer(status: int, code: int | None) -> Reading:
    """What the answer to a call means, from its HTTP status and the code in its body if that could be read.

    Only answers that prove it count as not placed. Twilio says of 429 that such requests are never processed; 408 and
    everything from 500 on may come from a machine between us and Twilio that had passed the request on.
    """
    text = None if code is None else str(code)
    if status == 201:
        return Reading(Verdict.ACCEPTED, "created")
    if status in (401, 403) or text in _LOCKED_OUT:
        return Reading(Verdict.LOCKED_OUT, f"http-{status}", _CONFIGURATION, text)
    if status == 429:
        return Reading(Verdict.UNSENT, "too-many-requests", ReasonClass.TECHNICAL, text)
    if 400 <= status < 500 and status != 408:
        # A request that Twilio does not understand is our mistake, and nothing about the number.
        reason_class, reason = CODES.get(text or "", (_CONFIGURATION, f"http-{status}"))
        return Reading(Verdict.REJECTED, reason, reason_class, text)
    return Reading(Verdict.IN_DOUBT, f"http-{status}", ReasonClass.TECHNICAL, text)
