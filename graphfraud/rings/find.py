"""Rings of a snapshot: candidates, significance, terms, kinds, roles, evidence and names."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphfraud.rings import terms
from graphfraud.rings.candidates import NOBODY, candidates
from graphfraud.rings.evidence import Evidence, between_members, shared_things
from graphfraud.rings.lineage import Named, Parents, named
from graphfraud.rings.roles import ROLES, roles, strengths
from graphfraud.rings.significance import p_values, q_values, surplus
from graphfraud.schema import ENTITY_LABELS, Entity
from graphfraud.settings import Settings
from graphfraud.snapshot.graph import NEVER, Snapshot
from graphfraud.snapshot.links import Links, guarded
from graphfraud.snapshot.sharing import Uses

KINDS: Final = (
    "device_farm",
    "shared_identity",
    "loan_agent",
    "cash_out",
    "mule_chain",
    "transfer_cycle",
    "guarantee_circle",
    "account_resale",
    "promotion_abuse",
    "unknown",
)
REASON: Final = pa.struct([pa.field("code", pa.string()), pa.field("zh", pa.string()), pa.field("en", pa.string())])
_TIME: Final = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, eq=False)
class Rings:
    """The three ring tables of a run, and how many candidates were looked at."""

    rings: pa.Table
    members: pa.Table
    evidence: pa.Table
    candidates: int


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

    ``passed_on`` is each person's pass-through share. A candidate is reported when its false-discovery rate
    is at most ``rings.max_q`` and its score at least ``rings.min_score``.
    """
    strong = guarded(linked, min_weight=settings.rings.min_pair_weight)
    group = candidates(strong, settings=settings.rings, seed=settings.seed)
    looked_at = int(group.max(initial=NOBODY)) + 1
    p = p_values(surplus(shared, group, hub_limit=settings.links.hub_limit), people=snapshot.people)
    found = terms.values(snapshot, shared, linked, group) if looked_at else {}
    score = terms.scores(found) if looked_at else np.zeros(0)
    reported = np.flatnonzero((q_values(p) <= settings.rings.max_q) & (score >= settings.rings.min_score))
    ring = _renumbered(group, reported)
    judged = {code: share[reported] for code, share in found.items()}
    names = _names(snapshot, ring, parents)
    strength = strengths(linked, ring)
    role = roles(ring, strength, np.nan_to_num(passed_on), snapshot["people"]["registered_at"])
    things = shared_things(snapshot, shared, ring, settings=settings.links)
    return Rings(
        rings=_ring_table(ring, names, score[reported], p[reported], judged),
        members=_member_table(snapshot, ring, names, role, strength),
        evidence=_evidence_table(names, [things, *between_members(snapshot, ring)]),
        candidates=looked_at,
    )


def _renumbered(group: npt.NDArray[np.int32], kept: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    number = np.full(int(group.max(initial=NOBODY)) + 2, NOBODY, np.int32)
    number[kept] = np.arange(len(kept), dtype=np.int32)
    return number[group]


def _names(snapshot: Snapshot, ring: npt.NDArray[np.int32], parents: Parents) -> list[Named]:
    members = np.flatnonzero(ring != NOBODY)
    ids = snapshot.ids[Entity.PERSON].take(pa.array(members))
    return named(ids, ring[members], parents, as_of=snapshot.as_of)


def _kind(judged: dict[str, terms.Shares]) -> list[str]:
    """What most members share decides; with neither a kind of its own, unknown."""
    if not judged:
        return []
    device, identity = judged["RG-DEVICE"], judged["RG-IDENTITY"]
    places = np.select([(identity >= 0.5) & (identity >= device), device >= 0.5], [1, 0], len(KINDS) - 1)
    return [KINDS[place] for place in places]


def _reasons(judged: dict[str, terms.Shares], number: int) -> list[dict[str, str]]:
    """Terms that count, strongest first: what speaks for the ring, then what speaks against."""
    shown = [term for term in terms.TERMS if abs(term.weight * judged[term.code][number]) >= 0.2]
    shown.sort(key=lambda term: (-term.weight * float(judged[term.code][number]), term.code))
    return [{"code": term.code, "zh": term.zh, "en": term.en.format(share=judged[term.code][number])} for term in shown]


def _ring_table(
    ring: npt.NDArray[np.int32],
    names: list[Named],
    score: npt.NDArray[np.float64],
    p: npt.NDArray[np.float64],
    judged: dict[str, terms.Shares],
) -> pa.Table:
    table = pa.table(
        {
            "ring_id": pa.array([name.ring_id for name in names], pa.string()),
            "size": pa.array(np.bincount(ring[ring != NOBODY], minlength=len(names)), pa.int64()),
            "kind": pa.array(_kind(judged), pa.string()),
            "score": pa.array(score, pa.float64()),
            "p_value": pa.array(p, pa.float64()),
            "first_seen_at": pa.array([name.first_seen_at for name in names], pa.int64()).cast(_TIME),
            "reasons": pa.array([_reasons(judged, number) for number in range(len(names))], pa.list_(REASON)),
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


def _evidence_table(names: list[Named], parts: list[Evidence]) -> pa.Table:
    at = np.concatenate([part.at for part in parts])
    rows = sum(len(part.ring) for part in parts)
    table = pa.table(
        {
            "ring_id": pa.concat_arrays([_ring_ids(names).take(pa.array(part.ring)) for part in parts]),
            "source_id": pa.concat_arrays([part.source for part in parts]),
            "source_label": pa.array([ENTITY_LABELS[Entity.PERSON]] * rows, pa.string()),
            "relationship": pa.concat_arrays([part.relationship for part in parts]),
            "target_id": pa.concat_arrays([part.target for part in parts]),
            "target_label": pa.concat_arrays([part.target_label for part in parts]),
            "weight": np.concatenate([part.weight for part in parts]),
            "at": pa.array(at, pa.int64(), mask=at == NEVER).cast(_TIME),
        }
    )
    return table.sort_by([(name, "ascending") for name in table.column_names if name not in ("source_label", "weight")])


def _ring_ids(names: list[Named]) -> pa.Array:
    return pa.array([name.ring_id for name in names], pa.string())
