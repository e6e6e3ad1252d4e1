"""Groups: rows in any order, doubles, membership, components."""

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.rings.groups import NOBODY, ByPerson, Groups, joined, spans, together

ROWS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=40)
EDGES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20)


def sets(groups: Groups) -> list[set[int]]:
    return [set(groups.person[a:b].tolist()) for a, b in zip(groups.start[:-1], groups.start[1:], strict=True)]


def grouped(rows: list[tuple[int, int]]) -> Groups:
    group, person = (np.array([row[end] for row in rows], np.int64) for end in (0, 1))
    return Groups.of(10, group, person, 1)


@given(ROWS)
def test_groups_hold_each_member_once(rows: list[tuple[int, int]]) -> None:
    wanted: dict[int, set[int]] = {}
    for group, person in rows:
        wanted.setdefault(group, set()).add(person)
    found = grouped(rows)
    assert sorted(map(sorted, sets(found))) == sorted(map(sorted, wanted.values()))
    assert found.size.tolist() == [len(members) for members in sets(found)]


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter_where_groups_differ(rows: list[tuple[int, int]], random) -> None:  # noqa: ANN001
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert sets(grouped(rows)) == sets(grouped(shuffled))


@given(ROWS, st.integers(0, 5), st.integers(-1, 12))
def test_membership(rows: list[tuple[int, int]], group: int, person: int) -> None:
    found = grouped(rows)
    wanted = group < len(found) and person in sets(found)[group]
    assert bool(found.has(np.array([group]), np.array([person]))[0]) == wanted


@given(EDGES)
def test_components_agree_with_networkx(edges: list[tuple[int, int]]) -> None:
    graph = nx.DiGraph(edges)
    graph.add_nodes_from(range(10))
    a, b = (np.array([edge[end] for edge in edges], np.int64) for end in (0, 1))
    for directed, parts in (
        (False, nx.weakly_connected_components(graph)),
        (True, nx.strongly_connected_components(graph)),
    ):
        wanted = {node: min(part) for part in parts for node in part}
        assert joined(a, b, 10, directed=directed).tolist() == [wanted[node] for node in range(10)]


def test_values_and_rows_of_members() -> None:
    groups = grouped([(0, 1), (0, 2), (3, 2), (3, 5)])
    assert groups.mean(np.arange(10)).tolist() == [1.5, 3.5]
    assert groups.share(np.array([0, 0, 1]), np.array([1, 1, 5])).tolist() == [0.5, 0.5]
    group, row = ByPerson.of(np.array([2, 9, 1, 2, 30, -1]), 10).rows(groups)
    assert sorted(zip(group.tolist(), row.tolist(), strict=True)) == [(0, 0), (0, 2), (0, 3), (1, 0), (1, 3)]


def test_labels_of_groups_that_do_not_overlap() -> None:
    assert grouped([(0, 1), (0, 2), (3, 5)]).labels.tolist() == [NOBODY, 0, 0, NOBODY, NOBODY, 1, *[NOBODY] * 4]


def test_nothing() -> None:
    nothing = Groups.none(4)
    assert len(together([nothing, nothing])) == 0
    assert len(spans(np.zeros(0, np.int64), np.zeros(0, np.int64))) == 0
    assert not nothing.has(np.array([0]), np.array([1])).any()
