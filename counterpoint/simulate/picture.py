"""Draws two curves over days as an SVG: no library, no script, no font but the viewer's own."""

from collections.abc import Sequence
from html import escape

from msgspec import Struct

WIDTH, HEIGHT = 420, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 28, 40, 36
COLOURS = ("#0b6e99", "#c2571a")
DASHES = ("", ' stroke-dasharray="6 3"')
"""The second curve is dashed: colour alone says nothing in print, nor to everybody."""


class Panel(Struct, frozen=True):
    """One diagram: what it shows, and a curve for each name."""

    title: str
    curves: Sequence[Sequence[float]]


def picture(names: Sequence[str], panels: Sequence[Panel]) -> str:
    """The whole picture: the panels below each other, so that a telephone shows them large enough, and the names."""
    below = HEIGHT * len(panels)
    tall = below + 28
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {tall}" width="{WIDTH}" '
        f'font-family="sans-serif" font-size="12" fill="#222">',
        f"<title>{escape(' and '.join(names))}: {escape('; '.join(panel.title for panel in panels))}</title>",
        f'<rect width="{WIDTH}" height="{tall}" fill="#fff"/>',
    ]
    for n, panel in enumerate(panels):
        parts += [f'<g transform="translate(0 {n * HEIGHT})">', *_drawn(panel), "</g>"]
    for n, name in enumerate(names):
        x = LEFT + n * 240
        parts.append(f'<path d="M{x} {below + 8}h28" {_stroke(n)}/>')
        parts.append(f'<text x="{x + 36}" y="{below + 12}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _drawn(panel: Panel) -> list[str]:
    days = max(len(curve) for curve in panel.curves)
    top = _round_above(max((max(curve) for curve in panel.curves), default=0.0))
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    lines = [f'<text x="{LEFT}" y="22" font-weight="bold">{escape(panel.title)}</text>']
    for quarter in range(5):
        y = TOP + high * (1 - quarter / 4)
        lines.append(f'<path d="M{LEFT} {y:.1f}h{wide}" stroke="#ddd"/>')
        lines.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{top * quarter / 4:,.0f}</text>')
    for day in sorted({0, days // 2, days}):
        x = LEFT + wide * day / days
        lines.append(f'<text x="{x:.1f}" y="{HEIGHT - 16}" text-anchor="middle">day {day}</text>')
    for n, curve in enumerate(panel.curves):
        points = [(0, 0.0), *enumerate(curve, start=1)]
        path = "L".join(f"{LEFT + wide * day / days:.1f} {TOP + high * (1 - y / top):.1f}" for day, y in points)
        lines.append(f'<path d="M{path}" {_stroke(n)}/>')
    return lines


def _stroke(n: int) -> str:
    return f'fill="none" stroke="{COLOURS[n]}" stroke-width="2"{DASHES[n]}'


def _round_above(value: float) -> float:
    """A round number that is not less: 1, 2, 4 or 8 and noughts, so that its quarters are round too."""
    step = 4.0
    while step < value:
        step *= 2 if str(int(step))[0] in "124" else 1.25
    return step
