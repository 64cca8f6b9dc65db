"""Draws bars as SVG, one panel below the other so that they can be read on a telephone: no library, no script."""

from collections.abc import Sequence
from html import escape

from msgspec import Struct

WIDE, LEFT, RIGHT, ROW = 480, 150, 52, 20
TOP, GAP = 44, 26
LESS, MORE, CLAIMED = "#0b6e99", "#c2571a", "#2e7d32"


class Bar(Struct, frozen=True):
    """A name with a value at either end, of which `low` is that of the figure's lower bound."""

    name: str
    low: float
    high: float


class Panel(Struct, frozen=True):
    """Bars around a value, and a line at what is claimed."""

    title: str
    usual: float
    claimed: float
    bars: Sequence[Bar]


def tornado(title: str, panels: Sequence[Panel]) -> str:
    """What each figure does, the one that does most at the top."""
    heights = [TOP + ROW * len(panel.bars) + GAP for panel in panels]
    tall = sum(heights) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {tall}" width="{WIDE}" '
        f'font-family="sans-serif" font-size="12" fill="#222">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDE}" height="{tall}" fill="#fff"/>',
    ]
    y = 0
    for panel, height in zip(panels, heights, strict=True):
        parts += [f'<g transform="translate(0 {y})">', *_panel(panel), "</g>"]
        y += height
    legend = ((LESS, "lower bound"), (MORE, "upper bound"), (CLAIMED, "what is claimed"))
    for n, (colour, text) in enumerate(legend):
        x = 16 + n * 150
        parts.append(f'<rect x="{x}" y="{tall - 22}" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{x + 18}" y="{tall - 12}">{text}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _panel(panel: Panel) -> list[str]:
    values = [panel.usual, panel.claimed, 0.0, *(v for bar in panel.bars for v in (bar.low, bar.high))]
    least, most = min(values), max(values)
    scale = (WIDE - LEFT - RIGHT) / ((most - least) or 1)

    def x(value: float) -> float:
        return LEFT + (value - least) * scale

    bottom = TOP + ROW * len(panel.bars)
    lines = [f'<text x="16" y="18" font-weight="bold">{escape(panel.title)}</text>']
    marks = [(0.0, "#999", "0"), (panel.claimed, CLAIMED, f"{panel.claimed:+.0f} %")]
    for value, colour, text in marks:
        lines.append(f'<path d="M{x(value):.1f} {TOP - 8}V{bottom}" stroke="{colour}" stroke-width="1.5"/>')
        lines.append(f'<text x="{x(value):.1f}" y="{TOP - 12}" text-anchor="middle" fill="{colour}">{text}</text>')
    for n, bar in enumerate(panel.bars):
        y = TOP + ROW * n
        lines.append(f'<text x="{LEFT - 8}" y="{y + 13}" text-anchor="end">{escape(bar.name)}</text>')
        for value, colour in ((bar.low, LESS), (bar.high, MORE)):
            start, end = sorted((x(value), x(panel.usual)))
            width = max(end - start, 0.5)
            lines.append(f'<rect x="{start:.1f}" y="{y + 3}" width="{width:.1f}" height="{ROW - 7}" fill="{colour}"/>')
    lines.append(f'<path d="M{x(panel.usual):.1f} {TOP - 4}V{bottom}" stroke="#222"/>')
    text = f"{panel.usual:+.0f} % as assumed"
    lines.append(f'<text x="{x(panel.usual):.1f}" y="{bottom + 14}" text-anchor="middle">{text}</text>')
    return lines


class Group(Struct, frozen=True):
    """One measure, in percent of what it is in the first way to work."""

    name: str
    percents: Sequence[float]


def grouped(title: str, ways: Sequence[str], groups: Sequence[Group]) -> str:
    """Measures beside each other; 100 is the first way to work."""
    row = 15
    block = row * len(ways) + 14
    tall = 44 + block * len(groups) + 24 * len(ways)
    most = max(100.0, *(percent for group in groups for percent in group.percents))
    scale = (WIDE - LEFT - RIGHT) / most
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {tall}" width="{WIDE}" '
        f'font-family="sans-serif" font-size="12" fill="#222">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDE}" height="{tall}" fill="#fff"/>',
        f'<text x="16" y="20" font-weight="bold">{escape(title)}</text>',
    ]
    colours = ("#8a8a8a", LESS, MORE)
    for n, group in enumerate(groups):
        top = 34 + n * block
        middle = top + row * len(ways) / 2 + 4
        parts.append(f'<text x="{LEFT - 8}" y="{middle:.1f}" text-anchor="end">{escape(group.name)}</text>')
        for m, percent in enumerate(group.percents):
            y, wide = top + m * row, max(percent * scale, 0.5)
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{wide:.1f}" height="{row - 3}" fill="{colours[m]}"/>')
            parts.append(f'<text x="{LEFT + wide + 4:.1f}" y="{y + 10}" font-size="11">{percent:.0f}</text>')
    for m, way in enumerate(ways):
        y = tall - 24 * (len(ways) - m) + 6
        parts.append(f'<rect x="16" y="{y}" width="12" height="12" fill="{colours[m]}"/>')
        parts.append(f'<text x="34" y="{y + 10}">{escape(way)}</text>')
    return "\n".join([*parts, "</svg>", ""])
