"""Ways to choose, to be compared: for each bucket how likely each option would be."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from zlib import crc32

from msgspec import Struct

from chassis.failures import Halted
from counterpoint.evaluate.trials import Trial

EVENLY, LEARNED = "evenly", "learned"
Chances = Mapping[str, float]


class Policy(Struct, frozen=True):
    """A way to choose; `of` is asked for the trial's chances, and must not look at how that trial ended."""

    name: str
    of: Callable[[Trial], Chances]


def evenly(options: Sequence[str]) -> Policy:
    """Every option as likely, whatever the bucket."""
    chances = {option: 1 / len(options) for option in options}
    return Policy(EVENLY, lambda _: chances)


def always(option: str) -> Policy:
    """One option for everybody."""
    return Policy(f"always {option}", lambda _: {option: 1.0})


def learned(options: Sequence[str], trials: Sequence[Trial]) -> Policy:
    """In each bucket the option that did best; for a consumer of one half as the other half shows it, so that nobody's
    own luck speaks for it."""
    found = [_best(options, [t for t in trials if half(t) != n]) for n in range(2)]

    def of(trial: Trial) -> Chances:
        return {found[half(trial)].get(trial.bucket, options[0]): 1.0}

    return Policy(LEARNED, of)


def half(trial: Trial) -> int:
    """In which half of the consumers somebody is; always the same."""
    return crc32(trial.consumer_id.encode()) & 1


def _best(options: Sequence[str], trials: Sequence[Trial]) -> dict[str, str]:
    counted: dict[str, dict[str, list[int]]] = defaultdict(lambda: {option: [0, 0] for option in options})
    for trial in trials:
        counts = counted[trial.bucket][trial.option]
        counts[0] += trial.rewarded
        counts[1] += 1
    return {
        bucket: max(options, key=lambda option: (of[option][0] + 1) / (of[option][1] + 2))
        for bucket, of in counted.items()
    }


def policies(options: Sequence[str], trials: Sequence[Trial], against: str | None) -> list[Policy]:
    """The policy that is named, or all the usual ones; raises Halted if there is none such.

    A name is evenly, learned, an option, or buckets with the option for each, as small=evening,*=morning.
    """
    if against is None:
        return [evenly(options), learned(options, trials), *(always(option) for option in options)]
    if against == EVENLY:
        return [evenly(options)]
    if against == LEARNED:
        return [learned(options, trials)]
    if against in options:
        return [always(against)]
    if "=" in against:
        return [_by_bucket(against, options)]
    raise Halted(
        f"there is no policy {against}: give {EVENLY}, {LEARNED}, an option ({', '.join(options)}) or bucket=option,..."
    )


def _by_bucket(against: str, options: Sequence[str]) -> Policy:
    said = dict(part.rpartition("=")[::2] for part in against.split(","))
    unknown = sorted(set(said.values()) - set(options))
    if unknown:
        raise Halted(f"there is no option {unknown[0]}: give each bucket one of {', '.join(options)}")

    def of(trial: Trial) -> Chances:
        option = said.get(trial.bucket, said.get("*"))
        if option is None:
            raise Halted(f"{against} says nothing of the bucket {trial.bucket}: add {trial.bucket}=OPTION, or *=OPTION")
        return {option: 1.0}

    return Policy(against, of)
