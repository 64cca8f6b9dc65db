"""What SendGrid's answer to a send means, and what a mail server's does."""

import re

from chassis.channel.core.outcome import Reading, Verdict
from contracts.events import ReasonClass
from services.email.core.status import enhanced_class

_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


def read_answer(status: int, field: str) -> Reading:
    """What SendGrid's HTTP status means; `field` is the first that its errors complain of.

    It says of 429 that the request was not taken. 408 and everything from 500 on may come from a machine in between.
    """
    if status in (200, 202):
        return Reading(Verdict.ACCEPTED, "accepted")
    code = str(status)
    if status in (401, 403):
        return Reading(Verdict.LOCKED_OUT, f"http-{status}", ReasonClass.CONFIGURATION, code)
    if status == 429:
        return Reading(Verdict.UNSENT, "too-many-requests", ReasonClass.TECHNICAL, code)
    if 400 <= status < 500 and status != 408:
        address = field.endswith(("to", "to.email", ".email")) and "personalizations" in field
        known = ReasonClass.PERMANENT_ADDRESS if address else ReasonClass.CONFIGURATION
        return Reading(Verdict.REJECTED, "address-not-valid" if address else f"http-{status}", known, code)
    return Reading(Verdict.IN_DOUBT, f"http-{status}", ReasonClass.TECHNICAL, code)


def read_reply(stage: str, code: int, words: str) -> Reading:
    """What a mail server's reply means that is no consent; `stage` is connect, login, sender, recipient or data.

    A reply is proof: whoever answers 4xx or 5xx has not taken the message on, even after its final dot.
    """
    found = _ENHANCED.search(words)
    enhanced = found[1] if found else ""
    told = enhanced or str(code)
    if stage == "login":
        return Reading(Verdict.LOCKED_OUT, f"smtp-{code}", ReasonClass.CONFIGURATION, told)
    if code < 500:
        return Reading(Verdict.UNSENT, f"{stage}-{code}", ReasonClass.TECHNICAL, told)
    known = enhanced_class(enhanced)
    if known is ReasonClass.UNKNOWN:
        by_stage = {"recipient": ReasonClass.PERMANENT_ADDRESS, "data": ReasonClass.CONTENT_OR_REPUTATION}
        known = by_stage.get(stage, ReasonClass.CONFIGURATION)
        if stage == "recipient" and code == 552:
            known = ReasonClass.TEMPORARY
    return Reading(Verdict.REJECTED, f"{stage}-{code}", known, told)
