"""WhatsApp beside texts: who writes by it, how long they may be answered by it, and what confirms a stop there.

Twilio carries both by the same API; an address of WhatsApp is the number with a prefix. A business may write there in
its own words for 24 hours after the consumer last did (https://www.twilio.com/docs/whatsapp/key-concepts).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

PREFIX = "whatsapp:"
OPEN = timedelta(hours=23, minutes=30)
"""How long after the consumer's message we answer by WhatsApp: its window, less what a text may wait at Twilio."""

CONFIRMATIONS: Mapping[str, str] = MappingProxyType(
    {
        "en": "You will get no more texts or WhatsApp messages from us. Reply START to get them again.",
        "es": "No le enviaremos más mensajes de texto ni de WhatsApp. Responda START para volver a recibirlos.",
    }
)
"""What confirms a stop, by language: nobody between us and WhatsApp does so, as carriers and Twilio do for texts."""


def by_whatsapp(address: str) -> bool:
    """Whether an address, as Twilio writes it, is one of WhatsApp."""
    return address.startswith(PREFIX)


def number_of(address: str) -> str:
    """The number in an address as Twilio writes it: the same person, by whichever way."""
    return address.removeprefix(PREFIX)


def may_answer(heard_at: datetime | None, now: datetime) -> bool:
    """Whether a text may go by WhatsApp, if the consumer's last message came by it at a time."""
    return heard_at is not None and heard_at <= now < heard_at + OPEN


def confirmation(language: str | None) -> str:
    """What confirms a stop to somebody who wrote in a language; in English if that is not known."""
    return CONFIRMATIONS.get(language or "en", CONFIRMATIONS["en"])
