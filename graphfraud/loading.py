"""Loading a directory of tables into the store, with its rejects; a load already done is not done again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from graphfraud.errors import UsageError
from graphfraud.moments import epoch_us
from graphfraud.publish.tables import write_table
from graphfraud.snapshot.build import Resources
from graphfraud.sources.directory import read_directory
from graphfraud.sources.pseudonym import PseudonymKey
from graphfraud.sources.reading import REJECT_SCHEMA, Known, Reading, RejectedTablesError
from graphfraud.store.base import Store, Written
from graphfraud.store.durable import write_file
from graphfraud.store.opening import driver_needed


@dataclass(frozen=True)
class LoadOptions:
    """What to load and how strictly."""

    directory: Path
    key: PseudonymKey
    max_rejects: float = 0.01
    replace: tuple[str, ...] = ()


@dataclass(frozen=True)
class Loaded:
    """What a load read, refused and changed, by table."""

    rows_in: Mapping[str, int]
    rejected: Mapping[str, int]
    undeclared: Mapping[str, tuple[str, ...]]
    ignored: tuple[str, ...]
    written: Mapping[str, Written]
    rejects: Path


def load(store: Store, options: LoadOptions, *, rejects: Path, resources: Resources) -> Loaded:
    """Read a directory, write its good rows to the store and its bad ones to ``rejects``.

    Raises:
        TooManyRejectsError: past ``max_rejects``; the store is untouched, ``rejects`` is written all the same.
    """
    with _read(options, store.known(), rejects, resources) as reading:
        _check_replaced(options, reading)
        return _loaded(reading, store.write(reading, replace=options.replace), rejects)


def load_as_files(out: Path, options: LoadOptions, *, rejects: Path, resources: Resources) -> Loaded:
    """Write the good rows as files for ``neo4j-admin database import full`` to a new directory, with the command.

    Raises:
        TooManyRejectsError: past ``max_rejects``; no file is written but ``rejects``.
        UsageError: the directory is there already.
    """
    with driver_needed("--bulk-files"):
        from graphfraud.store.neo4j.bulk import bulk_files
    with _read(options, Known.nothing(), rejects, resources) as reading:
        bulk_files(reading, out)
        return _loaded(reading, {name: Written(0, 0, 0) for name in reading.tables}, rejects)


def _read(options: LoadOptions, known: Known, rejects: Path, resources: Resources) -> Reading:
    try:
        reading = read_directory(
            options.directory,
            key=options.key,
            known=known,
            max_rejects=options.max_rejects,
            threads=resources.threads,
            memory_mb=resources.memory_mb,
        )
    except RejectedTablesError as error:
        write_rejects(error.rejects, rejects)
        raise
    write_rejects(reading.rejects, rejects)
    return reading


def _loaded(reading: Reading, written: Mapping[str, Written], rejects: Path) -> Loaded:
    return Loaded(
        rows_in=dict(reading.rows_in),
        rejected=dict(reading.rejected),
        undeclared=dict(reading.undeclared),
        ignored=reading.ignored,
        written=dict(written),
        rejects=rejects,
    )


def _check_replaced(options: LoadOptions, reading: Reading) -> None:
    """A table can be replaced only by one that is there, or a slip of the pen would go unseen."""
    absent = [name for name in options.replace if name not in reading.tables]
    if absent:
        raise UsageError(
            f"no table {', '.join(absent)} to replace with",
            where=str(options.directory),
            cure=f"the directory has {', '.join(reading.tables)}",
        )


def write_rejects(rows: pa.Table, path: Path) -> None:
    """Write the rejects in a fixed order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_table(rows.cast(REJECT_SCHEMA).sort_by([(name, "ascending") for name in REJECT_SCHEMA.names]), path)


def load_once(store: Store, options: LoadOptions, *, home: Path, resources: Resources) -> Loaded:
    """As :func:`load`, but the same files into the same state of the store are not read again.

    ``home`` keeps the record and the rejects.
    """
    home.mkdir(parents=True, exist_ok=True)
    record, rejects = home / "loaded.json", home / "rejects.parquet"
    fingerprint = _fingerprint(options, store)
    if record.exists() and rejects.exists():
        content = json.loads(record.read_bytes())
        if content["fingerprint"] == fingerprint and content["sequence"] == store.head().sequence:
            return _restored(content["loaded"], rejects)
    loaded = load(store, options, rejects=rejects, resources=resources)
    content = {
        "fingerprint": fingerprint,
        "sequence": store.head().sequence,
        "loaded": asdict(loaded) | {"rejects": str(rejects)},
    }
    write_file(record, json.dumps(content).encode())
    return loaded


def _restored(content: dict[str, object], rejects: Path) -> Loaded:
    written = {name: Written(**counts) for name, counts in dict(content["written"]).items()}  # type: ignore[call-overload]  # our own record
    return Loaded(**content | {"written": written, "rejects": rejects})  # type: ignore[arg-type]  # our own record


def _fingerprint(options: LoadOptions, store: Store) -> str:
    """Names, sizes and times of the files, the key, the strictness, and the store."""
    whole = hashlib.sha256(f"{store.address}:{options.key.key_id}:{options.max_rejects}:{options.replace}".encode())
    for path in sorted(options.directory.rglob("*")):
        if path.is_file():
            status = path.stat()
            whole.update(f"{path.relative_to(options.directory)}:{status.st_size}:{status.st_mtime_ns}\n".encode())
    return whole.hexdigest()


def as_of_of(data: Path | None, text: str | None, *, now: int) -> int:
    """The as-of as UTC microseconds: what was asked for, else what ``data/as_of.txt`` says, else ``now``.

    Raises:
        UsageError: the text is no time.
    """
    file = data / "as_of.txt" if data is not None else None
    where = "--as-of"
    if text is None and file is not None and file.exists():
        text, where = file.read_text(encoding="utf-8").strip(), str(file)
    if text is None:
        return now
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a time", where=where, cure="write it like 2026-02-01T00:00:00Z") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return epoch_us(moment)
