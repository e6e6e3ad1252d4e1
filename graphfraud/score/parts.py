"""From features to points, from points to parts, from parts to the total: pure numpy, one row a person.

Every sum runs feature by feature in the order of the card, so that the same
features give the same bits whatever stands in the other rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graphfraud.errors import MissingColumnError
from graphfraud.score.entries import PARTS, Card, Entry

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SOCIAL: Final = PARTS.index("social")
DECIMALS: Final = 6
"""Scores are rounded to so many decimals before anything compares them."""


@dataclass(frozen=True)
class Values:
    """What is known about people: one float array a feature, missing is NaN."""

    columns: dict[str, Floats]
    rows: int

    def of(self, name: str) -> Floats:
        """Values of one feature."""
        return self.columns[name]


def values(features: pa.Table, card: Card) -> Values:
    """The features that the card and its tiers read, as floats; null and NaN are missing.

    Raises:
        MissingColumnError: a feature that the card reads is not a column.
    """
    wanted = dict.fromkeys(card.features)
    for tier in card.tiers.values():
        wanted.update(dict.fromkeys(tier.at_least))
    wanted.update(dict.fromkeys(("outstanding", "max_days_past_due")))
    absent = [name for name in wanted if name not in features.column_names]
    if absent:
        raise MissingColumnError(
            f"no column {', '.join(absent)}", where="features", cure="score the features of the same release"
        )
    return Values({name: _floats(features.column(name)) for name in wanted}, features.num_rows)


def _floats(column: pa.ChunkedArray) -> Floats:
    number = column if not pa.types.is_boolean(column.type) else pc.cast(column, pa.int8())
    floats = pc.cast(number, pa.float64(), safe=False)
    return np.asarray(floats.to_numpy(), dtype=np.float64)


@dataclass(frozen=True)
class Assessed:
    """Points by feature (n × features), parts by person (n × 4, missing is NaN), and what the total is made of.

    ``filled`` (n × 4): the parts, a missing or thin one neutral, or less by what speaks against the person in it.
    """

    card: Card
    points: Floats
    parts: Floats
    filled: Floats

    @cached_property
    def total(self) -> Floats:
        """Score of each person, 0-100, higher is safer; NaN when every part is missing."""
        return weighted(self.parts, self.card)

    @cached_property
    def without_social(self) -> Floats:
        """The score with the social part left out: its weight moved to the other parts."""
        others = self.parts.copy()
        others[:, SOCIAL] = np.nan
        return weighted(others, self.card)

    @cached_property
    def with_neutral(self) -> Floats:
        """The score with each missing part neutral instead of its weight moved; NaN when every part is missing.

        Moved weight makes every loss in the other parts larger than it is for people of whom more is known; here
        it is the same for both.
        """
        return np.where(np.isnan(self.total), np.nan, weighted(self.filled, self.card))

    @cached_property
    def with_neutral_social(self) -> Floats:
        """The same with the social part neutral too, whatever stands in it; NaN when all others are missing."""
        others = self.filled.copy()
        others[:, SOCIAL] = self.card.neutral(PARTS[SOCIAL])
        return np.where(np.isnan(self.without_social), np.nan, weighted(others, self.card))

    @cached_property
    def share(self) -> Floats:
        """Weight of each part in the total (n × 4): wᵢ / Σw of the present parts, 0 for a missing one."""
        weights = np.where(np.isnan(self.parts), 0.0, _weights(self.card))
        everything = _row_sum(weights)
        return np.divide(weights, everything[:, None], out=np.zeros_like(weights), where=everything[:, None] > 0)

    @cached_property
    def contributions(self) -> Floats:
        """Points of the total that each feature adds to its part's base (n × features)."""
        return self.points * self.share[:, _part_of(self.card)]

    @cached_property
    def losses(self) -> Floats:
        """Points of the total that each feature lies below neutral, never negative (n × features)."""
        return np.maximum(_below_neutral(self.points, self.card), 0.0) * self.share[:, _part_of(self.card)]

    @cached_property
    def adverse(self) -> Flags:
        """Whether a feature of payment, credit or device is so bad that it is an adverse code."""
        others = (_part_of(self.card) != SOCIAL) & ~np.isnan(self.parts[:, _part_of(self.card)])
        bad = _below_neutral(self.points, self.card) >= self.card.decision.adverse_points
        return np.asarray((bad & others).any(axis=1))


def assessed(people: Values, card: Card) -> Assessed:
    """Points and parts of people. Cost: O(people × features)."""
    points = np.empty((people.rows, len(card.features)))
    for column, (name, entry) in enumerate(card.features.items()):
        points[:, column] = feature_points(people.of(name), entry)
    return Assessed(card, points, *_parts(people, points, card))


def feature_points(value: Floats, entry: Entry) -> Floats:
    """Points of one feature: those of the bin whose upper edge is the first not below the value."""
    edges = np.array(entry.edges or (0.0,))  # false and true fall on either side of 0
    bins = np.searchsorted(edges, value, side="left")  # NaN sorts last
    points: Floats = np.array(entry.points, dtype=np.float64)
    return np.where(np.isnan(value), entry.missing, points[bins])


def weighted(parts: Floats, card: Card) -> Floats:
    """Σ wᵢ partᵢ / Σ wᵢ over the parts that are present; NaN where none is.

    A part that is missing is neither good nor bad: its weight goes to the others.
    """
    weights = np.where(np.isnan(parts), 0.0, _weights(card))
    everything = _row_sum(weights)
    points = _row_sum(weights * np.nan_to_num(parts, nan=0.0))
    mean: Floats = np.divide(points, everything, out=np.full(len(parts), np.nan), where=everything > 0)
    return np.round(mean, DECIMALS)


def _parts(people: Values, points: Floats, card: Card) -> tuple[Floats, Floats]:
    """The parts that count, and all of them filled."""
    parts = np.full((people.rows, len(PARTS)), np.nan)
    thin = np.zeros((people.rows, len(PARTS)), dtype=np.bool_)
    belongs = _part_of(card)
    for index, name in enumerate(PARTS):
        score = np.full(people.rows, card.parts[name].base)
        for column in np.flatnonzero(belongs == index):
            score += points[:, column]
        known = _any(~np.isnan(people.of(feature)) for feature in card.evidence(name))
        parts[known, index] = np.round(score[known], DECIMALS).clip(0.0, 100.0)
        thin[:, index] = known & _thin(people, name, card)
    complained = _complained(points, card)
    return _thin_moved(parts, thin, complained, card), _filled(parts, thin, complained, card)


def _thin(people: Values, name: str, card: Card) -> Flags:
    activity = card.parts[name].activity
    if not activity:
        return np.zeros(people.rows, dtype=np.bool_)
    return ~_any(people.of(feature) > 0 for feature in activity)


def _complained(points: Floats, card: Card) -> Flags:
    below = _below_neutral(points, card) > 0
    flags = np.zeros((len(points), len(PARTS)), dtype=np.bool_)
    for index, name in enumerate(PARTS):
        spoken = set(card.evidence(name)) - set(card.parts[name].activity)
        columns = [column for column, feature in enumerate(card.features) if feature in spoken]
        flags[:, index] = below[:, columns].any(axis=1)
    return flags


def _filled(parts: Floats, thin: Flags, complained: Flags, card: Card) -> Floats:
    neutral = np.array([card.neutral(name) for name in PARTS])
    spoken_against = np.where(complained, np.fmin(parts, neutral), neutral)
    return np.where(np.isnan(parts) | thin, spoken_against, parts)


def _thin_moved(parts: Floats, thin: Flags, complained: Flags, card: Card) -> Floats:
    # A thin file may still hold complaints. They count, but only downwards: otherwise the first
    # complaint about somebody whose other parts are poor would bring a middling part in and help.
    # Taking the lowest first finds the lowest of all totals, so another complaint never raises it.
    counted = np.where(thin, np.nan, parts)
    left = np.where(thin & complained, parts, np.inf)
    rows = np.arange(len(parts))
    for _ in range(int((left < np.inf).any(axis=0).sum())):
        lowest = left.argmin(axis=1)
        lowers = left[rows, lowest] < weighted(counted, card)
        counted[rows[lowers], lowest[lowers]] = parts[rows[lowers], lowest[lowers]]
        left[rows, lowest] = np.inf
    return counted


def _weights(card: Card) -> Floats:
    return np.array([card.parts[name].weight for name in PARTS])


def _part_of(card: Card) -> NDArray[np.intp]:
    return np.array([PARTS.index(entry.part) for entry in card.features.values()], dtype=np.intp)


def _below_neutral(points: Floats, card: Card) -> Floats:
    return np.array([entry.missing for entry in card.features.values()]) - points


def _row_sum(columns: Floats) -> Floats:
    total = np.zeros(len(columns))
    for column in columns.T:
        total += column
    return total


def _any(flags: Iterable[Flags]) -> Flags:
    return np.asarray(np.logical_or.reduce(list(flags)))
