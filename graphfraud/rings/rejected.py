"""Rejected groups: dense beyond chance and yet no ring, each with the innocent explanation that was found for it."""

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pyarrow as pa

from graphfraud.rings.bond import bond
from graphfraud.rings.families import FAMILIES
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import Flags
from graphfraud.rings.judgement import Judged
from graphfraud.rings.reasons import Reason, columns, reasons
from graphfraud.rings.selection import greedy
from graphfraud.rings.significance import p_values, q_values
from graphfraud.schema import Entity
from graphfraud.snapshot.graph import Snapshot

HELD: Final = 0.5
"""A group is dense when one kind of evidence holds so many of its members."""
TOO_LITTLE: Final = Reason(
    {
        "code": "RI-TOO-LITTLE",
        "zh": "除共用之外，没有足够迹象表明是团伙",
        "en": "beside what they share, too little speaks for a ring",
    },
    0.0,
)
"""Told where nothing innocent is known about a group either."""


@dataclass(frozen=True, eq=False)
class Rejected:
    """The two tables of rejected groups."""

    groups: pa.Table
    members: pa.Table


def rejected(ground: Ground, found: Judged, reported: Flags) -> Rejected:
    """Dense groups of people who are in no reported ring, none of them twice: the least likely by chance first.

    ``reported`` marks the people of reported rings. Cost: the p-value of every dense candidate.
    """
    rows = np.flatnonzero((bond(found.found)[1] >= HELD) & (found.groups.mean(reported) == 0.0))
    dense = found.take(rows)
    p = p_values(ground, dense.groups)
    kept = greedy(dense.groups, -np.log(np.maximum(p, 1e-300)), q_values(p) <= ground.settings.rings.max_q)
    return _tables(ground.snapshot, dense.take(kept), p[kept])


def _tables(snapshot: Snapshot, kept: Judged, p: np.ndarray) -> Rejected:
    groups, people = kept.groups, snapshot.ids[Entity.PERSON].take(pa.array(kept.groups.person)).cast(pa.string())
    bounds = groups.start.tolist()
    ids = [_group_id(people[a:b]) for a, b in pairwise(bounds)]
    told = [_explained(one) for one in reasons(kept)]
    table = pa.table(
        {
            "group_id": pa.array(ids, pa.string()),
            "size": pa.array(groups.size, pa.int64()),
            "family": pa.array([FAMILIES[number] for number in groups.family], pa.string()),
            "score": pa.array(kept.score, pa.float64()),
            "odds": pa.array(kept.odds, pa.float64()),
            "p_value": pa.array(p, pa.float64()),
            **columns(told),
        }
    )
    members = pa.table({"group_id": pa.array(ids, pa.string()).take(pa.array(groups.number)), "person_id": people})
    order = [("group_id", "ascending"), ("person_id", "ascending")]
    return Rejected(table.sort_by("group_id"), members.sort_by(order))


def _explained(told: list[Reason]) -> list[Reason]:
    """The reasons of a group, what explains it innocently first, and never without that."""
    innocent = [reason for reason in reversed(told) if reason.innocent and reason.points < 0]
    return [*(innocent or [TOO_LITTLE]), *(reason for reason in told if reason not in innocent)]


def _group_id(members: pa.Array) -> str:
    digest = hashlib.sha256("\0".join(sorted(members.to_pylist())).encode()).hexdigest()
    return f"group-{digest[:16]}"
