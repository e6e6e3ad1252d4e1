"""Queries on Neo4j: read access only, and a time limit that the server itself keeps."""

from typing import Any

from graphfraud.investigate.answer import Bounds, Row, plain
from graphfraud.store.neo4j.connection import Connection


def graph_rows(connection: Connection, text: str, values: dict[str, Any], bounds: Bounds) -> list[Row]:
    """At most one row more than ``bounds.rows``.

    Raises:
        RefusedError: the query writes, or took longer than ``bounds.seconds``.
        StoreError: the server does not answer.
    """
    records = connection.ask(text, values, seconds=bounds.seconds, rows=bounds.rows + 1)
    return [{name: plain(value) for name, value in dict(record).items()} for record in records]
