"""Lineage: the same ring keeps its id and its first sighting from night to night, and its fate is told."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import coo_array


@dataclass(frozen=True, eq=False)
class Parents:
    """The rings of the parent run: members by ring id, and when each ring was first seen (UTC microseconds)."""

    ring_ids: tuple[str, ...]
    first_seen_at: tuple[int, ...]
    members: pa.Table

    @classmethod
    def none(cls) -> "Parents":
        """No parent run."""
        return cls((), (), pa.table({"ring_id": pa.array([], pa.string()), "person_id": pa.array([], pa.string())}))


LINEAGE: Final = pa.schema(
    {
        "ring_id": pa.string(),
        "event": pa.string(),
        "from_ids": pa.list_(pa.string()),
        "joined": pa.int64(),
        "left": pa.int64(),
    }
)
EVENTS: Final = ("born", "grew", "shrank", "changed", "stayed", "merged", "split", "died")
"""What can become of a ring from one run to the next; ``changed`` is as large as before with other members."""
FED: Final = 0.5
"""A parent feeds a ring with half of its own members, or of the ring's."""


@dataclass(frozen=True)
class Named:
    """Id of a ring, when it was first seen, what became of it, from which rings it comes, who joined and who left."""

    ring_id: str
    first_seen_at: int
    event: str = "born"
    from_ids: tuple[str, ...] = ()
    joined: int = 0
    left: int = 0


def named(people: pa.Array, ring: npt.NDArray[np.int32], parents: Parents, *, as_of: int) -> list[Named]:
    """A name and a fate for each ring number: its best parent's name where the Jaccard index is at least one half.

    ``people`` are the ids and ``ring`` the ring number of each member row. Pairs are matched by falling
    overlap, then by ring id, each side once. A new id is made of the members, so it is the same on every machine.
    """
    rings = int(ring.max(initial=-1)) + 1
    shared = _overlap(people, ring, parents, rings)
    heir = _heirs(shared)
    feeders = _feeders(shared)
    members = _by_ring(people, ring, rings)
    used = set(parents.ring_ids)
    fed = np.array([parent for found in feeders for parent in found], np.int64)
    children = np.bincount(fed, minlength=len(used) + 1)
    names = []
    for number in range(rings):
        parent = heir[number]
        fate = _fate(shared, number, parent, feeders[number], children, parents)
        if parent is None:
            names.append(replace(fate, ring_id=_new_id(members[number], as_of, used), first_seen_at=as_of))
        else:
            seen = parents.first_seen_at[parent]
            names.append(replace(fate, ring_id=parents.ring_ids[parent], first_seen_at=seen))
    return names


def lineage_table(names: Sequence[Named], parents: Parents) -> pa.Table:
    """The table ``ring_lineage``: the fate of every ring of this run, and the rings of the parent run that died."""
    gone = set(parents.ring_ids) - {parent for name in names for parent in (name.ring_id, *name.from_ids)}
    size = Counter(_column(parents.members, "ring_id").to_pylist())
    dead = [Named(ring_id, 0, "died", (ring_id,), 0, size[ring_id]) for ring_id in gone]
    rows = [{name: getattr(one, name) for name in LINEAGE.names} for one in (*names, *dead)]
    return pa.Table.from_pylist(rows, schema=LINEAGE).sort_by("ring_id")


@dataclass(frozen=True, eq=False)
class _Overlap:
    """People in common of ring and parent ring, by pair; and the size of each."""

    ring: npt.NDArray[np.int64]
    parent: npt.NDArray[np.int64]
    common: npt.NDArray[np.int64]
    size: npt.NDArray[np.int64]
    parent_size: npt.NDArray[np.int64]


def _overlap(people: pa.Array, ring: npt.NDArray[np.int32], parents: Parents, rings: int) -> _Overlap:
    both = pa.concat_arrays([people.cast(pa.string()), _column(parents.members, "person_id")]).dictionary_encode()
    codes = both.indices.to_numpy()
    place = {ring_id: number for number, ring_id in enumerate(parents.ring_ids)}
    old_ring = np.array([place[ring_id] for ring_id in _column(parents.members, "ring_id").to_pylist()], np.int64)
    people_count = len(both.dictionary)
    new = coo_array((np.ones(len(ring)), (codes[: len(ring)], ring)), shape=(people_count, rings)).tocsr()
    shape = (people_count, len(parents.ring_ids))
    old = coo_array((np.ones(len(old_ring)), (codes[len(ring) :], old_ring)), shape=shape).tocsr()
    common = (new.T @ old).tocoo()
    return _Overlap(
        ring=common.row.astype(np.int64),
        parent=common.col.astype(np.int64),
        common=common.data.astype(np.int64),
        size=np.bincount(ring, minlength=rings),
        parent_size=np.bincount(old_ring, minlength=len(parents.ring_ids)),
    )


def _heirs(shared: _Overlap) -> list[int | None]:
    """For each ring the parent whose name it takes: Jaccard index at least 1/2, best first, each side once."""
    jaccard = shared.common / (shared.size[shared.ring] + shared.parent_size[shared.parent] - shared.common)
    heir: list[int | None] = [None] * len(shared.size)
    taken: set[int] = set()
    for row in np.lexsort((shared.parent, shared.ring, -jaccard)):
        ring, parent = int(shared.ring[row]), int(shared.parent[row])
        if jaccard[row] >= 0.5 and heir[ring] is None and parent not in taken:
            heir[ring] = parent
            taken.add(parent)
    return heir


def _feeders(shared: _Overlap) -> list[list[int]]:
    """For each ring the parents that gave half of their members to it, or half of its members."""
    lesser = np.minimum(shared.size[shared.ring], shared.parent_size[shared.parent])
    feeds = shared.common >= np.maximum(FED * lesser, 1)
    feeders: list[list[int]] = [[] for _ in range(len(shared.size))]
    for row in np.flatnonzero(feeds):
        feeders[int(shared.ring[row])].append(int(shared.parent[row]))
    return [sorted(found) for found in feeders]


def _fate(
    shared: _Overlap,
    number: int,
    parent: int | None,
    feeders: Sequence[int],
    children: npt.NDArray[np.int64],
    parents: Parents,
) -> Named:
    """What became of one ring, without its name."""
    of_ring = shared.ring == number
    from_ids = tuple(parents.ring_ids[one] for one in feeders)
    kept = int(shared.common[of_ring & np.isin(shared.parent, feeders)].sum())
    joined = int(shared.size[number]) - kept
    left = (
        int(shared.parent_size[parent] - shared.common[of_ring & (shared.parent == parent)].sum())
        if parent is not None
        else 0
    )
    if len(feeders) > 1:
        event = "merged"
    elif any(children[one] > 1 for one in feeders):
        event = "split"
    elif not feeders:
        event = "born"
    else:
        event = _change(joined, left, heir=parent is not None)
    return Named("", 0, event, from_ids, joined, left)


def _change(joined: int, left: int, *, heir: bool) -> str:
    if not heir:
        return "split"
    if joined == left:
        return "changed" if joined else "stayed"
    return "grew" if joined > left else "shrank"


def _column(table: pa.Table, name: str) -> pa.Array:
    chunks = table.column(name).combine_chunks()
    return chunks.cast(pa.string())


def _by_ring(people: pa.Array, ring: npt.NDArray[np.int32], rings: int) -> list[list[str]]:
    members: list[list[str]] = [[] for _ in range(rings)]
    for person, number in zip(people.to_pylist(), ring.tolist(), strict=True):
        members[number].append(person)
    return members


def _new_id(members: Sequence[str], as_of: int, used: set[str]) -> str:
    content = "\0".join([str(as_of), *sorted(members)])
    digest = hashlib.sha256(content.encode()).hexdigest()
    length = next(n for n in range(12, 65) if f"ring-{digest[:n]}" not in used)
    return f"ring-{digest[:length]}"
