"""What samples teach: trees that tell fraud, regressions that tell a whole ring from a piece of one, the verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from ring_samples import FRAUD, UNCLEAR, Sample, Weighed
from scipy.optimize import minimize
from sklearn.ensemble import HistGradientBoostingClassifier

from graphfraud.rings.members import MEMBER
from graphfraud.rings.model import UNLEARNED, Model
from graphfraud.rings.parts import PARTS
from graphfraud.rings.terms import TERMS
from graphfraud.rings.trees import COLUMNS, Trees
from graphfraud.rings.verdict import RISING, VERDICT
from graphfraud.rings.whole import WHOLE, Whole

BOOSTED: Final[dict[str, Any]] = {
    "max_iter": 800,
    "learning_rate": 0.06,
    "max_leaf_nodes": 31,
    "min_samples_leaf": 30,
    "l2_regularization": 5.0,
    "max_features": 0.3,
    "early_stopping": False,
}
"""How the trees grow."""
SAYING: Final[dict[str, Any]] = BOOSTED | {
    "max_iter": 500,
    "learning_rate": 0.04,
    "max_leaf_nodes": 16,
    "min_samples_leaf": 20,
    "max_features": 0.25,
}
"""How those of the verdict grow, which see fewer rows."""
BELONGING: Final[dict[str, Any]] = BOOSTED | {
    "max_iter": 300,
    "learning_rate": 0.05,
    "max_leaf_nodes": 20,
    "min_samples_leaf": 100,
    "l2_regularization": 10.0,
}
"""How those grow that tell who belongs and which parts belong together."""
FIRST: Final = 100
"""So many trees say which groups are clearly no fraud."""
PLACES: Final = 6
CLEARLY, EVERY = 0.01, 8
"""Of the groups that are less likely than this, one in so many stands for all."""
UNCLEAR_WEIGHT: Final = 0.3
"""A group between honest and fraud weighs less."""
WHOLE_PENALTY: Final = 1.0


@dataclass(frozen=True, eq=False)
class Rows:
    """What a regression is given: columns, what is wanted (0 or 1), and weights."""

    columns: npt.NDArray[np.float64]
    wanted: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]

    @classmethod
    def together(cls, parts: Sequence[tuple[npt.NDArray[Any], ...]]) -> "Rows":
        """One below the other."""
        columns, wanted, weight = (np.concatenate([part[side] for part in parts]) for side in range(3))
        return cls(columns, wanted.astype(np.float64), weight)

    @classmethod
    def joined(cls, parts: Sequence["Rows"]) -> "Rows":
        """One below the other."""
        return cls.together([(part.columns, part.wanted, part.weight) for part in parts])

    def thinned(self, some: npt.NDArray[np.bool_]) -> "Rows":
        """Of some rows one in :data:`EVERY` stands for all."""
        kept = ~some | (np.cumsum(some) % EVERY == 0)
        return Rows(self.columns[kept], self.wanted[kept], (self.weight * np.where(some, EVERY, 1.0))[kept])


def fraud_rows(samples: Sequence[Sample], keep: Sequence[npt.NDArray[np.bool_]] | None = None) -> Rows:
    """Rows for the trees: the terms, seen and blind."""
    parts = []
    for number, sample in enumerate(samples):
        chosen = np.ones(len(sample.groups), bool) if keep is None else keep[number]
        fraud, jaccard = sample.truth.fraud[chosen], sample.truth.jaccard[chosen]
        wanted = (fraud >= FRAUD) | (jaccard >= 0.5)
        weight = sample.weight[chosen] * np.where(~wanted & (fraud > UNCLEAR), UNCLEAR_WEIGHT, 1.0) / 2.0
        parts += [(sample.seen(blind=blind)[chosen], wanted, weight) for blind in (False, True)]
    return Rows.together(parts)


def fitted(rows: Rows) -> Model:
    """The model of fraud: boosted trees that never fall with a term for a ring nor rise with an innocent one."""
    nothing = rows.wanted == 0
    first = learned(rows.thinned(nothing), max_iter=FIRST)
    codes = [term.code for term in TERMS]
    clearly = nothing & (first.score(dict(zip(codes, rows.columns.T, strict=True))) < CLEARLY)
    return learned(rows.thinned(clearly))


def learned(rows: Rows, **grow: int) -> Model:
    """Trees from these rows."""
    rising = {term.code: -1 if term.innocent else 1 for term in TERMS}
    return Model(_boosted(rows, rising, BOOSTED | grow))


def verdict_fitted(parts: Sequence[Weighed], one: Whole) -> Trees:
    """Trees that have seen which winners were rings."""
    rising = {code: int(code in RISING) for code in VERDICT}
    return _boosted(Rows.together([rows for part in parts for rows in part.winners(one)]), rising, SAYING)


def belonging(members: Rows, pairs: Rows) -> Whole:
    """Trees that tell who belongs, and trees that tell which parts belong together."""
    of_members, of_pairs = (
        _boosted(rows, dict.fromkeys(codes, 0), BELONGING) for rows, codes in ((members, MEMBER), (pairs, PARTS))
    )
    return replace(UNLEARNED, members=of_members, parts=of_pairs)


def _boosted(rows: Rows, rising: Mapping[str, int], grow: Mapping[str, Any]) -> Trees:
    """Trees of columns with these codes, and whether they may only rise (1) or fall (-1) with each."""
    learner = HistGradientBoostingClassifier(monotonic_cst=list(rising.values()), random_state=0, **grow)
    learner.fit(rows.columns, rows.wanted, sample_weight=rows.weight)
    return trees_of(learner, list(rising))


def trees_of(learner: HistGradientBoostingClassifier, codes: Sequence[str]) -> Trees:
    """The learned trees as arrays, rounded; the first is the constant."""
    rows: list[tuple[int, str, float, int, int, float]] = []
    rows.append((0, "", 0.0, 0, 0, round(float(learner._baseline_prediction.item()), PLACES)))
    for number, (grown,) in enumerate(learner._predictors, start=1):
        first = len(rows)
        for node in grown.nodes:
            code = "" if node["is_leaf"] else codes[node["feature_idx"]]
            ways = (0, 0) if node["is_leaf"] else (first + int(node["left"]), first + int(node["right"]))
            threshold = 0.0 if node["is_leaf"] else round(float(node["num_threshold"]), PLACES)
            rows.append(
                (number, code, threshold, *ways, round(float(node["value"]), PLACES) if node["is_leaf"] else 0.0)
            )
    return Trees.of(codes, pa.table(dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))))


def regression(rows: Rows, penalty: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Coefficients with the least penalised log loss, rounded."""

    def loss(given: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        odds = rows.columns @ given
        chance = 1.0 / (1.0 + np.exp(-odds))
        value = (rows.weight * (np.logaddexp(0.0, odds) - rows.wanted * odds)).sum()
        slope = rows.columns.T @ (rows.weight * (chance - rows.wanted)) + penalty * given
        return float(value + 0.5 * (penalty * given**2).sum()), slope

    start = np.zeros(rows.columns.shape[1])
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 5000})
    return np.round(best.x, 3) + 0.0


def whole_fitted(parts: Sequence[Weighed], trees: Whole) -> Whole:
    """What makes a share of what these trees say, and a probability of the share of those that it would choose."""
    learned = regression(
        Rows.together([part.of_fraud for part in parts]),
        np.r_[0.0, np.full(len(WHOLE), WHOLE_PENALTY)],
    ).tolist()
    one = replace(trees, intercept=learned[0], terms=dict(zip(WHOLE, learned[1:], strict=True)))
    level, slope = regression(Rows.together([part.chosen(one) for part in parts]), np.zeros(2))
    return replace(one, slope=float(slope), level=float(level))
