"""How well a score tells good from bad: area under the curve, Kolmogorov-Smirnov, calibration error, precision."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import rankdata

from graphfraud.score.parts import Floats

BINS: Final = 10


@dataclass(frozen=True)
class Quality:
    """Figures of one score on one set of people; None where one class is absent, or no chance is given."""

    auc: float | None
    ks: float | None
    average_precision: float | None
    ece: float | None


def quality(risk: Floats, bad: Floats, chance: Floats | None = None) -> Quality:
    """Figures of a risk (higher is worse) and, if given, of a chance between 0 and 1.

    >>> quality(np.array([0.1, 0.2, 0.9]), np.array([0.0, 0.0, 1.0])).auc
    1.0
    """
    positive = int(bad.sum())
    if not 0 < positive < len(bad):
        return Quality(None, None, None, None)
    pairs = positive * (len(bad) - positive)
    auc = (rankdata(risk)[bad > 0].sum() - positive * (positive + 1) / 2) / pairs
    order = np.argsort(-risk, kind="stable")
    last = np.r_[np.diff(risk[order]) != 0, True]  # ties are cut together
    hits, seen = np.cumsum(bad[order])[last], np.flatnonzero(last) + 1.0
    ks = np.max(np.abs(hits / positive - (seen - hits) / (len(bad) - positive)))
    precision = np.sum(np.diff(np.r_[0.0, hits]) / positive * hits / seen)
    return Quality(float(auc), float(ks), float(precision), None if chance is None else calibration_error(chance, bad))


def calibration_error(chance: Floats, bad: Floats) -> float:
    """Mean distance between promised and seen share over ten equal parts of the range, weighted by people."""
    place = np.minimum((chance * BINS).astype(np.int64), BINS - 1)
    gap = np.bincount(place, chance - bad, minlength=BINS)
    return float(np.abs(gap).sum() / len(chance))
