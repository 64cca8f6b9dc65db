"""Writes the page of the comparison, docs/comparison.md, with its pictures: every figure in it is from the run."""

from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path

from counterpoint.simulate.bars import Bar, Group, Panel, grouped, tornado
from counterpoint.simulate.behaviour import described, figures
from counterpoint.simulate.claims import CLAIMS, FOLDER, GATED, WAYS, Comparison, Row
from counterpoint.simulate.comparison import shown
from counterpoint.simulate.estimates import DIGITAL, Estimate

SHOWN = 12
"""So many figures are in a tornado: those that do most."""
NAMES = [name for name, _, _ in WAYS]
LEFT_OUT = ("dollars paid", "complaints", "coordination breaks")
"""What the claims do not speak of."""
COMPARED = (
    ("payments", "payments"),
    ("digital payments", "  through the portal or by a link"),
    ("dollars paid", "dollars paid"),
    ("engaged consumers", "consumers who did something of their own accord"),
    ("agent minutes", "agent minutes"),
    ("cost per dollar", "cost of each dollar paid"),
    ("contacts", "contacts handed over"),
    ("contacts per payment", "contacts for each payment"),
    ("opt-outs", "consumers who opted out of a channel"),
    ("complaints", "complaints"),
    ("coordination breaks", "coordination breaks"),
)
"""What the picture and the first table show, and the row that it is in."""


def pictures(found: Comparison) -> dict[str, str]:
    """The pictures by the names of their files."""
    rows = {row.name: row for row in found.rows}
    groups = []
    for name, row in COMPARED:
        values = [e.value for e in rows[row].estimates[:GATED]]
        groups.append(Group(name, [100 * value / values[0] if values[0] else 0.0 for value in values]))
    drawn = {"comparison.svg": grouped("Apart is 100", NAMES[:GATED], groups)}
    for n, way in enumerate(NAMES[1:GATED]):
        panels = [Panel(f"{c.name}: {way} beside apart, %", *_bars(found, n, m)) for m, c in enumerate(CLAIMS)]
        drawn[f"comparison-{_slug(way)}.svg"] = tornado(f"What each assumption does: {way}", panels)
    return drawn


def _bars(found: Comparison, way: int, claim: int) -> tuple[float, float, list[Bar]]:
    ends: dict[str, list[float]] = {}
    for swing in found.swings:
        ends.setdefault(swing.figure, []).append(swing.changes[way][claim])
    bars = [Bar(name, low, high) for name, (low, high) in ends.items() if isfinite(low) and isfinite(high)]
    bars.sort(key=lambda bar: -abs(bar.high - bar.low))
    return found.usual[way][claim], CLAIMS[claim].percent, bars[:SHOWN]


def page(found: Comparison, commit: str) -> str:
    """The page, from its answer to what it cannot say; its words are in compared/page.txt."""
    rows = {row.name: row.estimates for row in found.rows}
    sent, law = rows["contacts handed over"][-1].value, rows["  by law"][-1].value
    ways = NAMES[1:GATED]
    return (
        (FOLDER / "page.txt")
        .read_text(encoding="utf-8")
        .format(
            held=_held(found),
            claims=_claims(found),
            counted="; ".join(_beside(rows, n, way, (DIGITAL.name,)) for n, way in enumerate(ways, start=1)),
            beside="; ".join(_beside(rows, n, way, LEFT_OUT) for n, way in enumerate(ways, start=1)),
            consumers=f"{found.trial.consumers:,}",
            days=found.trial.days,
            seed=found.trial.seed,
            commit=commit,
            few=f"{found.smaller.consumers:,}",
            table=_table(found),
            ungated=f"{sent:,.0f}",
            unlawful=f"{law:,.0f}",
            unlawful_percent=f"{100 * law / sent if sent else 0:.0f}",
            draws=len(found.draws),
            shown=SHOWN,
            decisive="\n".join(_decisive(found)),
            tornados="\n\n".join(f"![What each assumption does: {way}](comparison-{_slug(way)}.svg)" for way in ways),
            assumptions=_assumptions(),
        )
    )


def _slug(way: str) -> str:
    return way.replace(" ", "-")


def _held(found: Comparison) -> str:
    held = [
        f"{claim.name} with {way}"
        for n, way in enumerate(NAMES[1:GATED])
        for m, claim in enumerate(CLAIMS)
        if claim.holds(found.changes[n][m].value)
    ]
    return f"only {' and '.join(held)} comes out" if held else "none of the three comes out"


def _claims(found: Comparison) -> str:
    ways = NAMES[1:GATED]
    rows = [_row(["claim", *ways]), _row(["---"] * (1 + len(ways)))]
    for m, claim in enumerate(CLAIMS):
        cells = []
        for n in range(len(ways)):
            change = found.changes[n][m]
            verdict = "**holds**" if claim.holds(change.value) else "does not hold"
            cells.append(f"{shown(change, '%', signed=True)}: {verdict}; in {found.share(n, m):.0f} of 100 draws")
        rows.append(_row([f"{claim.name} {claim.percent:+.0f} %", *cells]))
    return "\n".join(rows)


def _beside(rows: Mapping[str, Sequence[Estimate]], n: int, way: str, names: Sequence[str]) -> str:
    told = []
    for name in names:
        first, other = rows[name][0].value, rows[name][n].value
        told.append(f"{name.strip()} {100 * (other / first - 1) if first else 0:+.0f} %")
    return f"**{way}** {', '.join(told)}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _table(found: Comparison) -> str:
    rows = [_row(["", *NAMES]), _row(["---", *["---:"] * len(NAMES)])]
    rows += [_row([_named(row), *(shown(e, row.unit) for e in row.estimates)]) for row in found.rows if _is_told(row)]
    return "\n".join(rows)


def _assumptions() -> str:
    rows = [_row(["figure", "value (range)", "what it says; source"]), _row(["---"] * 3)]
    return "\n".join([*rows, *(_row([f"`{name}`", value, what]) for name, value, what in described())])


def _is_told(row: Row) -> bool:
    return not row.name.startswith(("  vetoed by", "  deferred by", "contacts requested", "approved"))


def _named(row: Row) -> str:
    return f"&nbsp;&nbsp;{row.name.strip()}" if row.name.startswith("  ") else row.name


def _decisive(found: Comparison) -> list[str]:
    """Which single figures decide whether a claim holds."""
    lines = []
    for n, way in enumerate(NAMES[1:GATED]):
        for m, claim in enumerate(CLAIMS):
            usual = claim.holds(found.usual[n][m])
            names = [
                f"`{s.figure}` at {s.value:g}{_unit(s.figure)} ({s.changes[n][m]:+.0f} %)"
                for s in found.swings
                if isfinite(s.changes[n][m]) and claim.holds(s.changes[n][m]) != usual
            ]
            told = ", ".join(names) or "no single figure"
            verb = "ceases to hold with" if usual else "comes to hold with"
            lines.append(f"- {way}, {claim.name} {claim.percent:+.0f} %: {verb} {told}.")
    return lines


def _unit(name: str) -> str:
    unit = figures()[name].unit
    return f" {unit}" if unit else ""


def written(found: Comparison, commit: str, folder: Path) -> Sequence[Path]:
    """Write page and pictures into a folder."""
    files = {"comparison.md": page(found, commit), **pictures(found)}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in files]
