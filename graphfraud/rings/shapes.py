"""Shapes: what payments can be drawn as, and the transfers of each one found (Altman et al. 2023, AMLworld)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.rings.groups import Flags, Ints, Rows, spans
from graphfraud.rings.ledger import Ledger

SHAPES: Final = (
    "cycle",
    "fan_in",
    "fan_out",
    "gather_scatter",
    "scatter_gather",
    "stack",
    "bipartite",
    "pass_through",
    "front",
    "repeated",
    "same_sum",
    "cluster",
    "island",
)
"""Every shape; a found one holds its place here.

``cycle``: money comes back to where it began. ``fan_in``, ``fan_out``: many pay one, one pays many, in a
burst. ``gather_scatter``: one collects from many, then pays many. ``scatter_gather``: one pays many who all
pay one. ``stack``: a chain of nearly equal payments. ``bipartite``: several payers share several payees.
``pass_through``: many pay on to one what had just come to them. ``front``:
people who share things pay one account. ``repeated``: one pays few again and again,
large sums. ``same_sum``: a rare amount travels on unchanged. ``cluster``: payments out of the
ordinary that common accounts join. ``island``: accounts that deal with nobody else.
"""
NONE: Final = -1


def pairs(one: Ints, other: Ints) -> tuple[Rows, Rows]:
    """Distinct pairs of numbers from 0 on, sorted."""
    width = int(other.max(initial=0)) + 1
    key = np.unique(one.astype(np.int64) * width + other)
    return key // width, key % width


@dataclass(frozen=True, eq=False)
class Shapes:
    """Found shapes side by side: the transfers of each (rows of the ledger), its kind, its centre or ``NONE``."""

    start: Rows
    row: Rows
    shape: npt.NDArray[np.int8]
    centre: npt.NDArray[np.int32]

    @classmethod
    def none(cls) -> "Shapes":
        """No shape at all."""
        return cls(np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int8), np.zeros(0, np.int32))

    @classmethod
    def of(cls, shape: str, number: Ints, row: Ints, centre: Ints | None = None) -> "Shapes":
        """Shapes of one kind from pairs (number, transfer) in any order, doubles allowed; ``centre`` by number."""
        every, rows = pairs(number, row)
        numbers, start = np.unique(every, return_index=True)
        middle = np.full(len(numbers), NONE) if centre is None else centre[numbers]
        bounds = np.r_[start, len(rows)].astype(np.int64)
        kind = np.full(len(numbers), SHAPES.index(shape), np.int8)
        return cls(bounds, rows, kind, middle.astype(np.int32))

    def __len__(self) -> int:
        return len(self.shape)

    @cached_property
    def size(self) -> Rows:
        """Transfers of each shape."""
        return np.diff(self.start)

    @cached_property
    def number(self) -> Rows:
        """Shape of each row."""
        return np.repeat(np.arange(len(self), dtype=np.int64), self.size)

    def take(self, chosen: Ints) -> "Shapes":
        """The chosen shapes, in that order."""
        size = self.size[chosen]
        rows = self.row[spans(self.start[chosen], size)]
        return Shapes(np.r_[0, np.cumsum(size)].astype(np.int64), rows, self.shape[chosen], self.centre[chosen])

    def only(self, kept: Flags) -> "Shapes":
        """The shapes for which a flag is set."""
        return self.take(np.flatnonzero(kept))

    def accounts(self, ledger: Ledger) -> tuple[Rows, Rows]:
        """Pairs (shape, account) of the accounts that stand in each shape, each once, sorted."""
        both = np.concatenate([ledger.source[self.row], ledger.target[self.row]]).astype(np.int64)
        key = np.unique(np.tile(self.number, 2) * max(ledger.accounts, 1) + both)
        return key // max(ledger.accounts, 1), key % max(ledger.accounts, 1)


def together(parts: Sequence[Shapes]) -> Shapes:
    """All shapes of several kinds, in order."""
    sizes = np.concatenate([part.size for part in parts])
    return Shapes(
        np.r_[0, np.cumsum(sizes)].astype(np.int64),
        np.concatenate([part.row for part in parts]),
        np.concatenate([part.shape for part in parts]),
        np.concatenate([part.centre for part in parts]),
    )


def distinct(shapes: Shapes) -> Shapes:
    """Each set of transfers once a kind."""
    words = np.random.Generator(np.random.PCG64(0)).integers(1, 2**63, int(shapes.row.max(initial=0)) + 1, np.uint64)
    mixed = words[shapes.row]
    sums = np.add.reduceat(mixed, shapes.start[:-1]) if len(shapes) else mixed
    order = np.lexsort((np.arange(len(shapes)), sums, shapes.size, shapes.shape))
    same = np.r_[
        False,
        (sums[order][1:] == sums[order][:-1])
        & (shapes.size[order][1:] == shapes.size[order][:-1])
        & (shapes.shape[order][1:] == shapes.shape[order][:-1]),
    ][: len(order)]
    return shapes.take(np.sort(order[~same]))
