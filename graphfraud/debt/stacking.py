"""Stacking: one person, many lenders, new ones lately, and loans taken to repay loans."""

import numba as nb
import numpy as np
import numpy.typing as npt

from graphfraud.debt.priors import PER_BORROWED_REPAYMENT, PER_EXTRA_LENDER, PER_NEW_LENDER
from graphfraud.settings import DAY_US
from graphfraud.snapshot.borrowing import Loans, lenders_open, new_lenders
from graphfraud.snapshot.graph import Snapshot

WITHIN_US = 7 * DAY_US
"""A repayment so soon after a disbursement of another loan was made with borrowed money."""


def borrowed_repayments(snapshot: Snapshot, *, days: int) -> npt.NDArray[np.int64]:
    """Repayments within so many days that followed a disbursement of another loan to the same person."""
    paid_out, paid_back = snapshot["disbursements"], snapshot["repayments"]
    own = paid_back["payer_id"] >= 0
    person = np.concatenate([paid_out["person_id"], paid_back["payer_id"][own]])
    loan = np.concatenate([paid_out["loan_id"], paid_back["loan_id"][own]])
    at = np.concatenate([paid_out["at"], paid_back["at"][own]])
    repays = np.r_[np.zeros(len(paid_out), bool), np.ones(int(own.sum()), bool)]
    order = np.lexsort((loan, repays, at, person))
    borrowed = _borrowed(person[order], loan[order], at[order], repays[order], WITHIN_US)
    recent = at[order] > snapshot.as_of - days * DAY_US
    return np.bincount(person[order][borrowed & recent], minlength=snapshot.people)


@nb.njit(cache=True)
def _borrowed(
    person: npt.NDArray[np.int32],
    loan: npt.NDArray[np.int32],
    at: npt.NDArray[np.int64],
    repays: npt.NDArray[np.bool_],
    within: int,
) -> npt.NDArray[np.bool_]:
    """Which rows repay another loan's money; looks back over one person's events as far as the window reaches."""
    found = np.zeros(len(person), np.bool_)
    for i in range(len(person)):
        j = i - 1
        while repays[i] and j >= 0 and person[j] == person[i] and at[i] - at[j] <= within:
            if not repays[j] and loan[j] != loan[i]:
                found[i] = True
                break
            j -= 1
    return found


def stacking(snapshot: Snapshot, loans: Loans) -> npt.NDArray[np.float64]:
    """Stacking index from 0 (one lender at most) towards 1, by the rates in :mod:`graphfraud.debt.priors`."""
    extra = np.maximum(lenders_open(loans, snapshot.people) - 1, 0)
    fresh = new_lenders(loans, snapshot.people, since=snapshot.as_of - 90 * DAY_US)
    strain = (
        PER_EXTRA_LENDER * extra
        + PER_NEW_LENDER * np.maximum(fresh - 1, 0)
        + PER_BORROWED_REPAYMENT * borrowed_repayments(snapshot, days=90)
    )
    return 1.0 - np.exp(-strain)
