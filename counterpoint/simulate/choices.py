"""Answers to a strategy's questions in memory, where each consumer lives alone: by one that has learned nothing yet.

So simulated consumers show what a strategy does before it learns; how it learns, the demo shows.
"""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from contracts.events import ChoiceAsked, ChoiceMade, Event
from services.orchestrator.core.choice.lessons import UNTAUGHT, answer


def answered(said: Iterable[Event], now: int) -> Iterator[ChoiceMade]:
    """The choice for every question among what was said."""
    for event in said:
        if isinstance(event, ChoiceAsked):
            yield from answer(UNTAUGHT, event, now)


def as_told(made: ChoiceMade, option: str | None) -> ChoiceMade:
    """The choice as a worked case has it; as it was drawn if the case says nothing."""
    return made if option is None else replace(made, option=option)
