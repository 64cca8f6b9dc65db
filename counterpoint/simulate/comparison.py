"""Runs a strategy, or two on the same consumers, and says what came of it, how sure that is, and what it hangs on."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from counterpoint.simulate.behaviour import ASSUMED, PRICE
from counterpoint.simulate.estimates import DOLLARS, Estimate, by_day, difference, estimate, measures
from counterpoint.simulate.life import Lived
from counterpoint.simulate.picture import Panel, picture
from counterpoint.simulate.trial import Plan, Trial, run

SENSITIVE = 1000
"""So many consumers at most for each change of a rate."""
FACTORS = (0.5, 1.5)
NOTES = (
    "The gate, the orchestrator and the texts are the real ones; the people, and all that they do, are invented.",
    "What is paid hangs on the habits pay-all, pay-part, answer-and-pay and pay-and-stop first, and on still-read: "
    "texts bring payments here because the table says so, and --sensitivity shows how much.",
    "Intervals say how much chance there is among consumers of this kind. They say nothing about whether the table is "
    "true of anybody.",
    f"A part of a text costs ${PRICE}; what consumers send, who answers it, and taking payments cost nothing here.",
    "All accounts are placed at once, nobody is placed again, and nobody who shares a number acts for another.",
)


class Line(Struct, frozen=True):
    """One measure: of the strategy, of the other, and how much more the other has of it."""

    name: str
    unit: str
    strategy: Estimate
    against: Estimate | None = None
    difference: Estimate | None = None


class Swing(Struct, frozen=True):
    """What changes if one rate is another: the difference in dollars paid."""

    rate: str
    percent: float
    difference: Estimate


class Result(Struct, frozen=True):
    """All of it; curves are sums up to the end of each day."""

    strategies: Sequence[str]
    consumers: int
    days: int
    seed: int
    price: str
    behaviour: dict[str, float]
    lines: Sequence[Line]
    dollars_by_day: Sequence[Sequence[float]]
    texts_by_day: Sequence[Sequence[float]]
    notes: Sequence[str] = NOTES
    sensitivity: Sequence[Swing] = ()
    sensitivity_consumers: int = 0


def compare(trial: Trial, files: Sequence[Path], *, sensitivity: bool, processes: int | None = None) -> Result:
    """Let the consumers live under one strategy or two."""
    lives = run(trial, [Plan(file, ASSUMED) for file in files], processes)
    curves = [by_day(each, trial.days) for each in lives]
    swings = _swings(trial, files, processes) if sensitivity else []
    return Result(
        strategies=[file.stem for file in files],
        consumers=trial.consumers,
        days=trial.days,
        seed=trial.seed,
        price=str(PRICE),
        behaviour=dict(ASSUMED.percent),
        lines=_lines(lives),
        dollars_by_day=[dollars for dollars, _ in curves],
        texts_by_day=[texts for _, texts in curves],
        sensitivity=swings,
        sensitivity_consumers=min(trial.consumers, SENSITIVE) if swings else 0,
    )


def _lines(lives: Sequence[Sequence[Lived]]) -> list[Line]:
    first, *others = lives
    found = []
    for measure in measures(lives):
        line = Line(measure.name, measure.unit, estimate(measure, first))
        for other in others:
            line = replace(line, against=estimate(measure, other), difference=difference(measure, first, other))
        found.append(line)
    return found


def _swings(trial: Trial, files: Sequence[Path], processes: int | None) -> list[Swing]:
    """Vary each rate alone; the people are the same each time, so what moves is the rate and a little chance."""
    smaller = replace(trial, consumers=min(trial.consumers, SENSITIVE))
    varied = [("as assumed", ASSUMED)]
    varied += [(name, ASSUMED.varied(name, factor)) for name in ASSUMED.percent for factor in FACTORS]
    lives = run(smaller, [Plan(file, behaviour) for _, behaviour in varied for file in files], processes)
    pairs = zip(lives[::2], lives[1::2], strict=True)
    return [
        Swing(name, behaviour.percent.get(name, 0.0), difference(DOLLARS, one, other))
        for (name, behaviour), (one, other) in zip(varied, pairs, strict=True)
    ]


def drawn(result: Result) -> str:
    """The picture: payments and texts by day."""
    panels = [
        Panel("Dollars paid, in all", result.dollars_by_day),
        Panel("Texts handed over, in all", result.texts_by_day),
    ]
    return picture(result.strategies, panels)


def told(result: Result) -> str:
    """The result as text."""
    names = " against ".join(result.strategies)
    head = f"{names}: {result.consumers:,} consumers, {result.days} days, seed {result.seed}"
    parts = [head, "", *_table(result)]
    if result.sensitivity:
        parts += ["", *_sensitivity(result)]
    rates = [f"{name} {percent:g}" for name, percent in result.behaviour.items()]
    parts += ["", "What this hangs on", *(f"- {note}" for note in result.notes)]
    parts += [f"- The table, in percent: {', '.join(rates)}."]
    return "\n".join(parts)


def _table(result: Result) -> list[str]:
    both = len(result.strategies) > 1
    heads = ["", *result.strategies] + (["difference", ""] if both else [])
    rows = [heads]
    for line in result.lines:
        row = [line.name, _shown(line.strategy, line.unit)]
        if line.against is not None and line.difference is not None:
            row += [_shown(line.against, line.unit), _shown(line.difference, line.unit, signed=True)]
            row.append("" if line.difference.is_clear else "may be chance")
        rows.append(row)
    foot = "in brackets: 95 % confidence intervals, rough where fewer than ten are counted"
    if both:
        first, other = result.strategies
        foot += f"; difference: {other} less {first}, each consumer with himself"
    return [*_aligned(rows), foot]


def _sensitivity(result: Result) -> list[str]:
    rows = [["rate", "percent", "difference in dollars paid", "changed by", ""]]
    assumed = result.sensitivity[0].difference.value
    for swing in result.sensitivity:
        percent = f"{swing.percent:g}" if swing.rate in result.behaviour else ""
        clear = "" if swing.difference.is_clear else "may be chance"
        change = f"{swing.difference.value - assumed:+,.0f} $" if percent else ""
        rows.append([swing.rate, percent, _shown(swing.difference, "$", signed=True), change, clear])
    head = f"Each rate half and half as much again, {result.sensitivity_consumers:,} consumers"
    return [head, *_aligned(rows)]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = []
    for first, *others in rows:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *cells]).rstrip())
    return lines


def _shown(estimate: Estimate, unit: str, *, signed: bool = False) -> str:
    places = 3 if unit == "%" else 0
    value, low, high = (round(x, places) + 0.0 for x in (estimate.value, estimate.low, estimate.high))  # no -0
    sign = "+" if signed else ""
    return f"{value:{sign},.{places}f}{f' {unit}' if unit else ''} [{low:,.{places}f}, {high:,.{places}f}]"
