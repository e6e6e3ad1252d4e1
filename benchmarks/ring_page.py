"""Writes docs/measured/rings.md and its picture from the rows of benchmarks/rings.py: ``ring_page.py ROWS.json``."""

import json
import sys
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Final

import numpy as np
from rings import HARDNESS, OURS, OURS_BLIND, WORST_LOW, Row, pooled, totals, upper_bound

DOCS: Final = Path(__file__).resolve().parents[1] / "docs" / "measured"
METRICS: Final = {
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "fresh_recall": "recall, nobody known",
    "member_f1": "member F1",
    "false_rings_per_100k": "false rings per 100,000",
    "decoys_flagged": "honest groups flagged",
}
FLOOR: Final = {"medium": (0.92, 0.85, 0.45), "high": (0.92, 0.70, 0.30)}
"""Precision, recall, recall on rings of whom nobody is known."""
COLOURS: Final = {
    OURS: "#d55e00",
    OURS_BLIND: "#e69f00",
    "wcc": "#57606a",
    "leiden": "#0072b2",
    "fraudar": "#cc79a7",
    "pagerank": "#009e73",
    "boosted": "#56b4e9",
    "typed": "#7a5195",
}
WIDTH, SIDE, LEFT, TOP = 960, 330, 60, 50


def main() -> None:
    """Write both."""
    rows = [Row(**row) for row in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))]
    (DOCS / "rings.md").write_text(page(rows), encoding="utf-8")
    (DOCS / "rings.svg").write_text(picture(rows), encoding="utf-8")


def page(rows: Sequence[Row]) -> str:
    """The whole page."""
    parts = [HEAD.format(worlds=_worlds(rows))]
    for hardness in HARDNESS:
        here = [row for row in rows if row.hardness == hardness]
        if here:
            parts += [
                f"## {'Medium' if hardness == 'medium' else 'Hard'} worlds\n",
                quality(hardness, here),
                kinds(here),
            ]
    parts += [PEERS, ratios(rows)]
    if totals(rows):
        parts += ["## Honest groups\n", groups(rows), "\n".join(f"- {line}" for line in pooled(rows)), ""]
    return "\n".join(parts)


def quality(hardness: str, rows: Sequence[Row]) -> str:
    """Worst seed first, the median in brackets; engines by their worst F1, the worst of all last."""
    engines = {row.engine for row in rows if row.metric == "f1"}
    order = sorted(engines, key=lambda one: (-_worst(rows, one, "f1")[0], one))
    lines = [_line(["engine", "seeds", *METRICS.values()]), _line(["---"] * (len(METRICS) + 2))]
    precision, recall, fresh = FLOOR[hardness]
    lines.append(
        _line(
            [
                "*floor*",
                "",
                *(f"*{value:.2f}*" for value in (precision, recall)),
                "",
                f"*{fresh:.2f}*",
                "*.95 (aim)*",
                "*1 (aim)*",
                "*.02*",
            ]
        )
    )
    lines += [
        _line([engine, str(len(_values(rows, engine, "f1"))), *(_shown(rows, engine, metric) for metric in METRICS)])
        for engine in order
    ]
    return "\n".join(lines) + "\n"


def kinds(rows: Sequence[Row]) -> str:
    """Recall by mechanism, the worst first."""
    found: dict[str, list[float]] = {}
    for row in rows:
        if row.engine == OURS and row.metric.startswith("recall:") and row.value is not None:
            found.setdefault(row.metric.removeprefix("recall:"), []).append(row.value)
    if not found:
        return f"Ours was not measured on these worlds yet: {AGAIN}.\n"
    words = [f"{kind} {np.mean(values):.2f}" for kind, values in sorted(found.items(), key=lambda one: np.mean(one[1]))]
    return f"Ours, mean recall by mechanism, worst first: {', '.join(words)}.\n"


def ratios(rows: Sequence[Row]) -> str:
    """False rings of each tuned peer over ours at the recall of the peer's best F1."""
    if not any(row.metric.startswith("false_ratio:") for row in rows):
        return f"Not measured yet: {AGAIN}.\n"
    head = [
        "peer",
        "its false rings",
        "ours",
        "ratio",
        "worst of the worlds",
        "worlds where ours does not reach its recall",
    ]
    lines = [_line(head), _line(["---"] * len(head))]
    for name in sorted({row.metric for row in rows if row.metric.startswith("false_ratio:")}):
        engine = name.removeprefix("false_ratio:")
        mine = [row.value for row in rows if row.metric == f"false_rings_at_recall_of:{engine}"]
        known = [row.value for row in rows if row.metric == name and row.value is not None]
        ours, theirs = sum(value or 0.0 for value in mine), _false(rows, engine)
        shown = [f"{theirs:,.0f}", f"{ours:.0f}", f"{theirs / max(ours, 0.5):,.0f} ×"]
        lines.append(
            _line([engine, *shown, f"{min(known, default=0):.0f} ×", f"{len(mine) - len(known)} of {len(mine)}"])
        )
    return "\n".join(lines) + "\n"


def _false(rows: Sequence[Row], engine: str) -> float:
    """False rings of an engine in all worlds that test."""
    people = {(row.hardness, row.seed): row.value or 0.0 for row in rows if row.metric == "people"}
    return sum(
        (row.value or 0.0) * people[row.hardness, row.seed] / 100_000
        for row in rows
        if row.engine == engine and row.metric == "false_rings_per_100k"
    )


def groups(rows: Sequence[Row]) -> str:
    """Honest groups by kind, highest bound first."""
    total = totals(rows)
    names = [name.removeprefix("decoys:") for name in total if name.startswith("decoys:")]
    bound = {name: upper_bound(total[f"flagged:{name}"], total[f"decoys:{name}"]) for name in names}
    lines = [_line(["kind", "groups", "flagged", "upper 95 % bound"]), _line(["---"] * 4)]
    for name in sorted(names, key=lambda one: (-bound[one], one)):
        counts = f"{total[f'decoys:{name}']:,}", str(total[f"flagged:{name}"])
        lines.append(_line([name, *counts, f"{bound[name]:.1%}"]))
    return "\n".join(lines) + "\n"


def picture(rows: Sequence[Row]) -> str:
    """Precision over recall, one dot a seed, one panel a hardness."""
    inside = "".join(_panel(rows, hardness, LEFT + place * (SIDE + 90)) for place, hardness in enumerate(HARDNESS))
    keys = "".join(
        f'<circle cx="{LEFT + (place % 4) * 215}" cy="{TOP + SIDE + 58 + place // 4 * 24}" r="6" fill="{colour}"/>'
        f'<text x="{LEFT + 12 + (place % 4) * 215}" y="{TOP + SIDE + 63 + place // 4 * 24}">{escape(name)}</text>'
        for place, (name, colour) in enumerate(COLOURS.items())
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {TOP + SIDE + 105}" role="img" '
        'aria-labelledby="title desc" font-family="system-ui, sans-serif" font-size="14">\n'
        '<title id="title">Precision and recall of rings, ours beside six tuned peers</title>\n'
        '<desc id="desc">One dot a test seed. Grey lines are the floor. The figures stand in the tables of the page.</desc>\n'
        "<style>text { fill: #1b1f24; } .axis { stroke: #57606a; fill: none; } .floor { stroke: #9da7b1; "
        "stroke-dasharray: 4 4; } @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } }</style>\n"
        f"{inside}{keys}</svg>\n"
    )


def _panel(rows: Sequence[Row], hardness: str, x: float) -> str:
    precision, recall, _ = FLOOR[hardness]
    name = "medium" if hardness == "medium" else "hard"
    across, up = x + recall * SIDE, TOP + (1 - precision) * SIDE
    parts = [
        f'<rect class="axis" x="{x}" y="{TOP}" width="{SIDE}" height="{SIDE}"/>',
        f'<text x="{x}" y="{TOP - 14}" font-weight="bold">{name} worlds</text>',
        f'<text x="{x + SIDE / 2}" y="{TOP + SIDE + 34}" text-anchor="middle">recall</text>',
        f'<text x="{x - 44}" y="{TOP + SIDE / 2}" transform="rotate(-90 {x - 44} {TOP + SIDE / 2})">precision</text>',
        f'<path class="floor" d="M{across:.1f} {TOP}V{TOP + SIDE}M{x} {up:.1f}H{x + SIDE}"/>',
    ]
    for tick in (0, 0.5, 1):
        parts.append(f'<text x="{x + tick * SIDE}" y="{TOP + SIDE + 18}" text-anchor="middle">{tick}</text>')
        parts.append(f'<text x="{x - 8}" y="{TOP + (1 - tick) * SIDE + 5}" text-anchor="end">{tick}</text>')
    for engine, colour in COLOURS.items():
        for seed in sorted({row.seed for row in rows if row.hardness == hardness and row.engine == engine}):
            at = {
                row.metric: row.value
                for row in rows
                if (row.hardness, row.engine, row.seed) == (hardness, engine, seed)
            }
            if at.get("recall") is not None and at.get("precision") is not None:
                cx, cy = x + at["recall"] * SIDE, TOP + (1 - at["precision"]) * SIDE
                parts.append(f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="5" fill="{colour}" fill-opacity=".8"/>')
    return "\n".join(parts) + "\n"


def _worlds(rows: Sequence[Row]) -> str:
    seeds = sorted({row.seed for row in rows if row.metric == "f1"})
    more = sorted({row.seed for row in rows} - set(seeds))
    people = max(int(row.value or 0) for row in rows if row.metric == "people")
    text = f"{people:,} people each, seeds {', '.join(map(str, seeds))}"
    return text + (f"; for honest groups also {', '.join(map(str, more))}" if more else "")


def _values(rows: Iterable[Row], engine: str, metric: str) -> list[float]:
    return [row.value for row in rows if row.engine == engine and row.metric == metric and row.value is not None]


def _worst(rows: Sequence[Row], engine: str, metric: str) -> tuple[float, float]:
    values = _values(rows, engine, metric)
    return (min if metric in WORST_LOW else max)(values), float(np.median(values))


def _shown(rows: Sequence[Row], engine: str, metric: str) -> str:
    worst, median = _worst(rows, engine, metric)
    return f"{worst:,.0f} ({median:,.0f})" if metric == "false_rings_per_100k" else f"{worst:.2f} ({median:.2f})"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


AGAIN: Final = "`python benchmarks/rings.py --people 20000 --ours-only --json docs/measured/rings.json`"
HEAD: Final = """# Rings, measured

After reading this page you know how many rings the night finds, how many it invents, and what other methods do on the
same worlds. Written by `python benchmarks/ring_page.py ROWS.json` from the rows of

    python benchmarks/rings.py --people 20000 --json ROWS.json

which stand in `rings.json` beside this page. Worlds: {worlds}. A reported ring found a true one when their Jaccard index is at least one half, one to one; it is
false when at most a fifth of its members belong to true rings; an honest group is flagged when half of its members
are in reported rings. Every cell: the worst seed, in brackets the median. Every peer is tuned for its best F1 on seed
300, a world that tests nobody; "untuned" is its usual setting. The boosted table learned from the truth of seed 300.

The worlds differ in kind from seed to seed: ring sizes, pace, volumes, which traces a ring leaves, lost columns,
missing tables, label coverage, wrongly accused people. Beside each ring stand three (medium) or four (hard) honest
dense groups of nineteen kinds, among them shops that refund, platforms that pay out, savings clubs whose money goes
round, relatives who vouch and sometimes fail, helpers who apply for others and take a fee, sign-up drives. In hard
worlds half of the ties of ring members are camouflage and 30 % of identifiers and shared things were never recorded.
They are worlds of our own making all the same.

![Precision and recall, one dot a seed](rings.svg)
"""
PEERS: Final = """## Peers at their best, false rings beside ours

How many times more false rings a tuned peer reports than ours at the recall of the peer's best F1 (ours cut off by
score; ours without a false ring counts as half of one), over all worlds together and in the worst. Target: at least
10. In worlds of 20,000 people boosted and PageRank report few false rings or none, and little else; where they report
none, ours does not either.

FRAUDAR is our own implementation after the paper (Hooi et al. 2016): the one in UGFraud calls `.A` of SciPy's matrices,
which current SciPy no longer has. `wcc` follows Neo4j's first-party fraud demonstration (components over shared
identifiers), `typed` is typed evidence with a null model and Leiden, without labels.
"""

if __name__ == "__main__":
    main()
