"""A picture of the fairness figures: each group's shares with their intervals, as SVG."""

import math
from collections.abc import Mapping
from html import escape
from typing import Any, Final

from graphfraud.publish.fairness import FLAGS

WIDTH: Final = 980
MINORS: Final = "under 18"
ROW: Final = 20
NAMES: Final = 230
PANEL: Final = 170
GAP: Final = 14
TOP: Final = 56
COLOURS: Final = {"approved": "#15803d", "reviewed": "#b45309", "declined": "#b91c1c", "in_ring": "#6d28d9"}
TITLES: Final = {"approved": "approved", "reviewed": "reviewed", "declined": "declined", "in_ring": "in a ring"}


def fairness_picture(found: Mapping[str, Any]) -> str:
    """Dots with whiskers (95 %), a row a group and a panel a share; each panel spans what it shows.

    Minors, whom a rule declines, are left out.
    """
    rows = [(kind, name, one) for kind, groups in found.items() for name, one in groups.items() if name != MINORS]
    height = TOP + ROW * (len(rows) + len(found)) + 30
    spans = [_span([one["intervals"][flag] for _, _, one in rows]) for flag in FLAGS]
    parts, y, before = [], TOP, ""
    for grouping, name, one in rows:
        if grouping != before:
            parts.append(_words(8, y + 13, grouping.replace("_", " "), weight="bold"))
            y, before = y + ROW, grouping
        mark = " (reference)" if one["reference"] else ""
        parts.append(_words(18, y + 13, f"{name}{mark}, {one['people']:,}".replace("_", " ")))
        parts += [_whisker(place, flag, one, (y, spans[place])) for place, flag in enumerate(FLAGS)]
        y += ROW
    heads = [_head(place, flag, spans[place], y) for place, flag in enumerate(FLAGS)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
        'font-size="12" role="img"><title>Shares of people approved, reviewed, declined and in a ring, by group, '
        f'with 95 % intervals</title><rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
        f"{''.join(heads)}{''.join(parts)}</svg>\n"
    )


def _span(intervals: list[list[float]]) -> tuple[float, float]:
    """From the tenth under the lowest end to the highest end."""
    low = math.floor(10 * min((one[0] for one in intervals), default=0.0)) / 10
    return low, max((one[1] for one in intervals), default=1.0)


def _left(place: int) -> float:
    return NAMES + place * (PANEL + GAP)


def _words(x: float, y: float, text: str, *, weight: str = "normal", anchor: str = "start") -> str:
    told = f'font-weight="{weight}" text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="#1e293b" {told}>{escape(text)}</text>'


def _head(place: int, flag: str, span: tuple[float, float], bottom: int) -> str:
    left = _left(place)
    line = f'<path d="M{left:.1f} {TOP - 6}V{bottom}M{left:.1f} {bottom}H{left + PANEL:.1f}" stroke="#94a3b8"/>'
    marks = _words(left, bottom + 16, f"{span[0]:.0%}") + _words(
        left + PANEL, bottom + 16, f"{span[1]:.1%}", anchor="end"
    )
    return line + marks + _words(left, TOP - 18, TITLES[flag], weight="bold")


def _whisker(place: int, flag: str, one: Mapping[str, Any], where: tuple[int, tuple[float, float]]) -> str:
    y, (first, last) = where
    ends = (*one["intervals"][flag], one[flag])
    low, high, dot = (_left(place) + PANEL * (end - first) / ((last - first) or 1.0) for end in ends)
    colour, middle = COLOURS[flag], y + 9
    line = f'<path d="M{low:.1f} {middle}H{high:.1f}" stroke="{colour}" stroke-width="2"/>'
    return f'{line}<circle cx="{dot:.1f}" cy="{middle}" r="3.5" fill="{colour}"/>'
