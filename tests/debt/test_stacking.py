"""Stacking: many lenders, new ones, loans that repay loans, inquiries that lead to nothing; of one and of several."""

import numpy as np
import pyarrow as pa
import pytest

from graphfraud.debt.contagion import income
from graphfraud.debt.stacking import stacked, stacking_of_groups, stacking_of_households, stacking_of_rings
from graphfraud.snapshot.borrowing import current_loans
from tests.debt.rows import at_home, loan, paid, world
from tests.tables import day, snapshot_of


def anna(**tables: list[dict[str, object]]) -> dict[str, object]:
    snapshot = snapshot_of(world(**tables))
    return stacked(snapshot, current_loans(snapshot), income(snapshot)).to_pylist()[0]


def test_one_lender_is_no_stacking_and_each_further_one_is_more() -> None:
    assert anna(loans=[loan("a", "anna", "x", 9)])["stacking"] == 0
    two = anna(loans=[loan("a", "anna", "x", 9), loan("b", "anna", "y", 9)])["stacking"]
    assert two == pytest.approx(1 - np.exp(-0.25))
    assert two < anna(loans=[loan(name, "anna", name, 9) for name in "abc"])["stacking"] < 1


def test_repaying_one_loan_with_another_is_stacking_repaying_from_income_is_not() -> None:
    loans = [loan("a", "anna", "x", 9), loan("b", "anna", "x", 9)]
    paid_out = [{"loan_id": "b", "person_id": "anna", "amount": 900, "at": day(150)}]

    def stacking(at: float, on: str) -> object:
        paid_back = [{"repayment_id": "r", "loan_id": on, "payer_id": "anna", "amount": 900, "at": day(at)}]
        return anna(loans=loans, disbursements=paid_out, repayments=paid_back)["stacking"]

    assert stacking(152, "a") == pytest.approx(1 - np.exp(-0.5))
    assert stacking(152, "b") == 0  # its own instalment
    assert stacking(149, "a") == 0  # before the money came
    assert stacking(158, "a") == 0  # more than a week later


@pytest.mark.parametrize(
    ("asked", "opened", "lender", "unanswered"),
    [
        *((150, None, "x", 1), (150, 160, "x", 0), (150, 160, "y", 1), (150, 181, "x", 1), (150, 149, "x", 1)),
        *((180, None, "x", 0), (100, None, "x", 0)),
    ],
    ids=["no loan", "loan", "loan of another lender", "loan too late", "loan before", "still open", "long ago"],
)
def test_an_inquiry_without_a_loan(asked: float, opened: float | None, lender: str, unanswered: int) -> None:
    loans = [] if opened is None else [loan("a", "anna", lender, 9, opened)]
    inquiries = [{"person_id": "anna", "lender_id": "x", "at": day(asked)}]
    assert anna(loans=loans, inquiries=inquiries)["unanswered_inquiries_90d"] == unanswered


def test_debt_to_income_needs_an_income() -> None:
    loans = [loan("a", "anna", "x", 90)]
    wage = paid("w", "employer", "anna", 30, payer_kind="merchant")
    assert anna(loans=loans)["debt_to_income"] is None
    assert anna(loans=loans, payments=[wage])["debt_to_income"] == pytest.approx(3.0)


def test_new_lenders_count_by_their_first_loan() -> None:
    loans = [loan("a", "anna", "x", 9, 5), loan("b", "anna", "x", 9, 190), loan("c", "anna", "y", 9, 190)]
    row = anna(loans=[*loans, loan("d", "anna", "z", 9, 130)])
    assert (row["new_lenders_30d"], row["new_lenders_90d"]) == (1, 2)


def test_a_group_owes_a_common_lender_once() -> None:
    loans = [loan("a", "anna", "x", 9), loan("b", "bob", "x", 9), loan("c", "carl", "y", 9), loan("d", "dora", "z", 9)]
    snapshot = snapshot_of(world(loans=loans))
    found = stacking_of_groups(snapshot, current_loans(snapshot), np.array([0, 1, 2, 2]), np.array([7, 7, 7, 9]))
    rows = found.to_pylist()
    assert [(row["group"], row["people"], row["lenders_open"], row["outstanding"]) for row in rows] == [
        (7, 3, 2, 27),
        (9, 1, 1, 9),
    ]


def test_a_ring_is_one_borrower_and_a_person_may_be_in_two() -> None:
    loans = [loan("a", "anna", "x", 9), loan("b", "bob", "x", 9), loan("c", "carl", "y", 9)]
    snapshot = snapshot_of(world(loans=loans))
    rings = pa.table({"ring_id": ["r1", "r2", "r3"], "size": [2, 2, 1]})
    members = pa.table({"ring_id": ["r1", "r2", "r3", "r1", "r2"], "person_id": ["anna", "bob", "dora", "bob", "carl"]})
    rows = stacking_of_rings(snapshot, rings, members).to_pylist()
    assert [(row["ring_id"], row["lenders_open"], row["outstanding"]) for row in rows] == [
        *(("r1", 1, 18), ("r2", 2, 18), ("r3", 0, 0)),
    ]
    assert [row["stacking"] for row in rows] == [0, pytest.approx(1 - np.exp(-0.25)), 0]


def test_no_ring_owes_nothing() -> None:
    none = pa.table({"ring_id": pa.array([], pa.string()), "person_id": pa.array([], pa.string())})
    found = stacking_of_rings(snapshot_of(world()), none.select(["ring_id"]), none)
    assert (found.num_rows, found.column_names) == (0, ["ring_id", "lenders_open", "outstanding", "stacking"])


def test_households_are_small_and_a_dormitory_is_none() -> None:
    together = snapshot_of(world(loans=[loan("a", "anna", "x", 9)], identifiers=at_home("anna", "bob")))
    told = stacking_of_households(together, current_loans(together))
    assert told["outstanding"].to_pylist() == [9, 9, None, None]
    many = [f"p{place}" for place in range(7)]
    rows = {"people": [{"person_id": name, "registered_at": 0} for name in many], "identifiers": at_home(*many)}
    dormitory = snapshot_of(rows)
    assert stacking_of_households(dormitory, current_loans(dormitory))["stacking"].null_count == 7
