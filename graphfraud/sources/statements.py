"""Running the SQL files of this stage on one DuckDB connection."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from graphfraud.queries import sql


def run(
    connection: duckdb.DuckDBPyConnection, statement: str, values: Mapping[str, Any] | None = None, **names: str
) -> list[Any]:
    """All rows that ``sql/<statement>.sql`` returns; values are bound, ``names`` fill its braces."""
    text = sql("sources", statement)
    return connection.execute(text.format(**names) if names else text, dict(values) if values else None).fetchall()


@contextmanager
def registered(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> Iterator[None]:
    """An Arrow table that statements inside the block may read by this name; nothing is copied."""
    connection.register(name, table)
    try:
        yield
    finally:
        connection.unregister(name)
