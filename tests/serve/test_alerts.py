"""Alerts over HTTP: the queue of the run, taking, settling; labels and lists reach the next night."""

import shutil
import time
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from graphfraud.desk.opening import open_desk, sqlite_at
from graphfraud.desk.tables import LABELS
from graphfraud.handover import load_desk
from graphfraud.pipeline import Night, nightly
from graphfraud.publish.runs import Runs
from graphfraud.serve.desk import Desk
from graphfraud.snapshot.build import Resources
from graphfraud.store.lake import LakeStore
from tests.conftest import WORLD_AS_OF
from tests.serve.conftest import Client, make_client

DAY = 86_400
PAGE = 2


@pytest.fixture
def address(tmp_path: Path) -> str:
    return sqlite_at(tmp_path / "desk.sqlite")


@pytest.fixture
def desk(night_home: Path, tmp_path: Path, address: str) -> Client:
    """A desk a day after the night."""
    moment = WORLD_AS_OF / 1e6 + DAY
    return make_client(night_home / "runs", tmp_path, desk=Desk(address, lambda: moment))


def test_the_queue_has_every_target_of_the_run_once(desk: Client, night_home: Path) -> None:
    published = pq.read_table(Runs(night_home / "runs").must_have_current().table("alerts"))
    expected = set(zip(published["target_kind"].to_pylist(), published["target_id"].to_pylist(), strict=True))
    found, after = [], ""
    while True:
        page = desk.get(f"/alerts?limit={PAGE}{after}").json()
        found += [(one["target_kind"], one["target_id"]) for one in page["alerts"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert len(found) == len(expected) > PAGE
    assert set(found) == expected
    assert desk.get("/alerts?state=settled").json()["alerts"] == []
    assert desk.get("/alerts?state=wrong").status_code == 422


def test_verdicts_become_labels_of_the_next_night_and_not_of_an_earlier_one(
    desk: Client, night_home: Path, address: str, tmp_path: Path
) -> None:
    taken = desk.post("/alerts/next/take", {}).json()
    settled = desk.post(f"/alerts/{taken['alert_id']}/verdict", {"verdict": "confirmed_fraud"}).json()
    assert settled["state"] == "settled"
    person = desk.get("/alerts?state=open").json()["alerts"][-1]["target_id"]
    listing = {"list": "block", "target_kind": "person", "target_id": "u00000007", "reason": "asked by the police"}
    assert desk.post("/lists", listing).status_code == 200
    assert desk.post("/labels", {"labels": [{"person_id": "u00000005", "label": "default"}]}).status_code == 200
    assert desk.post("/labels", {"labels": [{"person_id": "nobody", "label": "fraud"}]}).status_code == 404
    assert desk.post(f"/alerts/{taken['alert_id']}/comments", {"text": f"see {person}"}).status_code == 200
    home = tmp_path / "home"
    shutil.copytree(night_home, home, symlinks=True)
    store = LakeStore(home / "store")
    before = store.scan("labels", head=store.head()).count_rows()
    loaded = load_desk(store, address, home=home, resources=Resources())
    assert loaded is not None
    assert not any(loaded.rejected.values())
    labels = store.scan("labels", head=store.head()).to_table()
    given = labels.filter(pc.equal(pc.cast(labels["at"], "int64"), WORLD_AS_OF + DAY * 1_000_000))
    members = {"u00000005"} | _members(night_home, taken)
    assert set(given["person_id"].to_pylist()) == members
    assert labels.num_rows == before + len(members)
    same = nightly(store, Runs(home / "runs"), Night(WORLD_AS_OF))
    assert same.run.manifest["digests"]["snapshot"] == _snapshot_digest(night_home)  # nothing of it was known then
    next_night = nightly(store, Runs(home / "runs"), Night(WORLD_AS_OF + 2 * DAY * 1_000_000))
    scores = pq.read_table(next_night.run.table("scores"))
    blocked = scores.filter(pc.equal(scores["person_id"], "u00000007"))["decision"].to_pylist()
    assert blocked == ["decline"]


def test_a_verdict_on_a_ring_labels_its_members(ring_home: Path, address: str, tmp_path: Path) -> None:
    moment = WORLD_AS_OF / 1_000_000 + DAY
    client = make_client(ring_home / "runs", tmp_path, desk=Desk(address, lambda: moment))
    published = pq.read_table(Runs(ring_home / "runs").must_have_current().table("ring_members"))
    found = client.get("/alerts?limit=1000").json()["alerts"]
    (alert, *_) = [one for one in found if one["target_kind"] == "ring"]
    assert client.post(f"/alerts/{alert['alert_id']}/take", {}).status_code == 200
    assert client.post(f"/alerts/{alert['alert_id']}/verdict", {"verdict": "confirmed_fraud"}).status_code == 200
    engine = open_desk(address)
    with engine.begin() as connection:
        labels = {row.person_id: row for row in connection.execute(sa.select(LABELS))}
    engine.dispose()
    members = published.filter(pc.equal(published["ring_id"], alert["target_id"]))["person_id"].to_pylist()
    assert len(members) > 1
    assert set(labels) == set(members)
    assert {(row.label, row.ring_id) for row in labels.values()} == {("fraud", f"case-{alert['alert_id']}")}


def _members(home: Path, alert: dict[str, str]) -> set[str]:
    if alert["target_kind"] == "person":
        return {alert["target_id"]}
    members = pq.read_table(Runs(home / "runs").must_have_current().table("ring_members"))
    return set(members.filter(pc.equal(members["ring_id"], alert["target_id"]))["person_id"].to_pylist())


def _snapshot_digest(home: Path) -> str:
    return str(Runs(home / "runs").must_have_current().manifest["digests"]["snapshot"])


def test_an_empty_desk_changes_nothing(night_home: Path, address: str, tmp_path: Path) -> None:
    store = LakeStore(night_home / "store")
    before = store.head()
    assert load_desk(store, address, home=tmp_path, resources=Resources()) is None
    assert store.head() == before


def test_without_a_desk_it_says_so(runs: Path, tmp_path: Path) -> None:
    answer = make_client(runs, tmp_path).get("/alerts")
    assert (answer.status_code, answer.json()["detail"]) == (503, "the service has no desk")


def test_a_database_that_is_gone_is_503_and_the_features_go_on(runs: Path, tmp_path: Path) -> None:
    client = make_client(runs, tmp_path, desk=Desk(f"sqlite:///{tmp_path}/no/desk.sqlite", time.time))
    assert client.get("/alerts").status_code == 503
    assert client.get("/graph-features/p-1").status_code == 200
