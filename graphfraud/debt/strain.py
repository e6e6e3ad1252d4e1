"""Strain: what a person's own debts, payments and habits say about default, at any time up to the as-of."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.debt.ledger import Ints, Ledger
from graphfraud.debt.priors import INTERCEPT, PER_30_DAYS_PAST_DUE, STACKING
from graphfraud.debt.stacking import repaid_with_borrowed, stacking_index
from graphfraud.schema import OCCUPATIONS, Entity
from graphfraud.settings import DAY_US
from graphfraud.snapshot.graph import NEVER, Snapshot

QUARTER_US: Final = 90 * DAY_US
OVERDUE_LIMIT: Final = 120
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class History:
    """What changes with time about the people of a snapshot, as ledgers; each is made when first asked for."""

    snapshot: Snapshot

    @cached_property
    def loans(self) -> Ledger:
        """Open loans, fen outstanding, fen of principal, days past due (each loan up to 120); times that a loan
        became overdue; loans closed."""
        return _loan_changes(self.snapshot)

    @cached_property
    def lenders(self) -> tuple[Ledger, Ledger]:
        """Lenders with an open loan; lenders first borrowed from."""
        return _lender_changes(self.snapshot)

    @cached_property
    def borrowed(self) -> Ledger:
        """Repayments with borrowed money."""
        return Ledger.counting(*repaid_with_borrowed(self.snapshot))

    @cached_property
    def repayments(self) -> Ledger:
        """Number and fen of repayments made."""
        rows = self.snapshot["repayments"]
        own = rows["payer_id"] >= 0
        return _money(rows["payer_id"][own], rows["at"][own], rows["amount"][own])

    @cached_property
    def payments(self) -> tuple[Ledger, Ledger, Ledger]:
        """Number and fen of payments made, had from organisations, had from people."""
        rows, people = self.snapshot["payments"], self.snapshot.people
        payer, payee, at, amount = (rows[name] for name in ("payer_id", "payee_id", "at", "amount"))
        made, had = (payer >= 0) & (payer < people), (payee >= 0) & (payee < people)
        return (
            _money(payer[made], at[made], amount[made]),
            _money(payee[had & ~made], at[had & ~made], amount[had & ~made]),
            _money(payee[had & made], at[had & made], amount[had & made]),
        )

    @cached_property
    def moments(self) -> Ledger:
        """Posts and reactions as last observed."""
        rows = self.snapshot["people_activity"]
        known = rows["moments_30d"] >= 0
        return Ledger.latest(
            rows["person_id"][known], rows["observed_at"][known], rows["moments_30d"][known].astype(np.int64)
        )

    @cached_property
    def events(self) -> dict[str, Ledger]:
        """Numbers of inquiries, logins, reports received and applications."""
        return {
            name: Ledger.counting(self.snapshot[name]["person_id"], self.snapshot[name]["at"])
            for name in ("inquiries", "logins", "reports", "applications")
        }


COLUMNS: Final = (
    "open loans",
    "lenders",
    "outstanding",
    "utilisation",
    "days past due",
    "times overdue",
    "loans closed",
    "new lenders",
    "inquiries",
    "borrowed repayments",
    "repayments",
    "repaid",
    "payments made",
    "paid",
    "income",
    "debt to income",
    "payments received",
    "received",
    "logins",
    "moments",
    "reports",
    "applications",
    "tenure",
    "age",
    *(f"occupation {name}" for name in OCCUPATIONS[1:]),
)
"""Names of the columns of :func:`strain`."""
READ: Final = (
    "loans",
    "inquiries",
    "repayments",
    "payments",
    "logins",
    "people_activity",
    "reports",
    "applications",
)
"""Tables of which strain is read."""


@dataclass(frozen=True)
class Reach:
    """The tables whose rows reach back far enough to be read a quarter before a label; others are read as loaded."""

    tables: frozenset[str]

    def at(self, table: str, at: Ints, as_of: int) -> Ints:
        """When the rows of a table are read for a moment."""
        return at if table in self.tables else np.full(len(at), as_of)


def reach(snapshot: Snapshot, who: Ints, at: Ints) -> Reach:
    """Which tables can be read at most of these moments: loans by their observations, events by the first of them."""
    found = []
    borrows = np.isin(who, snapshot["loans"]["person_id"])
    if borrows.any() and observed_before(snapshot, who[borrows], at[borrows]).mean() >= 0.5:
        found.append("loans")
    for table in READ[1:]:
        times = snapshot[table]["observed_at" if table == "people_activity" else "at"]
        times = np.sort(times[times != NEVER])
        if len(times) and (at - QUARTER_US >= times[len(times) // 100]).mean() >= 0.5:
            found.append(table)
    return Reach(frozenset(found))


def strain(past: History, who: npt.NDArray[np.integer], at: Ints, *, reached: Reach) -> Floats:
    """One row for each person and time, one column for each of :data:`COLUMNS`; what is unknown is NaN."""
    people, events = past.snapshot["people"], past.events
    read = {table: reached.at(table, at, past.snapshot.as_of) for table in READ}
    count, owed, principal, overdue, times, closed = past.loans.until(who, read["loans"]).astype(np.float64).T
    made, had, got = (ledger.within(who, read["payments"], QUARTER_US) for ledger in past.payments)
    repaid = past.repayments.within(who, read["repayments"], QUARTER_US)
    born, occupation = people["birth_date"][who], people["occupation"][who]
    columns = [
        count,
        past.lenders[0].until(who, read["loans"])[:, 0],
        np.log1p(owed / 100.0),
        np.divide(owed, principal, out=np.zeros_like(owed), where=principal > 0),
        np.clip(overdue, 0, OVERDUE_LIMIT),
        times,
        closed,
        past.lenders[1].within(who, at, QUARTER_US)[:, 0],
        events["inquiries"].within(who, read["inquiries"], QUARTER_US)[:, 0],
        past.borrowed.within(who, read["repayments"], QUARTER_US)[:, 0],
        repaid[:, 0],
        np.log1p(repaid[:, 1] / 100.0),
        np.log1p(made[:, 0]),
        np.log1p(made[:, 1] / 100.0),
        np.log1p(had[:, 1] / 100.0),
        np.log1p(owed / 100.0) - np.log1p(had[:, 1] / 100.0),
        np.log1p(got[:, 0]),
        np.log1p(got[:, 1] / 100.0),
        np.log1p(events["logins"].within(who, read["logins"], QUARTER_US)[:, 0]),
        np.log1p(np.maximum(past.moments.until(who, read["people_activity"])[:, 0], 0)),
        events["reports"].until(who, read["reports"])[:, 0],
        events["applications"].within(who, read["applications"], QUARTER_US)[:, 0],
        np.log1p(np.maximum(at - people["registered_at"][who], 0) / DAY_US),
        np.where(born == NEVER, np.nan, at / DAY_US - np.where(born == NEVER, 0, born)),
        *(occupation == place for place in range(1, len(OCCUPATIONS))),
    ]
    return np.column_stack([np.asarray(column, np.float64) for column in columns])


def prior_log_odds(past: History, who: npt.NDArray[np.integer], at: Ints) -> Floats:
    """Log-odds of default by the documented priors: days past due and stacking."""
    overdue = np.clip(past.loans.until(who, at)[:, 3], 0, OVERDUE_LIMIT)
    stacked = stacking_index(
        past.lenders[0].until(who, at)[:, 0],
        past.lenders[1].within(who, at, QUARTER_US)[:, 0],
        past.borrowed.within(who, at, QUARTER_US)[:, 0],
    )
    return np.asarray(INTERCEPT + PER_30_DAYS_PAST_DUE * overdue / 30.0 + STACKING * stacked)


def observed_before(snapshot: Snapshot, who: npt.NDArray[np.integer], at: Ints) -> Flags:
    """Whether any state of a loan of a person was observed by a time."""
    rows = snapshot["loans"]
    seen = rows["observed_at"] != NEVER
    return np.asarray(Ledger.counting(rows["person_id"][seen], rows["observed_at"][seen]).until(who, at)[:, 0] > 0)


def _money(person: npt.NDArray[np.integer], at: Ints, fen: Ints) -> Ledger:
    return Ledger.of(person, at, np.stack([np.ones(len(fen), np.int64), fen], axis=1))


def _states(snapshot: Snapshot) -> tuple[Ints, Ints, Flags, Flags]:
    """Rows of loans by loan and time; when each became true; whether open; whether it is a loan's first."""
    rows = snapshot["loans"]
    order = np.lexsort((rows["observed_at"], rows["loan_id"]))
    since = np.maximum(rows["observed_at"], rows["opened_at"])[order]
    is_open = ((rows["closed_at"] == NEVER) & (rows["outstanding"] > 0))[order]
    loan = rows["loan_id"][order]
    return order, since, is_open, np.r_[True, loan[1:] != loan[:-1]][: len(loan)]


def _loan_changes(snapshot: Snapshot) -> Ledger:
    """Changes of what is open; times overdue and loans closed only add up."""
    rows = snapshot["loans"]
    order, since, is_open, first = _states(snapshot)
    overdue = np.clip(rows["days_past_due"], 0, OVERDUE_LIMIT)
    values = np.stack([np.ones(len(rows), np.int64), rows["outstanding"], rows["principal"], overdue], axis=1)[order]
    values = np.where(is_open[:, None], values, 0)
    before = np.where(first[:, None], 0, np.roll(values, 1, axis=0))
    late, was_open = values[:, 3] > 0, np.where(first, True, np.roll(is_open, 1))
    fell_due = late & ~np.where(first, False, np.roll(late, 1))
    changes = np.column_stack([values - before, fell_due, was_open & ~is_open]).astype(np.int64)
    return Ledger.of(rows["person_id"][order], since, changes)


def _lender_changes(snapshot: Snapshot) -> tuple[Ledger, Ledger]:
    """When a person's number of lenders with an open loan changed, and when a lender was new."""
    rows = snapshot["loans"]
    order, since, is_open, first = _states(snapshot)
    change = is_open.astype(np.int64) - np.where(first, 0, np.roll(is_open, 1))
    pair = rows["person_id"][order].astype(np.int64) * (snapshot.count(Entity.LENDER) + 1) + rows["lender_id"][order]
    by_pair = np.lexsort((change, since, pair))
    pair, since, change = pair[by_pair], since[by_pair], change[by_pair]
    person = rows["person_id"][order][by_pair]
    starts = np.r_[True, pair[1:] != pair[:-1]][: len(pair)]
    running = np.cumsum(change)
    base = np.maximum.accumulate(np.where(starts, np.arange(len(pair)), 0))
    count = running - (running - change)[base] if len(pair) else running
    step = (count > 0).astype(np.int64) - np.where(starts, 0, np.roll(count > 0, 1))
    moved = step != 0
    opened = rows["opened_at"][order][by_pair][starts]
    return Ledger.of(person[moved], since[moved], step[moved][:, None]), Ledger.counting(person[starts], opened)
