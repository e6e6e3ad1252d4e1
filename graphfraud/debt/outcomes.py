"""Outcomes: who is known to have defaulted or not, and what was known at any time up to the as-of."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.debt.ledger import Ints, Ledger
from graphfraud.schema import LABELS
from graphfraud.snapshot.graph import Snapshot

FOREVER: Final = 2**62


@dataclass(frozen=True, eq=False)
class Moments:
    """People at times: one row each."""

    who: Ints
    at: Ints

    def __len__(self) -> int:
        return len(self.who)


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Labels default and clean known by the as-of, by person, then time; one row a label."""

    person: Ints
    at: Ints
    defaulted: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.person)

    def of(self, kept: npt.NDArray[np.bool_]) -> "Outcomes":
        """Some of the rows."""
        return Outcomes(self.person[kept], self.at[kept], self.defaulted[kept])

    def last(self, person: Ints, at: Ints) -> tuple[npt.NDArray[np.bool_], Ints]:
        """Whether the last label of each person up to a time said default, and its age; :data:`FOREVER` if none."""
        if not len(self):
            return np.zeros(len(person), bool), np.full(len(person), FOREVER)
        first, last = self._ledger.place(person, at)
        event = self._ledger.order[np.maximum(last - 1, 0)]
        known = last > first
        return self.defaulted[event] & known, np.where(known, at - self.at[event], FOREVER)

    @cached_property
    def _ledger(self) -> Ledger:
        return Ledger.counting(self.person, self.at)


def outcomes(snapshot: Snapshot) -> Outcomes:
    """The labels of a snapshot that say whether somebody defaulted; of two at one time, default counts."""
    rows = snapshot["labels"]
    default = rows["label"] == LABELS.index("default")
    said = default | (rows["label"] == LABELS.index("clean"))
    order = np.lexsort((default[said], rows["at"][said], rows["person_id"][said]))
    person, at = rows["person_id"][said][order].astype(np.int64), rows["at"][said][order]
    last = np.r_[(person[1:] != person[:-1]) | (at[1:] != at[:-1]), True][: len(person)]
    return Outcomes(person[last], at[last], default[said][order][last])
