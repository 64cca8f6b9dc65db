"""Segments: which consumers are alike, by the same few questions that strategies ask; sorted anew as events arrive."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from services.orchestrator.core.conditions import Condition, holds
from services.orchestrator.core.state import Consumer


class Segment(Struct, frozen=True):
    """Who belongs together: everybody of whom one of the conditions is true."""

    id: str
    title: str
    when: Sequence[Condition]


def segments_of(state: Consumer, segments: Sequence[Segment]) -> tuple[str, ...]:
    """The segments that a consumer is in, in the order in which they are defined; there may be none, or several."""
    return tuple([s.id for s in segments if any(holds(condition, state) for condition in s.when)])


def sorted_in(before: Consumer, after: Consumer, segments: Sequence[Segment]) -> Consumer:
    """The record with its segments; the very same one if nothing was learned, or they stay what they were."""
    if after is before:
        return after
    found = segments_of(after, segments)
    return after if found == after.segments else replace(after, segments=found)
