"""The file of constraints is what the schema says, and it is made once."""

import re
import threading
from collections import Counter
from contextlib import suppress

import pytest

from graphfraud.errors import StoreError
from graphfraud.queries import cypher, cypher_home
from graphfraud.store.neo4j import constraints
from graphfraud.store.neo4j.connection import Connection
from graphfraud.store.neo4j.mapping import LABELS
from graphfraud.store.neo4j.store import Neo4jStore
from tests.neo4j_server.fixtures import ServerUnderTest, empty
from tests.store.neo4j.faults import power_cut
from tests.store.neo4j.trials import account_of


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


@pytest.mark.neo4j
def test_what_a_killed_server_left_of_them_is_made_anew(
    own_server: ServerUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Indexes without their constraints, which never fill and stand in the way of the constraints."""
    monkeypatch.setattr(constraints, "OTHERS_S", 1.0)
    with own_server.driver() as driver:
        empty(driver)
    connection = Connection(own_server.uri, account_of(own_server), retry_seconds=0.1)
    dying = threading.Thread(target=_ensure_or_fail, args=(connection,))
    dying.start()
    while len(connection.read(cypher("schema", "existing"))) < 10:
        assert dying.is_alive()
    power_cut(own_server)
    dying.join()
    assert "POPULATING" in _states(connection)
    constraints.ensure(connection)
    assert set(_states(connection)) == {"ONLINE"}
    assert constraints._missing(constraints._there(connection)) == {}


@pytest.mark.neo4j
def test_one_that_another_process_makes_at_the_moment_is_left_to_it(own_server: ServerUnderTest) -> None:
    with own_server.driver() as driver:
        empty(driver)
    connections = [Connection(own_server.uri, account_of(own_server)) for _ in range(3)]
    others = [threading.Thread(target=constraints.ensure, args=(connection,)) for connection in connections[1:]]
    for other in others:
        other.start()
    constraints.ensure(connections[0])
    for other in others:
        other.join()
    assert constraints._missing(constraints._there(connections[0])) == {}


def _ensure_or_fail(connection: Connection) -> None:
    with suppress(StoreError):
        constraints.ensure(connection)


def _states(connection: Connection) -> Counter[str]:
    return Counter(record["state"] for record in connection.read("SHOW INDEXES YIELD state"))
