"""What a changelog record holds, and how a partition's state is read back from it.

The first record that an owner of a partition writes is a marker; its offset is the owner's *epoch*, and every later
record of the owner carries it. An owner knows the offset that each of its records must get, since nobody else may
write. If a record lands elsewhere, somebody else has written: the worker has lost the partition, perhaps without
having heard of it, and stops before an outcome leaves. Records that such a worker left behind have an epoch older
than the last marker before them, and are passed over when state is read back.

Whether a batch was finished is told by the offsets that the group has committed. What time brought about moves no
offset: its records say so, and a record under SETTLED_KEY follows once their outcomes are out and acted on.
"""

import zlib
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from chassis.failures import StateUnreadable

MARKER_KEY = b"\x00owner"
SETTLED_KEY = b"\x00settled"


class Output(Struct, frozen=True, array_like=True, gc=False):
    """An outcome as it was sent, kept so that it can be sent again unchanged."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]
    partition: int


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """What is remembered of one consumer: per input topic (by a short code) the next offset, and the state."""

    applied: dict[int, int]
    state: bytes


class Change(Struct, frozen=True, array_like=True, gc=False):
    """One changelog record: the owner's epoch, the entry, what was sent because of it, and if time brought it about."""

    epoch: int
    entry: Entry
    outputs: list[Output]
    by_time: bool = False


_change_decoder = msgspec.msgpack.Decoder(Change)
_entry_decoder = msgspec.msgpack.Decoder(Entry)
_epoch_decoder = msgspec.msgpack.Decoder(int)
encoder = msgspec.msgpack.Encoder()


def topic_code(topic: str) -> int:
    """A topic in two bytes, stable for ever."""
    return zlib.crc32(topic.encode()) & 0xFFFF


def decode_entry(encoded: bytes) -> Entry:
    """The entry that a worker keeps in memory."""
    return _entry_decoder.decode(encoded)


class Recovery:
    """Reads a partition's changelog back, record by record, up to the owner's own marker."""

    def __init__(self, committed: Mapping[int, int]) -> None:
        self.entries: dict[bytes, bytes] = {}
        self.pending: dict[bytes, list[Output]] = {}
        self.unfinished: set[bytes] = set()
        self.overwritten: set[bytes] = set()
        self.ahead: dict[int, int] = {}
        self.records = 0
        self._committed = committed
        self._epoch = -1

    def apply(self, where: str, records: Iterable[tuple[int, bytes, bytes | None]]) -> None:
        """Take on records as (offset, key, value); raises StateUnreadable naming the first that cannot be read."""
        for offset, key, value in records:
            self.records += 1
            if key == MARKER_KEY:
                self._epoch = offset
                continue
            try:
                if key == SETTLED_KEY:
                    self._settle(_epoch_decoder.decode(value or b""))
                else:
                    self._accept(key, _change_decoder.decode(value or b""))
            except msgspec.MsgspecError as error:
                raise StateUnreadable(
                    f"the changelog {where} holds a record at offset {offset} that cannot be read ({error}); "
                    "restore the topic or set the partition's state up anew from its inputs: do not skip the record"
                ) from error

    def _settle(self, epoch: int) -> None:
        if epoch >= self._epoch:
            for key in self.unfinished:
                self.pending.pop(key)
            self.unfinished.clear()

    def _accept(self, key: bytes, change: Change) -> None:
        if change.epoch < self._epoch:
            self.overwritten.add(key)
            return
        self.entries[key] = encoder.encode(change.entry)
        for topic, offset in change.entry.applied.items():
            if offset > self._committed.get(topic, 0):
                self.ahead[topic] = max(offset, self.ahead.get(topic, 0))
        self.overwritten.discard(key)
        self.unfinished.discard(key)
        self.pending.pop(key, None)
        if not change.outputs:
            return
        if change.by_time:
            self.unfinished.add(key)
            self.pending[key] = change.outputs
        elif any(n > self._committed.get(t, 0) for t, n in change.entry.applied.items()):
            self.pending[key] = change.outputs
