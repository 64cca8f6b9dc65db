"""Addresses that may not be contacted, and contacts that were taken back: the last look before every call."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from chassis import metrics
from chassis.channel.provider import Rejected
from chassis.clock import Clock
from contracts.events import ApprovalWithdrawn, Channel, Event, ReasonClass, SuppressionChanged
from contracts.ids import AddressId, ConsumerId, ContactId

MOST_WITHDRAWN = 10_000
"""So many contacts that were taken back are remembered before those are forgotten that nobody can send any more."""


class Approved(Protocol):
    """What the gate's approvals for all channels have in common."""

    @property
    def contact_id(self) -> ContactId:
        """Which contact it is."""

    @property
    def address_id(self) -> AddressId:
        """Where it may go."""

    @property
    def expires_at(self) -> datetime:
        """Until when it may go."""


class Suppressions:
    """What the gate bars, followed on its topic; and who has just said stop, before the gate has heard of it."""

    def __init__(self, channel: Channel, clock: Clock) -> None:
        self._channel = channel
        self._clock = clock
        self._live = False
        self._by_address: dict[AddressId, set[ConsumerId]] = {}
        self._just_said: dict[AddressId, datetime] = {}
        self._withdrawn: dict[ContactId, datetime] = {}
        self._barred_heed: Callable[[AddressId, datetime], None] = _nobody
        self._withdrawn_heed: Callable[[ContactId, datetime], None] = _nobody

    def heed(
        self, *, barred: Callable[[AddressId, datetime], None], withdrawn: Callable[[ContactId, datetime], None]
    ) -> None:
        """Tell of what is barred or taken back from now on."""
        self._barred_heed, self._withdrawn_heed = barred, withdrawn

    def caught_up(self) -> None:
        """From now on what comes is news, and how long it took is measured."""
        self._live = True

    def apply(self, event: Event) -> None:
        """Take on what the gate says. An address is barred while it is so for anybody there."""
        if isinstance(event, ApprovalWithdrawn) and event.channel is self._channel:
            self._withdraw(event)
        if not isinstance(event, SuppressionChanged) or event.channel not in (self._channel, Channel.UNKNOWN):
            return
        address_id, consumer_id = event.address_id, event.meta.consumer_id
        if event.active:
            self._by_address.setdefault(address_id, set()).add(consumer_id)
            if self._live:
                took = self._clock.real_seconds(self._clock.now() - event.since)
                metrics.OPT_OUT_SECONDS.labels(self._channel.value.lower()).observe(max(took, 0.0))
            self._barred_heed(address_id, event.since)
            return
        self._by_address.get(address_id, set()).discard(consumer_id)
        if not self._by_address.get(address_id):
            self._by_address.pop(address_id, None)
        if event.since >= self._just_said.get(address_id, event.since):
            self._just_said.pop(address_id, None)

    def _withdraw(self, event: ApprovalWithdrawn) -> None:
        now = self._clock.now()
        if len(self._withdrawn) >= MOST_WITHDRAWN:
            self._withdrawn = {contact: until for contact, until in self._withdrawn.items() if until > now}
        if event.until_at > now:
            self._withdrawn[event.contact_id] = event.until_at
            self._withdrawn_heed(event.contact_id, event.meta.occurred_at)

    def refuses(self, approved: Approved) -> Rejected | None:
        """Why an approved contact may not go out after all, if it may not."""
        if approved.address_id in self:
            return Rejected("suppressed", ReasonClass.OPTED_OUT)
        if approved.contact_id in self._withdrawn:
            return Rejected("withdrawn", ReasonClass.NOT_SENT)
        return None

    def said_stop(self, address_id: AddressId, at: datetime) -> None:
        """Somebody at this address said stop: bar it until the gate lifts it."""
        self._just_said[address_id] = at
        self._barred_heed(address_id, at)

    def is_withdrawn(self, contact_id: ContactId) -> bool:
        """Whether a contact was taken back."""
        return contact_id in self._withdrawn

    def __contains__(self, address_id: AddressId) -> bool:
        return address_id in self._by_address or address_id in self._just_said


def _nobody(_: object, __: datetime) -> None:
    """Nobody wants to know."""
