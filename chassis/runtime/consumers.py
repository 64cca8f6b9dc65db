"""What one partition of a service remembers: entries by consumer, alarms, and outcomes that a crash cut off."""

import heapq
from datetime import datetime
from typing import Any

from chassis.runtime.changelog import SETTLED_KEY, Change, Entry, Output, Recovery, decode_entry, encoder, topic_code
from chassis.service import Decider
from contracts.ids import ConsumerId

MOST_DUE = 1000


class Touched:
    """A consumer's state while a batch changes it; `again` are outcomes from before a crash, to be sent once more."""

    __slots__ = ("again", "applied", "changed", "outputs", "state")

    def __init__(self, state: Any, applied: dict[int, int], again: list[Output]) -> None:
        self.state = state
        self.applied = applied
        self.again = again
        self.outputs: list[Output] = list(again)
        self.changed = bool(again)


class Consumers:
    """The consumers of one partition. Entries are kept encoded: small, and ready for the changelog."""

    def __init__(self, decider: Decider[Any]) -> None:
        self._decider = decider
        self._entries: dict[bytes, bytes] = {}
        self._pending: dict[bytes, list[Output]] = {}
        self._unfinished: set[bytes] = set()
        self._alarms: list[tuple[datetime, bytes]] = []
        self._alarm_of: dict[bytes, datetime] = {}
        self._codes: dict[str, int] = {}
        self.epoch = -1

    def __len__(self) -> int:
        return len(self._entries)

    def adopt(self, *, epoch: int, recovery: Recovery) -> list[tuple[bytes, bytes]]:
        """Take over what was read back; give back changes that repair what a worker without the partition wrote."""
        self.epoch = epoch
        self._entries = recovery.entries
        self._pending = recovery.pending
        self._unfinished = recovery.unfinished
        for key, encoded in self._entries.items():
            self._set_alarm(key, self._decider.decode(encoded=decode_entry(encoded).state))
        return [(key, self._repaired(key)) for key in sorted(recovery.overwritten & self._entries.keys())]

    def _repaired(self, key: bytes) -> bytes:
        entry, outputs = decode_entry(self._entries[key]), self._pending.get(key, [])
        return encoder.encode(Change(self.epoch, entry, outputs, key in self._unfinished))

    def unfinished(self) -> list[ConsumerId]:
        """Those for whom time had brought something about when a crash cut it off."""
        return [ConsumerId(key.decode()) for key in sorted(self._unfinished)]

    def settled(self) -> tuple[bytes, bytes]:
        """The changelog record that says: all that time has brought about is out, and was acted on."""
        return SETTLED_KEY, encoder.encode(self.epoch)

    def state_of(self, consumer_id: ConsumerId) -> Any:
        """What is remembered of a consumer, or None."""
        encoded = self._entries.get(consumer_id.encode())
        return None if encoded is None else self._decider.decode(encoded=decode_entry(encoded).state)

    def touch(self, touched: dict[bytes, Touched], consumer_id: ConsumerId) -> Touched:
        """The consumer's state, to be changed in this batch."""
        key = consumer_id.encode()
        found = touched.get(key)
        if found is None:
            encoded = self._entries.get(key)
            if encoded is None:
                found = Touched(self._decider.fresh(consumer_id=consumer_id), {}, [])
            else:
                entry = decode_entry(encoded)
                again = self._pending.pop(key, []) if self._pending else []
                self._unfinished.discard(key)
                found = Touched(self._decider.decode(encoded=entry.state), entry.applied, again)
            touched[key] = found
        return found

    def code(self, topic: str) -> int:
        """The topic's short code; raises ValueError if two topics share one."""
        code = self._codes.get(topic)
        if code is None:
            code = topic_code(topic)
            if code in self._codes.values():
                raise ValueError(f"{topic} has the short code of another topic of this service; rename it")
            self._codes[topic] = code
        return code

    def keep(self, touched: dict[bytes, Touched], *, by_time: bool) -> list[tuple[bytes, bytes]]:
        """Remember what changed; give back the changelog's records."""
        changes = []
        for key, t in touched.items():
            if t.changed:
                entry = Entry(t.applied, self._decider.encode(state=t.state))
                changes.append((key, encoder.encode(Change(self.epoch, entry, t.outputs, by_time))))
                self._entries[key] = encoder.encode(entry)
                self._set_alarm(key, t.state)
        return changes

    def _set_alarm(self, key: bytes, state: Any) -> None:
        at = self._decider.wake_at(state=state)
        if at is None:
            self._alarm_of.pop(key, None)
        elif self._alarm_of.get(key) != at:
            self._alarm_of[key] = at
            heapq.heappush(self._alarms, (at, key))

    def next_alarm(self) -> datetime | None:
        """When somebody must be looked at; None if nobody need be."""
        return self._alarms[0][0] if self._alarms else None

    def due(self, now: datetime) -> list[ConsumerId]:
        """Who must be looked at now, each named once for each alarm: at most `MOST_DUE`, and the rest when asked again.

        After a long stop a million alarms may ring together, and heartbeats must go on.
        """
        due: list[ConsumerId] = []
        while self._alarms and self._alarms[0][0] <= now and len(due) < MOST_DUE:
            at, key = heapq.heappop(self._alarms)
            if self._alarm_of.get(key) == at:
                due.append(ConsumerId(key.decode()))
        return due
