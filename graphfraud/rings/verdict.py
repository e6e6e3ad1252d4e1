"""Verdict: is the candidate that won among those of the same people really one ring?

The score of wholeness puts in order who names the same people, and whoever wins by it won
because of it: of winners it says too much, most of all of small ones, of those that fall into
the same time as others, of those that one kind of evidence holds. Boosted trees have seen which
winners were rings. They never fall with the probability of fraud nor with that of wholeness.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from graphfraud.rings.bond import BONDS, holds
from graphfraud.rings.groups import Floats, Groups
from graphfraud.rings.terms import TERMS
from graphfraud.rings.whole import WHOLE, logit

RISING: Final = ("FRAUD", "ONE-RING")
"""Log-odds of both models before; the trees never fall with them."""
VERDICT: Final = (
    *RISING,
    "PEOPLE",
    *(f"WHOLE-{code}" for code in WHOLE),
    *(f"BOND-{kind.upper()}" for kind in BONDS),
    *(term.code for term in TERMS),
)
"""What the trees are given, in a fixed order."""


def seen(
    groups: Groups, odds: Floats, share: Floats, terms: Mapping[str, Floats], found: Mapping[str, Floats]
) -> dict[str, Floats]:
    """Columns of :data:`VERDICT`: both probabilities as log-odds, the logarithm of the size, and every term."""
    columns = {"FRAUD": logit(odds), "ONE-RING": logit(share), "PEOPLE": np.log(np.maximum(groups.size, 1))}
    columns |= {f"WHOLE-{code}": terms[code] for code in WHOLE}
    columns |= {f"BOND-{kind.upper()}": held for kind, held in zip(BONDS, holds(found), strict=True)}
    return columns | {term.code: found[term.code] for term in TERMS}
