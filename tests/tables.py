"""Small graphs for tests: rows in, snapshot out, without a file or a server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds

from graphfraud import schema
from graphfraud.settings import DAY_US
from graphfraud.snapshot.build import Resources, build
from graphfraud.snapshot.graph import Snapshot
from graphfraud.sources.reading import REJECT_SCHEMA, Known, Reading
from graphfraud.store.base import Head, Written

Rows = Mapping[str, Sequence[Mapping[str, Any]]]

AS_OF = 200 * DAY_US


def day(number: float) -> int:
    """So many days after the epoch, in microseconds."""
    return int(number * DAY_US)


def arrow(table: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows of a table in stored types; what is not given is null."""
    declared = schema.BY_NAME[table]
    empty = {column.name: None for column in declared.stored}
    return pa.Table.from_pylist([empty | dict(row) for row in rows], schema=declared.arrow)


def people(*ids: str) -> list[dict[str, Any]]:
    """People registered on day 0."""
    return [{"person_id": name, "registered_at": 0} for name in ids]


def instant(us: int) -> datetime:
    """UTC microseconds as a time."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)


@dataclass(frozen=True)
class RowsStore:
    """A store that holds what it was given and cannot be written to."""

    tables: Mapping[str, pa.Table]

    @classmethod
    def of(cls, rows: Rows) -> "RowsStore":
        return cls({name: arrow(name, found) for name, found in rows.items()})

    @property
    def address(self) -> str:
        return "rows"

    def head(self) -> Head:
        return Head(1, {})

    def known(self) -> Known:
        return Known.nothing()

    def write(self, reading: Reading, *, replace: tuple[str, ...] = ()) -> Mapping[str, Written]:
        raise AssertionError(f"read only: {reading.tables} {replace}")

    def scan(self, table: str, *, head: Head) -> ds.Dataset:
        assert head == self.head()
        return ds.dataset(self.tables.get(table, arrow(table, [])))

    def sweep(self) -> None:
        """Nothing to let go."""


def snapshot_of(rows: Rows, *, as_of: int = AS_OF, labels: bool = True) -> Snapshot:
    """The snapshot of a few rows."""
    store = RowsStore.of(rows)
    return build(store, head=store.head(), as_of=as_of, labels=labels, resources=Resources(threads=1, memory_mb=300))


def reading_of(rows: Rows) -> Reading:
    """A reading as sources make it, of rows that are clean already."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; CREATE SCHEMA clean")
    for name, found in rows.items():
        connection.register("given", arrow(name, found))
        connection.execute(f"CREATE TABLE clean.{name} AS FROM given")
    in_order = [table.name for table in schema.TABLES if table.name in rows]
    counts = {name: len(rows[name]) for name in in_order}
    return Reading(connection, counts, dict.fromkeys(counts, 0), REJECT_SCHEMA.empty_table(), {})
