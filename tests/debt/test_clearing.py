"""Clearing: small systems by hand, the slow iteration from above, and missing balance sheets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from graphfraud.debt.clearing import clearing, legal_clearing
from tests.debt.networks import Edge, clearing_slowly, edges, exposed_by


def cleared(owed: list[list[float]], outside: list[float], absorbed: list[float]) -> list[float]:
    paid = clearing(csr_array(np.array(owed, float)), np.array(outside, float), np.array(absorbed, float))
    return [float(value) for value in paid]


def test_a_failure_pulls_the_next_one_down() -> None:
    """Eisenberg and Noe 2001, fictitious default: 0 fails at once, 1 only because 0 did, 2 is only hurt."""
    owed = [[0, 10, 0], [0, 0, 8], [0, 0, 0]]
    assert cleared(owed, [4, 2, 1], [0, 0, 1]) == pytest.approx([4, 6, 1])


def test_creditors_share_in_proportion() -> None:
    paid = cleared([[0, 6, 3], [0, 0, 0], [0, 0, 0]], [6, 0, 0], [0, 0, 0])
    assert paid == pytest.approx([6, 0, 0])  # 1 gets 4, 2 gets 2


def test_a_loop_of_debts_clears_itself() -> None:
    assert cleared([[0, 5], [5, 0]], [0, 0], [0, 0]) == pytest.approx([5, 5])


def test_a_loop_that_hardly_leaks_is_solved_at_once() -> None:
    """0 and 1 owe each other a million and 0 a fen more outside, of which neither has any: all of it leaks away."""
    million = 1e6
    paid = cleared([[0, million], [million, 0]], [0, 0], [0.01, 0])
    assert paid == pytest.approx([0, 0], abs=1e-3)


def test_who_has_nothing_pays_nothing_however_much_is_owed() -> None:
    ring = np.roll(np.eye(50) * 7.0, 1, axis=1)
    assert cleared(ring.tolist(), [0.0] * 50, [0.5] * 50) == pytest.approx([0.0] * 50, abs=1e-9)


def test_the_ring_of_three_banks() -> None:
    """The ring of Barucca et al. 2020, Network valuation in financial systems: each owes .5 to the next.

    External assets 10, 5, 3 against external liabilities 9, 4, 2 leave all whole; where a third of the assets of the
    first is lost, it pays 6 2/3 + .5 received of 9.5 due, the second what it is owed by it less, and it stays whole.
    """
    owed = [[0, 0.5, 0], [0, 0, 0.5], [0.5, 0, 0]]
    assert cleared(owed, [10, 5, 3], [9, 4, 2]) == pytest.approx([9.5, 4.5, 2.5])
    assert cleared(owed, [20 / 3, 5, 3], [9, 4, 2]) == pytest.approx([20 / 3 + 0.5, 4.5, 2.5])


def test_a_loop_that_leaks_pays_what_remains() -> None:
    paid = cleared([[0, 5], [5, 0]], [0, 2], [5, 0])
    assert paid == pytest.approx(clearing_slowly(np.array([[0, 5], [5, 0]]), np.array([0, 2]), np.array([5, 0])))


money = st.integers(0, 200)


@settings(max_examples=80, deadline=None)
@given(rows=edges(), outside=st.lists(money, min_size=6, max_size=6), absorbed=st.lists(money, min_size=6, max_size=6))
def test_fictitious_default_is_the_greatest_fixed_point(
    rows: list[Edge], outside: list[int], absorbed: list[int]
) -> None:
    owed = np.zeros((6, 6))
    for i, j, amount in rows:
        owed[i, j] = amount
    has, sink = np.array(outside, float), np.array(absorbed, float)
    assert clearing(csr_array(owed), has, sink) == pytest.approx(clearing_slowly(owed, has, sink), abs=1e-9)


def test_an_unseen_balance_sheet_gives_two_bounds() -> None:
    exposed = exposed_by([(1, 0, 8000)], 2)
    found = legal_clearing(exposed, np.array([8000, 0]), np.array([0, 0]))
    assert found.low.tolist() == [0.0, 0.0]  # as if the borrower could pay
    assert found.high.tolist() == [0.0, 80.0]  # as if they had nothing


def test_a_seen_income_gives_one_answer() -> None:
    exposed = exposed_by([(1, 0, 8000)], 2)
    found = legal_clearing(exposed, np.array([8000, 0]), np.array([2000, 0]))
    assert found.low == pytest.approx([0.0, 60.0])
    assert found.high == pytest.approx([0.0, 60.0])


@settings(max_examples=60, deadline=None)
@given(rows=edges(), income=st.lists(money, min_size=6, max_size=6))
def test_guarantors_together_lose_no_more_than_they_stand_for(rows: list[Edge], income: list[int]) -> None:
    exposed = exposed_by(rows, 6)
    debt = np.zeros(6, np.int64)
    for _, debtor, fen in rows:
        debt[debtor] += fen
    found = legal_clearing(exposed, debt, np.array(income))
    assert (found.low <= found.high + 1e-9).all()
    assert (found.high <= exposed.total() / 100.0 + 1e-9).all()
