"""What a policy would bring, from trials under another one whose propensities are known.

    inverse propensity   mean of w r              right whatever the rates; wild where weights are large
    self-normalised      sum of w r over sum of w a little biased, much calmer
    doubly robust        mean of q(policy) + w (r - q(chosen)), with q the rate by bucket and option so far
                         right with true propensities, and calmer still where q is close

w is the policy's chance of what was chosen over its propensity, r whether it was rewarded. Intervals are normal ones,
by the error of the mean. The chooser learns, so trials depend on those before them; but propensities are known, and
never below the hold-out's share, so each term is right whatever came before it.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist

from msgspec import Struct

from counterpoint.evaluate.policies import Policy
from counterpoint.evaluate.trials import Trial

SURE = 0.95
PRIOR_TRIALS = 2.0
"""A rate of few trials is drawn to the rate of the option over all buckets, as by so many trials more."""


class Estimate(Struct, frozen=True):
    """A reward per choice, and between which two it lies, as often as `SURE` says."""

    value: float
    low: float
    high: float


class Estimates(Struct, frozen=True):
    """A policy's value in three ways, how much more it is than what was done, and how much the trials say of it.

    `effective` is of how many trials under the policy itself these are worth.
    """

    policy: str
    inverse_propensity: Estimate
    self_normalised: Estimate
    doubly_robust: Estimate
    gain: Estimate
    effective: float
    largest_weight: float
    trials: int


def estimates(policy: Policy, trials: Sequence[Trial], sure: float = SURE) -> Estimates:
    """All that trials say of a policy; there must be some."""
    weights = [policy.of(t).get(t.option, 0.0) / t.propensity for t in trials]
    robust = _doubly_robust(policy, trials, weights)
    total = sum(weights)
    return Estimates(
        policy.name,
        _mean([w * t.rewarded for w, t in zip(weights, trials, strict=True)], sure),
        _normalised(trials, weights, sure),
        _mean(robust, sure),
        _mean([value - t.rewarded for value, t in zip(robust, trials, strict=True)], sure),
        total**2 / sum(w * w for w in weights) if total else 0.0,
        max(weights) / total if total else 1.0,
        len(trials),
    )


def _mean(values: Sequence[float], sure: float) -> Estimate:
    n = len(values)
    mean = sum(values) / n
    error = sqrt(sum((v - mean) ** 2 for v in values) / max(1, n - 1) / n)
    return _around(mean, error, sure)


def _around(value: float, error: float, sure: float) -> Estimate:
    half_width = NormalDist().inv_cdf((1 + sure) / 2) * error
    return Estimate(value, value - half_width, value + half_width)


def _normalised(trials: Sequence[Trial], weights: Sequence[float], sure: float) -> Estimate:
    total = sum(weights)
    if not total:
        return Estimate(0.0, 0.0, 1.0)
    value = sum(w * t.rewarded for w, t in zip(weights, trials, strict=True)) / total
    error = sqrt(sum((w * (t.rewarded - value)) ** 2 for w, t in zip(weights, trials, strict=True))) / total
    return _around(value, error, sure)


def _doubly_robust(policy: Policy, trials: Sequence[Trial], weights: Sequence[float]) -> list[float]:
    rates = _Rates()
    found = []
    for trial, weight in zip(trials, weights, strict=True):
        expected = sum(chance * rates.of(trial.bucket, option) for option, chance in policy.of(trial).items())
        found.append(expected + weight * (trial.rewarded - rates.of(trial.bucket, trial.option)))
        rates.count(trial)
    return found


class _Rates:
    """How often an option was rewarded so far: by bucket, drawn to its rate over all, which is drawn to a half.

    Only trials before count, so that no trial's own luck, nor what the chooser made of it, speaks for it.
    """

    def __init__(self) -> None:
        self._by_bucket: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        self._by_option: dict[str, list[int]] = defaultdict(lambda: [0, 0])

    def of(self, bucket: str, option: str) -> float:
        """The rate that one would expect."""
        rewarded, made = self._by_option[option]
        overall = (rewarded + 1) / (made + 2)
        rewarded, made = self._by_bucket[bucket, option]
        return (rewarded + PRIOR_TRIALS * overall) / (made + PRIOR_TRIALS)

    def count(self, trial: Trial) -> None:
        """One trial more."""
        for counts in (self._by_bucket[trial.bucket, trial.option], self._by_option[trial.option]):
            counts[0] += trial.rewarded
            counts[1] += 1
