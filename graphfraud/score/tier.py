"""Tier, limit and daily rate: a band by tier, a place in the band by score."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graphfraud.score.entries import PARTS, TIERS, Tier
from graphfraud.score.parts import Assessed, Flags, Floats, Values

NONE: Final = -1
"""Index of no tier at all."""
LIMIT_STEP: Final = 100
RATE_STEP: Final = 1_000_000
"""Daily rates are whole millionths (0.0001 %), so that the figure shown is the figure charged."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Offer:
    """By person: index into TIERS or NONE, limit in yuan, daily rate in millionths (0 where no tier)."""

    tier: Ints
    limit_cny: Ints
    rate_steps: Ints


def deciding_score(people: Assessed, adverse_rule: Flags) -> Floats:
    """The score that decision, tier, limit and rate go by.

    Social evidence alone never lowers them: it is the better of the score and the score
    with the social part neutral, unless an adverse code outside the social part fires.
    """
    unprotected = people.adverse | adverse_rule
    return np.where(unprotected, people.total, np.fmax(people.total, people.without_social))


def offers(score: Floats, known: Values, people: Assessed, *, excluded: Flags) -> Offer:
    """The highest tier whose conditions a person meets, and the place of the score in its band.

    Limits rise and rates fall with the score; debt at other lenders lowers the limit. A score
    under the floor, a missing score and excluded people have no tier. Cost: O(people × tiers).
    """
    owed = np.nan_to_num(known.of("outstanding"), nan=0.0)
    offer = Offer(np.full(known.rows, NONE), np.zeros(known.rows, np.int64), np.zeros(known.rows, np.int64))
    for index, name in enumerate(TIERS):
        tier = people.card.tiers[name]
        inside = ~excluded & (score >= tier.min_score) & _meets(known, people, tier)
        if index > 0:  # too much debt for a tier leads to the one below it; the first has none below
            inside &= owed < tier.debt_capacity
        place = np.nan_to_num((score - tier.min_score) / (100 - tier.min_score), nan=0.0).clip(0.0, 1.0)
        offer = Offer(
            np.where(inside, index, offer.tier),
            np.where(inside, _limit(place, owed, tier), offer.limit_cny),
            np.where(inside, _rate(place, tier), offer.rate_steps),
        )
    return offer


def _meets(known: Values, people: Assessed, tier: Tier) -> Flags:
    present = ~np.isnan(people.parts[:, [PARTS.index(part) for part in tier.needs]])
    meets = present.all(axis=1)
    for feature, least in tier.at_least.items():
        meets &= known.of(feature) >= least
    return np.asarray(meets)


def _limit(place: Floats, owed: Floats, tier: Tier) -> Ints:
    low, high = tier.limit_cny
    headroom = (1 - owed / tier.debt_capacity).clip(0.0, 1.0)
    steps = _whole((high - low) * place * headroom / LIMIT_STEP)
    return low + LIMIT_STEP * steps


def _rate(place: Floats, tier: Tier) -> Ints:
    low, high = tier.rate_steps
    return low + _whole((high - low) * (1 - place))


def _whole(number: Floats) -> Ints:
    # Down, both for what is lent and for what it costs; the rounding keeps 2.9999999 a 3.
    return np.floor(np.round(number, 9)).astype(np.int64)
