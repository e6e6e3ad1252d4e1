"""Two cards compared: what differs in them, who would change tier, and how far the scores shift."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa

from graphfraud.score.entries import Card
from graphfraud.score.parts import Floats

BUCKETS: Final = 10
LEAST_SHARE: Final = 1e-4
"""An empty bucket counts as this share, so that the index stays finite."""


@dataclass(frozen=True)
class Trial:
    """What a draft would do to the people of a run; shares 0 to 1."""

    people: int
    tier_moves: dict[str, int]
    decision_moves: dict[str, int]
    moved: list[dict[str, Any]]
    psi: float
    approved: tuple[float, float]
    mean_score: tuple[float | None, float | None]


def differences(old: Card, new: Card) -> list[tuple[str, str, str]]:
    """Entry, what it says in the old card, what in the new one; '-' where it is absent.

    >>> from graphfraud.score.card import read_card
    >>> differences(read_card(None), read_card(None))
    []
    """
    before, after = dict(_flat(_content(old))), dict(_flat(_content(new)))
    names = [*before, *(name for name in after if name not in before)]
    return [
        (name, before.get(name, "-"), after.get(name, "-")) for name in names if before.get(name) != after.get(name)
    ]


def trial(before: pa.Table, after: pa.Table, *, most: int) -> Trial:
    """Compare the scores of the same people by two cards; ``moved`` names at most so many of them, largest first."""
    tiers = _pairs(before, after, "tier")
    decisions = _pairs(before, after, "decision")
    scores = [table.column("score").to_numpy() for table in (before, after)]
    changed = np.flatnonzero([old != new for old, new in tiers])
    order = changed[np.argsort(-np.abs(np.nan_to_num(scores[1] - scores[0]))[changed], kind="stable")][:most]
    ids = before.column("person_id").to_pylist()
    return Trial(
        people=len(ids),
        tier_moves=_counted(tiers),
        decision_moves=_counted(decisions),
        moved=[
            {"person_id": ids[row], "from": tiers[row][0], "to": tiers[row][1], **_scores_at(scores, row)}
            for row in order.tolist()
        ],
        psi=stability(scores[0], scores[1]),
        approved=tuple(float(np.mean([pair[side] == "approve" for pair in decisions])) for side in (0, 1)),  # type: ignore[arg-type]  # two of them
        mean_score=tuple(None if np.isnan(one).all() else float(np.nanmean(one)) for one in scores),  # type: ignore[arg-type]  # likewise
    )


def stability(expected: Floats, actual: Floats) -> float:
    """Population stability index over tenths of the expected scores: below 0.1 little, above 0.25 much has changed.

    >>> stability(np.arange(100.0), np.arange(100.0))
    0.0
    """
    known, now = expected[~np.isnan(expected)], actual[~np.isnan(actual)]
    if not len(known) or not len(now):
        return 0.0
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BUCKETS + 1)[1:-1]))
    shares = [
        np.maximum(
            np.bincount(np.searchsorted(edges, one, side="right"), minlength=len(edges) + 1) / len(one), LEAST_SHARE
        )
        for one in (known, now)
    ]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def _content(card: Card) -> dict[str, Any]:
    return {
        "version": card.label,
        "decision": card.decision,
        "change": card.change,
        "calibration": card.calibration,
        "caps": {cap.part + ": " + ", ".join(cap.features): cap for cap in card.caps},
        "tiers": card.tiers,
        "parts": card.parts,
        "features": card.features,
    }


def _flat(content: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(content, msgspec.Struct):
        content = msgspec.structs.asdict(content)
    if not isinstance(content, dict):
        yield name, str(list(content) if isinstance(content, tuple) else content)
        return
    for key, value in content.items():
        yield from _flat(value, f"{name}.{key}" if name else key)


def _pairs(before: pa.Table, after: pa.Table, name: str) -> list[tuple[str, str]]:
    return list(zip(before.column(name).to_pylist(), after.column(name).to_pylist(), strict=True))


def _counted(pairs: list[tuple[str, str]]) -> dict[str, int]:
    moves = Counter(f"{old} -> {new}" for old, new in pairs if old != new)
    return dict(sorted(moves.items(), key=lambda item: (-item[1], item[0])))


def _scores_at(scores: list[Floats], row: int) -> dict[str, float | None]:
    told = (None if np.isnan(one[row]) else float(one[row]) for one in scores)
    return dict(zip(("score_before", "score_after"), told, strict=True))
