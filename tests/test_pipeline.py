"""The night: the same bytes whatever the order, the split, the repeats or the threads; nothing from the future."""

import csv
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from graphfraud.errors import LeaseHeldError
from graphfraud.loading import LoadOptions, load_once
from graphfraud.pipeline import STAGES, Night, Published, nightly
from graphfraud.publish.manifest import TABLES, Cost
from graphfraud.publish.runs import Runs
from graphfraud.settings import DAY_US
from graphfraud.snapshot.build import Resources
from graphfraud.store.lake import LakeStore
from graphfraud.store.lease import Lease
from tests.conftest import KEY, WORLD_AS_OF


def night(data: Path, home: Path, *, as_of: int = WORLD_AS_OF, threads: int = 2, labels: bool = True) -> Published:
    """Load a directory into a lake of its own and run a night on it."""
    store, resources = LakeStore(home / "store"), Resources(threads=threads, memory_mb=600)
    options = LoadOptions(data, KEY, max_rejects=0.05)
    loaded = load_once(store, options, home=home / "runs" / "load", resources=resources)
    wanted = Night(as_of, labels=labels, resources=resources)
    return nightly(store, Runs(home / "runs"), wanted, rejects=loaded.rejects)


def digests(published: Published) -> dict[str, str]:
    found: dict[str, str] = published.run.manifest["digests"]["tables"]
    return found


@pytest.fixture(scope="module")
def first(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Published:
    return night(world, tmp_path_factory.mktemp("first"))


def test_a_run_has_every_table_of_the_contract(first: Published) -> None:
    assert {path.stem for path in first.run.path.glob("*.parquet")} == {*TABLES, "rejects"}
    manifest = first.run.manifest
    assert set(manifest["stages"]) == set(STAGES)
    assert manifest["as_of"] == "2026-02-01T00:00:00Z"
    assert first.run.run_id.startswith("20260201T000000Z-")
    assert manifest["rows"]["features"] == manifest["rows"]["scores"] == manifest["rows"]["debt"]
    assert set(manifest["fairness"]["occupation"]) <= {"salaried", "self_employed", "student", "other", "unknown"}
    assert (first.current, first.repeated) == (True, False)


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("features", {"person_id", "friends"}),
        ("rings", {"ring_id", "size", "kind", "score", "p_value", "first_seen_at", "reasons", "lenders_open", "outstanding", "stacking"}),
        ("ring_members", {"ring_id", "person_id", "role", "score"}),
        ("ring_evidence", {"ring_id", "source_id", "source_label", "relationship", "target_id", "target_label", "weight", "at"}),
        ("debt", {"person_id", "lenders_open", "outstanding", "stacking", "exposure_to_others", "default_probability", "impact", "top_path"}),
        ("scores", {"person_id", "score", "social", "payment", "credit", "device", "tier", "limit_cny", "daily_rate", "irr_annual", "decision", "reasons"}),
        ("reason_evidence", {"person_id", "code", "relationship", "party_id", "party_label", "at"}),
        ("alerts", {"alert_id", "target_kind", "target_id", "severity", "reasons", "first_seen_at"}),
    ],
)  # fmt: skip
def test_tables_have_the_columns_of_the_contract(first: Published, table: str, columns: set[str]) -> None:
    assert columns <= set(pq.read_schema(first.run.table(table)).names)


def test_no_offer_leaves_its_band_or_the_rate_bound(first: Published) -> None:
    bands = {"new": (500, 5_000, 0.0003, 0.0005), "active": (5_000, 30_000, 0.0002, 0.0004), "premium": (30_000, 300_000, 0.00015, 0.0003)}  # fmt: skip
    for row in pq.read_table(first.run.table("scores")).to_pylist():
        if row["tier"] == "none":
            assert (row["limit_cny"], row["daily_rate"]) == (0, None)
            continue
        least, most, cheapest, dearest = bands[row["tier"]]
        assert least <= row["limit_cny"] <= most
        assert cheapest <= row["daily_rate"] <= dearest
        assert 0 < row["irr_annual"] <= 0.24
        assert len(row["reasons"]) <= 4


def shuffled(source: Path, out: Path) -> None:
    """Rows in another order."""
    for path in source.glob("*.parquet"):
        rows = pq.read_table(path)
        order = list(range(len(rows)))
        random.Random(5).shuffle(order)
        pq.write_table(rows.take(order), out / path.name)


def split(source: Path, out: Path) -> None:
    """Each table in three files, in two formats."""
    for path in source.glob("*.parquet"):
        rows, third = pq.read_table(path), None
        third = len(rows) // 3
        pq.write_table(rows.slice(0, third), out / f"{path.stem}-1.parquet")
        pq.write_table(rows.slice(third, third), out / f"{path.stem}-2.parquet")
        as_csv(rows.slice(2 * third), out / f"{path.stem}-3.csv")


def doubled(source: Path, out: Path) -> None:
    """Every row twice."""
    for path in source.glob("*.parquet"):
        rows = pq.read_table(path)
        pq.write_table(pa.concat_tables([rows, rows]), out / path.name)


def as_csv(rows: pa.Table, path: Path) -> None:
    for number, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type):
            text = pa.compute.strftime(rows.column(number), "%Y-%m-%dT%H:%M:%SZ")
            rows = rows.set_column(number, field.name, text)
    pa_csv.write_csv(rows, path)


@pytest.mark.parametrize("change", [shuffled, split, doubled])
def test_the_same_rows_give_the_same_bytes(
    change: Callable[[Path, Path], None], world: Path, first: Published, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    change(world, data)
    again = night(data, tmp_path)
    assert digests(again) == digests(first)
    assert again.run.run_id == first.run.run_id


def test_one_thread_gives_the_same_bytes(world: Path, first: Published, tmp_path: Path) -> None:
    assert digests(night(world, tmp_path, threads=1)) == digests(first)


def test_rows_after_the_as_of_change_nothing(world: Path, first: Published, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(world, data)
    person = pq.read_table(world / "people.parquet").column("person_id")[0].as_py()
    later = "2026-03-05T10:00:00Z"
    more = {
        "people": {"person_id": "later", "registered_at": later},
        "devices": {"device_id": "later-device", "model": "later-model"},
        "logins": {"person_id": person, "device_id": "later-device", "ip": "later-ip", "at": later},
        "payments": {"payment_id": "later", "payer_id": person, "payee_id": "later-shop", "payee_kind": "merchant", "amount": "5.00", "at": later},
        "labels": {"person_id": person, "label": "fraud", "at": later},
        "loans": {"loan_id": "later", "person_id": person, "principal": "9.00", "outstanding": "9.00", "opened_at": later, "observed_at": later},
        "guarantees": {"guarantor_id": person, "loan_id": "later", "at": later},
        "identifiers": {"person_id": person, "kind": "phone", "value": "13800000000", "since": later},
        "reports": {"reporter_id": "later", "person_id": person, "at": later},
    }  # fmt: skip
    for table, row in more.items():
        with (data / f"{table}-2.csv").open("w", newline="") as stream:
            writer = csv.DictWriter(stream, row)
            writer.writeheader()
            writer.writerow(row)
    again = night(data, tmp_path)
    assert digests(again) == digests(first)
    assert again.run.run_id == first.run.run_id


def test_labels_can_be_left_out(world: Path, first: Published, tmp_path: Path) -> None:
    without = night(world, tmp_path, labels=False)
    assert without.run.run_id != first.run.run_id
    ranks = pq.read_table(without.run.table("features"), columns=["fraud_pagerank"]).column(0)
    assert ranks.null_count == len(ranks)


def test_the_same_night_again_computes_nothing(world: Path, tmp_path: Path) -> None:
    one = night(world, tmp_path)
    two = night(world, tmp_path)
    assert (two.repeated, two.run.run_id) == (True, one.run.run_id)


def test_the_next_night_knows_its_parent_and_an_older_one_does_not_become_current(world: Path, tmp_path: Path) -> None:
    one = night(world, tmp_path)
    two = night(world, tmp_path, as_of=WORLD_AS_OF + DAY_US)
    assert two.run.manifest["parent_run"] == one.run.run_id
    names = {run: set(pq.read_table(run.table("rings")).column("ring_id").to_pylist()) for run in (one.run, two.run)}
    assert names[one.run] == names[two.run]
    old = night(world, tmp_path, as_of=WORLD_AS_OF - 30 * DAY_US)
    assert old.current is False
    current = Runs(tmp_path / "runs").must_have_current()
    assert current.run_id == two.run.run_id


def test_a_second_night_at_the_same_time_is_refused(world: Path, tmp_path: Path) -> None:
    with Lease(tmp_path / "runs" / "night.lease", purpose="a night"), pytest.raises(LeaseHeldError, match="a night"):
        night(world, tmp_path)


class StopAfter:
    """An observer that ends the night after a stage, as a kill would."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        self.done: list[tuple[str, bool]] = []

    def started(self, stage: str) -> None:
        """Nothing to see."""

    def finished(self, stage: str, cost: Cost, *, resumed: bool) -> None:
        assert cost.seconds >= 0
        self.done.append((stage, resumed))
        if stage == self.stage:
            raise KeyboardInterrupt


@pytest.mark.parametrize("stage", STAGES)
def test_a_night_goes_on_where_it_stopped(stage: str, world_store: LakeStore, first: Published, tmp_path: Path) -> None:
    runs, wanted = Runs(tmp_path / "runs"), Night(WORLD_AS_OF, resources=Resources(2, 600))
    with pytest.raises(KeyboardInterrupt):
        nightly(world_store, runs, wanted, observer=StopAfter(stage))
    assert runs.current() is None
    seen = StopAfter("none")
    published = nightly(world_store, runs, wanted, observer=seen)
    before = STAGES[: STAGES.index(stage) + 1]
    assert seen.done == [(name, name in before) for name in STAGES]
    assert digests(published) == digests(first)
    assert not list(runs.home.glob(".building-*"))


def test_sweeping_removes_only_old_runs_beyond_those_kept(world: Path, tmp_path: Path) -> None:
    import os

    made = [night(world, tmp_path, as_of=WORLD_AS_OF + n * DAY_US).run for n in range(4)]
    runs = Runs(tmp_path / "runs")
    for run in made[:3]:
        os.utime(run.path, (0, 0))
    assert runs.sweep(keep=1, retention_days=90) == [made[0].run_id, made[1].run_id]
    assert [run.run_id for run in runs.all()] == [made[2].run_id, made[3].run_id]
    assert json.loads((runs.home / "current" / "manifest.json").read_bytes())["run_id"] == made[3].run_id
