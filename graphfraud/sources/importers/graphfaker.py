"""graphfaker's fraud graph: customers are people, accounts theirs, merchants and counterparties merchants."""

import tempfile
from pathlib import Path
from typing import Final

import duckdb

from graphfraud.queries import sql
from graphfraud.sources.importers.graphfaker_files import GRAPHFAKER, GRAPHFAKER_WITH_TRUTH
from graphfraud.sources.importers.graphfaker_staging import stage_parquet, unread_parquet
from graphfraud.sources.importers.reconciliation import Reconciliation
from graphfraud.sources.importers.staging import STAGE, settle
from graphfraud.sources.importers.truth import TRUTH, prepare_truth, write_with_truth
from graphfraud.sources.importers.writing import Import

TABLES: Final = ("people", "identifiers", "devices", "merchants", "logins", "payments")
"""Contract tables that graphfaker gives, each staged by ``graphfaker_NAME.sql``, in this order."""
TRUTH_TABLES: Final = ("truth_accounts", "truth_rings", "truth_groups", "truth_default")
"""Tables of truth, staged likewise."""


def import_graphfaker(source: Path, out: Path) -> Reconciliation:
    """A graphfaker fraud graph in ``source`` as contract tables in ``out``; what became of every row.

    Its truth, if ``source`` has any, goes to ``out/truth`` and to no table of the
    contract. ``docs/import-graphfaker.md`` has the mapping. Cost: a pass over each
    file, and the rows in memory or, past it, in a temporary directory.

    Raises:
        InputError: a file is missing or unreadable, or the reconciliation does not close.
        MissingColumnError: a file lacks a column.
        RefusedError: ``out`` holds something that is not an earlier import.
    """
    told = (source / TRUTH).is_dir()
    declared = GRAPHFAKER_WITH_TRUTH if told else GRAPHFAKER
    truth = TRUTH_TABLES if told else ()
    checks = ("reject_payments", "reject_truth") if told else ("reject_payments",)
    drops = ("dropped", "dropped_truth") if told else ("dropped",)
    with tempfile.TemporaryDirectory() as spill, _connection(Path(spill)) as connection:
        files = stage_parquet(connection, source, declared)
        for name in checks:
            connection.execute(sql(STAGE, f"graphfaker_{name}"))
        settle(connection, declared)
        prepare_truth(connection)
        for name in ("owners", *TABLES, *drops, *truth):
            connection.execute(sql(STAGE, f"graphfaker_{name}"))
        staged = Import(declared, files, TABLES, unread_parquet(source, declared))
        return write_with_truth(connection, staged, truth, out)


def _connection(spill: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"temp_directory": str(spill)})
    connection.execute("SET TimeZone = 'UTC'")
    return connection
