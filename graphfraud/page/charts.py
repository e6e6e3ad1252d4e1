"""Options of the charts that are no network: bars, the score taken apart, a timeline."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from graphfraud.page.picture import COLOURS, MEMBER
from graphfraud.page.words import word

TEXT: Final = {"color": "#1f2933"}
WEIGHTS: Final[Mapping[str, float]] = {"social": 25.0, "payment": 40.0, "credit": 20.0, "device": 15.0}
"""Share of each part in the score, percent; a part without a file passes its weight to the others."""
PART_COLOURS: Final = {
    "social": "#56b4e9",
    "payment": "#0072b2",
    "credit": "#e69f00",
    "device": "#009e73",
    "total": "#1f2933",
}


def bars(names: Sequence[str], values: Sequence[float], *, colour: str = COLOURS["Person"]) -> dict[str, Any]:
    """One bar a name, the first on top, each with its value."""
    return {
        "animation": False,
        "grid": {"left": 8, "right": 56, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "show": False},
        "yAxis": {"type": "category", "inverse": True, "data": list(names), "axisLabel": TEXT, "axisTick": {"show": False}},
        "series": [
            {
                "type": "bar",
                "data": list(values),
                "barMaxWidth": 18,
                "itemStyle": {"color": colour, "borderRadius": 3},
                "label": {"show": True, "position": "right"} | TEXT,
            }
        ],
    }  # fmt: skip


def contributions(score: Mapping[str, Any]) -> list[tuple[str, float, float, float]]:
    """Name, the part's own score, its weight in percent, and its points of the total, for each part with a file.

    >>> contributions({"score": 50.0, "social": None, "payment": 50.0, "credit": 50.0, "device": 50.0})[0]
    ('payment', 50.0, 53.3, 26.67)
    """
    present = {name: float(score[name]) for name in WEIGHTS if score.get(name) is not None}
    whole = sum(WEIGHTS[name] for name in present) or 1.0
    return [
        (name, value, round(100 * WEIGHTS[name] / whole, 1), round(value * WEIGHTS[name] / whole, 2))
        for name, value in present.items()
    ]


def waterfall(score: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The parts one on another, up to the total."""
    parts = contributions(score)
    starts, base = [], 0.0
    for *_, points in parts:
        starts.append(round(base, 2))
        base += points
    names = [*(name for name, *_ in parts), "total"]
    drawn = [{"value": points, "itemStyle": {"color": PART_COLOURS[name]}} for name, _, _, points in parts]
    total = round(float(score["score"]), 2)
    return {
        "animation": False,
        "grid": {"left": 8, "right": 16, "top": 24, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": [word(name, language) for name in names], "axisLabel": TEXT | {"interval": 0}},
        "yAxis": {"type": "value", "max": 100, "axisLabel": TEXT},
        "series": [
            {"type": "bar", "stack": "s", "silent": True, "itemStyle": {"color": "transparent"}, "data": [*starts, 0]},
            {
                "type": "bar",
                "stack": "s",
                "barMaxWidth": 64,
                "data": [*drawn, {"value": total, "itemStyle": {"color": PART_COLOURS["total"]}}],
                "label": {"show": True, "position": "top"} | TEXT,
            },
        ],
    }  # fmt: skip


def timeline(rows: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """Points in time, one line for each kind; rows of time, kind, and what stands beside a point."""
    kinds = list(dict.fromkeys(kind for _, kind, _ in rows))
    return {
        "animation": False,
        "tooltip": {},
        "grid": {"left": 8, "right": 24, "top": 12, "bottom": 48, "containLabel": True},
        "dataZoom": [{"type": "slider", "height": 18, "bottom": 6}],
        "xAxis": {"type": "time", "axisLabel": TEXT},
        "yAxis": {"type": "category", "data": kinds, "axisLabel": TEXT, "inverse": True},
        "series": [
            {
                "type": "scatter",
                "symbolSize": 9,
                "itemStyle": {"color": MEMBER, "opacity": 0.75},
                "data": [{"value": [at, kind], "name": name} for at, kind, name in rows],
            }
        ],
    }  # fmt: skip
