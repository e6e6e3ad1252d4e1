"""Schedules against figures worked out by hand, and the ways a plan can be no plan."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.errors import RefusedError
from graphfraud.score.schedule import Instalment, Plan, Terms, instalments, month_later


def test_equal_principal_by_hand() -> None:
    terms = Terms(120_000, 500, date(2026, 1, 31), months=3)
    # 120000 × .0005 × 28 days = 1680; 80000 × .0005 × 31 = 1240; 40000 × .0005 × 30 = 600
    assert instalments(terms) == (
        Instalment(date(2026, 2, 28), 40_000, 1_680),
        Instalment(date(2026, 3, 31), 40_000, 1_240),
        Instalment(date(2026, 4, 30), 40_000, 600),
    )


def test_a_leap_february_has_a_day_more() -> None:
    [first, *_] = instalments(Terms(120_000, 500, date(2024, 1, 31), months=3))
    assert first == Instalment(date(2024, 2, 29), 40_000, 1_740)


def test_interest_first_by_hand() -> None:
    terms = Terms(100_000, 300, date(2026, 11, 30), months=3, plan=Plan.INTEREST_FIRST)
    assert instalments(terms) == (
        Instalment(date(2026, 12, 30), 0, 900),
        Instalment(date(2027, 1, 30), 0, 930),
        Instalment(date(2027, 2, 28), 100_000, 870),
    )


def test_daily_with_free_repayment_by_hand() -> None:
    paid = {date(2026, 3, 21): 20_000, date(2026, 3, 11): 30_000}
    terms = Terms(100_000, 400, date(2026, 3, 1), months=1, plan=Plan.DAILY, repayments=paid)
    assert instalments(terms) == (
        Instalment(date(2026, 3, 11), 30_000, 400),
        Instalment(date(2026, 3, 21), 20_000, 280),
        Instalment(date(2026, 4, 1), 50_000, 220),
    )


def test_settling_early_costs_only_the_days() -> None:
    terms = Terms(120_000, 500, date(2026, 1, 1), months=12, settled_on=date(2026, 2, 11))
    assert instalments(terms) == (
        Instalment(date(2026, 2, 1), 10_000, 1_860),
        Instalment(date(2026, 2, 11), 110_000, 550),
    )


def test_interest_is_rounded_down_to_a_fen() -> None:
    assert instalments(Terms(999, 500, date(2026, 4, 1), months=1))[0].interest_fen == 14  # 14.985


def test_what_does_not_divide_falls_on_the_last_month() -> None:
    principal = [due.principal_fen for due in instalments(Terms(100, 0, date(2026, 1, 1), months=3))]
    assert principal == [33, 33, 34]


@given(
    st.integers(1, 30_000_000), st.integers(0, 500), st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 60)
)
def test_the_principal_comes_back_whole(principal: int, rate: int, start: date, months: int) -> None:
    for plan in Plan:
        due = instalments(Terms(principal, rate, start, months, plan))
        assert sum(one.principal_fen for one in due) == principal
        assert [one.on for one in due] == sorted({one.on for one in due})
        assert due[-1].on == month_later(start, months)
        assert min(min(one.principal_fen, one.interest_fen) for one in due) >= 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"principal_fen": 0}, "needs a principal"),
        ({"rate_steps": -1}, "no negative rate"),
        ({"months": 0}, "needs a principal, a term"),
        ({"repayments": {date(2026, 2, 1): 5}}, "fixed repayments"),
        ({"plan": Plan.DAILY, "repayments": {date(2026, 1, 1): 5}}, "outside the term"),
        ({"plan": Plan.DAILY, "repayments": {date(2026, 2, 1): 0}}, "is empty"),
        ({"plan": Plan.DAILY, "repayments": {date(2026, 2, 1): 1_001}}, "more is repaid than was lent"),
        ({"settled_on": date(2026, 1, 1)}, "not after the start"),
    ],
)
def test_terms_that_make_no_loan(changes: dict[str, object], message: str) -> None:
    usual: dict[str, object] = {"principal_fen": 1_000, "rate_steps": 300, "start": date(2026, 1, 1)}
    with pytest.raises(RefusedError, match=message):
        instalments(Terms(**{**usual, **changes}))  # type: ignore[arg-type]
