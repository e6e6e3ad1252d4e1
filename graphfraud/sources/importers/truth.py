"""The truth of imported data: a directory beside the contract's tables, which no load and no night reads."""

import shutil
from pathlib import Path
from typing import Final

import duckdb

from graphfraud import schema
from graphfraud.errors import InputError, RefusedError
from graphfraud.queries import quoted, sql
from graphfraud.sources.importers.reconciliation import Reconciliation
from graphfraud.sources.importers.staging import STAGE
from graphfraud.sources.importers.writing import AS_OF, RECONCILIATION, REJECTS, Import, write

TRUTH: Final = "truth"
"""Name of the directory; ``generate`` writes one of the same name."""


def prepare_truth(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the schema in which tables of truth are staged."""
    connection.execute(sql(STAGE, "prepare_truth"))


def write_with_truth(
    connection: duckdb.DuckDBPyConnection, staged: Import, truth: tuple[str, ...], out: Path
) -> Reconciliation:
    """Write the contract's tables to ``out`` and the tables ``truth.NAME`` to ``out/truth``, all or nothing.

    An earlier import in ``out`` is replaced as a whole, its truth with it. Truth
    tables are sorted by all their columns, so that the same rows give the same bytes.

    Raises:
        InputError: the reconciliation does not close, or no person is left.
        RefusedError: ``out`` holds something that is not an earlier import.
    """
    _refuse_foreign(out)
    whole = out.with_name(out.name + ".whole")
    try:
        shutil.rmtree(whole, ignore_errors=True)
        reconciliation = write(connection, staged, whole)
        _write_truth(connection, truth, whole)
        _switch(whole, out)
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror})", where=str(out), cure="give another directory"
        ) from error
    finally:
        shutil.rmtree(whole, ignore_errors=True)
    return reconciliation


def _write_truth(connection: duckdb.DuckDBPyConnection, truth: tuple[str, ...], whole: Path) -> None:
    if truth:
        (whole / TRUTH).mkdir()
    for name in truth:
        text = sql(STAGE, "write_truth").format(table=quoted(name))
        connection.sql(text).write_parquet(str(whole / TRUTH / f"{name}.parquet"), compression="zstd")


def _refuse_foreign(out: Path) -> None:
    """Only an empty directory or an earlier import, with or without a truth, may be replaced."""
    ours = {AS_OF, RECONCILIATION, REJECTS, TRUTH, *(f"{table.name}.parquet" for table in schema.TABLES)}
    held = {path.name for path in out.iterdir()} if out.is_dir() else set()
    foreign = held - ours
    if TRUTH in held:
        foreign |= {f"{TRUTH}/{path.name}" for path in (out / TRUTH).iterdir() if not path.match("truth_*.parquet")}
    if foreign or (held and RECONCILIATION not in held) or out.is_file():
        found = sorted(foreign or held)[:10]
        raise RefusedError(
            f"this is not an earlier import; it holds {', '.join(found) or 'a file'}",
            where=str(out),
            cure="give an empty or new directory",
        )


def _switch(whole: Path, out: Path) -> None:
    """Put the finished directory in place of an earlier one."""
    old = out.with_name(out.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if out.is_dir():
        out.rename(old)
    whole.rename(out)
    shutil.rmtree(old, ignore_errors=True)
