"""What browsers and our own links tell of notifications."""

import json
from collections.abc import Sequence

from chassis.channel.core.reading import Heard, Report, Stopped
from contracts.events import CallbackReceived
from services.push.core.medium import LINK
from services.push.core.status import LADDER, TERMINAL


def read(event: CallbackReceived) -> Sequence[Heard]:
    """A notification was shown or tapped, or the consumer wants no more of them."""
    if event.provider != LINK:
        return ()
    word = _word(event.body)
    if word == "unsubscribe":
        return (Stopped(f"link/{event.contact_id}", "", "link"),)
    if word not in LADDER:
        return ()
    rank, status = LADDER[word]
    return (Report(status, rank, "", rank >= TERMINAL),)


def _word(body: bytes) -> str:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return str(said.get("event")) if isinstance(said, dict) else ""
