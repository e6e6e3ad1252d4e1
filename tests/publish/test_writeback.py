"""A run in the graph: whole behind one pointer, the one before gone, and nothing doubled after a death."""

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphfraud.errors import LeaseHeldError, StoreError
from graphfraud.publish.runs import Run
from tests.neo4j_server.fixtures import ServerUnderTest, driver_package
from tests.tables import people, reading_of

driver_package()

from graphfraud.publish import writeback  # noqa: E402 - only with the driver
from graphfraud.publish.writeback import WrittenBack, current_run, write_back  # noqa: E402 - only with the driver
from graphfraud.store.neo4j.connection import Connection  # noqa: E402 - only with the driver
from graphfraud.store.neo4j.lease import GraphLease  # noqa: E402 - only with the driver
from graphfraud.store.neo4j.store import Neo4jStore  # noqa: E402 - only with the driver
from tests.store.neo4j.faults import MortalConnection  # noqa: E402 - only with the driver
from tests.store.neo4j.trials import (  # noqa: E402 - only with the driver
    SEEDS,
    account_of,
    complaints,
    cut_connections,
    ended_transactions,
    killed_server,
    repeating,
)

pytestmark = pytest.mark.neo4j


PEOPLE = [f"p{number}" for number in range(30)]
REASON = {"code": "S-1", "zh": "理由", "en": "a reason"}


def run_of(home: Path, run_id: str, *, score: float) -> Run:
    """A published run of few columns, with all of the kinds there are."""
    place = home / run_id
    place.mkdir()
    (place / "manifest.json").write_text(json.dumps({"run_id": run_id, "as_of": "2026-02-01T00:00:00Z"}))
    reasons = pa.array([[REASON]] * len(PEOPLE))
    scores = {"person_id": PEOPLE, "score": [score] * len(PEOPLE), "tier": ["new"] * len(PEOPLE), "reasons": reasons}
    features = {"person_id": PEOPLE, "friends": range(30), "outstanding": [1.5] * 29 + [None], "late": [True] * 30}
    debt = {"person_id": PEOPLE, "outstanding": [2.5] * 30, "top_path": ["'}) DETACH DELETE n //"] * 30}
    at = pa.array([1_700_000_000_000_000], pa.timestamp("us", tz="UTC"))
    rings = {"ring_id": ["ring-1"], "kind": ["device_farm"], "first_seen_at": at, "reasons": pa.array([[REASON]])}
    members = {"ring_id": ["ring-1"] * 2, "person_id": PEOPLE[:2], "role": ["organiser", "mule"], "score": [0.9, 0.4]}
    tables = {"scores": scores, "features": features, "debt": debt, "rings": rings, "ring_members": members}
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), place / f"{name}.parquet")
    return Run(place)


@pytest.fixture
def store(empty_graph: ServerUnderTest) -> Neo4jStore:
    """A graph with the people."""
    store = Neo4jStore(Connection(empty_graph.uri, account_of(empty_graph), retry_seconds=120.0))
    with reading_of({"people": people(*PEOPLE)}) as reading:
        store.write(reading)
    return store


def found(store: Neo4jStore) -> dict[str, Any]:
    """What a reader meets who enters through the pointer, and how much there is in all."""
    query = (
        "MATCH (:Current)-[:IS]->(r:Run) MATCH (a:Assessment {run_id: r.run_id})-[:OF]->(:Person) "
        "WITH r, count(DISTINCT a) AS assessments, collect(DISTINCT a.score) AS scores "
        "MATCH (g:Ring {run_id: r.run_id})<-[m:MEMBER_OF_RING]-(:Person) "
        "RETURN r.run_id AS run, assessments, scores, count(DISTINCT g) AS rings, count(m) AS members, "
        "COUNT { (:Assessment)-[:OF]->() } AS in_all, COUNT { (:Run) } AS runs"
    )
    records = store.connection.read(query)
    return dict(records[0]) if records else {}


def whole(run_id: str, score: float) -> dict[str, Any]:
    return {"run": run_id, "assessments": 30, "scores": [score], "rings": 1, "members": 2, "in_all": 30, "runs": 1}


def test_a_run_becomes_current_whole_and_the_one_before_goes(store: Neo4jStore, tmp_path: Path) -> None:
    assert current_run(store) is None
    first, second = run_of(tmp_path, "run-1", score=50.0), run_of(tmp_path, "run-2", score=60.0)
    assert write_back(store, first) == WrittenBack(assessments=30, rings=1, members=2)
    assert found(store) == whole("run-1", 50.0)
    assert write_back(store, first) == WrittenBack(0, 0, 0)
    write_back(store, second)
    assert current_run(store) == "run-2"
    assert found(store) == whole("run-2", 60.0)


def test_an_assessment_says_all_that_the_run_says(store: Neo4jStore, tmp_path: Path) -> None:
    """Scores, then debt, then features; hostile text is data; a reason is its text and its code."""
    write_back(store, run_of(tmp_path, "run-1", score=50.0))
    [record] = store.connection.read("MATCH (a:Assessment {person_id: 'p29'}) RETURN properties(a) AS said")
    assert record["said"] == {
        "run_id": "run-1", "person_id": "p29", "score": 50.0, "tier": "new", "reasons": ["a reason"],
        "reason_codes": ["S-1"], "outstanding": 2.5, "top_path": "'}) DETACH DELETE n //", "friends": 29, "late": True,
    }  # fmt: skip
    [record] = store.connection.read("MATCH (g:Ring) RETURN g.kind AS kind, g.first_seen_at.year AS year")
    assert record.values() == ["device_farm", 2023]


@pytest.mark.parametrize("as_of", ["2026-02-01T00:00:00.999999+00:00", "1969-12-31T23:59:59.000001+00:00"])
def test_the_as_of_of_a_run_is_kept_to_the_microsecond(store: Neo4jStore, tmp_path: Path, as_of: str) -> None:
    """A time rounded up would let in what the run did not know."""
    run = run_of(tmp_path, "run-1", score=50.0)
    (run.path / "manifest.json").write_text(json.dumps({"run_id": "run-1", "as_of": as_of}))
    write_back(store, run)
    [record] = store.connection.read("MATCH (r:Run) RETURN r.as_of AS as_of")
    assert record["as_of"].to_native().isoformat() == as_of


def test_one_write_back_at_a_time(store: Neo4jStore, tmp_path: Path) -> None:
    run = run_of(tmp_path, "run-1", score=50.0)
    with (
        GraphLease(store.connection, "write-back", purpose="a write-back"),
        pytest.raises(LeaseHeldError, match="under way"),
    ):
        write_back(store, run)
    assert current_run(store) is None


def test_a_write_back_leaves_the_tables_alone(store: Neo4jStore, tmp_path: Path) -> None:
    head = store.head()
    write_back(store, run_of(tmp_path, "run-1", score=50.0))
    assert store.head() == head
    assert store.scan("people", head=head).count_rows() == 30


def test_a_dead_write_back_leaves_the_old_run_current(
    own_server: ServerUnderTest, store: Neo4jStore, tmp_path: Path
) -> None:
    """Whatever the step it died after; the repeat cleans up."""
    write_back(store, run_of(tmp_path, "run-1", score=50.0))
    second = run_of(tmp_path, "run-2", score=60.0)
    for lives in range(1, 6):
        mortal = MortalConnection(own_server.uri, account_of(own_server))
        mortal.lives = lives
        with pytest.raises(StoreError, match="the process is dead"):
            write_back(Neo4jStore(mortal), second, lease_seconds=0.2)
        seen = found(store) | {"in_all": 30, "runs": 1}
        assert seen == whole("run-1", 50.0), lives
        while store.connection.read("MATCH (l:Lease) WHERE l.expires_at > timestamp() RETURN l"):
            pass
    write_back(store, second)
    assert found(store) == whole("run-2", 60.0)


@pytest.fixture
def many_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A write-back of some twenty transactions, so that there are moments between them."""
    monkeypatch.setattr(writeback, "BATCH_ROWS", 2)


def whole_at_last(store: Neo4jStore, second: Run) -> None:
    """Whoever looks meets the old run or the new one, whole; at last the new one alone."""
    seen = found(store) | {"in_all": 30, "runs": 1}
    assert seen in (whole("run-1", 50.0), whole("run-2", 60.0))
    time.sleep(0.3)  # until the lease of a failed one is over
    write_back(store, second, lease_seconds=0.2)
    assert found(store) == whole("run-2", 60.0)


@pytest.mark.usefixtures("many_batches")
@pytest.mark.parametrize("seed", SEEDS)
def test_a_killed_server_shows_one_run_whole(
    own_server: ServerUnderTest, store: Neo4jStore, tmp_path: Path, seed: int
) -> None:
    write_back(store, run_of(tmp_path, "run-1", score=50.0))
    second = run_of(tmp_path, "run-2", score=60.0)
    with killed_server(own_server, seed, seconds=(0.0, 1.0)) as through, suppress(StoreError):
        write_back(through, second, lease_seconds=0.2)
    whole_at_last(store, second)


@pytest.mark.usefixtures("many_batches")
@complaints
@pytest.mark.parametrize("seed", SEEDS)
def test_cut_connections_show_one_run_whole(
    own_server: ServerUnderTest, store: Neo4jStore, tmp_path: Path, seed: int
) -> None:
    write_back(store, run_of(tmp_path, "run-1", score=50.0))
    second = run_of(tmp_path, "run-2", score=60.0)
    with cut_connections(own_server, seed, between=50) as through, suppress(StoreError):
        write_back(through, second, lease_seconds=0.2)
    whole_at_last(store, second)


@pytest.mark.usefixtures("many_batches")
@pytest.mark.parametrize("seed", SEEDS)
def test_transactions_that_the_server_ends_show_one_run_whole(
    own_server: ServerUnderTest, store: Neo4jStore, tmp_path: Path, seed: int
) -> None:
    write_back(store, run_of(tmp_path, "run-1", score=50.0))
    second = run_of(tmp_path, "run-2", score=60.0)
    with ended_transactions(own_server, seed, held="MATCH (n:Person|Run|Current) SET n.n = n.n") as (through, _):
        try:
            write_back(through, second, lease_seconds=0.2)
        except StoreError as error:
            assert "than the server allows" in str(error)  # noqa: PT017 - it may as well have come through
    whole_at_last(store, second)


@pytest.mark.usefixtures("many_batches")
@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_submitted_twice_is_written_once(
    own_server: ServerUnderTest, store: Neo4jStore, tmp_path: Path, seed: int
) -> None:
    write_back(store, run_of(tmp_path, "run-1", score=50.0))
    through, connection = repeating(own_server, seed)
    write_back(through, run_of(tmp_path, "run-2", score=60.0))
    assert connection.repeated > 5
    assert found(store) == whole("run-2", 60.0)
