"""Default probability in a network: exact on trees, close to simulated worlds with loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.debt.probability import default_probability
from graphfraud.worlds.contagion_worlds import default_shares
from tests.debt.networks import by_rows, probability_by_enumeration

Rows = list[tuple[int, int, float]]


def found(own: list[float], rows: Rows) -> np.ndarray:
    return default_probability(np.array(own), *by_rows(rows, len(own)))


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(0, 1, 0.5), (1, 2, 0.3)],
        [(0, 1, 0.5), (0, 2, 0.4), (0, 3, 0.3)],
        [(0, 1, 0.5), (1, 0, 0.5)],
        [(1, 0, 0.6), (2, 0, 0.6), (3, 1, 0.9)],
    ],
    ids=["nobody", "chain", "star", "two who answer for each other", "common cause apart"],
)
def test_trees_and_mutual_guarantees_are_exact(rows: Rows) -> None:
    own = [0.1, 0.2, 0.05, 0.3]
    assert found(own, rows) == pytest.approx(probability_by_enumeration(own, rows), abs=1e-9)


@pytest.mark.parametrize(
    ("rows", "most"),
    [
        ([(0, 1, 0.4), (1, 2, 0.4), (2, 0, 0.4)], 0.004),
        ([(0, 1, 0.4), (0, 2, 0.4), (1, 2, 0.5)], 0.005),
        ([(0, 1, 0.4), (0, 2, 0.4), (1, 3, 0.5), (2, 3, 0.5)], 0.005),
        ([(0, 1, 0.5), (1, 0, 0.5), (1, 2, 0.5), (2, 1, 0.5), (2, 0, 0.5), (0, 2, 0.5)], 0.03),
    ],
    ids=["a loop of three", "neighbours who depend on each other", "neighbours with one cause", "three, all mutual"],
)
def test_short_loops_are_close_and_closer_than_counting_them_again(rows: Rows, most: float) -> None:
    own = [0.1, 0.2, 0.05, 0.3]
    exact = probability_by_enumeration(own, rows)
    naive = np.array(own)
    for _ in range(200):
        spared = np.ones(4)
        for i, j, weight in rows:
            spared[i] *= 1 - weight * naive[j]
        naive = 1 - (1 - np.array(own)) * spared
    error = np.abs(found(own, rows) - exact).max()
    assert error <= most
    assert error < 0.6 * np.abs(naive - exact).max()


def random_network(seed: int) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """200 people with three debtors each, a quarter of whom are exposed to them in turn."""
    rng = np.random.default_rng(seed)
    pairs = {(i, int(j)) for i in range(200) for j in rng.choice(np.delete(np.arange(200), i), 3, replace=False)}
    chosen = sorted(pairs)
    for place in rng.permutation(len(chosen))[: len(chosen) // 6]:
        i, j = chosen[place]
        given_up = min(pair for pair in pairs if pair[0] == j)
        pairs -= {given_up}
        pairs |= {(j, i)}
    rows = [(i, j, float(rng.uniform(0, 0.5))) for i, j in sorted(pairs)]
    return rng.uniform(0, 0.2, 200), by_rows(rows, 200)


@pytest.mark.parametrize("seed", [1, 2])
def test_random_networks_agree_with_simulated_worlds(seed: int) -> None:
    own, (bounds, debtor, weight) = random_network(seed)
    person = np.repeat(np.arange(200), np.diff(bounds))
    pairs = set(zip(person.tolist(), debtor.tolist(), strict=True))
    assert sum((j, i) in pairs for i, j in pairs) >= 0.2 * len(pairs)
    simulated = default_shares(own, bounds, debtor, weight, worlds=200_000, seed=seed)
    error = np.abs(default_probability(own, bounds, debtor, weight) - simulated)
    assert error.mean() <= 0.005
    assert error.max() <= 0.02


weights = st.floats(0, 0.99)
links = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), weights).filter(lambda row: row[0] != row[1]),
    max_size=14,
    unique_by=lambda row: row[:2],
)


@settings(max_examples=80, deadline=None)
@given(rows=links, own=st.lists(st.floats(0, 1), min_size=6, max_size=6))
def test_probabilities_stay_probabilities_and_never_fall_below_ones_own(rows: Rows, own: list[float]) -> None:
    p = found(own, rows)
    assert (p >= np.array(own) - 1e-12).all()
    assert (p <= 1.0).all()


def test_many_debtors_are_no_obstacle() -> None:
    rows = [(0, j, 0.1) for j in range(1, 60)] + [(j, j + 1, 0.2) for j in range(1, 59)]
    p = found([0.1] * 60, rows)
    assert 0.1 < p[5] < p[0] < 1
