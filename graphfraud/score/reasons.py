"""Why a score is not higher and which rules fired: at most four reasons, drawn only from what was scored."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graphfraud.score.entries import Card
from graphfraud.score.gate import Facts, Verdict
from graphfraud.score.inputs import INPUTS
from graphfraud.score.parts import Assessed, Flags, Floats, Values
from graphfraud.score.rules import WHOLE_FACTS, Rule

REASON: Final = pa.struct([("code", pa.string()), ("points", pa.float64()), ("zh", pa.string()), ("en", pa.string())])
"""``points`` are points of the total that the person lies below neutral; 0 for a rule of the gate."""
POINT_DECIMALS: Final = 4

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Source:
    """One possible reason: its code, its texts, how its value is written, and the values."""

    code: str
    zh: str
    en: str
    unit: str
    whole: bool
    values: Floats


def reasons(people: Assessed, known: Values, gate: Verdict, facts: Facts, *, refused: Flags) -> pa.ListArray:
    """Up to ``max_reasons`` reasons by person: rules that fired in their order, then the largest losses.

    Small losses are left out, but for those who are ``refused``: they are told the largest, however small.
    Equal losses keep the order of the card. Cost: O(people × features), and one text a distinct value.
    """
    card = people.card
    worth = np.where(refused, 0.0, card.decision.reason_points)
    losses = np.where(people.losses >= worth[:, None], people.losses, 0.0)
    rule_rank = gate.fired * (1000.0 + np.arange(len(gate.rules), 0, -1))  # above any loss, the first rule highest
    chosen = _largest(np.hstack([rule_rank, losses]), card.decision.max_reasons)
    rows, places = np.nonzero(chosen >= 0)
    picked = chosen[rows, places]
    points = np.hstack([np.zeros(gate.fired.shape), losses])[rows, picked]
    entries = _entries(picked, rows, np.round(points, POINT_DECIMALS), _sources(card, known, gate.rules, facts))
    offsets = np.concatenate([[0], np.cumsum((chosen >= 0).sum(axis=1))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), entries)


def _largest(ranks: Floats, count: int) -> Ints:
    """Columns of the largest positive ranks in each row, descending; −1 where there are no more."""
    rows = np.arange(len(ranks))
    chosen = np.full((len(ranks), count), -1, dtype=np.int64)
    for place in range(count):
        best = ranks.argmax(axis=1)
        chosen[:, place] = np.where(ranks[rows, best] > 0, best, -1)
        ranks[rows, best] = 0.0
    return chosen


def _sources(card: Card, known: Values, table: tuple[Rule, ...], facts: Facts) -> list[Source]:
    rules = [
        Source(rule.id, rule.zh, rule.en, "", rule.fact not in WHOLE_FACTS, facts.columns[rule.fact]) for rule in table
    ]
    features = [
        Source(
            entry.reason.code,
            entry.reason.zh,
            entry.reason.en,
            INPUTS[name].unit,
            INPUTS[name].dtype != "float",
            known.of(name),
        )
        for name, entry in card.features.items()
    ]
    return rules + features


def _entries(picked: Ints, rows: Ints, points: Floats, sources: list[Source]) -> pa.StructArray:
    text_of = np.zeros(len(picked), dtype=np.int64)
    codes: list[str] = []
    zh: list[str] = []
    en: list[str] = []
    for column in np.unique(picked):
        source, here = sources[column], picked == column
        distinct, place = np.unique(_rounded(source.values[rows[here]], source), return_inverse=True)
        text_of[here] = len(codes) + place
        written = [_written(value, source) for value in distinct]
        codes += [source.code] * len(written)
        zh += [source.zh.format(value=value) for value in written]
        en += [source.en.format(value=value) for value in written]
    texts = [pa.array(column, pa.string()).take(pa.array(text_of)) for column in (codes, zh, en)]
    return pa.StructArray.from_arrays([texts[0], pa.array(points, pa.float64()), *texts[1:]], fields=list(REASON))


def _rounded(values: Floats, source: Source) -> Floats:
    decimals = {"share": 3, "yuan": 0}.get(source.unit, 0 if source.whole else 2)
    return np.round(values, decimals)


def _written(value: float, source: Source) -> str:
    if source.unit == "share":
        return f"{value * 100:.1f}".removesuffix(".0") + "%"
    if source.unit == "yuan":
        return f"{value:,.0f}"
    return f"{value:.0f}" if source.whole else f"{value:.2f}".rstrip("0").rstrip(".")
