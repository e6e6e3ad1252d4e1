"""Queries on the lake and on files of runs: SQL that reads, in a database of its own that reaches nothing else."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import duckdb
import pyarrow.dataset as ds

from graphfraud.errors import RefusedError
from graphfraud.investigate.answer import Bounds, Row, plain
from graphfraud.publish.manifest import TABLES as RUN_TABLES
from graphfraud.publish.runs import Run, Runs
from graphfraud.queries import sql
from graphfraud.schema import TABLES
from graphfraud.store.base import Store

MEMORY: Final = "1GB"
AGAIN_S: Final = 0.05
_ALWAYS: Final = datetime(1, 1, 1, tzinfo=UTC)
_NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
_NAMED: Final = re.compile(r"\$([a-z]\w*)")


@dataclass(frozen=True)
class FileReader:
    """Answers from the tables of a lake and of published runs; without a store from runs alone."""

    store: Store | None
    runs: Runs

    def rows(self, text: str, values: dict[str, Any], bounds: Bounds) -> list[Row]:
        """At most one row more than ``bounds.rows``.

        Raises:
            RefusedError: it took longer than ``bounds.seconds``, or more memory than there is for it.
            RunError: it asks for a run, and none was published.
        """
        run = self.runs.must_have_current() if re.search(r"\b(run|before)_", text) else self.runs.current()
        with self._workspace(run, values) as connection, _stopped_after(connection, bounds.seconds):
            given = {name: values[name] for name in set(_NAMED.findall(text))}
            found = connection.execute(text, given)
            names = [column[0] for column in found.description]
            return [dict(zip(names, map(plain, row), strict=True)) for row in found.fetchmany(bounds.rows + 1)]

    @contextmanager
    def _workspace(self, run: Run | None, values: dict[str, Any]) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            as_of = run.as_of if run else _NEVER
            variables = {
                "as_of": as_of,
                "window_start": values.get("from") or _ALWAYS,
                "window_end": min(values.get("to") or _NEVER, as_of),
                "run_id": run.run_id if run else None,
            }
            for name, value in variables.items():
                connection.execute(f"SET VARIABLE {name} = ?", [value])
            if run is not None:
                self._show_runs(connection, run)
            if self.store is not None:
                head = self.store.head()
                for table in TABLES:
                    connection.register(f"raw_{table.name}", self.store.scan(table.name, head=head))
                connection.execute(sql("investigate", "views"))
            connection.execute("SET enable_external_access = false; SET lock_configuration = true")
            yield connection

    def _show_runs(self, connection: duckdb.DuckDBPyConnection, run: Run) -> None:
        parent = self.runs.get(run.manifest.get("parent_run") or "-")
        for name in RUN_TABLES:
            if run.table(name).exists():
                now = ds.dataset(run.table(name))
                before = ds.dataset(parent.table(name)) if parent else ds.dataset(now.schema.empty_table())
                connection.register(f"run_{name}", now)
                connection.register(f"before_{name}", before)


@contextmanager
def _stopped_after(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Stop whatever runs inside when its time is up.

    It is told again and again: an interruption is lost where it comes while nothing runs yet.
    """
    ended = threading.Event()

    def stop() -> None:
        wait = seconds
        while not ended.wait(wait):
            connection.interrupt()
            wait = AGAIN_S

    clock = threading.Thread(target=stop, daemon=True)
    clock.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise took_too_long(seconds) from error
    except duckdb.OutOfMemoryException as error:
        raise RefusedError(
            f"stopped: the query needed more than {MEMORY} of memory", cure="ask for a narrower window or fewer steps"
        ) from error
    finally:
        ended.set()
        clock.join()


def took_too_long(seconds: float) -> RefusedError:
    """The error of a query whose time is up."""
    return RefusedError(
        f"stopped: the query took longer than {seconds:g} s", cure="ask for a narrower window or fewer steps"
    )
