"""Evidence: every thing that members share and everything that passed between them or one shop."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import NOBODY, Flags, Floats, Ints, Rows
from graphfraud.schema import ENTITY_LABELS, IDENTIFIER_KINDS, IDENTIFIER_LABELS, TIMESTAMP, Entity
from graphfraud.settings import LinkSettings
from graphfraud.snapshot.graph import NEVER, Snapshot
from graphfraud.snapshot.links import rarity
from graphfraud.snapshot.sharing import THING_TYPES, Uses, user_counts
from graphfraud.snapshot.ties import CONTACT, FRIEND, GUARANTEE, PAYMENT

RELATIONSHIP: Final = (*(IDENTIFIER_LABELS[kind][0] for kind in IDENTIFIER_KINDS), "USED_DEVICE", "USED_IP")
TARGET_LABEL: Final = (
    *(IDENTIFIER_LABELS[kind][1] for kind in IDENTIFIER_KINDS),
    ENTITY_LABELS[Entity.DEVICE],
    ENTITY_LABELS[Entity.IP],
)
PERSON: Final = ENTITY_LABELS[Entity.PERSON]
MERCHANT: Final = ENTITY_LABELS[Entity.MERCHANT]
ORDER: Final = ("ring_id", "source_id", "relationship", "target_id", "target_label", "at")
"""Columns by which the evidence is sorted."""
Ring = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Evidence:
    """Rows of one relationship, by ring number: from a member to a person, thing or shop; no time is ``NEVER``."""

    relationship: str
    target_label: str
    ring: Ring
    source: Ints
    target: Ints
    weight: Floats
    at: Rows


def evidence(ground: Ground, ring: Ring) -> list[Evidence]:
    """All evidence of all rings. Weights: of a thing type weight times rarity (0 for a hub), of a tie its kind's.

    A payment that is part of a flow weighs its surprise more.
    """
    things = _things(ground.used, ring, ground.people, ground.settings.links)
    return [*things, *_ties(ground, ring), _shops(ground, ring)]


def held(parts: list[Evidence], people: int) -> Flags:
    """Who stands in any row of evidence."""
    marks = np.zeros(people, bool)
    for part in parts:
        marks[part.source] = True
        if part.target_label == PERSON:
            marks[part.target] = True
    return marks


def strengths(parts: list[Evidence], ring: Ring) -> Floats:
    """Weight of each member's evidence, from 0 to 1 against the ring's strongest member."""
    strength = np.zeros(len(ring))
    for part in parts:
        strength += np.bincount(part.source, part.weight, len(ring))
        if part.target_label == PERSON:
            strength += np.bincount(part.target, part.weight, len(ring))
    most = np.zeros(int(ring.max(initial=NOBODY)) + 2)
    np.maximum.at(most, ring, strength)
    return np.asarray(np.divide(strength, most[ring], out=np.zeros(len(ring)), where=most[ring] > 0))


def evidence_table(snapshot: Snapshot, parts: list[Evidence], ring_ids: pa.Array) -> pa.Table:
    """The table ``ring_evidence``, sorted."""
    table = pa.concat_tables([_rows(snapshot, part, ring_ids) for part in parts])
    return table.sort_by([(name, "ascending") for name in ORDER])


def _things(shared: Uses, ring: Ring, people: int, settings: LinkSettings) -> list[Evidence]:
    """Things that at least two members use; who applied with one used it."""
    member = ring[shared.person]
    inside = np.flatnonzero(member != NOBODY)
    key = shared.thing[inside] * (int(ring.max(initial=0)) + 1) + member[inside]
    _, place, users = np.unique(key, return_inverse=True, return_counts=True)
    rows = inside[users[place] > 1]
    weights = np.array([settings.type_weights.of(name) for name in THING_TYPES])
    weight = weights[shared.type[rows]] * rarity(shared, people)[rows]
    weight = np.where(user_counts(shared)[rows] <= settings.hub_limit, weight, 0.0)
    parts = []
    for kind in range(len(THING_TYPES)):
        of_kind = np.flatnonzero(shared.type[rows] == kind)
        use = rows[of_kind]
        parts.append(
            Evidence(
                relationship=RELATIONSHIP[kind],
                target_label=TARGET_LABEL[kind],
                ring=member[use],
                source=shared.person[use],
                target=shared.thing[use],
                weight=weight[of_kind],
                at=shared.first_at[use],
            )
        )
    return parts


def _ties(ground: Ground, ring: Ring) -> list[Evidence]:
    """Friendships, contacts, guarantees and payments between two members; the last of each pair and kind."""
    friends, contacts = ground.snapshot["friendships"], ground.snapshot["contacts"]
    sent, given = ground.flows.transfers, ground.promises
    rare = np.zeros(len(sent))
    for side in (ground.flows.came, ground.flows.went):
        np.maximum.at(rare, side, ground.flows.surprise)
    friend, contact, promise = (
        np.full(len(rows), weight) for rows, weight in ((friends, FRIEND), (contacts, CONTACT), (given, GUARANTEE))
    )
    return [
        _once("FRIEND_OF", ring, (friends["person_id"], friends["friend_id"]), friend, friends["since"]),
        _once("LISTS_CONTACT", ring, (contacts["person_id"], contacts["contact_id"]), contact, contacts["at"]),
        _once("GUARANTEES", ring, (given.guarantor, given.debtor), promise, given.at),
        _once("PAID", ring, (sent.payer, sent.payee), PAYMENT + rare, sent.at),
    ]


def _shops(ground: Ground, ring: Ring) -> Evidence:
    """Members' payments to a shop that gave money back, where it did so to two members at least."""
    back = ground.returns
    member = ring[back.person]
    inside = np.flatnonzero(member != NOBODY)
    pairs = np.unique(np.stack([member[inside], back.organisation[inside], back.person[inside]]), axis=1)
    shops, count = np.unique(pairs[:2], axis=1, return_counts=True)
    width = int(back.organisation.max(initial=0)) + 1
    common = np.isin(member.astype(np.int64) * width + back.organisation, (shops[0] * width + shops[1])[count > 1])
    rows = np.flatnonzero(common & (member != NOBODY))
    weight = np.full(len(rows), GUARANTEE)
    person, shop, at = back.person[rows], back.organisation[rows], back.at[rows]
    order = np.lexsort((at, shop, person))
    last = order[_last(person[order], shop[order])]
    place = shop[last] - ground.people
    return Evidence("PAID", MERCHANT, member[rows][last], person[last], place, weight[last], at[last])


def _once(relationship: str, ring: Ring, pair: tuple[Ints, Ints], weight: Floats, at: Rows) -> Evidence:
    """Rows between two members: of each pair the last time and the largest weight."""
    a, b = pair
    known = np.flatnonzero((a >= 0) & (b >= 0) & (a < len(ring)) & (b < len(ring)) & (a != b))
    inside = known[(ring[a[known]] == ring[b[known]]) & (ring[a[known]] != NOBODY)]
    order = inside[np.lexsort((at[inside], b[inside], a[inside]))]
    last = order[_last(a[order], b[order])]
    best = np.zeros(len(last))
    if len(order):
        best = np.maximum.reduceat(weight[order], np.r_[0, np.flatnonzero(_last(a[order], b[order]))[:-1] + 1])
    return Evidence(relationship, PERSON, ring[a[last]], a[last], b[last], best, at[last])


def _last(a: Ints, b: Ints) -> npt.NDArray[np.bool_]:
    """Last row of each pair in a sorted list."""
    return np.asarray(np.r_[(a[1:] != a[:-1]) | (b[1:] != b[:-1]), True][: len(a)])


def _rows(snapshot: Snapshot, part: Evidence, ring_ids: pa.Array) -> pa.Table:
    rows = len(part.ring)
    return pa.table(
        {
            "ring_id": ring_ids.take(pa.array(part.ring)),
            "source_id": snapshot.ids[Entity.PERSON].take(pa.array(part.source)),
            "source_label": pa.array([PERSON] * rows, pa.string()),
            "relationship": pa.array([part.relationship] * rows, pa.string()),
            "target_id": _targets(snapshot, part.target_label).take(pa.array(part.target)),
            "target_label": pa.array([part.target_label] * rows, pa.string()),
            "weight": pa.array(part.weight, pa.float64()),
            "at": pa.array(part.at, pa.int64(), mask=part.at == NEVER).cast(TIMESTAMP),
        }
    )


def _targets(snapshot: Snapshot, label: str) -> pa.Array:
    """Ids behind the target numbers; an identifier's digest without its kind."""
    if label == PERSON:
        return snapshot.ids[Entity.PERSON]
    if label == MERCHANT:
        return snapshot.ids[Entity.MERCHANT]
    digests = pc.replace_substring_regex(snapshot.ids[Entity.IDENTIFIER], "^[a-z_]+:", "")
    return pa.concat_arrays([digests, snapshot.ids[Entity.DEVICE], snapshot.ids[Entity.IP]])
