"""The files of a table as typed rows in ``stage.rows``, and the faults of single rows as rejects.

Identifier values become digests in the block that was just read, before DuckDB stores
anything: no raw value can reach a disk.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import pyarrow as pa

from graphfraud.queries import quoted
from graphfraud.schema import Table
from graphfraud.sources.blocks import Block, Reader, undeclared_columns, wanted_columns
from graphfraud.sources.checks import DIGEST, SQL_TYPES, Checks
from graphfraud.sources.columnar import ColumnarReader
from graphfraud.sources.delimited import DelimitedReader
from graphfraud.sources.files import Form, TableFile
from graphfraud.sources.physical import plain
from graphfraud.sources.pseudonym import PseudonymKey
from graphfraud.sources.statements import registered, run

_READERS: Final[Mapping[Form, Reader]] = {
    Form.PARQUET: ColumnarReader(),
    Form.CSV: DelimitedReader(),
    Form.CSV_GZ: DelimitedReader(),
}
_BATCH_ROWS: Final = 32_768  # so that every thread of DuckDB finds work in one block


@dataclass(frozen=True)
class Staging:
    """Where typed rows go, the key for identifiers, and the place of each file in the rejects."""

    connection: duckdb.DuckDBPyConnection
    key: PseudonymKey
    places: Mapping[str, int]

    def stage(self, table: Table, files: Sequence[TableFile]) -> tuple[int, tuple[str, ...]]:
        """Type all rows of a table; returns how many were read and the columns left out.

        Raises:
            InputError: a file cannot be read, or lacks a required column.
        """
        columns = ", ".join(f"{quoted(column.name)} {SQL_TYPES[column.kind]}" for column in table.stored)
        run(self.connection, "stage", columns=columns)
        rows, undeclared = 0, set[str]()
        for file in files:
            found = _READERS[file.form].names(file)
            undeclared.update(undeclared_columns(table, found))
            for block in _blocks(file, table, found):
                rows += block.rows
                self._block(table, file, block)
        return rows, tuple(sorted(undeclared))

    def _block(self, table: Table, file: TableFile, block: Block) -> None:
        columns = {name: plain(array, table.by_name[name], file) for name, array in block.columns.items()}
        checks = Checks(table, {name: array.type for name, array in columns.items()})
        if checks.secret:
            columns[DIGEST] = self.key.digests(columns["kind"], columns["value"])
        values = {"table": table.name, "file": self.places[file.name]}
        content = pa.table({"number": block.numbers, **columns})
        with registered(self.connection, "block", _in_batches(content)):
            self._typed(checks, {"file": values["file"]})
            self._faults(checks, values)
        if block.broken.num_rows:
            with registered(self.connection, "broken", block.broken):
                run(self.connection, "broken", values | {"secret": checks.secret})

    def _typed(self, checks: Checks, values: Mapping[str, Any]) -> None:
        key_id = {"key_id": self.key.key_id} if checks.secret else {}
        run(
            self.connection,
            "typed",
            {**values, **checks.defaults(), **key_id},
            raw=checks.raw(),
            typed=checks.typed(),
        )

    def _faults(self, checks: Checks, values: Mapping[str, Any]) -> None:
        run(
            self.connection,
            "faults",
            {**values, **checks.defaults(), **checks.choices()},
            raw=checks.raw(),
            faults=checks.faults(),
            any=checks.first_fault(),
            list=checks.fault_list(),
        )


def _blocks(file: TableFile, table: Table, found: Sequence[str]) -> Iterator[Block]:
    """Blocks of one file; none when it is empty to the last byte."""
    if found:
        yield from _READERS[file.form].blocks(file, wanted_columns(file, table, found))


def _in_batches(table: pa.Table) -> pa.Table:
    return pa.Table.from_batches(table.to_batches(_BATCH_ROWS), schema=table.schema)
