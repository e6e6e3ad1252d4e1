"""Constraints and indexes of the graph, derived from the schema and kept as a file of Cypher."""

from collections.abc import Iterator
from typing import Final

from graphfraud.queries import cypher
from graphfraud.store.neo4j.connection import Connection, run
from graphfraud.store.neo4j.mapping import FORMS, LABELS, Links, Nodes, named

HEADER: Final = """\
// purpose:    what is there once is there once, and every look-up of the other files has an index
// parameters: none
// returns:    nothing
// cost:       one scan of a label or type for each that is missing
"""

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
    """Make what is missing, and wait until it can be used."""
    there = {record["name"] for record in connection.read(cypher("schema", "existing"))}
    body = cypher("schema", "constraints").removeprefix(HEADER)
    missing = [line for line in body.split(";\n") if line and line.split()[2] not in there]
    if missing:
        connection.write(lambda step: [run(step, statement) for statement in missing])
        connection.read(cypher("schema", "await"))


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
