"""Typed rows of a table become its clean rows: ids that name nothing and contradictions are rejected.

Tables are settled in the order of the schema, so that people and loans are known
before the tables that name them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import duckdb

from graphfraud.queries import quoted
from graphfraud.schema import Column, Entity, Table
from graphfraud.sources.checks import shown
from graphfraud.sources.statements import run

_PERSON_KIND: Final = "person"


@dataclass(frozen=True)
class Settling:
    """Settles tables on one connection; loans are checked only where some table lists loans."""

    connection: duckdb.DuckDBPyConnection
    loans_listed: bool

    def settle(self, table: Table) -> tuple[int, int]:
        """Fill ``clean.TABLE`` from ``stage.rows``; returns rows rejected and rows collapsed."""
        self._reject_unknown(table)
        run(self.connection, "faulty", {"table": table.name})
        run(self.connection, "good", columns=_canonical(table))
        collapsed = self._unique(table)
        if table.name == "people":
            run(self.connection, "known_people")
        if table.name == "loans":
            run(self.connection, "known_loans")
        ((rejected,),) = run(self.connection, "rejected", {"table": table.name})
        return rejected, collapsed

    def _reject_unknown(self, table: Table) -> None:
        for column, entity, when in _references(table):
            if entity is Entity.LOAN and not self.loans_listed:
                continue
            run(
                self.connection,
                "unknown",
                {
                    "table": table.name,
                    "place": table.columns.index(column),
                    "column": column.name,
                    "reason": f"unknown {entity}",
                },
                column=quoted(column.name),
                known=f"known.{entity}",
                when=when,
                shown=shown(f"found.{quoted(column.name)}", table),
            )

    def _unique(self, table: Table) -> int:
        """Make ``clean.TABLE`` of the good rows; returns how many of them repeated another."""
        columns, key = _names(table), ", ".join(map(quoted, table.key))
        ((repeated,),) = run(self.connection, "repeated", key=key)
        if not repeated:
            run(self.connection, "unique", table=quoted(table.name), columns=columns)
            return 0
        run(self.connection, "rivals", columns=columns, key=key, same=_same(table, "good", "repeated"))
        run(
            self.connection,
            "conflicts",
            {"table": table.name, "column": ", ".join(table.key)},
            shown=shown(f"concat_ws(', ', {key})", table),
            same=_same(table, "good", "conflicts"),
        )
        run(
            self.connection,
            "clean",
            table=quoted(table.name),
            columns=columns,
            alone=_same(table, "good", "repeated"),
            settled=_same(table, "rivals", "conflicts"),
        )
        ((collapsed,),) = run(
            self.connection,
            "collapsed",
            repeated=_same(table, "good", "repeated"),
            settled=_same(table, "rivals", "conflicts"),
            conflicting=_same(table, "good", "conflicts"),
        )
        return int(collapsed)


def _references(table: Table) -> Iterator[tuple[Column, Entity, str]]:
    """Columns whose ids must be known, what they name, and when they name it at all."""
    for column in table.columns:
        if column.names in (Entity.PERSON, Entity.LOAN):
            yield column, column.names, "true"
        elif column.names_by is not None:
            yield column, Entity.PERSON, f"found.{quoted(column.names_by)} = '{_PERSON_KIND}'"


def _names(table: Table) -> str:
    return ", ".join(quoted(column.name) for column in table.stored)


def _canonical(table: Table) -> str:
    """Select list of the stored columns; of an undirected pair the smaller id, by bytes, comes first."""
    if table.undirected is None:
        return _names(table)
    one, other = map(quoted, table.undirected)
    swapped = {one: f"least({one}, {other}) AS {one}", other: f"greatest({one}, {other}) AS {other}"}
    return ", ".join(swapped.get(quoted(column.name), quoted(column.name)) for column in table.stored)


def _same(table: Table, left: str, right: str) -> str:
    """Two relations agree in the key; a null part equals a null part."""
    pairs = [(quoted(column.name), column.optional) for column in table.columns if column.key]
    return " AND ".join(
        f"{left}.{name} {'IS NOT DISTINCT FROM' if optional else '='} {right}.{name}" for name, optional in pairs
    )
