"""The smallest change that would lift somebody's tier: one feature, from what it is to what it would have to be."""

from typing import Final

import msgspec
import numpy as np

from graphfraud.score.entries import TIERS, Card, Entry
from graphfraud.score.inputs import INPUTS
from graphfraud.score.parts import Assessed, Flags, Floats, Values, assessed, feature_points
from graphfraud.score.tier import NONE, Offer, deciding_score, offers

UNALTERABLE: Final = frozenset({"ring_score", "fraud_pagerank", "component_size", "core_number", "listed_as_contact"})
"""Inputs that other people make: nobody is told to change those."""
FINENESS: Final = 1e-6
"""What lies past the edge of a bin is told to so much, where it is no whole number."""
FEN: Final = 0.01
"""What is owed must stay under the capacity of a tier, if only by this."""


class Counterfactual(msgspec.Struct, frozen=True):
    """With this input at ``needed`` (at least, or at most) the tier would be ``tier``."""

    feature: str
    code: str
    value: float | None
    needed: float
    at_most: bool
    tier: str
    points: float


def counterfactual(
    people: Assessed, known: Values, score: Floats, offer: Offer, *, adverse_rule: Flags
) -> Counterfactual | None:
    """For one person: the change of one input, fewest points first, that leads to a higher tier; None if none does.

    ``adverse_rule`` says whether the gate takes away the protection from social evidence, as for the score itself.
    Every proposal is assessed anew, so what is told is true; the next smaller step of the same input is not enough.
    Cost: one assessment a better bin or condition of a tier.
    """
    card, now = people.card, int(offer.tier[0])
    if now == len(TIERS) - 1 or np.isnan(score[0]):
        return None
    found = [
        one
        for name, entry in card.features.items()
        if name not in UNALTERABLE
        for one in _proposals(name, entry, people, known)
        if score[0] + one.points >= card.tiers[TIERS[now + 1]].min_score - 1.0
    ]
    for one in sorted(found, key=_least_first):
        reached = _tier_with(one, known, card, adverse_rule)
        if reached > now:
            return msgspec.structs.replace(one, tier=TIERS[reached])
    return None


def _least_first(one: Counterfactual) -> tuple[float, str, float]:
    return one.points, one.feature, -one.needed if one.at_most else one.needed


def _proposals(name: str, entry: Entry, people: Assessed, known: Values) -> list[Counterfactual]:
    place = list(people.card.features).index(name)
    have, share = people.points[0, place], float(people.contributions[0, place])
    value = float(known.of(name)[0])
    if np.isnan(value) or entry.direction == "any" or not entry.edges:
        return []
    factor = share / have if have else float(people.share[0].max())
    found = []
    for needed in _steps(name, entry, value, people.card):
        gain = (float(feature_points(np.array([needed]), entry)[0]) - have) * abs(factor)
        at_most = entry.direction == "down"
        found.append(Counterfactual(name, entry.reason.code, value, needed, at_most, "", round(float(gain), 4)))
    return found


def _steps(name: str, entry: Entry, value: float, card: Card) -> list[float]:
    """Where something changes for the better: the near ends of better bins, and what the tiers ask for."""
    if entry.direction == "down":
        room = [card.tiers[tier].debt_capacity - FEN for tier in TIERS[1:]] if name == "outstanding" else []
        return [step for step in {*entry.edges, *room} if step < value]
    asked = [tier.at_least[name] for tier in card.tiers.values() if name in tier.at_least]
    return [step for step in {*(_past(name, edge) for edge in entry.edges), *asked} if step > value]


def _past(name: str, edge: float) -> float:
    """The least value beyond an edge, which itself belongs to the bin below."""
    return float(np.floor(edge) + 1) if INPUTS[name].dtype == "int" else round(edge + FINENESS, 6)


def _tier_with(one: Counterfactual, known: Values, card: Card, adverse_rule: Flags) -> int:
    changed = Values({**known.columns, one.feature: np.array([one.needed])}, 1)
    people = assessed(changed, card)
    score = deciding_score(people, adverse_rule)
    if score[0] < card.floor:
        return NONE
    return int(offers(score, changed, people, excluded=np.array([False])).tier[0])
