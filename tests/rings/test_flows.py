"""Flows: every pair of payments that a slow search finds, rarer the sooner and the nearer in amount."""

from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.rings.flows import flows
from graphfraud.settings import RingSettings
from tests.rings.grounds import payments_only

NAMES = "abcdef"
ALL = RingSettings(flow_surprise=0.0)
PAYMENTS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(1, 20), st.integers(0, 40)), max_size=25
)


def triples(rows: list[tuple[str, str, int, float]], given: RingSettings = ALL) -> list[tuple[str, str, str, int, int]]:
    found = flows(payments_only(rows, NAMES), given)
    sent = found.transfers
    return sorted(
        (NAMES[sent.payer[i]], NAMES[sent.payee[i]], NAMES[sent.payee[j]], int(sent.fen[i]), int(sent.fen[j]))
        for i, j in zip(found.came, found.went, strict=True)
    )


@settings(max_examples=60, deadline=None)
@given(PAYMENTS)
def test_flows_agree_with_a_slow_search(rows: list[tuple[str, str, int, int]]) -> None:
    quarter = [(payer, payee, fen, at / 4) for payer, payee, fen, at in rows]
    real = [row for row in quarter if row[0] != row[1]]
    wanted = sorted(
        (a, b, d, x, y)
        for a, b, x, s in real
        for c, d, y, t in real
        if b == c and 0 < t - s <= ALL.flow_days and ALL.flow_share * x <= y <= x
    )
    assert triples(quarter) == wanted


def surprise(fen: int, hours: float) -> float:
    rows = [("a", "b", 100_000, 10.0), ("b", "c", fen, 10.0 + hours / 24)]
    found = flows(payments_only(rows, NAMES), ALL)
    return float(found.surprise[0])


def test_the_sooner_and_the_nearer_the_rarer() -> None:
    assert surprise(99_000, 1) > surprise(99_000, 24)
    assert surprise(99_000, 1) > surprise(90_000, 1)


def test_who_pays_all_the_time_passes_nothing_on() -> None:
    lively = [("b", "c", 100, day / 10) for day in range(1, 300)]
    rows = [("a", "b", 10_000, 10.0), ("b", "d", 9_000, 12.0)]
    assert triples(rows, RingSettings()) == []
    assert triples([("a", "b", 10_000, 10.0), ("b", "d", 9_900, 10.02)], RingSettings()) != []
    assert triples([("a", "b", 10_000, 10.0), ("b", "d", 9_900, 10.05), *lively], RingSettings()) == []


def test_no_payment_no_flow() -> None:
    assert triples([]) == []
    assert len(flows(payments_only([], "a"), ALL).came) == 0
    assert triples([("a", "b", 10, 1.0)]) == []
