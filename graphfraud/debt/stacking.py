"""Stacking: one person, many lenders, new ones lately, and loans taken to repay loans."""

from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.debt.circles import household_of
from graphfraud.debt.priors import PER_BORROWED_REPAYMENT, PER_EXTRA_LENDER, PER_NEW_LENDER
from graphfraud.schema import Entity
from graphfraud.settings import DAY_US
from graphfraud.snapshot.borrowing import Loans, current_loans, lenders_open, new_lenders, owed
from graphfraud.snapshot.graph import Snapshot

WITHIN_US: Final = 7 * DAY_US
"""A repayment so soon after a disbursement of another loan was made with borrowed money."""
ANSWER_US: Final = 30 * DAY_US
"""An inquiry that no loan of that lender follows within so long was turned down or dropped."""

GROUP_COLUMNS: Final = ("lenders_open", "outstanding", "stacking")
"""What is said of a group of people as if it were one borrower."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def repaid_with_borrowed(snapshot: Snapshot) -> tuple[npt.NDArray[np.int32], Ints]:
    """Person and time of each repayment that followed a disbursement of another loan to the same person."""
    paid_out, paid_back = snapshot["disbursements"], snapshot["repayments"]
    own = paid_back["payer_id"] >= 0
    person = np.concatenate([paid_out["person_id"], paid_back["payer_id"][own]])
    loan = np.concatenate([paid_out["loan_id"], paid_back["loan_id"][own]])
    at = np.concatenate([paid_out["at"], paid_back["at"][own]])
    repays = np.r_[np.zeros(len(paid_out), bool), np.ones(int(own.sum()), bool)]
    order = np.lexsort((loan, repays, at, person))
    borrowed = order[_borrowed(person[order], loan[order], at[order], repays[order], WITHIN_US)]
    return person[borrowed], at[borrowed]


def borrowed_repayments(snapshot: Snapshot, *, days: int) -> Ints:
    """Repayments of each person within so many days that were made with borrowed money."""
    person, at = repaid_with_borrowed(snapshot)
    return np.bincount(person[at > snapshot.as_of - days * DAY_US], minlength=snapshot.people)


def unanswered_inquiries(snapshot: Snapshot, *, days: int) -> Ints:
    """Inquiries of each person within so many days that no loan of the same lender followed in time.

    An inquiry younger than :data:`ANSWER_US` may still be answered and does not count.
    """
    asked, given = snapshot["inquiries"], snapshot["loans"]
    lenders = snapshot.count(Entity.LENDER) + 1
    pair = np.concatenate([side["person_id"].astype(np.int64) * lenders + side["lender_id"] for side in (asked, given)])
    at = np.concatenate([asked["at"], given["opened_at"]])
    is_loan = np.r_[np.zeros(len(asked), bool), np.ones(len(given), bool)]
    order = np.lexsort((is_loan, at, pair))
    pair, at, is_loan = pair[order], at[order], is_loan[order]
    following = np.where(is_loan, np.arange(len(pair)), len(pair))
    following = np.minimum.accumulate(following[::-1])[::-1]
    last = np.minimum(following, len(pair) - 1)
    answered = (following < len(pair)) & (pair[last] == pair) & (at[last] - at <= ANSWER_US)
    old = (at > snapshot.as_of - days * DAY_US) & (at <= snapshot.as_of - ANSWER_US)
    return np.bincount(pair[~is_loan & ~answered & old] // lenders, minlength=snapshot.people)


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


def stacking_index(
    lenders: npt.NDArray[np.number], fresh: npt.NDArray[np.number], borrowed: npt.NDArray[np.number]
) -> Floats:
    """Stacking from 0 (one lender at most) towards 1, by the rates in :mod:`graphfraud.debt.priors`."""
    many = PER_EXTRA_LENDER * np.maximum(lenders - 1.0, 0) + PER_NEW_LENDER * np.maximum(fresh - 1.0, 0)
    return np.asarray(1.0 - np.exp(-(many + PER_BORROWED_REPAYMENT * borrowed)))


def stacked(snapshot: Snapshot, loans: Loans, income: Ints) -> pa.Table:
    """How stacked each person's debt is; ``income`` is fen from organisations in 90 days.

    ``debt_to_income`` is what is owed over a quarter's income, null where no income is seen.
    """
    people, as_of = snapshot.people, snapshot.as_of
    lenders = lenders_open(loans, people)
    fresh = new_lenders(loans, people, since=as_of - 90 * DAY_US)
    borrowed = borrowed_repayments(snapshot, days=90)
    ratio = owed(snapshot, loans) / np.maximum(income, 1)
    return pa.table(
        {
            "lenders_open": pa.array(lenders, pa.int64()),
            "outstanding": owed(snapshot, loans) / 100.0,
            "stacking": stacking_index(lenders, fresh, borrowed),
            "new_lenders_30d": new_lenders(loans, people, since=as_of - 30 * DAY_US),
            "new_lenders_90d": fresh,
            "unanswered_inquiries_90d": unanswered_inquiries(snapshot, days=90),
            "borrowed_repayments_90d": borrowed,
            "debt_to_income": pa.array(ratio, pa.float64(), mask=income <= 0),
        }
    )


def stacking_of_groups(snapshot: Snapshot, loans: Loans, person: Ints, group: Ints) -> pa.Table:
    """Stacking of groups of people as if each were one borrower, sorted by group.

    ``person`` and ``group`` name the memberships, each once; a lender whom two members owe counts once.
    """
    groups, place = np.unique(group, return_inverse=True)
    count = len(groups)
    who, row = _loans_of_groups(loans, person, place, snapshot.people)
    lender = loans.lender[row].astype(np.int64) + 1
    is_open, since = loans.open[row], snapshot.as_of - 90 * DAY_US
    lenders = _distinct(who[is_open], lender[is_open], count)
    known = _distinct(who, lender, count)
    earlier = loans.opened_at[row] <= since
    fresh = known - _distinct(who[earlier], lender[earlier], count)
    total = np.zeros(count, np.int64)
    np.add.at(total, who[is_open], loans.outstanding[row][is_open])
    repaid = np.zeros(count, np.int64)
    np.add.at(repaid, place, borrowed_repayments(snapshot, days=90)[person])
    return pa.table(
        {
            "group": groups,
            "people": np.bincount(place, minlength=count),
            "lenders_open": lenders,
            "outstanding": total / 100.0,
            "stacking": stacking_index(lenders, fresh, repaid),
        }
    )


def _loans_of_groups(loans: Loans, person: Ints, place: Ints, people: int) -> tuple[Ints, Ints]:
    """Every group and row of a loan that a member of it owes."""
    order = np.argsort(person, kind="stable")
    bounds = np.searchsorted(person[order], np.arange(people + 1))
    size = np.diff(bounds)[loans.person]
    row = np.repeat(np.arange(len(loans.person)), size)
    step = np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size)
    return place[order][bounds[loans.person][row] + step], row


def _distinct(group: Ints, lender: Ints, count: int) -> Ints:
    pairs = np.unique(np.stack([group, lender]), axis=1)
    return np.bincount(pairs[0], minlength=count)


def stacking_of_households(snapshot: Snapshot, loans: Loans) -> dict[str, pa.Array]:
    """:data:`GROUP_COLUMNS` of each person's household, one row a person; null for who shares no home."""
    home = household_of(snapshot)
    member = np.flatnonzero(home >= 0)
    table = stacking_of_groups(snapshot, loans, member, home[member])
    row = np.full(snapshot.people, -1, np.int64)
    row[member] = np.searchsorted(table.column("group").to_numpy(), home[member])
    at = pa.array(row, mask=row < 0)
    return {name: table.column(name).combine_chunks().take(at) for name in GROUP_COLUMNS}


def stacking_of_rings(snapshot: Snapshot, rings: pa.Table, members: pa.Table) -> pa.Table:
    """The rows of ``rings`` with :data:`GROUP_COLUMNS`: what the members of each owe as if they were one borrower.

    ``members`` names a ``person_id`` a row by ``ring_id``; a person may be in several rings.
    """
    ids = snapshot.ids[Entity.PERSON]
    person = pc.index_in(members.column("person_id").combine_chunks(), value_set=ids)
    ring = pc.index_in(members.column("ring_id").combine_chunks(), value_set=rings.column("ring_id").combine_chunks())
    places = (column.to_numpy(zero_copy_only=False).astype(np.int64) for column in (person, ring))
    found = stacking_of_groups(snapshot, current_loans(snapshot), *places)
    for name in GROUP_COLUMNS:
        rings = rings.append_column(name, found.column(name))
    return rings
