"""From a store's address to the store."""

from pathlib import Path

from graphfraud.errors import StoreError
from graphfraud.settings import Settings
from graphfraud.store.base import Store
from graphfraud.store.lake import LakeStore

SERVER_SCHEMES = ("bolt", "neo4j", "bolt+s", "neo4j+s", "bolt+ssc", "neo4j+ssc")


def open_store(uri: str, *, settings: Settings) -> Store:
    """The store behind an address: a directory is a lake.

    Raises:
        StoreError: the address names a kind of store that this version does not have.
    """
    scheme, found, _ = uri.partition("://")
    if found:
        known = "Neo4j is not part of this version" if scheme in SERVER_SCHEMES else f"no store is called {scheme}"
        raise StoreError(known, where=uri, cure="give a directory to --store for the embedded lake")
    return LakeStore(Path(uri), retention_days=settings.runs.retention_days, lease_seconds=settings.runs.lease_seconds)
