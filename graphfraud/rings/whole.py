"""Whole: is a promising group one ring, or only a piece of one, or more than one?

The terms look at a group beside the other promising groups and suspects, never at what
kind of evidence it has: ties that lead to suspects outside say piece, a part that hardly
hangs on the rest says more than one. A logistic model over them gives the expected
Jaccard index with one ring, given that the group is fraud.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import expit

from graphfraud.rings.groups import ByPerson, Floats, Groups, Rows, joined
from graphfraud.rings.parts import Pairs
from graphfraud.rings.suspects import Suspects
from graphfraud.rings.trees import Trees
from graphfraud.snapshot.links import Links

WHOLE: Final = (
    "ODDS",
    "SURE",
    "SIZE",
    "HELD",
    "FIRM-INSIDE",
    "LOOSE-INSIDE",
    "ONE-PIECE",
    "PIECE",
    "PIECE-OF-SURE",
    "SEVERAL",
    "SEVERAL-OF-SURE",
    "BEST-PART",
    "EXPECTED",
)
"""Terms of wholeness in a fixed order, each between 0 and 1."""


@dataclass(frozen=True)
class Whole:
    """Trees for a person to belong, and for part and rest to be of one ring; log-odds of the share in one ring.

    ``slope`` and ``level`` make of what all say a probability (Platt 1999): that the group is a ring, Jaccard
    index one half.
    """

    members: Trees
    parts: Trees
    intercept: float
    terms: Mapping[str, float]
    slope: float = 1.0
    level: float = 0.0

    def member(self, found: Mapping[str, Floats]) -> Floats:
        """Probability of each person beside a group to belong to its ring."""
        return np.asarray(expit(self.members.total(found)))

    def one(self, found: Mapping[str, Floats]) -> Floats:
        """Probability of each pair of part and whole that part and rest are of one ring."""
        return np.asarray(expit(self.parts.total(found)))

    def share(self, found: Mapping[str, Floats]) -> Floats:
        """Expected Jaccard index of each group with one ring, if it is fraud."""
        odds = self.intercept + sum((weight * found[code] for code, weight in self.terms.items()), np.zeros(1))
        return np.asarray(expit(odds))

    def score(self, fraud: Floats, share: Floats) -> Floats:
        """Probability of each group to be one ring, from its probability to be fraud and that share."""
        return np.asarray(expit(self.slope * logit(fraud * share) + self.level))


def logit(chance: Floats) -> Floats:
    """Log-odds, within reason."""
    safe = np.clip(chance, 1e-6, 1.0 - 1e-6)
    return np.asarray(np.log(safe / (1.0 - safe)))


def terms(
    groups: Groups, odds: Floats, among: Suspects, split: Pairs, one: Floats, expected: Floats
) -> dict[str, Floats]:
    """Terms of wholeness of groups with these odds (0 to 1), each beside all others.

    ``one`` is the probability of each pair of part and whole to be of one ring, ``expected`` the
    Jaccard index that the members each for themselves let expect.
    """
    pieces, held = _inside(groups, among)
    piece, sure_piece, several, sure_several, best = np.zeros((5, len(groups)))
    part, whole = split.part, split.whole
    np.maximum.at(piece, part, one)
    np.maximum.at(sure_piece, part, one * odds[whole])
    np.maximum.at(several, whole, 1.0 - one)
    np.maximum.at(sure_several, whole, (1.0 - one) * odds[part])
    np.maximum.at(best, whole, np.clip(odds[part] - odds[whole], 0.0, 1.0))
    return {
        "ODDS": odds,
        "SURE": np.clip(2.0 * odds - 1.0, 0.0, 1.0),
        "SIZE": np.clip(np.log2(np.maximum(groups.size, 1) / 3.0) / 4.0, 0.0, 1.0),
        "HELD": held,
        "FIRM-INSIDE": _closed(groups, among.firm),
        "LOOSE-INSIDE": _closed(groups, among.loose),
        "ONE-PIECE": pieces,
        "PIECE": piece,
        "PIECE-OF-SURE": sure_piece,
        "SEVERAL": several,
        "SEVERAL-OF-SURE": sure_several,
        "BEST-PART": best,
        "EXPECTED": expected,
    }


def scaled(score: Floats) -> Floats:
    """Log-odds of a probability between -4 and 8, as 0 to 1."""
    return np.clip((logit(score) + 4.0) / 12.0, 0.0, 1.0)


def _rows(groups: Groups, linked: Links) -> tuple[Rows, Rows, Floats]:
    """Group, other end and weight of every tie of every member, seen from the member."""
    a, b = np.concatenate([linked.a, linked.b]), np.concatenate([linked.b, linked.a])
    weight = np.concatenate([linked.weight, linked.weight])
    group, row = ByPerson.of(a, groups.people).rows(groups)
    return group, b[row].astype(np.int64), weight[row]


def _closed(groups: Groups, linked: Links) -> Floats:
    """Share of the weight of the ties to suspects that stays inside; 1 where there is none."""
    group, other, weight = _rows(groups, linked)
    inside = groups.has(group, other)
    kept = np.bincount(group[inside], weight[inside], len(groups))
    whole = np.bincount(group, weight, len(groups))
    return np.asarray(np.divide(kept, whole, out=np.ones(len(groups)), where=whole > 0))


def _inside(groups: Groups, among: Suspects) -> tuple[Floats, Floats]:
    """1 over the number of pieces into which the ties inside leave a group; the share of members tied firmly."""
    ends: list[tuple[Rows, Rows]] = []
    held = np.zeros(len(groups))
    for linked in (among.firm, among.loose):
        index = ByPerson.of(linked.a, groups.people)
        group, row = index.rows(groups)
        inside = groups.has(group, linked.b[row])
        group, row = group[inside], row[inside]
        ends.append((groups.place(group, linked.a[row]), groups.place(group, linked.b[row])))
        if linked is among.firm:
            both = np.concatenate([group, group]), np.concatenate([linked.a[row], linked.b[row]])
            held = groups.share(*both)
    a, b = (np.concatenate([end[side] for end in ends]) for side in (0, 1))
    label = joined(a, b, len(groups.person))
    heads = label == np.arange(len(label))
    return 1.0 / np.maximum(np.bincount(groups.number[heads], minlength=len(groups)), 1), held
