"""Links: pairs of people tied by rare things that both used at overlapping times.

A thing ties its users by the weight of its type times its rarity, the share of
the possible information ``log2(people / users) / log2(people)`` (inverse document
frequency, Sparck Jones 1972). A hub, a thing with more users than the limit,
ties nobody: a café's address says nothing about its guests.
"""

from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graphfraud.settings import DAY_US, LinkSettings
from graphfraud.snapshot.graph import Snapshot
from graphfraud.snapshot.sharing import THING_TYPES, Uses, user_counts

SLACK_US = 7 * DAY_US
"""Two uses of a thing this far apart still overlap: nobody logs in every hour."""


@dataclass(frozen=True, eq=False)
class Links:
    """Weighted pairs of people ``a < b``, sorted; ``types`` holds a bit for each type of shared thing."""

    people: int
    a: npt.NDArray[np.int32]
    b: npt.NDArray[np.int32]
    weight: npt.NDArray[np.float64]
    types: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.a)

    def where(self, keep: npt.NDArray[np.bool_]) -> "Links":
        """Only the links marked in ``keep``."""
        return Links(self.people, self.a[keep], self.b[keep], self.weight[keep], self.types[keep])


def rarity(shared: Uses, people: int) -> npt.NDArray[np.float64]:
    """Rarity of the thing of each row, from 0 (everybody uses it) to 1 (one person does)."""
    if people < 2:
        return np.zeros(len(shared))
    return np.asarray(1.0 - np.log2(user_counts(shared)) / np.log2(people))


def links(snapshot: Snapshot, shared: Uses, *, settings: LinkSettings) -> Links:
    """All links of a snapshot. Cost: O(sum of squared user counts), bounded by ``settings.hub_limit``."""
    type_weights = np.array([settings.type_weights.of(name) for name in THING_TYPES])
    weight = type_weights[shared.type] * rarity(shared, snapshot.people)
    usable = (user_counts(shared) <= settings.hub_limit) & (weight > 0)
    person, thing = shared.person[usable], shared.thing[usable]
    starts = np.flatnonzero(np.r_[True, thing[1:] != thing[:-1]][: len(thing)])
    bounds = np.r_[starts, len(thing)].astype(np.int64)
    pairs = _pairs(bounds, person, shared.first_at[usable], shared.last_at[usable], SLACK_US)
    return _summed(snapshot.people, person, weight[usable], shared.type[usable], pairs)


def guarded(linked: Links, *, min_weight: float) -> Links:
    """Links that one coincidence cannot make: strong ones, or ones held by two independent types of thing.

    A device and its address come from one login and count as one type.
    """
    device, ip = (np.uint8(1 << THING_TYPES.index(name)) for name in ("device", "ip"))
    merged = np.where(linked.types & ip, (linked.types & ~ip) | device, linked.types)
    return linked.where((linked.weight >= min_weight) | (np.bitwise_count(merged) >= 2))


def components(linked: Links) -> npt.NDArray[np.int32]:
    """Component of each person, numbered by the smallest person in it."""
    matrix = coo_array((np.ones(len(linked)), (linked.a, linked.b)), shape=(linked.people, linked.people))
    _, labels = connected_components(matrix, directed=False)
    _, first = np.unique(labels, return_index=True)
    return np.asarray(first[labels], dtype=np.int32)


@nb.njit(cache=True)
def _pairs(
    bounds: npt.NDArray[np.int64],
    person: npt.NDArray[np.int32],
    first_at: npt.NDArray[np.int64],
    last_at: npt.NDArray[np.int64],
    slack: int,
) -> npt.NDArray[np.int64]:
    """Rows (i, j) of every two overlapping uses of one thing by different people."""
    found = 0
    for step in range(2):
        if step == 1:
            pairs = np.empty((found, 2), np.int64)
            found = 0
        for g in range(len(bounds) - 1):
            for i in range(bounds[g], bounds[g + 1]):
                for j in range(i + 1, bounds[g + 1]):
                    apart = first_at[j] > last_at[i] and first_at[j] - last_at[i] > slack
                    apart = apart or (first_at[i] > last_at[j] and first_at[i] - last_at[j] > slack)
                    if person[i] != person[j] and not apart:
                        if step == 1:
                            pairs[found, 0] = i
                            pairs[found, 1] = j
                        found += 1
    return pairs


def _summed(
    people: int,
    person: npt.NDArray[np.int32],
    weight: npt.NDArray[np.float64],
    type_: npt.NDArray[np.int8],
    pairs: npt.NDArray[np.int64],
) -> Links:
    first, second = person[pairs[:, 0]], person[pairs[:, 1]]
    a, b = np.minimum(first, second), np.maximum(first, second)
    order = np.lexsort((pairs[:, 0], b, a))
    a, b, rows = a[order], b[order], pairs[order, 0]
    starts = np.flatnonzero(np.r_[True, (a[1:] != a[:-1]) | (b[1:] != b[:-1])][: len(a)])
    bits = np.left_shift(np.uint8(1), type_[rows].astype(np.uint8))
    if not len(starts):
        return Links(people, a, b, np.zeros(0), np.zeros(0, np.uint8))
    return Links(
        people, a[starts], b[starts], np.add.reduceat(weight[rows], starts), np.bitwise_or.reduceat(bits, starts)
    )
