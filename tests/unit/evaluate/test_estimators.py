"""Estimators against a known truth: policies on simulated trials whose rates and propensities are stated here.

A green run does not prove that propensities in a real log are true; that each follows from its event is checked there.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from random import Random

import pytest

from contracts.ids import ConsumerId
from counterpoint.evaluate.estimators import Estimate, estimates
from counterpoint.evaluate.evaluation import evaluate, wilson
from counterpoint.evaluate.policies import always, evenly, learned, policies
from counterpoint.evaluate.trials import Record, Trial
from services.orchestrator.core.choice.draw import draw

OPTIONS = ("morning", "evening", "night")
RATES = {
    ("small", "morning"): 0.10,
    ("small", "evening"): 0.30,
    ("small", "night"): 0.05,
    ("other", "morning"): 0.25,
    ("other", "evening"): 0.12,
    ("other", "night"): 0.05,
}
AT = datetime(2026, 10, 19, tzinfo=UTC)
RUNS, LEARNING_RUNS = 300, 120
BATCH = 25


def fixed(random: Random, size: int) -> list[Trial]:
    """Trials under a policy that leans the wrong way, the same throughout."""
    leaning = {"morning": 0.6, "evening": 0.1, "night": 0.3}
    found = []
    for n in range(size):
        bucket = random.choice(("small", "other"))
        (option,) = random.choices(OPTIONS, [leaning[o] for o in OPTIONS])
        found.append(_trial(random, n, bucket, option, leaning[option]))
    return found


def adaptive(random: Random, size: int) -> list[Trial]:
    """Trials as the orchestrator's own chooser makes them, which learns from every few of them together."""
    known = {cell: [0, 0] for cell in RATES}
    found: list[Trial] = []
    for n in range(size):
        if n % BATCH == 0:
            for trial in found[-BATCH:]:
                known[trial.bucket, trial.option][not trial.rewarded] += 1
        bucket = random.choice(("small", "other"))
        beliefs = [(known[bucket, o][0], known[bucket, o][1]) for o in OPTIONS]
        drawn = draw(f"{random.random()}", beliefs, 200_000)
        option = OPTIONS[drawn.option]
        found.append(_trial(random, n, bucket, option, drawn.propensities[drawn.option] / 1_000_000))
    return found


def _trial(random: Random, n: int, bucket: str, option: str, propensity: float) -> Trial:
    rewarded = random.random() < RATES[bucket, option]
    return Trial(ConsumerId(f"con-{random.random()}"), AT, bucket, option, propensity, False, rewarded)


def truth(of: str) -> float:
    """What the policy brings on average; buckets are as likely."""
    rates = [RATES[bucket, of] for bucket in ("small", "other")]
    return sum(rates) / len(rates)


def covered(runs: Sequence[Sequence[Trial]], pick: str) -> float:
    """In what share of runs the interval holds the truth."""
    held = 0
    for trials in runs:
        found = getattr(estimates(always("evening"), trials), pick)
        held += found.low <= truth("evening") <= found.high
    return held / len(runs)


@cache
def fixed_runs() -> list[list[Trial]]:
    """Seeded runs under the fixed policy."""
    return [fixed(Random(seed), 600) for seed in range(RUNS)]


@cache
def learning_runs() -> list[list[Trial]]:
    """Seeded runs under the chooser."""
    return [adaptive(Random(seed), 400) for seed in range(LEARNING_RUNS)]


@pytest.mark.parametrize("pick", ["inverse_propensity", "self_normalised", "doubly_robust"])
def test_intervals_hold_the_truth_about_as_often_as_they_say(pick: str) -> None:
    assert 0.91 <= covered(fixed_runs(), pick) <= 0.985  # 95 of 100, give or take three standard errors of the runs


@pytest.mark.parametrize("pick", ["inverse_propensity", "self_normalised", "doubly_robust"])
def test_they_hold_it_too_where_the_chooser_learned_meanwhile(pick: str) -> None:
    assert covered(learning_runs(), pick) >= 0.89  # the same, with fewer runs


def test_estimates_are_right_on_average_though_the_logged_policy_was_another() -> None:
    found = [estimates(always("evening"), fixed(Random(seed), 400)) for seed in range(RUNS)]
    for pick in ("inverse_propensity", "doubly_robust"):
        values = [getattr(e, pick).value for e in found]
        assert sum(values) / len(values) == pytest.approx(truth("evening"), abs=0.01)


def test_doubly_robust_intervals_are_the_narrower_ones() -> None:
    trials = fixed(Random(7), 4000)
    found = estimates(always("evening"), trials)
    assert _width(found.doubly_robust) < _width(found.inverse_propensity)


def _width(e: Estimate) -> float:
    return e.high - e.low


def test_the_gain_is_over_what_was_done() -> None:
    trials = fixed(Random(3), 6000)
    found = estimates(always("evening"), trials)
    done = sum(t.rewarded for t in trials) / len(trials)
    assert found.gain.value == pytest.approx(found.doubly_robust.value - done)
    assert found.gain.low > 0


def test_what_a_policy_learns_is_better_than_any_one_option_for_everybody() -> None:
    trials = fixed(Random(5), 6000)
    best = estimates(learned(OPTIONS, trials), trials)
    assert best.doubly_robust.value > max(estimates(always(o), trials).doubly_robust.value for o in OPTIONS)
    assert best.doubly_robust.value == pytest.approx(0.275, abs=0.03)


def test_trials_of_the_policy_itself_are_worth_all_they_are() -> None:
    trials = [Trial(ConsumerId(f"con-{n}"), AT, "all", OPTIONS[n % 3], 1 / 3, False, n % 2 == 0) for n in range(300)]
    found = estimates(evenly(OPTIONS), trials)
    assert found.effective == pytest.approx(300)
    assert found.inverse_propensity.value == pytest.approx(0.5)


def _record(trials: Sequence[Trial]) -> Record:
    return Record("hour", OPTIONS, tuple(trials), 0, 0)


def test_poor_overlap_is_said() -> None:
    trials = [Trial(ConsumerId(f"con-{n}"), AT, "all", "morning", 0.98, False, n % 5 == 0) for n in range(500)]
    trials += [Trial(ConsumerId(f"con-x{n}"), AT, "all", "night", 0.01, False, True) for n in range(3)]
    warnings = " ".join(evaluate(_record(trials), "night").warnings)
    assert "worth only 3 trials" in warnings
    assert "a single trial carries 33%" in warnings
    assert "night was chosen 3 times in the bucket all" in warnings
    assert not evaluate(_record(trials), "morning").warnings


def test_it_is_said_where_hardly_anybody_was_rewarded() -> None:
    trials = [Trial(ConsumerId(f"con-{n}"), AT, "all", "morning", 0.9, False, n < 2) for n in range(300)]
    found = evaluate(_record(trials), "morning")
    assert found.warnings[0].startswith("2 of 300 were rewarded")
    assert found.done.low > 0


def test_a_policy_may_differ_by_bucket() -> None:
    trials = fixed(Random(1), 3000)
    (policy,) = policies(OPTIONS, trials, "small=evening,*=morning")
    assert estimates(policy, trials).doubly_robust.value == pytest.approx(0.275, abs=0.03)


@pytest.mark.parametrize(("rewarded", "of"), [(0, 10), (10, 10), (3, 10)])
def test_a_share_lies_within_its_interval_however_few_there_are(rewarded: int, of: int) -> None:
    found = wilson(rewarded, of)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.low < found.high
