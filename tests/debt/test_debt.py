"""Debt: stacking by hand, contagion against simulated worlds, and sums that cannot exceed what is owed."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.debt.compute import debt
from graphfraud.debt.contagion import default_probability
from graphfraud.debt.priors import PASS_ON
from graphfraud.snapshot.borrowing import Guaranteed
from tests.tables import Rows, day, people, snapshot_of

EVERYBODY = people("anna", "bob", "carl")


def loan(name: str, person: str, lender: str, yuan: int, opened: float = 5, **more: object) -> dict[str, object]:
    return {
        "loan_id": name,
        "person_id": person,
        "lender_id": lender,
        "principal": yuan * 100,
        "outstanding": yuan * 100,
        "opened_at": day(opened),
    } | more


def table(rows: Rows) -> dict[str, dict[str, object]]:
    found = debt(snapshot_of({"people": EVERYBODY} | dict(rows)))
    return {row["person_id"]: row for row in found.to_pylist()}


def test_somebody_without_loans_owes_nothing_and_defaults_by_the_prior() -> None:
    row = table({})["anna"]
    assert (row["lenders_open"], row["outstanding"], row["stacking"], row["impact"]) == (0, 0, 0, 0)
    assert row["default_probability"] == pytest.approx(1 / (1 + np.exp(4)))
    assert row["basis"] == "prior"
    assert row["top_path"] is None


def test_one_lender_is_no_stacking_and_each_further_one_is_more() -> None:
    one = table({"loans": [loan("a", "anna", "x", 9)]})["anna"]
    two = table({"loans": [loan("a", "anna", "x", 9), loan("b", "anna", "y", 9)]})["anna"]
    three = table({"loans": [loan(n, "anna", n, 9) for n in "abc"]})["anna"]
    assert one["stacking"] == 0
    assert two["stacking"] == pytest.approx(1 - np.exp(-0.25))
    assert 0 < two["stacking"] < three["stacking"] < 1
    assert one["default_probability"] < two["default_probability"] < three["default_probability"]


def test_repaying_one_loan_with_another_is_stacking_repaying_from_income_is_not() -> None:
    loans = [loan("a", "anna", "x", 9), loan("b", "anna", "x", 9)]
    paid_out = [{"loan_id": "b", "person_id": "anna", "amount": 900, "at": day(150)}]

    def stacked(at: float, on: str) -> object:
        paid_back = [{"repayment_id": "r", "loan_id": on, "payer_id": "anna", "amount": 900, "at": day(at)}]
        return table({"loans": loans, "disbursements": paid_out, "repayments": paid_back})["anna"]["stacking"]

    assert stacked(152, "a") == pytest.approx(1 - np.exp(-0.5))
    assert stacked(152, "b") == 0  # its own instalment
    assert stacked(149, "a") == 0  # before the money came
    assert stacked(158, "a") == 0  # more than a week later


def test_a_guarantee_is_exposure_here_and_impact_there() -> None:
    rows = {"loans": [loan("a", "anna", "x", 80)], "guarantees": [{"guarantor_id": "bob", "person_id": "anna"}]}
    found = table(rows)
    assert found["bob"]["exposure_to_others"] == found["anna"]["impact"] == 80
    assert found["bob"]["top_path"] == "bob answers for 80.00 yuan that anna owes"
    assert found["bob"]["default_probability"] > found["carl"]["default_probability"]


def test_answering_for_oneself_is_no_exposure() -> None:
    rows = {"loans": [loan("a", "anna", "x", 80)], "guarantees": [{"guarantor_id": "anna", "person_id": "anna"}]}
    assert table(rows)["anna"]["exposure_to_others"] == 0


def test_a_debt_is_counted_once_a_pair() -> None:
    promises = [{"guarantor_id": "bob", "person_id": "anna"}, {"guarantor_id": "bob", "loan_id": "a"}]
    assert table({"loans": [loan("a", "anna", "x", 80)], "guarantees": promises})["bob"]["exposure_to_others"] == 80


edges = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 200)).filter(lambda e: e[0] != e[1]),
    max_size=8,
    unique_by=lambda e: e[:2],
)


def promised(rows: list[tuple[int, int, int]]) -> Guaranteed:
    columns = np.array(sorted(rows), np.int64).reshape(-1, 3)
    return Guaranteed(columns[:, 0].astype(np.int32), columns[:, 1].astype(np.int32), columns[:, 2])


@settings(max_examples=60, deadline=None)
@given(rows=edges, own=st.lists(st.floats(0, 1), min_size=6, max_size=6))
def test_probabilities_stay_probabilities_and_never_fall_below_ones_own(
    rows: list[tuple[int, int, int]], own: list[float]
) -> None:
    p = default_probability(np.array(own), promised(rows), np.full(6, 100))
    assert (p >= np.array(own) - 1e-12).all()
    assert (p <= 1.0).all()


def test_a_chain_agrees_with_simulated_worlds() -> None:
    own = np.array([0.05, 0.1, 0.4])
    chain = promised([(0, 1, 100), (1, 2, 50)])
    p = default_probability(own, chain, np.full(3, 100))
    draws = np.random.default_rng(7).random((1_000_000, 5))
    carl = draws[:, 0] < own[2]
    bob = (draws[:, 1] < own[1]) | (carl & (draws[:, 2] < PASS_ON * 0.5))
    anna = (draws[:, 3] < own[0]) | (bob & (draws[:, 4] < PASS_ON))
    assert p == pytest.approx([anna.mean(), bob.mean(), carl.mean()], abs=2e-3)


def test_columns_are_those_of_the_contract() -> None:
    found = debt(snapshot_of({"people": EVERYBODY}))
    names = ["person_id", "lenders_open", "outstanding", "stacking", "exposure_to_others"]
    names += ["default_probability", "impact", "top_path"]
    assert set(names) <= set(found.column_names)
    assert found.schema.field("top_path").type == pa.string()
