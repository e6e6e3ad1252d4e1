"""From staged rows to a directory of contract tables, with its as-of and its reconciliation."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import duckdb
import pyarrow.parquet as pq

from graphfraud import schema
from graphfraud.errors import InputError, RefusedError
from graphfraud.queries import quoted, sql
from graphfraud.schema import Moment
from graphfraud.sources.importers.declaration import Source
from graphfraud.sources.importers.reconciliation import Dropped, FileCount, Reconciliation, TableCount
from graphfraud.sources.importers.staging import STAGE, Staged

AS_OF: Final = "as_of.txt"
RECONCILIATION: Final = "reconciliation.json"
REJECTS: Final = "import_rejects"
"""A folder, so that the rejected rows are not taken for a table of the contract."""
ROW_GROUP: Final = 122_880
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Import:
    """All that is known once every row has been staged."""

    source: Source
    files: tuple[Staged, ...]
    tables: tuple[str, ...]
    unread: tuple[str, ...]


def write(connection: duckdb.DuckDBPyConnection, staged: Import, out: Path) -> Reconciliation:
    """Write the staged tables, ``as_of.txt`` and ``reconciliation.json`` to ``out``, all or nothing.

    An earlier import in ``out`` is replaced as a whole. The same rows give the same
    bytes, in whatever order they came.

    Raises:
        InputError: the reconciliation does not close, or no person is left.
        RefusedError: ``out`` holds something that is not an earlier import.
    """
    part = out.with_name(out.name + ".part")
    _refuse_foreign(out)
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        reconciliation = _fill(connection, staged, part)
        _switch(part, out)
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror})", where=str(out), cure="give another directory"
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return reconciliation


def _fill(connection: duckdb.DuckDBPyConnection, staged: Import, part: Path) -> Reconciliation:
    written = {table: _write_table(connection, table, part) for table in staged.tables}
    if not written["people"]:
        raise InputError("no person is left to import", where=staged.source.name, cure="see what the files hold")
    reconciliation = _reconciliation(connection, staged, written)
    reconciliation.check()
    _write_rejects(connection, part)
    (part / AS_OF).write_text(reconciliation.as_of + "\n", encoding="utf-8")
    text = json.dumps(reconciliation.as_json(), ensure_ascii=False, indent=2)
    (part / RECONCILIATION).write_text(text + "\n", encoding="utf-8")
    return reconciliation


def _write_table(connection: duckdb.DuckDBPyConnection, table: str, part: Path) -> int:
    """Rows in the Parquet file, counted from the file; an empty table is not written."""
    path = part / f"{table}.parquet"
    staged = connection.table(f"staged.{quoted(table)}").columns
    declared = schema.BY_NAME[table]
    columns = [column.name for column in declared.columns if column.name in staged]
    text = sql(STAGE, "write").format(
        table=quoted(table),
        columns=", ".join(map(quoted, columns)),
        key=", ".join(quoted(name) for name in declared.key if name in columns),
    )
    connection.sql(text).write_parquet(str(path), compression="zstd", row_group_size=ROW_GROUP)
    rows = int(pq.read_metadata(path).num_rows)
    if not rows:
        path.unlink()
    return rows


def _write_rejects(connection: duckdb.DuckDBPyConnection, part: Path) -> None:
    rejects = connection.sql(sql(STAGE, "rejects")).to_arrow_table()
    if rejects.num_rows:
        (part / REJECTS).mkdir()
        pq.write_table(rejects, part / REJECTS / "rejects.parquet")


def _reconciliation(
    connection: duckdb.DuckDBPyConnection, staged: Import, written: Mapping[str, int]
) -> Reconciliation:
    out, dropped = _fates(connection, staged.tables)
    rejected = dict(connection.execute(sql(STAGE, "rejected")).fetchall())
    files = tuple(
        FileCount(
            file=count.file.file,
            rows_in=count.rows_in,
            out=out.get(count.file.name, {}),
            rejected=rejected.get(count.file.name, 0),
            dropped=_drops(staged.source, dropped.get(count.file.name, {})),
            undeclared=count.undeclared,
        )
        for count in staged.files
    )
    tables = tuple(_table_count(connection, staged.source, table, written[table], out) for table in staged.tables)
    as_of = _as_of(connection, staged.tables)
    return Reconciliation(staged.source.name, as_of, files, tables, staged.unread)


def _fates(
    connection: duckdb.DuckDBPyConnection, tables: tuple[str, ...]
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """Rows by file and table, and rows by file and name of the drop."""
    out: dict[str, dict[str, int]] = {}
    dropped: dict[str, dict[str, int]] = {}
    found = [(table, fate) for table in tables for fate in _fetch(connection, "fates", table)]
    found += [("", fate) for fate in _fetch(connection, "drops")]
    for table, (file, name, rows) in found:
        counts = (out if name is None else dropped).setdefault(file, {})
        counts[name or table] = counts.get(name or table, 0) + rows
    return out, dropped


def _fetch(connection: duckdb.DuckDBPyConnection, name: str, table: str = "") -> list[tuple[str, str | None, int]]:
    return connection.execute(sql(STAGE, name).format(table=quoted(table))).fetchall()


def _drops(source: Source, counts: Mapping[str, int]) -> tuple[Dropped, ...]:
    return tuple(Dropped(name, counts[name], reason) for name, reason in source.drops.items() if name in counts)


def _table_count(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    table: str,
    rows: int,
    out: Mapping[str, Mapping[str, int]],
) -> TableCount:
    [(derived,)] = connection.execute(sql(STAGE, "derived").format(table=quoted(table))).fetchall()
    from_files = sum(counts.get(table, 0) for counts in out.values())
    return TableCount(table, rows, from_files, derived, source.derived[table] if derived else "")


def _as_of(connection: duckdb.DuckDBPyConnection, tables: tuple[str, ...]) -> str:
    """The latest event of all written rows."""
    times: list[int] = []
    for table in tables:
        declared = schema.BY_NAME[table]
        staged = connection.table(f"staged.{quoted(table)}").columns
        for name in (*declared.moments(Moment.EVENT), *declared.moments(Moment.OBSERVED)):
            if name in staged:
                text = sql(STAGE, "latest").format(table=quoted(table), column=quoted(name))
                times += [latest for (latest,) in connection.execute(text).fetchall() if latest is not None]
    return iso(max(times))


def iso(microseconds: int) -> str:
    """ISO 8601 of a time in UTC, from microseconds since 1970; a fraction only where there is one.

    >>> iso(1609372799162000)
    '2020-12-30T23:59:59.162000Z'
    >>> iso(0)
    '1970-01-01T00:00:00Z'
    """
    return (EPOCH + timedelta(microseconds=microseconds)).isoformat().replace("+00:00", "Z")


def _refuse_foreign(out: Path) -> None:
    """Only an empty directory or an earlier import may be replaced."""
    ours = {AS_OF, RECONCILIATION, REJECTS, *(f"{table.name}.parquet" for table in schema.TABLES)}
    held = {path.name for path in out.iterdir()} if out.is_dir() else set()
    foreign = sorted(held - ours)
    if foreign or (held and RECONCILIATION not in held) or out.is_file():
        raise RefusedError(
            f"this is not an earlier import; it holds {', '.join(foreign[:10] or sorted(held)[:10]) or 'a file'}",
            where=str(out),
            cure="give an empty or new directory",
        )


def _switch(part: Path, out: Path) -> None:
    """Put the finished directory in place of an earlier one."""
    old = out.with_name(out.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if out.is_dir():
        out.rename(old)
    part.rename(out)
    shutil.rmtree(old, ignore_errors=True)
