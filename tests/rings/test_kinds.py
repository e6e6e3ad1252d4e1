"""Rings that leave no shared thing: each mechanism is found and named, its honest look-alike is not."""

import random
from collections.abc import Callable
from itertools import pairwise

import pytest

from graphfraud.rings.find import Rings
from tests.rings.grounds import paid
from tests.rings.test_find import CROWD, found, members
from tests.tables import Rows, day

GANG = CROWD[50:57]
Payments = list[tuple[str, str, int, float]]


def lively() -> Payments:
    """Everybody buys something and pays a neighbour now and then: odd sums, no hurry."""
    rng = random.Random(5)
    buys = [(name, f"m{rng.randrange(30)}", rng.randrange(500, 20_000), rng.uniform(100, 199)) for name in CROWD * 3]
    gives = [(name, rng.choice(CROWD), rng.randrange(500, 40_000), rng.uniform(100, 199)) for name in CROWD]
    return [row for row in [*buys, *gives] if row[0] != row[1]]


def cash_out(begun: float = 180.0) -> Payments:
    """All buy for a round sum at one shop and have most of it back the next day."""
    return [
        row
        for i, name in enumerate(GANG)
        for row in ((name, "mx", 300_000, begun + i / 10), ("mx", name, 282_000, begun + 0.6 + i / 10))
    ]


def mule_chain() -> Payments:
    """Three victims pay the first; each passes it on within the hour and keeps a little."""
    rows: Payments = []
    for lap in range(3):
        begun, fen = 170.0 + lap, 1_200_000 + lap * 100_000
        rows.append((CROWD[200 + lap], GANG[0], fen, begun))
        steps = pairwise(GANG)
        rows += [(a, b, int(fen * 0.98 ** (i + 1)), begun + (i + 1) / 24) for i, (a, b) in enumerate(steps)]
    return rows


def transfer_cycle() -> Payments:
    """Money goes twice round and hardly less each time."""
    ring = [*zip(GANG, [*GANG[1:], GANG[0]], strict=True)]
    return [(a, b, int(500_000 * 0.996**i), 180 + 5 * lap + i / 4) for lap in range(2) for i, (a, b) in enumerate(ring)]


def world(payments: Payments, rest: Rows | None = None) -> Rings:
    return found({"payments": paid([*lively(), *payments]), **(rest or {})})


@pytest.mark.parametrize("scheme", [mule_chain, transfer_cycle])
def test_a_ring_of_payments_is_found_and_named(scheme: Callable[[], Payments]) -> None:
    result = world(scheme())
    assert result.rings.column("kind").to_pylist() == [scheme.__name__]
    people = members(result)[0]
    assert len(set(GANG) - set(people)) <= 1
    assert len(people) <= len(GANG) + 3
    told = {row["source_id"] for row in result.evidence.to_pylist()} | {
        row["target_id"] for row in result.evidence.to_pylist()
    }
    assert set(people) <= told
    assert all(row["score"] > 0 for row in result.members.to_pylist())


def lent(opened: list[float], *, principal: int, days_past_due: int, paid: int = 0) -> list[dict[str, object]]:
    """A loan of each member, opened on such a day, of which so much is paid back."""
    return [
        {"loan_id": f"l{i}", "person_id": name, "lender_id": "b", "principal": principal,
         "outstanding": principal - paid, "opened_at": day(opened[i]), "days_past_due": days_past_due,
         "observed_at": day(199)}
        for i, name in enumerate(GANG)
    ]  # fmt: skip


def drawn(days_past_due: int) -> Rows:
    """Each member draws as much credit as is bought for, the day before."""
    return {"loans": lent([149 + i / 10 for i in range(len(GANG))], principal=300_000, days_past_due=days_past_due)}


def test_credit_turned_into_cash_and_never_repaid_is_a_cash_out() -> None:
    result = world(cash_out(150), drawn(days_past_due=35))
    assert result.rings.column("kind").to_pylist() == ["cash_out"]
    assert members(result) == [GANG]
    assert {"RG-PAYBACK", "RG-OVERDUE"} <= {reason["code"] for reason in result.rings.to_pylist()[0]["reasons"]}


@pytest.mark.parametrize("credit", [{}, drawn(days_past_due=0)], ids=["none", "in time"])
def test_a_shop_that_pays_back_is_no_ring_where_nobody_owes(credit: Rows) -> None:
    """It looks alike, save for what a cash-out is for: credit that is gone."""
    assert members(world(cash_out(150), credit)) == []


def test_guarantees_that_fail_are_a_circle() -> None:
    result = world([], circle(days_past_due=60))
    assert result.rings.column("kind").to_pylist() == ["guarantee_circle"]
    assert members(result) == [GANG]
    assert {"RG-PROMISE", "RG-OVERDUE"} <= {reason["code"] for reason in result.rings.to_pylist()[0]["reasons"]}


def circle(days_past_due: int) -> Rows:
    """Each member guarantees the loan of the next, opened within days."""
    loans = lent([100 + i / 3 for i in range(len(GANG))], principal=500_000, paid=100_000, days_past_due=days_past_due)
    given = [
        {"guarantor_id": GANG[i - 1], "person_id": name, "loan_id": f"l{i}", "at": day(100 + i / 3)}
        for i, name in enumerate(GANG)
    ]
    return {"loans": loans, "guarantees": given}


def co_operative() -> Rows:
    """The same guarantees, paid back on time, among old friends who trade all year."""
    friends = [{"person_id": a, "friend_id": b, "since": day(1)} for i, a in enumerate(GANG) for b in GANG[i + 1 :]]
    return {**circle(days_past_due=0), "friendships": friends}


def test_a_co_operative_that_pays_back_is_no_ring() -> None:
    rng = random.Random(1)
    trade = [(*rng.sample(GANG, 2), rng.randrange(5_000, 90_000), rng.uniform(100, 199)) for _ in range(40)]
    assert members(world([(a, b, fen, at) for a, b, fen, at in trade], co_operative())) == []


def test_a_savings_club_is_no_ring() -> None:
    rng = random.Random(2)
    stake = [(a, b, 150_000, 150 + 14 * rng.random()) for a, b in zip(GANG, [*GANG[1:], GANG[0]], strict=True)]
    trade = [(*rng.sample(GANG, 2), rng.randrange(5_000, 90_000), rng.uniform(100, 199)) for _ in range(40)]
    assert members(world([*stake, *((a, b, fen, at) for a, b, fen, at in trade)])) == []


def test_wages_and_lunch_among_colleagues_are_no_ring() -> None:
    wages = [("mfirm", name, 800_000, at) for name in GANG for at in (140.0, 170.0)]
    lunch = [(name, GANG[0], 3_500, 185 + i / 3) for i, name in enumerate(GANG[1:])]
    assert members(world([*wages, *lunch])) == []


def test_customers_of_one_shop_and_of_one_seller_are_no_ring() -> None:
    shop = [(name, "mx", 9_900, 180 + i / 10) for i, name in enumerate(GANG)]
    seller = [(name, CROWD[70], 8_800, 181 + i / 10) for i, name in enumerate(GANG)]
    assert members(world([*shop, *seller])) == []


def test_an_ordinary_world_has_no_ring() -> None:
    assert members(world([])) == []


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_changes_no_byte(seed: int) -> None:
    rows = [*lively(), *mule_chain(), *transfer_cycle()]
    given = paid(rows)
    shuffled = random.Random(seed).sample(given, len(given))
    one, other = found({"payments": given}), found({"payments": shuffled})
    for name in ("rings", "members", "evidence"):
        assert getattr(one, name).equals(getattr(other, name)), name
