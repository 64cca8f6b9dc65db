"""How an approved contact is handed to its channel; a channel that is not here has no service, and gets nothing.

To add a channel: its approved event and topic, a function like `_text`, its place in CARRIERS.
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
    TextApproved,
)

Approve = Callable[[ContactRequested, Meta, str, datetime, tuple[str, ...]], Event]
"""The event for the channel: from the request, its meta, the address itself, when it expires, and what to see to."""


class Carrier(Struct, frozen=True):
    """A channel that has a service: how ids of its addresses begin, and the event that lets it send."""

    addresses: str
    approve: Approve


def _text(
    request: ContactRequested, meta: Meta, to: str, expires_at: datetime, conditions: tuple[str, ...]
) -> TextApproved:
    return TextApproved(
        meta,
        request.contact_id,
        request.address_id,
        to,
        request.template_id,
        request.language,
        request.parameters,
        expires_at,
        conditions,
    )


def _email(
    request: ContactRequested, meta: Meta, to: str, expires_at: datetime, conditions: tuple[str, ...]
) -> EmailApproved:
    return EmailApproved(
        meta,
        request.contact_id,
        request.address_id,
        to,
        request.template_id,
        request.language,
        request.parameters,
        expires_at,
        conditions,
    )


def _call(
    request: ContactRequested, meta: Meta, to: str, expires_at: datetime, conditions: tuple[str, ...]
) -> CallApproved:
    return CallApproved(
        meta,
        request.contact_id,
        request.address_id,
        to,
        request.template_id,
        request.language,
        request.parameters,
        expires_at,
        conditions,
        request.technology,
    )


def _letter(
    request: ContactRequested, meta: Meta, to: str, expires_at: datetime, conditions: tuple[str, ...]
) -> LetterApproved:
    return LetterApproved(
        meta,
        request.contact_id,
        request.address_id,
        to,
        request.template_id,
        request.language,
        request.parameters,
        expires_at,
        conditions,
    )


CARRIERS: dict[str, Carrier] = {
    Channel.SMS.value: Carrier("tel-", _text),
    Channel.EMAIL.value: Carrier("mail-", _email),
    Channel.LETTER.value: Carrier("post-", _letter),
    Channel.VOICE.value: Carrier("tel-", _call),
}
"""By the channel's name."""
