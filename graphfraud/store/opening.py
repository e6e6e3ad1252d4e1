"""From a store's address to the store."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

from graphfraud.errors import StoreError
from graphfraud.settings import Settings
from graphfraud.store.base import Store
from graphfraud.store.lake import LakeStore

SERVER_SCHEMES: Final = ("bolt", "neo4j", "bolt+s", "neo4j+s", "bolt+ssc", "neo4j+ssc")
USER_VARIABLE: Final = "GRAPHFRAUD_NEO4J_USER"
PASSWORD_VARIABLE: Final = "GRAPHFRAUD_NEO4J_PASSWORD"  # noqa: S105 - the name of a variable
NO_ENVIRONMENT: Final[Mapping[str, str]] = MappingProxyType({})


def open_store(uri: str, *, settings: Settings, environment: Mapping[str, str] = NO_ENVIRONMENT) -> Store:
    """The store behind an address: a directory is a lake, ``bolt://`` and ``neo4j://`` are servers.

    ``environment`` has the user and password of a server; nothing is connected yet.

    Raises:
        StoreError: the address names no kind of store, or the driver of Neo4j is not installed.
    """
    scheme, found, _ = uri.partition("://")
    if scheme in SERVER_SCHEMES and found:
        return _server(uri, environment, settings.runs.lease_seconds)
    if found:
        raise StoreError(
            f"no store is called {scheme}",
            where=uri,
            cure=f"give a directory to --store, or an address that begins {', '.join(SERVER_SCHEMES)}",
        )
    return LakeStore(Path(uri), retention_days=settings.runs.retention_days, lease_seconds=settings.runs.lease_seconds)


def _server(uri: str, environment: Mapping[str, str], lease_seconds: float) -> Store:
    with driver_needed(uri):
        from graphfraud.store.neo4j.connection import Account, Connection
        from graphfraud.store.neo4j.store import Neo4jStore
    account = Account(environment.get(USER_VARIABLE, ""), environment.get(PASSWORD_VARIABLE, ""))
    return Neo4jStore(Connection(uri, account), lease_seconds=lease_seconds)


@contextmanager
def driver_needed(where: str) -> Iterator[None]:
    """Around imports that need the driver of Neo4j: it is an extra, and a lake needs none.

    Raises:
        StoreError: the driver is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != "neo4j":
            raise
        raise StoreError(
            "the driver of Neo4j is not installed", where=where, cure="pip install 'graphfraud[neo4j]'"
        ) from error
