"""Answers to a strategy's questions in memory, where each consumer lives alone: by one that has learned nothing yet.

So simulated consumers show what a strategy does before it learns; how it learns, the demo shows. A contact that waits
for a person is released at once.
"""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from contracts.events import ChoiceAsked, ChoiceMade, ContactHeld, ContactReleased, Event
from contracts.ids import EventId, derived_id
from services.orchestrator.core.choice.lessons import UNTAUGHT, answer


def answered(said: Iterable[Event], now: int) -> Iterator[ChoiceMade | ContactReleased]:
    """The choice for every question among what was said, and the release of every contact that waits."""
    for event in said:
        if isinstance(event, ChoiceAsked):
            yield from answer(UNTAUGHT, event, now)
        elif isinstance(event, ContactHeld):
            name = EventId(derived_id(cause=event.contact_id, name="released", at=event.held_at))
            meta = replace(event.meta, event_id=name, causation_id=event.meta.event_id)
            yield ContactReleased(meta, event.contact_id, "simulation", event.held_at)


def as_told(made: ChoiceMade, option: str | None) -> ChoiceMade:
    """The choice as a worked case has it; as it was drawn if the case says nothing."""
    return made if option is None else replace(made, option=option)
