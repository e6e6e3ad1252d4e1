"""The annual rate: by hand, against an independent bisection, and never shown above 24 %."""

from dataclasses import fields
from datetime import date, timedelta

import numpy as np
import numpy_financial
import pytest

from graphfraud.errors import RefusedError
from graphfraud.score.disclosure import disclosure
from graphfraud.score.price import (
    MAX_ANNUAL,
    Fee,
    Flow,
    annual_rates,
    bounded_quote,
    effective_rate,
    nominal_rate,
    quote,
    shown,
)
from graphfraud.score.schedule import Plan, Terms

START = date(2026, 2, 1)


def fee(fen: int, on: date = START) -> Fee:
    return Fee("服务费", "service fee", on, fen)


def bisected(times: list[float], amounts: list[float]) -> float:
    """The rate by halving alone: slow, and nothing of the code under test in it."""
    low, high = -0.9999, 1e6
    for _ in range(400):
        middle = (low + high) / 2
        if sum(amount / (1 + middle) ** time for time, amount in zip(times, amounts, strict=True)) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def test_a_year_in_one_piece_by_hand() -> None:
    flows = [Flow(date(2025, 3, 1), -10_000), Flow(date(2026, 3, 1), 12_000)]
    assert effective_rate(flows) == pytest.approx(0.2, abs=1e-12)
    assert nominal_rate(flows) == pytest.approx(12 * (1.2 ** (1 / 12) - 1), abs=1e-12)


def test_two_payments_by_hand() -> None:
    # 100 = 60 / x + 60 / x², a quadratic: x = (60 + sqrt(3600 + 24000)) / 200
    flows = [Flow(date(2025, 1, 1), -100), Flow(date(2026, 1, 1), 60), Flow(date(2027, 1, 1), 60)]
    assert effective_rate(flows) == pytest.approx((60 + 27_600**0.5) / 200 - 1, abs=1e-12)


def test_a_leap_year_has_366_days_of_365() -> None:
    flows = [Flow(date(2024, 1, 1), -100), Flow(date(2025, 1, 1), 110)]
    assert effective_rate(flows) == pytest.approx(1.1 ** (365 / 366) - 1, abs=1e-12)


def test_a_month_is_a_month_whatever_its_length() -> None:
    for start, end in ((date(2026, 1, 31), date(2026, 2, 28)), (date(2026, 7, 15), date(2026, 8, 15))):
        assert nominal_rate([Flow(start, -100), Flow(end, 101)]) == pytest.approx(0.12, abs=1e-12)


def test_a_broken_month_counts_by_its_days() -> None:
    flows = [Flow(date(2026, 4, 1), -100), Flow(date(2026, 4, 16), 101)]
    assert nominal_rate(flows) == pytest.approx(12 * (1.01**2 - 1), abs=1e-12)


def test_a_short_cheap_loan_is_bounded_by_the_nominal_rate() -> None:
    flows = [Flow(date(2026, 1, 1), -100_000), Flow(date(2026, 2, 1), 100_200)]
    assert nominal_rate(flows) > effective_rate(flows)


def random_terms(chance: np.random.Generator) -> tuple[Terms, tuple[Fee, ...]]:
    principal, months = int(chance.integers(10_000, 30_000_000)), int(chance.integers(1, 37))
    start = date(2020, 1, 1) + timedelta(days=int(chance.integers(0, 4_000)))
    plan = list(Plan)[int(chance.integers(0, 3))]
    repayments = None
    if plan is Plan.DAILY and months > 1:
        days = chance.choice(np.arange(1, 28 * (months - 1) + 2), size=3, replace=False)
        repayments = {start + timedelta(days=int(day)): principal // 5 for day in days}
    fees = tuple(
        fee(int(chance.integers(0, principal // 10)), start + timedelta(days=int(chance.integers(0, 20))))
        for _ in range(int(chance.integers(0, 3)))
    )
    return Terms(principal, int(chance.integers(150, 501)), start, months, plan, repayments), fees


def test_a_thousand_random_plans_agree_with_bisection() -> None:
    chance = np.random.Generator(np.random.PCG64(2026))
    for number in range(1_000):
        terms, fees = random_terms(chance)
        offer = quote(terms, fees)
        times = [(flow.on - terms.start).days / 365 for flow in offer.flows]
        expected = bisected(times, [flow.fen / terms.principal_fen for flow in offer.flows])
        assert abs(offer.effective - expected) <= 1e-9 * max(1, expected), f"plan {number}: {terms}, {fees}"


def test_a_thousand_random_monthly_plans_agree_with_numpy_financial() -> None:
    chance = np.random.Generator(np.random.PCG64(1_000))
    for number in range(1_000):
        months, plan = int(chance.integers(2, 37)), (Plan.EQUAL_PRINCIPAL, Plan.INTEREST_FIRST)[number % 2]
        start = date(int(chance.integers(2020, 2031)), int(chance.integers(1, 13)), int(chance.integers(1, 29)))
        principal = int(chance.integers(10_000, 30_000_001))
        fees = (fee(int(chance.integers(1, principal // 20)), start),) if number % 3 == 0 else ()
        offer = quote(Terms(principal, int(chance.integers(150, 501)), start, months, plan), fees)
        monthly: dict[date, int] = {}
        for flow in offer.flows:  # a fee of the first day lessens what is paid out
            monthly[flow.on] = monthly.get(flow.on, 0) + flow.fen
        expected = 12 * numpy_financial.irr([monthly[on] for on in sorted(monthly)])
        assert abs(offer.nominal - expected) <= 1e-9, f"plan {number}: {offer.terms}, {fees}"


@pytest.mark.parametrize("count", [1_500, pytest.param(100_000, marks=pytest.mark.soak)])
def test_no_random_offer_is_shown_above_the_bound(count: int) -> None:
    chance = np.random.Generator(np.random.PCG64(24))
    lowered = refused = 0
    for _ in range(count):
        terms, fees = random_terms(chance)
        try:
            offer = bounded_quote(terms, fees)
        except RefusedError:
            refused += 1
            continue
        told = disclosure(offer)
        assert told.irr_annual <= MAX_ANNUAL
        assert max(told.effective_annual, told.nominal_annual) <= told.irr_annual + 1e-10
        lowered += offer.terms.rate_steps < terms.rate_steps
    assert lowered > 20
    assert refused > 20


def test_the_rate_is_lowered_no_further_than_needed() -> None:
    terms = Terms(1_000_000, 500, START)
    offer = bounded_quote(terms, (fee(25_000),))
    assert 150 <= offer.terms.rate_steps < 500
    dearer = Terms(1_000_000, offer.terms.rate_steps + 1, START)
    assert quote(dearer, (fee(25_000),)).irr_annual > MAX_ANNUAL


def test_an_offer_within_the_bound_is_left_alone() -> None:
    terms = Terms(1_000_000, 500, START)
    assert bounded_quote(terms).terms == terms


def test_fees_that_alone_cost_too_much_are_refused() -> None:
    with pytest.raises(RefusedError, match=r"even at the lowest rate.*lower the fees") as caught:
        bounded_quote(Terms(1_000_000, 400, START), (fee(200_000),))
    assert caught.value.where == "offer"


def test_what_costs_too_much_is_never_disclosed() -> None:
    with pytest.raises(RefusedError, match="the loan would cost"):
        disclosure(quote(Terms(1_000_000, 500, START), (fee(100_000),)))


def test_a_fee_equal_to_the_loan_is_no_loan() -> None:
    with pytest.raises(RefusedError, match="nothing is lent"):
        _ = quote(Terms(1_000, 300, START), (fee(1_000),)).effective


@pytest.mark.parametrize("wrong", [fee(-1), fee(5, START - timedelta(days=1))])
def test_a_fee_is_neither_negative_nor_early(wrong: Fee) -> None:
    with pytest.raises(RefusedError, match="a fee is negative or before the start"):
        quote(Terms(1_000, 300, START), (wrong,))


def test_the_shown_figure_is_never_lower_than_the_real_one() -> None:
    assert shown(0.2) == 0.2
    assert shown(0.20000001) == 0.2001
    assert shown(0.24) == MAX_ANNUAL < shown(0.240001)


def test_the_disclosure_names_everything() -> None:
    offer = quote(Terms(1_200_000, 300, START), (fee(1_500),))
    told = disclosure(offer)
    assert told.daily_rate == 0.0003
    assert told.fees[0].fen == 1_500
    assert told.total_cost_cny == round(told.interest_cny + 15, 2)
    assert told.principal_cny == 12_000
    assert sum(due.principal_fen for due in told.instalments) == 1_200_000
    for field in fields(told):
        assert getattr(told, field.name), field.name
    assert "24" in told.default_zh
    assert "24" in told.default_en


def test_annual_rates_are_those_of_each_daily_rate() -> None:
    steps = np.array([500, 150, 300, 500])
    rates = annual_rates(steps, START)
    assert rates[0] == rates[3]
    assert rates[1] < rates[2] < rates[0] < MAX_ANNUAL
    assert rates.tolist() == [quote(Terms(100_000_000, int(step), START)).irr_annual for step in steps]


def test_no_rate_has_no_price() -> None:
    assert annual_rates(np.array([], np.int64), START).shape == (0,)


def test_a_loan_without_cost_costs_nothing() -> None:
    assert quote(Terms(10_000, 0, START)).irr_annual == 0.0
