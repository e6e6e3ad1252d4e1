"""What a load changes in the graph, found out by DuckDB: new rows, rows that go, nodes they name.

Rows leave here in batches of lists, with the numbers of nodes in place of their ids.
"""

from collections.abc import Iterator
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds

from graphfraud.errors import InputError
from graphfraud.queries import quoted, sql
from graphfraud.schema import Kind, Table
from graphfraud.store.neo4j.batches import Rows
from graphfraud.store.neo4j.mapping import DIGESTS, FORMS, Form, Links, Nodes, mentions
from graphfraud.store.neo4j.statements import Sending
from graphfraud.store.neo4j.values import MAX_FEN

BATCH_ROWS: Final = 2_500
"""Larger transactions cost the server more for each row, because it keeps what they change in memory."""
BATCH_BYTES: Final = 4 << 20

_SQL: Final = "store/neo4j"


class Changes:
    """The changed rows of one table after another, in the tables ``changes`` and ``gone`` of a connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._numbered: set[str] = set()

    def find(self, table: Table, stored: ds.Dataset, *, whole: bool) -> tuple[int, int]:
        """Compare a load's rows with those of the graph; how many are to come, and to go.

        Raises:
            InputError: an amount is too large to be kept as yuan.
        """
        names = {"table": table.name, "columns": ", ".join(quoted(column.name) for column in table.stored)}
        self._connection.register("stored", stored)
        self._connection.execute(sql(_SQL, "changes").format(**names))
        if whole:
            self._connection.execute(sql(_SQL, "gone").format(**names))
        else:
            self._connection.execute(sql(_SQL, "replaced").format(same_key=_same_key(table), **names))
        self._connection.unregister("stored")
        self._refuse_large(table)
        return self.count("changes"), self.count("gone")

    def count(self, name: str) -> int:
        """Rows of one of the tables."""
        rows: int = self._connection.table(name).count("*").fetchall()[0][0]
        return rows

    def fingerprint(self, table: Table) -> str:
        """What the load has for a table, in short."""
        columns = ", ".join(quoted(column.name) for column in table.stored)
        text = sql(_SQL, "fingerprint").format(table=table.name, columns=columns)
        return ":".join(map(str, self._connection.execute(text).fetchall()[0]))

    def number(self, label: str, nodes: pa.Table, form: Nodes | None = None) -> None:
        """Make the numbers of a label's nodes known; ``form`` where their id is a key of several columns."""
        if label not in self._numbered:
            self._connection.register("fetched", nodes)
            text = sql(_SQL, "nodes").format(nodes=nodes_table(label), id=node_id(form) if form else "r.id")
            self._connection.execute(text)
            self._connection.unregister("fetched")
            self._numbered.add(label)

    def number_named(self, table: Table, label: str) -> Iterator[Rows]:
        """Nodes of a label that changed rows name and the graph lacks: number, id and, of identifiers, ``key_id``."""
        columns = [(column, _condition(form)) for form in FORMS[table.name] for column in _naming(form, label)]
        extra = "r.key_id" if label in DIGESTS else "NULL"
        self._number_new(
            label,
            [
                sql(_SQL, "mention").format(id=f"r.{quoted(column)}", extra=extra, condition=condition)
                for column, condition in columns
            ],
        )
        values = "n, id, extra" if label in DIGESTS else "n, id"
        yield from batches(self._connection.table("new_nodes").project(values).order("n").to_arrow_reader(BATCH_ROWS))

    def number_own(self, form: Nodes) -> None:
        """Give numbers to changed rows that are nodes and that the graph lacks."""
        self._number_new(form.label, [sql(_SQL, "mention").format(id=node_id(form), extra="NULL", condition="true")])

    def _number_new(self, label: str, said: list[str]) -> None:
        text = sql(_SQL, "new_nodes").format(nodes=nodes_table(label), mentions="\nUNION ALL\n".join(said))
        self._connection.execute(text)

    def rows(self, form: Form, sending: Sending, source: str = "changes", where: str = "true") -> Iterator[Rows]:
        """Values of one form's rows from ``changes`` or ``gone``."""
        text = sql(_SQL, "values").format(
            values=", ".join(f"{value} AS v{place}" for place, value in enumerate(sending.values)),
            rows=source,
            joins=node_joins(form),
            condition=f"({_condition(form)}) AND ({where})",
            order=", ".join(["n0.n", *(f"r.{quoted(name)}" for name in form.table.key)]),
        )
        yield from batches(self._connection.sql(text).to_arrow_reader(BATCH_ROWS))

    def touched(self, form: Links) -> set[int]:
        """Numbers of the sources of all rows that come or go."""
        numbers: set[int] = set()
        for source in ("changes", "gone"):
            for rows in self.rows(form, Sending("", ("n0.n",)), source):
                numbers.update(row[0] for row in rows)
        return numbers

    def _refuse_large(self, table: Table) -> None:
        money = [f"max({quoted(column.name)})" for column in table.stored if column.kind is Kind.MONEY]
        if not money:
            return
        [[largest]] = self._connection.execute(sql(_SQL, "largest").format(amounts=", ".join(money))).fetchall()
        if largest is not None and largest > MAX_FEN:
            raise InputError(
                f"an amount of {largest / 100:.0f} yuan cannot be kept to the fen",
                where=table.name,
                cure=f"correct it; the largest that Neo4j can hold is {MAX_FEN // 100} yuan",
            )


def is_new(form: Nodes) -> str:
    """SQL condition that the node of row ``r`` was not in the graph."""
    return f"{node_id(form)} IN (SELECT id FROM new_nodes)"  # noqa: S608 - names of the schema


def key_is_gone(form: Nodes) -> str:
    """SQL condition that no row with the key of row ``r`` comes."""
    return f"{node_id(form)} NOT IN (SELECT {node_id(form)} FROM changes AS r)"  # noqa: S608 - names of the schema


def batches(reader: pa.RecordBatchReader) -> Iterator[Rows]:
    """Rows as lists, at most so many and so many bytes at once."""
    for batch in reader:
        for piece in pieces(batch):
            yield list(map(list, zip(*(column.to_pylist() for column in piece.columns), strict=True)))


def pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """A batch cut until no piece has more than :data:`BATCH_ROWS` rows or :data:`BATCH_BYTES` bytes."""
    rows = batch.num_rows
    if rows > BATCH_ROWS or (rows > 1 and batch.nbytes > BATCH_BYTES):
        yield from pieces(batch.slice(0, rows // 2))
        yield from pieces(batch.slice(rows // 2))
    elif rows:
        yield batch


def nodes_table(label: str) -> str:
    """SQL name of the table with the numbers of a label's nodes."""
    return quoted(f"nodes of {label}")


def node_id(form: Nodes) -> str:
    """SQL for the id of the node of row ``r``; a key of several columns is a row of them."""
    columns = [f"r.{quoted(name)}" for name in form.table.key]
    return columns[0] if len(columns) == 1 else f"row({', '.join(columns)})"


def _naming(form: Form, label: str) -> list[str]:
    return [end.column for end in mentions(form) if end.label == label]


def _condition(form: Form) -> str:
    return form.condition if isinstance(form, Links) else "true"


def node_joins(form: Form) -> str:
    """SQL joins of rows ``r`` of a form with the nodes they name."""
    if isinstance(form, Nodes):
        return f"JOIN {nodes_table(form.label)} AS n0 ON n0.id = {node_id(form)}"
    return "\n".join(
        f"JOIN {nodes_table(end.label)} AS n{side} ON n{side}.id = r.{quoted(end.column)}"
        for side, end in enumerate(form.ends)
    )


def _same_key(table: Table) -> str:
    return " AND ".join(f"s.{quoted(name)} IS NOT DISTINCT FROM t.{quoted(name)}" for name in table.key)
