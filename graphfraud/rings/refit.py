"""Refit: the shipped weights moved towards what the labels of this very night say.

Fraud elsewhere is not the fraud of the worlds that taught the weights. Where enough
people are known by the as-of, the weights of the terms that rest on no label are fitted
again: the likelihood of the labels seen in the candidates, with a ridge towards the
shipped weights. A group that is no ring has known people at the rate of everybody; a
ring is either known, and then many members are, or not, and then it looks like any
group. So a fresh ring is no evidence that its kind is honest. No label explains itself:
the terms that rest on labels read 0 here. Cost: some hundred passes over the candidates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.optimize import minimize

from graphfraud.rings.families import FAMILIES
from graphfraud.rings.groups import Flags, Floats, Groups
from graphfraud.rings.model import Model
from graphfraud.rings.selection import chosen
from graphfraud.rings.terms import LABEL_TERMS, TERMS

RIDGE: Final = 2.0
"""Precision of the shipped weights: so sure are they before any label is seen."""
LEAST_KNOWN, LEAST_GROUPS = 20, 5
"""So many people known as fraudulent, and groups with two of them, are enough labels."""
LIKELY: Final = 0.5
PRIOR: Final = 10.0
"""Groups that the default rates are worth."""
SURE: Final = 12.0
"""No group's labels say more than this, as the natural logarithm of a ratio of likelihoods."""


@dataclass(frozen=True)
class Rates:
    """Shares: of rings that are known, of their members, of everybody; and who is cleared, in rings and at large."""

    rings: float
    members: float
    everybody: float
    cleared_in_rings: float
    cleared: float


def refitted(model: Model, groups: Groups, found: Mapping[str, Floats], known: Flags, cleared: Flags) -> Model:
    """The model for this night; the given one where labels do not suffice."""
    fraud, clean = groups.total(known), groups.total(cleared)
    if known.sum() < LEAST_KNOWN or (fraud >= 2).sum() < LEAST_GROUPS:
        return model
    blind = {code: np.zeros(len(groups)) if code in LABEL_TERMS else value for code, value in found.items()}
    score = model.score(blind, groups.family)
    ratio = _ratio(groups, fraud, clean, _rates(groups, score, fraud, clean, known, cleared))
    return _moved(model, groups, blind, ratio)


def _rates(groups: Groups, score: Floats, fraud: Floats, clean: Floats, known: Flags, cleared: Flags) -> Rates:
    """Rates seen in the likely rings, a few groups of the usual rates added."""
    ring = chosen(groups, score, score >= LIKELY)
    size, fraud, clean = groups.size[ring], fraud[ring], clean[ring]
    hit = fraud >= 1
    everybody, usual = max(known.mean(), 1e-4), max(cleared.mean(), 1e-6)
    return Rates(
        rings=(hit.sum() + 0.3 * PRIOR) / (len(ring) + PRIOR),
        members=((fraud - 1)[hit].sum() + 0.4 * PRIOR) / ((size - 1)[hit].sum() + PRIOR),
        everybody=everybody,
        cleared_in_rings=(clean.sum() + 0.5 * usual * PRIOR / usual) / (size.sum() + PRIOR / usual),
        cleared=usual,
    )


def _ratio(groups: Groups, fraud: Floats, clean: Floats, rate: Rates) -> Floats:
    """How much likelier the labels of each group are if it is a ring."""
    size = groups.size
    inside = fraud * np.log(rate.members / rate.everybody)
    inside += (size - fraud) * np.log((1 - rate.members) / (1 - rate.everybody))
    ratio = np.log((1 - rate.rings) + rate.rings * np.exp(np.clip(inside, -SURE, SURE)))
    ratio += clean * np.log(rate.cleared_in_rings / rate.cleared)
    ratio += (size - clean) * np.log((1 - rate.cleared_in_rings) / (1 - rate.cleared))
    return np.asarray(np.exp(np.clip(ratio, -SURE, SURE)))


def _moved(model: Model, groups: Groups, blind: Mapping[str, Floats], ratio: Floats) -> Model:
    codes = [term.code for term in TERMS if term.code not in LABEL_TERMS]
    innocent = [term.innocent for term in TERMS if term.code not in LABEL_TERMS]
    columns = np.stack([np.ones(len(groups)), *(blind[code] for code in codes)], axis=1)
    base = np.array([model.families[name] for name in FAMILIES])[groups.family]
    start = np.array([model.intercept, *(model.terms[code] for code in codes)])
    weight = _weight(groups)

    def loss(given: Floats) -> tuple[float, Floats]:
        chance = 1.0 / (1.0 + np.exp(-(base + columns @ given)))
        seen = 1.0 + chance * (ratio - 1.0)
        slope = weight * chance * (1.0 - chance) * (ratio - 1.0) / seen
        value = -(weight * np.log(seen)).sum() + 0.5 * RIDGE * ((given - start) ** 2).sum()
        return float(value), -(columns.T @ slope) + RIDGE * (given - start)

    bounds = [(None, None)] + [(None, 0.0) if against else (0.0, None) for against in innocent]
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 200})
    moved = np.round(best.x, 6) + 0.0
    terms = {**model.terms, **dict(zip(codes, moved[1:].tolist(), strict=True))}
    return replace(model, intercept=float(moved[0]), terms=terms)


def _weight(groups: Groups) -> Floats:
    """Candidates that name the same people count together as one."""
    times = np.bincount(groups.person, minlength=groups.people)
    return np.asarray(groups.mean(1.0 / np.maximum(times, 1)))
