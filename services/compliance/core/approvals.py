"""How an approved contact is handed to its channel; a channel that is not here has no service, and gets nothing.

To add a channel: its approved event and topic, and its place in CARRIERS.
"""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from contracts.events import (
    CallApproved,
    Channel,
    ContactRequested,
    EmailApproved,
    Event,
    LetterApproved,
    Meta,
    PushApproved,
    TextApproved,
)

Approve = Callable[[ContactRequested, Meta, str, datetime, tuple[str, ...]], Event]
"""The event for the channel: from the request, its meta, the address itself, when it expires, and what to see to."""


class Carrier(Struct, frozen=True):
    """A channel that has a service: how ids of its addresses begin, and the event that lets it send."""

    addresses: str
    approve: Approve


def _approving(kind: Callable[..., Event], *beside: str) -> Approve:
    """Approvals of a kind; `beside` names what it takes of the request after all that every channel needs, in order."""

    def approve(
        request: ContactRequested, meta: Meta, to: str, expires_at: datetime, conditions: tuple[str, ...]
    ) -> Event:
        return kind(
            meta,
            request.contact_id,
            request.address_id,
            to,
            request.template_id,
            request.language,
            request.parameters,
            expires_at,
            conditions,
            *[getattr(request, name) for name in beside],
        )

    return approve


CARRIERS: dict[str, Carrier] = {
    Channel.SMS.value: Carrier("tel-", _approving(TextApproved)),
    Channel.EMAIL.value: Carrier("mail-", _approving(EmailApproved)),
    Channel.LETTER.value: Carrier("post-", _approving(LetterApproved)),
    Channel.VOICE.value: Carrier("tel-", _approving(CallApproved, "technology")),
    Channel.PUSH.value: Carrier("push-", _approving(PushApproved)),
}
"""By the channel's name."""
