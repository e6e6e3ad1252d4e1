"""Shares and ratios with intervals: what is said of a group of people, and beside a comparable other one."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Z: Final = 1.959964
"""Standard errors to each side of a 95 % interval."""

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval; all null where there is nothing to tell it from."""

    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, value: float, low: float, high: float) -> "Estimate":
        """Rounded to six places."""
        return cls(*(round(float(number), 6) for number in (value, low, high)))


NOTHING: Final = Estimate(None, None, None)


def share(count: int, of: int) -> Estimate:
    """A share with Wilson's interval (1927).

    >>> share(1, 10)
    Estimate(value=0.1, low=0.017876, high=0.40415)
    """
    if not of:
        return NOTHING
    p, extra = count / of, Z**2 / of
    middle, half = (p + extra / 2) / (1 + extra), Z * np.sqrt(p * (1 - p) / of + extra / (4 * of)) / (1 + extra)
    return Estimate.of(p, max(middle - half, 0.0), min(middle + half, 1.0))


def stratified_ratio(flag: Flags, one: Flags, other: Flags, stratum: Ints) -> Estimate:
    """How many times as often a flag stands in one group as in another, among people of the same stratum.

    The ratio is Mantel and Haenszel's (1959), its interval Greenland and Robins' (1985); strata without people of
    both groups say nothing, and without a flag in both groups there is no ratio.
    """
    strata = int(stratum.max(initial=-1)) + 1
    hit, all_, hit_other, all_other = (
        np.bincount(stratum[chosen], minlength=strata).astype(np.float64)
        for chosen in (one & flag, one, other & flag, other)
    )
    both = (all_ > 0) & (all_other > 0)
    hit, all_, hit_other, all_other = hit[both], all_[both], hit_other[both], all_other[both]
    people = all_ + all_other
    above, below = float((hit * all_other / people).sum()), float((hit_other * all_ / people).sum())
    if not above or not below:
        return NOTHING
    spread = float(((all_ * all_other * (hit + hit_other) - hit * hit_other * people) / people**2).sum())
    half = Z * np.sqrt(spread / (above * below))
    ratio = above / below
    return Estimate.of(ratio, ratio * np.exp(-half), ratio * np.exp(half))


def ratio_of_means(values: Floats, one: Flags, other: Flags) -> Estimate:
    """The mean of one group over that of another, with the interval of the delta method on logarithms."""
    first, second = values[one], values[other]
    if not len(first) or not len(second) or not first.mean() > 0 or not second.mean() > 0:
        return NOTHING
    half = Z * np.sqrt(sum(part.var() / len(part) / part.mean() ** 2 for part in (first, second)))
    ratio = first.mean() / second.mean()
    return Estimate.of(ratio, ratio * np.exp(-half), ratio * np.exp(half))


def deciles(*parts: Floats) -> Ints:
    """A stratum for each combination of tenths of some columns; what is unknown is a tenth of its own."""
    place = np.zeros(len(parts[0]), np.int64)
    for part in parts:
        known = ~np.isnan(part)
        edges = np.quantile(part[known], np.linspace(0.1, 0.9, 9)) if known.any() else np.zeros(0)
        tenth = np.where(known, 1 + np.searchsorted(edges, np.nan_to_num(part), side="right"), 0)
        place = place * 11 + tenth
    return place
