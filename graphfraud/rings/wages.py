"""Wages: who is paid by which organisation as those are who work there."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.schema import Entity
from graphfraud.settings import DAY_US
from graphfraud.snapshot.graph import Snapshot

MONTH_US: Final = 20 * DAY_US
"""Wages come again after so many days at least."""


@dataclass(frozen=True, eq=False)
class Wages:
    """Each person and organisation once."""

    person: npt.NDArray[np.int32]
    firm: npt.NDArray[np.int32]


def wages(snapshot: Snapshot) -> Wages:
    """People and the organisations that pay them twice, weeks apart, or whom they never paid: no customers."""
    rows, people = snapshot["payments"], snapshot.people
    paid = np.flatnonzero((rows["payer_id"] >= people) & (rows["payee_id"] < people) & (rows["payee_id"] >= 0))
    person, firm, at = rows["payee_id"][paid], rows["payer_id"][paid], rows["at"][paid]
    order = np.lexsort((at, firm, person))
    person, firm, at = person[order], firm[order], at[order]
    start = np.flatnonzero(np.r_[True, (person[1:] != person[:-1]) | (firm[1:] != firm[:-1])][: len(order)])
    end = np.r_[start[1:], len(order)][: len(start)] - 1
    person, firm, lasted = person[start], firm[start], at[end] - at[start]
    width = people + snapshot.count(Entity.MERCHANT)
    bought = np.unique(rows["payer_id"].astype(np.int64) * width + rows["payee_id"])
    kept = (lasted >= MONTH_US) | ~np.isin(person.astype(np.int64) * width + firm, bought)
    return Wages(person[kept], firm[kept])
