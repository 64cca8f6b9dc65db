"""What a push service's answer to a message means (RFC 8030, sections 5 and 7.3)."""

from chassis.channel.core.outcome import Reading, Verdict
from contracts.events import ReasonClass


def read_answer(status: int) -> Reading:
    """What the answer means, from its HTTP status: nothing else in it is the same with all push services.

    404 and 410 say that the browser takes no more: that is what an address that does not exist is elsewhere. 401 and
    403 may mean our key, or one subscription that was made for another key. 408 and everything from 500 on may come
    from a machine in between.
    """
    code = str(status)
    if status in (200, 201, 202):
        return Reading(Verdict.ACCEPTED, "created")
    if status in (404, 410):
        return Reading(Verdict.REJECTED, "subscription-gone", ReasonClass.PERMANENT_ADDRESS, code)
    if status == 413:
        return Reading(Verdict.REJECTED, "too-large", ReasonClass.CONFIGURATION, code)
    if status == 429:
        return Reading(Verdict.UNSENT, "too-many-requests", ReasonClass.TECHNICAL, code)
    if status in (401, 403):
        return Reading(Verdict.LOCKED_OUT, f"http-{status}", ReasonClass.CONFIGURATION, code)
    if 300 <= status < 500 and status != 408:
        return Reading(Verdict.REJECTED, f"http-{status}", ReasonClass.CONFIGURATION, code)
    return Reading(Verdict.IN_DOUBT, f"http-{status}", ReasonClass.TECHNICAL, code)
