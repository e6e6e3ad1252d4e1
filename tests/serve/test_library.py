"""The query library over HTTP: listed, asked, refused."""

from pathlib import Path

import pytest

from graphfraud.investigate.library import library as queries
from graphfraud.serve import library
from graphfraud.store.lake import LakeStore
from tests.investigate.case import ROWS, publish
from tests.investigate.cases import answers
from tests.serve.conftest import Client, make_client
from tests.tables import reading_of


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """The service over the case, its lake around the runs as the defaults lay them out."""
    home = tmp_path_factory.mktemp("graphfraud-data")
    with reading_of(ROWS) as reading:
        LakeStore(home).write(reading)
    publish(home / "runs")
    return make_client(home / "runs", home)


def test_the_library_is_listed(desk: Client) -> None:
    listed = desk.get("/queries").json()["queries"]
    assert [one["name"] for one in listed] == list(queries())
    assert all(one["parameters"] is not None and one["purpose"] and one["zh"] for one in listed)


def test_a_query_is_answered(desk: Client) -> None:
    found = desk.post("/queries/guarantee_chain", {"params": {"person_id": "anna", "max_hops": 2}}).json()
    assert found["rows"] == answers()["guarantee_chain person_id=anna max_hops=2"]
    assert (found["place"], found["cut"]) == ("lake", False)
    assert desk.post("/queries/worst_rings", {}).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "status", "told"),
    [
        ("drop_everything", {}, 404, "no query"),
        ("timeline", {"params": {"person_id": "nobody"}}, 404, "no person"),
        ("timeline", {"params": {"person_id": "x'}) DETACH DELETE n //"}}, 404, "no person"),
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


def test_the_store_is_the_one_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(library.STORE_VARIABLE, str(tmp_path / "elsewhere"))
    assert library.investigator(tmp_path / "runs").store.address == str(tmp_path / "elsewhere")
