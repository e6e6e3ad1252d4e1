"""A picture of a stress: two loss distributions, as SVG."""

from typing import Final

import numpy as np

from graphfraud.debt.shock import Losses, Stress

WIDTH: Final = 720
HEIGHT: Final = 360
MARGIN: Final = 56
BARS: Final = 40
COLOURS: Final = {"baseline": "#7a8ca3", "shocked": "#c2410c"}


def loss_picture(stress: Stress) -> str:
    """Both loss distributions over one axis of yuan, as the text of an SVG file."""
    top = float(max(stress.baseline.total.max(), stress.shocked.total.max(), 1.0))
    parts = [_bars(stress.baseline, top, "baseline"), _bars(stress.shocked, top, "shocked"), _axis(top)]
    legend = "".join(
        f'<text x="{WIDTH - MARGIN}" y="{24 + 18 * row}" text-anchor="end" fill="{COLOURS[name]}">{words}</text>'
        for row, (name, words) in enumerate(
            (
                ("baseline", f"without: mean {stress.baseline.total.mean():,.0f} yuan"),
                ("shocked", f"with the shock: mean {stress.shocked.total.mean():,.0f} yuan"),
            )
        )
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12" role="img"><title>Loss with and without the shock, share of worlds</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
    )
    return head + "".join(parts) + legend + "</svg>\n"


def _bars(losses: Losses, top: float, name: str) -> str:
    counts, _ = np.histogram(losses.total, bins=BARS, range=(0.0, top))
    wide, high = (WIDTH - 2 * MARGIN) / BARS, HEIGHT - 2 * MARGIN
    tall = counts / max(int(counts.max()), 1) * high
    bars = "".join(
        f'<rect x="{MARGIN + place * wide:.1f}" y="{HEIGHT - MARGIN - size:.1f}" '
        f'width="{wide:.1f}" height="{size:.1f}"/>'
        for place, size in enumerate(tall)
        if size > 0
    )
    return f'<g fill="{COLOURS[name]}" fill-opacity="0.6">{bars}</g>'


def _axis(top: float) -> str:
    line = f'<path d="M{MARGIN} {HEIGHT - MARGIN}H{WIDTH - MARGIN}" stroke="#334155"/>'
    marks = "".join(
        f'<text x="{MARGIN + share * (WIDTH - 2 * MARGIN):.0f}" y="{HEIGHT - MARGIN + 18}" text-anchor="middle">'
        f"{share * top:,.0f}</text>"
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    name = f'<text x="{WIDTH / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">loss in a quarter, yuan</text>'
    return f'<g fill="#334155">{line}{marks}{name}</g>'
