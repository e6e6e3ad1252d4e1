"""Groups of people side by side: candidates may overlap, so membership is rows, not a label a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

NOBODY: Final = -1
"""In place of a group or ring: none."""
Ints = npt.NDArray[np.integer]
Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups over a fixed number of people, one row a group and member, sorted by group, then person.

    ``start`` (groups + 1) bounds the rows of each group; ``family`` says which kind of evidence made it.
    """

    people: int
    start: Rows
    person: npt.NDArray[np.int32]
    family: npt.NDArray[np.int8]

    @classmethod
    def none(cls, people: int) -> "Groups":
        """No group at all."""
        return cls(people, np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int8))

    @classmethod
    def of(cls, people: int, group: Ints, person: Ints, family: int) -> "Groups":
        """Groups from rows in any order, doubles allowed; groups are numbered anew by their smallest members."""
        key = np.unique(group.astype(np.int64) * people + person)
        _, start = np.unique(key // max(people, 1), return_index=True)
        members = (key % max(people, 1)).astype(np.int32)
        bounds = np.r_[start, len(key)].astype(np.int64)
        found = cls(people, bounds, members, np.full(len(start), family, np.int8))
        return found.take(np.argsort(members[start], kind="stable"))

    def __len__(self) -> int:
        return len(self.family)

    @cached_property
    def size(self) -> Rows:
        """Members of each group."""
        return np.diff(self.start)

    @cached_property
    def number(self) -> Rows:
        """Group of each row."""
        return np.repeat(np.arange(len(self), dtype=np.int64), self.size)

    @cached_property
    def _keys(self) -> Rows:
        return self.number * self.people + self.person

    @property
    def labels(self) -> npt.NDArray[np.int32]:
        """Group of each person, or ``NOBODY``; only for groups that do not overlap."""
        answer = np.full(self.people, NOBODY, np.int32)
        answer[self.person] = self.number
        return answer

    def has(self, group: Ints, person: Ints) -> Flags:
        """Whether each person is in the group beside; anything that is no person is in none."""
        if not len(self._keys):
            return np.zeros(len(group), bool)
        place = np.minimum(self.place(group, person), len(self._keys) - 1)
        key = group.astype(np.int64) * self.people + person
        return np.asarray((self._keys[place] == key) & (person >= 0) & (person < self.people))

    def place(self, group: Ints, person: Ints) -> Rows:
        """Row of each member of a group beside; meaningless for who is none."""
        return np.searchsorted(self._keys, group.astype(np.int64) * self.people + person)

    def take(self, chosen: Ints) -> "Groups":
        """The chosen groups, in that order."""
        size = self.size[chosen]
        rows = spans(self.start[chosen], size)
        return Groups(self.people, np.r_[0, np.cumsum(size)].astype(np.int64), self.person[rows], self.family[chosen])

    def sized(self, low: int, high: int) -> "Groups":
        """Groups of at least ``low`` and at most ``high`` members."""
        return self.take(np.flatnonzero((self.size >= low) & (self.size <= high)))

    def where(self, people: Flags) -> "Groups":
        """The groups without the members who are not among some people; some may be empty."""
        keep = people[self.person]
        size = np.bincount(self.number[keep], minlength=len(self))
        return Groups(self.people, np.r_[0, np.cumsum(size)].astype(np.int64), self.person[keep], self.family)

    def mean(self, value: Ints | Floats | Flags) -> Floats:
        """Mean over the members of each group of a value a person."""
        return self.total(value) / np.maximum(self.size, 1)

    def total(self, value: Ints | Floats | Flags) -> Floats:
        """Sum over the members of each group of a value a person."""
        return np.bincount(self.number, weights=value[self.person], minlength=len(self)).astype(np.float64)

    def share(self, group: Ints, person: Ints) -> Floats:
        """Share of each group's members that appear in rows (group, person); doubles count once."""
        key = np.unique(group.astype(np.int64) * max(self.people, 1) + person)
        return np.bincount(key // max(self.people, 1), minlength=len(self)) / np.maximum(self.size, 1)


def together(parts: Sequence[Groups]) -> Groups:
    """All groups of several families, in order."""
    sizes = np.concatenate([part.size for part in parts])
    return Groups(
        people=parts[0].people,
        start=np.r_[0, np.cumsum(sizes)].astype(np.int64),
        person=np.concatenate([part.person for part in parts]),
        family=np.concatenate([part.family for part in parts]),
    )


def spans(start: Ints, length: Ints) -> Rows:
    """Every place of several spans, one after the other.

    >>> spans(np.array([5, 0]), np.array([2, 1])).tolist()
    [5, 6, 0]
    """
    length = length.astype(np.int64)
    before = np.cumsum(length) - length
    return np.repeat(start.astype(np.int64) - before, length) + np.arange(int(length.sum()), dtype=np.int64)


def sets(start: Rows, row: Ints) -> list[frozenset[int]]:
    """What each group or shape holds, as a set; ``start`` bounds its rows.

    >>> [sorted(one) for one in sets(np.array([0, 2, 3]), np.array([4, 1, 4]))]
    [[1, 4], [4]]
    """
    return [frozenset(row[low:high].tolist()) for low, high in pairwise(start.tolist())]


@dataclass(frozen=True, eq=False)
class ByPerson:
    """Where the rows of each person stand in a table."""

    start: Rows
    row: Rows

    @classmethod
    def of(cls, person: Ints, people: int) -> "ByPerson":
        """From a column of people; who is no person (a merchant, nobody) has no rows."""
        known = np.flatnonzero((person >= 0) & (person < people))
        row = known[np.argsort(person[known], kind="stable")]
        counts = np.bincount(person[known], minlength=people)
        return cls(np.r_[0, np.cumsum(counts)].astype(np.int64), row)

    def rows(self, groups: Groups) -> tuple[Rows, Rows]:
        """Group and table row of every row of every member of every group."""
        first = self.start[groups.person]
        length = self.start[groups.person + 1] - first
        return np.repeat(groups.number, length), self.row[spans(first, length)]


def joined(a: Ints, b: Ints, nodes: int, *, directed: bool = False) -> npt.NDArray[np.int32]:
    """Component of each node of a graph (directed: strong component), numbered by its smallest node."""
    matrix = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(nodes, nodes))
    _, labels = connected_components(matrix, directed=directed, connection="strong")
    _, first = np.unique(labels, return_index=True)
    return np.asarray(first[labels], dtype=np.int32)
