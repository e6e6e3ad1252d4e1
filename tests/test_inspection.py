"""Lineage of a ring as people read it: who joined, who left, from which rings it comes."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphfraud.errors import NotFoundError
from graphfraud.inspection import REJECTED, RINGS, group_of, lineage_of
from graphfraud.publish.runs import Run, Runs

OLD, NEW = "20260131T000000Z-00000001", "20260201T000000Z-00000002"


def members(rings: dict[str, str]) -> pa.Table:
    rows = [(ring, person) for ring, people in rings.items() for person in people]
    return pa.table({"ring_id": [ring for ring, _ in rows], "person_id": [person for _, person in rows]})


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    """The ring a took the people of b in and lost one; c was born; d stands without a lineage."""
    for run_id, parent, rings in (
        (OLD, None, {"a": "pqrs", "b": "xy"}),
        (NEW, OLD, {"a": "pqrxyz", "c": "uvw", "d": "t"}),
    ):
        place = tmp_path / run_id
        place.mkdir()
        (place / "manifest.json").write_text(json.dumps({"parent_run": parent, "as_of": "2026-02-01T00:00:00Z"}))
        pq.write_table(members(rings), place / "ring_members.parquet")
    fates = {"ring_id": ["a", "c"], "event": ["merged", "born"], "from_ids": [["a", "b"], []]}
    pq.write_table(pa.table(fates), tmp_path / NEW / "ring_lineage.parquet")
    return Runs(tmp_path)


def test_a_merged_ring_names_its_parents_who_joined_and_who_left(runs: Runs) -> None:
    told = lineage_of(runs, Run(runs.home / NEW), "a", set("pqrxyz"))
    assert told == {"event": "merged", "since": OLD, "from_ids": ["a", "b"], "joined": ["z"], "left": ["s"]}


def test_a_new_ring_comes_from_none(runs: Runs) -> None:
    for ring_id, people in (("c", "uvw"), ("d", "t")):
        told = lineage_of(runs, Run(runs.home / NEW), ring_id, set(people))
        assert told == {"event": "born", "since": OLD, "from_ids": [], "joined": [], "left": []}


def test_without_an_earlier_run_nobody_joined_or_left(runs: Runs) -> None:
    told = lineage_of(runs, Run(runs.home / OLD), "a", set("pqrs"))
    assert (told["since"], told["joined"], told["left"]) == (None, [], [])


def test_a_group_that_is_not_there_says_where_to_look(tmp_path: Path) -> None:
    for groups in (RINGS, REJECTED):
        empty = {groups.key: pa.array([], pa.string()), groups.first_by: pa.array([], pa.float64())}
        pq.write_table(pa.table(empty), tmp_path / f"{groups.table}.parquet")
        with pytest.raises(NotFoundError, match=rf"no {groups.word} 'x'.*graphfraud ring --rejected"):
            group_of(Run(tmp_path), groups, "x")
