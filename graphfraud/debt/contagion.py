"""Contagion by documented priors: what people can bear, and how another's default becomes one's own."""

from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.debt.exposures import Exposures
from graphfraud.debt.priors import PASS_ON
from graphfraud.debt.probability import default_probability
from graphfraud.settings import DAY_US
from graphfraud.snapshot.graph import Snapshot

FLOOR_FEN: Final = 100_000
"""Everybody is taken to bear so much, seen or not."""


def income(snapshot: Snapshot) -> npt.NDArray[np.int64]:
    """Fen that organisations paid each person in 90 days; 0 where none is seen."""
    rows, people = snapshot["payments"], snapshot.people
    recent = rows["at"] > snapshot.as_of - 90 * DAY_US
    paid = recent & (rows["payer_id"] >= people) & (rows["payee_id"] < people) & (rows["payee_id"] >= 0)
    total = np.zeros(people, np.int64)
    np.add.at(total, rows["payee_id"][paid], rows["amount"][paid])
    return total


def bearable(snapshot: Snapshot) -> npt.NDArray[np.int64]:
    """What a person could lose, fen: a quarter's income, and never nothing."""
    return np.maximum(income(snapshot), FLOOR_FEN)


def network_probability(
    own: npt.NDArray[np.float64], exposed: Exposures, buffer: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Default probability over all layers, each passing on by its prior and the part of the buffer at risk.

    Somebody tied in several layers is one neighbour: the chances that each layer spares are multiplied.
    """
    risky = exposed.fen > 0
    rows, debtor = exposed.exposed[risky].astype(np.int64), exposed.debtor[risky].astype(np.int64)
    passed_on = np.array(PASS_ON)[exposed.layer[risky]]
    spared = np.log1p(-passed_on * np.minimum(1.0, exposed.fen[risky] / buffer[rows]))
    pairs, place = np.unique(rows * max(exposed.people, 1) + debtor, return_inverse=True)
    weight = -np.expm1(np.bincount(place, weights=spared, minlength=len(pairs)))
    who = pairs // max(exposed.people, 1)
    bounds = np.searchsorted(who, np.arange(exposed.people + 1)).astype(np.int64)
    return default_probability(own, bounds, (pairs % max(exposed.people, 1)).astype(np.int32), weight)
