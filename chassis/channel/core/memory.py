"""What a channel remembers of one consumer: the attempts of thirty days, compactly, and what it has heard."""

import re
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import blake2b

import msgspec
from msgspec import Struct

from chassis.channel.core.medium import ACCEPTED, STARTED
from contracts.ids import AddressId

KEPT = timedelta(days=30)
"""How long an attempt is remembered; a report that comes later changes nothing."""
HEARD = 32
"""So many messages and other signs of the consumer are remembered, to know a repeat."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
Packed = bytes


class Attempt(Struct, frozen=True, array_like=True):
    """One try to reach the consumer; times in milliseconds since 1970, `check_at` 0 when nothing is in doubt."""

    attempt_id: Packed
    contact_id: Packed
    address: int
    started_at: int
    check_at: int
    rank: int = STARTED
    checks: int = 0

    @property
    def settled(self) -> bool:
        """Whether the provider is known to have it."""
        return self.rank >= ACCEPTED


class Memory(Struct, frozen=True, array_like=True, dict=True):
    """What is known of one consumer."""

    addresses: tuple[AddressId, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    heard: tuple[bytes, ...] = ()

    @cached_property
    def check_at(self) -> int:
        """The earliest check, 0 for none."""
        return min((a.check_at for a in self.attempts if a.check_at), default=0)

    def attempt(self, attempt_id: str | None) -> Attempt | None:
        """The attempt of that id, if it is remembered."""
        packed = pack(attempt_id or "")
        return next((a for a in self.attempts if a.attempt_id == packed), None)

    def at_contact(self, contact_id: str | None) -> Attempt | None:
        """The attempt at a contact, if it is remembered."""
        packed = pack(contact_id or "")
        return next((a for a in self.attempts if a.contact_id == packed), None)

    def with_attempt(self, attempt_id: str, contact_id: str, address_id: AddressId, at: int, check_at: int) -> "Memory":
        """A new attempt; those of long ago that nobody doubts are forgotten."""
        addresses = self.addresses if address_id in self.addresses else (*self.addresses, address_id)
        oldest = at - KEPT // _MILLISECOND
        kept = tuple(a for a in self.attempts if a.started_at >= oldest or a.check_at)
        new = Attempt(pack(attempt_id), pack(contact_id), addresses.index(address_id), at, check_at)
        return Memory(addresses, (*kept, new), self.heard)

    def with_changed(self, changed: Attempt) -> "Memory":
        """An attempt, further on."""
        attempts = tuple(changed if a.attempt_id == changed.attempt_id else a for a in self.attempts)
        return Memory(self.addresses, attempts, self.heard)

    def with_heard(self, sign: str) -> "Memory":
        """A message of the consumer, or another sign, by what is the same for every repeat of it."""
        key = _digest(sign)
        return self if key in self.heard else Memory(self.addresses, self.attempts, (*self.heard, key)[-HEARD:])

    def has_heard(self, sign: str) -> bool:
        """Whether a message is a repeat."""
        return _digest(sign) in self.heard


def _digest(sign: str) -> bytes:
    return blake2b(sign.encode(), digest_size=8).digest()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Memory)


def encode(memory: Memory) -> bytes:
    """What is remembered, as bytes."""
    return _encoder.encode(memory)


def decode(encoded: bytes) -> Memory:
    """What is remembered, from bytes; raises ValueError."""
    return _decoder.decode(encoded)


def pack(identifier: str) -> Packed:
    """An id in 17 bytes if it has a UUID's shape; the first byte says which shape it has."""
    if _UUID.fullmatch(identifier):
        return b"u" + bytes.fromhex(identifier.replace("-", ""))
    return b"t" + identifier.encode()


def unpack(packed: Packed) -> str:
    """An id as it was."""
    if packed.startswith(b"t"):
        return packed[1:].decode()
    h = packed[1:].hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def milliseconds(instant: datetime) -> int:
    """An instant as memory holds it."""
    return (instant - _EPOCH) // _MILLISECOND


def instant(millis: int) -> datetime:
    """An instant from memory."""
    return _EPOCH + millis * _MILLISECOND
