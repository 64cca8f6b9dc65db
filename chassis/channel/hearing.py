"""What consumers say: found out whose it is, and in the log for each of them; kept where nobody is known yet."""

from chassis.channel.core.medium import Medium
from chassis.channel.core.said import SILENCING
from chassis.channel.directory import Directory, Parked
from chassis.channel.suppressions import Suppressions
from chassis.clock import Clock
from chassis.host import Publisher
from chassis.understanding.understand import understand
from contracts.events import CallbackKind, CallbackReceived, ReplyIntent
from contracts.ids import AddressId, ConsumerId


class Hearing:
    """Hears consumers on one channel."""

    def __init__(
        self, *, medium: Medium, directory: Directory, suppressions: Suppressions, publisher: Publisher, clock: Clock
    ) -> None:
        self._medium = medium
        self._directory = directory
        self._suppressions = suppressions
        self._publisher = publisher
        self._clock = clock

    async def hear(self, *, message_id: str, address_id: AddressId, words: str, body: bytes) -> str:
        """Take in a message that came as `body`; in a word what became of it. Raises Unreachable: then come again.

        A stop bars the address, and all others of everybody known there, before anything else is done about it; that
        it is somebody else's bars the address alone.
        """
        now = self._clock.now()
        asked = understand(words).intents
        if ReplyIntent.OPT_OUT in asked:
            await self.bar(address_id)
        elif not SILENCING.isdisjoint(asked):
            self._suppressions.said_stop(address_id, now)
        consumers = await self._directory.consumers_at(address_id)
        if consumers:
            messages = [self.heard(Parked(c, message_id, body, now)) for c in consumers]
            await self._publisher.publish(events=messages)
            return "published"
        await self._directory.park(message_id=message_id, address_id=address_id, body=body, received_at=now)
        return "parked"

    async def bar_consumer(self, consumer_id: ConsumerId) -> None:
        """Let nothing go to any address of a consumer from now on."""
        now = self._clock.now()
        for theirs in await self._directory.addresses_of(consumer_id):
            self._suppressions.said_stop(theirs, now)

    async def bar(self, address_id: AddressId) -> None:
        """Let nothing go to this address from now on, nor to the others of everybody known there."""
        now = self._clock.now()
        self._suppressions.said_stop(address_id, now)
        for theirs in await self._directory.addresses_beside(address_id):
            self._suppressions.said_stop(theirs, now)

    def heard(self, message: Parked) -> CallbackReceived:
        """A message of a consumer, for the log; always the same event for the same arguments."""
        cause = f"{message.message_id}/{message.consumer_id}"
        meta = self._medium.first(cause, "inbound-callback", message.received_at, message.consumer_id, None)
        whence = self._medium.hears or self._medium.provider
        return CallbackReceived(meta, whence, CallbackKind.INBOUND, None, None, message.body, message.received_at)
