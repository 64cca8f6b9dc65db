"""Which strategy a consumer would enter and why, and which contacts wait for a person, as commands tell.

A green run does not prove that the commands reach a broker: tests/integration/orchestrator has one.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chassis.runtime.memory import HandClock, MemoryRuntime
from contracts.events import ContactHeld, ContactReleased, Meta, StrategyPaused, StrategyPublished
from contracts.ids import ConsumerId, EventId
from counterpoint.audit.history import MemoryHistory
from counterpoint.publishing.entry import order_of_entry
from counterpoint.publishing.held import waiting
from services.orchestrator.core import book
from services.orchestrator.core.record import learn
from services.orchestrator.core.state import FRESH
from services.orchestrator.loader import LIBRARY, StrategyFile, digest_of, load_file, strategies_of, text_of
from services.orchestrator.service import service
from tests.unit.compliance.factories import ANA, an_account

SIX = datetime(2026, 10, 19, 10, tzinfo=UTC)
STEADY = load_file(LIBRARY / "steady.yaml")


def meta(name: str, who: str = "", at: datetime = SIX) -> Meta:
    """The head of something said."""
    return Meta(EventId(name), at, ConsumerId(who), name, None, "operator", "1")


def a_book(*contents: dict[str, Any]) -> book.Book:
    """A book with these strategies."""
    found = book.BLANK
    for content in contents:
        text = text_of(content)
        told = content["id"], content["version"], digest_of(text), text
        found = book.noted(found, StrategyPublished(meta(text), *told, True, (), "rosa", SIX))
    return found


def other(name: str, priority: int, **entry: Any) -> dict[str, Any]:
    """A strategy like steady with another name."""
    content = dict(STEADY.content)
    return {**content, "id": name, "entry": {**content["entry"], "priority": priority, **entry}}


def test_it_is_told_who_comes_first_and_why_the_others_do_not() -> None:
    state = learn(FRESH, an_account(when=SIX))
    published = a_book(
        other("first", 9, **{"if": {"owed": {"at_least": "90000.00"}}}),
        other("halted", 7),
        other("wins", 5),
        other("late", 1),
    )
    published = book.noted(published, StrategyPaused(meta("pause"), "halted", "rosa", SIX))
    assert list(order_of_entry(state, published)) == [
        "  first@1, priority 9: it takes only whoever fits: at least 90000.00 is owed",
        "  halted@1, priority 7: it is paused",
        "  wins@1, priority 5: would take the consumer, on account-placed",
        "  late@1, priority 1: would, but wins@1 comes first",
    ]


async def test_what_was_released_or_expired_waits_no_more() -> None:
    clock = HandClock(SIX)
    content = {**STEADY.content, "review": True}
    strategies = strategies_of([StrategyFile(Path("steady.yaml"), content, {})])
    runtime = MemoryRuntime([service(strategies)], clock=clock, partitions=2)
    runtime.publish(an_account(when=SIX))
    history = MemoryHistory(runtime.broker, runtime.codec)
    for _ in range(8):
        await runtime.run()
        clock.at += timedelta(hours=1)
    (event,) = await waiting(history, clock.now())
    assert isinstance(event, ContactHeld)
    assert (event.meta.consumer_id, event.step_id) == (ANA, "first")
    assert await waiting(history, event.not_after) == []
    runtime.publish(ContactReleased(meta("release", ANA, clock.now()), event.contact_id, "rosa", clock.now()))
    await runtime.run()
    assert await waiting(history, clock.now()) == []
