"""Acts: when each person did what may tie them to others, one moment for each kind of act.

A ring acts together: its members shared, promised, paid and borrowed in the same days, even
where the link between them is on no record. Moments are whole hours before the as-of, so that
sums of them are exact in whatever order people stand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.rings.groups import Flags, Floats, Groups, Ints, Rows
from graphfraud.settings import HOUR_US
from graphfraud.snapshot.graph import NEVER
from graphfraud.snapshot.sharing import THING_TYPES, Uses, user_counts, users_of

KINDS: Final = ("PAPER", "DEVICE", "PLACE", "PROMISE", "FLOW", "SHOP", "LOAN", "APPLY")
"""What is done: a shared paper entered, a shared device or address used, and so on."""
CLOSE_HOURS: Final = 72.0
"""So far apart counts half of what the same hour counts."""
Moments = tuple[Ints, Rows]
"""People and when each did something, in any order; a time may be ``NEVER``, a person nobody."""


@dataclass(frozen=True, eq=False)
class Acts:
    """For each kind of act (rows) and person (columns) whether the person did it, and the middle of when (hours)."""

    did: Flags
    hour: Floats

    def sums(self, groups: Groups) -> "Sums":
        """Of the members of each group."""
        return Sums(
            np.stack([groups.total(did) for did in self.did]),
            np.stack([groups.total(hour) for hour in self.hour]),
            np.stack([groups.total(hour * hour) for hour in self.hour]),
        )

    def of(self, person: Ints) -> "Sums":
        """Of each person alone."""
        did, hour = self.did[:, person].astype(np.float64), self.hour[:, person]
        return Sums(did, hour, hour * hour)


@dataclass(frozen=True, eq=False)
class Sums:
    """For each kind of act how many did it, the sum of their hours, and of the squares."""

    count: Floats
    hours: Floats
    squares: Floats

    def __sub__(self, other: "Sums") -> "Sums":
        return Sums(self.count - other.count, self.hours - other.hours, self.squares - other.squares)

    def take(self, chosen: Ints) -> "Sums":
        """Of the chosen groups."""
        return Sums(self.count[:, chosen], self.hours[:, chosen], self.squares[:, chosen])

    def only(self, some: Flags) -> "Sums":
        """Nothing where not."""
        return Sums(self.count * some, self.hours * some, self.squares * some)

    @property
    def mean(self) -> Floats:
        """Mean hour; 0 where nobody did it."""
        return self.hours / np.maximum(self.count, 1.0)

    @property
    def dense(self) -> Floats:
        """How close together it was done: 1 at one moment, one half at three days; 0 for fewer than two."""
        variance = np.maximum(self.squares / np.maximum(self.count, 1.0) - self.mean**2, 0.0)
        return near(np.sqrt(variance)) * (self.count > 1)

    def close(self, other: "Sums") -> Floats:
        """How close in time two did it: 1 in the mean at one moment, one half at three days; 0 where one did not."""
        both = (self.count > 0) & (other.count > 0)
        return near(np.abs(self.mean - other.mean)) * both


def codes(*words: str) -> tuple[str, ...]:
    """Codes of so many terms of each kind of act."""
    return tuple(f"{word}-{kind}" for word in words for kind in KINDS)


def by_code(columns: Mapping[str, Floats]) -> dict[str, Floats]:
    """Terms by :func:`codes`, from one table (kinds x rows) a word."""
    return dict(zip(codes(*columns), np.concatenate(list(columns.values())), strict=True))


def near(hours: Floats) -> Floats:
    """1 for no distance, one half for three days."""
    return np.asarray(np.round(1.0 / (1.0 + hours / CLOSE_HOURS), 9))


def acts(people: int, as_of: int, done: Mapping[str, Moments]) -> Acts:
    """The middle moment of each kind for each person; of two the later. Cost: the moments, sorted."""
    did, hour = np.zeros((len(KINDS), people), bool), np.zeros((len(KINDS), people))
    for kind, (person, at) in enumerate(done[name] for name in KINDS):
        real = (person >= 0) & (person < people) & (at != NEVER)
        order = np.flatnonzero(real)[np.lexsort((at[real], person[real]))]
        who, first, count = np.unique(person[order], return_index=True, return_counts=True)
        did[kind, who] = True
        hour[kind, who] = (as_of - at[order][first + count // 2]) // HOUR_US
    return Acts(did, hour)


def papers(shared: Uses, hub_limit: int) -> Moments:
    """Who entered a paper that somebody else has too."""
    users = user_counts(shared)
    some = (shared.type < THING_TYPES.index("device")) & (users > 1) & (users <= hub_limit)
    return shared.person[some], shared.first_at[some]


def meetings(thing: npt.NDArray[np.int32], person: npt.NDArray[np.int32], at: Rows) -> Moments:
    """Who used a thing that somebody else used too; below 0 is none."""
    several = users_of(thing, person) > 1
    return person[several], at[several]
