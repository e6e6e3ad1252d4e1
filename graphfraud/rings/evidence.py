"""Evidence: every thing that members share and everything that passed between them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphfraud.rings.candidates import NOBODY
from graphfraud.schema import ENTITY_LABELS, IDENTIFIER_KINDS, IDENTIFIER_LABELS, Entity
from graphfraud.settings import LinkSettings
from graphfraud.snapshot.graph import NEVER, Snapshot
from graphfraud.snapshot.links import rarity
from graphfraud.snapshot.sharing import THING_TYPES, Uses, user_counts

RELATIONSHIP: Final = (*(IDENTIFIER_LABELS[kind][0] for kind in IDENTIFIER_KINDS), "USED_DEVICE", "USED_IP")
TARGET_LABEL: Final = (
    *(IDENTIFIER_LABELS[kind][1] for kind in IDENTIFIER_KINDS),
    ENTITY_LABELS[Entity.DEVICE],
    ENTITY_LABELS[Entity.IP],
)
BETWEEN: Final = (
    ("friendships", "person_id", "friend_id", "since", "FRIEND_OF"),
    ("contacts", "person_id", "contact_id", "at", "LISTS_CONTACT"),
    ("guarantees", "guarantor_id", "person_id", "at", "GUARANTEES"),
    ("payments", "payer_id", "payee_id", "at", "PAID"),
)
"""Relations between two people: table, columns, time and relationship type."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Rows of evidence, by ring number; a null time is ``NEVER``."""

    ring: npt.NDArray[np.int32]
    source: pa.Array
    relationship: pa.Array
    target: pa.Array
    target_label: pa.Array
    weight: npt.NDArray[np.float64]
    at: npt.NDArray[np.int64]


def shared_things(
    snapshot: Snapshot, shared: Uses, group: npt.NDArray[np.int32], *, settings: LinkSettings
) -> Evidence:
    """Things that at least two members use; the weight is type weight times rarity, 0 for a hub."""
    member = group[shared.person]
    inside = np.flatnonzero(member != NOBODY)
    key = shared.thing[inside] * (int(group.max(initial=0)) + 1) + member[inside]
    _, place, users = np.unique(key, return_inverse=True, return_counts=True)
    rows = inside[users[place] > 1]
    weights = np.array([settings.type_weights.of(name) for name in THING_TYPES])
    weight = weights[shared.type[rows]] * rarity(shared, snapshot.people)[rows]
    weight = np.where(user_counts(shared)[rows] <= settings.hub_limit, weight, 0.0)
    kind = pa.array(shared.type[rows].astype(np.int32))
    return Evidence(
        ring=member[rows],
        source=snapshot.ids[Entity.PERSON].take(pa.array(shared.person[rows])),
        relationship=pa.array(RELATIONSHIP).take(kind),
        target=_thing_ids(snapshot).take(pa.array(shared.thing[rows])),
        target_label=pa.array(TARGET_LABEL).take(kind),
        weight=weight,
        at=np.where(shared.first_at[rows] == NEVER, NEVER, shared.first_at[rows]),
    )


def between_members(snapshot: Snapshot, group: npt.NDArray[np.int32]) -> list[Evidence]:
    """Friendships, contacts, guarantees and payments between two members; the last of each pair and kind."""
    return [_between(snapshot, group, *relation) for relation in BETWEEN]


def _between(snapshot: Snapshot, group: npt.NDArray[np.int32], table: str, first: str, *words: str) -> Evidence:
    second, time, relationship = words
    rows = snapshot[table]
    a, b, at = rows[first], rows[second], rows[time]
    people = (a >= 0) & (b >= 0) & (a < snapshot.people) & (b < snapshot.people) & (a != b)
    a, b, at = a[people], b[people], at[people]
    inside = (group[a] == group[b]) & (group[a] != NOBODY)
    a, b, at = a[inside], b[inside], at[inside]
    order = np.lexsort((at, b, a))
    last = order[np.r_[(a[order][1:] != a[order][:-1]) | (b[order][1:] != b[order][:-1]), True][: len(order)]]
    ids = snapshot.ids[Entity.PERSON]
    return Evidence(
        ring=group[a[last]],
        source=ids.take(pa.array(a[last])),
        relationship=pa.array([relationship] * len(last), pa.string()),
        target=ids.take(pa.array(b[last])),
        target_label=pa.array([ENTITY_LABELS[Entity.PERSON]] * len(last), pa.string()),
        weight=np.zeros(len(last)),
        at=at[last],
    )


def _thing_ids(snapshot: Snapshot) -> pa.Array:
    """Ids of all things in the order of their numbers; an identifier's digest without its kind."""
    digests = pa.compute.replace_substring_regex(snapshot.ids[Entity.IDENTIFIER], "^[a-z_]+:", "")
    return pa.concat_arrays([digests, snapshot.ids[Entity.DEVICE], snapshot.ids[Entity.IP]])
