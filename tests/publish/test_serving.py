"""Serving files: equal bytes for equal tables, and a clear word about tables that do not fit."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphfraud.errors import RunError
from graphfraud.features.catalogue import CATALOGUE
from graphfraud.publish.serving import write_serving
from tests.serve.published import Sketch, numbered, write_tables

SLOT = 3
NAME = CATALOGUE[SLOT].name


def serving_bytes(run: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((run / "serving").iterdir())}


def built(run: Path, sketch: Sketch) -> dict[str, bytes]:
    write_tables(run, sketch)
    write_serving(run)
    return serving_bytes(run)


def test_equal_tables_give_equal_bytes_however_they_are_cut(tmp_path: Path) -> None:
    whole = built(tmp_path / "whole", Sketch())
    assert whole == built(tmp_path / "cut", numbered(1, groups=2))
    assert whole == built(tmp_path / "again", Sketch())
    assert whole["people.arrow"] != built(tmp_path / "other", numbered(2))["people.arrow"]


def test_rows_of_ring_tables_may_come_in_any_order(tmp_path: Path) -> None:
    straight = built(tmp_path / "straight", Sketch())
    run = tmp_path / "turned"
    write_tables(run, Sketch())
    for name in ("ring_members", "ring_evidence"):
        table = pq.read_table(run / f"{name}.parquet")
        pq.write_table(table.take(np.arange(len(table))[::-1]), run / f"{name}.parquet")
    write_serving(run)
    assert serving_bytes(run) == straight


def test_written_twice_is_written_once(tmp_path: Path) -> None:
    first = built(tmp_path / "run", Sketch())
    write_serving(tmp_path / "run")
    assert serving_bytes(tmp_path / "run") == first


def test_files_hold_one_uncompressed_batch_each(tmp_path: Path) -> None:
    built(tmp_path / "run", numbered(1, groups=2))
    for path in (tmp_path / "run" / "serving").glob("*.arrow"):
        with pa.memory_map(str(path)) as mapped:
            before = pa.total_allocated_bytes()
            batches = pa.ipc.open_file(mapped)
            batch = batches.get_batch(0)
            assert batches.num_record_batches == 1
            assert pa.total_allocated_bytes() - before < 4_096  # mapped, not read
            del batch


def test_a_run_of_nobody_is_served_too(tmp_path: Path) -> None:
    built(tmp_path / "run", Sketch(people=(), rings=0))


def change(name: str, edit: Callable[[pa.Table], pa.Table]) -> Callable[[Path], None]:
    def apply(run: Path) -> None:
        path = run / f"{name}.parquet"
        pq.write_table(edit(pq.read_table(path)), path)

    return apply


def with_values(name: str, values: list[float] | list[str]) -> Callable[[pa.Table], pa.Table]:
    return lambda table: table.set_column(table.schema.get_field_index(name), name, pa.array(values))


FLOAT = next(feature.name for feature in CATALOGUE if feature.dtype == "float")
COUNT = len(Sketch().people)
BAD: dict[str, tuple[Callable[[Path], None], str]] = {
    "absent": (lambda run: (run / "debt.parquet").unlink(), "debt.parquet: the table cannot be read"),
    "not Parquet": (lambda run: (run / "rings.parquet").write_bytes(b"no"), "rings.parquet: the table cannot be read"),
    "no feature": (change("features", lambda t: t.drop_columns([NAME])), f"no column {NAME}"),
    "no limit": (change("scores", lambda t: t.drop_columns(["limit_cny"])), "no column limit_cny"),
    "no role": (change("ring_members", lambda t: t.drop_columns(["role"])), "no column role"),
    "unsorted": (change("features", lambda t: t.take(list(range(len(t)))[::-1])), "does not rise strictly"),
    "twice": (change("features", lambda t: pa.concat_tables([t.slice(0, 1), t])), "does not rise strictly"),
    "infinite": (change("features", with_values(FLOAT, [float("inf")] * COUNT)), f"{FLOAT} holds a value"),
    "no number": (change("features", with_values(FLOAT, [float("nan")] * COUNT)), f"{FLOAT} holds a value"),
    "not exact": (change("features", with_values(NAME, [2**53] * COUNT)), f"{NAME} holds a value"),
    "stranger scored": (
        change("scores", lambda t: t.set_column(0, "person_id", pa.array(["zz", *t["person_id"].to_pylist()[1:]]))),
        "1 rows repeat an id or name one",
    ),
    "scored twice": (change("scores", lambda t: pa.concat_tables([t, t.slice(0, 1)])), "1 rows repeat an id"),
    "two cards": (
        change("scores", with_values("card_version", ["a", *["b"] * (COUNT - 2)])),
        "scored by more than one card",
    ),
    "member of no ring": (change("rings", lambda t: t.slice(1)), "3 rows repeat an id or name one"),
    "ring twice": (change("rings", lambda t: pa.concat_tables([t, t.slice(0, 1)])), "two rings of one id"),
}


@pytest.mark.parametrize("case", BAD)
def test_tables_that_do_not_fit_are_refused(tmp_path: Path, case: str) -> None:
    spoil, message = BAD[case]
    write_tables(tmp_path / "run", Sketch())
    spoil(tmp_path / "run")
    with pytest.raises(RunError) as refused:
        write_serving(tmp_path / "run")
    assert message in str(refused.value)


def test_the_largest_exact_whole_number_passes(tmp_path: Path) -> None:
    write_tables(tmp_path / "run", Sketch())
    change("features", with_values(NAME, [2**53 - 1] * COUNT))(tmp_path / "run")
    write_serving(tmp_path / "run")
