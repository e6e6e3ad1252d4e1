"""Reading a directory of tables: what may be used comes out clean, the rest as rejects with reasons."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.errors import InputError
from graphfraud.queries import sql
from graphfraud.schema import BY_NAME
from graphfraud.sources.files import Listing, TableFile, listing
from graphfraud.sources.pseudonym import PseudonymKey
from graphfraud.sources.reading import REJECT_SCHEMA, Known, Reading, RejectedTablesError
from graphfraud.sources.settling import Settling
from graphfraud.sources.staging import Staging
from graphfraud.sources.statements import registered, run

MAX_REJECTS: Final = 0.01
_EXAMPLES: Final = 3
_SHOWN: Final = 40


def read_directory(
    directory: Path,
    *,
    key: PseudonymKey,
    known: Known,
    max_rejects: float = MAX_REJECTS,
    threads: int = 2,
    memory_mb: int = 1500,
) -> Reading:
    """The clean rows of all tables in a directory; close the reading when they are stored.

    ``max_rejects`` is the share of a table's rows that may be bad. Cost: a few seconds a
    million CSV rows; memory beyond ``memory_mb`` goes to a private temporary directory.

    Raises:
        InputError: no people are known or given, or a file cannot be read.
        MissingColumnError: a file lacks a required column.
        RejectedTablesError: too many bad rows; it carries all rejects.
    """
    found = listing(directory)
    if "people" not in found.tables and not len(known.people):
        raise InputError(
            "no table people", where=str(directory), cure="add people.csv or people.parquet, or load people first"
        )
    spill = TemporaryDirectory(prefix="graphfraud-")
    connection = duckdb.connect(":memory:", config=_configuration(spill.name, threads, memory_mb))
    try:
        with _quoting_nothing(directory):
            _prepare(connection, known)
            reading = _read(connection, spill, found, Staging(connection, key, _places(found)), known)
        _refuse_too_many(reading, max_rejects)
    except BaseException:
        connection.close()
        spill.cleanup()
        raise
    return reading


def _configuration(spill: str, threads: int, memory_mb: int) -> dict[str, Any]:
    return {
        "temp_directory": spill,
        "threads": threads,
        "memory_limit": f"{memory_mb}MB",
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }


def _prepare(connection: duckdb.DuckDBPyConnection, known: Known) -> None:
    run(connection, "begin")
    run(connection, "kinds")
    with (
        registered(connection, "known_people", pa.table({"id": known.people})),
        registered(connection, "known_loans", pa.table({"id": known.loans})),
    ):
        run(connection, "known")


def _places(found: Listing) -> dict[str, int]:
    """A number for each file, so that rows need not carry its name."""
    return {file.name: place for place, file in enumerate(_files(found))}


def _files(found: Listing) -> list[TableFile]:
    return [file for files in found.tables.values() for file in files]


def _read(
    connection: duckdb.DuckDBPyConnection,
    spill: TemporaryDirectory[str],
    found: Listing,
    staging: Staging,
    known: Known,
) -> Reading:
    settling = Settling(connection, known.loans_listed or "loans" in found.tables)
    rows_in, rejected, collapsed, undeclared = {}, {}, {}, {}
    for name, files in found.tables.items():
        rows_in[name], left_out = staging.stage(BY_NAME[name], files)
        if left_out:
            undeclared[name] = left_out
        rejected[name], collapsed[name] = settling.settle(BY_NAME[name])
    rejects = _rejects(connection, found)
    run(connection, "end")
    return Reading(
        connection=connection,
        rows_in=rows_in,
        rejected=rejected,
        rejects=rejects,
        undeclared=undeclared,
        collapsed=collapsed,
        ignored=found.ignored,
        spill=spill,
    )


def _rejects(connection: duckdb.DuckDBPyConnection, found: Listing) -> pa.Table:
    values = {"tables": list(found.tables), "files": [file.name for file in _files(found)]}
    rows: pa.Table = connection.sql(sql("sources", "rejects"), params=values).to_arrow_table()
    return rows.cast(REJECT_SCHEMA)


def _refuse_too_many(reading: Reading, max_rejects: float) -> None:
    """Raise when a table has a larger share of bad rows than allowed."""
    over = [name for name, rows in reading.rows_in.items() if rows and reading.rejected[name] / rows > max_rejects]
    if over:
        raise RejectedTablesError(
            f"more bad rows than --max-rejects {max_rejects:.4g} allows, nothing was written; "
            + "; ".join(_summary(reading, name) for name in over),
            rejects=reading.rejects,
            cure="correct these rows, or raise --max-rejects",
        )


def _summary(reading: Reading, table: str) -> str:
    """Share of bad rows in a table, and the first of them."""
    rejects = reading.rejects
    first = rejects.filter(pc.equal(rejects["table"], table)).slice(0, _EXAMPLES).to_pylist()
    rejected, rows = reading.rejected[table], reading.rows_in[table]
    return f"{table}: {rejected} of {rows} rows ({rejected / rows:.2%}), such as " + ", ".join(map(_example, first))


def _example(reject: dict[str, Any]) -> str:
    value = "" if reject["value"] is None else f" {reject['value'][:_SHOWN]!r}"
    column = f"{reject['column']}{value}: " if reject["column"] else ""
    return f"{reject['file']} row {reject['row']} ({column}{reject['reason']})"


@contextmanager
def _quoting_nothing(directory: Path) -> Iterator[None]:
    """DuckDB's messages may quote data, so only their kind is told."""
    try:
        yield
    except duckdb.Error as error:
        raise InputError(
            f"the tables could not be read ({type(error).__name__})",
            where=str(directory),
            cure="see that the temporary directory has room, and that the files do not change while they are read",
        ) from None
