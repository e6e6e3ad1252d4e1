"""What each person owes: the last known state of each loan, and what is guaranteed for others."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphfraud.schema import Entity
from graphfraud.snapshot.graph import NEVER, Snapshot


@dataclass(frozen=True, eq=False)
class Loans:
    """The last state of each loan known at the as-of, sorted by loan; money in fen."""

    loan: npt.NDArray[np.int32]
    person: npt.NDArray[np.int32]
    lender: npt.NDArray[np.int32]
    principal: npt.NDArray[np.int64]
    outstanding: npt.NDArray[np.int64]
    opened_at: npt.NDArray[np.int64]
    days_past_due: npt.NDArray[np.int64]
    open: npt.NDArray[np.bool_]


def current_loans(snapshot: Snapshot) -> Loans:
    """Of several rows of a loan the last observed counts; a row never observed is the oldest."""
    rows = snapshot["loans"]
    order = np.lexsort((rows["observed_at"], rows["loan_id"]))
    loan = rows["loan_id"][order]
    last = order[np.r_[loan[1:] != loan[:-1], True][: len(loan)]]
    outstanding = rows["outstanding"][last]
    return Loans(
        loan=rows["loan_id"][last],
        person=rows["person_id"][last],
        lender=rows["lender_id"][last],
        principal=rows["principal"][last],
        outstanding=outstanding,
        opened_at=rows["opened_at"][last],
        days_past_due=rows["days_past_due"][last],
        open=(rows["closed_at"][last] == NEVER) & (outstanding > 0),
    )


def owed(snapshot: Snapshot, loans: Loans) -> npt.NDArray[np.int64]:
    """Fen that each person owes on open loans."""
    total = np.zeros(snapshot.people, np.int64)
    np.add.at(total, loans.person[loans.open], loans.outstanding[loans.open])
    return total


def lenders_open(loans: Loans, people: int) -> npt.NDArray[np.int64]:
    """Lenders with an open loan of each person; loans of an unnamed lender count as one lender."""
    pairs = np.unique(np.stack([loans.person[loans.open], loans.lender[loans.open]]), axis=1)
    return np.bincount(pairs[0], minlength=people)


def new_lenders(loans: Loans, people: int, *, since: int) -> npt.NDArray[np.int64]:
    """Lenders that each person first borrowed from after a time (UTC microseconds)."""
    order = np.lexsort((loans.opened_at, loans.lender, loans.person))
    person, lender = loans.person[order], loans.lender[order]
    first = np.r_[True, (person[1:] != person[:-1]) | (lender[1:] != lender[:-1])][: len(person)]
    return np.bincount(person[first & (loans.opened_at[order] > since)], minlength=people)


@dataclass(frozen=True, eq=False)
class Guaranteed:
    """Debt of one person that another answers for, one row a pair, sorted; money in fen."""

    guarantor: npt.NDArray[np.int32]
    person: npt.NDArray[np.int32]
    fen: npt.NDArray[np.int64]


def guaranteed(snapshot: Snapshot, loans: Loans) -> Guaranteed:
    """What is owed under each guarantee, each debt once a pair, never for oneself.

    A guarantee for a loan covers what is outstanding on it; one for a person covers all that the person
    owes; both up to the amount promised. Where a pair has both, the larger counts.
    """
    rows = snapshot["guarantees"]
    by_loan, borrower = np.zeros(snapshot.count(Entity.LOAN), np.int64), np.full(snapshot.count(Entity.LOAN), -1)
    by_loan[loans.loan[loans.open]] = loans.outstanding[loans.open]
    borrower[loans.loan] = loans.person
    loan, for_loan = rows["loan_id"], rows["loan_id"] >= 0
    person = np.where(for_loan, borrower[loan] if len(borrower) else -1, rows["person_id"])
    debt = np.where(for_loan, by_loan[loan] if len(by_loan) else 0, owed(snapshot, loans)[person])
    covered = np.where(rows["amount"] >= 0, np.minimum(debt, rows["amount"]), debt)
    real = (person >= 0) & (person != rows["guarantor_id"]) & (covered > 0)
    return _each_once(rows["guarantor_id"][real], person[real], covered[real], for_loan[real])


def _each_once(
    guarantor: npt.NDArray[np.int32],
    person: npt.NDArray[np.int64],
    fen: npt.NDArray[np.int64],
    for_loan: npt.NDArray[np.bool_],
) -> Guaranteed:
    pairs, group = np.unique(np.stack([guarantor, person], axis=1), axis=0, return_inverse=True)
    of_loans, of_person = np.zeros(len(pairs), np.int64), np.zeros(len(pairs), np.int64)
    np.add.at(of_loans, group[for_loan], fen[for_loan])
    np.maximum.at(of_person, group[~for_loan], fen[~for_loan])
    pairs = pairs.astype(np.int32)
    return Guaranteed(pairs[:, 0], pairs[:, 1], np.maximum(of_loans, of_person))
