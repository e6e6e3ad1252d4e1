"""Boosted trees: a sum of shallow trees on binned columns, for what a sum over single columns cannot say.

Newton boosting with histograms (Friedman 2001; Chen and Guestrin 2016). Sums run in the order of the rows and the
first of equal splits is taken: the same rows give the same trees on any number of threads.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8]

ROUNDS: Final = 120
PACE: Final = 0.08
"""Of what a tree would correct, the share that is taken."""
DEPTH: Final = 3
BINS: Final = 32
LEAST: Final = 4.0
"""Rows of a leaf, each weighing at most a quarter: p (1 - p)."""
RIDGE: Final = 2.0
MOST_ROWS: Final = 30_000
"""So many rows are enough for shallow trees; of more, every second or every third is read."""


@dataclass(frozen=True, eq=False)
class Trees:
    """A constant and trees that ask whether a column lies above an edge.

    Node ``k`` of tree ``t`` asks column ``column[t, k]`` for bins above ``bin[t, k]``, and leads to node ``2k + 1``
    if not, to ``2k + 2`` if so; ``leaf`` is in log-odds.
    """

    edges: tuple[Floats, ...]
    middle: Floats
    constant: float
    column: Ints
    bin: Ints
    leaf: Floats

    @classmethod
    def fit(cls, rows: Floats, outcome: Floats) -> "Trees":
        """Trees that foretell outcomes 0 and 1. Cost: O(trees × depth × rows × columns)."""
        step = -(-len(rows) // MOST_ROWS) or 1
        rows, outcome = rows[::step], outcome[::step]
        seen = ~np.isnan(rows)
        middle = np.where(seen, rows, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
        edges = tuple(_edges(column) for column in np.where(seen, rows, middle).T)
        constant = float(logit(np.clip(outcome.mean(), 1e-6, 1.0 - 1e-6)))
        none = np.zeros((0, 2**DEPTH - 1), np.int64)
        bare = cls(edges, middle, constant, none, none, np.zeros((0, 2**DEPTH)))
        return bare if not rows.shape[1] else replace(bare, **bare._grown(rows, outcome))

    def _grown(self, rows: Floats, outcome: Floats) -> dict[str, Any]:
        """Columns, bins and leaves of the trees, each of which corrects those before it."""
        codes, log_odds = self.codes(rows), np.full(len(rows), self.constant)
        grown = []
        for _ in range(ROUNDS):
            chance = expit(log_odds)
            column, bin_, leaf = _tree(codes, outcome - chance, chance * (1.0 - chance))
            grown.append((column, bin_, leaf))
            log_odds = log_odds + _summed(codes, column[None], bin_[None], leaf[None])
        return {
            name: np.stack(parts)
            for name, parts in zip(("column", "bin", "leaf"), zip(*grown, strict=True), strict=True)
        }

    def codes(self, rows: Floats) -> Codes:
        """The bin of each value; what is unknown counts as the mean."""
        known = np.where(np.isnan(rows), self.middle, rows)
        found = np.zeros(rows.shape, np.uint8)
        for place, edges in enumerate(self.edges):
            found[:, place] = np.searchsorted(edges, known[:, place], side="left")
        return found

    def log_odds(self, rows: Floats) -> Floats:
        """Log-odds of rows."""
        return np.asarray(self.constant + _summed(self.codes(rows), self.column, self.bin, self.leaf))


def _edges(column: Floats) -> Floats:
    """Values above which a bin ends: quantiles of what was seen, without the last value."""
    values = np.unique(column)
    if len(values) > BINS:
        values = np.unique(np.quantile(column, np.linspace(0, 1, BINS + 1), method="lower"))
    return np.asarray(values[:-1][: BINS - 1], np.float64)


@nb.njit(cache=True)
def _tree(
    codes: npt.NDArray[np.uint8], slope: npt.NDArray[np.float64], bend: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """One tree, level by level; a node that no split improves sends all rows to its first child."""
    rows, columns = codes.shape
    node = np.zeros(rows, np.int64)
    column, bin_ = np.zeros(2**DEPTH - 1, np.int64), np.full(2**DEPTH - 1, BINS, np.int64)
    sums = np.zeros((2**DEPTH, columns, BINS, 2))
    for level in range(DEPTH):
        first, count = 2**level - 1, 2**level
        sums[:count] = 0.0
        for i in range(rows):
            for c in range(columns):
                sums[node[i] - first, c, codes[i, c], 0] += slope[i]
                sums[node[i] - first, c, codes[i, c], 1] += bend[i]
        for k in range(count):
            column[first + k], bin_[first + k] = _split(sums[k])
        for i in range(rows):
            k = node[i]
            node[i] = 2 * k + 1 + (codes[i, column[k]] > bin_[k])
    leaf = np.zeros((2**DEPTH, 2))
    for i in range(rows):
        leaf[node[i] - (2**DEPTH - 1), 0] += slope[i]
        leaf[node[i] - (2**DEPTH - 1), 1] += bend[i]
    return column, bin_, PACE * leaf[:, 0] / (leaf[:, 1] + RIDGE)


@nb.njit(cache=True)
def _split(sums: npt.NDArray[np.float64]) -> tuple[int, int]:
    """The column and bin that lower the loss of a node most, the first of equals."""
    columns = len(sums)
    best, column, bin_ = 1e-9, 0, BINS
    whole = sums[0].sum(axis=0) if columns else np.zeros(2)
    before = whole[0] ** 2 / (whole[1] + RIDGE)
    for c in range(columns):
        low = np.zeros(2)
        for b in range(BINS - 1):
            low += sums[c, b]
            if low[1] < LEAST or whole[1] - low[1] < LEAST:
                continue
            gain = low[0] ** 2 / (low[1] + RIDGE) + (whole[0] - low[0]) ** 2 / (whole[1] - low[1] + RIDGE) - before
            if gain > best:
                best, column, bin_ = gain, c, b
    return column, bin_


@nb.njit(cache=True)
def _summed(
    codes: npt.NDArray[np.uint8],
    column: npt.NDArray[np.int64],
    bin_: npt.NDArray[np.int64],
    leaf: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    found = np.zeros(len(codes))
    for i in range(len(codes)):
        for t in range(len(leaf)):
            k = 0
            for _ in range(DEPTH):
                k = 2 * k + 1 + (codes[i, column[t, k]] > bin_[t, k])
            found[i] += leaf[t, k - (2**DEPTH - 1)]
    return found
