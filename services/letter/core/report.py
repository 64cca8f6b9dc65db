"""What is kept of a report on a letter: no name, no address, nothing but ids, a word, and the ZIP code of a scan."""

from typing import Any

import msgspec
from msgspec import Struct


class Report(Struct, frozen=True, omit_defaults=True):
    """A report as the log keeps it; `event` is in Lob's words, whoever prints."""

    event: str
    letter_id: str
    zip_code: str = ""


_decoder = msgspec.json.Decoder(Report)


def kept(report: Report) -> bytes:
    """A report as a callback's body."""
    return msgspec.json.encode(report)


def understood(body: bytes) -> Report | None:
    """A report from a callback's body; None for what is none."""
    try:
        return _decoder.decode(body)
    except msgspec.MsgspecError:
        return None


def of_lob(content: Any) -> tuple[Report, dict[str, str], str] | None:
    """A report, the ids that we gave the letter, and the id of the event; None if it is no event of a letter."""
    try:
        letter = content["body"]
        event_type, event_id = content["event_type"]["id"], content["id"]
        ids = {k: v for k, v in (letter.get("metadata") or {}).items() if isinstance(v, str)}
        events = letter.get("tracking_events") or [{}]
        report = Report(event_type, letter["id"], str(events[-1].get("location") or ""))
    except (KeyError, TypeError, AttributeError, IndexError):
        return None
    return (
        (report, ids, event_id) if all(isinstance(w, str) for w in (event_type, event_id, report.letter_id)) else None
    )
