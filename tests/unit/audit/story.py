"""A short history that the real gate made on a log in memory: approvals, a deferral, a veto, a stop."""

import asyncio
from datetime import timedelta
from functools import cache

from msgspec.structs import replace

from chassis.runtime.memory import HandClock, MemoryRuntime, Record
from contracts.events import ContactApproved, ContactDeferred, ContactVetoed, Event
from contracts.ids import ContactId
from contracts.topics import TOPIC_OF
from counterpoint.audit.history import MemoryHistory
from counterpoint.audit.packs import Pack, Packs, pack_of
from counterpoint.audit.replay import replay_partition
from counterpoint.audit.tally import Tally
from services.compliance.loader import HOUSE, LAW
from services.compliance.service import packaged_zone_data, service
from tests.reservation import people
from tests.reservation.people import PEOPLE
from tests.unit.compliance.factories import NOON

NEW_YORKER, ANGELENO, _ = PEOPLE
ZONE_DATA = packaged_zone_data()
VERDICTS = (ContactApproved, ContactDeferred, ContactVetoed)


@cache
def pack() -> Pack:
    """The rules that come with the gate."""
    return pack_of([LAW, HOUSE])


class Story:
    """The log, and the means to change it afterwards."""

    def __init__(self) -> None:
        self.clock = HandClock(NOON)
        self.runtime = MemoryRuntime([service(pack().rules)], clock=self.clock, partitions=2)

    def go_on(self) -> None:
        """Let the gate handle what there is."""
        asyncio.run(self.runtime.run())

    @property
    def history(self) -> MemoryHistory:
        """The log, to be read."""
        return MemoryHistory(self.runtime.broker, self.runtime.codec)

    def replayed(self, packs: Packs | None = None, zone_data: str = ZONE_DATA) -> Tally:
        """What a replay of all of it finds."""
        found = Tally()
        for partition in range(self.runtime.partitions):
            found.add(asyncio.run(replay_partition(self.history, partition, packs or Packs(pack(), {}), zone_data)))
        return found

    def records(self, kind: type[Event]) -> list[Record]:
        """Where events of a type stand, oldest first."""
        found = [
            r
            for (topic, _), log in self.runtime.broker.records.items()
            if topic == TOPIC_OF[kind]
            for r in log
            if type(self.event(r)) is kind
        ]
        return sorted(found, key=lambda r: r.timestamp)

    def event(self, record: Record) -> Event:
        """What a record holds."""
        return self.runtime.codec.decode(record.value)

    def tamper(self, record: Record, **changes: object) -> None:
        """Change some fields of what stands in the log."""
        record.value = self.runtime.codec.encode(replace(self.event(record), **changes))

    def remove(self, record: Record) -> None:
        """As if it had never been written; offsets after it stay as they are."""
        self.runtime.broker.records[record.topic, record.partition].remove(record)

    def contact(self, kind: type[Event]) -> ContactId:
        """The contact of the first verdict of a type."""
        contact_id: ContactId = getattr(self.event(self.records(kind)[0]), "contact_id")  # noqa: B009 - any verdict
        return contact_id


def a_story() -> Story:
    """Two consumers: one is sent a text, asked again too soon, and says stop; the other is asked at night."""
    story = Story()
    runtime, clock = story.runtime, story.clock
    for person in (NEW_YORKER, ANGELENO):
        runtime.publish(people.placed(person, NOON - timedelta(days=40)))
    runtime.publish(people.request(NEW_YORKER, "first", clock.at), people.request(ANGELENO, "other", clock.at))
    story.go_on()
    clock.at += timedelta(minutes=1)
    runtime.publish(people.started(NEW_YORKER, story.contact(ContactApproved), clock.at))
    clock.at += timedelta(hours=1)
    runtime.publish(people.request(NEW_YORKER, "too soon", clock.at))
    story.go_on()
    clock.at += timedelta(hours=1)
    runtime.publish(people.stopped(NEW_YORKER, "stop", clock.at))
    runtime.publish(people.request(NEW_YORKER, "after the stop", clock.at))
    story.go_on()
    clock.at += timedelta(hours=10)
    runtime.publish(people.request(ANGELENO, "at night", clock.at))
    story.go_on()
    return story
