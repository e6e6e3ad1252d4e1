"""Credit history: inquiries, open lenders, debt, overdue, guarantees."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from graphfraud.features.values import Values, distinct, largest, share, tally, total, unknown
from graphfraud.settings import DAY_US
from graphfraud.snapshot import borrowing
from graphfraud.snapshot.borrowing import Guaranteed, Loans, current_loans, guaranteed, owed
from graphfraud.snapshot.graph import Snapshot


@dataclass(frozen=True, eq=False)
class Credit:
    """A snapshot with the last state of its loans and the debts that people answer for."""

    snapshot: Snapshot
    loans: Loans
    guarantees: Guaranteed

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Credit":
        """The credit side of a snapshot."""
        loans = current_loans(snapshot)
        return cls(snapshot, loans, guaranteed(snapshot, loans))

    @property
    def people(self) -> int:
        """How many people are known."""
        return self.snapshot.people

    def known(self, relation: str) -> bool:
        """Whether anything is known from a table."""
        return len(self.snapshot[relation]) > 0


def inquiries_90d(credit: Credit) -> Values:
    """Bureau inquiries in 90 days."""
    rows = credit.snapshot["inquiries"]
    if not len(rows):
        return unknown(credit.people)
    return tally(rows["person_id"][rows["at"] > credit.snapshot.as_of - 90 * DAY_US], credit.people)


def inquiring_lenders_30d(credit: Credit) -> Values:
    """Different lenders that inquired in 30 days."""
    rows = credit.snapshot["inquiries"]
    if not len(rows):
        return unknown(credit.people)
    recent = rows["at"] > credit.snapshot.as_of - 30 * DAY_US
    return distinct(rows["person_id"][recent], rows["lender_id"][recent], credit.people)


def lenders_open(credit: Credit) -> Values:
    """Lenders with an open loan; loans of an unnamed lender count as one lender."""
    if not credit.known("loans"):
        return unknown(credit.people)
    return borrowing.lenders_open(credit.loans, credit.people).astype(np.float64)


def outstanding(credit: Credit) -> Values:
    """Yuan owed on all open loans."""
    return owed(credit.snapshot, credit.loans) / 100.0 if credit.known("loans") else unknown(credit.people)


def utilisation(credit: Credit) -> Values:
    """Outstanding over principal of the open loans; unknown without an open loan."""
    loans = credit.loans
    principal = total(loans.person[loans.open], loans.principal[loans.open], credit.people)
    return share(owed(credit.snapshot, loans).astype(np.float64), principal)


def max_days_past_due(credit: Credit) -> Values:
    """Worst days past due ever observed; unknown for people of whom no loan is."""
    rows = credit.snapshot["loans"]
    known = rows["days_past_due"] >= 0
    return largest(rows["person_id"][known], rows["days_past_due"][known], credit.people)


def overdue_loans(credit: Credit) -> Values:
    """Loans that were ever overdue; unknown for people of whom no loan is."""
    rows = credit.snapshot["loans"]
    late = rows["days_past_due"] > 0
    result = distinct(rows["person_id"][late], rows["loan_id"][late], credit.people)
    result[tally(rows["person_id"], credit.people) == 0] = np.nan
    return result


def new_lenders_90d(credit: Credit) -> Values:
    """Lenders first borrowed from in 90 days."""
    if not credit.known("loans"):
        return unknown(credit.people)
    since = credit.snapshot.as_of - 90 * DAY_US
    return borrowing.new_lenders(credit.loans, credit.people, since=since).astype(np.float64)


def guaranteed_for_others(credit: Credit) -> Values:
    """Yuan owed by others for which this person answers."""
    if not credit.known("guarantees"):
        return unknown(credit.people)
    return total(credit.guarantees.guarantor, credit.guarantees.fen, credit.people) / 100.0


FEATURES: Final[tuple[Callable[[Credit], Values], ...]] = (
    inquiries_90d,
    inquiring_lenders_30d,
    lenders_open,
    outstanding,
    utilisation,
    max_days_past_due,
    overdue_loans,
    new_lenders_90d,
    guaranteed_for_others,
)
