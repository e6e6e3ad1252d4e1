"""LDBC FinBench: accounts become the accounts of their owners, companies merchants, media devices and addresses."""

import tempfile
from pathlib import Path
from typing import Final

import duckdb

from graphfraud.queries import sql
from graphfraud.sources.importers.finbench_files import FINBENCH
from graphfraud.sources.importers.reconciliation import Reconciliation
from graphfraud.sources.importers.staging import STAGE, settle, stage, unread
from graphfraud.sources.importers.writing import Import, write

TABLES: Final = (
    "people",
    "merchants",
    "identifiers",
    "ips",
    "logins",
    "devices",
    "payments",
    "loans",
    "lenders",
    "disbursements",
    "repayments",
    "guarantees",
)
"""Contract tables that FinBench gives, each staged by ``finbench_NAME.sql``, in this order."""


def import_finbench(source: Path, out: Path) -> Reconciliation:
    """FinBench files in ``source`` as contract tables in ``out``; what became of every row.

    ``docs/import-finbench.md`` has the mapping. Cost: a pass over each file, and the
    rows in memory or, past it, in a temporary directory.

    Raises:
        InputError: a file is missing or unreadable, or the reconciliation does not close.
        MissingColumnError: a file lacks a column.
        RefusedError: ``out`` holds something that is not an earlier import.
    """
    with tempfile.TemporaryDirectory() as spill, _connection(Path(spill)) as connection:
        files = stage(connection, source, FINBENCH)
        connection.execute(sql(STAGE, "finbench_reject_rivals"))
        settle(connection, FINBENCH)
        for name in ("owners", "media", *TABLES, "dropped"):
            connection.execute(sql(STAGE, f"finbench_{name}"))
        return write(connection, Import(FINBENCH, files, TABLES, unread(source, FINBENCH)), out)


def _connection(spill: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"temp_directory": str(spill)})
    connection.execute("SET TimeZone = 'UTC'")
    return connection
