"""Addresses that may not be contacted: the last look before every call to the provider."""

from datetime import datetime

from chassis import metrics
from chassis.clock import Clock
from contracts.events import Channel, Event, SuppressionChanged
from contracts.ids import AddressId, ConsumerId


class Suppressions:
    """What the gate bars, followed on its topic; and who has just said stop, before the gate has heard of it."""

    def __init__(self, channel: Channel, clock: Clock) -> None:
        self._channel = channel
        self._clock = clock
        self._live = False
        self._by_address: dict[AddressId, set[ConsumerId]] = {}
        self._just_said: dict[AddressId, datetime] = {}

    def caught_up(self) -> None:
        """From now on what comes is news, and how long it took is measured."""
        self._live = True

    def apply(self, event: Event) -> None:
        """Take on what the gate says. An address is barred while it is so for anybody there."""
        if not isinstance(event, SuppressionChanged) or event.channel not in (self._channel, Channel.UNKNOWN):
            return
        address_id, consumer_id = event.address_id, event.meta.consumer_id
        if event.active:
            self._by_address.setdefault(address_id, set()).add(consumer_id)
            if self._live:
                took = self._clock.real_seconds(self._clock.now() - event.since)
                metrics.OPT_OUT_SECONDS.labels(self._channel.value.lower()).observe(max(took, 0.0))
            return
        self._by_address.get(address_id, set()).discard(consumer_id)
        if not self._by_address.get(address_id):
            self._by_address.pop(address_id, None)
        if event.since >= self._just_said.get(address_id, event.since):
            self._just_said.pop(address_id, None)

    def said_stop(self, address_id: AddressId, at: datetime) -> None:
        """Somebody at this address said stop: bar it until the gate lifts it."""
        self._just_said[address_id] = at

    def __contains__(self, address_id: AddressId) -> bool:
        return address_id in self._by_address or address_id in self._just_said
