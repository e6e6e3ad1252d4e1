"""The path that carries most: over several people, never round in a circle."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.debt.paths import HOPS, carrying, top_paths
from tests.debt.networks import Edge, edges, exposed_by

IDS = pa.array([f"p{place}" for place in range(6)])


def words(rows: list[Edge], own: list[float]) -> list[str | None]:
    people = len(own)
    found = top_paths(exposed_by(rows, people), np.full(people, 10_000), np.array(own), IDS.slice(0, people))
    return list(found.to_pylist())


def test_the_path_goes_on_to_who_is_likely_to_fail() -> None:
    found = words([(0, 1, 8000), (1, 2, 9000)], [0.01, 0.01, 0.5])
    assert found[0] == "p0 answers for 80.00 yuan that p1 owes; p1 answers for 90.00 yuan that p2 owes"
    assert found[1] == "p1 answers for 90.00 yuan that p2 owes"
    assert found[2] is None


def test_it_ends_where_going_on_carries_less() -> None:
    assert words([(0, 1, 8000), (1, 2, 9000)], [0.01, 0.4, 0.3])[0] == "p0 answers for 80.00 yuan that p1 owes"


def test_the_larger_expected_loss_wins_over_the_larger_debt() -> None:
    found = words([(0, 1, 9000), (0, 2, 1005)], [0.01, 0.01, 0.5])
    assert found[0] == "p0 answers for 10.05 yuan that p2 owes"


def test_two_who_answer_for_each_other_do_not_go_round() -> None:
    assert words([(0, 1, 9000), (1, 0, 9000)], [0.9, 0.01])[0] == "p0 answers for 90.00 yuan that p1 owes"


@settings(max_examples=60, deadline=None)
@given(rows=edges(), own=st.lists(st.floats(0.001, 1), min_size=6, max_size=6))
def test_paths_hang_together_and_visit_nobody_twice(rows: list[Edge], own: list[float]) -> None:
    exposed = exposed_by(rows, 6)
    found = carrying(exposed, np.full(6, 200), np.array(own))
    for person in range(6):
        here, seen = person, {person}
        for row in found[person]:
            if row < 0:
                break
            assert exposed.exposed[row] == here
            here = int(exposed.debtor[row])
            assert here not in seen
            seen.add(here)
        assert len(seen) <= HOPS + 1
        assert (len(seen) > 1) == bool((exposed.exposed == person).any())
