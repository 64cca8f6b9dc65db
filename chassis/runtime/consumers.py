"""What one partition of a service remembers: entries by consumer, alarms, and outcomes that a crash cut off."""

import heapq
from datetime import datetime
from typing import Any

from msgspec import Raw

from chassis.runtime.changelog import SETTLED_KEY, Change, Entry, Output, Recovery, decode_entry, encoder, topic_code
from chassis.service import Decider
from contracts.ids import ConsumerId

MOST_DUE = 1000
NOBODY = b""
"""The key of what is remembered of no consumer: it is shared by all of the partition."""

STALE = 1000
"""So many alarms that were put off may stand beside the true ones, whatever their number."""


class Touched:
    """A consumer's state while a batch changes it; `again` are outcomes from before a crash, to be sent once more.

    `encoded` is the state as it was, None if nothing was known.
    """

    __slots__ = ("again", "applied", "changed", "encoded", "outputs", "state")

    def __init__(self, state: Any, applied: dict[int, int], again: list[Output], encoded: bytes | None = None) -> None:
        self.state = state
        self.applied = applied
        self.again = again
        self.encoded = encoded
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
        self._rung: dict[bytes, datetime] = {}
        self._held: set[bytes] = set()
        self._shared: Any = None
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
            state = self._decider.decode(encoded=decode_entry(encoded).state)
            if key == NOBODY:
                self._shared = state
            self._set_alarm(key, state)
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

    def shared(self, touched: dict[bytes, Touched]) -> Any:
        """What is remembered of nobody, as a batch has it; None if there is nothing."""
        found = touched.get(NOBODY)
        return self._shared if found is None else found.state

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
                found = Touched(self._decider.decode(encoded=entry.state), entry.applied, again, entry.state)
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
        """Remember what changed; give back the changelog's records.

        An event that changed nothing, and that nothing followed from, needs none: should it come again, it is the same
        again. That it was applied is remembered here, and so stands in the consumer's next record.
        """
        changes = []
        for key, t in touched.items():
            if t.changed or t.outputs or t.encoded is None:
                entry = encoder.encode(Entry(t.applied, self._decider.encode(state=t.state)))
                changes.append((key, encoder.encode((self.epoch, Raw(entry), t.outputs, by_time))))
                if key == NOBODY:
                    self._shared = t.state
            else:
                entry = encoder.encode(Entry(t.applied, t.encoded))
            self._entries[key] = entry
            self._set_alarm(key, t.state)
        return changes

    def _set_alarm(self, key: bytes, state: Any) -> None:
        at = self._decider.wake_at(state=state)
        if at is not None and self._alarm_of.get(key) == at:
            if self._rung.pop(key, None) is not None:
                self._held.add(key)  # what time brought about has come back, and moved nothing
            return
        self._rung.pop(key, None)
        self._held.discard(key)
        if at is None:
            self._alarm_of.pop(key, None)
            return
        self._alarm_of[key] = at
        heapq.heappush(self._alarms, (at, key))
        if len(self._alarms) > 2 * len(self._alarm_of) + STALE:
            self._drop_stale()

    def _drop_stale(self) -> None:
        """Forget alarms that were put off: without this they would stay until they are due."""
        waiting = self._alarm_of.items()
        self._alarms = [(at, key) for key, at in waiting if key not in self._rung and key not in self._held]
        heapq.heapify(self._alarms)

    def ring_again(self) -> None:
        """Let alarms ring again that have rung and moved nothing: what is shared has changed."""
        for key in (*self._rung, *self._held):
            heapq.heappush(self._alarms, (self._alarm_of[key], key))
        self._rung.clear()
        self._held.clear()

    def next_alarm(self) -> datetime | None:
        """When somebody must be looked at; None if nobody need be."""
        return self._alarms[0][0] if self._alarms else None

    def overdue_since(self) -> datetime | None:
        """The oldest alarm that has rung, or is still to ring, and of which nothing has come yet; None without any."""
        rung = next(iter(self._rung.values()), None)
        waiting = self.next_alarm()
        return min((at for at in (rung, waiting) if at is not None), default=None)

    def due(self, now: datetime) -> list[ConsumerId]:
        """Who must be looked at now, each named once for each alarm: at most `MOST_DUE`, and the rest when asked again.

        After a long stop a million alarms may ring together, and heartbeats must go on.
        """
        due: list[ConsumerId] = []
        while self._alarms and self._alarms[0][0] <= now and len(due) < MOST_DUE:
            at, key = heapq.heappop(self._alarms)
            if self._alarm_of.get(key) == at and key not in self._rung:
                self._rung[key] = at
                due.append(ConsumerId(key.decode()))
        return due
