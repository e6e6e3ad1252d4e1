"""Clearing of the legal layer: who pays how much when every guarantee is called (Eisenberg and Noe 2001).

A guarantor has paid the lender and stands in the lender's place: the borrower owes them what they
guaranteed, beside what nobody guarantees and lenders get, who absorb. Everybody pays all, or in
proportion what they have. What a person has is a quarter's income seen in payments; of whom no
income is seen the balance sheet is missing, and two clearings bound the truth: as if they had
nothing (high), and as if they could pay what they owe (low).
"""

from dataclasses import dataclass
from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from graphfraud.debt.exposures import LAYERS, Exposures

SWEEPS: Final = 1000
ROUNDS: Final = 20
CLOSE: Final = 1e-13
LARGEST_LOOP: Final = 1000
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def clearing(owed: csr_array, outside: Floats, absorbed: Floats) -> Floats:
    """The greatest clearing vector: what each person pays in all, from above.

    ``owed[i, j]`` is what i owes j, ``absorbed[i]`` what i owes outside the network, ``outside[i]``
    what i has before anybody pays. Everybody pays all, then what they have, until nobody pays less; it only
    falls, so it ends at the greatest vector. Where money goes round a loop that hardly leaks, what those in
    it pay is solved for at once. Cost: a pass over the debts a sweep, some hundred sweeps.
    """
    due = np.asarray(owed.sum(axis=1)).ravel() + absorbed
    shares = csr_array(owed.multiply((1.0 / np.where(due > 0, due, 1.0))[:, None]))
    received = csr_array(shares.T)
    paid, falling = due.copy(), np.zeros(len(due), bool)
    for _ in range(ROUNDS):
        if _settle((received.indptr, received.indices, received.data), outside, due, (paid, falling)):
            break
        at = np.flatnonzero(falling)
        if len(at) <= LARGEST_LOOP:
            from_others = outside[at] + received[at][:, ~falling] @ paid[~falling]
            inside = received[at][:, at].toarray()
            solved = np.linalg.lstsq(np.eye(len(at)) - inside, from_others)[0]
            paid[at] = np.clip(solved, 0.0, paid[at])
    return paid


@nb.njit(cache=True)
def _settle(
    received: tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.float64]],
    outside: npt.NDArray[np.float64],
    due: npt.NDArray[np.float64],
    state: tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]],
) -> bool:
    """Sweep until nobody pays less; False, and who still does, where that takes too many sweeps."""
    bounds, payer, share = received
    paid, falling = state
    for _ in range(SWEEPS):
        done = True
        for i in range(len(due)):
            has = outside[i]
            for e in range(bounds[i], bounds[i + 1]):
                has += share[e] * paid[payer[e]]
            has = min(has, due[i], paid[i])
            falling[i] = paid[i] - has > CLOSE * due[i]
            done = done and not falling[i]
            paid[i] = has
        if done:
            return True
    return False


@dataclass(frozen=True, eq=False)
class Cleared:
    """Yuan that each guarantor loses when the legal layer clears: at least ``low``, at most ``high``."""

    low: Floats
    high: Floats


def legal_clearing(exposed: Exposures, debt: Ints, income: Ints) -> Cleared:
    """Losses of guarantors; ``debt`` is fen owed on open loans, ``income`` fen of a quarter, 0 where none is seen."""
    legal = (exposed.layer == LAYERS.index("legal")) & (exposed.fen > 0)
    creditor, debtor, fen = exposed.exposed[legal], exposed.debtor[legal], exposed.fen[legal] / 100.0
    people = exposed.people
    touched = np.unique(np.concatenate([creditor, debtor]))
    here = np.searchsorted(touched, np.stack([debtor, creditor]))
    owed = csr_array((fen, (here[0], here[1])), shape=(len(touched), len(touched)))
    absorbed = np.maximum(debt[touched] / 100.0 - np.asarray(owed.sum(axis=1)).ravel(), 0.0)
    due = np.asarray(owed.sum(axis=1)).ravel() + absorbed
    known = income[touched] > 0
    losses = []
    for unseen in (due, np.zeros(len(touched))):
        paid = clearing(owed, np.where(known, income[touched] / 100.0, unseen), absorbed)
        lost = np.zeros(people)
        np.add.at(lost, creditor, fen * (1.0 - paid[here[0]] / np.where(due > 0, due, 1.0)[here[0]]))
        losses.append(np.asarray(np.round(np.maximum(lost, 0.0), 2), np.float64))
    return Cleared(losses[0], losses[1])
