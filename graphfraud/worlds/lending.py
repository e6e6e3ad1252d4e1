"""Loans and everything that follows from them: history, payout, instalments, joint funding."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from graphfraud.settings import DAY_US
from graphfraud.worlds.acts import inquiries, round_yuan
from graphfraud.worlds.codes import OWN_LENDER
from graphfraud.worlds.moments import SECOND_US, soon, whole_seconds
from graphfraud.worlds.recipe import AS_OF_US, Floats, Ints
from graphfraud.worlds.sheets import NULL, Sheet, sheet

LENDER_COUNTS: Final = {"own": 1, "bank": 10, "consumer_finance": 6, "p2p": 4, "bnpl": 3}
LENDERS: Final = sum(LENDER_COUNTS.values())
MONTH_US: Final = 30 * DAY_US
TERMS: Final = np.array([3, 6, 12, 24])


@dataclass(frozen=True)
class Book:
    """Loans, one value each: ``stops`` counts the instalments that are ever paid, ``late`` days each comes late."""

    loan: Ints
    person: Ints
    lender: Ints
    principal: Ints
    opened_at: Ints
    months: Ints
    stops: Ints
    late: Ints

    def paid_by(self, moment: Ints) -> Ints:
        """Instalments paid up to a moment."""
        fallen_due = (moment - self.opened_at - self.late * DAY_US) // MONTH_US
        paid: Ints = np.clip(fallen_due, 0, np.minimum(self.stops, self.months))
        return paid

    def outstanding(self, moment: Ints) -> Ints:
        """Fen still owed at a moment."""
        return self.principal - self.principal * self.paid_by(moment) // self.months

    def days_past_due(self, moment: Ints) -> Ints:
        """Days since the first unpaid instalment fell due."""
        paid = self.paid_by(moment)
        overdue = (moment - self.opened_at - (paid + 1) * MONTH_US) // DAY_US
        return np.where(paid >= self.months, 0, np.maximum(overdue, 0))

    @property
    def closed_at(self) -> Ints:
        """When the last instalment was paid; null while it was not."""
        at = self.opened_at + self.months * MONTH_US + self.late * DAY_US
        return np.where((self.stops >= self.months) & (at <= AS_OF_US), at, NULL)


def terms(
    rng: np.random.Generator, loan: Ints, person: Ints, opened_at: Ints, failing: Floats, *, early: bool = False
) -> Book:
    """Loans of usual size; each stops being paid with the probability ``failing``, ``early``: in the first months."""
    count = len(loan)
    months = rng.choice(TERMS, count)
    stops = np.where(rng.random(count) < failing, rng.integers(0, np.where(early, 2, months)), months)
    return Book(
        loan=loan,
        person=person,
        lender=rng.integers(1, LENDERS, count),
        principal=round_yuan(rng, count, 6000),
        opened_at=opened_at,
        months=months,
        stops=stops,
        late=np.where(rng.random(count) < 0.08, rng.integers(1, 20, count), 0),
    )


def lent(rng: np.random.Generator, book: Book) -> tuple[Sheet, ...]:
    """Every row that follows from these loans, up to the as-of."""
    return (
        *_history(rng, book),
        inquiries(rng, book.person, book.lender, book.opened_at),
        sheet(
            "disbursements",
            loan_id=book.loan,
            person_id=book.person,
            amount=book.principal,
            at=soon(rng, book.opened_at + SECOND_US, 0.02),
        ),
        _repayments(rng, book),
        _funding(rng, book),
    )


def _history(rng: np.random.Generator, book: Book) -> tuple[Sheet, Sheet]:
    """The state now, or when it was closed; for half of the loans one earlier state as well."""
    closed = book.closed_at
    now = np.where(closed >= 0, closed, AS_OF_US)
    middle = whole_seconds(book.opened_at + ((now - book.opened_at) * rng.uniform(0.2, 0.8, len(now))).astype(np.int64))
    return _observed(book, now), _observed(book, middle).kept(rng.random(len(now)) < 0.5)


def _observed(book: Book, moment: Ints) -> Sheet:
    closed = book.closed_at
    return sheet(
        "loans",
        loan_id=book.loan,
        person_id=book.person,
        lender_id=book.lender,
        principal=book.principal,
        outstanding=book.outstanding(moment),
        opened_at=book.opened_at,
        due_at=book.opened_at + book.months * MONTH_US,
        closed_at=np.where(closed <= moment, closed, NULL),
        days_past_due=book.days_past_due(moment),
        observed_at=moment,
    )


def _repayments(rng: np.random.Generator, book: Book) -> Sheet:
    paid = book.paid_by(np.full(len(book.loan), AS_OF_US))
    row = np.repeat(np.arange(len(paid)), paid)
    instalment = np.arange(len(row)) - np.repeat(np.cumsum(paid) - paid, paid) + 1
    due = book.opened_at[row] + instalment * MONTH_US + book.late[row] * DAY_US
    early = (rng.random(len(row)) * 2 * DAY_US).astype(np.int64)
    months = book.months[row]
    share = book.principal[row] * instalment // months - book.principal[row] * (instalment - 1) // months
    return sheet(
        "repayments",
        loan_id=book.loan[row],
        payer_id=book.person[row],
        amount=share,
        at=whole_seconds(due - early),
    )


def _funding(rng: np.random.Generator, book: Book) -> Sheet:
    """Half of the loans given here are carried by a bank as well; shares are hundredths and add up to 100."""
    joint = np.flatnonzero((book.lender == OWN_LENDER) & (rng.random(len(book.lender)) < 0.5))
    own = rng.choice(np.array([20, 30, 40]), len(joint))
    bank = rng.integers(1, 1 + LENDER_COUNTS["bank"], len(joint))
    return sheet(
        "funding",
        loan_id=np.tile(book.loan[joint], 2),
        partner_id=np.concatenate([np.full(len(joint), OWN_LENDER), bank]),
        share=np.concatenate([own, 100 - own]),
    )
