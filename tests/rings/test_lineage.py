"""Lineage: names last while half of the members do, and every fate is told."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.rings.lineage import Named, Parents, lineage_table, named

Rings = dict[str, str]
"""Rings by id, their members as letters."""


def parents_of(rings: Rings) -> Parents:
    rows = [{"ring_id": ring_id, "person_id": person} for ring_id, members in rings.items() for person in members]
    schema = pa.schema({"ring_id": pa.string(), "person_id": pa.string()})
    table = pa.Table.from_pylist(rows, schema=schema)
    return Parents(tuple(rings), tuple(range(len(rings))), table)


def fates(now: list[str], before: Rings) -> list[Named]:
    people = pa.array([person for members in now for person in members], pa.string())
    ring = np.repeat(np.arange(len(now), dtype=np.int32), [len(members) for members in now])
    return named(people, ring, parents_of(before), as_of=100)


def test_a_ring_without_a_parent_is_born() -> None:
    (ring,) = fates(["abc"], {})
    assert (ring.event, ring.from_ids, ring.joined, ring.left) == ("born", (), 3, 0)
    assert ring.first_seen_at == 100


def test_rings_stay_grow_shrink_and_change() -> None:
    before = {"r1": "abc", "r2": "defg", "r3": "hijk", "r4": "lmno"}
    stayed, grew, shrank, changed = fates(["abc", "defgxy", "hij", "lmnz"], before)
    assert [ring.ring_id for ring in (stayed, grew, shrank, changed)] == ["r1", "r2", "r3", "r4"]
    assert [ring.event for ring in (stayed, grew, shrank, changed)] == ["stayed", "grew", "shrank", "changed"]
    assert [(ring.joined, ring.left) for ring in (stayed, grew, shrank, changed)] == [(0, 0), (2, 0), (0, 1), (1, 1)]


def test_two_rings_merge_and_the_larger_gives_its_name() -> None:
    (ring,) = fates(["abcdefg"], {"r1": "abcd", "r2": "efg"})
    assert (ring.ring_id, ring.event, ring.from_ids, ring.joined) == ("r1", "merged", ("r1", "r2"), 0)


def test_a_ring_splits_and_the_larger_piece_keeps_the_name() -> None:
    heir, other = fates(["abcde", "fgh"], {"r1": "abcdefgh"})
    assert (heir.ring_id, heir.event, heir.from_ids) == ("r1", "split", ("r1",))
    assert (other.event, other.from_ids) == ("split", ("r1",))
    assert other.ring_id != "r1"


def test_a_ring_that_left_nothing_died() -> None:
    before = {"r1": "abc", "r2": "def"}
    rows = lineage_table(fates(["abc"], before), parents_of(before)).to_pylist()
    assert [(row["ring_id"], row["event"], row["left"]) for row in rows] == [("r1", "stayed", 0), ("r2", "died", 3)]


def test_one_person_in_common_is_no_descent() -> None:
    before = {"r1": "abcdef"}
    (ring,) = fates(["axyz"], before)
    assert ring.event == "born"
    assert lineage_table([ring], parents_of(before)).num_rows == 2


QUIET = settings(deadline=None)
"""Seconds are no promise of a test."""
PARTITIONS = st.lists(st.integers(0, 4), min_size=12, max_size=12)


def rings_of(labels: list[int]) -> list[str]:
    people = list(zip("abcdefghijkl", labels, strict=True))
    groups = [[person for person, label in people if label == one] for one in range(1, 5)]
    return ["".join(group) for group in groups if group]


@QUIET
@given(PARTITIONS, PARTITIONS)
def test_an_unchanged_ring_keeps_its_name_whatever_becomes_of_the_others(old: list[int], new: list[int]) -> None:
    before = {f"r{number}": members for number, members in enumerate(rings_of(old))}
    found = fates(rings_of(new), before)
    assert len({ring.ring_id for ring in found}) == len(found)
    for members, ring in zip(rings_of(new), found, strict=True):
        if members in before.values():
            assert before[ring.ring_id] == members
            assert ring.event == "stayed"


@QUIET
@given(PARTITIONS, PARTITIONS)
def test_every_ring_of_yesterday_has_a_fate_today(old: list[int], new: list[int]) -> None:
    before = {f"r{number}": members for number, members in enumerate(rings_of(old))}
    rows = lineage_table(fates(rings_of(new), before), parents_of(before)).to_pylist()
    told = {ring_id for row in rows for ring_id in (row["ring_id"], *row["from_ids"])}
    assert set(before) <= told
    assert len({row["ring_id"] for row in rows}) == len(rows)
