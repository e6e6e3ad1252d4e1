"""The model of a ring: learned trees and weights, read from files that say where they come from.

``weights.toml`` and the files of trees beside it are written by ``benchmarks/fit_rings.py``: boosted
trees over candidates of generated worlds that never fall with a term for a ring and never rise with an
innocent one, half of the rows with the terms that rest on labels hidden, so that the score is a
probability with and without labels; trees that tell who belongs and which parts belong together, and a
small logistic regression that tells a whole ring from a piece of one by them; and trees that have seen
which winners were rings.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from scipy.special import expit

from graphfraud.errors import CardError
from graphfraud.rings.groups import Floats
from graphfraud.rings.members import MEMBER
from graphfraud.rings.parts import PARTS
from graphfraud.rings.terms import TERMS
from graphfraud.rings.trees import Trees, read_trees
from graphfraud.rings.verdict import VERDICT
from graphfraud.rings.whole import WHOLE, Whole

WEIGHTS: Final = Path(__file__).with_name("weights.toml")
TREES, SAID, BELONGS, TOGETHER = "trees.csv", "verdict.csv", "members.csv", "parts.csv"
"""The files beside the weights."""
UNLEARNED: Final = Whole(
    Trees.steps(dict.fromkeys(MEMBER, 0.0)), Trees.steps(dict.fromkeys(PARTS, 0.0)), 0.0, dict.fromkeys(WHOLE, 0.0)
)
"""A model of wholeness that knows nothing."""
BELIEVED: Final = Trees.steps({"ONE-RING": 6.0}, constant=-3.0)
"""A verdict that knows nothing: it believes whoever ranks well."""


@dataclass(frozen=True)
class Model:
    """Log-odds of fraud: the sum of trees over the terms; what a night's labels add; wholeness; and the verdict.

    ``intercept`` and ``terms`` (weights by code) are what a night's labels add, nothing as shipped.
    """

    trees: Trees
    whole: Whole = field(default_factory=lambda: UNLEARNED)
    verdict: Trees = BELIEVED
    intercept: float = 0.0
    terms: Mapping[str, float] = field(default_factory=dict)

    def log_odds(self, found: Mapping[str, Floats]) -> Floats:
        """Log-odds of each candidate to be fraud."""
        odds = self.trees.total(found) + self.intercept
        for code, weight in self.terms.items():
            odds = odds + weight * found[code]
        return odds

    def score(self, found: Mapping[str, Floats]) -> Floats:
        """Probability of each candidate to be fraud.

        >>> Model(Trees.steps({"RG-DEVICE": 1.0})).score({"RG-DEVICE": np.zeros(1)}).tolist()
        [0.5]
        """
        return np.asarray(expit(self.log_odds(found)))

    def said(self, columns: Mapping[str, Floats]) -> Floats:
        """Probability of each winner to be one whole ring, from the columns of :mod:`graphfraud.rings.verdict`."""
        return np.asarray(expit(self.verdict.total(columns)))

    def points(self, found: Mapping[str, Floats]) -> dict[str, Floats]:
        """By how much each term moves the log-odds of each candidate; with no term at all they are the same for all."""
        added = self.trees.added(found)
        return {
            code: added[:, place] + self.terms.get(code, 0.0) * found[code]
            for place, code in enumerate(self.trees.codes)
        }


@cache
def model() -> Model:
    """The model that ships with the package.

    Raises:
        CardError: a file names a term that does not exist, or misses a weight.
    """
    return read_model(WEIGHTS)


def read_model(path: Path) -> Model:
    """The model of a file of weights and the trees beside it.

    Raises:
        CardError: a file names a term that does not exist, or misses a weight.
    """
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    missing = set(WHOLE) ^ set(content["whole"]["terms"])
    codes = {TREES: [term.code for term in TERMS], SAID: VERDICT, BELONGS: MEMBER, TOGETHER: PARTS}
    try:
        trees, verdict, members, parts = (read_trees(known, path.with_name(name)) for name, known in codes.items())
    except KeyError as unknown:
        missing |= {str(unknown.args[0])}
    if missing:
        raise CardError(
            f"terms missing or unknown: {', '.join(sorted(missing))}",
            where=str(path),
            cure="write the files anew with benchmarks/fit_rings.py",
        )
    return Model(trees, Whole(members, parts, **content["whole"]), verdict)
