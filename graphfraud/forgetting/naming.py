"""Which rows of the store name a person: as who acts, as whom it is done to, by a loan of theirs, or in a text."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from graphfraud.forgetting.places import Places
from graphfraud.queries import quoted, sql
from graphfraud.schema import TABLES, Column, Entity, Kind, Table
from graphfraud.store.base import Head

GONE: Final = "[forgotten]"
"""Stands in a text where an id stood."""
_WORD: Final = "0-9A-Za-z_-"


@dataclass(frozen=True)
class Named:
    """Rows of the store's tables at one state, beside the id of the person looked for."""

    connection: duckdb.DuckDBPyConnection
    head: Head
    person_id: str

    def count(self, table: Table) -> int:
        """Rows of a table that name the person."""
        statement = sql("forgetting", "count").format(table=table.name, names=_names(table))
        found: int = self.connection.execute(statement, self._values()).fetchall()[0][0]
        return found

    def rows(self, table: Table) -> pa.Table:
        """The rows of a table that name the person."""
        statement = sql("forgetting", "rows").format(table=table.name, names=_names(table))
        found: pa.Table = self.connection.sql(statement, params=self._values()).to_arrow_table()
        return found

    def keep_others(self, table: Table) -> None:
        """Make ``clean.TABLE``: all other rows, the id taken out of their texts."""
        columns = ", ".join(_kept(column) for column in table.stored)
        statement = sql("forgetting", "others").format(
            table=table.name, columns=columns, owns=_owns(table), order=", ".join(map(quoted, table.key))
        )
        self.connection.execute(statement, {**self._values(), "gone": rf"\1{GONE}\2"})

    def _values(self) -> dict[str, Any]:
        return {"id": self.person_id, "pattern": pattern(self.person_id)}


@contextmanager
def named(places: Places, person_id: str) -> Iterator[Named]:
    """Every table of the newest state, with the loans of the person known."""
    head = places.store.head()
    with tempfile.TemporaryDirectory(prefix="graphfraud-") as folder:
        resources = places.resources
        connection = duckdb.connect(
            str(Path(folder) / "forgetting.duckdb"),
            config={"threads": resources.threads, "memory_limit": f"{resources.memory_mb}MB"},
        )
        try:
            connection.execute("SET TimeZone = 'UTC'; CREATE SCHEMA clean")
            for table in TABLES:
                connection.register(f"raw_{table.name}", places.store.scan(table.name, head=head))
            connection.execute(sql("forgetting", "loans"), {"id": person_id})
            yield Named(connection, head, person_id)
        finally:
            connection.close()


def pattern(person_id: str) -> str:
    """A regular expression that finds the id as a whole word, with what stands before and behind it.

    >>> re.sub(pattern("p-1"), r"\\1x\\2", "p-1 knows p-10, not p-1.")
    'x knows p-10, not x.'
    """
    return rf"(^|[^{_WORD}]){re.escape(person_id)}($|[^{_WORD}])"


def without(value: Any, person_id: str) -> Any:
    """The same value without the id in any of its texts, however deep.

    >>> without({"p-1": ["for p-1", "p-10", 7]}, "p-1")
    {'[forgotten]': ['for [forgotten]', 'p-10', 7]}
    """
    return _without(value, re.compile(pattern(person_id)))


def _without(value: Any, word: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return word.sub(rf"\1{GONE}\2", value)
    if isinstance(value, dict):
        return {_without(name, word): _without(part, word) for name, part in value.items()}
    return [_without(part, word) for part in value] if isinstance(value, list) else value


def _names(table: Table) -> str:
    """Condition under which a row ``r`` names the person."""
    texts = [f"coalesce(regexp_matches(r.{quoted(one.name)}, $pattern), false)" for one in _texts(table)]
    return " OR ".join([_owns(table), *texts])


def _owns(table: Table) -> str:
    """Condition under which a row ``r`` is about the person."""
    found = ["false"]
    for column in table.columns:
        value = f"coalesce(r.{quoted(column.name)} = $id, false)"
        if column.names is Entity.PERSON or (table.defines is Entity.PERSON and column.key):
            found.append(value)
        elif column.names_by:
            kind = table.by_name[column.names_by]
            found.append(f"(coalesce(r.{quoted(kind.name)}, '{kind.default or ''}') = 'person' AND {value})")
        elif column.name == "target_id":
            found.append(f"(r.target_kind = 'person' AND {value})")
        elif column.names is Entity.LOAN or (table.defines is Entity.LOAN and column.key and column.kind is Kind.ID):
            mine = "(SELECT loan_id FROM loans_of_person)"
            found.append(f"coalesce(r.{quoted(column.name)} IN {mine}, false)")
    return "(" + " OR ".join(found) + ")"


def _kept(column: Column) -> str:
    name = quoted(column.name)
    if column.kind is not Kind.TEXT:
        return f"r.{name}"
    return f"regexp_replace(r.{name}, $pattern, $gone, 'g') AS {name}"


def _texts(table: Table) -> list[Column]:
    return [column for column in table.columns if column.kind is Kind.TEXT]
