"""Holds what verdicts approved against what reached the channels."""

from collections.abc import Collection, Sequence

from chassis.codec import Codec
from chassis.failures import InvalidEvent
from chassis.runtime.partition import Incoming
from contracts.events import Event
from contracts.ids import EventId
from counterpoint.audit.difference import differing
from counterpoint.audit.gates import glimpsed_id
from counterpoint.audit.history import Tape
from counterpoint.audit.tally import Tally, is_same


class Approvals:
    """What must stand on the channels' topics, and what stands there."""

    def __init__(self, codec: Codec, tally: Tally) -> None:
        self._codec = codec
        self._tally = tally
        self._expected: dict[EventId, bytes] = {}
        self._optional: set[EventId] = set()
        self._found: dict[EventId, int] = {}

    def expect(self, events: Sequence[Event], *, sure: bool) -> None:
        """These must be there, or may be if it is not sure that the gate was done."""
        for event in events:
            self._expected[event.meta.event_id] = self._codec.encode(event)
            if not sure:
                self._optional.add(event.meta.event_id)

    async def read(self, tape: Tape, in_hand: Collection[EventId]) -> None:
        """Compare all that is there; what follows from requests that are in hand may be there already."""
        while batch := await tape.more():
            await self._codec.prepare([r.value for r in batch])
            for record in batch:
                value = record.value or b""
                likely = glimpsed_id(value)
                if self._expected.get(likely) == value:
                    self._has_come(likely, value)
                else:
                    self._compare(record, value, in_hand)

    def settle(self) -> None:
        """When all is read: what has not come."""
        for event_id in self._expected.keys() - self._optional:
            self._tally.differs(f"an approval never reached its channel (event {event_id})", ())

    def _has_come(self, event_id: EventId, value: bytes) -> None:
        del self._expected[event_id]
        self._found[event_id] = hash(value)
        self._tally.approvals += 1

    def _compare(self, record: Incoming, value: bytes, in_hand: Collection[EventId]) -> None:
        where = f"{record.topic}[{record.partition}] offset {record.offset}"
        try:
            event = self._codec.decode(value)
        except InvalidEvent as fault:
            self._tally.differs(f"{where}: cannot be read, {fault.reason}", ())
            return
        event_id = event.meta.event_id
        expected, before = self._expected.get(event_id), self._found.get(event_id)
        if before is not None:
            if before != hash(value):
                self._tally.differs(f"{where}: an approval was repeated, and not with the same bytes", ())
        elif expected is not None:
            self._has_come(event_id, value)
            again = self._codec.decode(expected)
            if not self._tally.same(is_same(self._codec, value, event, again)):
                self._tally.differs(where, differing(event, again))
        else:
            self._found[event_id] = hash(value)
            if event.meta.causation_id not in in_hand:
                self._tally.differs(f"{where}: an approval that no verdict in the log allows (event {event_id})", ())
