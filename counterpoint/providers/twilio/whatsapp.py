"""WhatsApp behind Twilio's Messages API: addresses with a prefix, and 24 hours in which a business may write freely."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from counterpoint.providers.twilio.messages import Message, Window

PREFIX = "whatsapp:"
WINDOW = timedelta(hours=24)
OVER = 63016


def number_of(address: str) -> str:
    """The phone's number in an address."""
    return address.removeprefix(PREFIX)


class Windows:
    """When consumers last wrote to businesses by WhatsApp."""

    def __init__(self) -> None:
        self._heard: dict[tuple[str, str], datetime] = {}

    def hear(self, *, ours: str, phone: str, at: datetime) -> bool:
        """A consumer writes; False where that is not by WhatsApp."""
        if not phone.startswith(PREFIX):
            return False
        self._heard[ours, phone] = at
        return True

    def mark(self, message: Message, form: Mapping[str, str]) -> None:
        """Mark a message of WhatsApp: outside the window only an approved template goes, named by its ContentSid."""
        if message.to.startswith(PREFIX):
            heard = self._heard.get((message.sender, message.to))
            free = heard is not None and message.created_at < heard + WINDOW
            message.whatsapp = Window.OPEN if free or "ContentSid" in form else Window.OVER
