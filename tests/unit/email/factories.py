"""Callbacks and messages of the e-mail channel, as tests want them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.events import AttemptStarted, CallbackKind, CallbackReceived, Channel, Meta
from contracts.ids import AddressId, AttemptId, ConsumerId, ContactId, EventId
from services.email.core.message import Prepared, Sender
from services.email.core.token import token

NOW = datetime(2026, 10, 19, 16, tzinfo=UTC)
KEY = b"a-key"
ATTEMPT, CONTACT = "0199f000-0000-7000-8000-00000000abcd", "0199f000-0000-7000-9000-00000000abcd"
CONSUMER = "con-" + "1" * 24
SENDER = Sender("Harborview Recovery", "accounts@collector.test", "collector.test", "reply@collector.test")
TOKEN = token(ATTEMPT, CONSUMER, KEY)


def a_meta() -> Meta:
    """The beginning of an event."""
    return Meta(EventId("e-1"), NOW, ConsumerId(CONSUMER), "story", None, "email", "0")


def a_callback(provider: str, body: Any, kind: CallbackKind = CallbackKind.STATUS) -> CallbackReceived:
    """A callback about the one attempt; `body` is text, bytes, or what becomes JSON."""
    raw = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return CallbackReceived(a_meta(), provider, kind, ContactId(CONTACT), AttemptId(ATTEMPT), raw, NOW)


def an_event(word: str, **more: Any) -> CallbackReceived:
    """An event of SendGrid's."""
    said = {"event": word, "email": "ana@mail.test", "sg_event_id": f"id-{word}", "sg_message_id": "abc.filter-1"}
    return a_callback("sendgrid", {**said, **more})


def started() -> AttemptStarted:
    """The one attempt."""
    return AttemptStarted(
        a_meta(), ContactId(CONTACT), AttemptId(ATTEMPT), Channel.EMAIL, AddressId("mail-1"), "sendgrid", NOW
    )


def prepared(**changes: Any) -> Prepared:
    """An e-mail, ready to be sent."""
    given: dict[str, Any] = {
        "to": "ana@mail.test",
        "subject": "A message for you",
        "text": "Hello Ana: https://links.test/l/abc",
        "html": '<p>Hello Ana: <a href="https://links.test/l/abc">your page</a></p>',
        "token": TOKEN,
        "unsubscribe_url": "https://links.test/l/xyz",
        "dated": NOW + timedelta(0),
    }
    return Prepared(**{**given, **changes})
