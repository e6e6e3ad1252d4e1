"""Shapes of payments: what a slow search finds, rings without one shared thing, and honest dealings that are none."""

from collections.abc import Sequence
from itertools import pairwise, permutations

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.rings import bicliques, cycles, fans, relays
from graphfraud.rings.contest import winners
from graphfraud.rings.groups import Groups
from graphfraud.rings.ledger import Ledger, ledger
from graphfraud.rings.patterns import columns, layers, learned, victims
from graphfraud.rings.shapes import NONE, SHAPES, Shapes, distinct, pairs
from graphfraud.rings.traits import INNOCENT, TRAITS, traits
from graphfraud.settings import DAY_US
from graphfraud.snapshot.sharing import Uses
from tests.rings.grounds import payments_only

NAMES = "abcdef"
PAYMENTS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(80, 100), st.integers(0, 60)), max_size=18
)
Payments = Sequence[tuple[str, str, int, float]]


def book_of(rows: Payments) -> Ledger:
    return ledger(payments_only([(payer, payee, fen, at / 4) for payer, payee, fen, at in rows], NAMES))


def drawn(book: Ledger, shapes: Shapes) -> list[list[tuple[str, str]]]:
    ends = [(NAMES[book.source[row]], NAMES[book.target[row]]) for row in shapes.row]
    bounds = shapes.start.tolist()
    return [sorted(ends[low:high]) for low, high in pairwise(bounds)]


@settings(max_examples=50, deadline=None)
@given(PAYMENTS, st.integers(1, 12))
def test_temporal_cycles_agree_with_every_order_of_every_transfer(
    rows: list[tuple[str, str, int, int]], days: int
) -> None:
    book = book_of(rows)
    bounds, found = cycles.temporal(book.columns, days * DAY_US, 4, 1000)
    seen = sorted(tuple(found[low:high].tolist()) for low, high in pairwise(bounds))
    wanted = []
    for length in (2, 3, 4):
        for way in permutations(range(len(book)), length) if len(book) <= 9 else []:
            times = [int(book.at[row]) for row in way]
            closes = all(book.target[way[i]] == book.source[way[(i + 1) % length]] for i in range(length))
            rising = all(a < b for a, b in pairwise(times)) and times[-1] - times[0] <= days * DAY_US
            if closes and rising and len({int(book.source[row]) for row in way}) == length:
                wanted.append(way)
    if len(book) <= 9:
        assert seen == sorted(wanted)
    graph = nx.DiGraph(zip(book.source.tolist(), book.target.tolist(), strict=True))
    simple = {frozenset(cycle) for cycle in nx.simple_cycles(graph, length_bound=4)}
    assert {frozenset(book.source[list(way)].tolist()) for way in seen} <= simple


@settings(max_examples=50, deadline=None)
@given(PAYMENTS)
def test_relays_agree_with_a_slow_search(rows: list[tuple[str, str, int, int]]) -> None:
    book = book_of(rows)
    came, went = relays.relays(book.columns, 3 * DAY_US, 0.9)
    wanted = [
        (i, j)
        for i in range(len(book))
        for j in range(len(book))
        if book.target[i] == book.source[j]
        and book.target[j] != book.source[i]
        and 0 < book.at[j] - book.at[i] <= 3 * DAY_US
        and 0.9 * book.fen[i] <= book.fen[j] <= book.fen[i]
    ]
    assert sorted(zip(came.tolist(), went.tolist(), strict=True)) == wanted


@settings(max_examples=50, deadline=None)
@given(PAYMENTS)
def test_meetings_at_a_payee_agree_with_a_slow_search(rows: list[tuple[str, str, int, int]]) -> None:
    book = book_of(rows)
    got = book.received
    one, other = bicliques.meetings(got.start, got.row, book.source, book.at, 2 * DAY_US, 1000)
    wanted = {
        frozenset((i, j))
        for i in range(len(book))
        for j in range(i)
        if book.target[i] == book.target[j]
        and book.source[i] != book.source[j]
        and abs(int(book.at[i] - book.at[j])) <= 2 * DAY_US
    }
    assert {frozenset(pair) for pair in zip(one.tolist(), other.tolist(), strict=True)} == wanted
    assert len(one) == len(wanted)


@settings(max_examples=50, deadline=None)
@given(PAYMENTS)
def test_a_burst_ends_at_the_first_long_pause(rows: list[tuple[str, str, int, int]]) -> None:
    book = book_of(rows)
    row = book.received.row
    burst = fans.bursts(book.target, book.at, row, 1.5)
    for k in range(1, len(row)):
        same = book.target[row[k]] == book.target[row[k - 1]]
        near = book.at[row[k]] - book.at[row[k - 1]] <= 1.5 * DAY_US
        assert (burst[k] == burst[k - 1]) == bool(same and near)


def test_each_shape_is_found_where_it_is_drawn_and_not_in_the_nearest_no() -> None:
    three = [("a", "d", 900, 0), ("b", "d", 901, 1), ("c", "d", 902, 2)]
    book = book_of(three)
    everything = np.ones(len(book), bool)
    assert SHAPES.index("fan_in") in fans.fans(book, everything).shape
    assert SHAPES.index("fan_in") not in fans.fans(book_of(three[:2]), everything[:2]).shape
    cycle = [("a", "b", 900, 0), ("b", "c", 890, 1), ("c", "a", 880, 2)]
    assert drawn(book_of(cycle), cycles.cycles(book_of(cycle))) == [[("a", "b"), ("b", "c"), ("c", "a")]]
    backwards = [(payer, payee, fen, 2 - at) for payer, payee, fen, at in cycle]
    assert not len(cycles.cycles(book_of(backwards)))
    scatter = [("a", name, 900, 0) for name in "bcd"] + [(name, "e", 880, 4) for name in "bcd"]
    book = book_of(scatter)
    assert len(relays.scattered(book, *relays.relayed(book))) == 1
    kept = book_of([*scatter[:3], *((name, "e", 500, 4) for name in "bcd")])
    assert not len(relays.scattered(kept, *relays.relayed(kept)))
    square = [("a", "c", 9, 0), ("a", "d", 9, 1), ("b", "c", 9, 2), ("b", "d", 9, 3)]
    assert drawn(book_of(square), bicliques.bicliques(book_of(square))) == [sorted((p, q) for p, q, _, _ in square)]
    assert not len(bicliques.bicliques(book_of(square[:3])))
    through = [("a", "b", 500, 0), ("c", "b", 500, 1), ("b", "d", 930, 2), ("b", "e", 300, 3)]
    marks = relays.passed(book_of(through))
    assert [NAMES[book_of(through).target[row]] for row in np.flatnonzero(marks)] == ["d"]


def test_transfers_between_accounts_of_one_owner_and_with_shops_are_activity_only() -> None:
    book = ledger(payments_only([("a", "a", 5, 1), ("a", "m", 5, 2), ("a", "b", 5, 3)], "ab", "m"))
    assert len(book) == 1
    assert book.activity.tolist() == [4, 1, 1]


def test_no_payment_no_shape() -> None:
    book = book_of([])
    came, went = relays.relayed(book)
    found = [
        fans.fans(book, np.zeros(0, bool)),
        relays.scattered(book, came, went),
        cycles.cycles(book),
        bicliques.bicliques(book),
    ]
    assert [len(shapes) for shapes in found] == [0, 0, 0, 0]


def groups_of(rows: Sequence[str]) -> Groups:
    number = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    person = np.array([NAMES.index(name) for row in rows for name in row], np.int32)
    bounds = np.r_[0, np.cumsum([len(row) for row in rows])].astype(np.int64)
    assert len(number) == len(person)
    return Groups(len(NAMES), bounds, person, np.zeros(len(rows), np.int8))


def told(
    rows: Sequence[str],
    score: Sequence[float],
    centre: Sequence[int] | None = None,
    paid: Sequence[frozenset[int]] | None = None,
) -> list[str]:
    around = np.full(len(rows), NONE) if centre is None else np.array(centre)
    by = [frozenset[int]()] * len(rows) if paid is None else paid
    return [rows[place] for place in winners(groups_of(rows), np.array(score), around, around == NONE, by)]


def test_what_a_better_group_covers_is_not_told_twice() -> None:
    assert told(["abcd", "abc", "cdef"], [0.9, 0.8, 0.7]) == ["abcd", "cdef"]
    assert told(["abcd", "abc", "cdef"], [0.8, 0.95, 0.7]) == ["abc", "cdef"]
    assert told(["ab", "ac"], [0.9, 0.8]) == ["ab", "ac"]  # half of it is not more than half


def test_two_sure_rings_by_other_payments_are_told_though_one_has_members_in_the_other() -> None:
    fan, pair, few, more = frozenset({1, 2, 3, 4}), frozenset({5, 6}), frozenset({4, 5}), frozenset({7, 8})
    assert told(["abcde", "ab"], [0.99, 0.96], paid=[fan, pair]) == ["abcde", "ab"]
    assert told(["abcde", "ab"], [0.99, 0.96], paid=[fan, few]) == ["abcde"]  # one payment of both
    assert told(["abcde", "ab"], [0.99, 0.94], paid=[fan, pair]) == ["abcde"]  # not sure
    assert told(["abcde", "ab"], [0.99, 0.96], paid=[frozenset(), pair]) == ["abcde"]  # not by payments alone
    assert told(["abcde", "abc"], [0.99, 0.96], paid=[fan, more]) == ["abcde"]  # most people of both are in both


def test_a_crowd_gives_way_to_two_rings_in_it_and_not_to_one_or_to_two_poor_ones() -> None:
    crowd = ["abcdef", "abc", "def"]
    assert told(crowd, [0.95, 0.9, 0.8]) == ["abc", "def"]
    assert told(crowd, [0.95, 0.9, 0.8], [7, NONE, NONE]) == ["abcdef"]
    assert told(crowd, [0.95, 0.9, 0.8], [NONE, 7, 8]) == ["abc", "def"]
    assert told(crowd, [0.95, 0.9, 0.8], [NONE, 7, 7]) == ["abcdef"]
    assert told(crowd, [0.95, 0.9, 0.42]) == ["abcdef"]
    assert told(["abcdef", "abc", "abd"], [0.95, 0.9, 0.9]) == ["abcdef"]


def test_a_ring_that_is_much_surer_than_its_parts_is_told_as_one() -> None:
    ring = ["abcdef", "abc", "def"]
    assert told(ring, [0.999, 0.91, 0.9]) == ["abcdef"]
    assert told(ring, [0.98, 0.91, 0.9]) == ["abc", "def"]
    assert told(ring, [1.0, 1.0, 1.0]) == ["abc", "def"]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sets(st.sampled_from(NAMES), min_size=2, max_size=5).map(sorted), max_size=8),
    st.lists(st.floats(0.5, 1.0), min_size=8, max_size=8),
)
def test_no_two_winners_contend_and_whoever_lost_contends_with_one(rows: list[list[str]], score: list[float]) -> None:
    names = ["".join(row) for row in rows]
    nothing = [frozenset[int]()] * len(rows)
    places = winners(
        groups_of(names), np.array(score[: len(rows)]), np.arange(len(rows)), np.zeros(len(rows), bool), nothing
    ).tolist()

    def contend(one: int, other: int) -> bool:
        return 2 * len({*rows[one]} & {*rows[other]}) > min(len(rows[one]), len(rows[other]))

    assert not any(contend(one, other) for one in places for other in places if one != other)
    assert all(any(contend(one, other) for other in places) for one in range(len(rows)) if one not in places)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True).map(sorted), max_size=8))
def test_nobody_is_twice_in_a_layer(rows: list[list[str]]) -> None:
    groups = groups_of(["".join(row) for row in rows])
    level = layers(groups)
    people, _ = pairs(level[groups.number] * len(NAMES) + groups.person, np.zeros(len(groups.person), np.int64))
    assert len(people) == len(groups.person)


def test_the_trees_never_fall_with_a_trait_nor_rise_with_an_innocent_one() -> None:
    rng = np.random.default_rng(7)
    for shape in range(len(SHAPES)):
        base = rng.random((40, len(TRAITS)))
        for place, trait in enumerate(TRAITS):
            if trait == "named":
                continue
            more = base.copy()
            more[:, place] += rng.random(40)
            low, high = (learned().total(columns(np.full(40, shape, np.int8), rows)) for rows in (base, more))
            rise = low - high if trait in INNOCENT else high - low
            assert (rise >= -1e-9).all(), (SHAPES[shape], trait)


def trait_of(rows: Payments, shape: str, trait: str, shops: str = "") -> list[float]:
    book = ledger(payments_only([(payer, payee, fen, at / 4) for payer, payee, fen, at in rows], NAMES, shops))
    found = fans.fans(book, np.ones(len(book), bool))
    found = found.only(found.shape == SHAPES.index(shape))
    nothing = np.zeros(0, np.int32)
    long = nothing.astype(np.int64)
    shared = Uses(nothing, long, nothing.astype(np.int8), long, long)
    table = traits(book, distinct(found), passed=np.zeros(len(book)), shared=shared, hub_limit=9)
    return sorted({round(float(value), 3) for value in table[:, TRAITS.index(trait)]})


def test_splits_of_one_sum_lie_in_one_band() -> None:
    splits = [("a", "b", 50_000, 0), ("a", "c", 50_900, 1), ("a", "d", 49_800, 2), ("a", "e", 90_000, 3)]
    assert trait_of(splits, "fan_out", "banded") == [0.75]
    assert trait_of(splits, "fan_out", "bands") == [round(2 / 6, 3)]
    wages = [
        ("a", name, fen, at)
        for at, (name, fen) in enumerate(zip("bcde", (50_000, 52_500, 55_100, 58_000), strict=True))
    ]
    assert trait_of(wages, "fan_out", "banded") == [0.25]


def test_who_deals_at_another_time_is_no_stranger() -> None:
    fan = [("a", "d", 900, 0), ("b", "d", 901, 1), ("c", "d", 902, 2)]
    assert trait_of(fan, "fan_in", "strangers") == [1.0]
    assert trait_of([*fan, ("d", "a", 5, 400)], "fan_in", "strangers") == [round(2 / 3, 3)]


def test_what_leaves_is_nearly_all_that_came_soon_after_and_in_one_piece() -> None:
    fan = [("a", "d", 900, 0), ("b", "d", 901, 1), ("c", "d", 902, 2)]
    leaves = [
        trait_of([*fan, ("d", "m", fen, at)], "fan_in", "leaves", "m")
        for fen, at in ((2_600, 20), (2_600, 400), (2_200, 20), (2_800, 20), (2_600, 1))
    ]
    assert leaves == [[1.0], [0.0], [0.0], [0.0], [0.0]]


def test_brisk_payments_join_where_chance_hardly_would() -> None:
    square = [("a", "c", 9, 0), ("a", "d", 9, 1), ("b", "d", 8, 3)]
    late = [("e", "f", 9, 400)]
    assert drawn(book_of([*square, *late]), bicliques.brisk(book_of([*square, *late]))) == [
        sorted((payer, payee) for payer, payee, _, _ in square)
    ]
    price = [("a", "c", 9, 0), ("a", "d", 9, 1), ("b", "d", 9, 3)]
    assert not len(bicliques.brisk(book_of([*price, *late])))
    busy = [("a", "f", 9, at) for at in range(40, 400, 4)]
    assert not len(bicliques.brisk(book_of([*square, *busy])))


def test_who_pays_a_mule_is_a_victim_and_who_pays_a_collector_is_not() -> None:
    fan = [("a", "d", 9_000, 0), ("b", "d", 9_010, 1), ("c", "d", 9_020, 2)]
    for passed_on, victim in ((26_000, True), (8_900, False)):
        book = book_of([*fan, ("d", "e", passed_on, 4)])
        found = fans.fans(book, np.ones(len(book), bool))
        into = found.only(found.shape == SHAPES.index("fan_in"))
        assert relays.passed(book).any()
        assert set(victims(book, into, relays.passed(book)).tolist()) == {victim}
