"""What Twilio's Lookup says of a number, and what follows from it: for the gate as facts, for a text at once."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from contracts.events import FactKind, FactLearned
from contracts.ids import AddressId, ConsumerId
from services.sms.core.medium import MEDIUM

LINES: Mapping[str, str] = {
    "mobile": "mobile",
    "landline": "landline",
    "fixedVoip": "voip",
    "nonFixedVoip": "voip",
    "tollFree": "toll-free",
}
"""Twilio's words for kinds of line, and ours; every other is unknown, which the law counts as a cell."""

STANDINGS: Mapping[str, str] = {"no": "same", "yes": "reassigned", "no_data_available": "no-data"}
"""What the reassigned numbers database answers, and our words for it."""

UNKNOWN, INVALID, LANDLINE, REASSIGNED = "unknown", "invalid", "landline", "reassigned"
FINAL = timedelta(days=365)
"""How long a number is not asked about again that can take no text from us, unless the consumer consents anew."""

_BARRING = {INVALID: "number-not-valid", LANDLINE: "landline", REASSIGNED: "number-reassigned"}


class Found(Struct, frozen=True):
    """What a number is: its kind of line, and whose; `standing` is empty where the database was not asked."""

    line: str
    standing: str


def read_lookup(content: Mapping[str, Any], *, asked_whose: bool) -> Found | None:
    """What a complete answer says; None if it does not say what was asked, which is no answer at all."""
    valid = content.get("valid")
    if not isinstance(valid, bool):
        return None
    if not valid:
        return Found(INVALID, "")
    line = content.get("line_type_intelligence")
    known = LINES.get(str(line.get("type")), UNKNOWN) if isinstance(line, dict) else UNKNOWN
    if not asked_whose:
        return Found(known, "")
    whose = content.get("reassigned_number")
    if not isinstance(whose, dict) or whose.get("error_code") is not None:
        return None
    standing = STANDINGS.get(str(whose.get("is_number_reassigned")))
    return None if standing is None else Found(known, standing)


def barred(found: Found) -> str | None:
    """Why no text may go to a number, if so. What nobody could say bars nothing by itself: the gate judges consent."""
    return next((_BARRING[word] for word in (found.line, found.standing) if word in _BARRING), None)


def ask_again(found: Found, asked_at: datetime, holds: timedelta) -> datetime:
    """When a number is to be asked about again."""
    return asked_at + (holds if barred(found) is None else FINAL)


def facts(found: Found, address_id: AddressId, consumer_id: ConsumerId, at: datetime) -> Iterator[FactLearned]:
    """What the gate learns of an answer that came at a time."""
    for kind, detail in ((FactKind.LINE_TYPE, found.line), (FactKind.NUMBER_CHECKED, found.standing)):
        if detail:
            cause = f"{address_id}/{consumer_id}/{at.isoformat()}"
            meta = MEDIUM.first(cause, kind.value.lower(), at, consumer_id, None)
            yield FactLearned(meta, kind, True, detail, (), address_id, at, None, "database")
