"""A load is whole or unfinished: nothing doubled, nothing lost, nothing read by halves, whoever dies when."""

import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from graphfraud.errors import InputError, LeaseHeldError, RefusedError, StoreError
from graphfraud.pipeline import Night, nightly
from graphfraud.publish.runs import Runs
from graphfraud.publish.writeback import current_run
from graphfraud.snapshot.build import Resources, build
from graphfraud.store.base import Store
from graphfraud.store.lake import LakeStore
from graphfraud.store.neo4j.load import Load, state
from graphfraud.store.neo4j.mapping import FORMS, LABELS, Links
from graphfraud.store.neo4j.store import Neo4jStore
from graphfraud.store.neo4j.values import MAX_FEN
from tests.conftest import WORLD_AS_OF
from tests.neo4j_server.fixtures import ServerUnderTest
from tests.store.neo4j.conftest import OpenStore, load
from tests.store.neo4j.faults import MortalConnection
from tests.store.neo4j.rows import HOSTILE, contents, everything
from tests.store.neo4j.trials import (
    SEEDS,
    account_of,
    complaints,
    cut_connections,
    ended_transactions,
    killed_server,
    repeating,
)
from tests.tables import day, people, reading_of

pytestmark = pytest.mark.neo4j

FEW = {"people": people("anna", "bob"), "contacts": [{"person_id": "anna", "contact_id": "bob", "at": 1}]}


def load_until_done(store: Neo4jStore, directory: Path) -> None:
    """As a user does who is told to run the command again; five times in a row are too many."""
    for _ in range(4):
        with suppress(StoreError):
            return load(store, directory)
    return load(store, directory)


def write(store: Neo4jStore, rows: Any, **words: Any) -> None:
    with reading_of(rows) as reading:
        store.write(reading, **words)


def assert_equal(store: Neo4jStore, lake: LakeStore) -> None:
    """The same rows, nothing derived twice, no node twice."""
    assert contents(store) == contents(lake)
    assert derived(store) == {
        "used_devices": len(distinct(lake, "logins", "person_id", "device_id")),
        "used_ips": len(distinct(lake, "logins", "person_id", "ip").drop_null()),
        "owes": len(distinct(lake, "loans", "loan_id")),
    }
    for label in LABELS:
        numbers = store.connection.read(f"MATCH (a:{label}) RETURN a.n AS n ORDER BY n")
        assert [record["n"] for record in numbers] == list(range(len(numbers))), label


def derived(store: Neo4jStore) -> dict[str, int]:
    """How many derived relationships of each kind there are."""
    [found] = store.connection.read(
        "RETURN COUNT { ()-[:USED_DEVICE]->() } AS used_devices, COUNT { ()-[:USED_IP]->() } AS used_ips, "
        "COUNT { ()-[:OWES]->() } AS owes"
    )
    return dict(found)


def distinct(lake: LakeStore, table: str, *columns: str) -> pa.Table:
    rows = lake.scan(table, head=lake.head()).to_table(columns=list(columns))
    return rows.group_by(list(columns)).aggregate([])


def mortal(server: ServerUnderTest, lives: int) -> Neo4jStore:
    """A store of a process that dies after so many writing transactions; its lease is soon over."""
    connection = MortalConnection(server.uri, account_of(server))
    connection.lives = lives
    return Neo4jStore(connection, lease_seconds=0.5)


def test_a_world_gives_the_same_snapshot_from_both_stores(
    graph: Neo4jStore, small_world: Path, lake: LakeStore
) -> None:
    load(graph, small_world)
    assert_equal(graph, lake)
    ours, theirs = (
        build(store, head=store.head(), as_of=WORLD_AS_OF, labels=True, resources=Resources(threads=1))
        for store in (graph, lake)
    )
    assert ours.digest == theirs.digest


def test_a_night_publishes_the_same_bytes_from_both_stores(
    graph: Neo4jStore, small_world: Path, lake: LakeStore, tmp_path: Path
) -> None:
    load(graph, small_world)
    night = Night(as_of=WORLD_AS_OF, resources=Resources(threads=1))
    stores: dict[str, Store] = {"graph": graph, "lake": lake}
    runs = {name: nightly(store, Runs(tmp_path / name), night).run for name, store in stores.items()}
    ours, theirs = runs["graph"], runs["lake"]
    assert ours.run_id == theirs.run_id == current_run(graph)
    for path in sorted(theirs.path.glob("*.parquet")):
        assert path.read_bytes() == (ours.path / path.name).read_bytes(), path.name


def test_loading_twice_sends_nothing(own_server: ServerUnderTest, graph: Neo4jStore, small_world: Path) -> None:
    load(graph, small_world)
    again = mortal(own_server, 1 << 30)
    load(again, small_world)
    assert isinstance(again.connection, MortalConnection)
    assert again.connection.writes == len(("lease taken", "lease given back"))
    assert again.head().sequence == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_load_that_dies_is_unseen_until_it_is_repeated(
    own_server: ServerUnderTest, open_store: OpenStore, small_world: Path, lake: LakeStore, seed: int
) -> None:
    graph = open_store()
    write(graph, FEW)
    write(graph, {name: [] for name in FEW}, replace=tuple(FEW))
    before = graph.head()
    chance = random.Random(seed)
    for lives in (chance.randrange(3, 25), chance.randrange(3, 12)):  # a whole load takes some 45
        dying = mortal(own_server, lives)
        with pytest.raises(StoreError, match="the process is dead"):
            load(dying, small_world)
        assert graph.head() == before
        with pytest.raises(StoreError, match="load the same tables again"):
            open_store_again(graph).scan("people", head=before)
        _wait_for_lease(graph)
    load(graph, small_world)
    assert graph.head().sequence == before.sequence + 1
    assert_equal_but_numbers(graph, lake)


def open_store_again(store: Neo4jStore) -> Neo4jStore:
    """As another process sees the graph."""
    return Neo4jStore(store.connection)


def assert_equal_but_numbers(store: Neo4jStore, lake: LakeStore) -> None:
    """Nodes that an earlier load named stay; rows and what is derived are equal."""
    assert contents(store) == contents(lake)
    assert derived(store)["owes"] == len(distinct(lake, "loans", "loan_id"))
    assert derived(store)["used_devices"] == len(distinct(lake, "logins", "person_id", "device_id"))


def _wait_for_lease(store: Neo4jStore) -> None:
    while store.connection.read("MATCH (l:Lease) WHERE l.expires_at > timestamp() RETURN l"):
        pass


def test_another_load_after_a_dead_one_is_refused_unless_it_replaces_all_of_it(
    own_server: ServerUnderTest, graph: Neo4jStore
) -> None:
    write(graph, FEW)
    more = {"people": people("chen", "dora", "emil")}
    dying = mortal(own_server, 4)  # lease, record, table, one batch of three
    with pytest.raises(StoreError, match="the process is dead"):
        write(dying, more)
    _wait_for_lease(graph)
    with pytest.raises(RefusedError, match="cut off while it wrote people"):
        write(graph, {"people": people("zoe")})
    with pytest.raises(RefusedError, match="cut off while it wrote people"):
        write(graph, {"contacts": FEW["contacts"]})
    write(graph, {"people": people("zoe")}, replace=("people",))
    assert contents(graph, ("people",))["people"].column("person_id").to_pylist() == ["zoe"]
    assert graph.known().people.to_pylist() == ["zoe"]


def test_a_writer_that_was_taken_over_cannot_write_any_more(graph: Neo4jStore) -> None:
    write(graph, FEW)
    stalled = Load(graph.connection, state(graph.connection))
    stalled.enter("people", "rows:1")
    write(graph, FEW | {"people": people("zoe")}, replace=("people",))
    for late in (
        lambda: stalled.send("UNWIND $rows AS row CREATE (:Person {n: row[0]})", [[[77]]]),
        lambda: stalled.enter("loans", "rows:1"),
        stalled.finish,
    ):
        with pytest.raises(LeaseHeldError, match="took this work over"):
            late()
    assert graph.known().people.to_pylist() == ["zoe"]


def test_a_batch_that_is_submitted_twice_is_written_once(graph: Neo4jStore) -> None:
    """As the driver does when the answer to a commit was lost."""
    write(graph, FEW)
    writing = Load(graph.connection, state(graph.connection))
    writing.begin()
    for _ in range(2):
        writing._batches.sent.clear()
        writing.send("UNWIND $rows AS row CREATE (:Probe {n: row[0]})", [[[1]]])
    [found] = graph.connection.read("MATCH (p:Probe) RETURN count(p) AS probes")
    assert found["probes"] == 1


def test_a_reader_that_is_overtaken_in_the_middle_is_told(graph: Neo4jStore) -> None:
    write(graph, FEW)
    reader = open_store_again(graph)
    head = reader.head()
    reader.scan("people", head=head)
    write(graph, {"contacts": [{"person_id": "bob", "contact_id": "anna"}]})
    with pytest.raises(StoreError, match="run the night again"):
        reader.scan("contacts", head=head)
    assert reader.scan("contacts", head=reader.head()).count_rows() == 2


def test_an_amount_that_yuan_cannot_hold_is_refused_before_anything_is_written(graph: Neo4jStore) -> None:
    loan = {"loan_id": "l", "person_id": "anna", "principal": MAX_FEN, "outstanding": 0, "opened_at": day(1)}
    write(graph, {"loans": [loan]})
    with pytest.raises(InputError, match="cannot be kept to the fen"):
        write(graph, {"loans": [loan | {"principal": MAX_FEN + 1}]})
    assert contents(graph, ("loans",))["loans"].column("principal").to_pylist() == [MAX_FEN]
    assert graph.head().sequence == 1


def test_hostile_names_stay_data_and_every_string_is_in_the_graph(graph: Neo4jStore) -> None:
    write(graph, everything(HOSTILE))
    [labels] = graph.connection.read("CALL db.labels() YIELD label RETURN collect(label) AS found")
    known = {*LABELS, "Store", "Lease", "Load", "Lane"} | {
        getattr(form, "row_label", "") or getattr(form, "label", "") for forms in FORMS.values() for form in forms
    }
    used = {name for name in labels["found"] if graph.connection.read(f"MATCH (a:`{name}`) RETURN 1 LIMIT 1")}
    assert used <= known
    types = {form.type for forms in FORMS.values() for form in forms if isinstance(form, Links)}
    [found] = graph.connection.read("MATCH ()-[r]->() RETURN collect(DISTINCT type(r)) AS types")
    assert set(found["types"]) <= types | {"USED_DEVICE", "USED_IP", "OWES", "LENT_BY"}


def test_investigators_see_the_last_state_of_a_loan_and_who_uses_what(graph: Neo4jStore) -> None:
    loan = {"loan_id": "l", "person_id": "anna", "lender_id": "b", "principal": 500, "outstanding": 500, "opened_at": 1}
    login = {"person_id": "anna", "device_id": "d", "ip": "1.1.1.1", "at": day(1)}
    write(graph, {"loans": [loan, loan | {"observed_at": day(3), "outstanding": 7}], "logins": [login]})
    write(graph, {"loans": [loan | {"observed_at": day(2), "outstanding": 9}]})
    write(graph, {"logins": [login | {"at": day(4), "ip": None}]})
    query = "MATCH (p:Person)-[:OWES]->(l:Loan)-[:LENT_BY]->(b:Lender) RETURN p.person_id, l.outstanding, b.lender_id"
    assert [record.values() for record in graph.connection.read(query)] == [["anna", 0.07, "b"]]
    query = (
        "MATCH (:Person)-[u:USED_DEVICE|USED_IP]->() RETURN u.logins, u.first_at.day, u.last_at.day ORDER BY u.logins"
    )
    assert [record.values() for record in graph.connection.read(query)] == [[1, 2, 2], [2, 2, 5]]
    write(graph, {"loans": []}, replace=("loans",))
    assert derived(graph)["owes"] == 0


@complaints
@pytest.mark.parametrize("seed", SEEDS)
def test_cut_connections_double_and_lose_nothing(
    own_server: ServerUnderTest, graph: Neo4jStore, small_world: Path, lake: LakeStore, seed: int
) -> None:
    with cut_connections(own_server, seed, between=100) as store:
        load_until_done(store, small_world)
    assert_equal(graph, lake)
    assert graph.head().sequence == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_transactions_that_the_server_ends_double_and_lose_nothing(
    own_server: ServerUnderTest, graph: Neo4jStore, small_world: Path, lake: LakeStore, seed: int
) -> None:
    """Somebody holds what the load needs for longer than a transaction may take."""
    told = []
    with ended_transactions(own_server, seed, held="MATCH (n:Lane|Person|Device|Loan) SET n.n = n.n") as (store, hasty):
        for _ in range(3):
            try:
                load(store, small_world)
                break
            except (StoreError, LeaseHeldError) as error:
                told.append(str(error))
    assert all("than the server allows" in said or "under way" in said for said in told), told
    hasty.seconds = 60.0
    _wait_for_lease(store)
    load(store, small_world)
    assert_equal(graph, lake)
    assert graph.head().sequence == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_submitted_twice_is_written_once(
    own_server: ServerUnderTest, graph: Neo4jStore, small_world: Path, lake: LakeStore, seed: int
) -> None:
    store, connection = repeating(own_server, seed)
    load(store, small_world)
    assert connection.repeated > 5
    assert_equal(graph, lake)
    assert graph.head().sequence == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_killed_server_doubles_and_loses_nothing(
    own_server: ServerUnderTest, graph: Neo4jStore, small_world: Path, lake: LakeStore, seed: int
) -> None:
    with killed_server(own_server, seed, seconds=(0.5, 4.0)) as store:
        load_until_done(store, small_world)
    assert_equal(graph, lake)
