"""A graph that is empty for each test; its constraints stay for a module, because making them takes longest."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.neo4j_server.fixtures import ServerUnderTest, driver_package, empty, locked, neo4j_server

driver_package()

from graphfraud.store.neo4j.connection import Account, Connection  # noqa: E402 - only with the driver
from graphfraud.store.neo4j.store import Neo4jStore  # noqa: E402 - only with the driver

__all__ = ["neo4j_server"]

OpenStore = Callable[..., Neo4jStore]


@pytest.fixture(scope="module")
def own_server(neo4j_server: ServerUnderTest) -> Iterator[ServerUnderTest]:
    """The server, for the tests of one module alone."""
    digest = hashlib.sha256(neo4j_server.uri.encode()).hexdigest()[:16]
    with locked(Path(tempfile.gettempdir()) / f"graphfraud-test-neo4j-{digest}.lock"):
        with neo4j_server.driver() as driver:
            empty(driver)
        yield neo4j_server


@pytest.fixture
def open_store(own_server: ServerUnderTest) -> OpenStore:
    """Opens a store on the graph, which is empty before the first one; further ones are other processes' view."""
    with own_server.driver() as driver, driver.session() as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 2000 ROWS").consume()

    def _open(uri: str = own_server.uri, retry_seconds: float = 30.0, **words: Any) -> Neo4jStore:
        account = Account(own_server.user, own_server.password)
        return Neo4jStore(Connection(uri, account, retry_seconds=retry_seconds), **words)

    return _open


@pytest.fixture
def graph(open_store: OpenStore) -> Neo4jStore:
    """A store on an empty graph."""
    return open_store()
