"""What Lob's answer to a letter means (https://docs.lob.com/, "Errors")."""

from chassis.channel.core.outcome import Reading, Verdict
from contracts.events import ReasonClass

_ADDRESS = frozenset({"failed_deliverability_strictness", "address_length_exceeds_limit"})
_CONTENT = frozenset({"file_pages_exceed_max", "file_size_exceeds_limit", "invalid_file", "unembedded_fonts"})


def read_answer(status: int, code: str | None) -> Reading:
    """What the answer means, from its HTTP status and the code in its body if that could be read.

    Lob says of a 5xx that the request may have been received; the same key of idempotency would answer it again, but to
    ask after the letter by its attempt is as good, and one way for all providers.
    """
    if status in (200, 201):
        return Reading(Verdict.ACCEPTED, "created")
    if status in (401, 403):
        return Reading(Verdict.LOCKED_OUT, f"http-{status}", ReasonClass.CONFIGURATION, code)
    if status == 429:
        return Reading(Verdict.UNSENT, "too-many-requests", ReasonClass.TECHNICAL, code)
    if 400 <= status < 500 and status not in (408, 409):
        reason = (code or f"http-{status}").replace("_", "-")
        if code in _ADDRESS:
            return Reading(Verdict.REJECTED, reason, ReasonClass.PERMANENT_ADDRESS, code)
        known = ReasonClass.CONTENT_OR_REPUTATION if code in _CONTENT else ReasonClass.CONFIGURATION
        return Reading(Verdict.REJECTED, reason, known, code)
    return Reading(Verdict.IN_DOUBT, f"http-{status}", ReasonClass.TECHNICAL, code)


_DELIVERABLE = frozenset(
    {"deliverable", "deliverable_unnecessary_unit", "deliverable_incorrect_unit", "deliverable_missing_unit"}
)


def is_deliverable(word: str) -> bool:
    """Whether to try a letter where Lob says this of the address; with a unit missing it often arrives all the same."""
    return word in _DELIVERABLE
