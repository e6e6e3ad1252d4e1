"""Who plays in which ring and in which honest dense group: nobody plays twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtri

from graphfraud.schema import RING_KINDS
from graphfraud.settings import DAY_US
from graphfraud.worlds.moments import whole_seconds
from graphfraud.worlds.population import Population
from graphfraud.worlds.recipe import AS_OF_US, Flags, Ints, Recipe

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
}
_RING_SHARE: Final = 0.02
_RING_SIZES: Final = (4, 25)
_MEDIAN_SIZE: Final = 6.5
_MEAN_SIZE: Final = 7.9


@dataclass(frozen=True)
class Cast:
    """All rings (or groups) of one kind; one value a member, sorted by ring and position.

    ``began`` is when the ring of the member began to act, in microseconds.
    """

    kind: str
    people: Ints
    ring: Ints
    position: Ints
    size: Ints
    began: Ints

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

    def each(self, rng: np.random.Generator, times: float) -> Ints:
        """Places of members, each as often as chance gives it around a mean."""
        return np.repeat(np.arange(len(self.people)), rng.poisson(times, len(self.people)))


def ring_sizes(recipe: Recipe) -> Ints:
    """Sizes of all rings: two at least, about two in a hundred people together."""
    low, high = _RING_SIZES
    high = max(low, min(high, recipe.people // 50))
    count = max(2, round(_RING_SHARE * recipe.people / _MEAN_SIZE))
    quantile = (recipe.rng("casting.rings").permutation(count) + 0.5) / count
    return np.clip(np.rint(_MEDIAN_SIZE * np.exp(0.6 * ndtri(quantile))), low, high).astype(np.int64)


def ring_casts(recipe: Recipe, population: Population) -> Mapping[str, Cast]:
    """Rings of every kind in turn; anybody of age may be in one."""
    rng = recipe.rng("casting.ring_members")
    sizes = ring_sizes(recipe)
    members = rng.choice(population.adults, int(sizes.sum()), replace=False)
    kinds = np.array(MADE_KINDS)[rng.permutation(len(MADE_KINDS))]
    spread = recipe.hard.spread_days
    began = AS_OF_US - (rng.uniform(12 + spread, 80 + spread, len(sizes)) * DAY_US).astype(np.int64)
    return _casts(kinds, members, sizes, began)


def group_casts(recipe: Recipe, population: Population, taken: Ints) -> Mapping[str, Cast]:
    """Honest dense groups of every kind in turn: neighbours, out of rings."""
    rng = recipe.rng("casting.groups")
    count = int(np.ceil(recipe.hard.groups_per_ring * len(ring_sizes(recipe))))
    free = np.setdiff1d(population.adults, taken)
    room = len(free) // count
    kinds = np.array(tuple(GROUP_SIZES))[rng.permutation(len(GROUP_SIZES))]
    low, high = (np.array([GROUP_SIZES[kind][end] for kind in np.resize(kinds, count)]) for end in (0, 1))
    sizes = np.minimum(rng.integers(low, high + 1), room)
    starts = np.arange(count) * room + rng.integers(0, room - sizes + 1)
    members = free[np.repeat(starts - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())]
    began = AS_OF_US - (rng.uniform(15, 110, count) * DAY_US).astype(np.int64)
    return _casts(kinds, members, sizes, began)


def _casts(kinds: np.ndarray, members: Ints, sizes: Ints, began: Ints) -> dict[str, Cast]:
    kind = np.resize(kinds, len(sizes))
    starts = np.cumsum(sizes) - sizes
    casts = {}
    for name in kinds[: len(sizes)]:
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
        )
    return casts
