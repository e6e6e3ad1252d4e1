"""The snapshot: one frozen graph in memory, people and things as numbers, relations as columns.

Encodings, the same everywhere: an entity is its number in id order (int32), none
is -1; a time is UTC microseconds (int64), none is :data:`NEVER`; money is fen, a
count is whole (int64), none is -1; a number or share is float64, none is NaN; a
flag is 1, 0 or -1 for unknown; a choice is its place in ``Column.values``, none
is -1; text is its place in ``Snapshot.ids["table.column"]``, none is -1.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.schema import Entity

NEVER: Final = -(2**63)
"""Stands for an unknown time."""

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Relation:
    """The rows of one table known at the as-of; columns of equal length, sorted."""

    name: str
    columns: Mapping[str, Array]

    def __getitem__(self, column: str) -> Array:
        return self.columns[column]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One state of the graph at one as-of, in canonical order.

    ``ids`` gives the opaque id behind each number: of an entity (``Entity.DEVICE``), or of the words of
    a text column (``"devices.model"``). A payer or payee is a party: below ``people`` it is a person,
    from there on a merchant.
    """

    as_of: int
    ids: Mapping[str, pa.Array]
    relations: Mapping[str, Relation]

    def __getitem__(self, relation: str) -> Relation:
        return self.relations[relation]

    def count(self, entity: Entity) -> int:
        """How many of an entity there are."""
        return len(self.ids[entity])

    @property
    def people(self) -> int:
        """How many people are known at the as-of."""
        return self.count(Entity.PERSON)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the as-of, every id and every column: equal digests give equal tables."""
        whole = hashlib.sha256(str(self.as_of).encode())
        for name, ids in sorted(self.ids.items()):
            whole.update(f"{name}:{len(ids)}".encode())
            for buffer in _string_buffers(ids):
                whole.update(buffer)
        for relation_name, relation in sorted(self.relations.items()):
            for name, column in sorted(relation.columns.items()):
                whole.update(f"{relation_name}.{name}:{column.dtype}:{len(column)}".encode())
                whole.update(np.ascontiguousarray(column).data)
        return whole.hexdigest()


def _string_buffers(ids: pa.Array) -> list[memoryview]:
    """Lengths and characters of a string array, free of offsets into a larger buffer."""
    lengths = pc.binary_length(ids).to_numpy(zero_copy_only=False)
    _, offsets, characters = ids.buffers()
    if characters is None or not len(ids):
        return [memoryview(lengths.tobytes())]
    bounds = np.frombuffer(offsets, dtype=np.int32)[ids.offset : ids.offset + len(ids) + 1]
    return [memoryview(lengths.tobytes()), memoryview(characters)[bounds[0] : bounds[-1]]]
