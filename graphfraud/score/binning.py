"""Bins that tell good from bad best while the share of bad people only rises, or only falls, along a feature.

Up to twenty quantiles are merged by dynamic programming to the partition of the highest
likelihood among all monotone ones, less a price for each bin. It is exact, deterministic, and
needs numpy only.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from graphfraud.score.parts import Floats

FINE_BINS: Final = 20
MOST_BINS: Final = 5
LEAST_SHARE: Final = 0.01
"""A bin holds at least this share of the people whose value is known."""
BIN_PRICE: Final = 4.0
"""Log-likelihood that another bin must earn."""
DIGITS: Final = 2
"""Edges are rounded to so many significant digits, for people to read."""


@dataclass(frozen=True)
class Fine:
    """Fine bins of one feature: upper edges of all but the last, people and bad people in each."""

    edges: Floats
    people: Floats
    bad: Floats


def bins(value: Floats, bad: Floats, *, rising: bool, whole: bool) -> tuple[float, ...]:
    """Upper edges of the best monotone bins; empty where no edge earns its price.

    ``rising``: a higher value may only mean a higher share of bad people. ``whole``: values
    are whole numbers. Missing values are left out. Cost: O(n log n + FINE_BINS³).

    >>> bins(np.arange(1000.0), (np.arange(1000) >= 500) * 1.0, rising=True, whole=True)
    (500.0,)
    """
    known = ~np.isnan(value)
    fine = _fine(value[known], bad[known], whole=whole)
    if len(fine.people) < 2:
        return ()
    return tuple(float(fine.edges[last]) for last in _best(fine, rising=rising))


def _fine(value: Floats, bad: Floats, *, whole: bool) -> Fine:
    if not len(value):
        return Fine(np.empty(0), np.empty(0), np.empty(0))
    wanted = np.quantile(value, np.linspace(0, 1, FINE_BINS + 1)[1:-1], method="lower")
    tail = np.quantile(value, (0.98, 0.99, 0.995), method="lower")  # what is rare is often what is bad
    edges = np.unique(_rounded(np.r_[wanted, tail], whole=whole))
    edges = edges[(edges >= value.min()) & (edges < value.max())]
    place = np.searchsorted(edges, value, side="left")
    people = np.bincount(place, minlength=len(edges) + 1).astype(np.float64)
    hits = np.bincount(place, weights=bad, minlength=len(edges) + 1)
    return _merged(edges, people, np.asarray(hits, dtype=np.float64))


def _merged(edges: Floats, people: Floats, hits: Floats) -> Fine:
    """Empty fine bins joined to their neighbour above."""
    last = len(people) - 1
    keep = np.flatnonzero(people > 0)
    if len(keep) and keep[-1] != last:
        people[keep[-1]] += people[last]
    return Fine(edges[keep[:-1]], people[keep], hits[keep])


def _rounded(values: Floats, *, whole: bool) -> Floats:
    if whole:
        return np.floor(_significant(values))
    return _significant(values)


def _significant(values: Floats) -> Floats:
    size = np.where(values == 0, 1.0, 10.0 ** (np.floor(np.log10(np.abs(np.where(values == 0, 1.0, values)))) + 1))
    step = size * 10.0**-DIGITS
    return np.round(np.round(values / step) * step, 12)


def _best(fine: Fine, *, rising: bool) -> list[int]:
    """Last fine bin of every bin but the last one, of the best partition."""
    count = len(fine.people)
    people, hits = np.r_[0.0, np.cumsum(fine.people)], np.r_[0.0, np.cumsum(fine.bad)]
    least = LEAST_SHARE * people[-1]
    worth = np.full((MOST_BINS + 1, count + 1, count + 1), -np.inf)  # bins so far, where the last one starts and ends
    before = np.zeros((MOST_BINS + 1, count + 1, count + 1), dtype=np.int64)
    share = np.full((count + 1, count + 1), np.nan)
    for start in range(count):
        for stop in range(start + 1, count + 1):
            inside = people[stop] - people[start]
            if inside < least:
                continue
            share[start, stop] = (hits[stop] - hits[start]) / inside
            gain = _likelihood(hits[stop] - hits[start], inside) - BIN_PRICE
            if start == 0:
                worth[1, 0, stop] = gain
                continue
            _extend(worth, before, share, (start, stop, gain), rising=rising)
    return _traced(worth, before, count)


def _extend(worth: Floats, before: np.ndarray, share: Floats, bin_: tuple[int, int, float], *, rising: bool) -> None:
    start, stop, gain = bin_
    earlier = share[:start, start]
    fits = earlier <= share[start, stop] if rising else earlier >= share[start, stop]
    for used in range(2, MOST_BINS + 1):
        options = np.where(fits, worth[used - 1, :start, start], -np.inf)
        best = int(np.argmax(options))
        if options[best] > -np.inf:
            worth[used, start, stop] = options[best] + gain
            before[used, start, stop] = best


def _traced(worth: Floats, before: np.ndarray, count: int) -> list[int]:
    used, start = divmod(int(np.argmax(worth[:, :, count])), worth.shape[1])
    stop, ends = count, []
    while start > 0:
        ends.append(start - 1)
        stop, start, used = start, int(before[used, start, stop]), used - 1
    return ends[::-1]


def _likelihood(hits: float, people: float) -> float:
    """Log-likelihood of so many bad among so many, at their own share."""
    missed = people - hits
    return float(sum(part * np.log(part / people) for part in (hits, missed) if part > 0))
