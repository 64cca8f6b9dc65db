"""What reports on letters say."""

from collections.abc import Sequence

from chassis.channel.core.reading import Heard
from chassis.channel.core.reading import Report as Reported
from contracts.events import CallbackKind, CallbackReceived
from services.letter.core.medium import LOB, MAIL_HOUSE
from services.letter.core.report import understood
from services.letter.core.status import TERMINAL, rank_of, reason_class


def read(event: CallbackReceived) -> Sequence[Heard]:
    """A status of a letter."""
    ours = event.provider in (LOB, MAIL_HOUSE) and event.kind is CallbackKind.STATUS
    report = understood(event.body) if ours else None
    found = rank_of(report.event) if report is not None else None
    if report is None or found is None:
        return ()
    rank, status = found
    code = None if rank <= TERMINAL else report.event
    return (Reported(status, rank, report.letter_id, rank >= TERMINAL, reason_class(status), code),)
