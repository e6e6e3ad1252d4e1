"""Refit: the shipped model moved towards what the labels of this very night say.

Fraud elsewhere is not the fraud of the worlds that taught the model. Where enough people are
known by the as-of, and the model finds few of them by what no label says, weights are added to
the terms that rest on no label: the likelihood of the labels seen in the candidates, with a
ridge towards nothing. A group that is no ring has known people at the rate of everybody; a
ring is either known, and then many members are, or not, and then it looks like any group. So
a fresh ring is no evidence that its kind is honest. No label explains itself: the terms that
rest on labels read 0 here. Cost: some hundred passes over the candidates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.optimize import minimize

from graphfraud.rings.groups import Flags, Floats, Groups, Rows
from graphfraud.rings.model import Model
from graphfraud.rings.terms import LABEL_TERMS, TERMS

RIDGE: Final = 4.0
"""Precision of nothing to add: so sure is the shipped model before any label is seen."""
LEAST_KNOWN, LEAST_GROUPS = 20, 5
"""So many people known as fraudulent, and groups with two of them, are enough labels."""
ENOUGH: Final = 0.35
"""Where so many of the known people are in groups that look like fraud without labels, nothing needs to move."""
TURNS: Final = 5
"""So often rates and weights are estimated in turn (expectation and maximisation)."""
UNLIKELY, EVERY = 0.002, 10
"""Of the groups without a known member that are less likely than this, one in so many stands for all."""
PRIOR: Final = 5.0
"""Groups that the usual rates are worth."""
KNOWN_RINGS, KNOWN_MEMBERS = 0.5, 0.35
"""The usual rates: of rings of which anybody is known, and of the members of those."""
SURE: Final = 12.0
"""No group's labels say more than this, as the natural logarithm of a ratio of likelihoods."""


def covered(groups: Groups, score: Floats, known: Flags) -> float:
    """Share of the known people who are in a group that is likelier fraud than not by what no label says."""
    held = np.zeros(groups.people, bool)
    held[groups.person[np.repeat(score >= 0.5, groups.size)]] = True
    return float((held & known).sum() / max(known.sum(), 1))


@dataclass(frozen=True)
class Rates:
    """Shares: of rings that are known, of their members, of everybody; and who is cleared, in rings and at large."""

    rings: float
    members: float
    everybody: float
    cleared_in_rings: float
    cleared: float

    def sane(self) -> "Rates":
        """The same, none 0 or 1, and nobody known more often outside than in known rings."""
        usual, cleared = max(self.everybody, 1e-5), min(max(self.cleared, 1e-6), 0.9)
        inside = min(max(self.members, 2 * usual, 0.05), 0.95)
        return Rates(
            min(max(self.rings, 0.05), 0.95), inside, usual, min(max(self.cleared_in_rings, 1e-7), cleared), cleared
        )


def refitted(model: Model, groups: Groups, found: Mapping[str, Floats], known: Flags, cleared: Flags) -> Model:
    """The model for this night: the given one where labels do not suffice, or where it needs none to find the known."""
    fraud, clean = groups.total(known), groups.total(cleared)
    if known.sum() < LEAST_KNOWN or (fraud >= 2).sum() < LEAST_GROUPS:
        return model
    blind = {code: np.zeros(len(groups)) if code in LABEL_TERMS else value for code, value in found.items()}
    base = model.log_odds(blind)
    score = _chance(base)
    if covered(groups, score, known) >= ENOUGH:
        return model
    likely = (score >= UNLIKELY) | (fraud > 0)
    told = np.flatnonzero(likely | (np.arange(len(groups)) % EVERY == 0))
    weight = _weight(groups)[told] * np.where(likely[told], 1.0, EVERY)
    base, groups, fraud, clean = base[told], groups.take(told), fraud[told], clean[told]
    codes = [term.code for term in TERMS if term.code not in LABEL_TERMS]
    columns = np.stack([np.ones(len(groups)), *(blind[code][told] for code in codes)], axis=1)
    rate = Rates(KNOWN_RINGS, KNOWN_MEMBERS, float(known.mean()), float(cleared.mean()) / 2, float(cleared.mean()))
    added = np.zeros(columns.shape[1])
    for _ in range(TURNS):
        labels = _Labels(groups.size, fraud, clean, weight, rate.sane())
        rate = labels.rates(_chance(base + columns @ added))
        added = _moved(base, columns, added, labels)
    return replace(model, intercept=float(added[0]), terms=dict(zip(codes, added[1:].tolist(), strict=True)))


def _chance(log_odds: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))


@dataclass(frozen=True, eq=False)
class _Labels:
    """Members of each group, who is known and who is cleared, its weight, and the rates believed in."""

    size: Rows
    fraud: Floats
    clean: Floats
    weight: Floats
    rate: Rates

    @property
    def _known(self) -> Floats:
        """Natural logarithm of how much likelier the known people are in a ring that is known than in no ring."""
        rate = self.rate
        return np.asarray(
            self.fraud * np.log(rate.members / rate.everybody)
            + (self.size - self.fraud) * np.log((1 - rate.members) / (1 - rate.everybody))
        )

    @property
    def ratio(self) -> Floats:
        """How much likelier the labels of each group are if it is a ring."""
        rate = self.rate
        ratio = np.log((1 - rate.rings) + rate.rings * np.exp(np.clip(self._known, -SURE, SURE)))
        ratio += self.clean * np.log(rate.cleared_in_rings / rate.cleared)
        ratio += (self.size - self.clean) * np.log((1 - rate.cleared_in_rings) / (1 - rate.cleared))
        return np.asarray(np.exp(np.clip(ratio, -SURE, SURE)))

    def rates(self, score: Floats) -> Rates:
        """Rates in the groups that are rings by score and labels, and in the others; a few usual groups added."""
        ratio, known = self.ratio, np.exp(np.clip(self._known, -SURE, SURE))
        ring = self.weight * score * ratio / (score * ratio + 1.0 - score)
        seen = ring * self.rate.rings * known / (self.rate.rings * known + 1.0 - self.rate.rings)
        honest = self.weight - ring
        return Rates(
            rings=_share(seen, np.ones(len(ring)), ring, KNOWN_RINGS),
            members=_share(seen * self.fraud, self.size, seen, KNOWN_MEMBERS),
            everybody=_share(honest * self.fraud, self.size, honest, self.rate.everybody),
            cleared_in_rings=_share(ring * self.clean, self.size, ring, self.rate.cleared / 2),
            cleared=_share(honest * self.clean, self.size, honest, self.rate.cleared),
        )


def _share(part: Floats, size: Rows | Floats, weight: Floats, usual: float) -> float:
    """A weighted share, with :data:`PRIOR` groups of the usual share (of some eight people) added."""
    extra = PRIOR * (1.0 if size.max(initial=1.0) <= 1.0 else 8.0)
    return float((part.sum() + usual * extra) / ((weight * size).sum() + extra))


def _moved(base: Floats, columns: Floats, near: Floats, labels: _Labels) -> Floats:
    """What is added to the log-odds for the greatest likelihood of the labels, times a ridge around nothing."""
    weight, ratio = labels.weight, labels.ratio

    def loss(given: Floats) -> tuple[float, Floats]:
        chance = _chance(base + columns @ given)
        seen = 1.0 + chance * (ratio - 1.0)
        slope = weight * chance * (1.0 - chance) * (ratio - 1.0) / seen
        value = -(weight * np.log(seen)).sum() + 0.5 * RIDGE * (given**2).sum()
        return float(value), -(columns.T @ slope) + RIDGE * given

    best = minimize(loss, near, jac=True, method="L-BFGS-B", options={"maxiter": 60})
    return np.asarray(np.round(best.x, 6) + 0.0)


def _weight(groups: Groups) -> Floats:
    """Candidates that name the same people count together as one."""
    times = np.bincount(groups.person, minlength=groups.people)
    return np.asarray(groups.mean(1.0 / np.maximum(times, 1)))
