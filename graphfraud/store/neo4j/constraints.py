"""Constraints and indexes of the graph, derived from the schema and kept as a file of Cypher."""

import time
from collections.abc import Iterator
from functools import partial
from typing import Final

from neo4j import ManagedTransaction, Record

from graphfraud.queries import cypher
from graphfraud.store.neo4j.connection import Connection, run
from graphfraud.store.neo4j.mapping import FORMS, LABELS, Links, Nodes, named
from graphfraud.store.neo4j.stalled import watched

HEADER: Final = """\
// purpose:    what is there once is there once, and every look-up of the other files has an index
// parameters: none
// returns:    nothing
// cost:       one scan of a label or type for each that is missing
"""

OTHERS_S: Final = 10.0
"""An index that has had no constraint for so long, while nothing else changed, will not get one."""
_AGAIN_S: Final = 0.5

_OURS: Final = (
    ("Store", ("name",)),
    ("Lease", ("name",)),
    ("Load", ("id",)),
    ("Lane", ("load", "number")),
    ("Current", ("name",)),
    ("Run", ("run_id",)),
    ("Assessment", ("run_id", "person_id")),
    ("Ring", ("run_id", "ring_id")),
)
"""Nodes of the store's own, and of published runs."""


def statements() -> list[str]:
    """Every statement, in the order of the schema."""
    return [*_unique_nodes(), *_unique_rows(), *_indexes()]


def text() -> str:
    """The file ``cypher/schema/constraints.cypher``."""
    return HEADER + "".join(f"{statement};\n" for statement in statements())


def ensure(connection: Connection) -> None:
    """Make what is missing, and wait until it can be used.

    Raises:
        StoreError: the server cannot make them; it has stopped answering, as it does when its disk is full.
    """
    missing = _still_missing(connection)
    for dropping in filter(None, missing.values()):
        connection.write(partial(run, query=dropping))
    if missing:
        make = partial(connection.write, partial(_make, list(missing)))
        watched(make, partial(_there, connection), where=connection.uri)
        connection.read(cypher("schema", "await"))


def _still_missing(connection: Connection) -> dict[str, str]:
    """What is missing when no other process makes any of it at this moment.

    The index of a constraint is there before the constraint. Where a server was killed in between, or
    its disk was full, the index stays, never fills, and stands in the way of the constraint.
    """
    there = _there(connection)
    deadline = time.monotonic() + OTHERS_S
    while any(_missing(there).values()) and time.monotonic() < deadline:
        time.sleep(_AGAIN_S)
        before, there = there, _there(connection)
        if there != before:
            deadline = time.monotonic() + OTHERS_S
    return _missing(there)


def _missing(there: dict[str, Record]) -> dict[str, str]:
    """Statements whose constraint or index cannot be used, each with the one that takes away what there is of it."""
    body = cypher("schema", "constraints").removeprefix(HEADER)
    wanted = {line: there.get(line.split()[2]) for line in body.split(";\n") if line}
    return {
        line: _dropping(index) if index else ""
        for line, index in wanted.items()
        if not (index and _usable(line, index))
    }


def _there(connection: Connection) -> dict[str, Record]:
    return {record["name"]: record for record in connection.read(cypher("schema", "existing"))}


def _usable(statement: str, index: Record) -> bool:
    return not index["failed"] and (index["owner"] is not None or not statement.startswith("CREATE CONSTRAINT"))


def _dropping(index: Record) -> str:
    kind = "index" if index["owner"] is None else "constraint"
    return cypher("schema", f"drop_{kind}").format(name=index["name"])


def _make(statements: list[str], transaction: ManagedTransaction) -> None:
    for statement in statements:
        run(transaction, statement)


def _unique_nodes() -> Iterator[str]:
    for label, key in LABELS.items():
        yield _unique(f"(a:{label})", label.lower(), key)
        yield _unique(f"(a:{label})", label.lower(), "n")
    yield _unique("(a:ListEntry)", "listentry", "n")
    for label, key_columns in _OURS:
        yield _unique(f"(a:{label})", label.lower(), *key_columns)


def _unique_rows() -> Iterator[str]:
    """Rows with an id of their own."""
    done = set()
    for forms in FORMS.values():
        for form in forms:
            if isinstance(form, Nodes) or len(form.table.key) > 1:
                continue
            [key] = form.table.key
            thing = f"()-[a:{form.type}]-()" if form.target else f"(a:{form.row_label})"
            if key in {column.name for column in form.properties} and thing not in done:
                done.add(thing)
                yield _unique(thing, _name_of(form), key)


def _indexes() -> Iterator[str]:
    yield f"CREATE INDEX listentry_target_id IF NOT EXISTS FOR (a:ListEntry) ON (a.{named('target_id')})"


def _name_of(form: Links) -> str:
    return (form.row_label or form.type).lower()


def _unique(thing: str, name: str, *properties: str) -> str:
    """A uniqueness constraint on a node or relationship ``a``."""
    which = ", ".join(f"a.{named(key)}" for key in properties)
    return f"CREATE CONSTRAINT {'_'.join((name, *properties))} IF NOT EXISTS FOR {thing} REQUIRE ({which}) IS UNIQUE"
