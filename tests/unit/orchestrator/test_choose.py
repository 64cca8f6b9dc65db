"""Choices: how likely each option is, how one is drawn, what is learned from it, and the step in a conversation.

A green run does not prove that many consumers at once learn on a broker: the demo shows that.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import exp, lgamma, log
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace

from chassis.runtime.memory import Crashed, HandClock, MemoryRuntime
from contracts.events import (
    AccountPlaced,
    ChoiceAsked,
    ChoiceMade,
    ChoiceOption,
    ChoiceRewarded,
    ContactRequested,
    Event,
    ReplyIntent,
)
from contracts.ids import ConsumerId
from services.orchestrator.core.choice.draw import draw, follows
from services.orchestrator.core.choice.lessons import UNTAUGHT, Lessons, answer, decode, encode, learn
from services.orchestrator.core.choice.propensity import MILLION, Belief, best
from services.orchestrator.core.codes import seconds
from services.orchestrator.core.decide import decide
from services.orchestrator.core.state import FRESH, Chosen, Consumer, Place
from services.orchestrator.loader import LIBRARY, StrategyFile, WrongStrategy, load_file, load_files, strategies_of
from services.orchestrator.service import service
from tests.unit.compliance.factories import a_meta, a_reply, an_account
from tests.unit.orchestrator.factories import NEW_YORK_NINE

(BEST_HOUR,) = [file for file in load_files(LIBRARY) if file.content["id"] == "best-hour"]
STEPS = [step for step in BEST_HOUR.content["steps"] if step["id"] != "turn"]
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
HORIZON = 2 * 86_400
NOW = seconds(NEW_YORK_NINE)
counts = some.integers(min_value=0, max_value=3000)
belief = some.tuples(counts, counts)


def exactly(worse: Belief, better: Belief) -> float:
    """The probability that the second rate is the higher one, as a sum that is exact for whole counts."""
    a, b, c, d = worse[0] + 1, worse[1] + 1, better[0] + 1, better[1] + 1

    def beta(x: float, y: float) -> float:
        return lgamma(x) + lgamma(y) - lgamma(x + y)

    return sum(exp(beta(a + i, b + d) - log(d + i) - beta(1 + i, d) - beta(a, b)) for i in range(c))


@given(belief, belief)
def test_a_propensity_is_the_probability_that_the_option_is_the_best(one: Belief, other: Belief) -> None:
    assert best((one, other))[1] / MILLION == pytest.approx(exactly(one, other), abs=0.0005)


@given(some.lists(belief, min_size=2, max_size=6))
def test_propensities_add_up_and_do_not_depend_on_the_order(beliefs: list[Belief]) -> None:
    found = best(tuple(beliefs))
    assert sum(found) == MILLION
    assert sorted(best(tuple(reversed(beliefs)))) == pytest.approx(sorted(found), abs=MILLION // 1000)


def test_options_of_which_as_much_is_known_are_as_likely() -> None:
    assert best(((3, 9), (3, 9), (3, 9))) == pytest.approx((333_333,) * 3, abs=500)


def test_options_are_drawn_as_often_as_is_said() -> None:
    beliefs = [(5, 60), (14, 63), (9, 60)]
    drawn = [draw(f"lot/{n}", beliefs, 100_000) for n in range(20_000)]
    for option, share in enumerate(drawn[0].propensities):
        often = sum(d.option == option for d in drawn)
        assert often / len(drawn) == pytest.approx(share / MILLION, abs=0.012)
    assert sum(d.held_out for d in drawn) / len(drawn) == pytest.approx(0.1, abs=0.01)


def test_no_option_is_ever_given_up() -> None:
    drawn = draw("lot", [(0, 3000), (2900, 100)], 10_000)
    assert drawn.propensities[0] == pytest.approx(5_000, abs=1)


def asked(n: int, at: datetime, bucket: str = "small") -> ChoiceAsked:
    """A question for the consumer of that number."""
    meta = a_meta(f"asked/{n}", at)
    options = tuple(ChoiceOption(name, 2, 10) for name in ("morning", "evening"))
    return ChoiceAsked(
        meta, "hour", ConsumerId(f"con-{n}"), 1, "best-hour@1", "hour", bucket, 7, 50_000, HORIZON, options
    )


def rewarded(made: ChoiceMade, at: datetime) -> ChoiceRewarded:
    """The consumer answered."""
    meta = a_meta(f"rewarded/{made.meta.event_id}", at)
    return ChoiceRewarded(
        meta, "hour", made.meta.consumer_id, made.sequence, made.bucket, made.option, made.meta.occurred_at, "reply"
    )


def put(lessons: Lessons, question: ChoiceAsked) -> tuple[Lessons, ChoiceMade]:
    """Ask, as a runtime does: what follows is folded in too, and the record goes through its bytes."""
    now = seconds(question.meta.occurred_at)
    (made,) = answer(lessons, question, now)
    return decode(encode(learn(learn(lessons, question, now), made, now))), made


def test_a_choice_counts_only_once_its_time_is_over_rewarded_or_not() -> None:
    lessons, made = put(UNTAUGHT, asked(1, NEW_YORK_NINE))
    lessons = learn(lessons, rewarded(made, NEW_YORK_NINE + DAY), NOW + 86_400)
    _, early = put(lessons, asked(2, NEW_YORK_NINE + DAY))
    assert early.learned == 0
    lessons, later = put(lessons, asked(3, NEW_YORK_NINE + 3 * DAY))
    assert later.learned == 1
    (known,) = [option for option in later.options if option.name == made.option]
    assert (known.made, known.rewarded) == (1, 1)


def test_a_reward_that_is_told_late_counts_all_the_same() -> None:
    lessons, made = put(UNTAUGHT, asked(1, NEW_YORK_NINE))
    lessons, _ = put(lessons, asked(2, NEW_YORK_NINE + 3 * DAY))
    lessons = learn(lessons, rewarded(made, NEW_YORK_NINE + DAY), NOW + 4 * 86_400)
    assert sum(t.rewarded for t in lessons.tallies) == 1


def test_what_comes_twice_counts_once() -> None:
    question = asked(1, NEW_YORK_NINE)
    lessons, made = put(UNTAUGHT, question)
    again, repeated = put(lessons, question)
    assert repeated == made
    assert again == lessons
    reward = rewarded(made, NEW_YORK_NINE + DAY)
    once = learn(lessons, reward, NOW + 86_400)
    assert learn(once, reward, NOW + 86_400) == once


def test_buckets_learn_by_themselves() -> None:
    lessons = UNTAUGHT
    for n in range(40):
        lessons, made = put(lessons, asked(n, NEW_YORK_NINE, "small"))
        if made.option == "evening":
            lessons = learn(lessons, rewarded(made, NEW_YORK_NINE + DAY), NOW + 86_400)
    _, small = put(lessons, asked(100, NEW_YORK_NINE + 3 * DAY, "small"))
    _, other = put(lessons, asked(101, NEW_YORK_NINE + 3 * DAY, "other"))
    assert {o.name: o.propensity_millionths for o in small.options}["evening"] > 950_000
    assert [o.propensity_millionths for o in other.options] == pytest.approx([500_000, 500_000], abs=600)


def test_a_choice_follows_from_what_it_says_of_itself() -> None:
    _, made = put(UNTAUGHT, asked(5, NEW_YORK_NINE))
    assert follows(made)
    other = next(o.name for o in made.options if o.name != made.option)
    assert not follows(replace(made, option=other))
    assert not follows(replace(made, seed=8))


# A conversation with the real shell: routing, codec, crashes.


def chosen_by(**changes: Any) -> StrategyFile:
    """The strategy without its spread, its choice changed."""
    steps = [step | changes if step["kind"] == "choose" else step for step in STEPS]
    return StrategyFile(BEST_HOUR.path, {**BEST_HOUR.content, "steps": steps}, {})


def placed(n: int, when: datetime = NEW_YORK_NINE) -> AccountPlaced:
    """An account of the consumer of that number."""
    return an_account(when=when, meta=a_meta("placed", when, ConsumerId(f"con-{n}")))


def runtime(clock: HandClock, **options: Any) -> MemoryRuntime:
    """The orchestrator with that strategy."""
    return MemoryRuntime([service(strategies_of([chosen_by()]))], clock, partitions=4, **options)


def events(of: MemoryRuntime, kind: type[Event]) -> list[Any]:
    """Those of one type, each once."""
    return list({e.meta.event_id: e for e in of.events(kind)}.values())


async def test_every_consumer_gets_an_option_and_the_contact_says_which_and_how_likely_it_was() -> None:
    clock = HandClock(NEW_YORK_NINE)
    running = runtime(clock)
    running.publish(*(placed(n) for n in range(60)))
    await running.run()
    made = {m.meta.consumer_id: m for m in events(running, ChoiceMade)}
    assert len(made) == 60
    assert len({m.option for m in made.values()}) == 3
    for hour in range(30):
        clock.at = NEW_YORK_NINE + timedelta(hours=hour)
        await running.run()
    requests = events(running, ContactRequested)
    assert len({r.meta.consumer_id for r in requests}) == 60
    for request in requests:
        (choice,) = request.choices
        of = made[request.meta.consumer_id]
        assert (choice.option, choice.propensity_millionths) == (of.option, of.propensity_millionths)
        assert request.step_id == of.option


async def test_the_same_log_gives_the_same_choices() -> None:
    found = []
    for _ in range(2):
        running = runtime(HandClock(NEW_YORK_NINE))
        running.publish(*(placed(n) for n in range(20)))
        await running.run()
        found.append({m.meta.consumer_id: m.option for m in events(running, ChoiceMade)})
    assert found[0] == found[1]


@pytest.mark.parametrize("where", ["decided", "changelog", "outputs", "processed"])
async def test_a_crash_changes_no_choice_and_counts_none_twice(where: str) -> None:
    clock = HandClock(NEW_YORK_NINE)
    crashes: Iterator[int] = iter(range(100))

    def step(_: str, name: str) -> None:
        if name == where and next(crashes) in (2, 5):
            raise Crashed

    running = runtime(clock, step=step)
    running.publish(*(placed(n) for n in range(30)))
    for _ in range(10):
        try:
            await running.run()
        except Crashed:
            running.lose("orchestrator")
    made = events(running, ChoiceMade)
    assert Counter(m.meta.consumer_id for m in made) == Counter(ConsumerId(f"con-{n}") for n in range(30))
    worker = running.worker("orchestrator", "choice/first-text-hour")
    assert worker.consumers is not None
    state = worker.consumers.state_of(ConsumerId("choice/first-text-hour"))
    assert sum(t.made for slot in state.slots for t in slot.tallies) == 30


async def test_a_reply_in_time_is_told_once_and_an_opt_out_is_no_reward() -> None:
    clock = HandClock(NEW_YORK_NINE)
    running = runtime(clock)
    running.publish(placed(1), placed(2))
    await running.run()
    at = NEW_YORK_NINE + timedelta(hours=3)
    clock.at = at
    for n, intent in ((1, ReplyIntent.OTHER), (2, ReplyIntent.OPT_OUT)):
        for minute in range(2):
            reply = a_reply(at + minute * MINUTE, intent)
            running.publish(replace(reply, meta=a_meta("reply", at + minute * MINUTE, ConsumerId(f"con-{n}"))))
    await running.run()
    (told,) = events(running, ChoiceRewarded)
    assert (told.for_consumer_id, told.what) == ("con-1", "reply")


def test_a_reward_after_the_horizon_is_none() -> None:
    chosen = Chosen("hour", "evening", "all", 1, NOW, NOW + HORIZON, 500_000, False, 1)
    assert not said_of(replace(FRESH, chosen=(chosen,)), NEW_YORK_NINE + 3 * DAY)
    assert said_of(replace(FRESH, chosen=(chosen,)), NEW_YORK_NINE + DAY)


def said_of(state: Consumer, at: datetime) -> Sequence[Event]:
    """What a reply at a time brings about, for somebody whose conversation is over."""
    state = replace(state, place=Place("best-hour@1", "cause", NOW, reason=1))
    said = decide(state, a_reply(at), strategies_of([chosen_by()]), seconds(at)).said
    return [event for event in said if isinstance(event, ChoiceRewarded)]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"hold_out": 0}, "hold_out"),
        ({"reward": {"on": ["reply"], "within": "30m"}}, "an hour at least"),
        ({"options": [{"name": "a", "then": "morning"}, {"name": "a", "then": "evening"}]}, "another option a"),
        ({"options": [{"name": "a", "then": "nowhere"}, {"name": "b", "then": "evening"}]}, "no step nowhere"),
        (
            {
                "options": [
                    {"name": "a", "then": "morning", "prior": {"rewarded": 3, "of": 2}},
                    {"name": "b", "then": "midday"},
                ]
            },
            "more were rewarded than there were",
        ),
    ],
)
def test_a_choice_that_cannot_be_made_is_refused(changes: Any, reason: str, tmp_path: Any) -> None:
    path = tmp_path / "best-hour.yaml"
    path.write_text(yaml.safe_dump(dict(chosen_by(**changes).content)), encoding="utf-8")
    with pytest.raises(WrongStrategy, match=reason):
        load_file(path)
