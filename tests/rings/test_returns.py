"""Returns: what came back from a shop, never a wage, a refund of somebody else or money before the purchase."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.rings.agents import last_before
from graphfraud.rings.returns import WINDOW_US, returns
from graphfraud.settings import DAY_US
from tests.rings.grounds import payments_only

PARTIES = ("a", "b", "m1", "m2")
PAYMENTS = st.lists(
    st.tuples(st.sampled_from(PARTIES), st.sampled_from(PARTIES), st.integers(1, 9), st.integers(0, 60)), max_size=25
)
EVENTS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), max_size=15)


def found(rows: list[tuple[str, str, int, float]]) -> list[tuple[str, str, int]]:
    given = payments_only(rows, "ab", ("m1", "m2"))
    back = returns(given)
    shops = ("m1", "m2")
    names = zip(back.person.tolist(), (back.organisation - given.people).tolist(), back.paid.tolist(), strict=True)
    return sorted(("ab"[person], shops[shop], fen) for person, shop, fen in names)


@settings(max_examples=60, deadline=None)
@given(PAYMENTS)
def test_returns_agree_with_a_slow_search(rows: list[tuple[str, str, int, int]]) -> None:
    quarter = [
        (payer, payee, fen, at / 4) for payer, payee, fen, at in rows if payer[0] + payee[0] in ("am", "bm", "ma", "mb")
    ]
    wanted = sorted(
        (a, m, fen)
        for a, m, fen, at in quarter
        if a in "ab" and any(p == m and q == a and 0 < back - at <= WINDOW_US / DAY_US for p, q, _, back in quarter)
    )
    assert found(quarter) == wanted


def test_a_wage_is_no_return() -> None:
    assert found([("m1", "a", 800, 1.0), ("a", "m1", 50, 2.0)]) == []


def test_money_from_another_shop_or_much_later_is_no_return() -> None:
    assert found([("a", "m1", 50, 1.0), ("m2", "a", 50, 1.5), ("m1", "a", 50, 9.0)]) == []


@given(EVENTS, EVENTS)
def test_the_last_event_before_agrees_with_a_slow_search(
    events: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    owner, at = (np.array([event[end] for event in events], np.int64) for end in (0, 1))
    person, when = (np.array([one[end] for one in asked], np.int64) for end in (0, 1))
    answer = last_before(owner, at, person, when)
    for row, (who, moment) in zip(answer.tolist(), asked, strict=True):
        before = [time for someone, time in events if someone == who and time <= moment]
        assert (row == -1) == (not before)
        assert row == -1 or (owner[row] == who and at[row] == max(before))
