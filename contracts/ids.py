"""Ids by kind, so that a type checker catches one passed for another; and ids that follow from other ids."""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import NewType

EventId = NewType("EventId", str)
ConsumerId = NewType("ConsumerId", str)
ContactId = NewType("ContactId", str)
AttemptId = NewType("AttemptId", str)
AddressId = NewType("AddressId", str)
DebtId = NewType("DebtId", str)
PlacementId = NewType("PlacementId", str)
PaymentId = NewType("PaymentId", str)
BatchId = NewType("BatchId", str)
ClientId = NewType("ClientId", str)
RuleId = NewType("RuleId", str)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def derived_id(*, cause: str, name: str, at: datetime) -> str:
    """Make the id of what follows from `cause`: the same arguments always give the same id.

    It has the shape of a UUID version 7 (RFC 9562): the milliseconds of `at`, then bits of a hash where
    such an id usually has random ones. So a crash and a second try repeat an event instead of making another.
    """
    digest = int.from_bytes(blake2b(f"{cause}/{name}".encode(), digest_size=10).digest(), "big")
    millis = (at - _EPOCH) // _MILLISECOND
    high = (millis & 0xFFFFFFFFFFFF) << 16 | 0x7000 | (digest >> 64 & 0x0FFF)
    low = 0x8000000000000000 | (digest & 0x3FFFFFFFFFFFFFFF)
    h = f"{high:016x}{low:016x}"
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
