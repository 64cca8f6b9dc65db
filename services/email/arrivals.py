"""Mail for us, however it comes: found out what it is and whose, and in the log before we say that we have it."""

from hashlib import blake2b

from chassis.channel.core.medium import Medium
from chassis.channel.service import Ground
from chassis.clock import Clock
from chassis.host import Publisher
from chassis.understanding.understand import understand
from contracts.events import CallbackKind, CallbackReceived, ReplyIntent
from contracts.ids import AddressId
from services.email.core.incoming import Bounce, Complaint, Reply, incoming
from services.email.core.medium import MAIL
from services.email.core.parsed import slim
from services.email.core.token import Named, named


class Arrivals:
    """Takes mail in, from SendGrid, by SMTP or out of a mailbox."""

    def __init__(
        self, *, medium: Medium, ground: Ground, publisher: Publisher, clock: Clock, keys: tuple[bytes, ...]
    ) -> None:
        self._medium = medium
        self._ground = ground
        self._publisher = publisher
        self._clock = clock
        self._keys = keys

    async def take(self, raw: bytes, authentic: bool, to: str = "") -> str:
        """Take one message in, sent to `to`; in a word what became of it. Raises Unreachable: then come again."""
        came = incoming(raw)
        if isinstance(came, Bounce):
            return await self._reported(raw, named(f"{to}\n{came.original}", self._keys))
        if isinstance(came, Complaint):
            whose = named(f"{came.original}\n{to}", self._keys)
            if whose is not None and came.recipient:
                await self._ground.hearing.bar(self._ground.address_of(came.recipient))
            return await self._reported(raw, whose, CallbackKind.INBOUND)
        if isinstance(came, Reply):
            return await self._heard(raw, came, authentic)
        return "automatic" if came is not None else await self._park(raw, "unreadable")

    async def _heard(self, raw: bytes, came: Reply, authentic: bool) -> str:
        stops = ReplyIntent.OPT_OUT in understand(came.words).intents
        if not authentic and not stops:
            # Anybody can write a name into a message. A stop is believed all the same: it costs a contact at most.
            return await self._park(raw, "not-authentic")
        return await self._ground.hearing.hear(
            message_id=came.message_id,
            address_id=self._ground.address_of(came.sender),
            words=came.words,
            body=slim(raw),
        )

    async def _reported(self, raw: bytes, whose: Named | None, kind: CallbackKind = CallbackKind.STATUS) -> str:
        if whose is None:
            return await self._park(raw, "nobodys")
        now = self._clock.now()
        meta = self._medium.first(f"{whose.attempt_id}/{_digest(raw)}", "mail-callback", now, whose.consumer_id, None)
        report = CallbackReceived(meta, MAIL, kind, None, whose.attempt_id, slim(raw), now)
        await self._publisher.publish(events=[report])
        return "published"

    async def _park(self, raw: bytes, why: str) -> str:
        """Keep it for a person to see."""
        await self._ground.directory.park(
            message_id=f"{why}/{_digest(raw)}",
            address_id=AddressId(f"mail-{why}"),
            body=slim(raw),
            received_at=self._clock.now(),
        )
        return f"parked-{why}"


def _digest(raw: bytes) -> str:
    return blake2b(raw, digest_size=16).hexdigest()
