"""The own-strain model: log-odds of default from a person's own rows of strain, learned around the priors.

Two models are mixed. In one, a sum around the priors, each column bends at a few quantiles of what was seen, so that a
threshold or a hump is found as well as a line. The other, boosted trees, sees what columns say only together.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.debt.ledger import Ints
from graphfraud.debt.logistic import auc, log_loss, predicted, ridge_logistic
from graphfraud.debt.outcomes import Moments
from graphfraud.debt.strain import COLUMNS, History, Reach, prior_log_odds, strain
from graphfraud.debt.trees import Trees

Floats = npt.NDArray[np.float64]

TELLTALE: Final = 0.95
"""A column that alone ranks the labels so well follows from the default, and is left out."""
PENALTY: Final = 3.0
"""Ridge on every bend, each in units of its spread."""
OF_PRIORS: Final = frozenset({"days past due", "lenders", "new lenders"})
"""Columns behind the documented priors."""
BENDS: Final = (0.2, 0.4, 0.6, 0.8)
"""Quantiles of a column, of what differs from its most frequent value, at which it may bend."""
SHARES: Final = (0.0, 0.25, 0.5, 0.75)
"""Of the trees in the mix, the one that foretells those left out best."""


@dataclass(frozen=True, eq=False)
class Basis:
    """How rows of strain become columns of a regression: a constant, then each column with its bends.

    What is unknown counts as the mean; values beyond those that were learned from count as the last ones.
    """

    usable: npt.NDArray[np.bool_]
    telltale: tuple[str, ...]
    """Columns that were too good to be causes."""
    range: tuple[Floats, Floats]
    middle: Floats
    bends: tuple[tuple[Floats, Floats], ...]
    """By column, values above which it bends, and values above which it jumps."""
    mean: Floats
    spread: Floats

    @classmethod
    def of(cls, rows: Floats, outcome: Floats) -> "Basis":
        """Bends and scales of rows of strain; a column that tells the outcome, or never differs, is not used."""
        seen = ~np.isnan(rows)
        middle = np.where(seen, rows, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
        known = np.where(seen, rows, middle)
        tells = np.array([not 1.0 - TELLTALE < auc(column, outcome) < TELLTALE for column in known.T])
        low, high = np.quantile(known, (0.005, 0.995), axis=0)
        usable = ~tells & (high > low)
        bends = tuple(_bends(column) for column in np.clip(known, low, high).T)
        telltale = tuple(name for name, told in zip(COLUMNS, tells, strict=True) if told)
        first = cls(usable, telltale, (low, high), middle, bends, np.zeros(0), np.ones(0))
        bent = first.bent(rows)
        spread = bent.std(axis=0)
        return replace(first, mean=bent.mean(axis=0), spread=np.where(spread > 1e-9, spread, np.inf))

    def bent(self, rows: Floats) -> Floats:
        """Each usable column, what of it lies above each bend, and whether it is above each jump."""
        parts = []
        for place in np.flatnonzero(self.usable):
            column = np.where(np.isnan(rows[:, place]), self.middle[place], rows[:, place])
            column = np.clip(column, self.range[0][place], self.range[1][place])
            bends, jumps = self.bends[place]
            parts += [column, *(np.maximum(column - bend, 0.0) for bend in bends)]
            parts += [(column > jump).astype(np.float64) for jump in jumps]
        return np.column_stack(parts) if parts else np.zeros((len(rows), 0))

    def columns(self, rows: Floats) -> Floats:
        """A constant, and all bends and jumps in units of their spread."""
        return np.hstack([np.ones((len(rows), 1)), (self.bent(rows) - self.mean) / self.spread])


@dataclass(frozen=True, eq=False)
class OwnModel:
    """What was learned from rows of strain alone; ``reached`` says which tables are read when."""

    past: History
    reached: Reach
    basis: Basis
    values: Floats
    by_priors: bool
    """Whether the priors' log-odds are added; they are not where a column that they need tells the outcome."""
    trees: Trees
    share: float
    """What the trees count in the mix."""

    def log_odds(self, moments: Moments) -> Floats:
        """Log-odds of default from own strain alone."""
        rows = strain(self.past, moments.who, moments.at, reached=self.reached)
        summed = predicted(self.basis.columns(rows), self.values) + self.prior(moments)
        return _mixed(summed, self.trees.log_odds(rows[:, self.basis.usable]), self.share)

    def prior(self, moments: Moments) -> Floats:
        """Log-odds by the documented priors, or none."""
        if not self.by_priors:
            return np.zeros(len(moments))
        at = self.reached.at("loans", moments.at, self.past.snapshot.as_of)
        return prior_log_odds(self.past, moments.who, at)


def own_model(past: History, reached: Reach, moments: Moments, outcome: Floats, fold: Ints) -> tuple[OwnModel, Floats]:
    """What outcomes teach, and the log-odds of each row by models that have seen nobody of its fold.

    Row ``i`` of ``moments`` says when the strain behind outcome ``i`` is read.
    """
    rows = strain(past, moments.who, moments.at, reached=reached)
    basis = Basis.of(rows, outcome)
    used, columns = rows[:, basis.usable], basis.columns(rows)
    model = OwnModel(
        past, reached, basis, np.zeros(0), not OF_PRIORS & set(basis.telltale), Trees.fit(used, outcome), share=0.0
    )
    prior = model.prior(moments)
    values = ridge_logistic(columns, outcome, penalty=penalty(columns.shape[1]), offset=prior).values
    summed, grown = np.zeros(len(outcome)), np.zeros(len(outcome))
    for part in np.unique(fold):
        out = fold == part
        fit = ridge_logistic(
            columns[~out], outcome[~out], penalty=penalty(columns.shape[1]), offset=prior[~out], start=values
        )
        summed[out] = predicted(columns[out], fit.values) + prior[out]
        grown[out] = Trees.fit(used[~out], outcome[~out]).log_odds(used[out])
    share = SHARES[int(np.argmin([log_loss(_mixed(summed, grown, one), outcome) for one in SHARES]))]
    return replace(model, values=values, share=share), _mixed(summed, grown, share)


def _mixed(summed: Floats, grown: Floats, share: float) -> Floats:
    return np.asarray((1.0 - share) * summed + share * grown)


def penalty(columns: int) -> Floats:
    """The constant is free, all else is drawn to the priors."""
    return np.concatenate([[1e-9], np.full(columns - 1, PENALTY)])


def _bends(column: Floats) -> tuple[Floats, Floats]:
    """Quantiles of what differs from the most frequent value to bend at; that value, if it is frequent, to jump at."""
    values, count = np.unique(column, return_counts=True)
    if len(values) <= 2:
        return np.zeros(0), np.zeros(0)
    usual = values[count.argmax()]
    bends = np.unique(np.quantile(column[column != usual], BENDS, method="lower"))
    frequent = count.max() >= 0.2 * len(column) and usual < values[-1]
    return bends[(bends > values[0]) & (bends < values[-1])], values[[count.argmax()]] if frequent else np.zeros(0)
