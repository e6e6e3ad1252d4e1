"""Judgement: every candidate with its terms, its odds, its score and its p-value, pieces put together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from graphfraud.rings import whole
from graphfraud.rings.bond import bond
from graphfraud.rings.candidates import candidates, distinct
from graphfraud.rings.gaps import gaps
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import Flags, Floats, Groups, Ints, together
from graphfraud.rings.growth import variants
from graphfraud.rings.members import Beside, beside, expected, refined
from graphfraud.rings.model import Model
from graphfraud.rings.parts import Pairs, pairs
from graphfraud.rings.refit import refitted
from graphfraud.rings.selection import chosen
from graphfraud.rings.significance import p_values, q_values
from graphfraud.rings.suspects import Suspects, circles, suspects
from graphfraud.rings.terms import values
from graphfraud.rings.unions import unions
from graphfraud.rings.verdict import seen
from graphfraud.rings.whole import Whole
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


CONTENDS: Final = 0.15
"""Who ranks lower does not contend for its people."""
ROUNDS: Final = 2
"""So often pieces are put together."""


@dataclass(frozen=True, eq=False)
class Judged:
    """Candidates beside what was found about them.

    ``odds`` is the probability that the people belong to fraud, ``rank`` how good a candidate is beside others that
    name the same people, ``score`` the probability of one that wins to be one whole ring. Both are 0 and ``p`` is 1
    where the odds are too low to ask.
    """

    groups: Groups
    found: Mapping[str, Floats]
    odds: Floats
    rank: Floats
    score: Floats
    p: Floats
    model: Model

    def allowed(self, settings: RingSettings) -> Flags:
        """Which may be reported: a good score, and ties that chance cannot explain.

        Where it can the score must be better, and better still where members did not act at one time.
        """
        acted = np.max([self.found[code] for code in ACTS], axis=0) >= ACTED
        least = np.where(acted, settings.acted_score, settings.sure_score)
        sure = (q_values(self.p) <= settings.max_q) | (self.score >= least)
        return np.asarray((self.rank >= CONTENDS) & (self.score >= settings.min_score) & sure)

    def reported(self, settings: RingSettings) -> "Judged":
        """Of those allowed that name the same people the one that is best by rank and score."""
        return self.take(chosen(self.groups, self.rank * self.score, self.allowed(settings)))

    def take(self, chosen: Ints) -> "Judged":
        """The chosen candidates, in that order."""
        found = {code: value[chosen] for code, value in self.found.items()}
        groups = self.groups.take(chosen)
        odds, rank, score, p = (column[chosen] for column in (self.odds, self.rank, self.score, self.p))
        return Judged(groups, found, odds, rank, score, p, self.model)


def judged(ground: Ground, model: Model, *, settings: Settings) -> Judged:
    """All candidates, and the groups that the promising ones together propose, judged alike."""
    groups, found, model = proposed(ground, model, settings=settings)
    odds = model.score(found)
    rank, score, p = np.zeros(len(groups)), np.zeros(len(groups)), np.ones(len(groups))
    promising = np.flatnonzero(odds >= settings.rings.piece_score)
    some, likely = groups.take(promising), odds[promising]
    terms = {code: value[promising] for code, value in found.items()}
    beside = neighbours(ground, some, likely, terms).terms(model.whole)
    share = model.whole.share(beside)
    rank[promising] = model.whole.score(likely, share)
    score[promising] = model.said(seen(some, likely, share, beside, terms))
    p[promising] = p_values(ground, some)
    return Judged(groups, found, odds, rank, score, p, model)


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Promising groups beside one another: their odds, the ties among suspects, parts and wholes."""

    groups: Groups
    odds: Floats
    among: Suspects
    split: Pairs

    crowd: Beside

    def terms(self, one: Whole) -> dict[str, Floats]:
        """Terms of wholeness."""
        likely = expected(self.crowd, one.member(self.crowd.terms), len(self.groups))
        return whole.terms(self.groups, self.odds, self.among, self.split, one.one(self.split.terms), likely)


def neighbours(ground: Ground, groups: Groups, odds: Floats, found: Mapping[str, Floats]) -> Neighbours:
    """Promising groups beside one another; ``odds`` are probabilities."""
    among = suspects(ground, groups, odds, gaps(ground, groups, found), least=ground.settings.rings.piece_score)
    scaled = whole.scaled(odds)
    crowd = beside(ground, groups, scaled, among)
    return Neighbours(groups, scaled, among, pairs(groups, scaled, found, among, ground.acts), crowd)


def proposed(
    ground: Ground, model: Model, *, settings: Settings, refit: bool = True
) -> tuple[Groups, dict[str, Floats], Model]:
    """Candidates, what the promising ones propose, the terms of all, and the model fitted to the night's labels."""
    groups = candidates(ground, settings=settings)
    found = values(ground, groups)
    if refit:
        model = refitted(model, groups, found, ground.known, ground.labelled("clean"))
    odds = model.score(found)
    for turn in range(ROUNDS):
        made = _put_together(ground, groups, found, odds, model, again=turn > 0)
        whole_list = distinct(together([groups, made]))
        more = values(ground, whole_list.take(np.arange(len(groups), len(whole_list))))
        groups, found = whole_list, {code: np.concatenate([value, more[code]]) for code, value in found.items()}
        odds = np.concatenate([odds, model.score(more)])
    return groups, found, model


def _put_together(
    ground: Ground, groups: Groups, found: Mapping[str, Floats], odds: Floats, model: Model, *, again: bool
) -> Groups:
    """Unions, circles and variants of the promising groups; later on, unions of the best alone, and all refined."""
    settings = ground.settings
    good = odds >= settings.rings.piece_score
    promising = chosen(groups, odds, good) if again else np.flatnonzero(good)
    pieces = groups.take(promising)
    seen = {code: value[promising] for code, value in found.items()}
    over = gaps(ground, pieces, seen)
    joined = unions(ground, pieces, bond(seen)[0], over, settings=settings.rings)
    among = suspects(ground, pieces, odds[promising], over, least=settings.rings.piece_score)
    around = circles(ground, among, settings=settings.rings, seed=settings.seed)
    grown = variants(ground, pieces, settings=settings.rings)
    if not again:
        return together([joined, around, grown])
    every = groups.take(np.flatnonzero(good))
    around_all = suspects(ground, every, odds[good], over, least=0.0)
    crowd = beside(ground, every, whole.scaled(odds[good]), around_all)
    return together(
        [joined, around, grown, refined(crowd, model.whole.member(crowd.terms), ground.people, settings=settings.rings)]
    )
