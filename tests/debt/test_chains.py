"""Guarantee chains: to the end or so many hops, in a window, never counting the start; against a walk by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.debt.chains import Window, guarantee_chain
from graphfraud.errors import NotFoundError
from tests.debt.rows import loan, world
from tests.tables import Rows, day, people, snapshot_of


def promise(guarantor: str, person: str | None = None, at: float = 10, **more: object) -> dict[str, object]:
    return {"guarantor_id": guarantor, "person_id": person, "at": day(at)} | more


CHAIN = world(
    loans=[
        loan("a", "anna", "x", 1),
        loan("b", "bob", "x", 2, 20),
        loan("c", "carl", "x", 4),
        loan("d", "carl", "x", 8),
    ],
    guarantees=[promise("anna", "bob"), promise("bob", "carl", 30), promise("carl", "anna")],
)


def test_a_chain_goes_to_its_end_and_leaves_the_start_out() -> None:
    found = guarantee_chain(snapshot_of(CHAIN), "anna")
    assert (found.people, found.loans, found.yuan) == (("bob", "carl"), ("b", "c", "d"), 14)


def test_hops_end_it() -> None:
    assert guarantee_chain(snapshot_of(CHAIN), "anna", max_hops=1).people == ("bob",)
    assert guarantee_chain(snapshot_of(CHAIN), "anna", max_hops=0).people == ()


def test_windows_bound_guarantees_and_loans_apart() -> None:
    snapshot = snapshot_of(CHAIN)
    assert guarantee_chain(snapshot, "anna", guaranteed=Window(until=day(30))).people == ("bob",)  # ends are excluded
    assert guarantee_chain(snapshot, "anna", guaranteed=Window(until=day(31))).people == ("bob", "carl")
    assert guarantee_chain(snapshot, "anna", applied=Window(since=day(10))).loans == ("b",)


def test_a_guarantee_of_a_loan_is_one_of_its_borrower() -> None:
    rows = world(loans=[loan("b", "bob", "x", 2)], guarantees=[promise("anna", loan_id="b")])
    assert guarantee_chain(snapshot_of(rows), "anna").people == ("bob",)


def test_who_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="no person 'zoe'"):
        guarantee_chain(snapshot_of(CHAIN), "zoe")


pairs = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14, unique=True)


@settings(max_examples=15, deadline=None)
@given(edges=pairs, owing=st.lists(st.integers(0, 6), max_size=6), hops=st.none() | st.integers(0, 4))
def test_it_agrees_with_walking_every_way(edges: list[tuple[int, int]], owing: list[int], hops: int | None) -> None:
    rows: Rows = {
        "people": people(*(f"p{place}" for place in range(7))),
        "loans": [loan(f"l{place}", f"p{person}", "x", place + 1) for place, person in enumerate(owing)],
        "guarantees": [promise(f"p{one}", f"p{other}") for one, other in edges],
    }

    def walk(person: int, left: int) -> set[int]:
        ends = {other for one, other in edges if one == person} if left else set()
        return ends.union(*(walk(end, left - 1) for end in ends)) if left > 1 else ends

    reached = walk(0, 7 if hops is None else hops) - {0}
    found = guarantee_chain(snapshot_of(rows), "p0", max_hops=hops)
    assert set(found.people) == {f"p{person}" for person in reached}
    assert set(found.loans) == {f"l{place}" for place, person in enumerate(owing) if person in reached}
    assert found.yuan == sum(place + 1 for place, person in enumerate(owing) if person in reached)
