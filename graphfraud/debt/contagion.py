"""Contagion over guarantees: how another's default becomes one's own."""

from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.debt.priors import INTERCEPT, PASS_ON, PER_30_DAYS_PAST_DUE, STACKING
from graphfraud.settings import DAY_US
from graphfraud.snapshot.borrowing import Guaranteed, Loans
from graphfraud.snapshot.graph import Snapshot

ROUNDS: Final = 20
"""Rounds of propagation; guarantee chains are shorter, and loops shrink by PASS_ON a round."""


def own_probability(snapshot: Snapshot, loans: Loans, stacked: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Probability of default in 90 days from the person's own debts alone, by documented priors."""
    overdue = np.zeros(snapshot.people)
    np.maximum.at(overdue, loans.person[loans.open], np.clip(loans.days_past_due[loans.open], 0, 120))
    log_odds = INTERCEPT + PER_30_DAYS_PAST_DUE * overdue / 30.0 + STACKING * stacked
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))


def default_probability(
    own: npt.NDArray[np.float64], promised: Guaranteed, bearable: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """``p = 1 - (1 - own) * prod(1 - w * p_borrower)`` over the debts that a person guarantees.

    ``w = PASS_ON * min(1, guaranteed / bearable)``. The iteration is monotone and bounded, so it settles;
    loops are counted as if each round were new, which overstates them by at most PASS_ON a loop.
    """
    weight = PASS_ON * np.minimum(1.0, promised.fen / np.maximum(bearable[promised.guarantor], 1))
    p = own.copy()
    for _ in range(ROUNDS):
        log_safe = np.zeros(len(own))
        np.add.at(log_safe, promised.guarantor, np.log1p(-weight * p[promised.person]))
        p = 1.0 - (1.0 - own) * np.exp(log_safe)
    return p


def bearable(snapshot: Snapshot) -> npt.NDArray[np.int64]:
    """What a person could pay when called, fen: what organisations paid them in 90 days, and never nothing."""
    rows, people = snapshot["payments"], snapshot.people
    recent = rows["at"] > snapshot.as_of - 90 * DAY_US
    income = recent & (rows["payer_id"] >= people) & (rows["payee_id"] < people)
    total = np.zeros(people, np.int64)
    np.add.at(total, rows["payee_id"][income], rows["amount"][income])
    return np.maximum(total, 100_000)
