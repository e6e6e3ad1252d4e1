"""Judgement: every candidate with its terms, its score and its p-value, pieces put together once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from graphfraud.rings.bond import bond
from graphfraud.rings.candidates import candidates, distinct
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import Flags, Floats, Groups, Ints, together
from graphfraud.rings.model import Model
from graphfraud.rings.significance import p_values, q_values
from graphfraud.rings.terms import values
from graphfraud.rings.unions import unions
from graphfraud.settings import RingSettings, Settings

ACTS: Final = (
    "RG-MEET-BURST",
    "RG-PAPER-BURST",
    "RG-REGISTER",
    "RG-APPLY",
    "RG-BORROW-BURST",
    "RG-PROMISE-BURST",
    "RG-FLOW",
    "RG-PAYBACK",
    "RG-BONUS",
)
"""Terms of what people did together in time or with money; what they merely have in common is none."""
ACTED: Final = 0.5


@dataclass(frozen=True, eq=False)
class Judged:
    """Candidates beside what was found about them; ``p`` is 1 where the score is too low to ask."""

    groups: Groups
    found: Mapping[str, Floats]
    score: Floats
    p: Floats

    def allowed(self, settings: RingSettings) -> Flags:
        """Which may be reported: a good score, and ties that chance cannot explain.

        Where it can, the score must be better still and most members must have acted at one time.
        """
        acted = np.max([self.found[code] for code in ACTS], axis=0) >= ACTED
        sure = (q_values(self.p) <= settings.max_q) | (acted & (self.score >= settings.sure_score))
        return np.asarray((self.score >= settings.min_score) & sure)

    def take(self, chosen: Ints) -> "Judged":
        """The chosen candidates, in that order."""
        found = {code: value[chosen] for code, value in self.found.items()}
        return Judged(self.groups.take(chosen), found, self.score[chosen], self.p[chosen])


def judged(ground: Ground, model: Model, *, settings: Settings) -> Judged:
    """All candidates and the unions of the promising ones, judged alike."""
    groups, found = proposed(ground, model, settings=settings)
    score = model.score(found, groups.family)
    p = np.ones(len(groups))
    promising = np.flatnonzero(score >= settings.rings.min_score)
    p[promising] = p_values(ground, groups.take(promising))
    return Judged(groups, found, score, p)


def examined(ground: Ground, groups: Groups, model: Model) -> Judged:
    """Given groups, judged as they are."""
    found = values(ground, groups)
    return Judged(groups, found, model.score(found, groups.family), p_values(ground, groups))


def proposed(ground: Ground, model: Model | None, *, settings: Settings) -> tuple[Groups, dict[str, Floats]]:
    """Candidates and their terms; with a model also the unions of those that it finds promising."""
    groups = candidates(ground, settings=settings)
    found = values(ground, groups)
    if model is None:
        return groups, found
    promising = np.flatnonzero(model.score(found, groups.family) >= settings.rings.piece_score)
    kind = bond({code: value[promising] for code, value in found.items()})[0]
    joined = unions(ground, groups.take(promising), kind, settings=settings.rings)
    whole = distinct(together([groups, joined]))
    more = values(ground, whole.take(np.arange(len(groups), len(whole))))
    return whole, {code: np.concatenate([value, more[code]]) for code, value in found.items()}
