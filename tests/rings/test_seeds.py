"""Seeds: suspicion spreads two steps from known people, by type of tie, and never back to its source."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.rings.pairs import paired
from graphfraud.rings.seeds import STRENGTH, USUAL_TIES, belief

PEOPLE = 6
PAIRS = st.lists(st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)), max_size=10)


def cards(pairs: list[tuple[int, int]]):  # noqa: ANN201 - the ties of one type
    a, b = np.array(pairs, np.int64).reshape(-1, 2).T
    return {"card": paired(PEOPLE, a, b)}


def known(*people: int) -> np.ndarray:
    return np.isin(np.arange(PEOPLE), people)


def test_nobody_known_means_no_belief() -> None:
    assert belief(cards([(0, 1)]), known()).tolist() == [0.0] * PEOPLE


def test_one_step_and_two_steps() -> None:
    strength = STRENGTH["card"] * USUAL_TIES / (USUAL_TIES + 1)
    found = belief(cards([(0, 1), (1, 2), (2, 3)]), known(0))
    assert found.tolist() == pytest.approx([0.0, strength, strength**2, 0.0, 0.0, 0.0])


def test_the_only_known_person_is_no_evidence_against_itself() -> None:
    assert belief(cards([(0, 1), (0, 2), (1, 2)]), known(0))[0] == pytest.approx(0.0)


def test_two_known_people_speak_against_each_other() -> None:
    found = belief(cards([(0, 1)]), known(0, 1))
    assert found[0] == found[1] > STRENGTH["card"]


@settings(deadline=None)
@given(PAIRS, st.sets(st.integers(0, PEOPLE - 1), min_size=1))
def test_belief_is_the_sum_over_walks_that_do_not_return(pairs: list[tuple[int, int]], seeds: set[int]) -> None:
    tied = cards(pairs)
    marks = known(*seeds)
    linked = tied["card"]
    matrix = np.zeros((PEOPLE, PEOPLE))
    matrix[linked.a, linked.b] = matrix[linked.b, linked.a] = 1.0
    both, ends = 2 * (marks[linked.a] & marks[linked.b]).sum(), (marks[linked.a].sum() + marks[linked.b].sum())
    matrix *= (both + STRENGTH["card"] * USUAL_TIES) / (ends + USUAL_TIES)
    slow = np.zeros(PEOPLE)
    for start in seeds:
        for middle in range(PEOPLE):
            slow[middle] += matrix[start, middle]
            for end in range(PEOPLE):
                if end != start:
                    slow[end] += matrix[start, middle] * matrix[middle, end]
    assert belief(tied, marks) == pytest.approx(slow)
