"""How long 10,000 consumers take to live 90 days under a strategy, and under two for a comparison.

Run: python -m bench.simulate [--consumers 10000]. On all cores, from a cold start: reading rules and making the people
is in it. The target is under 60 s on two cores.
"""

import argparse
from time import perf_counter

from bench import tables
from counterpoint.commands.simulate import find
from counterpoint.simulate.behaviour import assumed
from counterpoint.simulate.claims import WAYS
from counterpoint.simulate.trial import Arm, Trial, run

DAYS, SEED = 90, 7
CONTESTS = (("first-contact",), ("three-weeks",), ("first-contact", "three-weeks"))
SEVERAL = ("apart", "one conversation")
"""Of the comparison: four strategies at once, and one over four channels, with 23 contacts each."""


def arms(names: tuple[str, ...]) -> list[Arm]:
    """What is to be lived under: strategies by name, or ways of the comparison."""
    ways = {name: Arm(files, assumed(), gated) for name, files, gated in WAYS}
    return [ways.get(name) or Arm((find(name),), assumed()) for name in names]


def measure(names: tuple[str, ...], consumers: int) -> dict[str, str | int | float]:
    """One run."""
    start = perf_counter()
    lives = run(Trial(consumers, DAYS, SEED), arms(names))
    spent = perf_counter() - start
    requested = sum(lived.requested for each in lives for lived in each)
    return {
        "strategies": " against ".join(names),
        "consumers": consumers,
        "contacts judged": requested,
        "seconds": spent,
        "consumer-days/s": consumers * DAYS * len(names) / spent,
    }


def main() -> None:
    """Measure each, and write it down."""
    parser = argparse.ArgumentParser(prog="python -m bench.simulate", description=__doc__)
    parser.add_argument("--consumers", type=int, default=10_000)
    consumers: int = parser.parse_args().consumers
    where = tables.machine()
    rows = [measure(names, consumers) for names in (*CONTESTS, *((way,) for way in SEVERAL))]
    notes = [f"{DAYS} days, wall time, processes started and people made each time."]
    tables.keep("simulate", "The strategy simulator: consumers over 90 days", where, rows, notes)


if __name__ == "__main__":
    main()
