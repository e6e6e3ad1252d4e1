"""Ridge logistic regression: a fit by Newton's method, intervals that allow for repeated people, calibration.

Sums over rows run in one fixed order: a library that splits them over threads would give other last digits.
"""

from dataclasses import dataclass
from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy.special import expit, log_expit

STEPS: Final = 50
CLOSE: Final = 1e-12
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Fit:
    """Coefficients with their standard errors."""

    values: Floats
    errors: Floats

    def interval(self, place: int) -> tuple[float, float]:
        """95 % interval of one coefficient."""
        half = 1.96 * float(self.errors[place])
        return float(self.values[place]) - half, float(self.values[place]) + half


def ridge_logistic(
    rows: Floats,
    outcome: Floats,
    *,
    penalty: Floats,
    offset: Floats,
    cluster: Ints | None = None,
    start: Floats | None = None,
) -> Fit:
    """Coefficients that maximise the likelihood less ``penalty / 2 * value ** 2`` each.

    ``offset`` is added to the log-odds of each row. Rows of one ``cluster`` (a person seen twice)
    may depend on each other: the errors are the sandwich over clusters, or of Laplace without.
    ``start`` is where to look first.
    """
    values: Floats = np.zeros(rows.shape[1]) if start is None else start
    cost = _cost(values, rows, outcome, penalty, offset)
    for _ in range(STEPS):
        chance = expit(predicted(rows, values) + offset)
        slope = _gathered(rows, outcome - chance) - penalty * values
        step: Floats = np.asarray(_solved(_curvature(rows, chance, penalty), slope[:, None])[:, 0])
        values, lower = _downhill(values, step, (rows, outcome, penalty, offset), cost)
        if cost - lower <= CLOSE * max(cost, 1.0):
            break
        cost = lower
    chance = expit(predicted(rows, values) + offset)
    inverse = np.asarray(_solved(_curvature(rows, chance, penalty), np.eye(rows.shape[1])))
    if cluster is None:
        return Fit(values, np.sqrt(np.diag(inverse)))
    groups, place = np.unique(cluster, return_inverse=True)
    scores = np.zeros((len(groups), rows.shape[1]))
    np.add.at(scores, place, rows * (outcome - chance)[:, None])
    return Fit(values, np.sqrt(np.diag(inverse @ _gram(scores, np.ones(len(scores))) @ inverse)))


def predicted(rows: Floats, values: Floats) -> Floats:
    """The product of rows and values, summed in one fixed order."""
    return np.asarray(_forward(rows, values))


def log_loss(log_odds: Floats, outcome: Floats) -> float:
    """Mean negative log-likelihood.

    >>> round(log_loss(np.zeros(2), np.array([0.0, 1.0])), 4)
    0.6931
    """
    return float(-(outcome * log_expit(log_odds) + (1.0 - outcome) * log_expit(-log_odds)).mean())


def calibration(log_odds: Floats, outcome: Floats) -> tuple[float, float]:
    """Intercept and slope that calibrate log-odds to outcomes (Platt 1999)."""
    rows = np.column_stack([np.ones(len(log_odds)), log_odds])
    fit = ridge_logistic(rows, outcome, penalty=np.array([1e-6, 1e-6]), offset=np.zeros(len(outcome)))
    return float(fit.values[0]), float(fit.values[1])


def shifted(log_odds: Floats, mean: float) -> float:
    """What must be added to log-odds so that the mean probability is ``mean``, by bisection.

    >>> round(shifted(np.zeros(3), 0.75), 3)
    1.099
    """
    low, high = -30.0, 30.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if float(expit(log_odds + middle).mean()) < mean else (low, middle)
    return (low + high) / 2


def auc(log_odds: Floats, outcome: Floats) -> float:
    """Chance that a random defaulter ranks above a random other person, ties counted half."""
    _, place, count = np.unique(log_odds, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2.0)[place]
    ones = float(outcome.sum())
    others = len(outcome) - ones
    if not ones or not others:
        return 0.5
    return float((rank[outcome > 0].sum() - ones * (ones + 1) / 2) / (ones * others))


def _cost(values: Floats, rows: Floats, outcome: Floats, penalty: Floats, offset: Floats) -> float:
    loss = log_loss(predicted(rows, values) + offset, outcome) * len(outcome)
    return loss + 0.5 * float((penalty * values) @ values)


def _downhill(
    values: Floats, step: Floats, problem: tuple[Floats, Floats, Floats, Floats], cost: float
) -> tuple[Floats, float]:
    """The whole step, or so small a part of it that the cost falls: Newton alone may run away from a far start."""
    for _ in range(30):
        lower = _cost(values + step, *problem)
        if lower <= cost:
            return values + step, lower
        step = step / 2.0
    return values, cost


def _curvature(rows: Floats, chance: Floats, penalty: Floats) -> Floats:
    return np.asarray(_gram(rows, chance * (1.0 - chance)) + np.diag(penalty))


@nb.njit(cache=True)
def _forward(rows: npt.NDArray[np.float64], values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    found = np.zeros(len(rows))
    for i in range(len(rows)):
        for k in range(len(values)):
            found[i] += rows[i, k] * values[k]
    return found


@nb.njit(cache=True)
def _gathered(rows: npt.NDArray[np.float64], weight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    found = np.zeros(rows.shape[1])
    for i in range(len(rows)):
        for k in range(len(found)):
            found[k] += weight[i] * rows[i, k]
    return found


@nb.njit(cache=True)
def _gram(rows: npt.NDArray[np.float64], weight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    width = rows.shape[1]
    found = np.zeros((width, width))
    for i in range(len(rows)):
        for k in range(width):
            part = weight[i] * rows[i, k]
            for m in range(k + 1):
                found[k, m] += part * rows[i, m]
    for k in range(width):
        for m in range(k):
            found[m, k] = found[k, m]
    return found


@nb.njit(cache=True)
def _solved(matrix: npt.NDArray[np.float64], right: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Solution of a symmetric positive system by Cholesky's method, a column for each of ``right``."""
    width = len(matrix)
    lower, found = np.zeros((width, width)), right.copy()
    for i in range(width):
        for j in range(i + 1):
            total = matrix[i, j]
            for k in range(j):
                total -= lower[i, k] * lower[j, k]
            lower[i, j] = np.sqrt(total) if i == j else total / lower[j, j]
    for c in range(found.shape[1]):
        for i in range(width):
            for k in range(i):
                found[i, c] -= lower[i, k] * found[k, c]
            found[i, c] /= lower[i, i]
        for i in range(width - 1, -1, -1):
            for k in range(i + 1, width):
                found[i, c] -= lower[k, i] * found[k, c]
            found[i, c] /= lower[i, i]
    return found
