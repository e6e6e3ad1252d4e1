"""Small networks for tests, and slow answers to compare with."""

import itertools

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from graphfraud.debt.debtrank import Weights
from graphfraud.debt.exposures import KINDS, Exposures, Ties, merged

Edge = tuple[int, int, int]


def edges(people: int = 6, most: int = 10, fen: int = 300) -> st.SearchStrategy[list[Edge]]:
    """Rows (exposed, debtor, fen): guarantee loops welcome, nobody with themselves, a pair once."""
    side = st.integers(0, people - 1)
    row = st.tuples(side, side, st.integers(1, fen)).filter(lambda found: found[0] != found[1])
    return st.lists(row, max_size=most, unique_by=lambda found: found[:2])


def exposed_by(rows: list[Edge], people: int, kind: str = "guarantee") -> Exposures:
    """Exposures of one kind."""
    columns = np.array(sorted(rows), np.int64).reshape(-1, 3)
    kinds = np.full(len(columns), KINDS.index(kind), np.int8)
    return merged([Ties(columns[:, 0], columns[:, 1], kinds, columns[:, 2])], people)


def dense(network: Weights) -> npt.NDArray[np.float64]:
    """W[i, j]: what i loses of the buffer when j fails."""
    debtor = np.repeat(np.arange(network.people), np.diff(network.bounds))
    found = np.zeros((network.people, network.people))
    found[network.exposed, debtor] = network.weight
    return found


def by_rows(rows: list[tuple[int, int, float]], people: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bounds, debtors and weights of rows (person, debtor, weight)."""
    ordered = sorted(rows)
    person = np.array([row[0] for row in ordered], np.int64)
    bounds = np.searchsorted(person, np.arange(people + 1)).astype(np.int64)
    return bounds, np.array([row[1] for row in ordered], np.int32), np.array([row[2] for row in ordered], np.float64)


def capped_slowly(weights: np.ndarray, buffer: np.ndarray, seed: int, steepness: float) -> float:
    """Bardoscia et al.: increments of ``h exp(steepness (h - 1))`` until nothing moves, on dense matrices."""
    h = np.zeros(len(buffer))
    h[seed] = 1.0
    passed = np.zeros(len(buffer))
    for _ in range(5_000):
        share = h * np.exp(steepness * (h - 1.0))
        moved, passed = share - passed, share
        if moved.max() <= 1e-13:
            break
        h = np.minimum(1.0, h + weights @ moved)
        h[seed] = 1.0
    return float(np.delete(h * buffer, seed).sum())


def clearing_slowly(owed: np.ndarray, outside: np.ndarray, absorbed: np.ndarray) -> np.ndarray:
    """The greatest clearing vector, from above: everybody pays all, then what they have, until it stays."""
    due = owed.sum(axis=1) + absorbed
    share = owed / np.where(due > 0, due, 1.0)[:, None]
    paid = due.copy()
    for _ in range(20_000):
        following = np.minimum(due, outside + share.T @ paid)
        if np.abs(following - paid).max(initial=0.0) <= 1e-13:
            break
        paid = following
    return paid


def probability_by_enumeration(own: list[float], rows: list[tuple[int, int, float]]) -> np.ndarray:
    """Exact default probabilities: every combination of own failures and links that pass a default on."""
    people = len(own)
    total = np.zeros(people)
    for failures in itertools.product((False, True), repeat=people):
        for passing in itertools.product((False, True), repeat=len(rows)):
            chance = np.prod([p if failed else 1 - p for p, failed in zip(own, failures, strict=True)])
            chance *= np.prod([w if live else 1 - w for (_, _, w), live in zip(rows, passing, strict=True)])
            state = np.array(failures)
            for _ in range(people):
                for (i, j, _), live in zip(rows, passing, strict=True):
                    state[i] |= live and state[j]
            total += chance * state
    return total
