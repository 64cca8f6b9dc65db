"""Ids by kind, so that a type checker catches one passed for another; and ids that follow from other ids."""

from datetime import UTC, datetime
from functools import lru_cache
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
ArrangementId = NewType("ArrangementId", str)
BatchId = NewType("BatchId", str)
ClientId = NewType("ClientId", str)
RuleId = NewType("RuleId", str)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def derived_id(*, cause: str, name: str, at: datetime) -> str:
    """Make the id of what follows from `cause`: the same arguments always give the same id.

    It has the shape of a UUID version 7 (RFC 9562): the milliseconds of `at`, then bits of a hash where
    such an id usually has random ones. So a crash and a second try repeat an event instead of making another.
    """
    digest = blake2b(f"{cause}/{name}".encode(), digest_size=10).hexdigest()
    time = _time_of(at)
    return f"{time}-7{digest[1:4]}-{_VARIANT[digest[4]]}{digest[5:8]}-{digest[8:]}"


_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
"""The two bits by which a UUID says that it is one, before the two that are left of a digit."""


@lru_cache(maxsize=1024)
def _time_of(at: datetime) -> str:
    since = at - _EPOCH
    whole = (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000
    millis = f"{whole & 0xFFFFFFFFFFFF:012x}"
    return f"{millis[:8]}-{millis[8:]}"
