"""The query library over HTTP: listed, asked, refused."""

from pathlib import Path

import pytest

from graphfraud.investigate.library import library as queries
from graphfraud.publish.serving import person_token
from graphfraud.serve import library
from graphfraud.serve.audit import Audit, Event, events
from graphfraud.store.lake import LakeStore
from tests.investigate.case import DEADLY, DEATH, MESH, ROWS, RUN_ID, publish
from tests.investigate.cases import answers
from tests.serve.conftest import Client, make_client
from tests.tables import reading_of


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case's lake around its runs, as the defaults lay them out."""
    home = tmp_path_factory.mktemp("graphfraud-data")
    with reading_of(ROWS) as reading:
        LakeStore(home).write(reading)
    publish(home / "runs")
    return home


@pytest.fixture(scope="module")
def desk(home: Path) -> Client:
    """The service over it."""
    return make_client(home / "runs", home, audit=Audit(home / "audit", strict=True))


def test_the_library_is_listed(desk: Client) -> None:
    listed = desk.get("/queries").json()["queries"]
    assert [one["name"] for one in listed] == list(queries())
    assert all(one["parameters"] is not None and one["purpose"] and one["zh"] for one in listed)


def test_a_query_is_answered(desk: Client) -> None:
    found = desk.post("/queries/guarantee_chain", {"params": {"person_id": "anna", "max_hops": 2}}).json()
    assert found["rows"] == answers()["guarantee_chain person_id=anna max_hops=2"]
    assert (found["place"], found["cut"]) == ("lake", False)
    assert desk.post("/queries/worst_rings", {}).status_code == 200


def last_event(home: Path) -> Event:
    return [event for _, event in events(home / "audit")][-1]


def test_everybody_whom_an_answer_names_is_in_the_audit(desk: Client, home: Path) -> None:
    asked = {"params": {"person_id": "anna"}, "purpose": "case 17"}
    rows = desk.post("/queries/shared_identifiers", asked).json()["rows"]
    line = last_event(home)
    assert (line.who, line.what, line.purpose) == ("local", "POST /queries/{name}", "case 17")
    assert (line.more, line.run) == ("shared_identifiers", RUN_ID)
    named = {"anna", *(row["person_id"] for row in rows)}
    assert len(named) > 1
    assert all(person_token(person).hex() in line.people for person in named)
    assert not any(person in line.people + line.more for person in named)
    desk.post("/queries/ring_members", {"params": {"ring_id": "ring-1"}})
    assert last_event(home).more == "ring_members ring_id=ring-1"


@pytest.mark.parametrize(
    ("path", "body", "status", "told"),
    [
        ("drop_everything", {}, 404, "no query"),
        ("timeline", {"params": {"person_id": "nobody"}}, 404, "no person"),
        ("timeline", {"params": {"person_id": "x'}) DETACH DELETE n //"}}, 404, "no person"),
        ("timeline", {"params": {"person_id": "' OR 1=1; DROP TABLE raw_people --"}}, 404, "no person"),
        ("CREATE (n) RETURN n", {}, 404, "no query"),
        ("timeline", {}, 422, "person_id is missing"),
        ("timeline", {"params": {"person_id": "anna", "limit": 1.5}}, 422, "whole number"),
        ("timeline", {"params": {"person_id": ["anna"]}}, 422, "Expected"),
        ("timeline", {"text": "MATCH (n) RETURN n"}, 422, "unknown field"),
        ("pass_through", {"params": {"person_id": "anna"}}, 400, "no twin for the lake"),
    ],
)
def test_what_may_not_be_asked_is_a_problem(desk: Client, path: str, body: object, status: int, told: str) -> None:
    answer = desk.post(f"/queries/{path}", body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert told in answer.json()["detail"]


def test_a_query_of_death_is_stopped_with_the_reason(tmp_path: Path) -> None:
    with reading_of(MESH) as reading:
        LakeStore(tmp_path).write(reading)
    publish(tmp_path / "runs")
    body = {"params": DEATH, "time_limit": 0.3}
    answer = make_client(tmp_path / "runs", tmp_path).post(f"/queries/{DEADLY}", body)
    assert answer.status_code == 409
    assert "took longer than 0.3 s" in answer.json()["detail"]
    assert "narrower" in answer.json()["cure"]
    body["time_limit"] = 9999
    assert make_client(tmp_path / "runs", tmp_path).post(f"/queries/{DEADLY}", body).status_code == 422


def test_the_store_is_the_one_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(library.STORE_VARIABLE, str(tmp_path / "elsewhere"))
    assert library.investigator(tmp_path / "runs").store.address == str(tmp_path / "elsewhere")
