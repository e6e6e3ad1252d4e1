"""Simulated worlds: how often each person defaults when defaults are passed on by chance, link by link."""

import numba as nb
import numpy as np
import numpy.typing as npt

from graphfraud.worlds.recipe import Floats, Ints


def default_shares(
    own: Floats, bounds: Ints, debtor: npt.NDArray[np.int32], weight: Floats, *, worlds: int, seed: int
) -> Floats:
    """Share of the worlds in which each person defaults.

    In each world people fail by themselves with chance ``own``; a failure of ``debtor[e]`` makes person
    ``i`` fail with chance ``weight[e]``, drawn once a world, for ``e`` in ``bounds[i]:bounds[i + 1]``.
    """
    person = np.repeat(np.arange(len(own)), np.diff(bounds))
    order = np.argsort(debtor, kind="stable")
    starts = np.searchsorted(debtor[order], np.arange(len(own) + 1))
    return np.asarray(_shares(own, starts, person[order], weight[order], worlds, seed))


@nb.njit(cache=True)
def _shares(
    own: npt.NDArray[np.float64],
    starts: npt.NDArray[np.int64],
    person: npt.NDArray[np.int64],
    weight: npt.NDArray[np.float64],
    worlds: int,
    seed: int,
) -> npt.NDArray[np.float64]:
    np.random.seed(seed)
    people = len(own)
    count, failed, queue = np.zeros(people), np.zeros(people, np.bool_), np.empty(people, np.int64)
    for _ in range(worlds):
        length = 0
        for i in range(people):
            if np.random.random() < own[i]:
                failed[i], queue[length] = True, i
                length += 1
        at = 0
        while at < length:
            j = queue[at]
            at += 1
            for e in range(starts[j], starts[j + 1]):
                i = person[e]
                if not failed[i] and np.random.random() < weight[e]:
                    failed[i], queue[length] = True, i
                    length += 1
        for i in queue[:length]:
            count[i] += 1.0
            failed[i] = False
    return count / worlds
