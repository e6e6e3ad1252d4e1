"""Parquet files as text in DuckDB, checked as the lines of a text file would be."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from graphfraud.errors import InputError, MissingColumnError
from graphfraud.queries import quoted, sql
from graphfraud.sources.importers.declaration import Source, SourceColumn, SourceFile
from graphfraud.sources.importers.staging import CHECKS, STAGE, Staged


def stage_parquet(connection: duckdb.DuckDBPyConnection, directory: Path, source: Source) -> tuple[Staged, ...]:
    """Read every file of the source into ``raw.NAME`` and note in ``rejects`` what cannot be used.

    Raises:
        InputError: the directory or a file is absent or is not Parquet.
        MissingColumnError: a file lacks a column; names what was found.
    """
    _require(directory, source)
    connection.execute(sql(STAGE, "prepare"))
    return tuple(_stage_file(connection, directory / file.file, file) for file in source.files)


def unread_parquet(directory: Path, source: Source) -> tuple[str, ...]:
    """Parquet files below the directory that the source does not declare."""
    declared = {file.file for file in source.files}
    found = {path.relative_to(directory).as_posix() for path in directory.rglob("*.parquet")}
    return tuple(sorted(found - declared))


def _require(directory: Path, source: Source) -> None:
    missing = [file.file for file in source.files if not (directory / file.file).is_file()]
    if not missing:
        return
    found = sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())
    raise InputError(
        f"{len(missing)} of {len(source.files)} files are missing: {', '.join(missing)}; "
        f"found {', '.join(found[:30]) or 'nothing'}",
        where=str(directory),
        cure=f"give the directory of a {source.name} data set, written as Parquet",
    )


def _stage_file(connection: duckdb.DuckDBPyConnection, path: Path, file: SourceFile) -> Staged:
    found, rows = _footer(path)
    missing = [column.name for column in file.read if not column.optional and column.name not in found]
    if missing:
        raise MissingColumnError(
            f"no column {', '.join(missing)}; found {', '.join(found) or 'no column'}",
            where=str(path),
            cure="write the file as graphfaker's fraud graph has it",
        )
    _read(connection, path, file, found)
    for column in file.read:
        _check(connection, file, column)
    if file.key:
        _check_key(connection, file)
    declared = {column.name for column in file.columns}
    return Staged(file, rows, tuple(name for name in found if name not in declared))


def _footer(path: Path) -> tuple[tuple[str, ...], int]:
    """Columns and rows, from the end of the file."""
    try:
        return tuple(pq.read_schema(path).names), int(pq.read_metadata(path).num_rows)
    except (pa.ArrowInvalid, OSError) as error:
        raise _unreadable(path, error) from error


def _read(connection: duckdb.DuckDBPyConnection, path: Path, file: SourceFile, found: tuple[str, ...]) -> None:
    columns = ", ".join(_text(column.name, present=column.name in found) for column in file.read)
    text = sql(STAGE, "graphfaker_read").format(table=quoted(file.name), columns=columns)
    try:
        connection.execute(text, {"path": str(path)})
    except duckdb.Error as error:
        raise _unreadable(path, error) from error


def _text(name: str, *, present: bool) -> str:
    """One column as text, empty where it has no value; the checks of text files take null for broken bytes."""
    value = f"coalesce(CAST({quoted(name)} AS VARCHAR), '')" if present else "''"
    return f"{value} AS {quoted(name)}"


def _unreadable(path: Path, error: Exception) -> InputError:
    return InputError(f"the file cannot be read ({type(error).__name__})", where=str(path), cure="write it anew")


def _check(connection: duckdb.DuckDBPyConnection, file: SourceFile, column: SourceColumn) -> None:
    text = sql(STAGE, CHECKS[column.kind]).format(table=quoted(file.name), column=quoted(column.name))
    connection.execute(
        text, {"table": file.name, "file": file.file, "column": column.name, "optional": column.optional}
    )


def _check_key(connection: duckdb.DuckDBPyConnection, file: SourceFile) -> None:
    names = ", ".join(quoted(column.name) for column in file.read)
    text = sql(STAGE, "reject_key").format(table=quoted(file.name), key=quoted(file.key), columns=names)
    connection.execute(text, {"table": file.name, "file": file.file, "key": file.key})
