"""What callbacks of calls say: how far a call has come, and what was said on it."""

from collections.abc import Sequence

from chassis.channel.core.form import fields
from chassis.channel.core.reading import Agreed, Heard, Report, Said
from contracts.events import CallbackKind, CallbackReceived, Channel, FactKind
from services.voice.core.medium import PROVIDER
from services.voice.core.report import breach_in, understood
from services.voice.core.status import LADDER, TERMINAL, reason_class, word_of


def read(event: CallbackReceived) -> Sequence[Heard]:
    """The state of a call, a turn of the talk on it, or a rule that a person of ours broke."""
    if event.provider != PROVIDER:
        return ()
    if event.kind is CallbackKind.STATUS:
        form = fields(event.body)
        sip = form.get("SipResponseCode", "")
        word = word_of(form.get("CallStatus", ""), sip)
        return _report(word, form.get("CallSid", ""), None if sip in ("", "200") else sip)
    if event.kind is CallbackKind.INBOUND and (breach := breach_in(event.body)) is not None:
        return (breach,)
    turn = understood(event.body) if event.kind is CallbackKind.INBOUND else None
    if turn is None:
        return ()
    said: tuple[Heard, ...] = ()
    if turn.words:
        answer_on = Channel.SMS if turn.link and turn.talked else Channel.UNKNOWN
        said = (Said(turn.message_id, turn.number, turn.words, turn.talked, answer_on),)
    if turn.agreed and turn.talked:
        said = (*said, Agreed(f"{turn.message_id}/agreed", FactKind.CALL_CONSENT))
    # A call of the consumer's own is no attempt of ours, so nothing is reported of it but what was said.
    return (*_report(turn.found, turn.call, None), *said) if event.attempt_id else said


def _report(word: str, call: str, code: str | None) -> tuple[Report, ...]:
    found = LADDER.get(word)
    if found is None:
        return ()
    rank, status = found
    return (Report(status, rank, call, rank >= TERMINAL, reason_class(status), code),)
