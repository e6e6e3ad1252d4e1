"""IBM AMLSim samples: every account is a person, every transaction a payment, a step is a day."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb

from graphfraud.queries import sql
from graphfraud.sources.importers.amlsim_files import AMLSIM
from graphfraud.sources.importers.reconciliation import Reconciliation
from graphfraud.sources.importers.staging import STAGE, settle, stage, unread
from graphfraud.sources.importers.truth import prepare_truth, write_with_truth
from graphfraud.sources.importers.writing import Import

ORIGIN: Final = datetime(2017, 1, 1, tzinfo=UTC)
"""Time of step 0, the base date of the simulator's own configuration; everybody is registered then."""
LAST_STEP: Final = 36_525
"""A step is a day: a century of them is enough for any simulation, and a larger number is a mistake."""
TABLES: Final = ("people", "payments")
"""Contract tables that AMLSim gives, each staged by ``amlsim_NAME.sql``, in this order."""
TRUTH_TABLES: Final = ("truth_accounts",)
"""Tables of truth, staged likewise."""


def import_amlsim(source: Path, out: Path) -> Reconciliation:
    """AMLSim files in ``source`` as contract tables in ``out``; what became of every row.

    Who is fraudulent goes to ``out/truth`` and to no table of the contract.
    ``docs/import-amlsim.md`` has the mapping. Cost: a pass over each file.

    Raises:
        InputError: a file is missing or unreadable, or the reconciliation does not close.
        MissingColumnError: a file lacks a column.
        RefusedError: ``out`` holds something that is not an earlier import.
    """
    with tempfile.TemporaryDirectory() as spill, _connection(Path(spill)) as connection:
        files = stage(connection, source, AMLSIM)
        connection.execute(sql(STAGE, "amlsim_reject_nodes"), {"last": LAST_STEP})
        connection.execute(sql(STAGE, "amlsim_reject_transactions"), {"last": LAST_STEP})
        settle(connection, AMLSIM)
        prepare_truth(connection)
        for name in (*TABLES, *TRUTH_TABLES):
            connection.execute(sql(STAGE, f"amlsim_{name}"), {"origin": ORIGIN})
        staged = Import(AMLSIM, files, TABLES, unread(source, AMLSIM))
        return write_with_truth(connection, staged, TRUTH_TABLES, out)


def _connection(spill: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"temp_directory": str(spill)})
    connection.execute("SET TimeZone = 'UTC'")
    return connection
