"""A person taken out of the published runs: each run that names them is made anew, beside the old one."""

import json
import re
import shutil
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphfraud.debt.stacking import GROUP_COLUMNS
from graphfraud.forgetting.naming import GONE, pattern
from graphfraud.forgetting.search import holds, table_names
from graphfraud.publish.manifest import TABLES
from graphfraud.publish.relations import write_relations_without
from graphfraud.publish.runs import BUILDING, Run, Runs
from graphfraud.publish.serving import write_serving
from graphfraud.publish.tables import file_digest, write_table
from graphfraud.store.durable import sync_directory, sync_tree

PEOPLE_COLUMNS: Final = ("person_id", "source_id", "target_id", "party_id")
"""Columns whose rows go with the person; elsewhere the id is taken out of the text."""
_OLD: Final = ".swept-"


def redact_runs(runs: Runs, person_id: str) -> int:
    """How many runs were made anew; unfinished nights go, since they hold the person too."""
    for path in [*runs.home.glob(f"{BUILDING}*"), *runs.home.glob(f"{_OLD}*")]:
        shutil.rmtree(path)
    for path in [*runs.home.glob("*.parquet"), *runs.home.glob("load/*.parquet")]:  # rejects of loads and of the desk
        _redact_file(path, path, person_id)
    return sum(_redact_run(run, person_id) for run in runs.all())


def _redact_run(run: Run, person_id: str) -> bool:
    tables = [*(f"{name}.parquet" for name in TABLES), "rejects.parquet"]
    found = [name for name in tables if (run.path / name).exists() and _names(run.path / name, person_id)]
    if not found:
        return False
    fresh = run.path.with_name(f"{BUILDING}forget-{run.run_id}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    row = _row_of(run.path, person_id)
    for path in run.path.iterdir():
        if path.is_file() and path.name not in found:
            shutil.copy2(path, fresh / path.name)
    for name in found:
        _redact_file(run.path / name, fresh / name, person_id)
    _mend_sizes(fresh)
    if row is not None:
        write_relations_without(run.path, fresh, row)
    else:
        shutil.copytree(run.path / "serving", fresh / "serving")
    write_serving(fresh)
    _mend_manifest(fresh)
    _exchange(run.path, fresh)
    return True


def _exchange(old: Path, fresh: Path) -> None:
    """Put the new directory in the place of the old one; who has the old one open keeps it to the end."""
    sync_tree(fresh)
    gone = old.with_name(f"{_OLD}{old.name}")
    old.rename(gone)
    fresh.rename(old)
    sync_directory(old.parent)
    shutil.rmtree(gone)


def _redact_file(source: Path, target: Path, person_id: str) -> None:
    table = pq.read_table(source)
    if not table_names(table, person_id):
        if source != target:
            shutil.copy2(source, target)
        return
    write_table(redacted(table, person_id), target)


def redacted(table: pa.Table, person_id: str) -> pa.Table:
    """The table without the rows of a person, and without their id in what is said of others."""
    for name in PEOPLE_COLUMNS:
        if name in table.column_names:
            table = table.filter(pc.fill_null(pc.not_equal(table.column(name), person_id), True))
    if "value" in table.column_names:  # of rejects
        table = table.filter(pc.invert(pc.fill_null(pc.equal(table.column("value"), person_id), False)))
    for place, name in enumerate(table.column_names):
        column = table.column(name)
        if holds(column, person_id):
            clean = [_without(value, person_id) for value in column.to_pylist()]
            table = table.set_column(place, table.schema.field(name), pa.chunked_array([clean], column.type))
    return table


def _without(value: Any, person_id: str) -> Any:
    if isinstance(value, str):
        return re.sub(pattern(person_id), rf"\1{GONE}\2", value)
    if isinstance(value, dict):
        return {name: _without(part, person_id) for name, part in value.items()}
    return [_without(part, person_id) for part in value] if isinstance(value, list) else value


def _names(path: Path, person_id: str) -> bool:
    return table_names(pq.read_table(path), person_id)


def _row_of(run: Path, person_id: str) -> int | None:
    ids = pq.read_table(run / "features.parquet", columns=["person_id"]).column("person_id")
    place: int = pc.index(ids, person_id).as_py()
    return None if place < 0 else place


def _mend_sizes(run: Path) -> None:
    """Rings have as many members as are left."""
    rings, members = pq.read_table(run / "rings.parquet"), pq.read_table(run / "ring_members.parquet")
    counts = {row["values"]: row["counts"] for row in members.column("ring_id").value_counts().to_pylist()}
    sizes = pa.array([counts.get(ring, 0) for ring in rings.column("ring_id").to_pylist()])
    if sizes != rings.column("size").combine_chunks().cast(sizes.type):
        place = rings.column_names.index("size")
        field = rings.schema.field("size")
        write_table(_untold(rings, sizes).set_column(place, field, sizes.cast(field.type)), run / "rings.parquet")


def _untold(rings: pa.Table, sizes: pa.Array) -> pa.Table:
    """What a ring owes would tell what the forgotten member owed, as the others' debts are known: it goes with them."""
    same = pc.equal(rings.column("size"), sizes.cast(rings.schema.field("size").type))
    for name in sorted({*GROUP_COLUMNS} & set(rings.column_names)):
        place = rings.column_names.index(name)
        kept = pc.if_else(same, rings.column(name), pa.scalar(None, rings.schema.field(name).type))
        rings = rings.set_column(place, rings.schema.field(name), kept)
    return rings


def _mend_manifest(run: Path) -> None:
    path = run / "manifest.json"
    content = json.loads(path.read_bytes())
    tables = [run / f"{name}.parquet" for name in TABLES if (run / f"{name}.parquet").exists()]
    content["digests"]["tables"] = {table.stem: file_digest(table) for table in tables}
    content["rows"] = {table.stem: pq.read_metadata(table).num_rows for table in tables}
    content["forgotten"] = content.get("forgotten", 0) + 1
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
