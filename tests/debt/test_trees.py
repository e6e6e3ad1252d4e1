"""Boosted trees: what only two columns together say is found, and every split is the best there is."""

import numpy as np
import pytest

from graphfraud.debt import trees
from graphfraud.debt.logistic import auc
from graphfraud.debt.trees import BINS, LEAST, RIDGE, Trees


def together(seed: int, count: int = 3000) -> tuple[np.ndarray, np.ndarray]:
    """Two columns of which neither says anything alone, and a third that never does."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, 3))
    chance = 1 / (1 + np.exp(-3 * np.sign(rows[:, 0] * rows[:, 1])))
    return rows, (rng.random(count) < chance).astype(float)


def test_what_two_columns_say_together_is_found_on_other_rows() -> None:
    model = Trees.fit(*together(1))
    rows, outcome = together(2)
    assert auc(model.log_odds(rows), outcome) > 0.9
    assert max(abs(auc(column, outcome) - 0.5) for column in rows.T) < 0.05


def test_probabilities_are_of_the_size_that_was_seen() -> None:
    rows, outcome = together(1)
    said = 1 / (1 + np.exp(-Trees.fit(rows, outcome).log_odds(rows)))
    assert said.mean() == pytest.approx(outcome.mean(), abs=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_a_split_is_the_best_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 6, (200, 3)).astype(np.uint8)
    slope, bend = rng.normal(size=200), np.full(200, 0.25)
    column, bin_, _ = trees._tree(codes, slope, bend)

    def worth(rows: np.ndarray) -> float:
        return float(slope[rows].sum() ** 2 / (bend[rows].sum() + RIDGE))

    def gain(c: int, b: int) -> float:
        low = codes[:, c] <= b
        small = min(bend[low].sum(), bend[~low].sum()) < LEAST
        return -np.inf if small else worth(low) + worth(~low)

    best = max(gain(c, b) for c in range(3) for b in range(BINS - 1))
    assert gain(int(column[0]), int(bin_[0])) == pytest.approx(best)


def test_unknown_counts_as_the_mean_and_constant_columns_say_nothing() -> None:
    rows, outcome = together(3)
    model = Trees.fit(np.column_stack([rows, np.ones(len(rows))]), outcome)
    assert not (model.column[model.bin < BINS] == 3).any()
    asked = np.array([[np.nan, 1.0, 0.0, 1.0], [model.middle[0], 1.0, 0.0, 1.0]])
    assert len(set(model.log_odds(asked).tolist())) == 1


@pytest.mark.parametrize("columns", [0, 2])
def test_without_anything_to_tell_there_is_the_base_rate(columns: int) -> None:
    model = Trees.fit(np.ones((100, columns)), np.r_[np.ones(20), np.zeros(80)])
    assert model.log_odds(np.ones((3, columns))) == pytest.approx(np.log(0.25), abs=1e-9)
