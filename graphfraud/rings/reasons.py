"""Reasons: what moved the score of a group, strongest first, and by how many points of log-odds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from graphfraud.rings import terms
from graphfraud.rings.bond import BONDS
from graphfraud.rings.groups import Floats
from graphfraud.rings.judgement import Judged

REASON: Final = pa.struct([pa.field("code", pa.string()), pa.field("zh", pa.string()), pa.field("en", pa.string())])
SHOWN: Final = 0.3
"""A term that moves the log-odds by less is no reason."""
HOLDING: Final = tuple(code for codes in BONDS.values() for code in codes)
HOLDS: Final = 1 / 3
"""Evidence that holds at least this share of the members is told whatever it weighs."""


@dataclass(frozen=True)
class Reason:
    """One reason as published, and the log-odds by which it moved the score."""

    said: dict[str, str]
    points: float

    @property
    def innocent(self) -> bool:
        """Whether it speaks against a ring."""
        return self.said["code"].startswith("RI-")


def reasons(kept: Judged) -> list[list[Reason]]:
    """What counts for each group, strongest first: terms that move the score and evidence that holds the members."""
    points = kept.model.points(kept.found)
    return [_told(kept, points, number) for number in range(len(kept.groups))]


def _told(kept: Judged, points: Mapping[str, Floats], number: int) -> list[Reason]:
    size = int(kept.groups.size[number])
    shown = []
    for term in terms.TERMS:
        value = float(kept.found[term.code][number])
        moved = round(float(points[term.code][number]), 9)
        if abs(moved) >= SHOWN or (term.code in HOLDING and value >= HOLDS):
            shown.append(Reason(terms.reason(term, value, size), moved))
    return sorted(shown, key=lambda one: (-one.points, one.said["code"]))


def columns(told: Sequence[Sequence[Reason]]) -> dict[str, pa.Array]:
    """The columns ``reasons`` and ``points`` of a table with one list of reasons a row."""
    return {
        "reasons": pa.array([[one.said for one in row] for row in told], pa.list_(REASON)),
        "points": pa.array([[one.points for one in row] for row in told], pa.list_(pa.float64())),
    }
