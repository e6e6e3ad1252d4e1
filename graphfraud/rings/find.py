"""Rings of a snapshot: candidates judged, the best chosen, then kinds, roles, evidence and names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphfraud.rings.evidence import ORDER as EVIDENCE_ORDER
from graphfraud.rings.evidence import evidence, evidence_table, held, strengths
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import NOBODY
from graphfraud.rings.judgement import Judged, judged
from graphfraud.rings.kinds import kinds
from graphfraud.rings.lineage import Named, Parents, lineage_table, named
from graphfraud.rings.model import model
from graphfraud.rings.payments import payment_patterns, payment_rings
from graphfraud.rings.reasons import columns, reasons
from graphfraud.rings.rejected import Rejected, rejected
from graphfraud.rings.roles import ROLES, roles
from graphfraud.rings.terms import values
from graphfraud.schema import TIMESTAMP, Entity
from graphfraud.settings import Settings
from graphfraud.snapshot.graph import Snapshot
from graphfraud.snapshot.links import Links
from graphfraud.snapshot.sharing import Uses


@dataclass(frozen=True, eq=False)
class Rings:
    """The ring tables of a run, and how many candidates were looked at."""

    rings: pa.Table
    members: pa.Table
    evidence: pa.Table
    lineage: pa.Table
    rejected: Rejected
    candidates: int

    @property
    def tables(self) -> dict[str, pa.Table]:
        """Every table by its published name."""
        return {
            "rings": self.rings,
            "ring_members": self.members,
            "ring_evidence": self.evidence,
            "ring_lineage": self.lineage,
            "rejected_groups": self.rejected.groups,
            "rejected_members": self.rejected.members,
        }


def rings(
    snapshot: Snapshot,
    shared: Uses,
    linked: Links,
    *,
    passed_on: npt.NDArray[np.float64],
    parents: Parents,
    settings: Settings,
) -> Rings:
    """Groups that chance and innocence do not explain.

    ``passed_on`` is each person's pass-through share. A candidate is reported when its score is at least
    ``rings.min_score`` and its false-discovery rate at most ``rings.max_q``; where chance could explain its
    ties, it takes ``rings.acted_score`` if most members acted at one time, else ``rings.sure_score``. Nobody is in
    two of these; rings made of payments alone come after them and may have people in common.
    """
    ground = Ground(snapshot, shared, linked, settings)
    found = judged(ground, model(), settings=settings)
    kept = _held(ground, found.reported(settings.rings))
    patterns, left = payment_patterns(ground, kept.groups, kept.score)
    kept = kept.take(left)
    ring = kept.groups.labels
    names = _names(snapshot, ring, parents)
    parts = evidence(ground, ring)
    strength = strengths(parts, ring)
    role = roles(ring, strength, np.nan_to_num(passed_on), snapshot["people"]["registered_at"])
    paid = payment_rings(ground, patterns, names, parents)
    return Rings(
        rings=_both(_ring_table(kept, names), paid.rings, ["ring_id"]),
        members=_both(_member_table(snapshot, ring, names, role, strength), paid.members, ["ring_id", "person_id"]),
        evidence=_both(evidence_table(snapshot, parts, _ring_ids(names)), paid.evidence, EVIDENCE_ORDER),
        lineage=lineage_table([*names, *paid.names], parents),
        rejected=rejected(ground, found, ring != NOBODY),
        candidates=len(found.groups),
    )


def _both(found: pa.Table, paid: pa.Table, order: Sequence[str]) -> pa.Table:
    """The rows of the rings and of the rings made of payments, sorted."""
    return pa.concat_tables([found, paid]).sort_by([(name, "ascending") for name in order])


def _held(ground: Ground, best: Judged) -> Judged:
    """The rings without the members for whom there is no evidence; one too small after that is none."""
    known = held(evidence(ground, best.groups.labels), ground.people)
    core = best.groups.where(known)
    enough = np.flatnonzero(core.size >= ground.settings.rings.min_size)
    kept, groups = best.take(enough), core.take(enough)
    return replace(kept, groups=groups, found=values(ground, groups))


def _names(snapshot: Snapshot, ring: npt.NDArray[np.int32], parents: Parents) -> list[Named]:
    members = np.flatnonzero(ring != NOBODY)
    ids = snapshot.ids[Entity.PERSON].take(pa.array(members))
    return named(ids, ring[members], parents, as_of=snapshot.as_of)


def _ring_table(kept: Judged, names: list[Named]) -> pa.Table:
    table = pa.table(
        {
            "ring_id": _ring_ids(names),
            "size": pa.array(kept.groups.size, pa.int64()),
            "kind": pa.array(kinds(kept.found), pa.string()),
            "score": pa.array(kept.score, pa.float64()),
            "p_value": pa.array(kept.p, pa.float64()),
            "first_seen_at": pa.array([name.first_seen_at for name in names], pa.int64()).cast(TIMESTAMP),
            **columns(reasons(kept)),
            "event": pa.array([name.event for name in names], pa.string()),
        }
    )
    return table.sort_by("ring_id")


def _member_table(
    snapshot: Snapshot,
    ring: npt.NDArray[np.int32],
    names: list[Named],
    role: npt.NDArray[np.int8],
    strength: npt.NDArray[np.float64],
) -> pa.Table:
    members = np.flatnonzero(ring != NOBODY)
    table = pa.table(
        {
            "ring_id": _ring_ids(names).take(pa.array(ring[members])),
            "person_id": snapshot.ids[Entity.PERSON].take(pa.array(members)),
            "role": pa.array(ROLES).take(pa.array(role[members])),
            "score": pa.array(strength[members], pa.float64()),
        }
    )
    return table.sort_by([("ring_id", "ascending"), ("person_id", "ascending")])


def _ring_ids(names: list[Named]) -> pa.Array:
    return pa.array([name.ring_id for name in names], pa.string())
