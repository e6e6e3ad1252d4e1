"""Money survives as yuan, to the fen."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.store.neo4j.values import MAX_FEN, fen


@given(st.integers(0, MAX_FEN))
def test_fen_survive_as_yuan(amount: int) -> None:
    assert fen(np.array([amount / 100])).tolist() == [amount]


def test_the_bound_is_where_two_amounts_become_one_number() -> None:
    near = range(MAX_FEN - 1000, MAX_FEN)
    assert len({amount / 100 for amount in near}) == len(near)
    beyond = range(MAX_FEN, MAX_FEN + 1000)
    assert len({amount / 100 for amount in beyond}) < len(beyond)
