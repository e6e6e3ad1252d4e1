"""Rings made of payments alone: the tables of the patterns, and which of the other rings they leave."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphfraud.rings.contest import winners
from graphfraud.rings.evidence import evidence, evidence_table, strengths
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import Floats, Groups, Rows, sets, together
from graphfraud.rings.lineage import Named, Parents, named
from graphfraud.rings.pattern_reasons import forms, reasons
from graphfraud.rings.patterns import Patterns, layers, patterns
from graphfraud.rings.reasons import columns
from graphfraud.rings.roles import ROLES
from graphfraud.rings.shapes import NONE, SHAPES
from graphfraud.rings.significance import p_values
from graphfraud.rings.terms import values
from graphfraud.schema import TIMESTAMP, Entity

KINDS: Final = {
    "cycle": "transfer_cycle",
    "gather_scatter": "mule_chain",
    "scatter_gather": "mule_chain",
    "stack": "mule_chain",
    "same_sum": "mule_chain",
    "pass_through": "mule_chain",
    "front": "shared_identity",
}
"""What a ring of each form does; of the others the payments do not tell."""
INNOCENT: Final = {"RI-FRIENDS": -4.0, "RI-CHAT": -4.0, "RI-CONTACTS": -2.6, "RI-EMPLOYER": -2.2, "RI-CLEARED": -0.4}
"""Terms that explain payments as well as they explain shared things, and the log-odds that each takes away."""
JOINED: Final = ("stack", "same_sum", "cluster", "island")
"""Shapes that common accounts join, however many rings that are; every other has a form of its own."""
COLLEAGUES: Final = 0.5
"""From this share of the members on whom one employer pays, payments among them are those of colleagues."""


@dataclass(frozen=True, eq=False)
class PaymentRings:
    """Rows for the three ring tables, and the names of the rings."""

    rings: pa.Table
    members: pa.Table
    evidence: pa.Table
    names: list[Named]


def payment_patterns(ground: Ground, known: Groups, score: Floats) -> tuple[Patterns, Rows]:
    """The patterns to tell, and places of the ``known`` rings, of such a score, to tell beside them.

    Where anybody borrows there are no patterns: a lender's people pay each other in too many honest ways for a shape
    alone to accuse them, and the model that judges all evidence together sees their flows as well. Elsewhere a
    known ring gives way to surer patterns of the same people.
    """
    if lends(ground):
        return Patterns.none(ground.snapshot), np.arange(len(known))
    found = patterns(ground, lambda groups: explained(ground, groups))
    centre = np.r_[np.full(len(known), NONE), found.shapes.centre]
    joined = np.r_[np.ones(len(known), bool), np.isin(found.shapes.shape, [SHAPES.index(name) for name in JOINED])]
    paid = [*[frozenset[int]()] * len(known), *sets(found.shapes.start, found.shapes.row)]
    told = winners(together([known, found.groups]), np.r_[score, found.score], centre, joined, paid)
    return found.take(told[told >= len(known)] - len(known)), told[told < len(known)]


def payment_rings(ground: Ground, found: Patterns, names: list[Named], parents: Parents) -> PaymentRings:
    """The patterns beside the rings of other evidence (called ``names``); unlike there, a person may be in two.

    The owner of the account in the middle is the organiser, who receives and pays is a mule.
    """
    called = _names(ground, found.groups, _without(parents, names))
    ids = pa.array([name.ring_id for name in called], pa.string())
    level = layers(found.groups)
    members, rows = [], []
    for layer in range(int(level.max(initial=0)) + 1):
        inside = np.flatnonzero(level == layer)
        label = found.groups.take(inside).labels
        parts = evidence(ground, label)
        rows.append(evidence_table(ground.snapshot, parts, ids.take(pa.array(inside))))
        members.append(_members(ground, found.take(inside), strengths(parts, label), ids.take(pa.array(inside))))
    return PaymentRings(_rings(ground, found, called), pa.concat_tables(members), pa.concat_tables(rows), called)


def lends(ground: Ground) -> bool:
    """Whether the data know of any loan or application."""
    return len(ground.snapshot["loans"]) + len(ground.snapshot["applications"]) > 0


def explained(ground: Ground, groups: Groups) -> Floats:
    """Log-odds that the innocent explanations of other evidence take away: friends, a chat group.

    Payments among colleagues, whom one employer pays, are explained altogether.
    """
    found = values(ground, groups)
    taken = sum((weight * found[code] for code, weight in INNOCENT.items()), np.zeros(len(groups)))
    return np.where(found["RI-EMPLOYER"] >= COLLEAGUES, -np.inf, taken)


def _without(parents: Parents, names: list[Named]) -> Parents:
    """The parent's rings that no ring of this night continues yet."""
    used = {name.ring_id for name in names}
    left = [place for place, ring_id in enumerate(parents.ring_ids) if ring_id not in used]
    kept = pa.array([ring_id not in used for ring_id in parents.members.column("ring_id").to_pylist()], pa.bool_())
    return Parents(
        tuple(parents.ring_ids[place] for place in left),
        tuple(parents.first_seen_at[place] for place in left),
        parents.members.filter(kept),
    )


def _names(ground: Ground, groups: Groups, parents: Parents) -> list[Named]:
    ids = ground.snapshot.ids[Entity.PERSON].take(pa.array(groups.person))
    return named(ids, groups.number.astype(np.int32), parents, as_of=ground.snapshot.as_of)


def _rings(ground: Ground, found: Patterns, names: list[Named]) -> pa.Table:
    return pa.table(
        {
            "ring_id": pa.array([name.ring_id for name in names], pa.string()),
            "size": pa.array(found.groups.size, pa.int64()),
            "kind": pa.array([KINDS.get(form, "unknown") for form in forms(found)], pa.string()),
            "score": pa.array(found.score, pa.float64()),
            "p_value": pa.array(p_values(ground, found.groups), pa.float64()),
            "first_seen_at": pa.array([name.first_seen_at for name in names], pa.int64()).cast(TIMESTAMP),
            **columns(reasons(found)),
            "event": pa.array([name.event for name in names], pa.string()),
        }
    )


def _members(ground: Ground, found: Patterns, strength: Floats, ids: pa.Array) -> pa.Table:
    groups = found.groups
    return pa.table(
        {
            "ring_id": ids.take(pa.array(groups.number)),
            "person_id": ground.snapshot.ids[Entity.PERSON].take(pa.array(groups.person)),
            "role": pa.array(ROLES).take(pa.array(_roles(found))),
            "score": pa.array(strength[groups.person], pa.float64()),
        }
    )


def _roles(found: Patterns) -> npt.NDArray[np.int8]:
    """Role of each row of the groups as a place in :data:`ROLES`."""
    book, shapes, groups = found.ledger, found.shapes, found.groups
    role = np.full(len(groups.person), ROLES.index("member"), np.int8)
    pays = _owners(found, book.source[shapes.row])
    gets = _owners(found, book.target[shapes.row])
    role[np.intersect1d(pays, gets)] = ROLES.index("mule")
    led = np.flatnonzero(shapes.centre != NONE)
    role[groups.place(led, book.owner[shapes.centre[led]])] = ROLES.index("organiser")
    return role


def _owners(found: Patterns, account: npt.NDArray[np.int32]) -> Rows:
    return found.groups.place(found.shapes.number, found.ledger.owner[account])
