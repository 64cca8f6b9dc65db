"""Segments: which consumers are alike, by the same few questions that strategies ask; sorted anew as events arrive."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from services.orchestrator.core.conditions import Condition, holds
from services.orchestrator.core.state import Consumer


class Segment(Struct, frozen=True):
    """Who belongs together: everybody of whom one of the conditions is true; `looks_at` is what they depend on."""

    id: str
    title: str
    when: Sequence[Condition]
    looks_at: Sequence[str] = ()


class Segments(Struct, frozen=True):
    """All that there are; `mark` is another for other segments, so that nobody stays sorted by those of yesterday.

    `looks_at` is what any of them depends on.
    """

    every: Sequence[Segment] = ()
    mark: int = 0
    looks_at: Sequence[str] = ()


def segments_of(state: Consumer, segments: Sequence[Segment]) -> tuple[str, ...]:
    """The segments that a consumer is in, in the order in which they are defined; there may be none, or several."""
    return tuple([s.id for s in segments if _fits(s, state)])


def sorted_in(before: Consumer, after: Consumer, segments: Segments) -> Consumer:
    """The record with its segments; the very same one if nothing was learned, or they stay what they were.

    Of what a segment does not look at, nothing is asked again.
    """
    if after is before:
        return after
    if after.sorted_by != segments.mark:
        return replace(after, segments=segments_of(after, segments.every), sorted_by=segments.mark)
    changed = [name for name in segments.looks_at if getattr(after, name) is not getattr(before, name)]
    if not changed:
        return after
    found = tuple([s.id for s in segments.every if _is_in(s, changed, before, after)])
    return after if found == after.segments else replace(after, segments=found)


def _is_in(segment: Segment, changed: Sequence[str], before: Consumer, after: Consumer) -> bool:
    return _fits(segment, after) if any(name in segment.looks_at for name in changed) else segment.id in before.segments


def _fits(segment: Segment, state: Consumer) -> bool:
    for condition in segment.when:  # noqa: SIM110 (asked all the time: a generator costs as much again)
        if holds(condition, state):
            return True
    return False
