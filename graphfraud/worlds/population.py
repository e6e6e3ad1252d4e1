"""Who lives in a world: the people, what each of them has, and how each of them tends to act."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from graphfraud.schema import OCCUPATIONS
from graphfraud.settings import DAY_US
from graphfraud.worlds.codes import codes
from graphfraud.worlds.recipe import AS_OF_US, Floats, Ints, Recipe
from graphfraud.worlds.sheets import NULL, Share

NEVER: Final = np.iinfo(np.int64).max
COMMUNITY: Final = 40
SALARIED, SELF_EMPLOYED, STUDENT, OTHER = range(len(OCCUPATIONS))
_OCCUPATION_SHARES: Final = (0.52, 0.18, 0.16, 0.14)
_HOUSEHOLD_SHARES: Final = (0.45, 0.27, 0.16, 0.08, 0.04)
_FRIENDLINESS: Final = np.array([1.0, 0.35, 1.3, 0.9])
_SPENDING: Final = np.array([1.0, 1.8, 0.8, 0.8])
_ADULT_DAYS: Final = 18 * 366


@dataclass(frozen=True)
class Population:
    """One value a person in each field; people of one community stand side by side.

    ``sociability`` and ``spending`` are rates relative to 1, ``strain`` is a standard
    score of financial stress. Codes name the person's home, address on the network,
    employer, devices and identifiers; negative means none. ``left_at`` is when the
    person stopped using the account, ``phone_until`` when the number was given up.
    """

    community: Ints
    occupation: Ints
    birth_day: Ints
    registered_at: Ints
    invited: Ints
    sociability: Floats
    spending: Floats
    strain: Floats
    home: Ints
    home_ip: Ints
    employer: Ints
    work_ip: Ints
    device: Ints
    phone: Ints
    card: Ints
    phone_until: Ints
    left_at: Ints

    @property
    def size(self) -> int:
        """How many people there are."""
        return len(self.occupation)

    @property
    def adults(self) -> Ints:
        """People who were of age at the as-of."""
        return np.flatnonzero(self.birth_day <= AS_OF_US // DAY_US - _ADULT_DAYS)

    def with_shares(self, shares: Iterable[Share]) -> "Population":
        """The same people after every share was given to its people, in order."""
        changed: dict[str, np.ndarray] = {}
        for share in shares:
            field = changed.setdefault(share.field, getattr(self, share.field).copy())
            field[share.people] = share.values
        return replace(self, **changed)


def drawn(recipe: Recipe) -> Population:
    """Ordinary people, before any ring or honest group forms."""
    rng, count = recipe.rng("population"), recipe.people
    person = np.arange(count, dtype=np.int64)
    occupation = rng.choice(len(OCCUPATIONS), count, p=_OCCUPATION_SHARES).astype(np.int64)
    home = _homes(rng, count)
    employer, work_ip = _workplaces(rng, occupation)
    return Population(
        community=person // COMMUNITY,
        occupation=occupation,
        birth_day=_birth_days(rng, occupation),
        registered_at=AS_OF_US - (rng.beta(1.1, 1.6, count) * 1800 * DAY_US).astype(np.int64) - 2 * DAY_US,
        invited=(rng.random(count) < 0.15).astype(np.int64),
        sociability=rng.gamma(1.6, 1 / 1.6, count) * _FRIENDLINESS[occupation],
        spending=rng.lognormal(-0.2, 0.6, count) * _SPENDING[occupation],
        strain=rng.normal(0, 1, count),
        home=home,
        home_ip=home,
        employer=employer,
        work_ip=work_ip,
        device=person,
        phone=person,
        card=person,
        phone_until=np.full(count, NULL),
        left_at=np.full(count, NEVER),
    )


def _homes(rng: np.random.Generator, count: int) -> Ints:
    sizes = rng.choice(len(_HOUSEHOLD_SHARES), count, p=_HOUSEHOLD_SHARES) + 1
    return np.repeat(np.arange(count, dtype=np.int64), sizes)[:count]


def _birth_days(rng: np.random.Generator, occupation: Ints) -> Ints:
    count = len(occupation)
    years = np.where(occupation == STUDENT, rng.uniform(18.2, 25, count), 20 + rng.beta(1.6, 2.6, count) * 48)
    years[rng.random(count) < 0.004] = 16.5
    return (AS_OF_US // DAY_US - years * 365.25).astype(np.int64)


def _workplaces(rng: np.random.Generator, occupation: Ints) -> tuple[Ints, Ints]:
    """Employer and office address; small employers and other people have none."""
    count = len(occupation)
    employers = max(3, count // 50)
    weights = rng.pareto(1.5, employers) + 0.3
    chosen = rng.choice(employers, count, p=weights / weights.sum())
    employer = codes("employer", chosen)
    employed = (occupation == SALARIED) & (rng.random(count) < 0.85)
    has_office = rng.random(employers) < 0.4
    office = employed & has_office[chosen]
    return np.where(employed, employer, NULL), np.where(office, employer, NULL)
