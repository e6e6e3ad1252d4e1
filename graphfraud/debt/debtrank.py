"""DebtRank: what one person's failure costs everybody else, for every person at once.

``h`` is the share of a person's buffer that is lost. Distress travels from debtor j to
exposed person i with weight ``W[i, j] = min(1, exposure / buffer)`` (Battiston et al. 2012).
In the linear version, increments add up without a cap, so the cost of *every* first failure
comes from one adjoint solve, ``y = Wᵀ (buffer + y)``. In the capped version (Bardoscia et al.
2015) ``h`` stops at 1, increments may be non-linear, and first failures are followed one by one.
"""

from dataclasses import dataclass
from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt

from graphfraud.debt.exposures import Exposures

LARGEST_RADIUS: Final = 0.9
"""In a network that amplifies more, nobody passes on more than this part of what reaches them."""
SWEEPS: Final = 1000
RELATIVE_ERROR: Final = 1e-12

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Weights:
    """Who loses by whom: rows of debtor ``j`` are ``bounds[j]:bounds[j + 1]``.

    ``exposed`` loses ``weight`` of their buffer (yuan) when the debtor fails.
    """

    bounds: npt.NDArray[np.int64]
    exposed: npt.NDArray[np.uint32]
    weight: Floats
    buffer: Floats

    @property
    def people(self) -> int:
        """How many people there are."""
        return len(self.buffer)

    def tamed(self) -> "Weights":
        """The same network with the weights by which one person loses adding up to :data:`LARGEST_RADIUS` at most.

        Its spectral radius is no larger than that, since no row of ``W`` adds up to more.
        """
        total = np.bincount(self.exposed, weights=self.weight, minlength=self.people)
        share = np.minimum(1.0, LARGEST_RADIUS / np.maximum(total, 1e-300))
        return Weights(self.bounds, self.exposed, self.weight * share[self.exposed], self.buffer)

    @property
    def exposure(self) -> float:
        """Yuan that all people together stand to lose."""
        return float((self.weight * self.buffer[self.exposed]).sum())


def weights(exposed: Exposures, buffer: npt.NDArray[np.int64]) -> Weights:
    """Weights of the exposures that carry money; ``buffer`` is what each person can bear, fen, above 0."""
    paid = exposed.fen > 0
    rows, debtor = exposed.exposed[paid].astype(np.int64), exposed.debtor[paid].astype(np.int64)
    pairs, place = np.unique(debtor * exposed.people + rows, return_inverse=True)
    fen = np.zeros(len(pairs), np.int64)
    np.add.at(fen, place, exposed.fen[paid])
    debtor, rows = pairs // max(exposed.people, 1), pairs % max(exposed.people, 1)
    return Weights(
        bounds=np.searchsorted(debtor, np.arange(exposed.people + 1)).astype(np.int64),
        exposed=rows.astype(np.uint32),
        weight=np.minimum(1.0, fen / buffer[rows]),
        buffer=buffer / 100.0,
    )


def spectral_radius(network: Weights) -> float:
    """Largest growth of distress in a round: below 1 it dies out. Power iteration on ``I + W``.

    The start is all ones and the growth is that of the largest entry, so a chain without a loop
    tends to 0 only slowly: the value is an upper estimate there.
    """
    return float(_radius(network.bounds, network.exposed, network.weight, network.people))


def linear_impact(network: Weights, *, beyond: Weights | None = None) -> Floats:
    """Yuan that everybody else loses through each person's failure, distress without a cap.

    ``beyond`` is the network that distress travels after its first step (default: the same); its
    spectral radius must be below 1. Cost: one pass over the exposures a sweep, some 150 sweeps at a
    radius of .9. What comes back to the first failed through a loop counts again, so the capped loss
    is never larger.
    """
    further = network if beyond is None else beyond
    gain = np.zeros(network.people)
    for _ in range(SWEEPS):
        if _sweep(further.bounds, further.exposed, further.weight, further.buffer, gain) <= RELATIVE_ERROR:
            break
    if beyond is not None:
        _first_step(network.bounds, network.exposed, network.weight, network.buffer, gain)
    return gain


def settled(network: Weights) -> tuple[Weights | None, float]:
    """What distress travels after its first step, None for the network itself; and the spectral radius."""
    radius = spectral_radius(network)
    return (network.tamed() if radius > LARGEST_RADIUS else None), radius


@dataclass(frozen=True, eq=False)
class Followed:
    """Capped losses of some first failures, yuan: at least ``low``, at most ``high``."""

    seed: npt.NDArray[np.int64]
    low: Floats
    high: Floats

    def mean(self) -> tuple[float, float, float]:
        """Mean loss of a first failure and its 95 % interval (normal, with what was cut off)."""
        error = 1.96 * float(self.low.std(ddof=1)) / np.sqrt(len(self.low)) if len(self.low) > 1 else np.inf
        return float((self.low + self.high).mean() / 2), float(self.low.mean() - error), float(self.high.mean() + error)


def capped_impact(
    network: Weights,
    seeds: npt.NDArray[np.int64],
    *,
    steepness: float = 0.0,
    cut: float = 1e-4,
    linear: Floats | None = None,
) -> Followed:
    """Loss of everybody else through each seed's failure when nobody can lose more than their buffer.

    A person in distress ``h`` passes on ``h exp(steepness (h - 1))`` (Bardoscia et al. 2016): 0 is
    proportional, large means only failures count. Increments below ``cut`` are not passed on; what
    they could still have cost is bounded by the linear impact (``linear``, computed if not given; the
    spectral radius must be below 1 for it) and makes ``high``. Cost: the neighbourhood of each seed as
    far as distress exceeds ``cut``; a loop that loses nothing takes up to ``1 / cut`` rounds.
    """
    bound = linear_impact(network) if linear is None and cut > 0 else linear
    bound = np.zeros(network.people) if bound is None else bound
    graph = (network.bounds, network.exposed, network.weight)
    low, lost = _follow(graph, network.buffer, bound, seeds, (steepness, cut))
    return Followed(seeds, low, low + lost)


@nb.njit(cache=True)
def _sweep(
    bounds: npt.NDArray[np.int64],
    exposed: npt.NDArray[np.uint32],
    weight: npt.NDArray[np.float64],
    buffer: npt.NDArray[np.float64],
    gain: npt.NDArray[np.float64],
) -> float:
    """One Gauss-Seidel sweep of ``y = Wᵀ (buffer + y)``; the largest change relative to the largest value."""
    change, largest = 0.0, 1e-300
    for j in range(len(buffer)):
        total = 0.0
        for e in range(bounds[j], bounds[j + 1]):
            total += weight[e] * (buffer[exposed[e]] + gain[exposed[e]])
        change = max(change, abs(total - gain[j]))
        largest = max(largest, total)
        gain[j] = total
    return change / largest


@nb.njit(cache=True)
def _first_step(
    bounds: npt.NDArray[np.int64],
    exposed: npt.NDArray[np.uint32],
    weight: npt.NDArray[np.float64],
    buffer: npt.NDArray[np.float64],
    gain: npt.NDArray[np.float64],
) -> None:
    """``y = Wᵀ (buffer + y)`` once, from the y of another network."""
    before = gain.copy()
    for j in range(len(buffer)):
        total = 0.0
        for e in range(bounds[j], bounds[j + 1]):
            total += weight[e] * (buffer[exposed[e]] + before[exposed[e]])
        gain[j] = total


@nb.njit(cache=True)
def _radius(
    bounds: npt.NDArray[np.int64], exposed: npt.NDArray[np.uint32], weight: npt.NDArray[np.float64], people: int
) -> float:
    state, following, radius = np.ones(people), np.empty(people), 0.0
    for _ in range(300):
        largest = 0.0
        for j in range(people):
            total = state[j]
            for e in range(bounds[j], bounds[j + 1]):
                total += weight[e] * state[exposed[e]]
            following[j] = total
            largest = max(largest, total)
        if largest == 0.0:
            return 0.0
        for j in range(people):
            state[j] = following[j] / largest
        if abs(largest - 1.0 - radius) <= 1e-9:
            return largest - 1.0
        radius = largest - 1.0
    return radius


Graph = tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32], npt.NDArray[np.float64]]
State = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]
Lists = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]


@nb.njit(cache=True)
def _follow(
    graph: Graph,
    buffer: npt.NDArray[np.float64],
    bound: npt.NDArray[np.float64],
    seeds: npt.NDArray[np.int64],
    increments: tuple[float, float],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Losses of each seed, and a bound of what was cut off; every array is clean again after a seed."""
    people = len(buffer)
    h, passed, due = np.zeros(people), np.zeros(people), np.zeros(people)
    seen, now, later = np.empty(people, np.int64), np.empty(people, np.int64), np.empty(people, np.int64)
    marks = np.zeros(people, np.uint8)
    low, lost = np.zeros(len(seeds)), np.zeros(len(seeds))
    for s in range(len(seeds)):
        seed = seeds[s]
        h[seed], marks[seed], seen[0], now[0] = 1.0, 1, seed, seed
        reached, active = 1, 1
        while active:
            reached, active = _round(graph, (h, passed, due), marks, (seen, now, later), (reached, active), increments)
            now, later = later, now
        for i in seen[:reached]:
            if i != seed:
                low[s] += h[i] * buffer[i]
            lost[s] += (h[i] - passed[i]) * bound[i]
            h[i], passed[i], marks[i] = 0.0, 0.0, 0
    return low, lost


@nb.njit(cache=True)
def _round(
    graph: Graph,
    state: State,
    marks: npt.NDArray[np.uint8],
    lists: Lists,
    counts: tuple[int, int],
    increments: tuple[float, float],
) -> tuple[int, int]:
    """Pass one round of increments on; marks: 1 somebody reached, 3 waiting too for the next round."""
    bounds, exposed, weight = graph
    h, passed, due = state
    seen, now, later = lists
    reached, active = counts
    steepness, cut = increments
    for j in now[:active]:
        share = h[j] * np.exp(steepness * (h[j] - 1.0))
        due[j], passed[j] = share - passed[j], share
    following = 0
    for j in now[:active]:
        for e in range(bounds[j], bounds[j + 1]):
            i = np.int64(exposed[e])
            h[i] = min(1.0, h[i] + weight[e] * due[j])
            if marks[i] == 0:
                marks[i], seen[reached] = 1, i
                reached += 1
            if marks[i] == 1 and h[i] * np.exp(steepness * (h[i] - 1.0)) - passed[i] > cut:
                marks[i], later[following] = 3, i
                following += 1
    for i in later[:following]:
        marks[i] = 1
    return reached, following
