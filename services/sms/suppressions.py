"""Numbers that may not be texted: the last look before every call to the provider."""

from datetime import datetime

from contracts.events import Channel, Event, SuppressionChanged
from contracts.ids import AddressId, ConsumerId


class Suppressions:
    """What the gate bars, followed on its topic; and who has just said stop, before the gate has heard of it."""

    def __init__(self) -> None:
        self._by_address: dict[AddressId, set[ConsumerId]] = {}
        self._just_said: dict[AddressId, datetime] = {}

    def apply(self, event: Event) -> None:
        """Take on what the gate says. A number is barred while it is so for anybody there."""
        if not isinstance(event, SuppressionChanged) or event.channel not in (Channel.SMS, Channel.UNKNOWN):
            return
        address_id, consumer_id = event.address_id, event.meta.consumer_id
        if event.active:
            self._by_address.setdefault(address_id, set()).add(consumer_id)
            return
        self._by_address.get(address_id, set()).discard(consumer_id)
        if not self._by_address.get(address_id):
            self._by_address.pop(address_id, None)
        if event.since >= self._just_said.get(address_id, event.since):
            self._just_said.pop(address_id, None)

    def said_stop(self, address_id: AddressId, at: datetime) -> None:
        """Somebody at this number said stop: bar it until the gate lifts it."""
        self._just_said[address_id] = at

    def __contains__(self, address_id: AddressId) -> bool:
        return address_id in self._by_address or address_id in self._just_said
