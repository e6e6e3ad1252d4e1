"""What the ring benchmark measures with: the densest block, worlds drawn anew, a bound for a share."""

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.snapshot.graph import Snapshot

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture(scope="module")
def modules() -> dict[str, ModuleType]:
    import importlib
    import sys

    sys.path.insert(0, str(BENCHMARKS))
    try:
        return {name: importlib.import_module(name) for name in ("ring_peers", "ring_null", "ring_world", "rings")}
    finally:
        sys.path.remove(str(BENCHMARKS))


def mean_weight(person: np.ndarray, column: np.ndarray, weight: np.ndarray) -> float:
    nodes = len(np.unique(person)) + len(np.unique(column))
    return float(weight[column].sum() / nodes) if nodes else 0.0


@settings(max_examples=40, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 5)), min_size=1, max_size=30))
def test_peeling_comes_within_half_of_the_densest_block(
    modules: dict[str, ModuleType], edges: set[tuple[int, int]]
) -> None:
    person, column = np.array(sorted(edges)).T
    weight = 1 / np.log(np.bincount(column, minlength=6) + 5.0)
    people, things = modules["ring_peers"].densest(person, column, weight)
    inside = np.isin(person, people) & np.isin(column, things)
    mine = weight[column[inside]].sum() / (len(people) + len(things))
    best = 0.0
    for chosen in range(1, 2**8):
        rows = np.isin(person, [one for one in range(8) if chosen >> one & 1])
        best = max(best, mean_weight(person[rows], column[rows], weight))
    assert mine >= best / 2 - 1e-9
    assert mine >= mean_weight(person, column, weight) - 1e-9


def test_a_planted_block_is_found_whole(modules: dict[str, ModuleType]) -> None:
    block = [(one, thing) for one in range(6) for thing in range(5)]
    lone = [(one, one) for one in range(6, 40)]
    person, column = np.array(block + lone).T
    weight = 1 / np.log(np.bincount(column, minlength=40) + 5.0)
    people, things = modules["ring_peers"].densest(person, column, weight)
    assert (set(people), set(things)) == (set(range(6)), set(range(5)))


def ties_of_each(snapshot: Snapshot, table: str, one: str, other: str) -> tuple[np.ndarray, np.ndarray]:
    """Distinct pairs of each person, and of each thing."""
    first, second = snapshot[table][one], snapshot[table][other]
    pairs = np.unique(np.stack([first, second])[:, second >= 0], axis=1)
    return tuple(np.bincount(side, minlength=20_000) for side in pairs)


@pytest.mark.parametrize(
    ("table", "one", "other"),
    [("logins", "person_id", "device_id"), ("logins", "person_id", "ip"), ("identifiers", "person_id", "value")],
)
def test_a_rewired_snapshot_keeps_the_ties_of_everybody_and_everything(
    modules: dict[str, ModuleType], world_snapshot: Snapshot, table: str, one: str, other: str
) -> None:
    drawn = modules["ring_null"].rewired(world_snapshot, seed=3)
    for before, after in zip(
        ties_of_each(world_snapshot, table, one, other), ties_of_each(drawn, table, one, other), strict=True
    ):
        assert (after <= before).all()
        assert after.sum() >= 0.97 * before.sum()
    assert not np.array_equal(drawn[table][other], world_snapshot[table][other])
    keys = np.stack([np.asarray(column) for column in drawn[table].columns.values()])
    assert (np.lexsort(keys[::-1]) == np.arange(len(drawn[table]))).all()


def test_nobody_pays_himself_in_a_rewired_snapshot(modules: dict[str, ModuleType], world_snapshot: Snapshot) -> None:
    payments = modules["ring_null"].rewired(world_snapshot, seed=3)["payments"]
    assert (payments["payer_id"] != payments["payee_id"]).all()
    to_shops = [(part["payee_id"] >= world_snapshot.people).mean() for part in (payments, world_snapshot["payments"])]
    assert to_shops[0] == pytest.approx(to_shops[1], abs=0.01)


def test_nobody_is_known_without_labels(modules: dict[str, ModuleType], world_snapshot: Snapshot) -> None:
    blind = modules["ring_null"].without_labels(world_snapshot)
    assert len(world_snapshot["labels"]) > 0
    assert len(blind["labels"]) == 0


@pytest.mark.parametrize(("hits", "trials", "bound"), [(0, 500, 0.00597), (5, 500, 0.02093), (1, 1, 1.0)])
def test_the_bound_is_that_of_clopper_and_pearson(
    modules: dict[str, ModuleType], hits: int, trials: int, bound: float
) -> None:
    assert modules["rings"].upper_bound(hits, trials) == pytest.approx(bound, abs=2e-5)
