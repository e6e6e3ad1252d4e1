"""The model of a ring: learned weights, read from a file that says where they come from.

``weights.toml`` is written by ``benchmarks/fit_rings.py``: a penalised logistic
regression over candidates of generated worlds, half of the rows with the terms that
rest on labels hidden, so that the score is a probability with and without labels.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.errors import CardError
from graphfraud.rings.families import FAMILIES
from graphfraud.rings.groups import Floats
from graphfraud.rings.members import MEMBER
from graphfraud.rings.parts import PARTS
from graphfraud.rings.terms import TERMS
from graphfraud.rings.whole import WHOLE, Whole

WEIGHTS: Final = Path(__file__).with_name("weights.toml")


UNLEARNED: Final = Whole(
    0.0, dict.fromkeys(MEMBER, 0.0), 0.0, dict.fromkeys(PARTS, 0.0), 0.0, dict.fromkeys(WHOLE, 0.0)
)
"""A model of wholeness that knows nothing."""


@dataclass(frozen=True)
class Model:
    """Log-odds of fraud: the intercept, one weight a family, one a term; and the model of wholeness."""

    intercept: float
    families: Mapping[str, float]
    terms: Mapping[str, float]
    whole: Whole = field(default_factory=lambda: UNLEARNED)

    def score(self, found: Mapping[str, Floats], family: npt.NDArray[np.int8]) -> Floats:
        """Probability of each candidate to be a ring.

        >>> model = Model(0.0, dict.fromkeys(FAMILIES, 0.0), {})
        >>> model.score({}, np.zeros(1, np.int8)).tolist()
        [0.5]
        """
        odds = self.intercept + np.array([self.families[name] for name in FAMILIES])[family]
        for code, weight in self.terms.items():
            odds = odds + weight * found[code]
        return np.asarray(1.0 / (1.0 + np.exp(-odds)))


@cache
def model() -> Model:
    """The model that ships with the package.

    Raises:
        CardError: a family or a term has no weight, or one of the wrong sign.
    """
    return read_model(WEIGHTS)


def read_model(path: Path) -> Model:
    """The model of a file.

    Raises:
        CardError: a family or a term has no weight, or one of the wrong sign.
    """
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    one = Whole(**content["whole"])
    return checked(Model(content["intercept"], content["families"], content["terms"], one))


def checked(made: Model) -> Model:
    """The same model, unless a weight is missing or contradicts what its term means."""
    missing = {term.code for term in TERMS} ^ set(made.terms) | set(FAMILIES) ^ set(made.families)
    missing |= set(WHOLE) ^ set(made.whole.terms) | set(PARTS) ^ set(made.whole.parts)
    missing |= set(MEMBER) ^ set(made.whole.members)
    turned = [term.code for term in TERMS if made.terms.get(term.code, 0.0) * (-1 if term.innocent else 1) < 0]
    if missing or turned:
        raise CardError(
            f"weights missing, unknown or of the wrong sign: {', '.join([*sorted(missing), *turned])}",
            where=str(WEIGHTS),
            cure="write the file anew with benchmarks/fit_rings.py",
        )
    return made
