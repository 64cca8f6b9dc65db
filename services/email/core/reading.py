"""What comes back of e-mails, in words that all channels share: SendGrid's events, mail, and clicks on our links."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chassis.channel.core.reading import Heard, Report, Said, Stopped
from contracts.events import CallbackReceived, ReasonClass
from services.email.core.incoming import Bounce, Complaint, Reply, incoming
from services.email.core.machines import is_machine
from services.email.core.medium import LINK, MAIL, SENDGRID
from services.email.core.status import CLASSES, LADDER, TERMINAL, drop_class, enhanced_class
from services.email.core.token import claimed

UNSUBSCRIBES = frozenset({"unsubscribe", "group_unsubscribe"})


def read(event: CallbackReceived) -> Sequence[Heard]:
    """What a callback says."""
    reader = _READERS.get(event.provider)
    return () if reader is None else reader(event)


def report(word: str, provider_id: str, **more: Any) -> Report:
    """A report by the word on the ladder."""
    rank, status = LADDER[word]
    return Report(status, rank, provider_id, rank >= TERMINAL, **more)


def fields_of(body: bytes) -> Mapping[str, Any]:
    """The fields of an event; none if it is no JSON object."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def provider_id_of(event: Mapping[str, Any]) -> str:
    """SendGrid's id of the message: the first part of what its events call it."""
    return str(event.get("sg_message_id") or "").partition(".")[0]


def _sendgrid(event: CallbackReceived) -> Sequence[Heard]:
    said = fields_of(event.body)
    word, provider_id = str(said.get("event")), provider_id_of(said)
    sign = str(said.get("sg_event_id") or f"{provider_id}/{word}")
    address = str(said.get("email") or "").lower()
    if word in UNSUBSCRIBES:
        return (Stopped(sign, address, "provider"),)
    if word == "spamreport":
        return (report(word, provider_id), Stopped(sign, address, "complaint"))
    if word in ("open", "click") and _by_machine(said, word):
        return ()
    if word == "bounce":
        return (_bounced(said, provider_id),)
    if word == "dropped":
        why = drop_class(str(said.get("reason") or ""))
        return (report(word, provider_id, reason_class=why, code=_code(said)),)
    if word == "cancelled":
        return (report(word, provider_id, reason_class=ReasonClass.NOT_SENT),)
    if word == "deferred":
        return (report(word, provider_id, reason_class=ReasonClass.TEMPORARY, code=_code(said)),)
    return (report(word, provider_id),) if word in LADDER else ()


def _by_machine(said: Mapping[str, Any], word: str) -> bool:
    return bool(said.get("sg_machine_open")) or is_machine(str(said.get("useragent") or ""), opened=word == "open")


def _bounced(said: Mapping[str, Any], provider_id: str) -> Report:
    known = CLASSES.get(str(said.get("bounce_classification") or "").lower())
    why = known or enhanced_class(str(said.get("status") or ""))
    if str(said.get("type")) == "blocked":
        why = known if known is ReasonClass.TEMPORARY else ReasonClass.CONTENT_OR_REPUTATION
        return report("blocked", provider_id, reason_class=why, code=_code(said))
    return report("bounce", provider_id, reason_class=why, code=_code(said))


def _code(said: Mapping[str, Any]) -> str | None:
    code = str(said.get("status") or "")
    return code if 0 < len(code) <= 16 else None


def _mail(event: CallbackReceived) -> Sequence[Heard]:
    came = incoming(event.body)
    if isinstance(came, Bounce):
        return _notified(came)
    if isinstance(came, Complaint):
        sign = f"complaint/{event.attempt_id or event.meta.event_id}"
        return (report("spamreport", ""), Stopped(sign, came.recipient, "complaint"))
    if isinstance(came, Reply):
        answered = claimed(came.thread)
        said = Said(came.message_id, came.sender, came.words)
        if answered is None:
            return (said,)
        return (report("reply", came.message_id, attempt_id=answered.attempt_id), said)
    return ()


def _notified(bounce: Bounce) -> Sequence[Heard]:
    why = enhanced_class(bounce.status)
    told = {"code": bounce.status or None}
    if bounce.action == "failed":
        word = "blocked" if why is ReasonClass.CONTENT_OR_REPUTATION else "bounce"
        return (report(word, "", reason_class=why, **told),)
    if bounce.action == "delayed":
        return (report("deferred", "", reason_class=ReasonClass.TEMPORARY, **told),)
    return (report("delivered", ""),) if bounce.action in ("delivered", "relayed") else ()


def _link(event: CallbackReceived) -> Sequence[Heard]:
    said = fields_of(event.body)
    if said.get("event") == "unsubscribe":
        return (Stopped(f"link/{event.contact_id}", "", "link"),)
    return (report("click", ""),) if said.get("event") == "click" else ()


_READERS: Mapping[str, Callable[[CallbackReceived], Sequence[Heard]]] = {
    SENDGRID: _sendgrid,
    MAIL: _mail,
    LINK: _link,
}
