"""Promises: for a person or for the person's loan, never for oneself, each pair once."""

import numpy as np

from graphfraud.rings.promises import mutual
from tests.rings.grounds import ground_of
from tests.tables import day, people


def test_a_promise_for_a_loan_is_one_for_its_borrower() -> None:
    loans = [
        {
            "loan_id": "l1",
            "person_id": "b",
            "principal": 100,
            "outstanding": 0,
            "opened_at": day(1),
            "closed_at": day(9),
        }
    ]
    given = ground_of(
        {
            "people": people("a", "b", "c"),
            "loans": loans,
            "guarantees": [
                {"guarantor_id": "a", "loan_id": "l1", "at": day(3)},
                {"guarantor_id": "a", "person_id": "b", "at": day(2)},
                {"guarantor_id": "b", "loan_id": "l1", "at": day(2)},
                {"guarantor_id": "b", "person_id": "a", "at": day(5)},
            ],
        }
    ).promises
    assert list(zip(given.guarantor.tolist(), given.debtor.tolist(), strict=True)) == [(0, 1), (1, 0)]
    assert given.at.tolist() == [day(2), day(5)]
    assert mutual(given).all()


def test_nobody_promised() -> None:
    given = ground_of({"people": people("a")}).promises
    assert len(given) == 0
    assert not np.any(mutual(given))
