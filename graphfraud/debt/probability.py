"""Default probability in a network: one's own failure, or another's that is passed on.

``p = 1 - (1 - own) * prod(1 - w * p_neighbour)`` counts a default that comes back through a loop
as news, and treats neighbours who share a cause as independent. Both overstate ``p``. Corrected by

1. messages (cavity equations): what j tells i leaves out what j heard from i; exact on trees;
2. short loops: what j tells i leaves out what travelled i, k, j; and two neighbours who depend on
   each other, or on a third person, fail together, so that their chances are not multiplied blindly.
   Both follow from the linear response of a message to another one.

People with more than :data:`PARENT_LIMIT` debtors get the first correction only.
"""

from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt

PARENT_LIMIT: Final = 32
ROUNDS: Final = 200
CORRECTIONS: Final = 2
"""How often short loops are looked at with the messages that the last look gave."""
CLOSE: Final = 1e-10

Floats = npt.NDArray[np.float64]
Graph = tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.float64]]


def default_probability(
    own: Floats, bounds: npt.NDArray[np.int64], debtor: npt.NDArray[np.int32], weight: Floats
) -> Floats:
    """Probability that each person fails by themselves or through a debtor.

    Row ``e`` in ``bounds[i]:bounds[i + 1]`` says that the default of ``debtor[e]`` makes ``i``
    default with chance ``weight[e]``, below 1, independently of all else; debtors of one person
    are sorted and differ. Cost: O(exposures) a round, and once O(exposures x debtors squared).
    """
    graph = (bounds, debtor, weight)
    back = _reverse(graph)
    extra, left_out = np.zeros(len(own)), np.zeros(len(debtor))
    message = _settled(own, graph, back, (extra, left_out), own[debtor])
    for _ in range(CORRECTIONS):
        extra, left_out = _short_loops(graph, back, message)
        message = _settled(own, graph, back, (extra, left_out), message)
    return _gathered(own, graph, message, extra)


@nb.njit(cache=True)
def _row(graph: Graph, i: int, k: int) -> int:
    """The row by which i depends on k, -1 if there is none."""
    bounds, debtor, _ = graph
    first, last = bounds[i], bounds[i + 1]
    while first < last:
        middle = (first + last) // 2
        if debtor[middle] < k:
            first = middle + 1
        else:
            last = middle
    return first if first < bounds[i + 1] and debtor[first] == k else -1


@nb.njit(cache=True)
def _reverse(graph: Graph) -> npt.NDArray[np.int64]:
    """For the row i on j the row j on i, -1 if there is none."""
    bounds, debtor, _ = graph
    back = np.empty(len(debtor), np.int64)
    for i in range(len(bounds) - 1):
        for e in range(bounds[i], bounds[i + 1]):
            back[e] = _row(graph, debtor[e], i)
    return back


@nb.njit(cache=True)
def _spared(graph: Graph, message: npt.NDArray[np.float64], extra: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Logarithm of the chance that no debtor pulls each person down."""
    bounds, _, weight = graph
    spared = extra.copy()
    for i in range(len(extra)):
        for e in range(bounds[i], bounds[i + 1]):
            spared[i] += np.log1p(-weight[e] * message[e])
    return spared


@nb.njit(cache=True)
def _gathered(
    own: npt.NDArray[np.float64], graph: Graph, message: npt.NDArray[np.float64], extra: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    spared = np.minimum(_spared(graph, message, extra), 0.0)
    return 1.0 - (1.0 - own) * np.exp(spared)


@nb.njit(cache=True)
def _settled(
    own: npt.NDArray[np.float64],
    graph: Graph,
    back: npt.NDArray[np.int64],
    corrections: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]],
    start: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Messages along each row: ``extra`` corrects a person's sum, ``left_out`` one message's share of it."""
    extra, left_out = corrections
    _, debtor, weight = graph
    message = start
    for _ in range(ROUNDS):
        spared = _spared(graph, message, extra)
        change = 0.0
        following = np.empty_like(message)
        for e in range(len(debtor)):
            j = debtor[e]
            told = spared[j] - left_out[e]
            if back[e] >= 0:
                told -= np.log1p(-weight[back[e]] * message[back[e]])
            following[e] = 1.0 - (1.0 - own[j]) * np.exp(min(told, 0.0))
            change = max(change, abs(following[e] - message[e]))
        message = following
        if change <= CLOSE:
            break
    return message


@nb.njit(cache=True)
def _short_loops(
    graph: Graph, back: npt.NDArray[np.int64], message: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Corrections for neighbours who fail together, and for news that went round a triangle."""
    bounds, debtor, weight = graph
    extra, left_out = np.zeros(len(bounds) - 1), np.zeros(len(debtor))
    for i in range(len(bounds) - 1):
        if bounds[i + 1] - bounds[i] > PARENT_LIMIT:
            continue
        for a in range(bounds[i], bounds[i + 1]):
            for b in range(a + 1, bounds[i + 1]):
                together = _together(graph, message, a, b, i)
                if together > 0.0:
                    apart = (1.0 - weight[a] * message[a]) * (1.0 - weight[b] * message[b])
                    gain = np.log1p(weight[a] * weight[b] * together / apart)
                    extra[i] += gain
                    for e in (back[a], back[b]):
                        if e >= 0:
                            left_out[e] += gain
    for i in range(len(bounds) - 1):
        for e in range(bounds[i], bounds[i + 1]):
            left_out[e] += _round_trip(graph, message, i, debtor[e])
    return extra, left_out


@nb.njit(cache=True)
def _response(graph: Graph, message: npt.NDArray[np.float64], row: int, told: float) -> float:
    """How much the debtor behind ``row`` moves a message that stands at ``told``."""
    _, _, weight = graph
    moved: float = weight[row] * (1.0 - told) / max(1.0 - weight[row] * message[row], 1e-12)
    return moved


@nb.njit(cache=True)
def _together(graph: Graph, message: npt.NDArray[np.float64], a: int, b: int, i: int) -> float:
    """Covariance of the two debtors behind rows a and b of person i, over one other person at most."""
    bounds, debtor, _ = graph
    j, k = debtor[a], debtor[b]
    if max(bounds[j + 1] - bounds[j], bounds[k + 1] - bounds[k]) > PARENT_LIMIT:
        return 0.0
    found = 0.0
    row = _row(graph, j, k)
    if row >= 0:
        found += _response(graph, message, row, message[a]) * message[b] * (1.0 - message[b])
    row = _row(graph, k, j)
    if row >= 0:
        found += _response(graph, message, row, message[b]) * message[a] * (1.0 - message[a])
    for x in range(bounds[j], bounds[j + 1]):
        y = _row(graph, k, debtor[x])
        if y >= 0 and debtor[x] != i:
            spread = message[x] * (1.0 - message[x])
            found += _response(graph, message, x, message[a]) * _response(graph, message, y, message[b]) * spread
    return found


@nb.njit(cache=True)
def _round_trip(graph: Graph, message: npt.NDArray[np.float64], i: int, j: int) -> float:
    """What i's own default adds, by way of some k, to what j tells i: to be left out."""
    bounds, debtor, weight = graph
    if bounds[j + 1] - bounds[j] > PARENT_LIMIT:
        return 0.0
    found = 0.0
    for x in range(bounds[j], bounds[j + 1]):
        row = _row(graph, debtor[x], i) if debtor[x] != i else -1
        if row >= 0:
            without = 1.0 - (1.0 - message[x]) / max(1.0 - weight[row] * message[row], 1e-12)
            found += np.log1p(-weight[x] * message[x]) - np.log1p(-weight[x] * max(without, 0.0))
    return found
