"""Choices that were made, and how each ended, as the log has them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from chassis.failures import InvalidEvent
from contracts.events import ChoiceMade, ChoiceRewarded, Event
from contracts.ids import ConsumerId
from contracts.topics import TOPIC_OF
from counterpoint.audit.history import History, whole
from services.orchestrator.core.choice.draw import follows

MILLION = 1_000_000


class Trial(Struct, frozen=True):
    """A choice that is over: what was chosen for whom, how likely that was, and whether it was rewarded in time."""

    consumer_id: ConsumerId
    at: datetime
    bucket: str
    option: str
    propensity: float
    held_out: bool
    rewarded: bool


class Record(Struct, frozen=True):
    """All trials of one choice, in order of time; `open` choices are not over yet, `strange` do not follow from
    what they say of themselves."""

    choice_id: str
    options: tuple[str, ...]
    trials: tuple[Trial, ...]
    open: int
    strange: int


async def read(history: History) -> tuple[list[ChoiceMade], list[ChoiceRewarded]]:
    """Every choice in the log and every reward; raises Halted if their topics begin too late."""
    events = await _events(history, ChoiceMade), await _events(history, ChoiceRewarded)
    made = [e for e in events[0] if isinstance(e, ChoiceMade)]
    return made, [e for e in events[1] if isinstance(e, ChoiceRewarded)]


async def _events(history: History, kind: type[Event]) -> list[Event]:
    found: list[Event] = []
    for partition in range(history.partitions):
        async for batch in whole(history, TOPIC_OF[kind], partition):
            await history.codec.prepare([record.value for record in batch])
            for record in batch:
                try:
                    event = history.codec.decode(record.value)
                except InvalidEvent:
                    continue  # set aside by the orchestrator too
                found.append(event)
    return found


def records(made: Sequence[ChoiceMade], rewarded: Iterable[ChoiceRewarded], now: datetime) -> list[Record]:
    """A record for each choice, by its id; `now` decides which choices are over."""
    rewards = {(r.choice_id, r.for_consumer_id, r.sequence) for r in rewarded}
    ordered = sorted(made, key=lambda m: m.meta.occurred_at)
    once = {(m.choice_id, m.meta.consumer_id, m.sequence): m for m in reversed(ordered)}
    by_choice: dict[str, list[ChoiceMade]] = {}
    for m in reversed(once.values()):
        by_choice.setdefault(m.choice_id, []).append(m)
    return [_record(choice_id, all_of_it, rewards, now) for choice_id, all_of_it in sorted(by_choice.items())]


def _record(
    choice_id: str, made: Sequence[ChoiceMade], rewards: set[tuple[str, ConsumerId, int]], now: datetime
) -> Record:
    over = [m for m in made if m.meta.occurred_at + timedelta(seconds=m.horizon_seconds) <= now]
    return Record(
        choice_id,
        tuple(dict.fromkeys(option.name for m in made for option in m.options)),
        tuple(
            Trial(
                m.meta.consumer_id,
                m.meta.occurred_at,
                m.bucket,
                m.option,
                m.propensity_millionths / MILLION,
                m.held_out,
                (m.choice_id, m.meta.consumer_id, m.sequence) in rewards,
            )
            for m in over
        ),
        len(made) - len(over),
        sum(not follows(m) for m in made),
    )
