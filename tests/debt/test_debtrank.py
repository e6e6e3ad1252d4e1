"""DebtRank: hand-made networks of the literature, dense algebra, and bounds that may never break."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.debt.debtrank import capped_impact, linear_impact, settled, spectral_radius, weights
from tests.debt.networks import Edge, capped_slowly, dense, edges, exposed_by

PEOPLE = 6
buffers = st.lists(st.integers(100, 400), min_size=PEOPLE, max_size=PEOPLE)


def test_a_chain_passes_on_the_product_of_its_weights() -> None:
    """Battiston et al. 2012 on a chain: what 2 loses of 0's failure is what 1 loses, times the next weight."""
    network = weights(exposed_by([(1, 0, 50), (2, 1, 25)], 3), np.array([100, 100, 100]))
    assert linear_impact(network) == pytest.approx([0.5 + 0.5 * 0.25, 0.25, 0.0], abs=1e-12)


def test_a_loop_is_a_geometric_series() -> None:
    """Bardoscia et al. 2015: distress goes round a loop again and again, ever less."""
    network = weights(exposed_by([(1, 0, 50), (0, 1, 50)], 2), np.array([100, 100]))
    assert spectral_radius(network) == pytest.approx(0.5)
    assert linear_impact(network) == pytest.approx([1.0, 1.0], abs=1e-9)  # (.5 + .25 + .125 + …) of one yuan
    assert capped_impact(network, np.array([0]), cut=1e-13).low == pytest.approx([0.5])  # what has failed stays failed


def test_the_ring_of_three_banks() -> None:
    """Barucca et al. 2020, Network valuation in financial systems: equities of 1, each lent .5 to the next."""
    network = weights(exposed_by([(0, 1, 50), (1, 2, 50), (2, 0, 50)], 3), np.full(3, 100))
    assert linear_impact(network) == pytest.approx([1.0, 1.0, 1.0], abs=1e-9)  # .5 + .25 + .125 + …
    assert capped_impact(network, np.arange(3), cut=1e-13).low == pytest.approx([0.75] * 3)  # once round, no further


def test_nobody_loses_more_than_they_have() -> None:
    network = weights(exposed_by([(1, 0, 900)], 2), np.array([100, 100]))
    assert linear_impact(network) == pytest.approx([1.0, 0.0])


def test_two_halves_of_a_buffer_are_one_whole_and_a_third_costs_nothing() -> None:
    rows = [(3, 0, 60), (1, 0, 100), (2, 0, 100), (3, 1, 60), (3, 2, 60)]
    network = weights(exposed_by(rows, 4), np.full(4, 100))
    assert capped_impact(network, np.array([0]), cut=1e-13).low == pytest.approx([3.0])
    assert linear_impact(network)[0] == pytest.approx(2.0 + 1.8)


def test_only_failures_count_where_increments_are_steep() -> None:
    network = weights(exposed_by([(1, 0, 50), (2, 1, 100)], 3), np.full(3, 100))
    gentle, steep = (capped_impact(network, np.array([0]), steepness=a, cut=1e-13).low[0] for a in (0.0, 50.0))
    assert (gentle, steep) == pytest.approx((1.0, 0.5), abs=1e-9)


def test_an_empty_network_costs_nothing() -> None:
    network = weights(exposed_by([], 3), np.full(3, 100))
    assert spectral_radius(network) == 0
    assert linear_impact(network).tolist() == [0.0, 0.0, 0.0]
    assert settled(network) == (None, 0.0)


@settings(max_examples=60, deadline=None)
@given(rows=edges(), buffer=buffers)
def test_linear_impact_is_the_dense_solution(rows: list[Edge], buffer: list[int]) -> None:
    network = weights(exposed_by(rows, PEOPLE), np.array(buffer))
    whole = dense(network)
    radius = np.abs(np.linalg.eigvals(whole)).max()
    if radius >= 0.95:
        return
    exact = np.linalg.solve(np.eye(PEOPLE) - whole.T, whole.T @ network.buffer)
    assert linear_impact(network) == pytest.approx(exact, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(rows=edges(), buffer=buffers, steepness=st.sampled_from([0.0, 1.0, 5.0]))
def test_capped_impact_is_the_dense_iteration(rows: list[Edge], buffer: list[int], steepness: float) -> None:
    network = weights(exposed_by(rows, PEOPLE), np.array(buffer))
    if np.abs(np.linalg.eigvals(dense(network))).max() >= 0.95:
        return
    found = capped_impact(network, np.arange(PEOPLE), steepness=steepness, cut=1e-13).low
    slow = [capped_slowly(dense(network), network.buffer, seed, steepness) for seed in range(PEOPLE)]
    assert found == pytest.approx(slow, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(rows=edges(), buffer=buffers)
def test_no_loss_exceeds_the_exposure_and_capping_never_adds(rows: list[Edge], buffer: list[int]) -> None:
    network = weights(exposed_by(rows, PEOPLE), np.array(buffer))
    beyond, radius = settled(network)
    linear = linear_impact(network, beyond=beyond)
    capped = capped_impact(network, np.arange(PEOPLE), cut=1e-3, linear=np.zeros(PEOPLE)).low
    assert (capped <= network.exposure + 1e-9).all()
    assert (beyond is None) == (radius <= 0.9)
    assert beyond is None or np.abs(np.linalg.eigvals(dense(beyond))).max() <= 0.9 + 1e-9
    assert np.isfinite(linear).all()
    if beyond is None:
        assert (capped <= linear + 1e-9).all()


@settings(max_examples=60, deadline=None)
@given(rows=edges(), buffer=buffers, cut=st.sampled_from([0.3, 0.05]))
def test_what_is_cut_off_stays_within_the_bounds(rows: list[Edge], buffer: list[int], cut: float) -> None:
    network = weights(exposed_by(rows, PEOPLE), np.array(buffer)).tamed()
    exact = capped_impact(network, np.arange(PEOPLE), cut=1e-13).low
    rough = capped_impact(network, np.arange(PEOPLE), cut=cut)
    assert (rough.low <= exact + 1e-9).all()
    assert (exact <= rough.high + 1e-9).all()
