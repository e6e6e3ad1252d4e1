"""Forgetting: no byte is left but the tombstone, others stay as they were, and it can be done again."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from graphfraud.desk.labels import Label, add_labels
from graphfraud.desk.opening import open_desk, sqlite_at
from graphfraud.desk.queue import comment, take_in
from graphfraud.desk.queue import queue as alerts
from graphfraud.errors import NotFoundError
from graphfraud.forgetting import Places, export_person, forget
from graphfraud.forgetting.naming import pattern
from graphfraud.forgetting.runs import redacted
from graphfraud.forgetting.search import file_names
from graphfraud.pipeline import Night, nightly
from graphfraud.publish.ledger import Ledger
from graphfraud.publish.runs import Runs
from graphfraud.publish.serving import person_token, write_batch
from graphfraud.serve.audit import Event, add_event, verify
from graphfraud.serve.chain import verified
from graphfraud.serve.current import CurrentRun
from graphfraud.serve.view import RunView
from graphfraud.store.lake import LakeStore
from tests.conftest import WORLD_AS_OF
from tests.serve.conftest import make_client

NOW = datetime(2026, 2, 3, tzinfo=UTC)


def a_member(home: Path) -> str:
    """Somebody in a ring: the run names them everywhere."""
    members = pq.read_table(Runs(home / "runs").must_have_current().table("ring_members"))
    return str(members["person_id"][0].as_py())


@pytest.fixture
def places(ring_home: Path, tmp_path: Path) -> Places:
    """A copy of the night, and a desk that talks about a member of a ring."""
    home = tmp_path / "home"
    shutil.copytree(ring_home, home, symlinks=True)
    address, person = sqlite_at(home / "desk.sqlite"), a_member(home)
    engine = open_desk(address)
    with engine.begin() as connection:
        row = {"target_kind": "person", "target_id": person, "severity": "high", "reasons": [], "first_seen_at": 1}
        take_in(connection, "run", 1, [row, row | {"target_kind": "ring", "target_id": "ring-1"}])
        for alert in alerts(connection, state=None, after=None, limit=9, now=2):
            comment(connection, alert["alert_id"], author="li", at=2, text=f"spoke to {person}, and {person}0 too")
        add_labels(connection, [Label(person, "fraud", 3, None, "li")])
    engine.dispose()
    decide(home, person, tmp_path)
    (home / "runs" / ".building-half").mkdir()
    (home / "runs" / ".building-half" / "left.txt").write_text(person)
    add_event(home / "audit", Event(NOW, "bank", "read", people=person_token(person).hex()))
    store = LakeStore(home / "store")
    return Places(store, Runs(home / "runs"), address, home / "audit", home / "tombstones")


def decide(home: Path, person: str, folder: Path) -> None:
    """The service decides on the person, on somebody who pays them, and on somebody else."""
    client, other = make_client(home / "runs", folder), an_other(home)
    loan = {"kind": "application", "amount": 3000.0, "at": "2026-02-01T09:00:00Z"}
    paid = {"kind": "payment", "amount": 20.0, "at": "2026-02-01T09:00:00Z", "payer_id": other, "payee_id": person}
    for asked in (
        loan | {"application_id": "a-1", "person_id": person},
        loan | {"application_id": "a-2", "person_id": other},
        paid | {"payment_id": "t-1"},
        paid | {"payment_id": "t-2", "payee_id": f"{person}0"},
    ):
        assert client.post("/decisions", asked).status_code == 200


def an_other(home: Path) -> str:
    """Somebody in no ring."""
    run = Runs(home / "runs").must_have_current()
    members = set(pq.read_table(run.table("ring_members"))["person_id"].to_pylist())
    return next(one for one in pq.read_table(run.table("scores"))["person_id"].to_pylist() if one not in members)


def traces(home: Path, person: str) -> list[str]:
    """Files that hold the id, by bytes and by the values of whatever is packed."""
    found = []
    for path in sorted(one for one in home.rglob("*") if one.is_file()):
        text = path.read_bytes()
        if path.suffix == ".parquet":
            text += repr(pq.read_table(path, partitioning=None).to_pylist()).encode()
        text = text.replace(f"{person}0".encode(), b"")
        if person.encode() in text:
            found.append(str(path.relative_to(home)))
    return found


def test_no_byte_is_left_but_the_tombstone(places: Places) -> None:
    home = places.runs.home.parent
    person = a_member(home)
    assert len(traces(home, person)) > 10
    done = forget(places, person, who="officer", now=NOW)
    assert traces(home, person) == []
    assert (done.rows["people"], done.runs, done.decisions, done.searched > 20) == (1, 1, 2, True)
    (tombstone,) = verified(places.tombstones / "tombstones.jsonl")
    assert json.loads(tombstone.content)["token"] == person_token(person).hex()
    assert verify(places.audit).lines["worker-0"] == 2


def test_everybody_else_stays_as_they_were(places: Places, ring_home: Path) -> None:
    person = a_member(ring_home)
    before, old = Runs(ring_home / "runs").must_have_current(), LakeStore(ring_home / "store")
    forget(places, person, who="officer", now=NOW)
    after = places.runs.must_have_current()
    for name in ("features", "scores", "ring_members"):
        kept = pq.read_table(before.table(name))
        kept = kept.filter(pc.not_equal(kept["person_id"], person))
        found = pq.read_table(after.table(name))
        assert found.drop_columns([n for n in ("reasons",) if n in found.column_names]) == kept.drop_columns(
            [n for n in ("reasons",) if n in kept.column_names]
        )
    logins = old.scan("logins", head=old.head()).to_table()
    others = logins.filter(pc.not_equal(logins["person_id"], person)).sort_by(
        [("person_id", "ascending"), ("at", "ascending")]
    )
    left = places.store.scan("logins", head=places.store.head()).to_table()
    assert left.sort_by([("person_id", "ascending"), ("at", "ascending")]) == others
    one, two = RunView.open(before.path), RunView.open(after.path)
    assert two.people.row(person) == -1
    for row in range(0, len(two.people.matrix), 7):
        other = two.people.person_id(row)
        told = [_neighbours(view, other, without=person) for view in (one, two)]
        assert told[0] == told[1]
    assert after.manifest["forgotten"] == 1
    rings = pq.read_table(after.table("rings"))
    members = pq.read_table(after.table("ring_members"))
    assert rings["size"].to_pylist() == [
        members.filter(pc.equal(members["ring_id"], ring)).num_rows for ring in rings["ring_id"].to_pylist()
    ]
    was = pq.read_table(before.table("rings")).select(["ring_id", "size", "outstanding"]).to_pylist()
    now = rings.select(["ring_id", "size", "outstanding"]).to_pylist()
    assert now == [one if one in now else one | {"size": one["size"] - 1, "outstanding": None} for one in was]
    assert now != was


def _neighbours(view: RunView, person: str, *, without: str) -> dict[str, float]:
    place = view.relations.ties_of(view.people.row(person))
    ids = [view.people.person_id(int(row)) for row in view.relations.neighbours[place]]
    told = dict(zip(ids, view.relations.weights[place].tolist(), strict=True))
    told.pop(without, None)
    return told


def test_done_again_it_changes_nothing_and_the_next_night_runs(places: Places) -> None:
    person = a_member(places.runs.home.parent)
    forget(places, person, who="officer", now=NOW)
    again = forget(places, person, who="officer", now=NOW)
    assert (dict(again.rows), again.runs, again.desk, again.decisions) == ({}, 0, 0, 0)
    published = nightly(places.store, places.runs, Night(WORLD_AS_OF + 86_400_000_000))
    assert person not in pq.read_table(published.run.table("scores"))["person_id"].to_pylist()


def test_decisions_about_others_stay_and_replay(places: Places) -> None:
    home = places.runs.home
    person, ledger = a_member(home.parent), Ledger(home)  # a worker of the service has it open meanwhile
    forget(places, person, who="officer", now=NOW)
    rows = ledger._database.execute("SELECT decision_id, request_id, payee_id FROM decisions ORDER BY 2").fetchall()
    assert [row[1:] for row in rows] == [("a-2", None), ("t-1", "[forgotten]"), ("t-2", f"{person}0")]
    assert all(ledger.replay(row[0]).same for row in rows)
    ledger.close()


@pytest.mark.parametrize("kind", ["parquet", "arrow", "sqlite", "json", "log"])
@pytest.mark.parametrize(("person", "found"), [("p-1", True), ('张"伟', True), ("p-2", False), ("-1", False)])
def test_the_search_finds_an_id_in_every_kind_of_file(tmp_path: Path, kind: str, person: str, found: bool) -> None:
    path, kept = tmp_path / f"file.{kind}", ["a", "p-1", "p-20", '张"伟', "b"]
    if kind == "parquet":
        pq.write_table(pa.table({"n": [[{"t": one}] for one in kept]}), path, compression="zstd")
    elif kind == "arrow":
        write_batch(path, pa.table({"id": pa.array(kept, pa.large_string())}))
    elif kind == "sqlite":
        with closing(sqlite3.connect(path)) as database:
            database.execute("CREATE TABLE t (a TEXT, b TEXT)")
            database.executemany("INSERT INTO t VALUES ('x', ?)", [(one,) for one in kept])
            database.commit()
    else:
        path.write_text(json.dumps(kept, ensure_ascii=kind == "log"), encoding="utf-8")
    assert file_names(path, person) is found


def test_the_search_finds_what_a_database_only_deleted(tmp_path: Path) -> None:
    path = tmp_path / "file.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "PRAGMA secure_delete = OFF; CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('p-1'); DELETE FROM t"
        )
    assert file_names(path, "p-1")


def test_the_service_notices_at_its_next_look(places: Places) -> None:
    person, clock = a_member(places.runs.home.parent), [0.0]
    current = CurrentRun(places.runs.home, lambda: clock[0])
    assert current.view().people.row(person) >= 0
    forget(places, person, who="officer", now=NOW)
    clock[0] += 1
    assert current.view().people.row(person) == -1
    assert current.failures == 0


def test_the_copy_for_the_person_has_all_of_it(places: Places) -> None:
    person = a_member(places.runs.home.parent)
    found = export_person(places, person, who="officer", now=NOW)
    assert found["tables"]["people"][0]["person_id"] == person
    (run,) = found["runs"].values()
    assert {"features", "scores", "debt", "ring_members", "ring_evidence"} <= set(run)
    assert [len(found["desk"][name]) for name in ("alerts", "notes", "labels")] == [1, 1, 1]
    assert [read["who"] for read in found["reads"]] == ["bank"]
    assert [one["case"]["request"]["application_id"] for one in found["decisions"]] == ["a-1"]
    with pytest.raises(NotFoundError):
        export_person(places, "nobody", who="officer", now=NOW)


def test_an_id_within_a_longer_one_is_left_alone() -> None:
    table = pa.table({"top_path": ["a-1 → p-1 → p-10", "p-10", None], "n": [1, 2, 3]})
    assert redacted(table, "p-1")["top_path"].to_pylist() == ["a-1 → [forgotten] → p-10", "p-10", None]
    assert pattern("a.b") != pattern("a-b")
