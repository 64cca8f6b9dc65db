"""A choice evaluated: what was done, what other policies would have brought, and how far the trials can say so."""

from collections import Counter
from collections.abc import Sequence
from math import sqrt

from msgspec import Struct

from chassis.failures import Halted
from counterpoint.evaluate.estimators import Estimate, Estimates, estimates
from counterpoint.evaluate.policies import Policy, policies
from counterpoint.evaluate.trials import Record, Trial

FEW_EFFECTIVE, FEW_CHOSEN, HEAVY = 100.0, 10, 0.05
"""Overlap is poor below so many effective trials, so many of an option in a bucket, or with so heavy a single one."""


class Arm(Struct, frozen=True):
    """An option in a bucket: how often it was chosen and rewarded, and its rate, between low and high."""

    bucket: str
    option: str
    chosen: int
    rewarded: int
    rate: Estimate


class Evaluation(Struct, frozen=True):
    """All of it for one choice; `warnings` say where the trials do not carry an estimate."""

    choice_id: str
    trials: int
    open: int
    strange: int
    held_out: int
    done: Estimate
    hold_out: Estimate | None
    arms: tuple[Arm, ...]
    policies: tuple[Estimates, ...]
    warnings: tuple[str, ...]


def evaluate(record: Record, against: str | None = None) -> Evaluation:
    """Compare policies on the trials of a choice; raises Halted where there are none."""
    if not record.trials:
        raise Halted(
            f"no choice {record.choice_id} is over yet ({record.open} are open): "
            "wait until the time for a reward of the first ones has passed"
        )
    compared = policies(record.options, record.trials, against)
    found = [estimates(policy, record.trials) for policy in compared]
    held_out = [t for t in record.trials if t.held_out]
    warnings = [w for policy, of in zip(compared, found, strict=True) for w in _warnings(policy, of, record.trials)]
    rewarded = sum(t.rewarded for t in record.trials)
    if min(rewarded, len(record.trials) - rewarded) < FEW_CHOSEN:
        warnings.insert(0, f"{rewarded} of {len(record.trials)} were rewarded: too few of a kind to compare policies")
    if record.strange:
        warnings.insert(
            0, f"{record.strange} choices do not follow from what they say of themselves: do not trust them"
        )
    return Evaluation(
        record.choice_id,
        len(record.trials),
        record.open,
        record.strange,
        len(held_out),
        _observed(record.trials),
        _observed(held_out) if held_out else None,
        tuple(arms(record)),
        tuple(found),
        tuple(warnings),
    )


def _observed(trials: Sequence[Trial]) -> Estimate:
    return wilson(sum(t.rewarded for t in trials), len(trials))


def arms(record: Record) -> list[Arm]:
    """Every option in every bucket, as it did."""
    chosen = Counter((t.bucket, t.option) for t in record.trials)
    rewarded = Counter((t.bucket, t.option) for t in record.trials if t.rewarded)
    return [
        Arm(bucket, option, n, rewarded[bucket, option], wilson(rewarded[bucket, option], n))
        for bucket in sorted({bucket for bucket, _ in chosen})
        for option in record.options
        if (n := chosen[bucket, option])
    ]


def wilson(rewarded: int, of: int, z: float = 1.96) -> Estimate:
    """A share with its interval after Wilson, which holds for few and for none as well."""
    if of == 0:
        return Estimate(0.0, 0.0, 1.0)
    share = rewarded / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    wide = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return Estimate(share, max(0.0, middle - wide), min(1.0, middle + wide))


def _warnings(policy: Policy, of: Estimates, trials: Sequence[Trial]) -> list[str]:
    found = []
    if of.effective < FEW_EFFECTIVE:
        found.append(f"{policy.name}: worth only {of.effective:.0f} trials of its own; its intervals may be too narrow")
    if of.largest_weight > HEAVY:
        found.append(f"{policy.name}: a single trial carries {of.largest_weight:.0%} of the estimate")
    wanted = {(t.bucket, option) for t in trials for option, chance in policy.of(t).items() if chance > 0}
    chosen = Counter((t.bucket, t.option) for t in trials)
    for bucket, option in sorted(wanted):
        if chosen[bucket, option] < FEW_CHOSEN:
            found.append(f"{policy.name}: {option} was chosen {chosen[bucket, option]} times in the bucket {bucket}")
    return found


def told(found: Evaluation) -> list[str]:
    """The same for a person."""
    lines = [
        f"choice {found.choice_id}: {found.trials:,} choices are over, {found.open:,} are not; "
        f"{found.held_out:,} were held out",
        f"what was done was rewarded {_percent(found.done)}"
        + (f"; held out, {_percent(found.hold_out)}" if found.hold_out else ""),
        "",
        f"{'bucket':28} {'option':20} {'chosen':>7} {'rewarded':>9}  rate",
    ]
    for arm in found.arms:
        lines.append(f"{arm.bucket:28} {arm.option:20} {arm.chosen:7,} {arm.rewarded:9,}  {_percent(arm.rate)}")
    lines += ["", f"{'policy':28} {'doubly robust':24} {'self-normalised':24} {'inverse propensity':24} worth  gain"]
    for p in found.policies:
        robust, normal, inverse = (_percent(e) for e in (p.doubly_robust, p.self_normalised, p.inverse_propensity))
        lines.append(f"{p.policy:28} {robust:24} {normal:24} {inverse:24} {p.effective:5,.0f}  {_points(p.gain)}")
    lines += [
        "",
        "in brackets: 95 % intervals; worth: so many trials of the policy's own; gain: over what was done, in points",
    ]
    return lines + [f"warning: {warning}" for warning in found.warnings]


def _percent(e: Estimate) -> str:
    return f"{100 * e.value:.1f} % ({100 * e.low:.1f} to {100 * e.high:.1f})"


def _points(e: Estimate) -> str:
    return f"{100 * e.value:+.1f} ({100 * e.low:+.1f} to {100 * e.high:+.1f})"
