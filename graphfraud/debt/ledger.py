"""A ledger: events of people over time, so that sums up to any person and time take one look-up."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Ledger:
    """Events sorted by person and time, with running sums of their values.

    >>> money = Ledger.of(np.array([0, 0]), np.array([5, 9]), np.array([[10], [-4]]))
    >>> money.until(np.array([0, 0, 1]), np.array([5, 9, 9])).tolist()
    [[10], [6], [0]]
    """

    times: Ints
    key: Ints
    order: Ints
    sums: Ints

    @classmethod
    def of(cls, person: npt.NDArray[np.integer], at: Ints, values: Ints) -> "Ledger":
        """A ledger of events; ``values`` has a row an event and a column a quantity."""
        times = np.unique(at)
        key = person.astype(np.int64) * (len(times) + 1) + np.searchsorted(times, at)
        order = np.lexsort((*values.T[::-1], key))
        sums = np.concatenate([np.zeros((1, values.shape[1]), np.int64), np.cumsum(values[order], axis=0)])
        return cls(times, key[order], order, sums)

    @classmethod
    def counting(cls, person: npt.NDArray[np.integer], at: Ints) -> "Ledger":
        """A ledger that counts events."""
        return cls.of(person, at, np.ones((len(at), 1), np.int64))

    @classmethod
    def latest(cls, person: npt.NDArray[np.integer], at: Ints, value: Ints) -> "Ledger":
        """A ledger whose sum up to a time is the last value observed by then."""
        order = np.lexsort((value, at, person))
        person, at, value = person[order], at[order], value[order]
        first = np.r_[True, person[1:] != person[:-1]][: len(person)]
        return cls.of(person, at, (value - np.where(first, 0, np.roll(value, 1)))[:, None])

    def place(self, person: npt.NDArray[np.integer], at: Ints) -> tuple[Ints, Ints]:
        """First event of each person, and the place after the last one up to a time, in sorted order."""
        base = person.astype(np.int64) * (len(self.times) + 1)
        rank = np.searchsorted(self.times, at, side="right")
        return np.searchsorted(self.key, base), np.searchsorted(self.key, base + rank)

    def until(self, person: npt.NDArray[np.integer], at: Ints) -> Ints:
        """Sum of each quantity over the events of a person up to and with a time."""
        first, last = self.place(person, at)
        return np.asarray(self.sums[last] - self.sums[first])

    def within(self, person: npt.NDArray[np.integer], at: Ints, length: int) -> Ints:
        """Sum over the events of a person in ``(at - length, at]``."""
        return np.asarray(self.until(person, at) - self.until(person, at - length))
