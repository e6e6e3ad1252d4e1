"""What a loan costs in a year: the internal rate of return over its real cash flows, and its bound."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from graphfraud.errors import RefusedError
from graphfraud.score.parts import Floats
from graphfraud.score.schedule import Instalment, Terms, instalments, month_later

MAX_ANNUAL: Final = 0.24
"""No offer costs more in a year, by the figure that is shown."""
SHOWN_STEP: Final = 10_000
"""Annual rates are shown in steps of 0.01 %."""
LEAST_RATE_STEPS: Final = 150
"""The lowest daily rate of any tier, in millionths."""


@dataclass(frozen=True)
class Fee:
    """A fee with its name, the day it is taken, and its amount in fen."""

    zh: str
    en: str
    on: date
    fen: int


@dataclass(frozen=True)
class Flow:
    """Money on a day, in fen, seen by the lender: lent is negative."""

    on: date
    fen: float


@dataclass(frozen=True)
class Quote:
    """A loan with everything it costs; amounts in fen, annual rates as shares (0.18 is 18 %)."""

    terms: Terms
    fees: tuple[Fee, ...]
    instalments: tuple[Instalment, ...]

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        """All money that moves, with its day."""
        lent = Flow(self.terms.start, -self.terms.principal_fen)
        fees = (Flow(fee.on, fee.fen) for fee in self.fees)
        return (lent, *fees, *(Flow(due.on, due.principal_fen + due.interest_fen) for due in self.instalments))

    @cached_property
    def effective(self) -> float:
        """Effective annual rate, Actual/365."""
        return effective_rate(self.flows)

    @cached_property
    def nominal(self) -> float:
        """Nominal annual rate: twelve times the monthly one."""
        return nominal_rate(self.flows)

    @property
    def irr_annual(self) -> float:
        """The figure that is shown and bounded: the larger of both, rounded up to 0.01 %."""
        return shown(max(self.effective, self.nominal))

    @property
    def interest_fen(self) -> int:
        """All interest."""
        return sum(due.interest_fen for due in self.instalments)

    @property
    def total_cost_fen(self) -> int:
        """Interest and fees: all that is paid beyond the principal."""
        return self.interest_fen + sum(fee.fen for fee in self.fees)


def quote(terms: Terms, fees: tuple[Fee, ...] = ()) -> Quote:
    """What a loan costs on these terms, whether or not it may be offered.

    Raises:
        RefusedError: the terms make no loan, or a fee is negative or before the start.
    """
    if any(fee.fen < 0 or fee.on < terms.start for fee in fees):
        raise RefusedError("a fee is negative or before the start", where="fees", cure="correct the fee")
    return Quote(terms, fees, instalments(terms))


def bounded_quote(terms: Terms, fees: tuple[Fee, ...] = ()) -> Quote:
    """The same loan at the highest daily rate, up to the one asked for, that keeps the bound of 24 %.

    Cost: at most nine quotes more than :func:`quote`.

    Raises:
        RefusedError: at the lowest rate of any tier the fees still lift the cost over the bound.
    """
    asked = quote(terms, fees)
    if asked.irr_annual <= MAX_ANNUAL:
        return asked
    low, high = min(LEAST_RATE_STEPS, terms.rate_steps), terms.rate_steps
    best = quote(replace(terms, rate_steps=low), fees)
    if best.irr_annual > MAX_ANNUAL:
        raise RefusedError(
            f"the loan would cost {best.irr_annual:.2%} a year even at the lowest rate",
            where="offer",
            cure="lower the fees or lengthen the term: no loan may cost more than 24 % a year",
        )
    while high - low > 1:
        middle = quote(replace(terms, rate_steps=(low + high) // 2), fees)
        if middle.irr_annual <= MAX_ANNUAL:
            low, best = middle.terms.rate_steps, middle
        else:
            high = middle.terms.rate_steps
    return best


def effective_rate(flows: Sequence[Flow]) -> float:
    """The annual rate r at which Σ flow · (1 + r)^(−days / 365) is zero.

    >>> round(effective_rate([Flow(date(2025, 1, 1), -100), Flow(date(2026, 1, 1), 124)]), 9)
    0.24

    Raises:
        RefusedError: nothing is lent, or nothing comes back.
    """
    start = min(flow.on for flow in flows)
    return _root([(flow.on - start).days / 365 for flow in flows], [flow.fen for flow in flows])


def nominal_rate(flows: Sequence[Flow]) -> float:
    """Twelve times the monthly rate at which the flows are worth nothing; a broken month counts by its days.

    >>> round(nominal_rate([Flow(date(2025, 1, 31), -100), Flow(date(2025, 2, 28), 102)]), 9)
    0.24

    Raises:
        RefusedError: nothing is lent, or nothing comes back.
    """
    start = min(flow.on for flow in flows)
    return 12 * _root([_months(start, flow.on) for flow in flows], [flow.fen for flow in flows])


def shown(rate: float) -> float:
    """An annual rate as it is shown: rounded up to 0.01 %, so that nobody pays more than they read.

    >>> shown(0.18001)
    0.1801
    """
    return ceil(round(rate * SHOWN_STEP, 6)) / SHOWN_STEP


def annual_rates(rate_steps: NDArray[np.int64], start: date, months: int = 12) -> Floats:
    """Shown annual rate of the usual plan (equal principal, no fee) at each daily rate, in millionths.

    A fen lost to rounding aside it does not depend on the sum, so one loan of 1,000,000 CNY
    stands for all. Cost: two root searches a distinct rate.
    """
    distinct, place = np.unique(rate_steps, return_inverse=True)
    rates = [bounded_quote(Terms(100_000_000, int(rate), start, months)).irr_annual for rate in distinct]
    return np.array(rates, dtype=np.float64)[place]


def _root(times: Sequence[float], amounts: Sequence[float]) -> float:
    when, money = np.array(times), np.array(amounts, dtype=np.float64)
    if money[when == 0].sum() >= 0 or not (money[when > 0] > 0).any():
        raise RefusedError("nothing is lent or nothing comes back", where="cash flows", cure="correct sum and fees")
    money = money / np.abs(money).max()

    def worth(rate: float) -> float:
        return float(np.sum(money * (1 + rate) ** -when))

    low, high = (0.0, 1.0) if worth(0.0) >= 0 else (-0.99, 0.0)
    while worth(high) > 0:
        high *= 2
    return float(brentq(worth, low, high, xtol=1e-15, rtol=1e-15, maxiter=200))


def _months(start: date, on: date) -> float:
    whole = (on.year - start.year) * 12 + on.month - start.month
    if month_later(start, whole) > on:
        whole -= 1
    last, following = month_later(start, whole), month_later(start, whole + 1)
    return whole + (on - last).days / (following - last).days
