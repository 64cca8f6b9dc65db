"""What a choice has learned: one record for each choice, kept like a consumer's, under `choice/` and its id.

Every question and every reward of a choice comes to this one record, in the order of one partition, so nothing is
counted twice or from a state that somebody else has. A choice counts only once the time for its reward is over,
rewarded or not: before that the quick answers would outnumber the slow silences. It waits for that in a slot, with all
those of about the same time.
"""

from collections.abc import Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from contracts.events import ChoiceAsked, ChoiceMade, ChoiceOption, ChoiceRewarded, Event, Meta, WeighedOption
from contracts.ids import EventId, derived_id
from services.orchestrator.core.choice.draw import belief_in, drawn_from, lot_of
from services.orchestrator.core.choice.planner import hoped, planned
from services.orchestrator.core.codes import instant, seconds
from services.orchestrator.core.state import key_of

PREFIX = "choice/"
SLOTS = 16
"""So many slots to a horizon."""
MOST_RECENT = 500
"""So many events are known by their ids, so that one that a crash sends again is not counted again."""


class Tally(Struct, array_like=True, frozen=True, gc=False):
    """How often an option was chosen in a bucket, and how often that was rewarded."""

    bucket: str
    option: str
    made: int = 0
    rewarded: int = 0


class Slot(Struct, array_like=True, frozen=True, gc=False):
    """Choices that were made between two instants; from `ripe_at` on it is known how all of them ended."""

    since: int
    until: int
    ripe_at: int
    tallies: tuple[Tally, ...]


class Lessons(Struct, frozen=True, tag="lessons"):
    """All that a choice has learned, and what it still waits for."""

    tallies: tuple[Tally, ...] = ()
    slots: tuple[Slot, ...] = ()
    recent: tuple[int, ...] = ()

    @property
    def learned(self) -> int:
        """Of how many choices it is known how they ended."""
        return sum(t.made for t in self.tallies)


UNTAUGHT = Lessons()
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Lessons)
encode = _encoder.encode


_MAP, _HIGH = 0x80, 0xF0


def is_one(encoded: bytes) -> bool:
    """Whether bytes are the record of a choice: a map, where a consumer's is an array."""
    return bool(encoded) and encoded[0] & _HIGH == _MAP


def decode(encoded: bytes) -> Lessons:
    """The record from bytes; raises ValueError if it is not one."""
    try:
        return _decoder.decode(encoded)
    except msgspec.MsgspecError as error:
        raise ValueError(f"not the record of a choice: {error}") from error


def answer(lessons: Lessons, event: Event, now: int) -> Sequence[ChoiceMade]:
    """The choice that is asked for; nothing follows from a reward."""
    return (_chosen(_ripened(lessons, now), event, now),) if isinstance(event, ChoiceAsked) else ()


def learn(lessons: Lessons, event: Event, now: int) -> Lessons:
    """What is known after a question, after the choice that answers it, or after a reward."""
    if isinstance(event, ChoiceMade):
        return _made(lessons, event)
    lessons = _ripened(lessons, now)
    return _rewarded(lessons, event) if isinstance(event, ChoiceRewarded) else lessons


def _chosen(lessons: Lessons, asked: ChoiceAsked, now: int) -> ChoiceMade:
    options = [_weighed(lessons, asked.bucket, option) for option in asked.options]
    if asked.ahead:
        rates = [
            {bucket: hoped(belief_in(_weighed(lessons, bucket, o))) for bucket in asked.ahead} for o in asked.options
        ]
        options = planned(options, rates, asked.ahead, asked.rest)
    lot = lot_of(asked.seed, asked.choice_id, asked.for_consumer_id, asked.sequence)
    drawn = drawn_from(lot, options, asked.hold_out_millionths)
    chosen = options[drawn.option].name
    at = instant(now)
    cause = f"{asked.choice_id}/{asked.for_consumer_id}/{asked.sequence}"
    return ChoiceMade(
        meta=Meta(
            EventId(derived_id(cause=cause, name="made", at=asked.meta.occurred_at)),
            at,
            asked.for_consumer_id,
            asked.meta.correlation_id,
            asked.meta.event_id,
            asked.meta.producer,
            asked.meta.producer_version,
        ),
        choice_id=asked.choice_id,
        sequence=asked.sequence,
        strategy_id=asked.strategy_id,
        step_id=asked.step_id,
        bucket=asked.bucket,
        seed=asked.seed,
        hold_out_millionths=asked.hold_out_millionths,
        horizon_seconds=asked.horizon_seconds,
        option=chosen,
        held_out=drawn.held_out,
        propensity_millionths=drawn.propensities[drawn.option],
        learned=lessons.learned,
        options=tuple(
            replace(option, propensity_millionths=chance)
            for option, chance in zip(options, drawn.propensities, strict=True)
        ),
    )


def _weighed(lessons: Lessons, bucket: str, option: ChoiceOption) -> WeighedOption:
    known = next(
        (t for t in lessons.tallies if (t.bucket, t.option) == (bucket, option.name)), Tally(bucket, option.name)
    )
    prior = option.prior_rewarded, option.prior_made
    return WeighedOption(option.name, *prior, known.rewarded, known.made, 0, option.left)


def _made(lessons: Lessons, made: ChoiceMade) -> Lessons:
    key = key_of(made.meta.event_id)
    if key in lessons.recent:
        return lessons
    at, horizon = seconds(made.meta.occurred_at), max(1, made.horizon_seconds)
    long = max(1, horizon // SLOTS)
    since = at // long * long
    fresh = Slot(since, since + long, since + long + horizon, ())
    slot = next((s for s in lessons.slots if (s.since, s.ripe_at) == (fresh.since, fresh.ripe_at)), fresh)
    changed = replace(slot, tallies=_counted(slot.tallies, made.bucket, made.option, made=1))
    slots = tuple(changed if s is slot else s for s in lessons.slots)
    if slot is fresh:
        slots = (*slots, changed)
    return replace(lessons, slots=slots, recent=_remembered(lessons, key))


def _rewarded(lessons: Lessons, rewarded: ChoiceRewarded) -> Lessons:
    key = key_of(rewarded.meta.event_id)
    if key in lessons.recent:
        return lessons
    lessons = replace(lessons, recent=_remembered(lessons, key))
    at, bucket, option = seconds(rewarded.made_at), rewarded.bucket, rewarded.option
    for n, slot in enumerate(lessons.slots):
        if slot.since <= at < slot.until and any((t.bucket, t.option) == (bucket, option) for t in slot.tallies):
            changed = replace(slot, tallies=_counted(slot.tallies, bucket, option, rewarded=1))
            return replace(lessons, slots=(*lessons.slots[:n], changed, *lessons.slots[n + 1 :]))
    return replace(lessons, tallies=_counted(lessons.tallies, bucket, option, rewarded=1))


def _ripened(lessons: Lessons, now: int) -> Lessons:
    """With what is known by now of the choices whose time is over."""
    ripe = [slot for slot in lessons.slots if slot.ripe_at <= now]
    if not ripe:
        return lessons
    tallies = lessons.tallies
    for tally in (t for slot in ripe for t in slot.tallies):
        tallies = _counted(tallies, tally.bucket, tally.option, tally.made, tally.rewarded)
    return replace(lessons, tallies=tallies, slots=tuple(s for s in lessons.slots if s.ripe_at > now))


def _counted(
    tallies: tuple[Tally, ...], bucket: str, option: str, made: int = 0, rewarded: int = 0
) -> tuple[Tally, ...]:
    for n, t in enumerate(tallies):
        if (t.bucket, t.option) == (bucket, option):
            changed = replace(t, made=t.made + made, rewarded=t.rewarded + rewarded)
            return (*tallies[:n], changed, *tallies[n + 1 :])
    return (*tallies, Tally(bucket, option, made, rewarded))


def _remembered(lessons: Lessons, key: int) -> tuple[int, ...]:
    return (*lessons.recent[1 - MOST_RECENT :], key)
