"""The local lake: one Delta table each, and a head file that makes many tables one state.

A load commits table by table and then writes ``heads/<sequence>.json``, which
names the version of every table. Readers go by the newest head only, so a load
that was killed half-way is invisible; the next writer rolls its leftovers back.
"""

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import DeltaError

from graphfraud import schema
from graphfraud.errors import LeaseHeldError, StoreError
from graphfraud.queries import quoted, sql
from graphfraud.schema import Table
from graphfraud.sources.reading import Known, Reading
from graphfraud.store.base import Head, Written
from graphfraud.store.durable import sync_tree, write_file
from graphfraud.store.lease import Lease
from graphfraud.store.purging import purge

_EMPTY: Final = Head(0, {})


@dataclass(frozen=True)
class LakeStore:
    """The embedded store in a directory; versions are kept for ``retention_days``."""

    home: Path
    retention_days: int = 90
    lease_seconds: float = 60.0

    @property
    def address(self) -> str:
        """The directory, written out in full."""
        return str(self.home.absolute())

    def head(self) -> Head:
        """The newest whole state; an empty one before the first load."""
        heads = sorted(self._heads.glob("[0-9]*.json"))
        return _read_head(heads[-1]) if heads else _EMPTY

    def head_at(self, sequence: int) -> Head:
        """An earlier state, so that a past night can be read again.

        Raises:
            StoreError: that state was never written or has been swept.
        """
        path = self._heads / f"{sequence:08d}.json"
        if not path.exists():
            raise StoreError(
                f"the lake has no state {sequence}",
                where=str(self.home),
                cure="states are kept for retention_days only",
            )
        return _read_head(path)

    def known(self) -> Known:
        """People and loans of the newest state."""
        head = self.head()
        loans = self._ids("loans", "loan_id", head)
        return Known(self._ids("people", "person_id", head), loans, loans_listed=len(loans) > 0)

    def write(self, reading: Reading, *, replace: tuple[str, ...] = ()) -> Mapping[str, Written]:
        """Bring a reading in, all tables or none; the same reading twice writes nothing."""
        with Lease(self._lease, purpose="a load", seconds=self.lease_seconds) as lease:
            head = self.head()
            self._roll_back(head)
            versions = dict(head.versions)
            written = {}
            for name in reading.tables:
                table = schema.BY_NAME[name]
                whole = name in replace
                written[name] = self._write_table(reading.connection, table, versions.get(name), whole=whole)
                if written[name].changed:
                    versions[name] = self._delta(table).version()
                    sync_tree(self._place(name))
            if versions != dict(head.versions):
                lease.confirm()
                self._write_head(Head(head.sequence + 1, versions))
        return written

    def scan(self, table: str, *, head: Head) -> ds.Dataset:
        """All rows of a table at ``head``, as a dataset that can be read many times."""
        arrow = schema.BY_NAME[table].arrow
        return ds.dataset(self._files(table, head.versions.get(table)), format="parquet", schema=arrow)

    def sweep(self) -> None:
        """Remove files and heads that no state of the last ``retention_days`` needs; not while a load is under way."""
        try:
            with Lease(self._lease, purpose="a sweep", seconds=self.lease_seconds):
                newest = self.head()
                oldest = time.time() - self.retention_days * 86_400
                for name in newest.versions:
                    self._delta(schema.BY_NAME[name]).vacuum(retention_hours=self.retention_days * 24, dry_run=False)
                for path in self._heads.glob("[0-9]*.json"):
                    if int(path.stem) < newest.sequence and path.stat().st_mtime < oldest:
                        path.unlink()
        except LeaseHeldError:
            return

    def purge(self) -> None:
        """Take every earlier state away, for good: only the newest can be read from now on.

        Raises:
            LeaseHeldError: a load is under way.
        """
        with Lease(self._lease, purpose="forgetting", seconds=self.lease_seconds):
            newest = self.head()
            self._roll_back(newest)
            for path in self._heads.glob("[0-9]*.json"):
                if int(path.stem) < newest.sequence:
                    path.unlink()
            for name in newest.versions:
                purge(self._place(name))

    @property
    def _lease(self) -> Path:
        return self.home / "store.lease"

    @property
    def _heads(self) -> Path:
        return self.home / "heads"

    def _place(self, table: str) -> Path:
        return self.home / "tables" / table

    def _delta(self, table: Table, version: int | None = None) -> DeltaTable:
        return DeltaTable(self._place(table.name), version=version)

    def _files(self, table: str, version: int | None) -> list[str]:
        if version is None:
            return []
        try:
            return self._delta(schema.BY_NAME[table], version).file_uris()
        except DeltaError as error:
            raise StoreError(
                f"table {table} cannot be read at version {version} ({type(error).__name__})",
                where=str(self.home),
                cure="restore the directory from a backup, or load the tables again into a new one",
            ) from error

    def _ids(self, table: str, column: str, head: Head) -> pa.Array:
        rows = self.scan(table, head=head).to_table(columns=[column])
        return rows.column(column).combine_chunks().unique()

    def _roll_back(self, head: Head) -> None:
        """Undo what a killed load committed after the newest head."""
        for place in sorted((self.home / "tables").glob("*")):
            version = head.versions.get(place.name)
            if version is None:
                shutil.rmtree(place)
            elif DeltaTable(place).version() != version:
                _restore(place, version)

    def _write_table(
        self, connection: duckdb.DuckDBPyConnection, table: Table, version: int | None, *, whole: bool
    ) -> Written:
        rows = connection.table(f"clean.{table.name}").count("*").fetchall()[0][0]
        names = {"table": table.name, "columns": ", ".join(quoted(column.name) for column in table.stored)}
        files = self._files(table.name, version)
        if not rows and not (whole and files):
            return Written(0, 0, 0)
        if whole or not files:
            connection.execute(sql("store", "everything").format(**names))
            self._overwrite(connection, table)
            return Written(rows, 0, 0, changed=True)
        connection.execute(sql("store", "changes").format(**names), {"files": files})
        changed = connection.table("changes").count("*").fetchall()[0][0]
        if not changed:
            return Written(0, 0, rows)
        count = sql("store", "replaced").format(same_key=_same_key(table, null_safe="IS NOT DISTINCT FROM"))
        replaced = connection.execute(count, {"files": files}).fetchall()[0][0]
        self._merge(connection, table, append=replaced == 0)
        return Written(changed - replaced, replaced, rows - changed, changed=True)

    def _overwrite(self, connection: duckdb.DuckDBPyConnection, table: Table) -> None:
        retention = f"interval {self.retention_days} days"
        write_deltalake(
            self._place(table.name),
            _batches(connection, table),
            mode="overwrite",
            configuration={"delta.logRetentionDuration": retention, "delta.deletedFileRetentionDuration": retention},
        )

    def _merge(self, connection: duckdb.DuckDBPyConnection, table: Table, *, append: bool) -> None:
        delta = self._delta(table)
        if append:
            write_deltalake(delta, _batches(connection, table), mode="append")
            return
        merge = delta.merge(
            source=_batches(connection, table), predicate=_same_key(table), source_alias="s", target_alias="t"
        )
        merge.when_matched_update_all().when_not_matched_insert_all().execute()

    def _write_head(self, head: Head) -> None:
        self._heads.mkdir(parents=True, exist_ok=True)
        content = json.dumps({"sequence": head.sequence, "versions": dict(sorted(head.versions.items()))})
        write_file(self._heads / f"{head.sequence:08d}.json", content.encode())


def _read_head(path: Path) -> Head:
    try:
        content = json.loads(path.read_bytes())
        return Head(content["sequence"], content["versions"])
    except (ValueError, KeyError) as error:
        raise StoreError(
            "this head of the lake is damaged",
            where=str(path),
            cure="restore it from a backup or load the tables again",
        ) from error


def _restore(place: Path, version: int) -> None:
    """Bring a table back to a version, with a new commit as Delta does."""
    delta = DeltaTable(place)
    delta.restore(version)


def _same_key(table: Table, null_safe: str = "") -> str:
    """Join condition of two rows of one key, ``s`` and ``t``; null parts of a key are equal.

    DataFusion plans a hash join only on plain equality, so it gets that where no null can be.
    """
    parts = []
    for name in table.key:
        left, right = f"s.{quoted(name)}", f"t.{quoted(name)}"
        if not table.by_name[name].optional:
            parts.append(f"{left} = {right}")
        elif null_safe:
            parts.append(f"{left} {null_safe} {right}")
        else:
            parts.append(f"({left} = {right} OR ({left} IS NULL AND {right} IS NULL))")
    return " AND ".join(parts)


def _batches(connection: duckdb.DuckDBPyConnection, table: Table) -> pa.RecordBatchReader:
    """The changed rows in the schema's types, in key order so that the files come out alike."""
    order = ", ".join(quoted(name) for name in table.key)
    reader = connection.table("changes").order(order).to_arrow_reader()
    return pa.RecordBatchReader.from_batches(table.arrow, (batch.cast(table.arrow) for batch in reader))
