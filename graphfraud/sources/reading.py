"""What a source hands to a store: clean, typed, unique rows by table, and the rejects."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Final, Self

import duckdb
import pyarrow as pa

from graphfraud.errors import TooManyRejectsError

REJECT_SCHEMA: Final = pa.schema(
    [
        pa.field("table", pa.string()),
        pa.field("file", pa.string()),
        pa.field("row", pa.int64()),
        pa.field("column", pa.string()),
        pa.field("value", pa.string()),
        pa.field("reason", pa.string()),
    ]
)
"""``row`` counts data rows from 1, the header not counted; ``value`` of an identifier is withheld."""


@dataclass(frozen=True)
class Known:
    """Ids that the store already holds, so that a later load may refer to them.

    ``loans_listed`` says whether the store has a ``loans`` table at all: without
    one, in the store and in the load, a loan comes into being bare.
    """

    people: pa.Array
    loans: pa.Array
    loans_listed: bool

    @classmethod
    def nothing(cls) -> Self:
        """An empty store."""
        return cls(pa.array([], pa.string()), pa.array([], pa.string()), loans_listed=False)


@dataclass(frozen=True)
class Reading:
    """The clean rows of a directory, held by one DuckDB connection until closed.

    ``rows_in`` and ``rejected`` count data rows of each table that was found (a row
    rejected for two reasons counts once), ``collapsed`` those that repeated a clean row;
    ``undeclared`` names the columns left out, ``ignored`` the files. ``spill`` is where
    DuckDB puts what does not fit into memory; it goes when the reading is closed.
    """

    connection: duckdb.DuckDBPyConnection
    rows_in: Mapping[str, int]
    rejected: Mapping[str, int]
    rejects: pa.Table
    undeclared: Mapping[str, tuple[str, ...]]
    collapsed: Mapping[str, int] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    spill: TemporaryDirectory[str] | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that were found, in the order of the schema."""
        return tuple(self.rows_in)

    def rows(self, table: str) -> duckdb.DuckDBPyRelation:
        """Clean rows of one table: stored columns in schema order, one row a key, in any order."""
        return self.connection.table(f"clean.{table}")

    def close(self) -> None:
        """Let go of the rows, in memory and on disk."""
        self.connection.close()
        if self.spill is not None:
            self.spill.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class RejectedTablesError(TooManyRejectsError):
    """Too many bad rows; ``rejects`` has them all, in :data:`REJECT_SCHEMA`."""

    def __init__(self, what: str, *, rejects: pa.Table, where: str = "", cure: str = "") -> None:
        super().__init__(what, where=where, cure=cure)
        self.rejects = rejects
