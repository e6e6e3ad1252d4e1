"""What every mechanism is given beside its cast: how hard the world is, its people, who is honest."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from graphfraud.settings import DAY_US
from graphfraud.worlds.acts import friendships, payments, yuan
from graphfraud.worlds.casting import Cast
from graphfraud.worlds.moments import soon, whole_seconds
from graphfraud.worlds.population import Population
from graphfraud.worlds.recipe import AS_OF_US, Flags, Hardness, Ints
from graphfraud.worlds.sheets import Effect, Share, Sheet


@dataclass(frozen=True)
class Stage:
    """``honest`` are the people of age who are in no ring."""

    hard: Hardness
    population: Population
    honest: Ints

    def recorded(self, rng: np.random.Generator, count: int) -> Flags:
        """Which of so many links of a ring were ever recorded."""
        return rng.random(count) >= self.hard.missing

    def knit(self, rng: np.random.Generator, count: int) -> Flags:
        """Which of so many links of an honest group exist."""
        return rng.random(count) < self.hard.density

    def during(self, rng: np.random.Generator, began: Ints) -> Ints:
        """A moment for each row while its ring acts."""
        return soon(rng, began, self.hard.spread_days)

    def registered_before(self, rng: np.random.Generator, cast: Cast) -> Share:
        """Nobody acts before the account exists."""
        latest = cast.began - (rng.uniform(1, 300, len(cast.people)) * DAY_US).astype(np.int64)
        return self.registered(cast, np.minimum(self.population.registered_at[cast.people], latest))

    def registered_lately(self, rng: np.random.Generator, cast: Cast, share: float) -> tuple[Share, ...]:
        """A share of the members opened the account for the purpose, within days before."""
        fresh = cast.began - (rng.uniform(0.1, 4 + self.hard.spread_days, len(cast.people)) * DAY_US).astype(np.int64)
        old = self.registered_before(rng, cast)
        lately = rng.random(len(cast.people)) < share
        return (self.registered(cast, np.where(lately, fresh, old.values.astype(np.int64))),)

    def registered(self, cast: Cast, at: Ints) -> Share:
        """These accounts were opened at these moments."""
        return Share("registered_at", cast.people, whole_seconds(at))

    def cover(self, rng: np.random.Generator, cast: Cast, links: float) -> tuple[Sheet, ...]:
        """Links to honest people beside ``links`` links a member within the ring, so that camouflage has its share."""
        honest_links = links * self.hard.camouflage / (1 - self.hard.camouflage)
        friend, payer, payee = (cast.each(rng, honest_links / 3) for _ in range(3))
        return (
            friendships(cast.people[friend], self._strangers(rng, friend), self._lately(rng, cast, friend)),
            self._paid(rng, cast.people[payer], self._strangers(rng, payer), self._lately(rng, cast, payer)),
            self._paid(rng, self._strangers(rng, payee), cast.people[payee], self._lately(rng, cast, payee)),
        )

    def _paid(self, rng: np.random.Generator, payer: Ints, payee: Ints, at: Ints) -> Sheet:
        return payments(payer, payee, yuan(rng, len(at), 120), at)

    def _strangers(self, rng: np.random.Generator, rows: Ints) -> Ints:
        return rng.choice(self.honest, len(rows))

    def _lately(self, rng: np.random.Generator, cast: Cast, rows: Ints) -> Ints:
        began = cast.began[rows]
        return whole_seconds(began + (rng.random(len(rows)) * (AS_OF_US - began)).astype(np.int64))

    def befriended(self, rng: np.random.Generator, cast: Cast, times: float) -> Sheet:
        """Friendships among the members, so many a member on average."""
        rows = cast.each(rng, times)
        return friendships(cast.people[rows], cast.mate(rng)[rows], self.during(rng, cast.began[rows]))


Mechanism = Callable[[Cast, Stage, np.random.Generator], Effect]
"""What the cast of one kind does."""
