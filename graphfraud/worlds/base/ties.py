"""Who knows whom: friends, mostly in one's community, chat groups, emergency contacts, complaints."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from graphfraud.worlds.acts import contacts, friendships, memberships
from graphfraud.worlds.codes import codes
from graphfraud.worlds.moments import lived
from graphfraud.worlds.population import COMMUNITY, Population
from graphfraud.worlds.recipe import Floats, Ints, Recipe
from graphfraud.worlds.sheets import Sheet, sheet
from graphfraud.worlds.style import style
from graphfraud.worlds.words import COMPLAINTS

_FRIENDS: Final = 2.3
_MEMBERSHIPS: Final = 1.0
_CHATS_PER_COMMUNITY: Final = 6
_NEAR: Final = 0.85


@dataclass(frozen=True)
class Pairs:
    """Friends in the base world, each pair once."""

    one: Ints
    other: Ints


def befriended(recipe: Recipe, population: Population) -> Pairs:
    """Pairs of friends: sociable people have more, most live near, some friends of friends meet."""
    rng = recipe.rng("base.friendships")
    one = _weighted(rng, population.sociability, int(population.size * _FRIENDS * 0.75 * style(recipe).friends))
    other = near(rng, population, one)
    closing = rng.permutation(len(one))[: len(one) // 3]
    middle = np.argsort(other, kind="stable")
    follower = middle[np.minimum(np.searchsorted(other[middle], one[closing]), len(one) - 1)]
    one, other = np.concatenate([one, other[closing]]), np.concatenate([other, one[follower]])
    low, high = np.minimum(one, other), np.maximum(one, other)
    pairs = np.unique(low[low != high] * population.size + high[low != high])
    return Pairs(pairs // population.size, pairs % population.size)


def near(rng: np.random.Generator, population: Population, person: Ints) -> Ints:
    """Somebody else for each person: a neighbour of the community mostly, sociable people first."""
    size = population.size
    first = person // COMMUNITY * COMMUNITY
    last = np.minimum(first + COMMUNITY, size)
    total = np.concatenate([[0.0], np.cumsum(population.sociability)])
    far = rng.random(len(person)) >= _NEAR
    low, high = np.where(far, 0, first), np.where(far, size, last)
    drawn = total[low] + rng.random(len(person)) * (total[high] - total[low])
    found: Ints = np.clip(np.searchsorted(total, drawn, side="right") - 1, low, high - 1)
    return found


def ties(recipe: Recipe, population: Population, friends: Pairs) -> tuple[Sheet, ...]:
    """Rows of all social tables."""
    return (
        _friendships(recipe, population, friends),
        _memberships(recipe, population),
        _contacts(recipe, population, friends),
        _reports(recipe, population),
    )


def _friendships(recipe: Recipe, population: Population, friends: Pairs) -> Sheet:
    known = np.maximum(population.registered_at[friends.one], population.registered_at[friends.other])
    return friendships(friends.one, friends.other, lived(recipe.rng("base.friends_since"), known))


def _memberships(recipe: Recipe, population: Population) -> Sheet:
    rng = recipe.rng("base.groups")
    person = _weighted(rng, population.sociability, int(population.size * _MEMBERSHIPS))
    local = population.community[person] * _CHATS_PER_COMMUNITY + rng.integers(0, _CHATS_PER_COMMUNITY, len(person))
    wide = rng.integers(0, max(2, population.size // 25), len(person)) + population.size
    chat = codes("chat", np.where(rng.random(len(person)) < 0.75, local, wide))
    return memberships(rng, person, chat, lived(rng, population.registered_at[person]))


def _contacts(recipe: Recipe, population: Population, friends: Pairs) -> Sheet:
    rng = recipe.rng("base.contacts")
    named = np.flatnonzero(rng.random(len(friends.one)) < 0.22)
    turned = rng.random(len(named)) < 0.5
    one, other = friends.one[named], friends.other[named]
    person = np.where(turned, other, one)
    return contacts(person, np.where(turned, one, other), lived(rng, population.registered_at[person]))


def _reports(recipe: Recipe, population: Population) -> Sheet:
    rng = recipe.rng("base.reports")
    count = population.size // 25
    reporter, person = (rng.integers(0, population.size, count) for _ in range(2))
    since = np.maximum(population.registered_at[reporter], population.registered_at[person])
    return sheet(
        "reports",
        reporter_id=reporter,
        person_id=person,
        at=lived(rng, since),
        reason=rng.integers(0, len(COMPLAINTS), count),
    ).kept(reporter != person)


def _weighted(rng: np.random.Generator, weights: Floats, count: int) -> Ints:
    total = np.cumsum(weights)
    place: Ints = np.searchsorted(total, rng.random(count) * total[-1], side="right").clip(0, len(weights) - 1)
    return place
