"""Forgetting with a real Neo4j server as the store: nothing in the graph names the person, others stay as they were."""

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from graphfraud.forgetting import Places, export_person, forget
from graphfraud.forgetting.naming import pattern
from graphfraud.pipeline import Night, nightly
from graphfraud.publish.runs import Runs
from graphfraud.schema import TABLES
from graphfraud.sources.directory import read_directory
from graphfraud.sources.reading import Known
from graphfraud.store.base import Store
from graphfraud.store.lake import LakeStore
from tests.conftest import KEY, WORLD_AS_OF
from tests.neo4j_server.fixtures import ServerUnderTest, driver_package, empty_neo4j, neo4j_server

driver_package()

from graphfraud.publish.writeback import write_back  # noqa: E402 - only with the driver
from graphfraud.store.neo4j.connection import Account, Connection  # noqa: E402 - only with the driver
from graphfraud.store.neo4j.store import Neo4jStore  # noqa: E402 - only with the driver

__all__ = ["empty_neo4j", "neo4j_server"]

pytestmark = pytest.mark.neo4j
NOW = datetime(2026, 2, 3, tzinfo=UTC)


@pytest.fixture
def places(ring_world: Path, ring_home: Path, tmp_path: Path, empty_neo4j: ServerUnderTest) -> Places:
    """The world in a graph, with its run written back."""
    home = tmp_path / "home"
    shutil.copytree(ring_home / "runs", home / "runs", symlinks=True)
    account = Account(empty_neo4j.user, empty_neo4j.password)
    store = Neo4jStore(Connection(empty_neo4j.uri, account, retry_seconds=120.0))
    with read_directory(ring_world, key=KEY, known=Known.nothing()) as reading:
        store.write(reading)
    runs = Runs(home / "runs")
    write_back(store, runs.must_have_current())
    return Places(store, runs, None, home / "audit", home / "tombstones")


def naming(store: Neo4jStore, person: str) -> list[str]:
    """What is in the graph with the id in any property, however deep."""
    word = re.compile(pattern(person))
    queries = ("MATCH (n) RETURN labels(n) AS what, properties(n) AS said",)
    queries += ("MATCH ()-[r]->() RETURN type(r) AS what, properties(r) AS said",)
    rows = [row for query in queries for row in store.connection.read(query)]
    return [str(row["what"]) for row in rows if any(word.search(text) for text in _texts(row["said"]))]


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts(part)]
    return [text for part in value for text in _texts(part)] if isinstance(value, list) else [str(value)]


def _rows(store: Store) -> dict[str, list[dict[str, Any]]]:
    head = store.head()
    return {table.name: sorted(store.scan(table.name, head=head).to_table().to_pylist(), key=repr) for table in TABLES}


def test_nothing_in_the_graph_names_the_person_and_the_rest_is_the_lakes(
    places: Places, ring_home: Path, tmp_path: Path
) -> None:
    store = places.store
    assert isinstance(store, Neo4jStore)
    members = pq.read_table(places.runs.must_have_current().table("ring_members"))
    person, ring = str(members["person_id"][0]), str(members["ring_id"][0])
    size = pc.sum(pc.equal(members["ring_id"], ring)).as_py()
    assert len(naming(store, person)) > 3
    copy = export_person(places, person, who="officer", now=NOW)
    assert copy["tables"]["people"][0]["person_id"] == person

    done = forget(places, person, who="officer", now=NOW)

    assert done.rows["people"] == 1
    assert naming(store, person) == []
    (left,) = store.connection.read(
        "MATCH (g:Ring {ring_id: $ring}) RETURN g.size AS size, COUNT {(g)<-[:MEMBER_OF_RING]-()} AS members", ring=ring
    )
    assert (left["size"], left["members"]) == (size - 1, size - 1)
    shutil.copytree(ring_home, tmp_path / "lake", symlinks=True)
    lake = Places(
        LakeStore(tmp_path / "lake" / "store"),
        Runs(tmp_path / "lake" / "runs"),
        None,
        tmp_path / "lake" / "audit",
        tmp_path / "lake" / "tombstones",
    )
    assert dict(forget(lake, person, who="officer", now=NOW).rows) == dict(done.rows)
    assert _rows(store) == _rows(lake.store)
    assert dict(forget(places, person, who="officer", now=NOW).rows) == {}
    nights = [nightly(one.store, one.runs, Night(WORLD_AS_OF + 86_400_000_000)) for one in (places, lake)]
    snapshots = {night.run.manifest["digests"]["snapshot"] for night in nights}
    assert len(snapshots) == 1
