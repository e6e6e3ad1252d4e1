"""Influence: what is known and what is thought of the people one is tied to, at any time up to the as-of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from graphfraud.debt.exposures import KINDS, LAYERS, Exposures
from graphfraud.debt.ledger import Ints
from graphfraud.debt.outcomes import FOREVER, Moments, Outcomes
from graphfraud.settings import DAY_US

Floats = npt.NDArray[np.float64]
Reading = Callable[[Moments], Floats]
"""Own log-odds of people at times."""

FRESH_US: Final = 90 * DAY_US
"""A label younger than this speaks of the last quarter."""
FEWEST: Final = 50
"""A kind with fewer ties is not looked at by itself."""
ONE_WAY: Final = ("guarantee", "payment", "contact")
"""Kinds that tie two people in one direction; both directions are looked at."""


@dataclass(frozen=True, eq=False)
class Ties:
    """Who may be pulled by whom, compressed by the pulled person.

    ``strand`` is a place in ``names``: a layer, or a kind of tie in one direction; ``money`` is the share
    of the buffer at risk.
    """

    bounds: Ints
    other: Ints
    strand: npt.NDArray[np.int64]
    money: Floats
    names: tuple[str, ...]

    @classmethod
    def by_layer(cls, exposed: Exposures, buffer: Ints, *, both_ways: bool) -> "Ties":
        """Ties along exposures, or along them and back; a layer ties two people once."""
        there = _Rows.of(exposed, buffer, exposed.layer.astype(np.int64))
        return _merged([there, there.back()] if both_ways else [there], exposed.people, LAYERS)

    @classmethod
    def by_kind(cls, exposed: Exposures, buffer: Ints) -> "Ties":
        """Ties of each kind by itself along exposures, and back where the kind has a direction."""
        names: list[str] = []
        parts = []
        for place, kind in enumerate(KINDS):
            here = (exposed.kinds & (1 << place)) > 0
            if here.sum() < FEWEST:
                continue
            for name in (kind, f"{kind} back") if kind in ONE_WAY else (kind,):
                rows = _Rows.of(exposed, buffer, np.full(len(here), len(names))).of_those(here)
                parts.append(rows.back() if name != kind else rows)
                names.append(name)
        return _merged(parts, exposed.people, tuple(names))

    def rewired(self, rng: np.random.Generator) -> "Ties":
        """Everybody keeps their number of ties in each strand, but to other people: the placebo."""
        other = self.other.copy()
        for strand in range(len(self.names)):
            here = np.flatnonzero(self.strand == strand)
            other[here] = other[rng.permutation(here)]
        return Ties(self.bounds, other, self.strand, self.money, self.names)


@dataclass(frozen=True, eq=False)
class _Rows:
    """Loose ties."""

    pulled: Ints
    other: Ints
    strand: Ints
    money: Floats

    @classmethod
    def of(cls, exposed: Exposures, buffer: Ints, strand: Ints) -> "_Rows":
        pulled = exposed.exposed.astype(np.int64)
        return cls(pulled, exposed.debtor.astype(np.int64), strand, np.minimum(1.0, exposed.fen / buffer[pulled]))

    def back(self) -> "_Rows":
        return _Rows(self.other, self.pulled, self.strand, self.money)

    def of_those(self, kept: npt.NDArray[np.bool_]) -> "_Rows":
        return _Rows(self.pulled[kept], self.other[kept], self.strand[kept], self.money[kept])


def _merged(parts: list[_Rows], people: int, names: tuple[str, ...]) -> Ties:
    """Sorted, each pair once a strand with the larger money."""
    none = np.zeros(0, np.int64)
    pulled, other, strand = (
        np.concatenate([none, *(getattr(part, name) for part in parts)]) for name in ("pulled", "other", "strand")
    )
    money = np.concatenate([np.zeros(0), *(part.money for part in parts)])
    order = np.lexsort((-money, strand, other, pulled))
    pulled, other, strand, money = pulled[order], other[order], strand[order], money[order]
    new = np.r_[True, (pulled[1:] != pulled[:-1]) | (other[1:] != other[:-1]) | (strand[1:] != strand[:-1])]
    new = new[: len(pulled)]
    bounds = np.searchsorted(pulled[new], np.arange(people + 1)).astype(np.int64)
    return Ties(bounds, other[new], strand[new], money[new], names)


@dataclass(frozen=True)
class Form:
    """How one strand's ties become one number: each alike or by money at risk, as a mean or a sum; whether all
    labels of others count or only those of the last quarter; and whether ties pull one way or both."""

    by: str
    fresh: bool
    both_ways: bool

    def __str__(self) -> str:
        labels = "labels of a quarter" if self.fresh else "last labels"
        return f"{self.by}, {labels}, {'both ways' if self.both_ways else 'from debtor to exposed'}"


FORMS: Final = tuple(
    Form(by, fresh, both) for both in (False, True) for fresh in (False, True) for by in ("mean", "sum", "money")
)


@dataclass(frozen=True, eq=False)
class Influence:
    """Sums over the ties of each moment (a row) in each strand (a column).

    A default beyond the base rate counts as 1 less the base rate where a label is known, and by its estimated
    chance where none is. ``known`` and ``fresh`` sum those that are known (ever, in the last quarter), ``likely``
    all (by the last label, by that of the last quarter), ``money`` the same by money at risk; ``strain`` sums own
    log-odds of the others.
    """

    count: Floats
    seen: tuple[Floats, Floats]
    known: tuple[Floats, Floats]
    likely: tuple[Floats, Floats]
    money: tuple[Floats, Floats]
    strain: Floats

    def columns(self) -> Floats:
        """All that may foretell, side by side."""
        ties = np.maximum(self.count, 1.0)
        parts = [self.likely[0], self.likely[0] / ties, self.likely[1] / ties, self.money[0], self.strain / ties]
        parts += [known / (seen + 1.0) for known, seen in zip(self.known, self.seen, strict=True)]
        return np.hstack([*parts, *self.known, np.log1p(self.count)])

    def pull(self, form: Form) -> Floats:
        """One column a strand."""
        if form.by == "money":
            return self.money[form.fresh]
        return self.likely[form.fresh] / (np.maximum(self.count, 1.0) if form.by == "mean" else 1.0)


def influence(ties: Ties, known: Outcomes, reading: Reading, moments: Moments, *, base: float) -> Influence:
    """What is known and thought of the others at each moment, by strand. Cost: O(ties of the moments)."""
    row, tie = ties_of(ties, moments.who)
    other, at = ties.other[tie], moments.at[row]
    defaulted, age = known.last(other, at)
    log_odds = reading(Moments(other, at))
    chance = expit(log_odds) - base
    cell = row * len(ties.names) + ties.strand[tie]

    def summed(values: Floats) -> Floats:
        shape = (len(moments), len(ties.names))
        sums = np.bincount(cell, weights=values, minlength=shape[0] * shape[1])
        return np.asarray(sums.reshape(shape), np.float64)

    is_known = (age < FOREVER, age < FRESH_US)
    excess: Floats = np.asarray(defaulted - base, np.float64)
    likely = [np.where(seen, excess, chance) for seen in is_known]
    return Influence(
        count=summed(np.ones(len(tie))),
        seen=(summed(is_known[0].astype(np.float64)), summed(is_known[1].astype(np.float64))),
        known=(summed(excess * is_known[0]), summed(excess * is_known[1])),
        likely=(summed(likely[0]), summed(likely[1])),
        money=(summed(likely[0] * ties.money[tie]), summed(likely[1] * ties.money[tie])),
        strain=summed(log_odds),
    )


def ties_of(ties: Ties, who: Ints) -> tuple[Ints, Ints]:
    """Row and tie of every tie of some people."""
    size = np.diff(ties.bounds)[who]
    row = np.repeat(np.arange(len(who)), size)
    return row, ties.bounds[who][row] + np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size)
