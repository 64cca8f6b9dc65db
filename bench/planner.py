"""What the planner loses against an oracle that knows every rate and plans all twelve weeks at once.

    python -m bench.planner [--consumers N] [--seeds N]

Simulated consumers answer a text or a call with a rate that depends on the weekday, and nothing else; at most one
contact a day, and a budget in seven days for each channel. The planner is the orchestrator's own (core/choice), and
learns while it goes; each night it knows how the day's contacts ended. What is compared is the sum of true rates of the
contacts that were made, so that the luck of answers is in what was learned, and not in the result.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from statistics import mean, stdev

from bench import tables
from contracts.events import ChoiceAsked, ChoiceMade, ChoiceOption, ChoiceRewarded, Meta
from contracts.ids import ConsumerId, EventId, derived_id
from services.orchestrator.core.choice.budget import Budget, Cap
from services.orchestrator.core.choice.lessons import UNTAUGHT, Lessons, answer, learn
from services.orchestrator.core.choice.planner import plan
from services.orchestrator.core.codes import DAY, seconds
from services.orchestrator.core.state import FRESH, Consumer, Contact

BEGINS = datetime(2026, 10, 19, 13, tzinfo=UTC)
DAYS, HORIZON = 84, DAY // 2
MONTH = 28
"""Days of the first stretch and of the last that are told by themselves."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
RATES: Mapping[str, Sequence[float]] = {
    "SMS": (0.06, 0.08, 0.08, 0.12, 0.26, 0.16, 0.05),
    "VOICE": (0.10, 0.14, 0.10, 0.08, 0.12, 0.04, 0.02),
}
"""How often a contact is rewarded, from Monday on: invented, with a pay day."""
BUDGET = Budget((Cap("SMS", 1, 1), Cap("SMS", 2, 7), Cap("VOICE", 1, 1), Cap("VOICE", 2, 7)))
CHANNELS = tuple(RATES)
REST = "rest"
SURE = 2.09
"""Standard errors on either side that hold 95 of 100 times, for twenty seeds."""
Chooses = Callable[["Portfolio", Consumer, str, int], str]


def left(state: Consumer, now: int) -> dict[str, tuple[int, ...]]:
    """How many contacts each channel has left, up to each day ahead."""
    return {channel: BUDGET.left(state, channel, now) for channel in CHANNELS}


def ahead_of(day: int) -> tuple[int, ...]:
    """The weekdays of a day and of those after it, as far as the budget reaches."""
    return tuple((day + n) % 7 for n in range(BUDGET.days))


@dataclass
class Portfolio:
    """One run: what is known so far, and what was made of it."""

    random: Random
    lessons: Lessons = UNTAUGHT
    made: int = 0
    contacts: int = 0
    worth: list[float] = field(default_factory=lambda: [0.0] * DAYS)


def learner(planning: bool) -> Chooses:
    """The orchestrator's own choice: with its planner, or spending as soon as there is something left."""

    def choose(run: Portfolio, state: Consumer, who: str, day: int) -> str:
        at = BEGINS + timedelta(days=day)
        have = left(state, seconds(at))
        options = tuple(ChoiceOption(channel, 1, 10, have[channel]) for channel in CHANNELS)
        run.made += 1
        meta = _meta(f"{who}/{run.made}", at)
        days = tuple(WEEKDAYS[d] for d in (ahead_of(day) if planning else ahead_of(day)[:1]))
        asked = ChoiceAsked(
            meta,
            "b",
            ConsumerId(who),
            run.made,
            "b@1",
            "b",
            days[0],
            7,
            50_000,
            HORIZON,
            (*options, ChoiceOption(REST, 0, 0)),
            days,
            REST,
        )
        (made,) = answer(run.lessons, asked, seconds(at))
        run.lessons = learn(learn(run.lessons, asked, seconds(at)), made, seconds(at))
        _reward(run, made, day)
        return made.option

    return choose


def _meta(cause: str, at: datetime) -> Meta:
    event_id = EventId(derived_id(cause=cause, name="bench", at=at))
    return Meta(event_id, at, ConsumerId("choice/b"), "", None, "bench", "1")


def _reward(run: Portfolio, made: ChoiceMade, day: int) -> None:
    if made.option == REST or run.random.random() >= RATES[made.option][day % 7]:
        return
    at = made.meta.occurred_at + timedelta(hours=1)
    meta = _meta(made.meta.event_id, at)
    of = ChoiceRewarded(
        meta, "b", made.meta.consumer_id, made.sequence, made.bucket, made.option, made.meta.occurred_at, "reply"
    )
    run.lessons = learn(run.lessons, of, seconds(at))


def knowing(run: Portfolio, state: Consumer, who: str, day: int) -> str:
    """The planner's rule with the true rates: what it loses is the rule's own, and not of learning."""
    have = left(state, seconds(BEGINS + timedelta(days=day)))
    today = plan([[RATES[c][d] for d in ahead_of(day)] for c in CHANNELS], [have[c] for c in CHANNELS]).get(0)
    return REST if today is None else CHANNELS[today]


def by_chance(run: Portfolio, state: Consumer, who: str, day: int) -> str:
    """A channel that has something left, or none, evenly."""
    have = left(state, seconds(BEGINS + timedelta(days=day)))
    return run.random.choice([*(c for c in CHANNELS if have[c][0]), REST])


@cache
def oracle(day: int, last: tuple[str, ...]) -> float:
    """The most that can be had from a day on, after what was done on the six days before."""
    if day == DAYS:
        return 0.0
    best = oracle(day + 1, (*last[1:], REST))
    for channel in CHANNELS:
        most = min(cap.most for cap in BUDGET.caps if cap.channel == channel and cap.days == BUDGET.days)
        if last.count(channel) < most:
            best = max(best, RATES[channel][day % 7] + oracle(day + 1, (*last[1:], channel)))
    return best


def lived(chooses: Chooses, consumers: int, seed: int) -> Portfolio:
    """Twelve weeks of so many consumers under a way to choose."""
    run = Portfolio(Random(seed))
    states = [FRESH] * consumers
    for day in range(DAYS):
        now = seconds(BEGINS + timedelta(days=day))
        for n, state in enumerate(states):
            option = chooses(run, state, f"con-{seed}-{n}", day)
            if option == REST:
                continue
            contact = Contact(n, now, 0, 0, channel=option)
            states[n] = Consumer(contacts=(*state.contacts, contact)[-12:])
            run.contacts += 1
            run.worth[day] += RATES[option][day % 7]
    return run


def main() -> None:
    """Run, and write bench/results/planner."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--consumers", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=20)
    given = parser.parse_args()
    best = oracle(0, (REST,) * 6) / DAYS
    ways: Mapping[str, Chooses] = {
        "planner, learning": learner(True),
        "planner, rates known": knowing,
        "as soon as there is something left, learning": learner(False),
        "by chance": by_chance,
    }
    rows = []
    for name, chooses in ways.items():
        runs = [lived(chooses, given.consumers, seed) for seed in range(given.seeds)]
        rows.append(row(name, runs, given.consumers, best))
    notes = (
        f"an oracle that knows all rates has {7 * best:.3f} rewards a week per consumer; regret is in percent of that",
        "in brackets: 95 % intervals of the seeds' average",
        "two texts and two calls in seven days, one contact a day; rates by weekday are invented, see bench/planner.py",
        "all consumers begin on one Monday with nothing learned, so each weekday is met anew once a week",
    )
    title = f"The planner: twelve weeks of {given.consumers} consumers, {given.seeds} seeds"
    tables.keep("planner", title, tables.machine(), rows, notes)


def row(name: str, runs: Sequence[Portfolio], consumers: int, best: float) -> tables.Row:
    """A way to choose, over its runs."""
    return {
        "way": name,
        "contacts a week": mean(run.contacts for run in runs) * 7 / DAYS / consumers,
        "rewards a week": mean(sum(run.worth) for run in runs) * 7 / DAYS / consumers,
        "regret, %": _regret(runs, slice(0, DAYS), consumers, best),
        "first four weeks": _regret(runs, slice(0, MONTH), consumers, best),
        "last four weeks": _regret(runs, slice(DAYS - MONTH, DAYS), consumers, best),
    }


def _regret(runs: Sequence[Portfolio], days: slice, consumers: int, best: float) -> str:
    found = [round(100 * (1 - mean(run.worth[days]) / consumers / best), 6) + 0.0 for run in runs]
    error = SURE * stdev(found) / len(found) ** 0.5
    return f"{mean(found):.1f} ({mean(found) - error:.1f} to {mean(found) + error:.1f})"


if __name__ == "__main__":
    main()
