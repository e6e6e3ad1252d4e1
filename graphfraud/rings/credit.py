"""Credit: what the members of a group borrowed, guaranteed and paid back."""

from typing import Final

import numpy as np

from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import ByPerson, Flags, Floats, Groups, Ints, Rows
from graphfraud.rings.meeting import LATELY_DAYS, spread_days
from graphfraud.settings import DAY_US
from graphfraud.snapshot.graph import NEVER

OVERDUE_DAYS: Final = 15
BURST_US: Final = 3 * DAY_US
BORROWED_US: Final = 120 * DAY_US


def terms(ground: Ground, groups: Groups) -> dict[str, Floats]:
    """Terms of loans and guarantees."""
    overdue, prompt = _payers(ground)
    group, row = ByPerson.of(ground.promises.guarantor, ground.people).rows(groups)
    debtor = ground.promises.debtor[row]
    inside = groups.has(group, debtor)
    group, debtor, row = group[inside], debtor[inside], row[inside]
    failed = np.bincount(group, weights=overdue[debtor], minlength=len(groups))
    kept = np.bincount(group, weights=prompt[debtor], minlength=len(groups))
    count = np.maximum(np.bincount(group, minlength=len(groups)), 1)
    return {
        "RG-OVERDUE": groups.mean(overdue),
        "RG-PROMISE": groups.share(group, ground.promises.guarantor[row]),
        "RG-PROMISE-FAILED": failed / count,
        "RG-PROMISE-BURST": _promised_at_once(ground, groups, group, row),
        "RG-PROMISE-WOVEN": np.clip((count - groups.size + 1) / 3.0, 0.0, 1.0),
        "RG-BORROW-BURST": _loan_burst(ground, groups),
        "RG-LENDERS": groups.mean(_several_lenders(ground)),
        "RI-ONE-LENDER": _one_lender(ground, groups),
        "RI-REPAY": groups.mean(prompt),
        "RI-PROMISE-KEPT": kept / count,
        "RI-NO-CREDIT": 1.0 - groups.mean(_asked(ground)),
    }


def _promised_at_once(ground: Ground, groups: Groups, group: Rows, row: Rows) -> Floats:
    """How close in time the guarantees among members were given; 0 for fewer than three."""
    known = ground.promises.at[row] != NEVER
    group, at = group[known], ground.promises.at[row[known]]
    several = np.bincount(group, minlength=len(groups)) >= 3
    return several / (1.0 + spread_days(group, at, len(groups)) / LATELY_DAYS)


def _asked(ground: Ground) -> Flags:
    """Who ever applied, was inquired about, owed or answered for somebody."""
    marks = np.zeros(ground.people, bool)
    for table in ("applications", "inquiries", "loans", "disbursements"):
        marks[ground.snapshot[table]["person_id"]] = True
    marks[ground.promises.guarantor] = True
    return marks


def _payers(ground: Ground) -> tuple[Flags, Flags]:
    """Who was overdue lately, and who has a loan and never was late."""
    rows, people = ground.snapshot["loans"], ground.people
    late, borrowed = np.zeros(people, bool), np.zeros(people, bool)
    late[rows["person_id"][rows["days_past_due"] > OVERDUE_DAYS]] = True
    borrowed[ground.loans.person] = True
    return late, borrowed & ~late


def _several_lenders(ground: Ground) -> Flags:
    """Who opened loans at two lenders or more in the last months."""
    loans = ground.loans
    recent = loans.opened_at > ground.snapshot.as_of - BORROWED_US
    pairs = np.unique(np.stack([loans.person[recent], loans.lender[recent]]), axis=1)
    return np.bincount(pairs[0], minlength=ground.people) >= 2


def _one_lender(ground: Ground, groups: Groups) -> Floats:
    """Share of the members' loans that are of the lender of most of them; 0 for fewer than three loans."""
    loans = ground.loans
    group, row = ByPerson.of(loans.person, ground.people).rows(groups)
    pairs, count = np.unique(np.stack([group, loans.lender[row].astype(np.int64)]), axis=1, return_counts=True)
    most = np.zeros(len(groups))
    np.maximum.at(most, pairs[0], count)
    total = np.bincount(group, minlength=len(groups))
    return most / np.maximum(total, 1) * (total >= 3)


def _loan_burst(ground: Ground, groups: Groups) -> Floats:
    """Share of members who opened a loan within three days of another member, in the last months."""
    loans = ground.loans
    recent = np.flatnonzero(loans.opened_at > ground.snapshot.as_of - BORROWED_US)
    group, row = ByPerson.of(loans.person[recent], ground.people).rows(groups)
    opened = loans.opened_at[recent]
    return near(groups, group, loans.person[recent][row], opened[row], opened)


def near(groups: Groups, group: Rows, person: Ints, at: Rows, everybody: Rows) -> Floats:
    """Share of members with an event within three days of another member's, less what chance gives.

    ``everybody`` are the times of all such events: on a day when all do it, it says nothing.
    """
    order = np.lexsort((person, at, group))
    who, when, where = person[order], at[order], group[order]
    close = (where[1:] == where[:-1]) & (who[1:] != who[:-1]) & (when[1:] - when[:-1] <= BURST_US)
    rows = np.r_[close, False][: len(order)] | np.r_[False, close][: len(order)]
    surprise = (1.0 - _usual(when[rows], everybody, groups.people)) ** (groups.size[where[rows]] - 1)
    key, first = np.unique(where[rows] * max(groups.people, 1) + who[rows], return_index=True)
    total = np.bincount(key // max(groups.people, 1), surprise[first], len(groups))
    return np.asarray(total / np.maximum(groups.size, 1))


def _usual(at: Rows, everybody: Rows, people: int) -> Floats:
    """Share of all people with such an event within three days of each time."""
    times = np.sort(everybody)
    count = np.searchsorted(times, at + BURST_US, side="right") - np.searchsorted(times, at - BURST_US)
    return np.clip(count / max(people, 1), 0.0, 1.0)
