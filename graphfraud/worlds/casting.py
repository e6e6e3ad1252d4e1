"""Who plays in which ring and in which honest dense group: nobody plays twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from graphfraud.schema import RING_KINDS
from graphfraud.settings import DAY_US
from graphfraud.worlds.moments import whole_seconds
from graphfraud.worlds.population import Population
from graphfraud.worlds.recipe import AS_OF_US, Flags, Floats, Ints, Recipe
from graphfraud.worlds.style import style

MADE_KINDS: Final = RING_KINDS[:-1]
"""A world has rings of every kind that has a name."""
GROUP_SIZES: Final[dict[str, tuple[int, int]]] = {
    "family": (4, 7),
    "dormitory": (4, 24),
    "office": (6, 30),
    "internet_cafe": (8, 40),
    "call_centre": (8, 30),
    "market": (5, 20),
    "co_operative": (5, 18),
    "village": (8, 40),
    "second_hand": (4, 12),
    "kiosk": (5, 20),
    "refund_shop": (5, 25),
    "gig_platform": (6, 30),
    "savings_club": (4, 16),
    "supply_chain": (4, 12),
    "remittance": (5, 18),
    "relatives": (4, 10),
    "helper": (5, 20),
    "sign_up_drive": (6, 30),
    "benefit_drive": (6, 25),
}
_RING_SHARE: Final = 0.022
_LEAST: Final = 4
_LONGEST_DAYS: Final = 45.0


@dataclass(frozen=True)
class Cast:
    """All rings (or groups) of one kind; one value a member, sorted by ring and position.

    ``began`` is when the ring of the member began to act, in microseconds; ``days`` how long it acts.
    """

    kind: str
    people: Ints
    ring: Ints
    position: Ints
    size: Ints
    began: Ints
    days: Floats

    @property
    def first(self) -> Flags:
        """Which members stand at the head of their ring."""
        return np.equal(self.position, 0)

    @property
    def head(self) -> Ints:
        """For each member, the person at the head of the ring."""
        return np.take(self.people, np.arange(len(self.people)) - self.position)

    def ahead(self, steps: int = 1) -> Ints:
        """For each member, the person so many places further round the ring."""
        place = np.arange(len(self.people)) - self.position + (self.position + steps) % self.size
        return self.people[place]

    def mate(self, rng: np.random.Generator) -> Ints:
        """For each member, another member of the same ring."""
        steps = rng.integers(1, self.size)
        return self.people[np.arange(len(self.people)) - self.position + (self.position + steps) % self.size]

    @property
    def rings(self) -> int:
        """How many rings there are."""
        return int(self.ring[-1]) + 1 if len(self.ring) else 0

    def drawn(self, rng: np.random.Generator, low: int, high: int) -> Ints:
        """A whole number from ``low`` to ``high`` for each ring, told to all its members."""
        return rng.integers(low, high + 1, self.rings)[self.ring]

    def spread(self, rng: np.random.Generator, low: float, high: float) -> Floats:
        """A number between ``low`` and ``high`` for each ring, told to all its members."""
        return rng.uniform(low, high, self.rings)[self.ring]

    def parts(self, rng: np.random.Generator, low: int, high: int) -> tuple[Ints, Ints]:
        """Rows of members and parts of their ring: parts of ``low`` to ``high`` members who overlap by one.

        The size and where the first part ends are drawn for each ring.
        """
        each = self.drawn(rng, low, high)
        place = self.position + self.drawn(rng, 0, high) % each
        part, row = place // each, np.arange(len(place))
        bridge = np.flatnonzero((place % each == 0) & (self.position > 0))
        return np.concatenate([row, bridge]), np.concatenate([part, part[bridge] - 1])

    def each(self, rng: np.random.Generator, times: float) -> Ints:
        """Places of members, each as often as chance gives it around a mean."""
        return np.repeat(np.arange(len(self.people)), rng.poisson(times, len(self.people)))


def ring_sizes(recipe: Recipe) -> Ints:
    """Sizes of all rings: two at least, about two in a hundred people together."""
    law = style(recipe)
    high = max(_LEAST, min(law.size_most, recipe.people // 50))
    mean = law.size_median * np.exp(law.size_spread**2 / 2)
    count = max(2, round(_RING_SHARE * recipe.people / min(mean, high)))
    quantile = (recipe.rng("casting.rings").permutation(count) + 0.5) / count
    sizes = np.rint(law.size_median * np.exp(law.size_spread * ndtri(quantile)))
    return np.asarray(np.clip(sizes, _LEAST, high), np.int64)


def ring_casts(recipe: Recipe, population: Population) -> Mapping[str, Cast]:
    """Rings of every kind, some kinds more often than others; anybody of age may be in one."""
    rng, law = recipe.rng("casting.ring_members"), style(recipe)
    sizes = ring_sizes(recipe)
    members = rng.choice(population.adults, int(sizes.sum()), replace=False)
    pace = law.pace * rng.lognormal(0, law.pace_spread, len(sizes))
    days = np.clip(recipe.hard.spread_days * pace, 0.05, _LONGEST_DAYS)
    began = AS_OF_US - (rng.uniform(12 + days, 80 + days) * DAY_US).astype(np.int64)
    return _casts(_assigned(rng, MADE_KINDS, len(sizes)), members, sizes, began, days)


def group_casts(recipe: Recipe, population: Population, taken: Ints) -> Mapping[str, Cast]:
    """Honest dense groups of every kind, some more often than others: neighbours, out of rings."""
    rng = recipe.rng("casting.groups")
    count = int(np.ceil(recipe.hard.groups_per_ring * len(ring_sizes(recipe))))
    free = np.setdiff1d(population.adults, taken)
    room = len(free) // count
    kinds = _assigned(rng, tuple(GROUP_SIZES), count)
    low, high = (np.array([GROUP_SIZES[kind][end] for kind in kinds]) for end in (0, 1))
    sizes = np.minimum(rng.integers(low, high + 1), room)
    starts = np.arange(count) * room + rng.integers(0, room - sizes + 1)
    members = free[np.repeat(starts - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())]
    days = np.clip(recipe.hard.spread_days * rng.lognormal(0, 0.8, count), 0.05, _LONGEST_DAYS)
    began = AS_OF_US - (rng.uniform(15 + days / 2, 110) * DAY_US).astype(np.int64)
    return _casts(kinds, members, sizes, began, days)


def _assigned(rng: np.random.Generator, kinds: Sequence[str], count: int) -> NDArray[np.str_]:
    """A kind for each: every kind once while there are enough, then by weights drawn for this world."""
    names = np.array(kinds)[rng.permutation(len(kinds))]
    weights = rng.gamma(3.0, 1.0, len(names))
    more = rng.choice(names, max(0, count - len(names)), p=weights / weights.sum())
    return rng.permutation(np.concatenate([names[:count], more]))


def _casts(kind: NDArray[np.str_], members: Ints, sizes: Ints, began: Ints, days: Floats) -> dict[str, Cast]:
    starts = np.cumsum(sizes) - sizes
    casts = {}
    for name in np.unique(kind):
        chosen = np.flatnonzero(kind == name)
        size = sizes[chosen]
        position = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        casts[str(name)] = Cast(
            kind=str(name),
            people=members[np.repeat(starts[chosen], size) + position],
            ring=np.repeat(np.arange(len(chosen)), size),
            position=position,
            size=np.repeat(size, size),
            began=whole_seconds(np.repeat(began[chosen], size)),
            days=np.repeat(days[chosen], size),
        )
    return casts
