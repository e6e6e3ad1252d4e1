"""Tables out of the graph: lists in stretches, the ends of relationships by the server's own ids.

A record for each edge costs five times as much as lists of numbers, and walking from each
person along all of their edges four times as much as reading one type's edges as they lie.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphfraud.errors import StoreError
from graphfraud.queries import cypher
from graphfraud.schema import BY_NAME, Column
from graphfraud.store.neo4j.connection import Connection
from graphfraud.store.neo4j.mapping import FORMS, Form, Links, Nodes
from graphfraud.store.neo4j.places import Ids, Places
from graphfraud.store.neo4j.statements import counting, ids, reading_links, reading_nodes, together, walking_links
from graphfraud.store.neo4j.stretches import Lists, Stretches
from graphfraud.store.neo4j.values import returned

_NODES: Final = pa.schema([pa.field("n", pa.int64()), pa.field("place", pa.int64()), pa.field("id", pa.string())])


class Reader:
    """Reads whole tables as they are now; ids of nodes are read once and kept until :meth:`forget`."""

    def __init__(self, connection: Connection, stretches: Stretches | None = None) -> None:
        self._connection = connection
        self._stretches = stretches or Stretches(connection)
        self._ids: dict[str, pa.Table] = {}
        self._rows: dict[str, Places] = {}

    def forget(self) -> None:
        """Let go of the ids, because nodes were added."""
        self._ids.clear()
        self._rows.clear()

    def nodes(self, label: str) -> pa.Table:
        """Numbers ``n``, the server's ids ``place`` and ids ``id`` of all nodes of a label, by number, in one chunk."""
        if label not in self._ids:
            count = self._connection.read(cypher("load", "count_nodes").format(label=label))[0]["rows"]
            batches = [
                pa.record_batch(
                    [pa.array(values, field.type) for values, field in zip(lists, _NODES, strict=True)], schema=_NODES
                )
                for lists in self._stretches.answers(ids(label), self._stretches.of_numbers(label, count))
            ]
            self._ids[label] = pa.Table.from_batches(batches, _NODES).sort_by("n").combine_chunks()
        return self._ids[label]

    def save(self, table: str, path: Path) -> int:
        """Write all rows of a table to an Arrow file and return how many they are."""
        rows = 0
        schema = BY_NAME[table].arrow
        with pa.ipc.new_file(path, schema) as file:
            for batch in self._batches(table, schema):
                file.write_batch(batch)
                rows += batch.num_rows
        return rows

    def numbered(self, table: str) -> pa.Table:
        """The rows of a table of nodes with the number ``n`` of each."""
        [form] = FORMS[table]
        if not isinstance(form, Nodes):
            raise TypeError(table)
        schema = BY_NAME[table].arrow
        fields = pa.schema([pa.field("n", pa.int64()), *schema])
        batches = [
            pa.record_batch([pa.array(numbers, pa.int64()), *_returned(form.properties, values)], schema=fields)
            for numbers, *values in self._node_lists(form)
        ]
        return pa.Table.from_batches(batches, fields)

    def _batches(self, table: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        for forms in read_together(FORMS[table]):
            for columns in self._of_nodes(forms) if isinstance(forms, Nodes) else self._of_links(forms):
                batch = pa.record_batch([columns[name] for name in schema.names], schema=schema)
                if batch.num_rows:
                    yield batch

    def _of_nodes(self, form: Nodes) -> Iterator[dict[str, pa.Array]]:
        names = [column.name for column in form.properties]
        for _, *values in self._node_lists(form):
            yield dict(zip(names, _returned(form.properties, values), strict=True))

    def _node_lists(self, form: Nodes) -> Iterator[Lists]:
        count = self._connection.read(counting(form))[0]["rows"]
        yield from self._stretches.answers(reading_nodes(form), self._stretches.of_numbers(form.label, count))

    def _of_links(self, forms: tuple[Links, ...]) -> Iterator[dict[str, pa.Array]]:
        for label in {end.label for form in forms for end in form.ends}:
            self.nodes(label)  # before the sessions start, so that each label is read once
        properties = together(forms)
        sides = len(forms[0].ends)
        for lists in self._link_lists(forms):
            ends = [np.asarray(numbers, np.int64) for numbers in lists[:sides]]
            columns = dict(
                zip((column.name for column in properties), _returned(properties, lists[sides:]), strict=True)
            )
            yield from self._parted(forms, ends, columns)

    def _link_lists(self, forms: tuple[Links, ...]) -> Iterator[Lists]:
        """Along the ids of a type's relationships; where these are scattered, from one source after another."""
        count = self._connection.read(counting(forms[0]))[0]["rows"]
        along = self._stretches.of_links(forms[0], count) if count else []
        if along is not None:
            yield from self._stretches.answers(reading_links(forms), along)
            return
        for label in sorted({form.source.label for form in forms}):
            yield from self._stretches.answers(walking_links(forms, label), self._stretches.of_numbers(label, count))

    def _parted(
        self, forms: tuple[Links, ...], ends: list[Ids], columns: dict[str, pa.Array]
    ) -> Iterator[dict[str, pa.Array]]:
        """The rows of each form, told apart by the labels of their ends."""
        left = len(ends[0])
        for form in forms:
            found = [self._places(end.label).rows(side) for end, side in zip(form.ends, ends, strict=True)]
            mine = np.logical_and.reduce([rows >= 0 for rows in found])
            left -= int(mine.sum())
            if mine.any():
                yield self._columns(form, [rows[mine] for rows in found], columns, mine)
        if left:
            raise StoreError(
                "a load added nodes while this was read", where=self._connection.uri, cure="run the command again"
            )

    def _columns(
        self, form: Links, found: list[Ids], columns: dict[str, pa.Array], mine: npt.NDArray[np.bool_]
    ) -> dict[str, pa.Array]:
        """What the ends, the form itself and the properties say of the rows that are mine."""
        named = {
            end.column: self.nodes(end.label).column("id").chunk(0).take(pa.array(rows))
            for end, rows in zip(form.ends, found, strict=True)
        }
        said = {name: _repeated(value, len(found[0])) for name, value in form.constants.items()}
        mask = None if mine.all() else pa.array(mine)
        stored = {column.name: columns[column.name] for column in form.properties}
        return named | said | {name: values if mask is None else values.filter(mask) for name, values in stored.items()}

    def _places(self, label: str) -> Places:
        if label not in self._rows:
            self._rows[label] = Places(self.nodes(label).column("place").to_numpy())
        return self._rows[label]


def read_together(forms: tuple[Form, ...]) -> list[Nodes | tuple[Links, ...]]:
    """Forms of relationships of one type are read at once, because their ends tell them apart."""
    groups: list[Nodes | tuple[Links, ...]] = []
    for form in forms:
        last = groups[-1] if groups else None
        if isinstance(form, Nodes):
            groups.append(form)
        elif isinstance(last, tuple) and last[0].type == form.type:
            groups[-1] = (*last, form)
        else:
            groups.append((form,))
    return groups


def _returned(columns: tuple[Column, ...], lists: Lists) -> list[pa.Array]:
    return [returned(column, found) for column, found in zip(columns, lists, strict=True)]


def _repeated(value: str | None, rows: int) -> pa.Array:
    return pa.array([value], pa.string()).take(np.zeros(rows, np.int64))
