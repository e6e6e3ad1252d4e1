"""Serving files: what the service memory-maps, made once from the tables of a run.

RUN/serving/ holds uncompressed Arrow files of one record batch each, and one small JSON:

people.arrow    person_id, ascending by bytes; token, 16 bytes that stand for the person in the
                audit log; features, a fixed list of float64 in the order of the catalogue,
                NaN where missing; the rows of the person in scores and in debt, -1 where
                there is none
index.arrow     hash, the xxh3-64 of every id's bytes, ascending; row in people.arrow
standing.arrow  what decisions need to know beside features, in the order of people
scores.arrow, debt.arrow    the published columns without person_id, strings as dictionaries
grounds.arrow   what reasons rest on, by the row of the person in people.arrow
rings.arrow     rings by falling score, then id; where their members and evidence lie; by_id,
                the rows in the order of the ids
members.arrow, evidence.arrow    the published rows, ring after ring
catalogue.json  format, model_version, and the catalogue the features were made by

Equal tables give equal bytes.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xxhash

from graphfraud.errors import RunError
from graphfraud.features.catalogue import CATALOGUE, Feature

FORMAT: Final = 2
"""A view opens only files of its own format."""
FOLDER: Final = "serving"
TOKEN_BYTES: Final = 16
TOKEN_LABEL: Final = b"graphfraud person 1\0"
BLOCK_ROWS: Final = 65_536
EXACT: Final = 2**53 - 1
"""Whole numbers beyond this are not exact as float64, nor in JSON."""
REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    "features": ("person_id", *(feature.name for feature in CATALOGUE)),
    "scores": (
        *("person_id", "score", "social", "payment", "credit", "device", "tier", "limit_cny", "daily_rate"),
        *("irr_annual", "decision", "reasons", "card_version"),
    ),
    "debt": (
        *("person_id", "lenders_open", "outstanding", "stacking", "exposure_to_others", "default_probability"),
        *("impact", "top_path"),
    ),
    "reason_evidence": ("person_id", "code", "relationship", "party_id", "party_label", "at"),
    "standing": ("person_id", "birth_date", "id_verified", "face_verified", "consents", "devices", "ring_score"),
    "rings": ("ring_id", "size", "kind", "score", "p_value", "first_seen_at", "reasons"),
    "ring_members": ("ring_id", "person_id", "role", "score"),
    "ring_evidence": (
        *("ring_id", "source_id", "source_label", "relationship", "target_id", "target_label"),
        "weight",
    ),
}
"""Columns without which a table cannot be served."""
MEMBER_ORDER: Final = (("score", "descending"), ("person_id", "ascending"))
EVIDENCE_ORDER: Final = tuple(
    (name, "ascending")
    for name in ("source_label", "source_id", "relationship", "target_label", "target_id", "at", "weight")
)


def write_serving(run: Path) -> None:
    """Make ``run/serving`` from the Parquet tables of ``run``; the manifest is not needed yet.

    Raises:
        RunError: a table is absent, out of order, names an unknown person or ring, or
            holds a feature value that the files cannot carry.

    Cost: one pass over the tables; memory of people by features by 8 bytes.
    """
    folder = run / FOLDER
    folder.mkdir(exist_ok=True)
    ids, matrix = _people(run / "features.parquet")
    columns: dict[str, pa.Array] = {"person_id": ids, "token": _tokens(ids), "features": matrix}
    for name in ("scores", "debt"):
        path = run / f"{name}.parquet"
        table = _compact_table(path)
        columns[f"{name}_row"] = _rows_of(ids, table.column("person_id"), path)
        write_batch(folder / f"{name}.arrow", table.drop_columns(["person_id"]))
    write_batch(folder / "people.arrow", pa.table(columns))
    write_batch(folder / "index.arrow", _index(ids))
    _write_standing(run / "standing.parquet", ids, folder)
    _write_grounds(run / "reason_evidence.parquet", ids, folder)
    _write_rings(run, folder)
    (folder / "catalogue.json").write_bytes(_catalogue(run / "scores.parquet"))


def _write_standing(path: Path, ids: pa.Array, folder: Path) -> None:
    """What decisions need to know beside features, a row a person in the order of people; no file without the table."""
    if not path.exists():
        return
    table = _read(path)
    rows = _rows_of(ids, table.column("person_id"), path)
    ordered = table.take(rows).drop_columns(["person_id"])
    write_batch(
        folder / "standing.arrow",
        pa.table({name: _compact(_one(ordered.column(name))) for name in ordered.column_names}),
    )


def _write_grounds(path: Path, ids: pa.Array, folder: Path) -> None:
    """What reasons rest on, person after person; no file without the table."""
    if not path.exists():
        return
    table = _read(path)
    row = _rows_of(ids, table.column("person_id"), path, back=True)
    order = np.argsort(row.to_numpy(), kind="stable")
    rest = table.drop_columns(["person_id"]).take(order)
    columns = {name: _compact(_one(rest.column(name))) for name in rest.column_names}
    write_batch(folder / "grounds.arrow", pa.table({"row": row.take(pa.array(order)), **columns}))


def catalogue_digest(catalogue: tuple[Feature, ...] = CATALOGUE) -> str:
    """SHA-256 over every entry: two runs with the same digest mean the same by each name."""
    entries = [asdict(feature) for feature in catalogue]
    return hashlib.sha256(msgspec.json.encode(entries, order="sorted")).hexdigest()


def _catalogue(scores: Path) -> bytes:
    versions = _open(scores).read(columns=["card_version"]).column(0).unique().to_pylist()
    if len(versions) > 1:
        raise _damaged("scored by more than one card", scores)
    content = {
        "format": FORMAT,
        "model_version": f"{versions[0] if versions else 'none'}+{catalogue_digest()[:12]}",
        "features": [asdict(feature) for feature in CATALOGUE],
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"


# people and their features


def _people(path: Path) -> tuple[pa.Array, pa.Array]:
    """Ids, and one row of the feature matrix for each."""
    file = _open(path)
    matrix = np.empty((file.metadata.num_rows, len(CATALOGUE)), np.float64)
    ids: list[pa.Array] = []
    start = 0
    for batch in file.iter_batches(BLOCK_ROWS):
        stop = start + batch.num_rows
        for slot, feature in enumerate(CATALOGUE):
            matrix[start:stop, slot] = _values(batch.column(feature.name), feature, path)
        ids.append(batch.column("person_id").cast(pa.large_string()))
        start = stop
    person_id = _one(pa.chunked_array(ids, pa.large_string()))
    _check_order(person_id, path)
    return person_id, pa.FixedSizeListArray.from_arrays(pa.array(matrix.reshape(-1)), len(CATALOGUE))


def _values(column: pa.Array, feature: Feature, path: Path) -> npt.NDArray[np.float64]:
    """One feature of a block as float64, NaN where null."""
    whole = column.cast(pa.int8()) if pa.types.is_boolean(column.type) else column
    values = whole.cast(pa.float64(), safe=False)
    known = np.abs(values.drop_null().to_numpy(zero_copy_only=False))
    limit = np.finfo(np.float64).max if feature.dtype == "float" else EXACT
    if not (known <= limit).all():
        raise RunError(
            f"{feature.name} holds a value that is infinite, not a number or too large",
            where=str(path),
            cure="correct the feature; null says missing",
        )
    found: npt.NDArray[np.float64] = pc.fill_null(values, np.nan).to_numpy(zero_copy_only=False)
    return found


def _check_order(ids: pa.Array, path: Path) -> None:
    if ids.null_count or not pc.all(pc.less(ids[:-1], ids[1:]), min_count=0).as_py():
        raise _damaged("person_id does not rise strictly", path)


def _index(ids: pa.Array) -> pa.Table:
    """Every id's hash with its row, by hash, then row."""
    hashes = np.empty(len(ids), np.uint64)
    keys = ids.cast(pa.large_binary())
    for start in range(0, len(ids), BLOCK_ROWS):
        block = keys.slice(start, BLOCK_ROWS)
        hashes[start : start + len(block)] = np.fromiter(
            map(xxhash.xxh3_64_intdigest, block.to_pylist()), np.uint64, len(block)
        )
    order = np.argsort(hashes, kind="stable")
    return pa.table({"hash": pa.array(hashes[order]), "row": pa.array(order.astype(np.uint32))})


def person_token(person_id: str) -> bytes:
    """What stands for a person in the audit log and in a tombstone: 16 bytes from which no id can be read.

    >>> person_token("anna").hex()
    '72dba1daf0f32ecda666ecbdb19171f4'
    """
    return hashlib.sha256(TOKEN_LABEL + person_id.encode()).digest()[:TOKEN_BYTES]


def person_tokens(person_ids: Iterable[str]) -> str:
    """Tokens of many people in hex, one after the other, as the audit log has them."""
    return b"".join(map(person_token, person_ids)).hex()


def _tokens(ids: pa.Array) -> pa.Array:
    whole = b"".join(map(person_token, ids.to_pylist()))
    return pa.Array.from_buffers(pa.binary(TOKEN_BYTES), len(ids), [None, pa.py_buffer(whole)])


# rings


def _write_rings(run: Path, folder: Path) -> None:
    rings = _read(run / "rings.parquet")
    ranked = rings.take(pc.sort_indices(rings, [("score", "descending"), ("ring_id", "ascending")]))
    ids = _one(ranked.column("ring_id")).cast(pa.large_string())
    if len(ids.unique()) != len(ids):
        raise _damaged("two rings of one id", run / "rings.parquet")
    columns = {name: _compact(_one(ranked.column(name))) for name in ranked.column_names if name != "ring_id"}
    columns["ring_id"] = ids
    columns["by_id"] = pc.sort_indices(ids).cast(pa.int32())
    for name, order in (("members", MEMBER_ORDER), ("evidence", EVIDENCE_ORDER)):
        path = run / f"ring_{name}.parquet"
        rows, bounds = _grouped(path, ids, order)
        columns[f"{name}_from"], columns[f"{name}_to"] = pa.array(bounds[:-1]), pa.array(bounds[1:])
        write_batch(folder / f"{name}.arrow", rows)
    write_batch(folder / "rings.arrow", pa.table(columns))


def _grouped(
    path: Path, ring_ids: pa.Array, order: tuple[tuple[str, str], ...]
) -> tuple[pa.Table, npt.NDArray[np.int64]]:
    """Rows ring after ring without the ring's id, and where each ring's rows begin and the last ends."""
    table = _read(path)
    ranks = _rows_of(ring_ids, table.column("ring_id"), path, back=True)
    keyed = table.drop_columns(["ring_id"]).append_column("rank", ranks)
    known = [("rank", "ascending"), *(key for key in order if key[0] in table.column_names)]
    rows = keyed.take(pc.sort_indices(keyed, known))
    bounds = np.searchsorted(rows.column("rank").to_numpy(), np.arange(len(ring_ids) + 1)).astype(np.int64)
    kept = rows.drop_columns(["rank"])
    return pa.table({name: _compact(_one(kept.column(name))) for name in kept.column_names}), bounds


# files and columns


def _rows_of(ids: pa.Array, named: pa.ChunkedArray, path: Path, *, back: bool = False) -> pa.Array:
    """For each id its row in ``named``, -1 if it has none; or ``back``, for each name the row of its id."""
    asked, keys = ids, _one(named).cast(pa.large_string())
    if back:
        asked, keys = keys, ids
    rows = pc.index_in(asked, value_set=keys)
    strangers = rows.null_count if back else len(keys) - (len(rows) - rows.null_count)
    if strangers:
        raise _damaged(f"{strangers} rows repeat an id or name one that the run does not know", path)
    return pc.fill_null(rows.cast(pa.int64()), -1)


def _compact_table(path: Path) -> pa.Table:
    """A table whose strings, but for person_id, are dictionaries; block by block, so that it fits."""
    file = _open(path)
    names = file.schema_arrow.names
    blocks: dict[str, list[pa.Array]] = {name: [] for name in names}
    for batch in file.iter_batches(BLOCK_ROWS):
        for name in names:
            column = batch.column(name)
            blocks[name].append(column if name == "person_id" else _compact(column))
    if not file.metadata.num_rows:
        return pa.table({name: _compact(pa.array([], file.schema_arrow.field(name).type)) for name in names})
    return pa.table({name: _one(pa.chunked_array(parts).unify_dictionaries()) for name, parts in blocks.items()})


def _compact(column: pa.Array) -> pa.Array:
    """The same values, strings as dictionaries, and one content in one form: zero under every null."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _compact(column.dictionary_decode())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        encoded = column.cast(pa.large_string()).dictionary_encode()
        return pa.DictionaryArray.from_arrays(_zero_under_null(encoded.indices), encoded.dictionary)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
        bounds = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
        return pa.LargeListArray.from_arrays(pa.array(bounds), _compact(column.flatten()))
    if pa.types.is_struct(kind):
        return pa.StructArray.from_arrays([_compact(part) for part in column.flatten()], names=list(kind.names))
    return _zero_under_null(column)


def _zero_under_null(column: pa.Array) -> pa.Array:
    if not column.null_count or pa.types.is_null(column.type):
        return column
    plain = pa.int32() if pa.types.is_date32(column.type) else pa.int64()
    zero = pa.scalar(False) if pa.types.is_boolean(column.type) else pa.scalar(0, plain).cast(column.type)
    filled = pc.fill_null(column, zero)
    known = pa.concat_arrays([pc.is_valid(column)])
    return pa.Array.from_buffers(column.type, len(column), [known.buffers()[1], *filled.buffers()[1:]])


def _one(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    return combined if isinstance(combined, pa.Array) else pa.concat_arrays(combined.chunks)


def _open(path: Path) -> pq.ParquetFile:
    try:
        file = pq.ParquetFile(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise _damaged("the table cannot be read", path) from error
    absent = [name for name in REQUIRED[path.stem] if name not in file.schema_arrow.names]
    if absent:
        raise _damaged(f"no column {', '.join(absent)}", path)
    return file


def _read(path: Path) -> pa.Table:
    return _open(path).read()


def write_batch(path: Path, table: pa.Table) -> None:
    """A table as one uncompressed record batch."""
    batch = pa.RecordBatch.from_arrays([_one(column) for column in table.columns], names=table.column_names)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as writer:
        writer.write_batch(batch)


def _damaged(what: str, path: Path) -> RunError:
    return RunError(what, where=str(path), cure="run the night again")
