"""What Twilio's answer to a send means."""

from chassis.channel.core.outcome import Reading, Verdict
from contracts.events import ReasonClass
from services.sms.core.codes import name_of, reason_of

_TRY_AGAIN = frozenset({"20429", "21611"})
_LOCKED_OUT = frozenset({"20003", "30002"})


def read_answer(status: int, code: int | None) -> Reading:
    """What the answer to a send means, from its HTTP status and the code in its body if that could be read.

    Only answers that prove it count as not sent. Twilio says of 429 that such requests are never processed; 408 and
    everything from 500 on may come from a machine between us and Twilio that had passed the request on.
    """
    text = None if code is None else str(code)
    if status == 201:
        return Reading(Verdict.ACCEPTED, "created")
    if status in (401, 403) or text in _LOCKED_OUT:
        return Reading(Verdict.LOCKED_OUT, f"http-{status}", ReasonClass.CONFIGURATION, text)
    if status == 429 or (400 <= status < 500 and text in _TRY_AGAIN):
        reason = "too-many-requests" if status == 429 else name_of(text)
        return Reading(Verdict.UNSENT, reason, ReasonClass.TECHNICAL, text)
    if 400 <= status < 500 and status != 408:
        known = reason_of(text)
        reason = name_of(text) if text else f"http-{status}"
        # A request that Twilio does not understand is our mistake, and nothing about the number.
        return Reading(
            Verdict.REJECTED, reason, ReasonClass.CONFIGURATION if known is ReasonClass.UNKNOWN else known, text
        )
    return Reading(Verdict.IN_DOUBT, f"http-{status}", ReasonClass.TECHNICAL, text)
