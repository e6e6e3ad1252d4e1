"""Shared by all tests: a small world, loaded once, and a key that protects nobody."""

from pathlib import Path

import pytest

from graphfraud.pipeline import Night, nightly
from graphfraud.publish.runs import Runs
from graphfraud.snapshot.build import Resources, build
from graphfraud.snapshot.graph import Snapshot
from graphfraud.sources.directory import read_directory
from graphfraud.sources.pseudonym import PseudonymKey
from graphfraud.sources.reading import Known
from graphfraud.store.lake import LakeStore
from graphfraud.worlds import generate

pytest_plugins = ["tests.neo4j_server.fixtures"]

KEY = PseudonymKey(bytes(range(32)))
WORLD_AS_OF = 1_769_904_000_000_000
"""2026-02-01, the latest event of every generated world or later."""


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world of 600 people as contract tables."""
    directory = tmp_path_factory.mktemp("world")
    generate(directory, people=600, seed=3)
    return directory


@pytest.fixture(scope="session")
def world_store(world: Path, tmp_path_factory: pytest.TempPathFactory) -> LakeStore:
    """The world in a lake; tests only read it."""
    store = LakeStore(tmp_path_factory.mktemp("lake"))
    with read_directory(world, key=KEY, known=Known.nothing()) as reading:
        store.write(reading)
    return store


@pytest.fixture(scope="session")
def world_snapshot(world_store: LakeStore) -> Snapshot:
    """The world's snapshot."""
    return build(world_store, head=world_store.head(), as_of=WORLD_AS_OF, labels=True, resources=Resources())


@pytest.fixture(scope="session")
def night_home(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world in ``store`` and one night of it in ``runs``; tests copy what they change."""
    return night_of(world, tmp_path_factory.mktemp("night"))


@pytest.fixture(scope="session")
def ring_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An easy world as contract tables."""
    world = tmp_path_factory.mktemp("easy")
    generate(world, people=600, seed=5, hardness="low")
    return world


@pytest.fixture(scope="session")
def ring_home(ring_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of the easy world, in which a ring is found."""
    return night_of(ring_world, tmp_path_factory.mktemp("ring-night"))


def night_of(world: Path, home: Path) -> Path:
    """Load a world and run a night of it."""
    store = LakeStore(home / "store")
    with read_directory(world, key=KEY, known=Known.nothing()) as reading:
        store.write(reading)
    nightly(store, Runs(home / "runs"), Night(WORLD_AS_OF))
    return home
