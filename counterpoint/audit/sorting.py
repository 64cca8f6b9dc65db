"""Who is in which segment: how many there are, sorted anew from what is remembered of each, and one's own changes."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from chassis.failures import InvalidEvent
from chassis.routing import partition_for
from contracts.events import ConsumerProfileChanged
from contracts.ids import ConsumerId
from contracts.topics import TOPIC_OF
from counterpoint.audit.history import History, whole
from counterpoint.audit.whereabouts import all_remembered
from services.orchestrator.core.segments import Segment, segments_of

Clock = Callable[[datetime], str]


class Count(Struct, frozen=True):
    """Consumers by segment; one may be in several, or in none."""

    consumers: int
    in_none: int
    segments: dict[str, int]


async def count_in(history: History, segments: Sequence[Segment]) -> Count:
    """Count everybody; raises Halted if nobody may read what the orchestrator remembers."""
    counts: Counter[str] = Counter()
    consumers = in_none = 0
    for partition in range(history.partitions):
        for _, state in await all_remembered(history, partition):
            found = segments_of(state, segments)
            counts.update(found)
            consumers += 1
            in_none += not found
    return Count(consumers, in_none, {segment.id: counts[segment.id] for segment in segments})


class Change(Struct, frozen=True):
    """When a consumer came into segments and left others."""

    at: datetime
    entered: tuple[str, ...]
    left: tuple[str, ...]


async def changes_of(history: History, consumer_id: ConsumerId) -> tuple[Change, ...]:
    """Every change that the log still knows, oldest first: profiles are compacted, so that older ones may be gone."""
    changes: list[Change] = []
    before: tuple[str, ...] = ()
    partition = partition_for(consumer_id, history.partitions)
    async for batch in whole(history, TOPIC_OF[ConsumerProfileChanged], partition):
        mine = [r for r in batch if r.key == consumer_id.encode() and r.value is not None]
        await history.codec.prepare([r.value for r in mine])
        for record in mine:
            try:
                event = history.codec.decode(record.value)
            except InvalidEvent:
                continue
            if isinstance(event, ConsumerProfileChanged) and event.segments != before:
                entered, left = (
                    tuple(s for s in one if s not in other)
                    for one, other in ((event.segments, before), (before, event.segments))
                )
                changes.append(Change(event.meta.occurred_at, entered, left))
                before = event.segments
    return tuple(changes)


def tell_changes(changes: Sequence[Change], clock: Clock) -> list[str]:
    """The same in words; `clock` says when, as a person reads it."""
    return [
        f"  {clock(change.at)}  "
        + "; ".join(
            f"{verb} {', '.join(names)}"
            for verb, names in (("entered", change.entered), ("left", change.left))
            if names
        )
        for change in changes
    ]
