"""From a store's tables to a snapshot: as-of rules, then numbers, by DuckDB alone.

Both stores hand over the same raw rows and all rules are applied here, which is
why the lake and Neo4j give the same snapshot to the byte.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds

from graphfraud.queries import quoted, sql
from graphfraud.schema import TABLES, Column, Entity, Table
from graphfraud.snapshot.encoding import known_row, known_value, names_person, number, vocabulary
from graphfraud.snapshot.graph import Relation, Snapshot
from graphfraud.store.base import Head, Store


@dataclass(frozen=True)
class Resources:
    """What a stage may use; none of it changes an answer."""

    threads: int = 2
    memory_mb: int = 1500


def build(store: Store, *, head: Head, as_of: int, labels: bool, resources: Resources) -> Snapshot:
    """The snapshot of a store's state at an as-of (UTC microseconds); without ``labels`` no label enters.

    Cost: two scans and a sort of each table; DuckDB spills to disk past ``resources.memory_mb``.
    """
    with _workspace(resources) as connection:
        for table in TABLES:
            hidden = table.name == "labels" and not labels
            rows = ds.dataset(table.arrow.empty_table()) if hidden else store.scan(table.name, head=head)
            connection.register(f"raw_{table.name}", rows)
        connection.execute("SET VARIABLE as_of = make_timestamptz(?)", [as_of])
        connection.execute(sql("snapshot", "people"))
        connection.execute(sql("snapshot", "loans"))
        for table in TABLES:
            connection.execute(_kept(table))
        words = _vocabularies()
        for name, mentions in words.items():
            connection.execute(
                sql("snapshot", "ids").format(vocabulary=quoted(name), mentions="\nUNION ALL\n".join(mentions))
            )
        return Snapshot(
            as_of=as_of,
            ids={name: _ids(connection, name) for name in [Entity.PERSON, *words]},
            relations={table.name: _relation(connection, table) for table in TABLES},
        )


@contextmanager
def _workspace(resources: Resources) -> Iterator[duckdb.DuckDBPyConnection]:
    with tempfile.TemporaryDirectory(prefix="graphfraud-") as directory:
        connection = duckdb.connect(
            str(Path(directory) / "snapshot.duckdb"),
            config={"threads": resources.threads, "memory_limit": f"{resources.memory_mb}MB"},
        )
        try:
            connection.execute("SET TimeZone = 'UTC'; CREATE SCHEMA kept; CREATE SCHEMA ids")
            yield connection
        finally:
            connection.close()


def _kept(table: Table) -> str:
    """The statement that keeps the known rows of a table, people already as numbers."""
    columns, joins, conditions = [], [], known_row(table)
    for column in table.columns:
        value, name = known_value(table, column), quoted(column.name)
        condition = names_person(table, column)
        if condition:
            person = quoted(f"{column.name}#person")
            joins.append(f"LEFT JOIN ids.person AS {person} ON {condition} AND {person}.id = {value}")
            conditions.append(f"(NOT {condition} OR {value} IS NULL OR {person}.i IS NOT NULL)")
            columns.append(f"{person}.i AS {person}")
            value = f"CASE WHEN NOT {condition} THEN {value} END"
        if column.names is Entity.LOAN:
            listed = f"{value} IN (SELECT id FROM ids.listed_loan)"  # noqa: S608 - a name of the schema
            conditions.append(f"(NOT getvariable('loans_listed') OR {value} IS NULL OR {listed})")
        columns.append(f"{value} AS {name}")
    return sql("snapshot", "kept").format(
        table=table.name,
        columns=", ".join(columns),
        joins="\n".join(joins),
        conditions="\n  AND ".join(conditions),
    )


def _vocabularies() -> dict[str, list[str]]:
    """For each list of ids, the statements that mention them; entities first, descriptions ask for them."""
    words: dict[str, list[str]] = {entity: [] for entity in Entity if entity is not Entity.PERSON}
    for table in TABLES:
        for column in table.columns:
            name = vocabulary(table, column)
            if name and name != Entity.PERSON and not (table.describes_only and column.key):
                words.setdefault(name, []).append(_mention(table, column))
    return words


def _mention(table: Table, column: Column) -> str:
    named = ""
    if table.describes_only:
        named = f"SEMI JOIN ids.{quoted(str(table.defines))} AS e ON e.id = r.{quoted(table.key[0])}"
    return sql("snapshot", "mention").format(column=quoted(column.name), table=table.name, named=named)


def _ids(connection: duckdb.DuckDBPyConnection, name: str) -> pa.Array:
    rows = connection.sql(sql("snapshot", "numbered").format(vocabulary=quoted(name))).to_arrow_table()
    return rows.column("id").combine_chunks()


def _relation(connection: duckdb.DuckDBPyConnection, table: Table) -> Relation:
    columns, joins = [], []
    for column in table.columns:
        name = quoted(column.name)
        words = vocabulary(table, column)
        if not words:
            if column.kind != "id":
                columns.append(f"{number(column, f'r.{name}')} AS {name}")
            continue
        columns.append(f"{_numbered(column, words)} AS {name}")
        if words != Entity.PERSON:
            described = table.describes_only and column.key
            joins.append(f"{'' if described else 'LEFT '}JOIN ids.{quoted(words)} AS {name} ON {name}.id = r.{name}")
    statement = sql("snapshot", "relation")
    rows = connection.sql(
        statement.format(columns=", ".join(columns), table=table.name, joins="\n".join(joins))
    ).to_arrow_table()
    return Relation(table.name, {name: _array(rows.column(name)) for name in rows.column_names})


def _numbered(column: Column, words: str) -> str:
    name, person = quoted(column.name), quoted(f"{column.name}#person")
    if words == Entity.PERSON:
        return f"coalesce(r.{person}, -1)::INTEGER"
    if column.names_by:
        return f"coalesce(r.{person}, (SELECT count(*) FROM ids.person) + {name}.i, -1)::INTEGER"  # noqa: S608 - schema names
    return f"coalesce({name}.i, -1)::INTEGER"


def _array(column: pa.ChunkedArray) -> np.ndarray:
    array = np.ascontiguousarray(column.to_numpy())
    array.flags.writeable = False
    return array
