"""A published run written back into the graph, so that an investigator meets it beside the people.

The new run is put beside the old one in batches; then one pointer, ``(:Current)-[:IS]->(:Run)``,
is switched in one transaction; then the old run is deleted in batches. Whoever enters
through the pointer sees one run whole. What a killed write-back left, the next one deletes.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from graphfraud.moments import epoch_us
from graphfraud.publish.runs import Run
from graphfraud.queries import cypher, quoted, sql
from graphfraud.store.neo4j import constraints
from graphfraud.store.neo4j.batches import Batches, Rows, ours
from graphfraud.store.neo4j.changes import BATCH_ROWS, pieces
from graphfraud.store.neo4j.connection import Connection
from graphfraud.store.neo4j.connection import run as ask
from graphfraud.store.neo4j.lease import GraphLease
from graphfraud.store.neo4j.store import Neo4jStore

_SAID_OF_PEOPLE: Final = ("scores", "debt", "features")
"""Tables with one row a person; where two have a column of one name, the first counts."""


@dataclass(frozen=True)
class WrittenBack:
    """What a write-back put into the graph; all zero when the run was there already."""

    assessments: int
    rings: int
    members: int


def write_back(store: Neo4jStore, published: Run, *, lease_seconds: float = 60.0) -> WrittenBack:
    """Put a published run into the graph and make it the one that readers see.

    Cost: about a minute for a million properties; batches of at most 10,000 rows.

    Raises:
        LeaseHeldError: another run is being written back.
        StoreError: the server does not answer; the run before is still the one that readers see.
    """
    connection = store.connection
    constraints.ensure(connection)
    with GraphLease(connection, "write-back", purpose="a write-back", seconds=lease_seconds):
        _sweep(connection)
        done = WrittenBack(0, 0, 0)
        if current_run(store) != published.run_id:
            done = _write(connection, published)
            _sweep(connection)
        return done


def current_run(store: Neo4jStore) -> str | None:
    """The id of the run that readers of the graph see; None before the first write-back."""
    found = store.connection.read(cypher("publish", "current"))
    return str(found[0]["run_id"]) if found else None


def _write(connection: Connection, published: Run) -> WrittenBack:
    writing = uuid.uuid4().hex
    as_of = dict(zip(("seconds", "micros"), divmod(epoch_us(published.as_of), 1_000_000), strict=True))
    begin = cypher("publish", "begin")
    connection.write(lambda step: ask(step, begin, run_id=published.run_id, writing=writing, **as_of))
    batches = Batches(connection, cypher("publish", "claim"), writing)
    batches.send(cypher("publish", "assessments"), _assessments(published))
    batches.send(cypher("publish", "rings"), _rings(published))
    batches.send(cypher("publish", "members"), _members(published))
    switch = cypher("publish", "switch")
    ours(bool(connection.write(lambda step: ask(step, switch, writing=writing))), connection.uri)
    return WrittenBack(*(_rows(published, name) for name in ("scores", "rings", "ring_members")))


def _sweep(connection: Connection) -> None:
    """Delete every run that readers do not see."""
    for other in [found["run_id"] for found in connection.read(cypher("publish", "others"))]:
        for name in ("sweep_assessments", "sweep_rings"):
            while _gone(connection, name, other):
                pass
        sweep = cypher("publish", "sweep_run")
        connection.write(lambda step, other=other, sweep=sweep: ask(step, sweep, run_id=other))  # type: ignore[misc]  # defaults bind now


def _gone(connection: Connection, name: str, run_id: str) -> int:
    text = cypher("publish", name)
    [found] = connection.write(lambda step: ask(step, text, run_id=run_id, limit=BATCH_ROWS))
    return int(found["gone"])


def _assessments(published: Run) -> Iterator[Rows]:
    """Person and properties, by person."""
    taken: set[str] = set()
    said: list[str] = []
    for alias, name in zip("sdf", _SAID_OF_PEOPLE, strict=True):
        said.extend(_properties(pq.read_schema(published.table(name)), alias, taken))
    text = sql("publish", "assessments").format(said=", ".join(said))
    files = {name: str(published.table(name)) for name in _SAID_OF_PEOPLE}
    for rows in _found(text, files):
        yield [[row["person_id"], _given(row, published)] for row in rows]


def _rings(published: Run) -> Iterator[Rows]:
    said = _properties(pq.read_schema(published.table("rings")), "g", set())
    text = sql("publish", "ring_nodes").format(said=", ".join(said))
    for rows in _found(text, {"rings": str(published.table("rings"))}):
        yield [[_given(row, published)] for row in rows]


def _members(published: Run) -> Iterator[Rows]:
    for rows in _found(sql("publish", "ring_members"), {"members": str(published.table("ring_members"))}):
        yield [[published.run_id, *row.values()] for row in rows]


def _given(row: dict[str, object], published: Run) -> dict[str, object]:
    """Properties of a node: what a row knows, and the run it belongs to."""
    return {name: value for name, value in row.items() if value is not None} | {"run_id": published.run_id}


def _properties(schema: pa.Schema, alias: str, taken: set[str]) -> Iterator[str]:
    """Select list of the columns not taken yet; of reasons, which are structures, the text and the code."""
    for field in schema:
        if field.name in taken:
            continue
        taken.add(field.name)
        name = f"{alias}.{quoted(field.name)}"
        if pa.types.is_list(field.type) and pa.types.is_struct(field.type.value_type):
            yield f"list_transform({name}, lambda x: x.en) AS {quoted(field.name)}"
            yield f"list_transform({name}, lambda x: x.code) AS {quoted(field.name.removesuffix('s') + '_codes')}"
        else:
            yield f"{name} AS {quoted(field.name)}"


def _found(text: str, files: dict[str, str]) -> Iterator[list[dict[str, object]]]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for batch in connection.sql(text, params=files).to_arrow_reader(BATCH_ROWS):
            for piece in pieces(batch):
                yield piece.to_pylist()


def _rows(published: Run, name: str) -> int:
    rows: int = pq.read_metadata(published.table(name)).num_rows
    return rows
