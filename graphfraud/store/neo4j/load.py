"""The record of one load in the graph: what it has begun, and the step that ends it.

Readers refuse a graph in which a load is open, so none sees a part of one.
"""

import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphfraud.errors import RefusedError
from graphfraud.queries import cypher
from graphfraud.store.base import Head
from graphfraud.store.neo4j.batches import Batches, Rows, ours
from graphfraud.store.neo4j.connection import Connection, run

LANES: Final = 2
"""Transactions that write at once; more gain nothing on two processors and collide more often."""


@dataclass(frozen=True)
class State:
    """The newest whole state, and the tables that an unfinished load had begun, with their fingerprints."""

    head: Head
    unfinished: Mapping[str, str] | None = None


def state(connection: Connection) -> State:
    """The state of a graph; an empty one before the first load."""
    [found] = connection.read(cypher("load", "store"))
    store, load = found["store"] or {}, found["load"]
    versions = dict(zip(store.get("tables", ()), store.get("versions", ()), strict=True))
    unfinished = dict(zip(load["tables"], load["fingerprints"], strict=True)) if load else None
    return State(Head(store.get("sequence", 0), versions), unfinished)


class Load:
    """A load under way; nothing is written before the first table is entered."""

    def __init__(self, connection: Connection, before: State) -> None:
        self.before = before
        self._connection = connection
        self._begun: dict[str, str] = {}
        self._id = uuid.uuid4().hex
        self._open = False
        self._batches = Batches(connection, cypher("load", "claim"), self._id, LANES)

    def check(self, coming: Mapping[str, str], replaced: Iterable[str]) -> None:
        """Make sure that this load ends what an unfinished one had begun.

        Raises:
            RefusedError: it has something else for a table that the unfinished load had begun.
        """
        left, whole = self.before.unfinished or {}, set(replaced)
        other = [name for name, mark in left.items() if coming.get(name) != mark and name not in whole]
        if other:
            raise RefusedError(
                f"an earlier load was cut off while it wrote {', '.join(other)}, and this one has other rows for that",
                where=self._connection.uri,
                cure="load the same tables again first, or the whole of each of these with --replace",
            )

    def begin(self) -> None:
        """Open the record, taking over what an unfinished load had begun."""
        if not self._open:
            self._begun.update(self.before.unfinished or {})
            self._note("begin", started_at=time.time_ns() // 1_000_000, lanes=LANES)
            self._open = True

    def enter(self, table: str, fingerprint: str) -> None:
        """Note that a table is about to change."""
        self.begin()
        self._begun[table] = fingerprint
        ours(self._note("enter"), self._connection.uri)

    def send(self, query: str, rows: Iterable[Rows]) -> None:
        """Write batches, each in a transaction of its own and exactly once, before this returns."""
        self._batches.send(query, rows)

    def finish(self) -> Head:
        """Make everything visible in one step."""
        sequence = self.before.head.sequence + 1
        versions = dict(self.before.head.versions) | dict.fromkeys(self._begun, sequence)
        head = Head(sequence, dict(sorted(versions.items())))
        values = {"sequence": sequence, "tables": list(head.versions), "versions": list(head.versions.values())}
        ours(self._step("finish", values), self._connection.uri)
        return head

    def _note(self, name: str, **more: Any) -> bool:
        tables, fingerprints = list(self._begun), list(self._begun.values())
        return self._step(name, {"tables": tables, "fingerprints": fingerprints, **more})

    def _step(self, name: str, values: Mapping[str, Any]) -> bool:
        """One query on the record; whether it gave anything back."""
        return bool(self._connection.write(lambda step: run(step, cypher("load", name), load=self._id, **values)))
