"""The file of constraints is what the schema says, and it is made once."""

import re

import pytest

from graphfraud.queries import cypher, cypher_home
from graphfraud.store.neo4j import constraints
from graphfraud.store.neo4j.mapping import LABELS
from graphfraud.store.neo4j.store import Neo4jStore


def test_the_file_is_what_the_schema_says() -> None:
    assert cypher("schema", "constraints") == constraints.text()


@pytest.mark.parametrize("path", sorted(cypher_home().glob("*/*.cypher")), ids=lambda path: path.stem)
def test_every_file_has_a_whole_header(path: object) -> None:
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    heads = [found[1] for line in text.splitlines() if (found := re.match(r"// (\w+):", line))]
    assert [head for head in heads if head not in ("zh", "example")] == ["purpose", "parameters", "returns", "cost"]


@pytest.mark.neo4j
def test_they_are_made_once_and_are_all_there(graph: Neo4jStore) -> None:
    constraints.ensure(graph.connection)
    there = {record["name"] for record in graph.connection.read(cypher("schema", "existing"))}
    constraints.ensure(graph.connection)
    assert {f"{label.lower()}_n" for label in LABELS} <= there
    assert len([line for line in constraints.statements() if line.split()[2] in there]) == len(constraints.statements())
