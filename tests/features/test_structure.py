"""Cores and PageRank against networkx on random graphs."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from graphfraud.features.structure import DAMPING, _cores, _walk

PEOPLE = 14
graphs = st.lists(st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)), max_size=50).map(
    lambda pairs: nx.Graph([(a, b) for a, b in pairs if a != b])
)


def adjacency(graph: nx.Graph) -> csr_array:
    whole = nx.empty_graph(PEOPLE)
    whole.add_edges_from(graph.edges)
    return csr_array(nx.to_scipy_sparse_array(whole, nodelist=range(PEOPLE), dtype=float))


@settings(max_examples=100, deadline=None)
@given(graph=graphs)
def test_cores_agree_with_networkx(graph: nx.Graph) -> None:
    matrix = adjacency(graph)
    expected = nx.core_number(graph)
    found = _cores(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64))
    assert found.tolist() == [expected.get(person, 0) for person in range(PEOPLE)]


def test_cores_of_the_paper() -> None:
    """Figure 1 of Batagelj and Zaversnik (2003) nests a 3-core in a 2-core in a 1-core; this is such a nest."""
    graph = nx.Graph([*nx.complete_graph(4).edges, (3, 4), (4, 5), (5, 3), (5, 6)])
    matrix = adjacency(graph)
    assert _cores(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64)).tolist()[:7] == [3, 3, 3, 3, 2, 2, 1]


@settings(max_examples=50, deadline=None)
@given(graph=graphs, seeds=st.sets(st.integers(0, PEOPLE - 1), min_size=1))
def test_walks_agree_with_networkx(graph: nx.Graph, seeds: set[int]) -> None:
    matrix = adjacency(graph)
    start = np.zeros((PEOPLE, 2))
    start[:, 0] = 1.0
    start[sorted(seeds), 1] = PEOPLE / len(seeds)
    found = _walk(matrix, start)
    whole = nx.from_scipy_sparse_array(matrix)
    for column, personal in enumerate([None, dict.fromkeys(seeds, 1.0)]):
        oracle = nx.pagerank(
            whole, alpha=DAMPING, personalization=personal, dangling=personal, tol=1e-12, max_iter=1000
        )
        assert found[:, column] == pytest.approx([oracle[p] * PEOPLE for p in range(PEOPLE)], abs=5e-3)
        assert found[:, column].sum() == pytest.approx(PEOPLE)


def test_nobody_has_no_core() -> None:
    assert _cores(np.zeros(1, np.int64), np.zeros(0, np.int64)).tolist() == []
