"""What a world is made from: its size, its seed, how hard it is, and a generator for each mechanism."""

from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from graphfraud.errors import UsageError
from graphfraud.settings import DAY_US

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

AS_OF_US: Final = 1_769_904_000_000_000
"""2026-02-01T00:00:00Z: no event of any world is later."""
HISTORY_US: Final = 120 * DAY_US
"""How far logins and payments go back."""
MIN_PEOPLE: Final = 200


@dataclass(frozen=True)
class Hardness:
    """How well rings hide and how much honest people look like them.

    ``camouflage`` is the share of the links of a ring's members that lead to honest
    people, ``missing`` the share of shared things and identifiers that were never recorded,
    ``spread_days`` the time over which a ring acts, ``groups_per_ring`` how many honest
    dense groups stand beside each ring, ``density`` how closely those are knit, ``plain``
    how readily a ring leaves each trace its kind can leave (log-odds on top of the usual).
    """

    camouflage: float
    missing: float
    spread_days: float
    groups_per_ring: float
    density: float
    plain: float


HARDNESS: Final[dict[str, Hardness]] = {
    "low": Hardness(camouflage=0.20, missing=0.05, spread_days=1.0, groups_per_ring=1.5, density=0.5, plain=4.0),
    "medium": Hardness(camouflage=0.35, missing=0.15, spread_days=4.0, groups_per_ring=3.0, density=0.7, plain=1.2),
    "high": Hardness(camouflage=0.50, missing=0.30, spread_days=12.0, groups_per_ring=4.0, density=0.9, plain=0.8),
}


@dataclass(frozen=True)
class Recipe:
    """The arguments of a world.

    >>> bool(Recipe(200, 1, "low").rng("a").random() == Recipe(200, 1, "low").rng("a").random())
    True
    """

    people: int
    seed: int
    hardness: str

    def __post_init__(self) -> None:
        if self.hardness not in HARDNESS:
            raise UsageError(
                f"no hardness {self.hardness!r}", where="--hardness", cure=f"choose one of {', '.join(HARDNESS)}"
            )
        if self.people < MIN_PEOPLE:
            raise UsageError(
                f"{self.people} people are too few for a world", where="--people", cure=f"ask for {MIN_PEOPLE} or more"
            )
        if self.seed < 0:
            raise UsageError(f"seed {self.seed} is negative", where="--seed", cure="give 0 or a whole number above")

    @property
    def hard(self) -> Hardness:
        """The figures behind the word."""
        return HARDNESS[self.hardness]

    def rng(self, mechanism: str) -> np.random.Generator:
        """A generator of its own for each mechanism, so that a new one changes no other."""
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, crc32(mechanism.encode())])))
