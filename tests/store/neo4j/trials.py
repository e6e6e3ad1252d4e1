"""What goes wrong in the middle, one context each: a store to work through, the moments drawn by chance."""

import gc
import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from graphfraud.store.neo4j.connection import Account, Connection
from graphfraud.store.neo4j.store import Neo4jStore
from tests.neo4j_server.fixtures import ServerUnderTest
from tests.store.neo4j.faults import (
    CuttingProxy,
    HastyConnection,
    RepeatingConnection,
    locked_now_and_then,
    once_after,
    port_of,
    power_cut,
)

SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 21))]
"""Twenty trials of each fault; the first is in every run of the tests."""


complaints = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""The driver asks a new connection for its other end; if that is gone it leaves the connection half made and open."""


def account_of(server: ServerUnderTest) -> Account:
    return Account(server.user, server.password)


@contextmanager
def cut_connections(server: ServerUnderTest, seed: int, *, between: int) -> Iterator[Neo4jStore]:
    """Every connection breaks, again and again until the work is done, ``between`` pieces of what passes apart."""
    with CuttingProxy(port_of(server.uri), random.Random(seed), between=between) as proxy:
        yield Neo4jStore(Connection(proxy.uri, account_of(server), retry_seconds=30.0))
        assert proxy.cuts > 0
    gc.collect()  # the driver leaves a connection half made behind, which complains when it goes: see ``complaints``


@contextmanager
def killed_server(server: ServerUnderTest, seed: int, *, seconds: tuple[float, float]) -> Iterator[Neo4jStore]:
    """The server dies once, after so many seconds, and comes back."""
    store = Neo4jStore(Connection(server.uri, account_of(server), retry_seconds=120.0))
    with once_after(lambda: power_cut(server), random.Random(seed).uniform(*seconds)):
        yield store


@contextmanager
def ended_transactions(
    server: ServerUnderTest, seed: int, *, held: str
) -> Iterator[tuple[Neo4jStore, HastyConnection]]:
    """Somebody holds what ``held`` touches for longer than the server lets a transaction wait."""
    hasty = HastyConnection(server.uri, account_of(server))
    with locked_now_and_then(server, held, random.Random(seed)):
        yield Neo4jStore(hasty, lease_seconds=1.0), hasty


def repeating(server: ServerUnderTest, seed: int) -> tuple[Neo4jStore, RepeatingConnection]:
    """A store whose transactions are submitted once more, up to several times."""
    connection = RepeatingConnection(server.uri, account_of(server), random.Random(seed))
    return Neo4jStore(connection), connection
