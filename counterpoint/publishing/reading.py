"""The published strategies and who stands where, as the log tells."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from chassis.failures import InvalidEvent
from chassis.settings import load_stack
from contracts.events import ConsumerProfileChanged, Event, StrategyPublished
from contracts.topics import TOPIC_OF
from counterpoint.audit.history import History, kafka_history, whole
from counterpoint.embedded.state import find_state, settings
from services.orchestrator.core.book import BLANK, Book, Page, in_force, noted
from services.orchestrator.core.strategy import Move, Strategies
from services.orchestrator.loader import StrategyFile, from_text

STRATEGIES = TOPIC_OF[StrategyPublished]
Standing = Counter[tuple[str, int]]
"""How many consumers stand at each step, by the strategy's name and the step's number."""


class Shelf(Struct, frozen=True):
    """What is published, and who stands where in it."""

    book: Book
    standing: Standing


@asynccontextmanager
async def running_log(directory: Path) -> AsyncIterator[History | None]:
    """The log of the settings' broker, or of the stack that runs in a directory; None if there is neither."""
    told = load_stack()
    state = find_state(directory)
    if told.kafka_bootstrap is None and (state is None or not state.running()):
        yield None
        return
    async with kafka_history(told if told.kafka_bootstrap or state is None else settings(state)) as history:
        yield history


async def book_of(history: History) -> Book:
    """The strategies that were published; every partition tells of the same."""
    book = BLANK
    async for event in events_of(history, STRATEGIES, 0):
        book = noted(book, event)
    return book


async def events_of(history: History, topic: str, partition: int) -> AsyncIterator[Event]:
    """Every event of a topic's partition that can be read."""
    async for batch in whole(history, topic, partition):
        await history.codec.prepare([r.value for r in batch])
        for record in batch:
            try:
                event = history.codec.decode(record.value)
            except InvalidEvent:
                continue
            yield event


async def shelf_of(history: History) -> Shelf:
    """The strategies that were published, and how many consumers stand at each of their steps by their profiles.

    Who is moved to a later version is counted there; a contact that is under way may put a profile a moment behind.
    """
    book = await book_of(history)
    moves = in_force(Strategies((), {}), book, from_text).moves
    steps = {page.name: [step["id"] for step in content_of(page)["steps"]] for page in book.pages.values()}
    places: dict[str, tuple[str, int]] = {}
    for partition in range(history.partitions):
        async for event in events_of(history, TOPIC_OF[ConsumerProfileChanged], partition):
            if isinstance(event, ConsumerProfileChanged):
                place = event.place
                known = [] if place is None else steps.get(place.strategy_id, [])
                places.pop(event.meta.consumer_id, None)
                if place is not None and place.end in ("running", "paused") and place.step_id in known:
                    where = _moved(place.strategy_id, known.index(place.step_id), moves)
                    places[event.meta.consumer_id] = where
    return Shelf(book, Counter(places.values()))


def _moved(name: str, step: int, moves: Mapping[str, Move]) -> tuple[str, int]:
    while (move := moves.get(name)) is not None and step in move.steps:
        name, step = move.to, move.steps[step]
    return name, step


def content_of(page: Page) -> dict[str, Any]:
    """What a published version says."""
    content: dict[str, Any] = msgspec.json.decode(page.text)
    return content


def file_of(page: Page) -> StrategyFile:
    """A published version as if it had been read from a file; its worked cases are not in the log."""
    return StrategyFile(Path(f"{page.name}, as published"), {**content_of(page), "cases": []}, {})
