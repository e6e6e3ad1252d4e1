"""The lake: by key, idempotent, all or nothing, one writer beside many readers."""

import shutil
from pathlib import Path

import pyarrow as pa
import pytest

from graphfraud.errors import LeaseHeldError, StoreError
from graphfraud.store.lake import LakeStore
from graphfraud.store.lease import Lease
from tests.tables import Rows, day, people, reading_of

LOAN = {"loan_id": "l", "person_id": "anna", "principal": 500, "outstanding": 500, "opened_at": day(1)}


def rows(store: LakeStore, table: str) -> list[dict[str, object]]:
    found = store.scan(table, head=store.head()).to_table()
    return found.sort_by([(name, "ascending") for name in found.column_names[:1]]).to_pylist()


@pytest.fixture
def lake(tmp_path: Path) -> LakeStore:
    return LakeStore(tmp_path / "lake")


def load(lake: LakeStore, tables: Rows, **words: tuple[str, ...]) -> dict[str, tuple[int, int, int]]:
    with reading_of(tables) as reading:
        return {name: (w.added, w.replaced, w.unchanged) for name, w in lake.write(reading, **words).items()}


def test_an_empty_lake_has_an_empty_head_and_knows_nobody(lake: LakeStore) -> None:
    assert lake.head().sequence == 0
    assert len(lake.known().people) == 0
    assert not lake.known().loans_listed
    assert lake.scan("people", head=lake.head()).count_rows() == 0


def test_loading_twice_changes_nothing(lake: LakeStore) -> None:
    tables = {"people": people("anna", "bob"), "loans": [LOAN]}
    assert load(lake, tables) == {"people": (2, 0, 0), "loans": (1, 0, 0)}
    before = {path: path.read_bytes() for path in lake.home.rglob("*") if path.is_file()}
    assert load(lake, tables) == {"people": (0, 0, 2), "loans": (0, 0, 1)}
    assert {path: path.read_bytes() for path in lake.home.rglob("*") if path.is_file()} == before


def test_a_later_load_replaces_by_key_and_keeps_the_rest(lake: LakeStore) -> None:
    load(lake, {"people": people("anna", "bob")})
    changed = {"person_id": "bob", "registered_at": 0, "occupation": "student"}
    assert load(lake, {"people": [changed, *people("zed")]}) == {"people": (1, 1, 0)}
    assert [(row["person_id"], row["occupation"]) for row in rows(lake, "people")] == [
        ("anna", None),
        ("bob", "student"),
        ("zed", None),
    ]


def test_null_parts_of_a_key_are_one_key(lake: LakeStore) -> None:
    load(lake, {"loans": [LOAN]})
    assert load(lake, {"loans": [LOAN | {"outstanding": 100}]}) == {"loans": (0, 1, 0)}
    assert load(lake, {"loans": [LOAN | {"observed_at": day(2)}]}) == {"loans": (1, 0, 0)}
    assert sorted(row["outstanding"] for row in rows(lake, "loans")) == [100, 500]


def test_replace_drops_what_is_not_in_the_load(lake: LakeStore) -> None:
    load(lake, {"people": people("anna", "bob")})
    load(lake, {"people": people("zed")}, replace=("people",))
    assert [row["person_id"] for row in rows(lake, "people")] == ["zed"]


def test_a_table_can_be_replaced_by_nothing(lake: LakeStore) -> None:
    load(lake, {"people": people("anna"), "loans": [LOAN]})
    load(lake, {"loans": []}, replace=("loans",))
    assert rows(lake, "loans") == []
    assert not lake.known().loans_listed


def test_a_past_state_can_be_read_again(lake: LakeStore) -> None:
    load(lake, {"people": people("anna")})
    past = lake.head()
    load(lake, {"people": [{"person_id": "anna", "registered_at": 0, "occupation": "other"}]})
    assert lake.scan("people", head=past).to_table().column("occupation").to_pylist() == [None]
    assert lake.head_at(past.sequence) == past
    with pytest.raises(StoreError, match="no state 7"):
        lake.head_at(7)


def test_what_a_killed_load_committed_is_invisible_and_rolled_back(lake: LakeStore, tmp_path: Path) -> None:
    load(lake, {"people": people("anna")})
    head = tmp_path / "head.json"
    shutil.copy(lake.home / "heads" / "00000001.json", head)
    load(lake, {"people": people("bob"), "loans": [LOAN]})
    (lake.home / "heads" / "00000002.json").unlink()
    assert [row["person_id"] for row in rows(lake, "people")] == ["anna"]
    assert load(lake, {"people": people("zed")}) == {"people": (1, 0, 0)}
    assert [row["person_id"] for row in rows(lake, "people")] == ["anna", "zed"]
    assert rows(lake, "loans") == []


def test_one_writer_at_a_time(lake: LakeStore) -> None:
    with Lease(lake.home / "store.lease", purpose="a load"), pytest.raises(LeaseHeldError, match="under way"):
        load(lake, {"people": people("anna")})
    assert load(lake, {"people": people("anna")}) == {"people": (1, 0, 0)}


def test_a_damaged_head_is_an_error_with_a_cure(lake: LakeStore) -> None:
    load(lake, {"people": people("anna")})
    (lake.home / "heads" / "00000001.json").write_text("{")
    with pytest.raises(StoreError, match=r"damaged.*To cure it"):
        lake.head()


def test_a_missing_table_is_an_error_with_a_cure(lake: LakeStore) -> None:
    load(lake, {"people": people("anna")})
    shutil.rmtree(lake.home / "tables" / "people")
    with pytest.raises(StoreError, match=r"people cannot be read.*To cure it"):
        lake.known()


def test_sweeping_keeps_what_the_newest_state_needs(lake: LakeStore) -> None:
    for name in ("anna", "bob", "zed"):
        load(lake, {"people": [{"person_id": "anna", "registered_at": 0}, *people(name)][-1:]})
    lake.sweep()
    assert len(rows(lake, "people")) == 3


def test_rows_keep_their_types(lake: LakeStore) -> None:
    load(lake, {"logins": [{"person_id": "a", "device_id": "d", "at": day(1), "duration_s": 1.5, "actions": 3}]})
    found = lake.scan("logins", head=lake.head()).to_table()
    assert found.schema.field("at").type == pa.timestamp("us", tz="UTC")
    assert found.to_pylist()[0]["duration_s"] == 1.5
