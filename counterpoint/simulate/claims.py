"""One portfolio, worked by channels that share no record and by channels that share one: what differs, and why.

The field claims 43 % more digital payments, 27 % more engagement and 10 % less labour for the latter. Here it is asked
under which assumptions that holds: as assumed, with each figure at either end of its range, and with all figures drawn
at random within theirs.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from counterpoint.simulate.behaviour import Behaviour, assumed, drawn
from counterpoint.simulate.comparison import varied
from counterpoint.simulate.estimates import (
    ENGAGED,
    EXPECTED,
    MINUTES,
    Estimate,
    Measure,
    change,
    estimate,
    measures,
)
from counterpoint.simulate.lived import Lived
from counterpoint.simulate.trial import Arm, Trial, live_block, run, spread

FOLDER = Path(__file__).parent / "compared"
APART = tuple(FOLDER / f"apart-{name}.yaml" for name in ("letters", "texts", "emails", "calls"))
WAYS: Sequence[tuple[str, tuple[Path, ...], bool]] = (
    ("apart", APART, True),
    ("same schedule", (FOLDER / "same-schedule.yaml",), True),
    ("one conversation", (FOLDER / "one-conversation.yaml",), True),
    ("apart, no gate", APART, False),
)
"""How the portfolio is worked: the name, the strategies, and whether a gate is asked."""
GATED = 3
"""The first so many ways, which are compared under other assumptions too."""
Progress = Callable[[str], None]


class Claim(Struct, frozen=True):
    """What the field claims: by so many percent more, or less where it is negative."""

    name: str
    measure: Measure
    percent: float

    def holds(self, percent: float) -> bool:
        """Whether a change is as large as is claimed."""
        return percent >= self.percent if self.percent > 0 else percent <= self.percent


CLAIMS = (
    Claim("digital payments", EXPECTED, 43),
    Claim("engagement", ENGAGED, 27),
    Claim("agents' work", MINUTES, -10),
)


class Row(Struct, frozen=True):
    """One measure, under each way to work."""

    name: str
    unit: str
    estimates: Sequence[Estimate]


class Swing(Struct, frozen=True):
    """One figure at one end of its range: the change in percent of each claim, for each of the other ways to work."""

    figure: str
    value: float
    changes: Sequence[Sequence[float]]


class Comparison(Struct, frozen=True):
    """All of it. `changes`, `usual` and each of `draws` are by way to work, beside the first, then by claim."""

    trial: Trial
    smaller: Trial
    rows: Sequence[Row]
    changes: Sequence[Sequence[Estimate]]
    usual: Sequence[Sequence[float]]
    swings: Sequence[Swing]
    draws: Sequence[Sequence[Sequence[float]]]

    def share(self, way: int, claim: int) -> float:
        """In how many of a hundred draws a claim holds for a way to work."""
        held = sum(CLAIMS[claim].holds(draw[way][claim]) for draw in self.draws)
        return 100 * held / len(self.draws) if self.draws else 0.0


def compared(trial: Trial, *, smaller: int, draws: int, progress: Progress, processes: int | None = None) -> Comparison:
    """Let the consumers live under each way; `smaller` is how many live under other assumptions, `draws` how often."""
    progress("as assumed")
    lives = run(trial, [Arm(files, assumed(), gated) for _, files, gated in WAYS], processes)
    few = replace(trial, consumers=smaller, block=smaller)
    figures = varied()
    # In each draw other people: else the chance in who they are would stand in all of them.
    others = [(replace(few, seed=trial.seed + 1 + n), drawn(n)) for n in range(draws)]
    tasks = [(few, assumed()), *((few, behaviour) for _, _, behaviour in figures), *others]
    moved = []
    for n, changes in enumerate(spread(_moved, tasks, processes), start=1):
        progress(f"other assumptions: {n} of {len(tasks)}")
        moved.append(changes)
    usual, *rest = moved
    return Comparison(
        trial=trial,
        smaller=few,
        rows=_rows(lives),
        changes=[[change(c.measure, lives[0], other) for c in CLAIMS] for other in lives[1:GATED]],
        usual=usual,
        swings=[Swing(name, value, found) for (name, value, _), found in zip(figures, rest, strict=False)],
        draws=rest[len(figures) :],
    )


def _moved(task: tuple[Trial, Behaviour]) -> list[list[float]]:
    """The changes of each claim, for each of the other ways, under other assumptions."""
    trial, behaviour = task
    arms = [Arm(files, behaviour, gated) for _, files, gated in WAYS[:GATED]]
    first, *others = live_block(trial, (0, trial.consumers), arms)
    return [[change(c.measure, first, other).value for c in CLAIMS] for other in others]


def _rows(lives: Sequence[Sequence[Lived]]) -> list[Row]:
    unlawful = [
        Measure("contacts that a rule forbids", lambda lived: lived.unlawful.total()),
        Measure("  by law", lambda lived: lived.unlawful.total() - lived.unlawful["house"]),
    ]
    return [Row(m.name, m.unit, [estimate(m, each) for each in lives]) for m in (*measures(lives), *unlawful)]
