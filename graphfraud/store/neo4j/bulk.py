"""A first load as files for ``neo4j-admin database import full``, which is much faster than transactions.

Each label and each form of a table is one CSV file beside a file with its header.
The database that comes of them is the one that a load into an empty database makes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from graphfraud.errors import InputError, UsageError
from graphfraud.queries import quoted, sql
from graphfraud.schema import BY_NAME, KEY_ID, Column, Kind, Table
from graphfraud.sources.reading import Reading
from graphfraud.store.neo4j.changes import node_id, node_joins, nodes_table
from graphfraud.store.neo4j.mapping import DIGESTS, FORMS, LABELS, Links, Nodes, mentions
from graphfraud.store.neo4j.statements import LISTED
from graphfraud.store.neo4j.values import MAX_FEN

_SQL: Final = "store/neo4j"
_TYPES: Final = {
    Kind.TIME: "datetime",
    Kind.DATE: "date",
    Kind.MONEY: "double",
    Kind.NUMBER: "double",
    Kind.SHARE: "double",
    Kind.COUNT: "long",
    Kind.FLAG: "boolean",
}


@dataclass(frozen=True)
class BulkFile:
    """One CSV file with its header: nodes of a label, or relationships of a type."""

    name: str
    kind: str  # nodes or relationships
    of: str

    @property
    def option(self) -> str:
        """The option of the import tool that names the file."""
        return f"--{self.kind}={self.of}={self.name}-header.csv,{self.name}.csv"


def bulk_files(reading: Reading, out: Path) -> list[BulkFile]:
    """Write headers, files and a README with the exact command to a new directory.

    Raises:
        UsageError: the directory is there already.
        InputError: an amount is too large to be kept as yuan.
    """
    try:
        out.mkdir(parents=True)
    except FileExistsError as error:
        raise UsageError("this directory is there already", where=str(out), cure="name a new one") from error
    writing = _Writing(reading, out)
    files = list(writing.files())
    (out / "README.md").write_text(_readme(files), encoding="utf-8")
    return files


class _Writing:
    """The files of one reading."""

    def __init__(self, reading: Reading, out: Path) -> None:
        self._connection = reading.connection
        self._tables = [BY_NAME[name] for name in reading.tables]
        self._out = out

    def files(self) -> Iterator[BulkFile]:
        """Write every file."""
        for table in self._tables:
            self._refuse_large(table)
        if BY_NAME["loans"] in self._tables:
            self._connection.execute(sql(_SQL, "bulk_loans"))
        yield from (found for label in LABELS if (found := self._nodes(label)))
        for table in self._tables:
            for form in FORMS[table.name]:
                if isinstance(form, Links):
                    yield from self._links(form)
                elif not form.bare:
                    yield self._own_nodes(form)
        yield from self._derived()
        yield self._store()

    def _nodes(self, label: str) -> BulkFile | None:
        """All nodes of a label that can be named, with the columns of the table that describes them."""
        said = [
            sql(_SQL, "bulk_mention").format(
                id=column, extra="r.key_id" if label in DIGESTS else "NULL", table=table, condition=condition
            )
            for table, column, condition in self._naming(label)
        ]
        if not said:
            return None
        text = sql(_SQL, "bulk_ids").format(nodes=nodes_table(label), mentions="\nUNION ALL\n".join(said))
        self._connection.execute(text)
        described, columns = self._description(label)
        key = LABELS[label]
        heads = ["n:ID(" + label + "){id-type:long}", f"{key}:string"]
        values = ["n0.n", "n0.id"]
        if label in DIGESTS:
            heads.append(f"{KEY_ID.name}:string")
            values.append("n0.extra")
        for column in columns:
            heads.append(_head(column))
            values.append(_value(column))
        if described and label != "Loan":
            heads.append(f"{LISTED}:boolean")
            values.append(f"CASE WHEN r.{quoted(key)} IS NOT NULL THEN true END")
        body = sql(_SQL, "bulk_nodes").format(
            values=", ".join(values),
            nodes=nodes_table(label),
            described=described or nodes_table(label),
            same=f"r.{quoted(key)} = n0.id" if described else "false",
        )
        return self._write(BulkFile(label, "nodes", label), heads, body)

    def _naming(self, label: str) -> Iterator[tuple[str, str, str]]:
        """Table, SQL of the id, and condition of every column that names a node of the label."""
        for table in self._tables:
            for form in FORMS[table.name]:
                if isinstance(form, Nodes):
                    if form.label == label:
                        yield table.name, node_id(form), "true"
                    continue
                for end in mentions(form):
                    if end.label == label:
                        yield table.name, f"r.{quoted(end.column)}", form.condition

    def _description(self, label: str) -> tuple[str, Sequence[Column]]:
        """The table or view that describes nodes of a label, if this load has it, and its columns."""
        for table in self._tables:
            form = FORMS[table.name][0]
            if isinstance(form, Nodes) and form.label == label:
                return f"clean.{table.name}", [c for c in form.properties if c.name != LABELS[label]]
            if table.name == "loans" and label == "Loan":
                return "last_loans", [c for c in table.stored if c.name != LABELS[label]]
        return "", []

    def _own_nodes(self, form: Nodes) -> BulkFile:
        heads = [f"n:ID({form.label}){{id-type:long}}", *map(_head, form.properties)]
        order = ", ".join(f"r.{quoted(name)}" for name in form.table.key)
        values = [f"row_number() OVER (ORDER BY {order}) - 1", *map(_value, form.properties)]
        return self._write(BulkFile(form.label, "nodes", form.label), heads, self._select(form, values))

    def _links(self, form: Links) -> Iterator[BulkFile]:
        """The relationships of a form; where rows hang, their nodes too."""
        name = f"{form.table.name}-{form.source.label}-{form.type}"
        properties, values = [_head(c) for c in form.properties], [_value(c) for c in form.properties]
        start = f":START_ID({form.source.label})"
        if form.target:
            heads = [start, f":END_ID({form.target.label})", *properties]
            text = self._select(form, ["n0.n", "n1.n", *values])
            yield self._write(BulkFile(f"{name}-{form.target.label}", "relationships", form.type), heads, text)
            return
        order = ", ".join(f"r.{quoted(key)}" for key in form.table.key)
        number = f"row_number() OVER (ORDER BY {order}) - 1"
        row = f":ID({form.row_label}){{id-type:long}}"
        nodes = self._select(form, [number, *values])
        yield self._write(BulkFile(form.row_label, "nodes", form.row_label), [row, *properties], nodes)
        ends = [start, f":END_ID({form.row_label})"]
        text = self._select(form, ["n0.n", number])
        yield self._write(BulkFile(name, "relationships", form.type), ends, text)

    def _derived(self) -> Iterator[BulkFile]:
        """What a load derives for investigators."""
        if BY_NAME["logins"] in self._tables:
            moments = {name: _moment(f"{call}(r.at)") for name, call in (("first_at", "min"), ("last_at", "max"))}
            for label, thing in (("Device", "r.device_id"), ("IP", "r.ip")):
                heads = [
                    ":START_ID(Person)",
                    f":END_ID({label})",
                    "first_at:datetime",
                    "last_at:datetime",
                    "logins:long",
                ]
                text = sql(_SQL, "bulk_uses").format(nodes=nodes_table(label), thing=thing, **moments)
                relation = f"USED_{label.upper()}"
                yield self._write(BulkFile(relation, "relationships", relation), heads, text)
        if BY_NAME["loans"] in self._tables:
            for name, ends in (("OWES", ("Person", "Loan")), ("LENT_BY", ("Loan", "Lender"))):
                heads = [f":START_ID({ends[0]})", f":END_ID({ends[1]})"]
                yield self._write(BulkFile(name, "relationships", name), heads, self._loan_ends(*ends))

    def _loan_ends(self, source: str, target: str) -> str:
        joins = "\n".join(
            f"JOIN {nodes_table(label)} AS n{side} ON n{side}.id = r.{quoted(LABELS[label])}"
            for side, label in enumerate((source, target))
        )
        return sql(_SQL, "values").format(
            values="n0.n, n1.n", rows="last_loans", joins=joins, condition="true", order="r.loan_id"
        )

    def _store(self) -> BulkFile:
        """The state of the store after its first load."""
        rows = [table.name for table in self._tables if self._count(table)]
        heads = ["name:string", "sequence:long", "tables:string[]", "versions:long[]"]
        names = sorted(rows)
        text = f"SELECT 'tables', 1, '{';'.join(names)}', '{';'.join('1' * len(names))}'"
        return self._write(BulkFile("Store", "nodes", "Store"), heads, text)

    def _count(self, table: Table) -> int:
        rows: int = self._connection.table(f"clean.{table.name}").count("*").fetchall()[0][0]
        return rows

    def _select(self, form: Nodes | Links, values: Sequence[str]) -> str:
        links = isinstance(form, Links)
        return sql(_SQL, "values").format(
            values=", ".join(f"{value} AS v{place}" for place, value in enumerate(values)),
            rows=f"clean.{form.table.name}",
            joins=node_joins(form) if links else "",
            condition=form.condition if isinstance(form, Links) else "true",
            order=", ".join(f"r.{quoted(name)}" for name in form.table.key),
        )

    def _write(self, file: BulkFile, heads: Sequence[str], text: str) -> BulkFile:
        (self._out / f"{file.name}-header.csv").write_text(",".join(heads) + "\n", encoding="utf-8")
        relation: duckdb.DuckDBPyRelation = self._connection.sql(text)
        relation.write_csv(str(self._out / f"{file.name}.csv"), header=False, na_rep="", quotechar='"', escapechar='"')
        return file

    def _refuse_large(self, table: Table) -> None:
        for column in table.stored:
            if column.kind is Kind.MONEY:
                name = quoted(column.name)
                [[largest]] = self._connection.table(f"clean.{table.name}").aggregate(f"max({name})").fetchall()
                if largest is not None and largest > MAX_FEN:
                    raise InputError(
                        f"an amount of {largest / 100:.0f} yuan cannot be kept to the fen",
                        where=table.name,
                        cure=f"correct it; the largest that Neo4j can hold is {MAX_FEN // 100} yuan",
                    )


def _head(column: Column) -> str:
    return f"{column.name}:{_TYPES.get(column.kind, 'string')}"


def _value(column: Column) -> str:
    value = f"r.{quoted(column.name)}"
    if column.kind is Kind.TIME:
        return _moment(value)
    if column.kind is Kind.DATE:
        return f"strftime({value}, '%Y-%m-%d')"
    if column.kind is Kind.MONEY:
        return f"({value} / 100)"
    return value


def _moment(value: str) -> str:
    """SQL for a time as the import tool reads it."""
    return f"strftime({value}::TIMESTAMPTZ AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"


def _readme(files: Sequence[BulkFile]) -> str:
    options = " \\\n  ".join(file.option for file in files)
    return f"""# A first load into an empty Neo4j database
Run this in this directory, with the server stopped; it deletes what the database `neo4j` holds:

```
neo4j-admin database import full neo4j --overwrite-destination=true --multiline-fields=true \\
  --bad-tolerance=0 --array-delimiter=';' --read-buffer-size=16m \\
  {options}
```

For a server of `make neo4j` write `python -m graphfraud.neo4j_server admin` instead of `neo4j-admin`.

Then start the server and load the same tables once more. That makes the constraints and indexes,
compares every row, and finds that nothing is to be sent:

```
graphfraud load DIR --store bolt://localhost:7687
```
"""
