"""What every mechanism is given beside its cast: how hard the world is, its people, who is honest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from graphfraud.settings import DAY_US
from graphfraud.worlds.acts import friendships, logins, payments, yuan
from graphfraud.worlds.casting import Cast
from graphfraud.worlds.moments import soon, whole_seconds
from graphfraud.worlds.population import Population
from graphfraud.worlds.recipe import AS_OF_US, Flags, Floats, Hardness, Ints
from graphfraud.worlds.sheets import Effect, Share, Sheet
from graphfraud.worlds.style import Style


@dataclass(frozen=True)
class Stage:
    """``honest`` are the people of age who are in no ring; ``style`` is how this world goes about things."""

    hard: Hardness
    style: Style
    population: Population
    honest: Ints

    def recorded(self, rng: np.random.Generator, count: int) -> Flags:
        """Which of so many links of a ring were ever recorded."""
        return rng.random(count) >= self.hard.missing

    def knit(self, rng: np.random.Generator, count: int) -> Flags:
        """Which of so many links of an honest group exist."""
        return rng.random(count) < self.hard.density

    def traces(
        self, rng: np.random.Generator, cast: Cast, usual: Mapping[str, float], core: Sequence[str]
    ) -> dict[str, Flags]:
        """Which traces the ring of each member leaves: a draw of its own for each ring, one of the core at least.

        ``usual`` is how often rings leave each trace; worlds differ around it, easy ones leave more.
        """
        names = list(usual)
        odds = logit(np.array([usual[name] for name in names])) + rng.normal(0, 0.8, len(names)) + self.hard.plain
        lead = expit(odds) - rng.random((cast.rings, len(names)))
        kept = lead > 0
        vital = np.isin(names, core)
        best = np.argmax(np.where(vital, lead, -np.inf), axis=1)
        kept[np.arange(cast.rings), best] = True
        return {name: kept[cast.ring, place] for place, name in enumerate(names)}

    def during(self, rng: np.random.Generator, cast: Cast, rows: Ints | None = None) -> Ints:
        """A moment for each member, or each of these rows of members, while the ring acts."""
        if rows is None:
            return soon(rng, cast.began, cast.days)
        return soon(rng, cast.began[rows], cast.days[rows])

    def registered_before(self, rng: np.random.Generator, cast: Cast) -> Share:
        """Nobody acts before the account exists."""
        latest = cast.began - (rng.uniform(1, 300, len(cast.people)) * DAY_US).astype(np.int64)
        return self.registered(cast, np.minimum(self.population.registered_at[cast.people], latest))

    def registered_lately(
        self, rng: np.random.Generator, cast: Cast, share: float | Floats, ready: Flags | bool = True
    ) -> tuple[Share, ...]:
        """A share of the members who are ``ready`` opened the account for the purpose, within days before."""
        fresh = cast.began - (rng.uniform(0.1, 4 + cast.days) * DAY_US).astype(np.int64)
        old = self.registered_before(rng, cast)
        lately = (rng.random(len(cast.people)) < share) & ready
        return (self.registered(cast, np.where(lately, fresh, old.values.astype(np.int64))),)

    def registered(self, cast: Cast, at: Ints) -> Share:
        """These accounts were opened at these moments."""
        return Share("registered_at", cast.people, whole_seconds(at))

    def cover(self, rng: np.random.Generator, cast: Cast, links: float) -> tuple[Sheet, ...]:
        """Links to honest people beside ``links`` links a member within the ring, so that camouflage has its share."""
        honest_links = links * self.hard.camouflage / (1 - self.hard.camouflage)
        friend, payer, payee, guest, host = (cast.each(rng, honest_links / 5) for _ in range(5))
        friends, hosts, guests = (self._strangers(rng, rows) for rows in (friend, guest, host))
        home, device = self.population.home_ip, self.population.device
        return (
            friendships(cast.people[friend], friends, self._lately(rng, cast, friend)),
            self._paid(rng, cast.people[payer], self._strangers(rng, payer), self._lately(rng, cast, payer)),
            self._paid(rng, self._strangers(rng, payee), cast.people[payee], self._lately(rng, cast, payee)),
            self._visited(rng, cast.people[guest], device[hosts], home[hosts], self._lately(rng, cast, guest)),
            self._visited(
                rng, guests, device[cast.people[host]], home[cast.people[host]], self._lately(rng, cast, host)
            ),
        )

    def _visited(self, rng: np.random.Generator, person: Ints, device: Ints, home: Ints, at: Ints) -> Sheet:
        """Who visits logs in at the host's address, half of the time on the host's device."""
        own = rng.random(len(person)) < 0.5
        return logins(rng, person, np.where(own, self.population.device[person], device), home, at)

    def _paid(self, rng: np.random.Generator, payer: Ints, payee: Ints, at: Ints) -> Sheet:
        return payments(payer, payee, yuan(rng, len(at), 120), at)

    def _strangers(self, rng: np.random.Generator, rows: Ints) -> Ints:
        return rng.choice(self.honest, len(rows))

    def _lately(self, rng: np.random.Generator, cast: Cast, rows: Ints) -> Ints:
        began = cast.began[rows]
        return whole_seconds(began + (rng.random(len(rows)) * (AS_OF_US - began)).astype(np.int64))

    def befriended(self, rng: np.random.Generator, cast: Cast, times: float, among: Flags | None = None) -> Sheet:
        """Friendships among the members (or those ``among`` them), so many a member on average."""
        rows = cast.each(rng, times)
        rows = rows if among is None else rows[among[rows]]
        return friendships(cast.people[rows], cast.mate(rng)[rows], self.during(rng, cast, rows))


Mechanism = Callable[[Cast, Stage, np.random.Generator], Effect]
"""What the cast of one kind does."""
