"""The gate as it was for each verdict, and what can be seen of a verdict without reading it whole.

A replay that reads every verdict before it decides takes a third longer. A decision needs only when it was made and
what had been seen by then; whether these were guessed rightly shows when the verdict that is made from them is the
recorded one in every byte.
"""

from collections.abc import Iterator
from datetime import datetime

from contracts.avro import read_timestamp, string
from contracts.events import AsOf
from contracts.ids import EventId
from counterpoint.audit.packs import Packs
from services.compliance.core.decide import Verdict
from services.compliance.service import Gate

MARK = b"\xc3"
ID = 36
"""So many letters has an event's id."""
CAME_MOST = 64


def glimpse(value: bytes, tail: bytes) -> tuple[datetime, AsOf] | None:
    """When a verdict was made and what had been seen; None if it does not look as it should.

    `tail` is what stands behind what had been seen: the rule pack and the time zone data. Only a guess: whatever lies
    before it is taken to be the end of a list of findings.
    """
    end = value.rfind(tail)
    head = 10 if value[:1] == MARK else 5  # Avro's own framing, or a registry's
    if end < head + ID or value[head] != 2 * ID:
        return None
    try:
        decided_at, _ = read_timestamp(value, head + 1 + ID)
        as_of, behind = AsOf.read(value, _start(value, end))
    except (ValueError, IndexError):
        return None
    return (decided_at, as_of) if behind == end else None


def glimpsed_id(value: bytes) -> EventId:
    """What is likely to be the id of a record's event."""
    head = 11 if value[:1] == MARK else 6
    return EventId(value[head : head + ID].decode(errors="replace"))


def _start(value: bytes, end: int) -> int:
    """Where what had been seen begins: going back, the letters of how facts came, then five numbers."""
    at = end - 1
    while value[at] != 2 * (end - 1 - at):
        at -= 1
        if at < end - 1 - CAME_MOST:
            raise ValueError("no such letters")
    for _ in range(5):
        at -= 1
        while value[at - 1] > 0x7F:  # only the last byte of a number is less
            at -= 1
    return at


class Gates:
    """The gate as it was for each verdict: under the same rules, with the same time zone data.

    `latest` is that of the last verdict that was asked for; `tail` is what such verdicts have in common.
    """

    def __init__(self, packs: Packs, zone_data: str) -> None:
        self._packs = packs
        self._zone_data = zone_data
        digest = packs.current.rules.digest
        self.latest = self._use(Gate(packs.current.rules, zone_data), digest)
        self._gates: dict[str, Gate | None] = {digest: self.latest}

    def of(self, verdict: Verdict) -> Gate | str:
        """The gate, or why there is none."""
        if verdict.tzdata != self._zone_data:
            return (
                f"made with time zone data {verdict.tzdata}, and {self._zone_data} is installed: "
                f"install the tzdata package of {verdict.tzdata} to judge them again"
            )
        gate = self.under(verdict.rule_pack)
        if gate is None:
            return (
                f"made under rule pack {verdict.rule_pack}, which is neither on disk nor in the log: "
                "give its folders with --rules"
            )
        self.latest = self._use(gate, verdict.rule_pack)
        return gate

    def under(self, digest: str) -> Gate | None:
        """The gate under a pack; None if that cannot be had."""
        if digest not in self._gates:
            pack = self._packs.get(digest)
            self._gates[digest] = None if pack is None else Gate(pack.rules, self._zone_data)
        return self._gates[digest]

    def all(self) -> Iterator[Gate]:
        """The gate under every pack that can be had, the latest first."""
        yield self.latest
        for digest in self._packs.digests:
            gate = self.under(digest)
            if gate is not None and gate is not self.latest:
                yield gate

    @property
    def lacking(self) -> bool:
        """Whether a pack was asked for that cannot be had."""
        return None in self._gates.values()

    def _use(self, gate: Gate, digest: str) -> Gate:
        self.tail = string(digest) + string(self._zone_data)
        return gate
