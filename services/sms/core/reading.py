"""What Twilio's callbacks say."""

from collections.abc import Sequence

from chassis.channel.core.form import fields
from chassis.channel.core.reading import Heard, Report, Said
from contracts.events import CallbackKind, CallbackReceived
from services.sms.core.medium import PROVIDER
from services.sms.core.status import TERMINAL, rank_of, reason_class
from services.sms.core.whatsapp import number_of


def read(event: CallbackReceived) -> Sequence[Heard]:
    """A status of a text, or a text of a consumer's, who is the same one by WhatsApp."""
    if event.provider != PROVIDER or event.kind is CallbackKind.UNKNOWN:
        return ()
    form = fields(event.body)
    message_id = form.get("MessageSid") or form.get("SmsSid", "")
    if event.kind is CallbackKind.INBOUND:
        return (Said(message_id, number_of(form.get("From", "")), form.get("Body", "")),)
    found = rank_of(form.get("MessageStatus") or form.get("SmsStatus", ""))
    if found is None:
        return ()
    rank, status = found
    code = form.get("ErrorCode") or None
    return (Report(status, rank, message_id, rank >= TERMINAL, reason_class(status, code), code),)
