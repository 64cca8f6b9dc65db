"""What one check is: how many things were looked at, and which of them are not as they must be."""

from collections.abc import Iterable, Sequence

from msgspec import Struct


class Fault(Struct, frozen=True):
    """One thing that is not as it must be; `key` says which, so that it counts once however many checks it fails."""

    key: str
    what: str


class Check(Struct, frozen=True):
    """One thing that must hold, with its source, and what was found; `remark` says what else is to be known."""

    name: str
    source: str
    looked_at: int
    faults: Sequence[Fault]
    remark: str = ""


def distinct(checks: Iterable[Check]) -> int:
    """How many things fail at least one of these checks."""
    return len({fault.key for check in checks for fault in check.faults})
