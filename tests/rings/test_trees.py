"""Trees: sums against a slow walk, shares against Shapley's definition, and a table that keeps them."""

from itertools import combinations
from math import factorial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import csv

from graphfraud.rings.trees import COLUMNS, Trees, read_trees

CODES = ("a", "b", "c", "d")


def grown(rng: np.random.Generator, trees: int = 4) -> Trees:
    """Random trees over four terms, at most four steps deep, a term asked more than once on a way."""
    rows: list[tuple[int, str, float, int, int, float]] = []

    def node(tree: int, depth: int) -> int:
        place = len(rows)
        rows.append((tree, "", 0.0, 0, 0, float(rng.normal())))
        if depth and rng.random() < 0.85:
            code, threshold = CODES[rng.integers(4)], float(rng.random() - 0.1)
            rows[place] = (tree, code, threshold, node(tree, depth - 1), node(tree, depth - 1), 0.0)
        return place

    for tree in range(trees):
        node(tree, 4)
    return Trees.of(CODES, pa.table(dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))))


def slow(trees: Trees, row: dict[str, float]) -> float:
    total = 0.0
    for node in trees.root.tolist():
        while trees.term[node] >= 0:
            left = row[CODES[trees.term[node]]] <= trees.threshold[node]
            node = int(trees.left[node] if left else trees.right[node])
        total += trees.value[node]
    return total


def shapley(trees: Trees, row: dict[str, float], code: str) -> float:
    others = [other for other in CODES if other != code]
    total = 0.0
    for size in range(len(CODES)):
        weight = factorial(size) * factorial(len(CODES) - size - 1) / factorial(len(CODES))
        for some in combinations(others, size):
            with_it = {other: row[other] if other in (*some, code) else 0.0 for other in CODES}
            total += weight * (slow(trees, with_it) - slow(trees, {**with_it, code: 0.0}))
    return total


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_sums_and_shares_agree_with_their_definitions(seed: int) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    trees = grown(rng)
    values = rng.random((3, len(CODES)))
    found = dict(zip(CODES, values.T, strict=True))
    total, added = trees.total(found), trees.added(found)
    for place, given_row in enumerate(values.tolist()):
        row = dict(zip(CODES, given_row, strict=True))
        assert total[place] == pytest.approx(slow(trees, row), abs=1e-12)
        assert added[place] == pytest.approx([shapley(trees, row, code) for code in CODES], abs=1e-12)
    assert added.sum(axis=1) == pytest.approx(total - trees.nothing, abs=1e-12)


def test_a_table_keeps_them(tmp_path: Path) -> None:
    trees = grown(np.random.Generator(np.random.PCG64(1)))
    csv.write_csv(trees.table(), tmp_path / "trees.csv")
    again = read_trees(CODES, tmp_path / "trees.csv")
    assert again.table().equals(trees.table())
    assert again.root.tolist() == trees.root.tolist()


def test_a_term_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    csv.write_csv(Trees.steps({"a": 1.0}).table(), tmp_path / "trees.csv")
    with pytest.raises(KeyError, match="a"):
        read_trees(("b",), tmp_path / "trees.csv")


def test_nobody_to_ask() -> None:
    trees = Trees.steps({"a": 1.0})
    assert trees.total({"a": np.zeros(0)}).shape == (0,)
    assert trees.added({"a": np.zeros(0)}).shape == (0, 1)
