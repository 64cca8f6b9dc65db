"""Strategies that are published, paused and moved while consumers are in them, through the runtime in memory.

A green run does not prove that every worker on a broker hears of it: tests/integration/orchestrator has one.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chassis.routing import everywhere, partition_for
from chassis.runtime.memory import HandClock, MemoryRuntime
from contracts.events import (
    ContactRequested,
    Event,
    Meta,
    StrategyMove,
    StrategyPaused,
    StrategyPublished,
    StrategyResumed,
    TimerDue,
)
from contracts.ids import AddressId, ConsumerId, EventId
from counterpoint.audit.history import MemoryHistory
from counterpoint.publishing.plan import Refused, plan
from counterpoint.publishing.reading import Shelf, shelf_of
from services.orchestrator.core import book
from services.orchestrator.loader import LIBRARY, StrategyFile, digest_of, load_file, strategies_of, text_of
from services.orchestrator.service import service
from tests.unit.compliance.factories import a_meta, a_phone, an_account
from tests.unit.orchestrator.factories import accepted, approved, vetoed

SIX = datetime(2026, 10, 19, 10, tzinfo=UTC)
"""Six in the morning in New York."""
STEADY = load_file(LIBRARY / "steady.yaml")
PARTITIONS = 3
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def version(number: int, **parts: Any) -> StrategyFile:
    """A version of the steady strategy, with other parts."""
    return StrategyFile(Path("steady.yaml"), {**STEADY.content, "version": number, **parts}, {})


def renamed(old: str, new: str) -> list[Mapping[str, Any]]:
    """The steps of the steady strategy with another name for one."""
    return list(json.loads(json.dumps(STEADY.content["steps"]).replace(f'"{old}"', f'"{new}"')))


class World:
    """Some consumers and an orchestrator; contacts are approved and accepted as they are asked for."""

    def __init__(self, people: int = 6) -> None:
        self.clock = HandClock(SIX)
        self.runtime = MemoryRuntime([service(strategies_of([STEADY]))], clock=self.clock, partitions=PARTITIONS)
        self._said = 0
        self._answered: set[str] = set()
        self.place(*(f"con-{n}" for n in range(people)))

    def place(self, *who: str) -> None:
        """Place an account of each."""
        for name in who:
            phones = (a_phone(AddressId(f"tel-{name}"), "+12125550100", SIX),)
            about = {"meta": a_meta(f"placed/{name}", self.clock.now(), ConsumerId(name)), "debt_id": f"debt-{name}"}
            self.runtime.publish(an_account(name, self.clock.now(), phones=phones, **about))

    def meta(self) -> Meta:
        """The head of what an operator says."""
        self._said += 1
        event_id = EventId(f"said-{self._said}")
        return Meta(event_id, self.clock.now(), ConsumerId(""), event_id, None, "operator", "1")

    def say(self, event: Event) -> None:
        """Say something to every partition."""
        for key in everywhere("steady", PARTITIONS):
            self.runtime.publish(event, key=key)

    def publish(self, file: StrategyFile, *moves: StrategyMove, offered: bool = True) -> None:
        """Publish a version."""
        text, number = text_of(file.content), file.content["version"]
        now = self.clock.now()
        self.say(StrategyPublished(self.meta(), "steady", number, digest_of(text), text, offered, moves, "rosa", now))

    async def live(self, span: timedelta = timedelta(), by: timedelta = HOUR) -> None:
        """Let time pass."""
        end = self.clock.now() + span
        while True:
            await self.runtime.run()
            for request in self.requests():
                if request.contact_id not in self._answered:
                    self._answered.add(request.contact_id)
                    now = self.clock.now()
                    self.runtime.publish(approved(request, now), accepted(request, now))
            await self.runtime.run()
            if self.clock.now() >= end:
                return
            self.clock.at += by

    def requests(self) -> list[ContactRequested]:
        """All that was asked for."""
        return [e for e in self.runtime.events(ContactRequested) if isinstance(e, ContactRequested)]

    def asked(self, who: str | None = None) -> list[tuple[str, str]]:
        """Strategy and step of each contact, of one consumer or of all."""
        return [(r.strategy_id, r.step_id) for r in self.requests() if who in (None, r.meta.consumer_id)]

    async def shelf(self) -> Shelf:
        """What the command would read from the log."""
        return await shelf_of(MemoryHistory(self.runtime.broker, self.runtime.codec))


def test_what_must_stand_in_every_partition_has_a_key_for_each() -> None:
    for partitions in (1, 2, 4, 12):
        assert [partition_for(key, partitions) for key in everywhere("steady", partitions)] == list(range(partitions))


async def test_who_comes_after_a_publication_enters_the_new_version_and_who_was_there_stays() -> None:
    world = World()
    await world.live(HOUR)
    world.publish(version(2))
    world.clock.at += timedelta(minutes=1)
    world.place(*(f"later-{n}" for n in range(6)))
    await world.live(12 * DAY, by=6 * HOUR)
    for n in range(6):
        assert {strategy for strategy, _ in world.asked(f"con-{n}")} == {"steady@1"}
        assert {strategy for strategy, _ in world.asked(f"later-{n}")} == {"steady@2"}
        assert len(world.asked(f"con-{n}")) == len(world.asked(f"later-{n}")) == 2


async def test_a_worker_that_is_started_anew_knows_what_was_published() -> None:
    world = World(people=0)
    world.publish(version(2))
    await world.live()
    world.runtime.lose("orchestrator")
    world.place("ana", "bob", "eve")
    await world.live(DAY)
    assert {strategy for strategy, _ in world.asked()} == {"steady@2"}
    assert len(world.asked()) == 3


async def test_a_version_that_is_only_kept_is_entered_by_nobody() -> None:
    world = World(people=0)
    world.publish(version(2), offered=False)
    world.place("ana")
    await world.live(DAY)
    assert [strategy for strategy, _ in world.asked()] == ["steady@1"]


async def test_a_text_that_cannot_be_used_changes_nothing() -> None:
    world = World(people=0)
    now = world.clock.now()
    world.say(StrategyPublished(world.meta(), "steady", 2, "", '{"id": "steady"}', True, (), "rosa", now))
    world.place("ana")
    await world.live(DAY)
    assert [strategy for strategy, _ in world.asked()] == ["steady@1"]


async def test_consumers_who_are_moved_go_on_where_they_stood() -> None:
    world = World()
    await world.live(DAY)
    newer = version(2, steps=renamed("days-between", "pause"))
    world.publish(newer, StrategyMove(1, {"days-between": "pause"}))
    await world.live(8 * DAY, by=6 * HOUR)
    for n in range(6):
        assert world.asked(f"con-{n}") == [("steady@1", "first"), ("steady@2", "again")]


async def test_who_stands_where_no_way_leads_over_goes_over_at_the_first_step_from_which_one_does() -> None:
    world = World()
    world.publish(STEADY, offered=False)
    await world.live(DAY)
    world.publish(version(2, steps=renamed("days-between", "pause")), StrategyMove(1, {}))
    await world.live(DAY)
    assert set((await world.shelf()).standing) == {("steady@1", 1)}
    await world.live(8 * DAY, by=6 * HOUR)
    for n in range(6):
        assert world.asked(f"con-{n}") == [("steady@1", "first"), ("steady@2", "again")]


async def test_paused_nobody_is_contacted_and_nobody_enters_and_resumed_it_goes_on_within_the_hours() -> None:
    world = World()
    await world.live(HOUR)
    world.say(StrategyPaused(world.meta(), "steady", "rosa", world.clock.now()))
    world.clock.at += timedelta(minutes=1)
    world.place("late")
    await world.live(2 * DAY)
    assert world.asked() == []
    timers = len(world.runtime.events(TimerDue))
    assert timers == 6
    world.runtime.lose("orchestrator")
    world.clock.at = datetime(2026, 10, 21, 14, 30, tzinfo=UTC)  # half past ten in New York
    world.say(StrategyResumed(world.meta(), "steady", "rosa", world.clock.now()))
    await world.live(8 * HOUR, by=timedelta(minutes=5))
    assert sorted(r.meta.consumer_id for r in world.requests()) == [f"con-{n}" for n in range(6)]
    moments = {r.meta.occurred_at for r in world.requests()}
    assert min(moments) > datetime(2026, 10, 21, 15, tzinfo=UTC), "a moment of its own again, not all at once"
    assert max(moments) < datetime(2026, 10, 21, 21, tzinfo=UTC)
    world.place("ana")
    await world.live(DAY)
    assert len(world.asked("ana")) == 1
    assert world.asked("late") == [], "an account that was placed meanwhile had nowhere to go"


async def test_a_veto_during_a_pause_asks_for_nothing_until_it_is_over() -> None:
    world = World(people=1)
    await world.runtime.run()
    world.clock.at += 6 * HOUR
    await world.runtime.run()
    (request,) = world.requests()
    world.say(StrategyPaused(world.meta(), "steady", "rosa", world.clock.now()))
    world.runtime.publish(vetoed(request, world.clock.now(), "gate.time"))
    world._answered.add(request.contact_id)
    await world.live(DAY)
    assert len(world.requests()) == 1
    world.say(StrategyResumed(world.meta(), "steady", "rosa", world.clock.now()))
    await world.live(DAY)
    assert len(world.requests()) == 2


def test_a_book_is_told_once_and_survives_its_bytes() -> None:
    text = text_of(STEADY.content)
    meta = Meta(EventId("e"), SIX, ConsumerId(""), "e", None, "operator", "1")
    kept = StrategyPublished(meta, "steady", 1, digest_of(text), text, False, (), "orchestrator", SIX)
    offered = StrategyPublished(meta, "steady", 1, digest_of(text), text, True, (), "rosa", SIX)
    other = StrategyPublished(meta, "steady", 1, "other", "{}", True, (), "rosa", SIX)
    once = book.noted(book.BLANK, kept)
    assert book.noted(once, kept) is once
    assert book.noted(once, other) is once, "a version never changes"
    twice = book.noted(once, offered)
    assert twice.pages["steady@1"].offered
    paused = book.noted(twice, StrategyPaused(meta, "steady", "rosa", SIX))
    for some in (book.BLANK, once, twice, paused):
        encoded = book.encode(some)
        assert book.is_one(encoded)
        assert book.decode(encoded) == some
    assert book.noted(paused, StrategyResumed(meta, "other", "rosa", SIX)) is paused


STRANDED = r"6 consumers stand at step days-between of steady@1.* --step days-between=STEP"


@pytest.mark.parametrize(
    ("newer", "migrate", "steps", "reason"),
    [
        (version(1, title="Says something else now."), False, {}, "steady@1 was published and says something else"),
        (version(2, steps=renamed("days-between", "pause")), True, {}, STRANDED),
        (version(2), True, {"nobody": "first"}, "no earlier version of steady has a step nobody"),
        (version(2), True, {"first": "enough"}, "steady@2 has no step enough at which somebody can stand"),
        (version(2), False, {"first": "again"}, "needs --migrate"),
    ],
)
async def test_a_publication_that_would_do_harm_is_refused(
    newer: StrategyFile, migrate: bool, steps: dict[str, str], reason: str
) -> None:
    world = World()
    world.publish(STEADY, offered=False)
    await world.live(DAY)
    with pytest.raises(Refused, match=reason):
        plan(newer, await world.shelf(), migrate=migrate, steps=steps)


async def test_a_lower_version_is_refused_and_a_map_says_how_many_go_over() -> None:
    world = World()
    world.publish(STEADY, offered=False)
    await world.live(DAY)
    newer = version(3, steps=renamed("days-between", "pause"))
    moves: Sequence[Any] = plan(newer, await world.shelf(), migrate=True, steps={"days-between": "pause"})
    assert [(m.from_version, m.consumers, m.steps) for m in moves] == [(1, 6, {"days-between": "pause"})]
    world.publish(newer, StrategyMove(1, {"days-between": "pause"}))
    shelf = await world.shelf()
    assert set(shelf.standing) == {("steady@3", 1)}, "who was moved is counted there at once"
    with pytest.raises(Refused, match=r"steady@3 is published.*give it version 4"):
        plan(version(2), shelf, migrate=False, steps={})
