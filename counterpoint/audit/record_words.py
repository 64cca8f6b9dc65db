"""A consumer's record as the orchestrator publishes it, in words, for `counterpoint consumer`; without names."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from contracts.events import Channel, ConsumerProfileChanged, Meta
from contracts.ids import ConsumerId, EventId
from counterpoint.plain_words import words
from services.orchestrator.core.codes import instant
from services.orchestrator.core.profile import profile
from services.orchestrator.core.state import Consumer
from services.orchestrator.core.strategy import Strategies

Told = Callable[[datetime | None], str]
_NOBODY = Meta(EventId(""), instant(1), ConsumerId(""), "", None, "", "")


def record_of(state: Consumer, strategies: Strategies) -> ConsumerProfileChanged:
    """The record as it would be published now."""
    return profile(state, _NOBODY, strategies)


def plain_record(record: ConsumerProfileChanged) -> dict[str, Any]:
    """The record for JSON, without what is personal, and without the head of an event that it is not."""
    found: dict[str, Any] = msgspec.to_builtins(record)
    return {name: value for name, value in found.items() if name not in ("meta", "first_name", "place", "contacts")}


def tell_record(record: ConsumerProfileChanged, told: Told) -> list[str]:
    """What is known of the consumer beside the conversation."""
    return [*_accounts(record, told), *_arrangements(record), *_addresses(record), *_wishes(record, told)]


def _accounts(record: ConsumerProfileChanged, told: Told) -> Iterator[str]:
    for account in record.accounts:
        due = f", due on {account.due_on}" if account.due_on else ""
        paid = f", last paid {told(account.paid_at)}" if account.paid_at else ""
        yield f"account {account.debt_id}: {account.state}, {account.owed} {account.currency} owed{due}{paid}"


def _arrangements(record: ConsumerProfileChanged) -> Iterator[str]:
    for found in record.arrangements:
        parts = ", ".join(f"{part.amount} on {part.due_on}" for part in found.instalments)
        state = words(found.state.value)
        yield f"{words(found.kind.value)} {found.arrangement_id}: {state}, {found.met} paid of {parts}"


def _addresses(record: ConsumerProfileChanged) -> Iterator[str]:
    for address in record.addresses:
        said = [f"consent {address.consent}"] if address.channel is Channel.SMS else []
        said += [] if address.usable else ["nothing reaches it"]
        said += ["opted out"] if address.refused else []
        yield f"address {address.address_id}: {words(address.channel.value)}{''.join(f', {s}' for s in said)}"
    if record.refused:
        media = ["everything" if c is Channel.UNKNOWN else words(c.value) for c in record.refused]
        yield f"opted out of {', '.join(media)}"


def _wishes(record: ConsumerProfileChanged, told: Told) -> Iterator[str]:
    wishes = [f"language {record.language}"] if record.language else []
    wishes += [f"by {words(record.preferred_channel.value)}"] if record.preferred_channel is not Channel.UNKNOWN else []
    wishes += [f"between {record.preferred_hours}"] if record.preferred_hours else []
    wishes += [f"risk {record.risk} of 100"] if record.risk is not None else []
    if wishes:
        yield f"preferences: {', '.join(wishes)}"
    if record.restrictions:
        yield f"restricted: {', '.join(record.restrictions)}"
    for aside in record.interrupted:
        yield f"set aside: {aside.strategy_id} at {aside.step_id}, since {told(aside.entered_at)}"
    for said in record.statements:
        channel = "" if said.channel is Channel.UNKNOWN else f", {words(said.channel.value)}"
        yield f"  {told(said.said_at)}  said: {said.what}{channel}"
    if record.contacts_before:
        yield f"and {record.contacts_before} contacts before those below"
