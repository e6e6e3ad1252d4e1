"""Tables out of the graph: lists in stretches of numbers, several sessions side by side.

A record for each edge costs five times as much as lists of numbers. One stretch is
one record, so neither the server nor this side ever holds a whole table.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphfraud.errors import StoreError
from graphfraud.queries import cypher
from graphfraud.schema import BY_NAME
from graphfraud.store.neo4j.connection import Connection
from graphfraud.store.neo4j.mapping import FORMS, Form, Links, Nodes
from graphfraud.store.neo4j.statements import counting, ids, reading
from graphfraud.store.neo4j.values import returned

STRETCH_ROWS: Final = 50_000
"""About so many rows come in one record."""
SESSIONS: Final = 2
_NODES: Final = pa.schema([pa.field("n", pa.int64()), pa.field("id", pa.string())])


class Reader:
    """Reads whole tables as they are now; ids of nodes are read once and kept until :meth:`forget`."""

    def __init__(self, connection: Connection, *, sessions: int = SESSIONS, stretch_rows: int = STRETCH_ROWS) -> None:
        self._connection = connection
        self._sessions = sessions
        self._stretch_rows = stretch_rows
        self._ids: dict[str, pa.Table] = {}

    def forget(self) -> None:
        """Let go of the ids, because nodes were added."""
        self._ids.clear()

    def nodes(self, label: str) -> pa.Table:
        """Numbers ``n`` and ids ``id`` of all nodes of a label, by number, in one chunk."""
        if label not in self._ids:
            count = self._connection.read(cypher("load", "count_nodes").format(label=label))[0]["rows"]
            batches = [
                pa.record_batch([pa.array(numbers, pa.int64()), pa.array(names, pa.string())], schema=_NODES)
                for numbers, names in self._stretches(ids(label), label, count)
            ]
            self._ids[label] = pa.Table.from_batches(batches, _NODES).sort_by("n").combine_chunks()
        return self._ids[label]

    def save(self, table: str, path: Path) -> int:
        """Write all rows of a table to an Arrow file and return how many they are."""
        rows = 0
        schema = BY_NAME[table].arrow
        with pa.ipc.new_file(path, schema) as file:
            for forms in read_together(FORMS[table]):
                for batch in self._batches(forms, schema):
                    file.write_batch(batch)
                    rows += batch.num_rows
        return rows

    def numbered(self, table: str) -> pa.Table:
        """The rows of a table of nodes with the number ``n`` of each."""
        [form] = FORMS[table]
        schema = BY_NAME[table].arrow
        fields = pa.schema([pa.field("n", pa.int64()), *schema])
        batches = []
        for numbers, *values in self._lists((form,)):
            columns = [returned(column, found) for column, found in zip(form.properties, values, strict=True)]
            batches.append(pa.record_batch([pa.array(numbers, pa.int64()), *columns], schema=fields))
        return pa.Table.from_batches(batches, fields)

    def _batches(self, forms: tuple[Form, ...], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        for lists in self._lists(forms):
            for form, ends, values in _parted(forms, lists):
                columns = dict(zip((column.name for column in form.properties), values, strict=True))
                rows = len(values[0])
                if isinstance(form, Links):
                    columns |= self._ends(form, ends)
                    columns |= {name: _repeated(value, rows) for name, value in form.constants.items()}
                if rows:
                    yield pa.record_batch([columns[name] for name in schema.names], schema=schema)

    def _ends(self, form: Links, numbers: list[npt.NDArray[np.int64]]) -> dict[str, pa.Array]:
        return {end.column: self._named(end.label, side) for end, side in zip(form.ends, numbers, strict=True)}

    def _named(self, label: str, asked: npt.NDArray[np.int64]) -> pa.Array:
        """Ids of nodes by their numbers."""
        nodes = self.nodes(label)
        known = nodes.column("n").to_numpy()
        places = np.searchsorted(known, asked)
        if places.max(initial=-1) >= len(known) or (known[places] != asked).any():
            raise StoreError(
                "a load added nodes while this was read", where=self._connection.uri, cure="run the command again"
            )
        return nodes.column("id").combine_chunks().take(pa.array(places))

    def _lists(self, forms: tuple[Form, ...]) -> Iterator[list[list[Any]]]:
        for form in forms:
            for end in form.ends if isinstance(form, Links) else ():
                self.nodes(end.label)  # before the sessions start, so that each label is read once
        first = forms[0]
        label = first.label if isinstance(first, Nodes) else first.source.label
        count = self._connection.read(counting(first))[0]["rows"]
        yield from self._stretches(reading(*forms), label, count)

    def _stretches(self, query: str, label: str, rows: int) -> Iterator[list[list[Any]]]:
        """One list of lists a stretch, in the order of numbers, ``SESSIONS`` stretches at a time."""
        found = self._connection.read(cypher("load", "last_number").format(label=label)) if rows else []
        if not found:
            return
        last = found[0]["n"]
        width = max(1, (last + 1) * self._stretch_rows // rows)
        with ThreadPoolExecutor(self._sessions) as sessions:
            under_way: deque[Future[list[list[Any]]]] = deque()
            for first in range(0, last + 1, width):
                under_way.append(sessions.submit(self._stretch, query, first, first + width))
                if len(under_way) > self._sessions:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()

    def _stretch(self, query: str, first: int, end: int) -> list[list[Any]]:
        [record] = self._connection.read(query, first=first, end=end)
        return list(record.values())


def read_together(forms: tuple[Form, ...]) -> list[tuple[Form, ...]]:
    """Forms of one source and type in pairs, so that the relationships are walked once for both targets."""
    groups: list[tuple[Form, ...]] = []
    for form in forms:
        if groups and len(groups[-1]) == 1 and _alike(groups[-1][0], form):
            groups[-1] += (form,)
        else:
            groups.append((form,))
    return groups


def _alike(one: Form, other: Form) -> bool:
    if isinstance(one, Nodes) or isinstance(other, Nodes) or not (one.target and other.target):
        return False
    return (one.source, one.type, one.properties) == (other.source, other.type, other.properties)


def _parted(
    forms: tuple[Form, ...], lists: list[list[Any]]
) -> Iterator[tuple[Form, list[npt.NDArray[np.int64]], list[pa.Array]]]:
    """The rows of each form: numbers of the ends, then columns; a second form's targets are counted below zero."""
    form = forms[0]
    sides = len(form.ends) if isinstance(form, Links) else 1
    ends = [np.asarray(numbers, np.int64) for numbers in lists[:sides]]
    values = [returned(column, found) for column, found in zip(form.properties, lists[sides:], strict=True)]
    if len(forms) == 1:
        yield form, ends, values
        return
    source, target = ends
    for form, mask, numbers in zip(forms, (target >= 0, target < 0), (target, -1 - target), strict=True):
        yield form, [source[mask], numbers[mask]], [value.filter(pa.array(mask)) for value in values]


def _repeated(value: str | None, rows: int) -> pa.Array:
    return pa.array([value], pa.string()).take(np.zeros(rows, np.int64))
