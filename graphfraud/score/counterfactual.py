"""The smallest change that would lift somebody's tier: one feature, from what it is to what it would have to be."""

from typing import Final

import msgspec
import numpy as np

from graphfraud.score.entries import TIERS, Card, Entry
from graphfraud.score.parts import Assessed, Floats, Values, assessed
from graphfraud.score.tier import NONE, Offer, deciding_score, offers

UNALTERABLE: Final = frozenset({"ring_score", "fraud_pagerank", "component_size", "core_number", "listed_as_contact"})
"""Inputs that other people make: nobody is told to change those."""


class Counterfactual(msgspec.Struct, frozen=True):
    """With this input at ``needed`` (at least, or at most) the tier would be ``tier``."""

    feature: str
    code: str
    value: float | None
    needed: float
    at_most: bool
    tier: str
    points: float


def counterfactual(people: Assessed, known: Values, score: Floats, offer: Offer) -> Counterfactual | None:
    """For one person: the change of one input, fewest points first, that leads to a higher tier; None if none does.

    Every proposal is assessed anew, so what is told is true. Cost: one assessment a better bin.
    """
    card, now = people.card, int(offer.tier[0])
    if now == len(TIERS) - 1 or np.isnan(score[0]):
        return None
    found = [
        one
        for name, entry in card.features.items()
        if name not in UNALTERABLE
        for one in _proposals(name, entry, people, known)
        if (one.points > 0) and score[0] + one.points >= card.tiers[TIERS[now + 1]].min_score - 1.0
    ]
    for one in sorted(found, key=lambda one: (one.points, one.feature)):
        reached = _tier_with(one, known, card)
        if reached > now:
            return msgspec.structs.replace(one, tier=TIERS[reached])
    return None


def _proposals(name: str, entry: Entry, people: Assessed, known: Values) -> list[Counterfactual]:
    place = list(people.card.features).index(name)
    have, share = people.points[0, place], float(people.contributions[0, place])
    value = float(known.of(name)[0])
    if np.isnan(value) or entry.direction == "any" or not entry.edges:
        return []
    factor = share / have if have else float(people.share[0].max())
    found = []
    for bin_, points in enumerate(entry.points):
        if points > have:
            at_most = entry.direction == "down"
            needed = entry.edges[bin_] if at_most else entry.edges[bin_ - 1]
            gain = (points - have) * abs(factor)
            found.append(Counterfactual(name, entry.reason.code, value, needed, at_most, "", round(float(gain), 4)))
    return found


def _tier_with(one: Counterfactual, known: Values, card: Card) -> int:
    value = one.needed if one.at_most else np.nextafter(one.needed, np.inf)
    changed = Values({**known.columns, one.feature: np.array([value])}, 1)
    people = assessed(changed, card)
    score = deciding_score(people, np.array([False]))
    if score[0] < card.floor:
        return NONE
    return int(offers(score, changed, people, excluded=np.array([False])).tier[0])
