"""A snapshot as a directory of uncompressed Arrow files, mapped back into memory without a copy."""

import json
from pathlib import Path

import pyarrow as pa

from graphfraud.snapshot.graph import Relation, Snapshot
from graphfraud.store.durable import write_file


def save(snapshot: Snapshot, directory: Path) -> None:
    """Write a snapshot; the file ``snapshot.json`` comes last, so without it the directory is unfinished."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, ids in snapshot.ids.items():
        _write(directory / f"ids-{name}.arrow", pa.table({"id": ids}))
    for name, relation in snapshot.relations.items():
        _write(directory / f"relation-{name}.arrow", pa.table(dict(relation.columns)))
    content = {"as_of": snapshot.as_of, "ids": list(snapshot.ids), "relations": list(snapshot.relations)}
    write_file(directory / "snapshot.json", json.dumps(content).encode())


def restore(directory: Path) -> Snapshot:
    """The snapshot in a directory; only for one that was finished."""
    content = json.loads((directory / "snapshot.json").read_bytes())
    return Snapshot(
        as_of=content["as_of"],
        ids={name: _read(directory / f"ids-{name}.arrow").column("id").chunk(0) for name in content["ids"]},
        relations={name: _relation(directory, name) for name in content["relations"]},
    )


def _relation(directory: Path, name: str) -> Relation:
    rows = _read(directory / f"relation-{name}.arrow")
    return Relation(name, {column: rows.column(column).chunk(0).to_numpy() for column in rows.column_names})


def _write(path: Path, rows: pa.Table) -> None:
    batch = rows.combine_chunks().to_batches()
    empty = pa.RecordBatch.from_pylist([], schema=rows.schema)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, rows.schema) as writer:
        writer.write_batch(batch[0] if batch else empty)


def _read(path: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()
