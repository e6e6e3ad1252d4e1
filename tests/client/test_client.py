"""The typed client against a real server: every route, typed answers, refusals as errors, ids of any kind."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import graphfraud
from graphfraud.client import Client, ServiceRefusedError
from graphfraud.features.catalogue import CATALOGUE
from graphfraud.publish.runs import Runs
from graphfraud.score.request import Application, Payment
from graphfraud.serve.answers import LabelGiven, ListQuestion
from graphfraud.serve.keys import Grant, Scope, create_key, grant_key
from tests.conftest import KEY, WORLD_AS_OF
from tests.serve.published import numbered, publish
from tests.serve.test_server import running

NOW = datetime.fromtimestamp(WORLD_AS_OF / 1e6, UTC)


@pytest.fixture(scope="module")
def home(ring_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of a night in which a ring was found."""
    found = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(ring_home, found, symlinks=True)
    return found


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[Client]:
    keys = home / "keys.json"
    key = create_key(keys, name="bank", scopes=tuple(Scope), now=NOW)
    environment = {"GRAPHFRAUD_KEY": KEY.secret.hex(), "GRAPHFRAUD_STORE": str(home / "store")}
    with running(home / "runs", keys=keys, environment=environment) as (address, _), Client(address, key=key) as found:
        yield found


def test_it_is_there_at_the_top_and_costs_nothing_before() -> None:
    assert graphfraud.Client is Client
    with pytest.raises(AttributeError, match="no attribute 'Clinet'"):
        _ = graphfraud.Clinet  # type: ignore[attr-defined]
    script = "import sys, graphfraud; sys.exit(any(name in sys.modules for name in ('httpx', 'pyarrow', 'numpy')))"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_features_scores_and_debts(client: Client, home: Path) -> None:
    run = Runs(home / "runs").must_have_current()
    assert client.ready().run_id == run.run_id
    assert [entry.name for entry in client.catalogue().features] == [entry.name for entry in CATALOGUE]
    one = client.features("u00000001", ["friends", "outstanding"])
    assert (one.run_id, set(one.features)) == (run.run_id, {"friends", "outstanding"})
    many = client.features_of(["u00000001", "nobody"], ["friends"])
    assert [person.status for person in many.people] == ["present", "unknown_person"]
    table = client.feature_table(["u00000002", "u00000001"], ["friends"])
    assert table.column("person_id").to_pylist() == ["u00000002", "u00000001"]
    assert table.column("friends")[1].as_py() == one.features["friends"].value
    score = client.score("u00000001")
    assert client.scores_of(["u00000001"]).people[0].score == score.score
    assert client.debt("u00000001").person_id == "u00000001"


def test_rings_and_what_ties_people(client: Client) -> None:
    page = client.rings(limit=1)
    detail = client.ring(page.rings[0].ring_id)
    assert len(detail.members) == page.rings[0].size > 1
    person = detail.members[0].person_id
    first = client.neighbours(person, limit=1)
    assert first.next is not None
    following = client.neighbours(person, limit=1, after=first.next)
    assert following.neighbours != first.neighbours
    other = first.neighbours[0].person_id
    assert client.paths(person, other).paths[0].steps[-1].to_id == other
    types = client.neighbours(person, types=["phone", "device"]).neighbours
    assert all({"phone", "device"} & set(one.types) for one in types)


def test_find_by_what_people_write(client: Client, ring_world: Path) -> None:
    rows = pq.read_table(ring_world / "identifiers.parquet").to_pylist()
    phone = next(row for row in rows if row["kind"] == "phone")
    found = client.find("phone", f" {phone['value']} ", purpose="case 17")
    assert phone["person_id"] in [one.person_id for one in found.people]


def test_the_queue_labels_and_lists(client: Client) -> None:
    taken = client.take()
    assert client.alert(taken.alert_id).taken_by == "bank"
    assert client.comment(taken.alert_id, "called").notes[0].text == "called"
    settled = client.settle(taken.alert_id, "not_fraud", comment="a family")
    assert settled.state == "settled"
    assert taken.alert_id not in [one.alert_id for one in client.alerts(state="open", limit=1_000).alerts]
    assert client.label([LabelGiven("u00000003", "default")]) == 1
    entry = ListQuestion("watch", "device", "d-1", "seen in two cases")
    assert client.put_on_list(entry).target_id == "d-1"


def test_decisions(client: Client) -> None:
    loan = Application(application_id="a-1", person_id="u00000001", amount=3000.0, at=NOW)
    first = client.decide(loan)
    assert (first.kind, first.request_id) == ("application", "a-1")
    assert client.decide(loan) == first
    paid = Payment(payment_id="t-1", payer_id="u00000001", payee_id="u00000002", amount=10.0, at=NOW)
    assert client.decide(paid).outcome in ("approve", "step_up", "hold", "decline", "review")
    with pytest.raises(ServiceRefusedError, match="another request of this id") as refused:
        client.decide(Application(application_id="a-1", person_id="u00000002", amount=5.0, at=NOW))
    assert refused.value.status == 409


def test_queries(client: Client) -> None:
    names = [query.name for query in client.queries().queries]
    assert "timeline" in names
    answer = client.query("timeline", person_id="u00000001", limit=3)
    assert (answer.query, len(answer.rows) <= 3) == ("timeline", True)


def test_refusals_are_errors_with_their_problem(client: Client) -> None:
    with pytest.raises(ServiceRefusedError) as refused:
        client.features("nobody")
    assert (refused.value.status, refused.value.problem.title) == (404, "Not Found")
    with pytest.raises(ServiceRefusedError) as refused:
        client.features("u00000001", ["freinds"])
    assert refused.value.problem.near == ["friends"]
    address = str(client._http.base_url)
    with Client(address, key="wrong") as stranger, pytest.raises(ServiceRefusedError) as refused:
        stranger.score("u00000001")
    assert refused.value.status == 401


def test_a_key_that_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    publish(tmp_path / "runs", numbered(1))
    keys = tmp_path / "keys.json"
    key = grant_key(keys, name="slow", grant=Grant((Scope.SCORES,), 1.0), now=NOW)
    with (
        running(tmp_path / "runs", keys=keys) as (address, _),
        Client(address, key=key) as client,
        pytest.raises(ServiceRefusedError) as refused,
    ):
        _ask_often(client)
    assert (refused.value.status, refused.value.retry_after_s) == (429, 1.0)


def _ask_often(client: Client) -> None:
    for _ in range(9):
        client.score("p-1")


def test_ids_of_any_kind_travel(tmp_path: Path) -> None:
    """Slashes, question marks, blanks, other scripts."""
    publish(tmp_path, numbered(1))
    with running(tmp_path) as (address, _), Client(address) as client:
        for person in numbered(1).people:
            assert client.features(person).person_id == person
            assert client.score(person).person_id == person
