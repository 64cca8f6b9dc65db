"""Runs a strategy, or two on the same consumers, and says what came of it, how sure that is, and what it hangs on."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from counterpoint.simulate.behaviour import Behaviour, assumed, figures
from counterpoint.simulate.estimates import DOLLARS, Estimate, by_day, difference, estimate, measures
from counterpoint.simulate.lived import Lived
from counterpoint.simulate.picture import Panel, picture
from counterpoint.simulate.trial import Arm, Trial, run

SENSITIVE = 1000
"""So many consumers at most for each change of a figure."""
NOTES = (
    "The gate, the orchestrator and the texts are the real ones; the people, and all that they do, are invented.",
    "Contacts bring payments here because the table of behaviour says so: `counterpoint simulate behaviour` prints it, "
    "and --sensitivity shows what each figure does.",
    "Intervals say how much chance there is among consumers of this kind. They say nothing about whether the table is "
    "true of anybody.",
    "All accounts are placed at once, nobody is placed again, and nobody who shares a number acts for another.",
    "A step `choose` draws as one that has learned nothing: lives are lived one by one.",
)


class Line(Struct, frozen=True):
    """One measure: of the strategy, of the other, and how much more the other has of it."""

    name: str
    unit: str
    strategy: Estimate
    against: Estimate | None = None
    difference: Estimate | None = None


class Swing(Struct, frozen=True):
    """What changes if one figure is another: the difference in dollars paid."""

    figure: str
    value: float
    difference: Estimate


class Result(Struct, frozen=True):
    """All of it; curves are sums up to the end of each day."""

    strategies: Sequence[str]
    consumers: int
    days: int
    seed: int
    behaviour: dict[str, float]
    lines: Sequence[Line]
    dollars_by_day: Sequence[Sequence[float]]
    contacts_by_day: Sequence[Sequence[float]]
    notes: Sequence[str] = NOTES
    sensitivity: Sequence[Swing] = ()
    sensitivity_consumers: int = 0


def compare(
    trial: Trial,
    files: Sequence[Path],
    *,
    beside: tuple[Path, ...] = (),
    sensitivity: bool,
    processes: int | None = None,
) -> Result:
    """Let the consumers live under one strategy or two; those `beside` are offered in both."""
    lives = run(trial, [Arm((file,), assumed(), beside=beside) for file in files], processes)
    curves = [by_day(each, trial.days) for each in lives]
    swings = _swings(trial, files, beside, processes) if sensitivity else []
    return Result(
        strategies=[file.stem for file in files],
        consumers=trial.consumers,
        days=trial.days,
        seed=trial.seed,
        behaviour={name: figure.value for name, figure in figures().items()},
        lines=_lines(lives),
        dollars_by_day=[dollars for dollars, _ in curves],
        contacts_by_day=[sent for _, sent in curves],
        sensitivity=swings,
        sensitivity_consumers=min(trial.consumers, SENSITIVE) if swings else 0,
    )


def _lines(lives: Sequence[Sequence[Lived]]) -> list[Line]:
    first, *others = lives
    lines = []
    for measure in measures(lives):
        line = Line(measure.name, measure.unit, estimate(measure, first))
        for other in others:
            line = replace(line, against=estimate(measure, other), difference=difference(measure, first, other))
        lines.append(line)
    return lines


def varied() -> list[tuple[str, float, Behaviour]]:
    """Each figure at either end of its range, all others as assumed."""
    return [
        (name, value, assumed().with_value(name, value))
        for name, figure in figures().items()
        for value in (figure.low, figure.high)
    ]


def _swings(trial: Trial, files: Sequence[Path], beside: tuple[Path, ...], processes: int | None) -> list[Swing]:
    """Vary each figure alone; the people are the same each time, so what moves is the figure and a little chance."""
    smaller = replace(trial, consumers=min(trial.consumers, SENSITIVE))
    tried = [("as assumed", 0.0, assumed()), *varied()]
    arms = [Arm((file,), behaviour, beside=beside) for _, _, behaviour in tried for file in files]
    lives = run(smaller, arms, processes)
    pairs = zip(lives[::2], lives[1::2], strict=True)
    return [
        Swing(name, value, difference(DOLLARS, one, other))
        for (name, value, _), (one, other) in zip(tried, pairs, strict=True)
    ]


def drawn(result: Result) -> str:
    """The picture: payments and contacts by day."""
    panels = [
        Panel("Dollars paid, in all", result.dollars_by_day),
        Panel("Contacts handed over, in all", result.contacts_by_day),
    ]
    return picture(result.strategies, panels)


def told(result: Result) -> str:
    """The result as text."""
    names = " against ".join(result.strategies)
    head = f"{names}: {result.consumers:,} consumers, {result.days} days, seed {result.seed}"
    parts = [head, "", *_table(result)]
    if result.sensitivity:
        parts += ["", *_sensitivity(result)]
    parts += ["", "What this hangs on", *(f"- {note}" for note in result.notes)]
    return "\n".join(parts)


def _table(result: Result) -> list[str]:
    both = len(result.strategies) > 1
    heads = ["", *result.strategies] + (["difference", ""] if both else [])
    rows = [heads]
    for line in result.lines:
        row = [line.name, shown(line.strategy, line.unit)]
        if line.against is not None and line.difference is not None:
            row += [shown(line.against, line.unit), shown(line.difference, line.unit, signed=True)]
            row.append("" if line.difference.is_clear else "may be chance")
        rows.append(row)
    foot = "in brackets: 95 % confidence intervals, rough where fewer than ten are counted"
    if both:
        first, other = result.strategies
        foot += f"; difference: {other} less {first}, each consumer with himself"
    return [*aligned(rows), foot]


def _sensitivity(result: Result) -> list[str]:
    rows = [["figure", "value", "difference in dollars paid", "changed by", ""]]
    usual, *swings = result.sensitivity
    rows.append([usual.figure, "", shown(usual.difference, "$", signed=True), "", ""])
    for swing in swings:
        clear = "" if swing.difference.is_clear else "may be chance"
        moved = f"{swing.difference.value - usual.difference.value:+,.0f} $"
        rows.append([swing.figure, f"{swing.value:g}", shown(swing.difference, "$", signed=True), moved, clear])
    head = f"Each figure at either end of its range, {result.sensitivity_consumers:,} consumers"
    return [head, *aligned(rows)]


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines: the first column to the left, the others to the right."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = []
    for first, *others in rows:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *cells]).rstrip())
    return lines


def shown(estimate: Estimate, unit: str, *, signed: bool = False) -> str:
    """An estimate with its interval."""
    places = 2 if unit in ("%", "c") else 0
    value, low, high = (round(x, places) + 0.0 for x in (estimate.value, estimate.low, estimate.high))  # no -0
    sign = "+" if signed else ""
    return f"{value:{sign},.{places}f}{f' {unit}' if unit else ''} [{low:,.{places}f}, {high:,.{places}f}]"
