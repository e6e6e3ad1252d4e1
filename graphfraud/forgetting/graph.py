"""A person taken out of the graph: before the tables what published runs say, after them what is left of the person.

The server's files keep the bytes of what was deleted until they are written over: the
operator's part is in docs/operate.md.
"""

from typing import Any

from graphfraud.forgetting.naming import without
from graphfraud.queries import cypher
from graphfraud.store.neo4j.connection import run
from graphfraud.store.neo4j.store import Neo4jStore


def forget_assessments(store: Neo4jStore, person_id: str) -> None:
    """Delete what runs said of a person, their place in rings, and their id in what is said of others."""
    found = store.connection.read(cypher("forget", "naming"), person_id=person_id)
    rows = [[one["node"], {name: without(value, person_id) for name, value in one["said"].items()}] for one in found]

    def work(step: Any) -> None:
        run(step, cypher("forget", "say"), rows=rows)
        for name in ("sizes", "assessments"):
            run(step, cypher("forget", name), person_id=person_id)

    store.connection.write(work)


def forget_node(store: Neo4jStore, person_id: str) -> None:
    """Delete the person's node, which the tables leave bare, and identifiers that nobody has any more."""

    def work(step: Any) -> None:
        run(step, cypher("forget", "person"), person_id=person_id)
        run(step, cypher("forget", "identifiers"))

    store.connection.write(work)
    store.reader.forget()
