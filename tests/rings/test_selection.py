"""Selection and unions: nobody is in two rings, and pieces are put together."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.rings.families import FAMILIES
from graphfraud.rings.groups import Groups
from graphfraud.rings.pairs import paired
from graphfraud.rings.selection import chosen
from graphfraud.rings.unions import unions
from graphfraud.settings import RingSettings
from tests.rings.grounds import ground_of
from tests.tables import people

CANDIDATES = st.lists(st.tuples(st.sets(st.integers(0, 11), min_size=1), st.floats(0, 1)), min_size=1, max_size=10)


def made(sets: list[set[int]], people_count: int = 12) -> Groups:
    start = np.r_[0, np.cumsum([len(one) for one in sets])].astype(np.int64)
    person = np.array([person for one in sets for person in sorted(one)], np.int32)
    return Groups(people_count, start, person, np.zeros(len(sets), np.int8))


@settings(deadline=None)
@given(CANDIDATES)
def test_nobody_is_in_two_rings_and_none_could_be_added(candidates: list[tuple[set[int], float]]) -> None:
    sets, score = [one for one, _ in candidates], np.array([score for _, score in candidates])
    allowed = score >= 0.5
    kept = chosen(made(sets), score, allowed)
    taken = [person for place in kept for person in sets[place]]
    assert len(taken) == len(set(taken))
    for place in np.flatnonzero(allowed):
        assert place in kept or sets[place] & set(taken)


def test_of_two_that_are_as_sure_the_larger_is_taken() -> None:
    assert chosen(made([{0, 1, 2}, {0, 1, 2, 3, 4}]), np.array([0.9, 0.9]), np.ones(2, bool)).tolist() == [1]


def test_a_much_surer_piece_beats_the_whole() -> None:
    assert chosen(made([{0, 1, 2}, {0, 1, 2, 3, 4}]), np.array([0.95, 0.6]), np.ones(2, bool)).tolist() == [0]


def united(
    sets: list[set[int]], bonds: list[int], cards: list[tuple[str, str]], gaps: Sequence[tuple[int, int]] = ()
) -> list[list[int]]:
    names = [f"p{i:02d}" for i in range(12)]
    rows = [{"person_id": f"p{int(p):02d}", "kind": "card", "value": value} for p, value in cards]
    ground = ground_of({"people": people(*names), "identifiers": rows})
    over = paired(len(names), np.array([a for a, _ in gaps], int), np.array([b for _, b in gaps], int))
    found = unions(ground, made(sets), np.array(bonds), over, settings=RingSettings())
    assert set(found.family.tolist()) <= {FAMILIES.index("union")}
    return [found.person[a:b].tolist() for a, b in zip(found.start[:-1], found.start[1:], strict=True)]


def test_pieces_that_overlap_by_half_are_one() -> None:
    assert united([{0, 1, 2, 3}, {2, 3, 4, 5}], [0, 1], []) == [[0, 1, 2, 3, 4, 5]]


def test_two_ties_join_pieces_of_one_bond_only() -> None:
    cards = [("1", "x"), ("4", "x"), ("2", "y"), ("5", "y")]
    assert united([{0, 1, 2}, {3, 4, 5}], [0, 0], cards) == [[0, 1, 2, 3, 4, 5]]
    assert united([{0, 1, 2}, {3, 4, 5}], [0, 1], cards) == []
    assert united([{0, 1, 2}, {3, 4, 5}], [0, 0], cards[:2]) == []


def test_a_gap_joins_pieces_of_one_bond_only() -> None:
    assert united([{0, 1, 2}, {3, 4, 5}], [0, 0], [], [(2, 3)]) == [[0, 1, 2, 3, 4, 5]]
    assert united([{0, 1, 2}, {3, 4, 5}], [0, 1], [], [(2, 3)]) == []
    assert united([{0, 1, 2}, {3, 4, 5}], [0, 0], [], [(2, 6)]) == []


def test_two_rings_found_as_one_give_way_to_both_though_all_but_one_person_would_rank_before_them() -> None:
    whole, most, one, other = set(range(8)), set(range(7)), {0, 1, 2, 3}, {4, 5, 6, 7}
    score = np.array([0.98, 0.97, 0.95, 0.96])
    assert chosen(made([whole, most, one, other]), score, np.ones(4, bool)).tolist() == [2, 3]
    assert chosen(made([whole, most, one]), score[:3], np.ones(3, bool)).tolist() == [0]


def test_a_whole_stays_before_pieces_that_are_hardly_worth_their_price() -> None:
    sets = [set(range(8)), {0, 1, 2, 3}, {4, 5, 6, 7}]
    assert chosen(made(sets), np.array([0.9, 0.7, 0.7]), np.ones(3, bool)).tolist() == [0]
