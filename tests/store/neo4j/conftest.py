"""A store on a graph that is empty for each test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graphfraud.sources.directory import read_directory
from graphfraud.store.base import Store
from graphfraud.store.lake import LakeStore
from graphfraud.worlds import generate
from tests.conftest import KEY
from tests.neo4j_server.fixtures import ServerUnderTest, driver_package, neo4j_server

driver_package()

from graphfraud.store.neo4j.connection import Account, Connection  # noqa: E402 - only with the driver
from graphfraud.store.neo4j.store import Neo4jStore  # noqa: E402 - only with the driver

__all__ = ["neo4j_server"]

OpenStore = Callable[..., Neo4jStore]


@pytest.fixture
def open_store(empty_graph: ServerUnderTest) -> OpenStore:
    """Opens a store on the graph, which is empty before the first one; further ones are other processes' view."""

    def _open(uri: str = empty_graph.uri, retry_seconds: float = 30.0, **words: Any) -> Neo4jStore:
        account = Account(empty_graph.user, empty_graph.password)
        return Neo4jStore(Connection(uri, account, retry_seconds=retry_seconds), **words)

    return _open


@pytest.fixture
def graph(open_store: OpenStore) -> Neo4jStore:
    """A store on an empty graph."""
    return open_store()


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world of 200 people as contract tables."""
    directory = tmp_path_factory.mktemp("world")
    generate(directory, people=200, seed=5)
    return directory


@pytest.fixture(scope="session")
def lake(small_world: Path, tmp_path_factory: pytest.TempPathFactory) -> LakeStore:
    """The same world in a lake."""
    store = LakeStore(tmp_path_factory.mktemp("lake"))
    load(store, small_world)
    return store


def load(store: Store, directory: Path) -> None:
    """Bring a directory in."""
    with read_directory(directory, key=KEY, known=store.known(), max_rejects=0.05) as reading:
        store.write(reading)
