"""Trees: boosted trees as arrays, their sum for many rows, and what each term adds to the sum of one row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import factorial
from pathlib import Path
from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from graphfraud.rings.groups import Floats, Rows

LEAF: Final = -1
Nodes = tuple[npt.NDArray[np.int16], Floats, npt.NDArray[np.int32], npt.NDArray[np.int32], Floats]
COLUMNS: Final = ("tree", "term", "threshold", "left", "right", "value")


@dataclass(frozen=True, eq=False)
class Trees:
    """Nodes of all trees, parents before children; a row goes left where its value is at most the threshold.

    ``term`` is a place in ``codes`` or ``LEAF``; ``left`` and ``right`` are places in the nodes; ``root`` is the
    first node of each tree.
    """

    codes: tuple[str, ...]
    root: Rows
    term: npt.NDArray[np.int16]
    threshold: Floats
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    value: Floats

    @classmethod
    def of(cls, codes: Sequence[str], table: pa.Table) -> "Trees":
        """From a table with the columns :data:`COLUMNS`; the term of a leaf is empty.

        Raises:
            KeyError: a term is none of ``codes``.
        """
        place = {code: number for number, code in enumerate(codes)} | {"": LEAF, None: LEAF}
        tree = table["tree"].to_numpy()
        return cls(
            codes=tuple(codes),
            root=np.flatnonzero(np.r_[True, tree[1:] != tree[:-1]][: len(tree)]),
            term=np.array([place[code] for code in table["term"].to_pylist()], np.int16),
            threshold=table["threshold"].to_numpy().astype(np.float64),
            left=table["left"].to_numpy().astype(np.int32),
            right=table["right"].to_numpy().astype(np.int32),
            value=table["value"].to_numpy().astype(np.float64),
        )

    @classmethod
    def steps(cls, steps: Mapping[str, float], *, constant: float = 0.0) -> "Trees":
        """One step a term, in the middle between 0 and 1, and a constant.

        >>> Trees.steps({"RG-DEVICE": 2.0}, constant=-3.0).total({"RG-DEVICE": np.array([0.0, 1.0])}).tolist()
        [-3.0, -1.0]
        """
        rows = [(0, "", 0.0, 0, 0, constant)]
        for number, (code, step) in enumerate(steps.items(), start=1):
            first = len(rows)
            rows += [(number, code, 0.5, first + 1, first + 2, 0.0)]
            rows += [(number, "", 0.0, 0, 0, 0.0), (number, "", 0.0, 0, 0, step)]
        return cls.of(list(steps), pa.table(dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))))

    def table(self) -> pa.Table:
        """All nodes with the columns :data:`COLUMNS`."""
        tree = np.cumsum(np.isin(np.arange(len(self.term)), self.root)) - 1
        code = [self.codes[place] if place != LEAF else "" for place in self.term.tolist()]
        columns = (tree, code, self.threshold, self.left, self.right, self.value)
        return pa.table(dict(zip(COLUMNS, columns, strict=True)))

    def total(self, found: Mapping[str, Floats]) -> Floats:
        """Sum of all trees for each row of the terms. Cost: rows times trees times their depth."""
        rows = self._stacked(found)
        return _total(rows, self.root, self._nodes)

    def added(self, found: Mapping[str, Floats]) -> Floats:
        """What each term (columns) adds to the sum of each row, against a row of nothing but zeros.

        Shapley values with that one reference (Lundberg et al. 2020): they add up to the difference of the two
        sums, and where the trees never fall with a term, its share is never negative.
        """
        rows = self._stacked(found)
        return _added(rows, self.root, self._nodes, self._shares)

    @cached_property
    def nothing(self) -> float:
        """The sum for a row of zeros."""
        return float(self.total({code: np.zeros(1) for code in self.codes})[0])

    @cached_property
    def _shares(self) -> Floats:
        """Shapley's weight of a term among ``i`` that stand as in the row and ``j`` that stand as in nothing.

        There are as many as the longest way from a root to a leaf has steps.
        """
        depth = np.zeros(len(self.term), np.int64)
        for node in np.flatnonzero(self.term != LEAF):  # children stand below their parents
            depth[[self.left[node], self.right[node]]] = depth[node] + 1
        most = range(int(depth.max(initial=0)) + 1)
        return np.array([[factorial(i) * factorial(j) / factorial(i + j + 1) for j in most] for i in most])

    @property
    def _nodes(self) -> Nodes:
        return self.term, self.threshold, self.left, self.right, self.value

    def _stacked(self, found: Mapping[str, Floats]) -> Floats:
        return np.ascontiguousarray(np.stack([found[code] for code in self.codes], axis=1), np.float64)


def read_trees(codes: Sequence[str], path: Path) -> Trees:
    """The trees of a file with the columns :data:`COLUMNS`.

    Raises:
        KeyError: the file has a term that is none of ``codes``.
    """
    kept = csv.ConvertOptions(column_types={"term": pa.string(), "threshold": pa.float64(), "value": pa.float64()})
    return Trees.of(codes, csv.read_csv(path, convert_options=kept))


@nb.njit(cache=True, nogil=True)
def _total(rows: npt.NDArray[np.float64], root: Rows, nodes: Nodes) -> npt.NDArray[np.float64]:
    term, threshold, left, right, value = nodes
    total = np.zeros(len(rows))
    for row in range(len(rows)):
        for first in root:
            node = first
            while term[node] != LEAF:
                node = left[node] if rows[row, term[node]] <= threshold[node] else right[node]
            total[row] += value[node]
    return total


@nb.njit(cache=True, nogil=True)
def _added(
    rows: npt.NDArray[np.float64], root: Rows, nodes: Nodes, shares: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Every leaf that the row's values for some terms, zeros for the others, reach: shared among those terms."""
    added = np.zeros(rows.shape)
    way, own = np.empty(len(shares), np.int64), np.empty(len(shares), np.bool_)
    waiting = np.empty((len(shares), 2), np.int64)
    for row in range(len(rows)):
        for first in root:
            waiting[0, 0], waiting[0, 1] = first, 0
            left = 1
            while left:
                left -= 1
                node, depth = waiting[left, 0], waiting[left, 1]
                if depth:
                    own[depth - 1] = False
                node, depth, left = _down(rows[row], (node, depth, left), (way, own), waiting, nodes)
                _share(added[row], nodes[4][node], way[:depth], own[:depth], shares)
    return added


@nb.njit(cache=True, nogil=True)
def _down(
    row: npt.NDArray[np.float64],
    place: tuple[int, int, int],
    decided: tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]],
    waiting: npt.NDArray[np.int64],
    nodes: Nodes,
) -> tuple[int, int, int]:
    """The leaf on the row's own way; where zero would go another way for a term not decided yet, that way waits."""
    node, depth, left = place
    way, own = decided
    term, threshold, lower, upper, _ = nodes
    while term[node] != LEAF:
        mine = lower[node] if row[term[node]] <= threshold[node] else upper[node]
        none = lower[node] if threshold[node] >= 0.0 else upper[node]
        step = 0
        while step < depth and way[step] != term[node]:
            step += 1
        if mine != none and step == depth:
            way[depth], own[depth] = term[node], True
            depth += 1
            waiting[left, 0], waiting[left, 1] = none, depth
            left += 1
        node = int(mine if step == depth or own[step] else none)
    return node, depth, left


@nb.njit(cache=True, nogil=True)
def _share(
    added: npt.NDArray[np.float64],
    value: float,
    way: npt.NDArray[np.int64],
    own: npt.NDArray[np.bool_],
    shares: npt.NDArray[np.float64],
) -> None:
    """What a leaf is worth to each term on its way, for those that stand as in the row and against the others."""
    with_row = own.sum()
    without = len(own) - with_row
    for step in range(len(own)):
        if own[step]:
            added[way[step]] += value * shares[with_row - 1, without]
        else:
            added[way[step]] -= value * shares[with_row, without - 1]
