"""Rows for every column of every table, and what a store gives back of them."""

from typing import Any

import pyarrow as pa

from graphfraud.schema import TABLES, Column, Entity, Kind, Table
from graphfraud.store.base import Store
from tests.tables import day

HOSTILE = "'}) DETACH DELETE n // \"`\\u0027\\\\ {0} $rows"
"""An attempt to break out of every kind of quotes there is."""


def full_row(table: Table, mark: str) -> dict[str, Any]:
    """A row with a value in every column; ``mark`` is in every text, and tells rows apart."""
    return {column.name: _value(table, column, mark) for column in table.stored}


def sparse_row(table: Table, mark: str) -> dict[str, Any]:
    """A row with nothing that may be absent."""
    full = full_row(table, mark)
    kept = {"person_id"} if table.one_of else set()
    return {c.name: full[c.name] for c in table.stored if not c.optional or c.name in kept or c.default}


def everything(mark: str) -> dict[str, list[dict[str, Any]]]:
    """One full and one sparse row of every table."""
    return {table.name: [full_row(table, mark), sparse_row(table, f"{mark} 2")] for table in TABLES}


def contents(store: Store, tables: tuple[str, ...] = tuple(table.name for table in TABLES)) -> dict[str, pa.Table]:
    """All rows of a store in a fixed order."""
    head = store.head()
    return {name: _sorted(store.scan(name, head=head).to_table()) for name in tables}


def _sorted(rows: pa.Table) -> pa.Table:
    return rows.sort_by([(name, "ascending") for name in rows.column_names]).combine_chunks()


def _value(table: Table, column: Column, mark: str) -> Any:
    if column.kind in (Kind.ID, Kind.TEXT, Kind.IDENTIFIER):
        side = column.name if column.names is Entity.PERSON else ""
        return f"{side}{mark}"
    if column.kind is Kind.TIME:
        return day(-100.5) + 1 if column.optional else day(len(table.name)) + 123_456
    values: dict[Kind, Any] = {
        Kind.DATE: -3,
        Kind.MONEY: 29,
        Kind.COUNT: 7,
        Kind.NUMBER: 0.1,
        Kind.SHARE: 0.3,
        Kind.FLAG: False,
        Kind.CHOICE: column.values[-1] if column.values else None,
    }
    return values[column.kind]
