"""The tables of the contract in a Neo4j database, behind the same protocol as the lake.

A load sends only what differs from the graph and raises the sequence in its last
transaction. A graph keeps its newest state alone: a reader that started before a
load is told so. What a load that was cut off has begun, the same load completes.
"""

import shutil
import tempfile
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.dataset as ds

from graphfraud.errors import StoreError
from graphfraud.queries import cypher
from graphfraud.schema import BY_NAME, KEY_ID, Table
from graphfraud.sources.reading import Known, Reading
from graphfraud.store.base import Head, Written
from graphfraud.store.neo4j import constraints
from graphfraud.store.neo4j.changes import Changes, is_new, key_is_gone
from graphfraud.store.neo4j.connection import Connection
from graphfraud.store.neo4j.lease import GraphLease
from graphfraud.store.neo4j.load import Load, State, state
from graphfraud.store.neo4j.mapping import DIGESTS, FORMS, Form, Links, Nodes, mentions
from graphfraud.store.neo4j.reading import Reader
from graphfraud.store.neo4j.statements import Sending, creating, describing, naming, removing

DERIVED: Final[Mapping[str, tuple[str, ...]]] = {
    "logins": ("clear_use", "derive_devices", "derive_ips"),
    "loans": ("clear_loans", "derive_loans", "derive_lenders"),
}
"""What is derived for investigators from the rows of a table, for the sources of its rows; the first clears."""
_DERIVED_AT_ONCE: Final = 2_000


class Neo4jStore:
    """The store behind a ``bolt`` or ``neo4j`` address.

    Tables that were read are kept in a temporary directory as long as the store lives,
    because the night scans each of them more than once.
    """

    def __init__(self, connection: Connection, *, lease_seconds: float = 60.0) -> None:
        self.connection = connection
        self._lease_seconds = lease_seconds
        self.reader = Reader(connection)
        self._spool = Path(tempfile.mkdtemp(prefix="graphfraud-"))
        weakref.finalize(self, shutil.rmtree, self._spool, ignore_errors=True)
        self._saved: dict[str, int] = {}
        self._read_at = -1

    @property
    def address(self) -> str:
        """The address of the server."""
        return self.connection.uri

    def head(self) -> Head:
        """The newest whole state; an empty one before the first load."""
        return state(self.connection).head

    def known(self) -> Known:
        """People and loans that rows of a load may name."""
        now = state(self.connection)
        people = self._ids("people", "person_id", now)
        loans = self._ids("loans", "loan_id", now)
        return Known(people, loans, loans_listed=len(loans) > 0)

    def write(self, reading: Reading, *, replace: tuple[str, ...] = ()) -> Mapping[str, Written]:
        """Bring a reading in; the same reading twice sends nothing.

        A reader never sees a part of it: it refuses to read until the load, or its repetition, is done.
        """
        constraints.ensure(self.connection)
        with GraphLease(self.connection, "load", purpose="a load", seconds=self._lease_seconds) as lease:
            self.reader.forget()
            self._read_at = -1
            before = state(self.connection)
            writing = _Writing(self, Load(self.connection, before), reading, replace)
            try:
                written = writing.tables()
            finally:
                self.reader.forget()  # nodes were added, even if this failed
            if writing.changed:
                lease.confirm()
                writing.load.finish()
        return written

    def scan(self, table: str, *, head: Head) -> ds.Dataset:
        """All rows of a table at ``head``, which must be the newest, as a dataset that can be read many times.

        Raises:
            StoreError: a load changed the store since ``head``, is under way, or was cut off.
        """
        if table not in head.versions:
            return ds.dataset(BY_NAME[table].arrow.empty_table())
        self._must_be(head)
        if self._saved.get(table) != head.versions[table]:
            if self._read_at != head.sequence:
                self.reader.forget()
                self._read_at = head.sequence
            self._save(table)
            self._must_be(head)
            self._saved[table] = head.versions[table]
        return self._dataset(table)

    def sweep(self) -> None:
        """Nothing: a graph keeps its newest state only."""

    def stored(self, table: str, now: State) -> ds.Dataset:
        """All rows of a table as they are now, for the holder of the lease."""
        version = now.head.versions.get(table) if now.unfinished is None else None
        if now.unfinished is None and version is None:
            return ds.dataset(BY_NAME[table].arrow.empty_table())
        if version is None or self._saved.get(table) != version:
            self._save(table)
        if version is not None:
            self._saved[table] = version
        return self._dataset(table)

    def _must_be(self, head: Head) -> None:
        now = state(self.connection)
        if now.unfinished is not None:
            raise StoreError(
                f"a load is under way or was cut off while it wrote {', '.join(now.unfinished)}",
                where=self.connection.uri,
                cure="wait for the load, or load the same tables again to complete it",
            )
        if now.head.sequence != head.sequence:
            raise StoreError(
                f"a load changed the store meanwhile (state {head.sequence} is now {now.head.sequence}), "
                "and Neo4j keeps the newest state only",
                where=self.connection.uri,
                cure="run the night again",
            )

    def _save(self, table: str) -> None:
        self._saved.pop(table, None)
        self._path(table).unlink(missing_ok=True)
        self.reader.save(table, self._path(table))

    def _dataset(self, table: str) -> ds.Dataset:
        return ds.dataset(self._path(table), format="ipc", schema=BY_NAME[table].arrow)

    def _path(self, table: str) -> Path:
        return self._spool / f"{table}.arrow"

    def _ids(self, table: str, column: str, now: State) -> pa.Array:
        if table not in now.head.versions and table not in (now.unfinished or {}):
            return pa.array([], pa.string())
        rows = self.stored(table, now).to_table(columns=[column])
        return rows.column(column).combine_chunks().unique()


class _Writing:
    """One load's tables, one after another."""

    def __init__(self, store: Neo4jStore, load: Load, reading: Reading, replace: tuple[str, ...]) -> None:
        self.load = load
        self.changed = load.before.unfinished is not None
        self._store = store
        self._reading = reading
        self._replace = replace
        self._changes = Changes(reading.connection)
        self._reader = store.reader
        self._marks = {name: self._mark(name) for name in reading.tables}

    def tables(self) -> dict[str, Written]:
        """Write every table of the reading."""
        self.load.check(self._marks, self._replace)
        touched: dict[str, set[int]] = {name: set() for name in DERIVED}
        written = {}
        for name in self._reading.tables:
            written[name] = self._table(BY_NAME[name])
            self.changed |= written[name].changed
            if name in DERIVED and written[name].changed:
                touched[name] = self._changes.touched(_only_links(name))
        if self.changed:
            self.load.begin()
            for name, numbers in touched.items():
                self._derive(name, numbers)
        return written

    def _table(self, table: Table) -> Written:
        whole = table.name in self._replace
        rows = self._reading.rows(table.name).count("*").fetchall()[0][0]
        if not rows and not whole:
            return Written(0, 0, 0)
        stored = self._store.stored(table.name, self.load.before)
        coming, going = self._changes.find(table, stored, whole=whole)
        if coming or going:
            self.load.enter(table.name, self._marks[table.name])
            self._nodes(table)
            for form in FORMS[table.name]:
                self._form(form, whole=whole)
        if whole:
            return Written(rows, 0, 0, changed=coming + going > 0)
        return Written(coming - going, going, rows - coming, changed=coming > 0)

    def _nodes(self, table: Table) -> None:
        """Make the nodes that changed rows name and that are not there; number those that are rows."""
        for label in sorted({end.label for form in FORMS[table.name] for end in mentions(form)}):
            self._changes.number(label, self._reader.nodes(label))
            extra = (KEY_ID,) if label in DIGESTS else ()
            self.load.send(naming(label, extra), self._changes.number_named(table, label))
        for form in FORMS[table.name]:
            if isinstance(form, Nodes):
                nodes = self._reader.nodes(form.label) if form.bare else self._reader.numbered(table.name)
                self._changes.number(form.label, nodes, None if form.bare else form)
                self._changes.number_own(form)

    def _form(self, form: Form, *, whole: bool) -> None:
        """Take the rows away that go, then bring those that come."""
        if isinstance(form, Links):
            self._send(form, removing(form), "gone")
            self._send(form, creating(form), "changes")
            return
        if whole:
            self._send(form, removing(form), "gone", key_is_gone(form))
        self._send(form, describing(form), "changes", f"NOT {is_new(form)}")
        self._send(form, creating(form), "changes", is_new(form))

    def _send(self, form: Form, sending: Sending, source: str, where: str = "true") -> None:
        self.load.send(sending.query, self._changes.rows(form, sending, source, where))

    def _derive(self, table: str, numbers: set[int]) -> None:
        """Derive anew what follows from rows that came or went; from all rows after a load that was cut off."""
        form = _only_links(table)
        if table in (self.load.before.unfinished or {}):
            numbers = set(self._reader.nodes(form.source.label).column("n").to_pylist()) | numbers
        rows = [[number] for number in sorted(numbers)]
        clear, *derive = DERIVED[table]
        before = self.load.before
        new = table not in before.head.versions and before.unfinished is None
        for name in derive if new else (clear, *derive):
            parts = (rows[start : start + _DERIVED_AT_ONCE] for start in range(0, len(rows), _DERIVED_AT_ONCE))
            self.load.send(cypher("load", name), parts)

    def _mark(self, table: str) -> str:
        how = "whole" if table in self._replace else "rows"
        return f"{how}:{self._changes.fingerprint(BY_NAME[table])}"


def _only_links(table: str) -> Links:
    """The form of a table that has one, of relationships."""
    [form] = FORMS[table]
    if not isinstance(form, Links):
        raise TypeError(table)
    return form
