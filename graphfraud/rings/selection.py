"""Selection: of the candidates that name the same people, the best one is a ring; a person is in one ring only."""

from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt

from graphfraud.rings.groups import Flags, Floats, Groups, Rows

SIZE_POWER: Final = 0.1
"""Of two candidates that are nearly as sure, the larger is taken: a ring found whole explains its pieces."""


def chosen(groups: Groups, score: Floats, allowed: Flags) -> Rows:
    """Places of the candidates that become rings, in the order of their smallest members.

    Greedy by falling ``score * size ** SIZE_POWER``; of equals the larger, then the one with the smaller
    first member, then the earlier family. A candidate that shares anybody with one already taken is left out.
    Cost: the rows of the groups.
    """
    key = np.round(score * groups.size**SIZE_POWER, 9)
    order = np.flatnonzero(allowed)
    first = groups.person[groups.start[order]]
    order = order[np.lexsort((order, first, -groups.size[order], -key[order]))]
    taken = _taken(order, groups.start, groups.person, groups.people)
    return taken[np.argsort(groups.person[groups.start[taken]], kind="stable")]


@nb.njit(cache=True)
def _taken(
    order: npt.NDArray[np.int64], start: npt.NDArray[np.int64], person: npt.NDArray[np.int32], people: int
) -> npt.NDArray[np.int64]:
    used = np.zeros(people, np.bool_)
    taken = np.empty(len(order), np.int64)
    count = 0
    for group in order:
        members = person[start[group] : start[group + 1]]
        if not used[members].any():
            used[members] = True
            taken[count] = group
            count += 1
    return taken[:count]
