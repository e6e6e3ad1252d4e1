"""Cycles: money that comes back, in time order, to the account where it began."""

from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt

from graphfraud.rings.ledger import Columns, Ledger
from graphfraud.rings.shapes import Shapes
from graphfraud.settings import DAY_US

CYCLE_DAYS: Final = 7
"""A cycle in time order closes within so many days."""
LONGEST: Final = 6
WIDEST: Final = 8
"""For candidates only so many payments are followed at each step, the earliest: who pays all day has no cycle."""


def cycles(ledger: Ledger) -> Shapes:
    """Cycles of three to six accounts."""
    start, row = temporal(ledger.columns, CYCLE_DAYS * DAY_US, LONGEST, WIDEST)
    length = np.diff(start)
    number = np.repeat(np.arange(len(length)), length)
    keep = length[number] >= 3
    return Shapes.of("cycle", number[keep], row[keep])


@nb.njit(cache=True)
def temporal(
    book: Columns, window: int, longest: int, widest: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Every cycle of two to ``longest`` transfers through accounts of different owners.

    Each transfer is later than the one before, the last within ``window`` of the first. Returns the bounds and
    rows of the cycles, each beginning with its first transfer. At each step at most ``widest`` payments are
    followed, the earliest ones; with no fewer than any account makes, the count is exact (Kumar and Calders
    2018 count the same). Cost: the paths of up to ``longest - 1`` transfers within the window.
    """
    bounds = [0]
    rows = [0]
    rows.pop()
    path = np.empty(longest, np.int64)
    place = np.empty(longest, np.int64)
    limit = np.empty(longest, np.int64)
    for first in range(len(book.source)):
        latest = book.at[first] + window
        path[0] = first
        depth = 1
        place[1], limit[1] = _after(book, first, widest)
        while depth > 0:
            if place[depth] >= limit[depth] or book.at[book.paid[place[depth]]] > latest:
                depth -= 1
                continue
            path[depth] = book.paid[place[depth]]
            place[depth] += 1
            if book.target[path[depth]] == book.source[first]:
                rows.extend(path[: depth + 1])
                bounds.append(len(rows))
            elif depth + 1 < longest and not _met(book, path[: depth + 1]):
                depth += 1
                place[depth], limit[depth] = _after(book, path[depth - 1], widest)
    return np.array(bounds, np.int64), np.array(rows, np.int64)


@nb.njit(cache=True)
def _met(book: Columns, path: npt.NDArray[np.int64]) -> bool:
    """Whether the owner at the end of a path was on it before."""
    last = book.owner[book.target[path[-1]]]
    met = last == book.owner[book.source[path[0]]]
    for step in path[:-1]:
        met = met or book.owner[book.target[step]] == last
    return bool(met)


@nb.njit(cache=True)
def _after(book: Columns, transfer: int, widest: int) -> tuple[int, int]:
    """Places of the payments that the payee of a transfer makes after it."""
    account = book.target[transfer]
    low, high = book.paid_start[account], book.paid_start[account + 1]
    while low < high:
        middle = (low + high) // 2
        if book.at[book.paid[middle]] > book.at[transfer]:
            high = middle
        else:
            low = middle + 1
    return low, min(low + widest, book.paid_start[account + 1])
