"""Neighbours, paths, find, consents: over a whole night, against what the snapshot says."""

from collections import defaultdict
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from graphfraud.publish.relations import TIE_TYPES
from graphfraud.publish.runs import Runs
from graphfraud.publish.serving import person_token
from graphfraud.schema import IDENTIFIER_KINDS, Entity
from graphfraud.serve.access import KeyAccess
from graphfraud.serve.audit import Audit, events
from graphfraud.serve.keys import Grant, Scope, grant_key
from graphfraud.serve.view import RunView
from graphfraud.snapshot.graph import NEVER, Snapshot
from tests.conftest import KEY
from tests.serve.conftest import Client, make_client
from tests.serve.test_limits import NOW


@pytest.fixture(scope="module")
def night(night_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return make_client(night_home / "runs", tmp_path_factory.mktemp("night"), pseudonym_key=KEY)


@pytest.fixture(scope="module")
def ids(world_snapshot: Snapshot) -> list[str]:
    found: list[str] = world_snapshot.ids[Entity.PERSON].to_pylist()
    return found


@pytest.fixture(scope="module")
def friends(world_snapshot: Snapshot) -> dict[int, set[int]]:
    found = defaultdict(set)
    rows = world_snapshot["friendships"]
    for a, b in zip(rows["person_id"].tolist(), rows["friend_id"].tolist(), strict=True):
        found[a].add(b)
        found[b].add(a)
    return found


@pytest.fixture(scope="module")
def graph(night_home: Path) -> nx.Graph:
    """The published ties as networkx has them."""
    view = RunView.open(Runs(night_home / "runs").must_have_current().path)
    found = nx.Graph()
    found.add_nodes_from(range(len(view.people.matrix)))
    for row in range(len(view.people.matrix)):
        place = view.relations.ties_of(row)
        for other, weight in zip(view.relations.neighbours[place], view.relations.weights[place], strict=True):
            found.add_edge(row, int(other), cost=1 / float(weight))
    return found


def all_neighbours(client: Client, person: str, more: str = "") -> list[dict[str, object]]:
    found, after = [], ""
    while True:
        content = client.get(f"/people/{person}/neighbours?limit=7{more}{after}").json()
        found += content["neighbours"]
        if content["next"] is None:
            return found
        after = f"&after={content['next']}"


def test_friends_are_neighbours_both_ways(night: Client, ids: list[str], friends: dict[int, set[int]]) -> None:
    for row in (0, 17, 301):
        found = all_neighbours(night, ids[row], "&types=friend")
        assert {ids.index(str(one["person_id"])) for one in found} == friends[row]
        assert all("friend" in one["types"] for one in found)  # type: ignore[operator]
    weights = [one["weight"] for one in all_neighbours(night, ids[0])]
    assert weights == sorted(weights, reverse=True)


def test_strangers_and_weak_ties_are_left_out(night: Client, ids: list[str]) -> None:
    every = all_neighbours(night, ids[17])
    strong = all_neighbours(night, ids[17], "&min_weight=1")
    assert strong == [one for one in every if float(str(one["weight"])) >= 1]
    assert ids[17] not in {one["person_id"] for one in every}


def test_the_cheapest_path_is_networkx_s(night: Client, ids: list[str], graph: nx.Graph) -> None:
    rng = np.random.default_rng(5)
    tried = 0
    for first, last in rng.integers(0, len(ids), (40, 2)).tolist():
        if first == last:
            continue
        try:
            way = nx.shortest_path(graph, first, last, weight="cost")
        except nx.NetworkXNoPath:
            way = None
        paths = night.get(f"/paths?from={ids[first]}&to={ids[last]}&steps=6").json()["paths"]
        if way is None:
            assert paths == []
        elif len(way) <= 7:
            tried += 1
            assert paths[0]["cost"] == pytest.approx(nx.path_weight(graph, way, "cost"), rel=1e-4)
            assert (paths[0]["steps"][0]["from_id"], paths[0]["steps"][-1]["to_id"]) == (ids[first], ids[last])
            costs = [path["cost"] for path in paths]
            assert costs == sorted(costs)
            used = [frozenset((step["from_id"], step["to_id"])) for path in paths for step in path["steps"]]
            assert len(used) == len(set(used))
    assert tried > 10


def test_a_path_has_no_more_ties_than_asked(night: Client, ids: list[str], graph: nx.Graph) -> None:
    near = next(iter(graph[0]))
    assert (
        night.get(f"/paths?from={ids[0]}&to={ids[near]}&steps=1").json()["paths"][0]["steps"][0]["to_id"] == ids[near]
    )
    far = next(row for row, steps in nx.single_source_shortest_path_length(graph, 0).items() if steps == 3)
    assert night.get(f"/paths?from={ids[0]}&to={ids[far]}&steps=2").json()["paths"] == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("from=nobody&to=u00000001", 404),
        ("from=u00000001", 422),
        ("from=u00000001&to=", 422),
        ("steps=9", 422),
    ],
)
def test_paths_between_nobody_are_refused(night: Client, query: str, status: int) -> None:
    assert night.get(f"/paths?{query}").status_code == status


def test_find_gives_everybody_who_has_or_had_it(
    world: Path, night_home: Path, world_snapshot: Snapshot, ids: list[str], tmp_path: Path
) -> None:
    audit = Audit(tmp_path / "audit")
    client = make_client(night_home / "runs", tmp_path, pseudonym_key=KEY, audit=audit)
    rows = world_snapshot["identifiers"]
    values = world_snapshot.ids[Entity.IDENTIFIER].to_pylist()
    shared = np.bincount(rows["value"]).argmax()
    raw = _raw_values(world)
    kind, digest = values[shared].split(":")
    value = min(one for one, of in raw if of == kind and KEY.digest(kind, one) == digest)
    why = f"case 17, asked by {ids[7]}."
    found = client.post("/find", {"kind": kind, "value": f" {value} ", "purpose": why}).json()["people"]
    assert [one["person_id"] for one in found] == sorted(ids[row] for row in rows["person_id"][rows["value"] == shared])
    assert client.post("/find", {"kind": "email", "value": value, "purpose": "x"}).json()["people"] == []
    audit.close()
    first, second = (event for _, event in events(tmp_path / "audit"))
    told = f"case 17, asked by person:{person_token(ids[7]).hex()}."  # an id would stay there for good
    assert (first.what, first.purpose, len(first.people)) == ("POST /find", told, 32 * len(found))
    assert second.people == ""
    assert value.encode() not in b"".join(path.read_bytes() for path in (tmp_path / "audit").iterdir())


def _raw_values(world: Path) -> set[tuple[str, str]]:
    import pyarrow.parquet as pq

    table = pq.read_table(world / "identifiers.parquet", columns=["value", "kind"])
    return set(zip(table.column("value").to_pylist(), table.column("kind").to_pylist(), strict=True))


@pytest.mark.parametrize(
    "question",
    [
        {"kind": "phone", "value": "1"},
        {"kind": "phone", "value": "1", "purpose": "  "},
        {"kind": "name", "value": "1", "purpose": "x"},
        {"kind": "phone", "value": "", "purpose": "x"},
    ],
)
def test_find_without_a_purpose_or_a_kind_is_refused(night: Client, question: dict[str, str]) -> None:
    assert night.post("/find", question).status_code == 422


def test_without_the_pseudonym_key_nobody_is_found(night_home: Path, tmp_path: Path) -> None:
    client = make_client(night_home / "runs", tmp_path)
    assert client.post("/find", {"kind": "phone", "value": "1", "purpose": "x"}).status_code == 503


def test_only_who_agreed_to_the_purpose_of_the_key_is_shown(
    night_home: Path, world_snapshot: Snapshot, ids: list[str], tmp_path: Path
) -> None:
    rows = world_snapshot["consents"]
    purpose = world_snapshot.ids["consents.purpose"].to_pylist()[0]
    force = (rows["withdrawn_at"] == NEVER) & (rows["purpose"] == 0)
    agreed = {ids[row] for row in rows["person_id"][force]}
    yes, no = sorted(agreed)[0], sorted(set(ids) - agreed)[0]
    keys = tmp_path / "keys.json"
    token = grant_key(keys, name="bank", grant=Grant(tuple(Scope), consent=purpose), now=NOW)
    odd = grant_key(keys, name="odd", grant=Grant(tuple(Scope), consent="no such purpose"), now=NOW)
    client = make_client(night_home / "runs", tmp_path, access=KeyAccess(keys, lambda: 5.0), pseudonym_key=KEY)
    head = {"x-api-key": token}
    for path in ("/graph-features/{}", "/scores/{}", "/debt/{}", "/people/{}/neighbours"):
        assert client.get(path.format(yes), headers=head).status_code == 200
        assert client.get(path.format(no), headers=head).status_code == 403
        assert client.get(path.format(yes), headers={"x-api-key": odd}).status_code == 403
    for route in ("/graph-features", "/scores"):
        found = client.post(route, {"person_ids": [no, yes, "nobody"]}, headers=head).json()["people"]
        assert [one["status"] for one in found] == ["withheld", "present", "unknown_person"]
        assert found[0].get("score") is None
        assert not found[0].get("features")


def test_ties_have_all_types_that_the_schema_knows() -> None:
    assert TIE_TYPES[: len(IDENTIFIER_KINDS)] == IDENTIFIER_KINDS
