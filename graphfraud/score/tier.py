"""Tier, limit and daily rate: a band by tier, a place in the band by score."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graphfraud.score.entries import PARTS, TIERS, Card, Tier
from graphfraud.score.parts import Assessed, Flags, Floats, Values
from graphfraud.score.schedule import month_later

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

    A missing part speaks neither for nor against anybody: of the score with its weight moved to the
    others and the score with the part neutral, the better counts. Social evidence alone never lowers
    it either: so does the better of both without the social part, unless an adverse code outside the
    social part fires.
    """
    told = np.fmax(people.total, people.with_neutral)
    unprotected = people.adverse | adverse_rule
    return np.where(unprotected, told, np.fmax(told, np.fmax(people.without_social, people.with_neutral_social)))


@dataclass(frozen=True)
class Earlier:
    """What people hold from before: tier (NONE: nothing), limit, rate, and its day of assessment (days since 1970)."""

    tier: Ints
    limit_cny: Ints
    rate_steps: Ints
    assessed_on: Ints

    def rows(self, rows: slice) -> "Earlier":
        """Some of the people."""
        return Earlier(self.tier[rows], self.limit_cny[rows], self.rate_steps[rows], self.assessed_on[rows])


def offers(score: Floats, known: Values, people: Assessed, *, excluded: Flags, earlier: Earlier | None = None) -> Offer:
    """The highest tier whose conditions a person meets, and the place of the score in its band.

    Limits rise and rates fall with the score; debt at other lenders lowers the limit. A score
    under the floor, a missing score and excluded people have no tier. Who held an offer
    ``earlier`` moves one tier at a time and only past the card's margin, and the limit by no more
    than the card's bounds, inside the band. Cost: O(people × tiers).
    """
    ladder = [_at(name, score, known, people, excluded=excluded) for name in TIERS]
    fits = np.array([one.tier for one in ladder]) != NONE
    tier = np.where(fits.any(axis=0), len(TIERS) - 1 - fits[::-1].argmax(axis=0), NONE)
    if earlier is not None:
        tier = _steady(tier, fits, earlier, score, people.card)
    offer = _chosen(ladder, tier)
    return offer if earlier is None else _capped(offer, earlier, people.card)


def due(earlier: Earlier, today: date) -> Flags:
    """Who is to be assessed again: new once a month, active once a week, premium and nobody's customers at once."""
    waits = np.zeros(len(earlier.tier), dtype=np.bool_)
    for day in np.unique(earlier.assessed_on[(earlier.tier == 0) | (earlier.tier == 1)]):
        then = date(1970, 1, 1) + timedelta(days=int(day))
        for place, name in enumerate(TIERS):
            if today < next_assessment(name, then):
                waits |= (earlier.assessed_on == day) & (earlier.tier == place)
    return ~waits


def next_assessment(tier: str, assessed: date) -> date:
    """The first day on which a tier is assessed again.

    >>> next_assessment("new", date(2026, 1, 31)), next_assessment("active", date(2026, 1, 31))
    (datetime.date(2026, 2, 28), datetime.date(2026, 2, 7))
    """
    if tier == "new":
        return month_later(assessed, 1)
    return assessed + timedelta(days=7) if tier == "active" else assessed


def _at(name: str, score: Floats, known: Values, people: Assessed, *, excluded: Flags) -> Offer:
    """What each person would be offered in one tier; NONE where the tier is out of reach."""
    index, tier = TIERS.index(name), people.card.tiers[name]
    owed = np.nan_to_num(known.of("outstanding"), nan=0.0)
    inside = ~excluded & (score >= tier.min_score) & _meets(known, people, tier)
    if index > 0:  # too much debt for a tier leads to the one below it; the first has none below
        inside &= owed < tier.debt_capacity
    place = np.nan_to_num((score - tier.min_score) / (100 - tier.min_score), nan=0.0).clip(0.0, 1.0)
    return Offer(np.where(inside, index, NONE), _limit(place, owed, tier), _rate(place, tier))


def _steady(tier: Ints, fits: Flags, earlier: Earlier, score: Floats, card: Card) -> Ints:
    """A step up only past the margin, a step down only past it too, one step at a time; leaving is at once."""
    least = np.array([card.tiers[name].min_score for name in TIERS])
    held, margin = earlier.tier, card.change.margin
    up = np.minimum(held + 1, len(TIERS) - 1)
    rises = (tier > held) & (held != NONE)
    reached = np.take_along_axis(fits, up[None, :], axis=0)[0] & (score >= least[up] + margin)
    moved = np.where(rises, np.where(reached, up, held), tier)
    falls = (tier < held) & (tier != NONE)
    near = falls & (score >= least[np.maximum(held, 0)] - margin) & (score < least[np.maximum(held, 0)])
    return np.where(near, held, np.where(falls, np.maximum(held - 1, 0), moved))


def _chosen(ladder: list[Offer], tier: Ints) -> Offer:
    place = np.maximum(tier, 0)[None, :]
    limit = np.take_along_axis(np.array([one.limit_cny for one in ladder]), place, axis=0)[0]
    rate = np.take_along_axis(np.array([one.rate_steps for one in ladder]), place, axis=0)[0]
    return Offer(tier, np.where(tier == NONE, 0, limit), np.where(tier == NONE, 0, rate))


def _capped(offer: Offer, earlier: Earlier, card: Card) -> Offer:
    held = (earlier.tier != NONE) & (offer.tier != NONE)
    low = _hundreds(np.ceil(earlier.limit_cny * (1 - card.change.max_fall) / LIMIT_STEP))
    high = _hundreds(np.floor(earlier.limit_cny * (1 + card.change.max_rise) / LIMIT_STEP))
    bands = np.array([card.tiers[name].limit_cny for name in TIERS])[np.maximum(offer.tier, 0)]
    limit = np.clip(np.clip(offer.limit_cny, low, high), bands[:, 0], bands[:, 1])
    return Offer(offer.tier, np.where(held, limit, offer.limit_cny), offer.rate_steps)


def _hundreds(steps: Floats) -> Ints:
    return steps.astype(np.int64) * LIMIT_STEP


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
