"""Selection: of the candidates that name the same people, the best one is a ring; a person is in one ring only."""

from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt

from graphfraud.rings.groups import Flags, Floats, Groups, Rows

Ranked = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]
"""Groups best first, and what each group is worth."""
Rivals = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
"""Of each person the bounds of the groups that hold the person, and these as places in the order."""
Members = tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]
"""Bounds of the members of each group, and these."""
PRICE: Final = 0.6
"""A ring that is no surer than this is worth nothing beside the others."""
MARGIN: Final = 0.2
"""Others take the place of a ring only when they are worth so much more together: most often it is the whole."""
SIZE_POWER: Final = 0.1
"""Of two candidates that are nearly as sure, the larger is taken: a ring found whole explains its pieces."""


def chosen(groups: Groups, score: Floats, allowed: Flags) -> Rows:
    """Places of the candidates that become rings, in the order of their smallest members.

    Greedy by falling ``score * size ** SIZE_POWER``; of equals the larger, then the one with the smaller
    first member, then the earlier family. A candidate that shares anybody with one already taken is left out.
    Then a ring gives way to those inside it, or across its border, that are clearly worth more together: the
    worth of a ring is its score less :data:`PRICE`. Cost: the rows of the groups, and for each ring the square of
    the candidates that share people with it.
    """
    order = _order(groups, score * groups.size**SIZE_POWER, allowed)
    worth = np.round(score - PRICE, 9)
    taken = _taken(order, groups.start, groups.person, groups.people)
    taken = _exchanged(taken, (order, worth), (groups.start, groups.person), groups.people)
    return taken[np.argsort(groups.person[groups.start[taken]], kind="stable")]


def greedy(groups: Groups, score: Floats, allowed: Flags) -> Rows:
    """Disjoint groups by falling score, ties as in :func:`chosen`; in the order of their smallest members."""
    taken = _taken(_order(groups, score, allowed), groups.start, groups.person, groups.people)
    return taken[np.argsort(groups.person[groups.start[taken]], kind="stable")]


def _order(groups: Groups, key: Floats, allowed: Flags) -> Rows:
    key = np.round(key, 9)
    order = np.flatnonzero(allowed)
    first = groups.person[groups.start[order]]
    return order[np.lexsort((order, first, -groups.size[order], -key[order]))]


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


@nb.njit(cache=True)
def _exchanged(taken: npt.NDArray[np.int64], ranked: Ranked, rows: Members, people: int) -> npt.NDArray[np.int64]:
    """Each taken group in turn against the best of those that could stand in its place."""
    start, person = rows
    worth = ranked[1]
    owner = np.full(people, -1, np.int64)
    for group in taken:
        owner[person[start[group] : start[group + 1]]] = group
    rivals = _rivals(ranked[0], start, person, people)
    kept = list(taken)
    for place in range(len(kept)):
        group = kept[place]
        instead, total = _instead(_free(group, owner, rivals, ranked, rows), worth, rows)
        if len(instead) > 1 and total > worth[group] + MARGIN:
            owner[person[start[group] : start[group + 1]]] = -1
            for other in instead:
                owner[person[start[other] : start[other + 1]]] = other
            kept[place] = instead[0]
            kept.extend(instead[1:])
    return np.array(kept, dtype=np.int64)


@nb.njit(cache=True)
def _rivals(
    order: npt.NDArray[np.int64], start: npt.NDArray[np.int64], person: npt.NDArray[np.int32], people: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For each person the places in ``order`` of the groups that hold the person, best first."""
    bound = np.zeros(people + 1, np.int64)
    for group in order:
        for member in person[start[group] : start[group + 1]]:
            bound[member + 1] += 1
    bound = np.cumsum(bound)
    fill = bound[:-1].copy()
    row = np.empty(bound[-1], np.int64)
    for place in range(len(order)):
        for member in person[start[order[place]] : start[order[place] + 1]]:
            row[fill[member]] = place
            fill[member] += 1
    return bound, row


@nb.njit(cache=True)
def _free(
    group: int, owner: npt.NDArray[np.int64], rivals: Rivals, ranked: Ranked, rows: Members
) -> npt.NDArray[np.int64]:
    """Groups worth something, best first, that share people with one and with no other that is taken."""
    bound, row = rivals
    order, worth = ranked
    start, person = rows
    places = [nb.int64(0) for _ in range(0)]
    for member in person[start[group] : start[group + 1]]:
        places.extend(row[bound[member] : bound[member + 1]])
    found = [nb.int64(0) for _ in range(0)]
    for place in np.unique(np.array(places, dtype=np.int64)):
        other = order[place]
        free = other != group and worth[other] > 0
        for member in person[start[other] : start[other + 1]]:
            if owner[member] != -1 and owner[member] != group:
                free = False
        if free:
            found.append(other)
    return np.array(found, dtype=np.int64)


@nb.njit(cache=True)
def _instead(
    free: npt.NDArray[np.int64], worth: npt.NDArray[np.float64], rows: Members
) -> tuple[npt.NDArray[np.int64], float]:
    """Those of the free groups that are disjoint and worth most together, and their worth.

    Best first, beginning with each in turn: the best alone is most often the same group but for one person.
    """
    found, most = free[:0], 0.0
    for first in range(len(free)):
        picked, total = _picked(first, free, worth, rows)
        if total > most:
            found, most = picked, total
    return found, most


@nb.njit(cache=True)
def _picked(
    first: int, free: npt.NDArray[np.int64], worth: npt.NDArray[np.float64], rows: Members
) -> tuple[npt.NDArray[np.int64], float]:
    """One group, then in order each that shares nobody with those before; their worth together."""
    start, person = rows
    used = set(person[start[free[first]] : start[free[first] + 1]])
    found, total = [free[first]], worth[free[first]]
    for other in free:
        members = person[start[other] : start[other + 1]]
        clear = True
        for member in members:
            clear = clear and member not in used
        if clear:
            used.update(set(members))
            found.append(other)
            total += worth[other]
    return np.array(found, dtype=np.int64), total
