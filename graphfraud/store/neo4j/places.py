"""Which node of a label has one of the server's own ids."""

from typing import Final

import numpy as np
import numpy.typing as npt

_DENSE: Final = 64
"""Up to so many ids for each node there is are looked up in a plain array."""
_SMALL: Final = 1_000

Ids = npt.NDArray[np.int64]


class Places:
    """Finds the rows of a label's nodes by ids, each of which one node has.

    Ids that lie close together are looked up in an array, others in an order.

    >>> Places(np.array([7, 3])).rows(np.array([3, 4, 7, 99])).tolist()
    [1, -1, 0, -1]
    """

    def __init__(self, places: Ids) -> None:
        highest = int(places.max(initial=-1))
        self._order: Ids | None = None
        if highest < _DENSE * max(len(places), _SMALL):
            self._table = np.full(highest + 2, -1, np.int32)  # the last entry stands for every id beyond
            self._table[places] = np.arange(len(places), dtype=np.int32)
        else:
            self._order = np.argsort(places)
            self._sorted = places[self._order]

    def rows(self, asked: Ids) -> Ids:
        """The row of each id, -1 where no node of this label has it."""
        if self._order is None:
            return self._table[np.minimum(asked, len(self._table) - 1)].astype(np.int64)
        found = np.minimum(np.searchsorted(self._sorted, asked), len(self._sorted) - 1)
        return np.where(self._sorted[found] == asked, self._order[found], -1)
