"""The orchestrator and the real gate over simulated weeks, with a text channel that does as it is told.

A green run does not prove that they agree over a network: test_process.py has a real broker.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chassis.runtime.consumers import MOST_DUE
from chassis.runtime.memory import Crashed
from contracts.events import (
    AttemptRejected,
    AttemptStatusChanged,
    ContactApproved,
    ContactDeferred,
    ContactRequested,
    ContactVetoed,
    Event,
    ReasonClass,
    TimerDue,
)
from tests.integration.orchestrator.harness import Failures, World

NEW_YORK, CHICAGO, DENVER, LOS_ANGELES = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
PLACES = (
    (NEW_YORK,),
    (CHICAGO,),
    (NEW_YORK, LOS_ANGELES),
    ("Pacific/Honolulu",),
    ("America/Phoenix", DENVER),
    ("America/Anchorage", CHICAGO),
    (),
)
BEFORE_CHANGES = {
    "autumn": datetime(2026, 10, 26, 7, tzinfo=UTC),
    "spring": datetime(2027, 3, 8, 7, tzinfo=UTC),
    "summer": datetime(2026, 7, 6, 7, tzinfo=UTC),
}
DAY = timedelta(days=1)


def contact_ids(events: Sequence[Event]) -> list[str]:
    """The contacts that events are about."""
    kinds = (ContactRequested, ContactApproved, ContactDeferred, ContactVetoed)
    return [e.contact_id for e in events if isinstance(e, kinds)]


@pytest.mark.parametrize("season", BEFORE_CHANGES)
async def test_everybody_gets_two_texts_three_days_apart_within_the_hours_of_every_zone(season: str) -> None:
    world = World(BEFORE_CHANGES[season])
    people = {f"con-{n}": PLACES[n % len(PLACES)] for n in range(21)}
    for who, zones in people.items():
        world.place(who, zones)
    await world.live(21 * DAY)
    for who, zones in people.items():
        texts = world.texts(who)
        assert [template for template, _ in texts] == ["welcome", "follow-up"], who
        assert texts[1][1] - texts[0][1] >= 3 * DAY
        assert texts[1][1] - texts[0][1] < 5 * DAY
        for _, at in texts:
            for zone in zones or (NEW_YORK, "Pacific/Honolulu"):
                assert 9 <= at.astimezone(ZoneInfo(zone)).hour < 17, (who, zone, at)
    assert not world.runtime.events(ContactVetoed)
    moments = Counter(at for _, at in world.channel.received)
    assert max(moments.values()) < len(people)


async def test_replies_stops_and_payments_are_the_end_and_nothing_is_sent_after() -> None:
    world = World(BEFORE_CHANGES["autumn"])
    for n in range(12):
        world.place(f"con-{n}", PLACES[n % len(PLACES)])
    await world.live(DAY / 24)
    world.stop("con-0")
    world.pay("con-1", "1234.56")
    await world.live(2 * DAY)
    for n in range(2, 9):
        assert len(world.texts(f"con-{n}")) == 1
    for n in (2, 3):
        world.reply(f"con-{n}")
    for n in (4, 5):
        world.stop(f"con-{n}")
    for n in (6, 7):
        world.pay(f"con-{n}", "10.00")
    await world.live(19 * DAY)
    counts = {n: len(world.texts(f"con-{n}")) for n in range(12)}
    assert counts == {0: 0, 1: 0} | dict.fromkeys(range(2, 8), 1) | dict.fromkeys(range(8, 12), 2)


async def test_numbers_that_nothing_reaches_give_way_to_the_next() -> None:
    permanent = ReasonClass.PERMANENT_ADDRESS
    failures: Failures = {
        "tel-refused-0": (AttemptRejected, permanent),
        "tel-silent-0": (AttemptStatusChanged, permanent),
        "tel-dead-0": (AttemptStatusChanged, permanent),
    }
    world = World(BEFORE_CHANGES["autumn"], failures)
    world.place("refused", [NEW_YORK], numbers=2)
    world.place("silent", [NEW_YORK], numbers=2)
    world.place("dead", [NEW_YORK])
    await world.live(14 * DAY)
    for who in ("refused", "silent"):
        to = [text.address_id for text, _ in world.channel.received if text.meta.consumer_id == who]
        assert to == [f"tel-{who}-1"] * 2
        assert [template for template, _ in world.texts(who)] == ["welcome", "follow-up"]
    assert world.texts("dead") == []
    assert sum(r.meta.consumer_id == "dead" for r in world.runtime.events(ContactRequested)) == 1


async def test_a_second_account_joins_and_the_follow_up_is_about_both() -> None:
    world = World(BEFORE_CHANGES["autumn"])
    world.place("ana", [NEW_YORK])
    await world.live(DAY)
    world.place("ana", [NEW_YORK], debt="b")
    await world.live(14 * DAY)
    requests = world.runtime.events(ContactRequested)
    assert [len(r.debt_ids) for r in requests if isinstance(r, ContactRequested)] == [1, 2]
    assert world.channel.received[1][0].parameters["balance"] == "$2,469.12"


async def test_a_stack_that_was_down_over_night_asks_within_the_hours_when_it_is_back() -> None:
    world = World(BEFORE_CHANGES["autumn"])
    world.place("ana", [NEW_YORK])
    await world.runtime.run()
    world.clock.at += timedelta(hours=18)  # one in the morning in New York
    await world.live(DAY)
    ((template, at),) = world.texts("ana")
    assert template == "welcome"
    assert 9 <= at.astimezone(ZoneInfo(NEW_YORK)).hour < 17
    assert not world.runtime.events(ContactDeferred)


async def test_after_a_long_stop_a_crowd_of_timers_is_due_at_once_and_nobody_is_forgotten() -> None:
    world = World(BEFORE_CHANGES["autumn"])
    world.runtime.services = world.runtime.services[:1]
    people = 3 * MOST_DUE
    for n in range(people):
        world.place(f"con-{n}", [NEW_YORK])
    await world.runtime.run()
    world.clock.at += DAY + timedelta(hours=8)
    await world.runtime.run()
    assert len(set(contact_ids(world.runtime.events(ContactRequested)))) == people
    assert len({t.meta.event_id for t in world.runtime.events(TimerDue)}) == people


@pytest.mark.parametrize("every", [7, 11, 13])
async def test_crashes_at_any_step_lose_nothing_and_send_nothing_twice(every: int) -> None:
    world = World(BEFORE_CHANGES["autumn"])
    steps = 0

    def crash(service: str, step: str) -> None:
        nonlocal steps
        if service == "orchestrator":
            steps += 1
            if steps % every == 0:
                raise Crashed(step)

    for n in range(8):
        world.place(f"con-{n}", PLACES[n % len(PLACES)])
    world.runtime.step = crash
    end = world.clock.now() + 12 * DAY
    while world.clock.now() < end:
        try:
            await world.live(timedelta(hours=1), by=timedelta(hours=1))
        except Crashed:
            world.runtime.lose("orchestrator")
    assert steps > 50
    for n in range(8):
        assert [template for template, _ in world.texts(f"con-{n}")] == ["welcome", "follow-up"]
    requests = world.runtime.events(ContactRequested)
    verdicts = world.runtime.events(ContactApproved, ContactDeferred, ContactVetoed)
    assert Counter(contact_ids(verdicts)) == Counter(set(contact_ids(requests))), "one verdict for each contact"
    timers = world.runtime.events(TimerDue)
    by_id = {t.meta.event_id: t for t in timers}
    assert all(by_id[t.meta.event_id] == t for t in timers), "a repeat is the same event"
