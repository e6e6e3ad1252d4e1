"""Lineage: the same ring keeps its id and its first sighting from night to night."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Named:
    """Id of a ring and when it was first seen."""

    ring_id: str
    first_seen_at: int


def named(people: pa.Array, ring: npt.NDArray[np.int32], parents: Parents, *, as_of: int) -> list[Named]:
    """A name for each ring number: its best parent's where Jaccard overlap is at least one half, else a new one.

    ``people`` are the ids and ``ring`` the ring number of each member row. Pairs are matched by falling
    overlap, then by ring id, each side once. A new id is made of the members, so it is the same on every machine.
    """
    rings = int(ring.max(initial=-1)) + 1
    names: list[Named | None] = [None] * rings
    taken: set[int] = set()
    for number, parent in _matches(people, ring, parents, rings):
        if names[number] is None and parent not in taken:
            names[number] = Named(parents.ring_ids[parent], parents.first_seen_at[parent])
            taken.add(parent)
    used = set(parents.ring_ids)
    members = _by_ring(people, ring, rings)
    return [name or Named(_new_id(members[number], as_of, used), as_of) for number, name in enumerate(names)]


def _matches(people: pa.Array, ring: npt.NDArray[np.int32], parents: Parents, rings: int) -> list[tuple[int, int]]:
    """Pairs (ring, parent) with Jaccard at least 1/2, best first; at most one such parent a ring can tie."""
    both = pa.concat_arrays([people.cast(pa.string()), _column(parents.members, "person_id")]).dictionary_encode()
    codes = both.indices.to_numpy()
    place = {ring_id: number for number, ring_id in enumerate(parents.ring_ids)}
    old_ring = np.array([place[ring_id] for ring_id in _column(parents.members, "ring_id").to_pylist()], np.int64)
    if not len(old_ring) or not rings:
        return []
    shape = (len(both.dictionary), max(rings, len(parents.ring_ids)))
    new = coo_array((np.ones(len(ring)), (codes[: len(ring)], ring)), shape=shape).tocsr()
    old = coo_array((np.ones(len(old_ring)), (codes[len(ring) :], old_ring)), shape=shape).tocsr()
    overlap = (new.T @ old).tocoo()
    union = np.bincount(ring, minlength=shape[1])[overlap.row] + np.bincount(old_ring, minlength=shape[1])[overlap.col]
    jaccard = overlap.data / (union - overlap.data)
    order = np.lexsort((overlap.col, overlap.row, -jaccard))
    return [(int(overlap.row[i]), int(overlap.col[i])) for i in order if jaccard[i] >= 0.5]


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
