"""Source files as text in DuckDB: every line counted, what cannot be read rejected with its row and reason.

One line is one row: quotation marks have no meaning, so that a stray one cannot
swallow the lines after it, and a delimiter inside a text shows as a rejected row.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.csv as pc

from graphfraud.errors import InputError, MissingColumnError
from graphfraud.queries import quoted, sql
from graphfraud.schema import Kind
from graphfraud.sources.importers.declaration import Source, SourceColumn, SourceFile

STAGE: Final = "sources/importers"
BLOCK: Final = 1 << 20
CHECKS: Final[dict[Kind | None, str]] = {
    Kind.ID: "reject_id",
    Kind.TEXT: "reject_text",
    Kind.IDENTIFIER: "reject_identifier",
    Kind.TIME: "reject_time",
    Kind.DATE: "reject_time",
    Kind.MONEY: "reject_money",
}


@dataclass(frozen=True)
class Staged:
    """How many data rows a file held, and which of its columns nobody declared."""

    file: SourceFile
    rows_in: int
    undeclared: tuple[str, ...]


def stage(connection: duckdb.DuckDBPyConnection, directory: Path, source: Source) -> tuple[Staged, ...]:
    """Read every file of the source into ``raw.NAME`` and note in ``rejects`` what cannot be used.

    Raises:
        InputError: the directory or a file is absent or is not such a file.
        MissingColumnError: a file lacks a column; names what was found.
    """
    _require(directory, source)
    connection.execute(sql(STAGE, "prepare"))
    return tuple(_stage_file(connection, directory, file, source.delimiter) for file in source.files)


def settle(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Keep in ``good.NAME`` the rows that were not rejected, each key once; ``raw`` is given up."""
    for file in source.files:
        table = quoted(file.name)
        if file.key:
            text = sql(STAGE, "repeated").format(table=table, key=quoted(file.key))
            connection.execute(text, {"table": file.name})
        connection.execute(sql(STAGE, "good").format(table=table), {"table": file.name})
        connection.execute(sql(STAGE, "give_up").format(table=table))


def unread(directory: Path, source: Source) -> tuple[str, ...]:
    """Names of CSV files in the directory that the source does not declare."""
    declared = {file.file for file in source.files}
    return tuple(sorted(path.name for path in directory.glob("*.csv") if path.name not in declared))


def _require(directory: Path, source: Source) -> None:
    missing = [file.file for file in source.files if not (directory / file.file).is_file()]
    if not missing:
        return
    found = sorted(path.name for path in directory.glob("*")) if directory.is_dir() else []
    raise InputError(
        f"{len(missing)} of {len(source.files)} files are missing: {', '.join(missing)}; "
        f"found {', '.join(found[:30]) or 'nothing'}",
        where=str(directory),
        cure=f"give the directory that holds all CSV files of a {source.name} data set",
    )


def _stage_file(connection: duckdb.DuckDBPyConnection, directory: Path, file: SourceFile, delimiter: str) -> Staged:
    path = directory / file.file
    found = _header(path, delimiter)
    _require_columns(path, file, found)
    wanted = [column.name for column in file.read if column.name in found]
    rows = _read(connection, path, file, wanted=wanted, delimiter=delimiter)
    for column in file.read:
        if column.name not in found:
            connection.execute(sql(STAGE, "absent").format(table=quoted(file.name), column=quoted(column.name)))
        _check(connection, file, column)
    if file.key:
        _check_key(connection, file)
    declared = {column.name for column in file.columns}
    return Staged(file, rows, tuple(name for name in found if name not in declared))


def _header(path: Path, delimiter: str) -> tuple[str, ...]:
    with path.open("rb") as stream:
        line = stream.readline(BLOCK)
    text = line.decode("utf-8-sig", errors="replace").rstrip("\r\n")
    return tuple(text.split(delimiter)) if text else ()


def _require_columns(path: Path, file: SourceFile, found: tuple[str, ...]) -> None:
    if len(set(found)) < len(found):
        raise InputError(
            f"a column stands twice in the header: {', '.join(found)}", where=str(path), cure="name each column once"
        )
    missing = [column.name for column in file.read if not column.optional and column.name not in found]
    if missing:
        raise MissingColumnError(
            f"no column {', '.join(missing)}; found {', '.join(found) or 'an empty file'}",
            where=str(path),
            cure="write the header as the data set's specification has it",
        )


def _read(
    connection: duckdb.DuckDBPyConnection, path: Path, file: SourceFile, *, wanted: list[str], delimiter: str
) -> int:
    """Lines of the file into ``raw.NAME``, numbered as in the file; how many data rows it holds."""
    broken: list[pc.InvalidRow] = []
    try:
        connection.register("reader", _reader(path, wanted, delimiter, broken))
        connection.execute(sql(STAGE, "lines"))
    except (duckdb.Error, pa.ArrowInvalid, OSError) as error:
        raise InputError(f"the file cannot be read ({error})", where=str(path), cure="write it anew") from error
    connection.unregister("reader")
    connection.register("broken", _broken_rows(broken))
    connection.execute(sql(STAGE, "reject_line"), {"table": file.name, "file": file.file})
    connection.execute(sql(STAGE, "number").format(table=quoted(file.name)))
    connection.unregister("broken")
    rows = _count(connection, file) + len(broken)
    _compare(path, rows)
    return rows


def _reader(path: Path, wanted: list[str], delimiter: str, broken: list[pc.InvalidRow]) -> pc.CSVStreamingReader:
    def skip(row: pc.InvalidRow) -> str:
        broken.append(row)
        return "skip"

    return pc.open_csv(
        path,
        pc.ReadOptions(use_threads=False, block_size=BLOCK),
        pc.ParseOptions(
            delimiter=delimiter,
            quote_char=False,
            escape_char=False,
            ignore_empty_lines=False,
            invalid_row_handler=skip,
        ),
        pc.ConvertOptions(
            check_utf8=False,
            column_types=dict.fromkeys(wanted, pa.binary()),
            include_columns=wanted,
            strings_can_be_null=False,
        ),
    )


def _broken_rows(broken: list[pc.InvalidRow]) -> pa.Table:
    return pa.table(
        {
            "row": pa.array([row.number - 1 for row in broken], pa.int64()),
            "found": pa.array([row.actual_columns for row in broken], pa.int64()),
            "expected": pa.array([row.expected_columns for row in broken], pa.int64()),
        }
    )


def _count(connection: duckdb.DuckDBPyConnection, file: SourceFile) -> int:
    [(rows,)] = connection.execute(sql(STAGE, "count").format(table=quoted(file.name))).fetchall()
    return int(rows)


def _compare(path: Path, rows: int) -> None:
    """Count the lines a second way, so that no row can vanish in the reader."""
    lines = -1
    last = b"\n"
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            lines += block.count(b"\n")
            last = block[-1:]
    lines += last != b"\n"
    if lines != rows:
        raise InputError(
            f"{lines} lines after the header, but {rows} rows were read",
            where=str(path),
            cure="remove carriage returns from inside the lines",
        )


def _check(connection: duckdb.DuckDBPyConnection, file: SourceFile, column: SourceColumn) -> None:
    text = sql(STAGE, CHECKS[column.kind]).format(table=quoted(file.name), column=quoted(column.name))
    connection.execute(
        text, {"table": file.name, "file": file.file, "column": column.name, "optional": column.optional}
    )


def _check_key(connection: duckdb.DuckDBPyConnection, file: SourceFile) -> None:
    names = ", ".join(quoted(column.name) for column in file.read)
    text = sql(STAGE, "reject_key").format(table=quoted(file.name), key=quoted(file.key), columns=names)
    connection.execute(text, {"table": file.name, "file": file.file, "key": file.key})
