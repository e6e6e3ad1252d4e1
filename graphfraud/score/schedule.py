"""What a borrower pays and when: whole fen on real dates, interest by the day."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from graphfraud.errors import RefusedError


class Plan(StrEnum):
    """The three ways to pay back."""

    EQUAL_PRINCIPAL = "equal_principal"  # the same principal every month, interest on what is left
    INTEREST_FIRST = "interest_first"  # interest every month, the principal at the end
    DAILY = "daily"  # interest by the day, repaid when the borrower likes


@dataclass(frozen=True)
class Terms:
    """A loan: principal in fen, daily rate in millionths, start, months and plan.

    ``repayments`` (date → fen of principal) belongs to the daily plan; what it leaves
    is repaid at the end. ``settled_on`` ends any plan early: that costs nothing.
    """

    principal_fen: int
    rate_steps: int
    start: date
    months: int = 12
    plan: Plan = Plan.EQUAL_PRINCIPAL
    repayments: Mapping[date, int] | None = None
    settled_on: date | None = None


@dataclass(frozen=True)
class Instalment:
    """One payment of the borrower, in fen."""

    on: date
    principal_fen: int
    interest_fen: int


def month_later(start: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month.

    >>> month_later(date(2024, 1, 31), 1)
    datetime.date(2024, 2, 29)
    """
    years, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(years, month + 1, min(start.day, calendar.monthrange(years, month + 1)[1]))


def instalments(terms: Terms) -> tuple[Instalment, ...]:
    """What falls due, in order; interest of a period is what is left × rate × real days, down to a fen.

    Rounding down means that nobody is charged more than the rate that is shown.

    Raises:
        RefusedError: the sum, the term or a repayment makes no loan.
    """
    _check(terms)
    left, paid = terms.principal_fen, []
    moments = _principal_due(terms)
    for before, on in pairwise((terms.start, *moments)):
        interest = left * terms.rate_steps * (on - before).days // 1_000_000
        paid.append(Instalment(on, moments[on], interest))
        left -= moments[on]
    return tuple(paid)


def _principal_due(terms: Terms) -> dict[date, int]:
    """Principal by date, ascending, cut off by an early settlement."""
    due = _planned(terms)
    if terms.settled_on is None or terms.settled_on >= max(due):
        return due
    kept = {on: fen for on, fen in due.items() if on < terms.settled_on}
    return {**kept, terms.settled_on: terms.principal_fen - sum(kept.values())}


def _planned(terms: Terms) -> dict[date, int]:
    ends = [month_later(terms.start, month) for month in range(1, terms.months + 1)]
    if terms.plan is Plan.EQUAL_PRINCIPAL:
        due = dict.fromkeys(ends, terms.principal_fen // terms.months)
    elif terms.plan is Plan.INTEREST_FIRST:
        due = dict.fromkeys(ends, 0)
    else:
        due = {**dict(sorted((terms.repayments or {}).items())), ends[-1]: 0}
    due[ends[-1]] = 0
    due[ends[-1]] = terms.principal_fen - sum(due.values())
    return due


def _check(terms: Terms) -> None:
    repayments = terms.repayments or {}
    end = month_later(terms.start, max(terms.months, 0))
    if terms.principal_fen <= 0 or terms.rate_steps < 0 or terms.months < 1:
        raise RefusedError("a loan needs a principal, a term and no negative rate", where="terms", cure="correct them")
    if repayments and terms.plan is not Plan.DAILY:
        raise RefusedError(f"plan {terms.plan} has fixed repayments", where="terms", cure=f"choose {Plan.DAILY}")
    if any(not terms.start < on < end or fen <= 0 for on, fen in repayments.items()):
        raise RefusedError("a repayment is empty or outside the term", where="terms", cure="move it into the term")
    if sum(repayments.values()) > terms.principal_fen:
        raise RefusedError("more is repaid than was lent", where="terms", cure="lower the repayments")
    if terms.settled_on is not None and terms.settled_on <= terms.start:
        raise RefusedError("the settlement is not after the start", where="terms", cure="settle a day later")
