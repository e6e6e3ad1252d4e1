"""/graph-features: the shapes are pinned, and every form agrees with the table."""

from pathlib import Path
from urllib.parse import quote

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.features.catalogue import CATALOGUE
from graphfraud.serve.answers import FeatureColumns, PeopleFeatures, PersonFeatures
from graphfraud.serve.app import Clocks
from graphfraud.serve.features import ARROW, COLUMNS
from tests.serve.conftest import Client, make_client
from tests.serve.published import AS_OF, Sketch, value

SKETCH = Sketch()
NAMES = [feature.name for feature in CATALOGUE]
HEAD = {
    "run_id": SKETCH.run_id,
    "snapshot_digest": f"{1:064x}",
}
AS_OF_TEXT = "2026-02-01T00:00:00Z"


def expected(person: str, name: str) -> dict[str, object]:
    found = value(SKETCH, SKETCH.people.index(person), NAMES.index(name))
    return {"value": found, "status": "missing" if found is None else "present", "as_of": AS_OF_TEXT}


def test_one_person(client: Client) -> None:
    answer = client.get("/graph-features/p-1?features=outstanding,friends")
    assert answer.headers["content-type"] == "application/json"
    content = answer.json()
    version = content.pop("model_version")
    assert version.startswith("card-1+")
    assert content == {
        **HEAD,
        "person_id": "p-1",
        "features": {
            "outstanding": {"value": None, "status": "missing", "as_of": AS_OF_TEXT},
            "friends": {"value": 1010, "status": "present", "as_of": AS_OF_TEXT},
        },
    }


def test_many_people_in_the_order_asked(client: Client) -> None:
    asked = ["p-2", "nobody", "p-1", "p-2"]
    content = client.post("/graph-features", {"person_ids": asked, "features": ["friends"]}).json()
    assert content.pop("model_version").startswith("card-1+")
    friends = {"friends": {"value": 1020, "status": "present", "as_of": AS_OF_TEXT}}
    assert content == {
        **HEAD,
        "people": [
            {"person_id": "p-2", "status": "present", "features": friends},
            {"person_id": "nobody", "status": "unknown_person", "features": {}},
            {"person_id": "p-1", "status": "present", "features": {"friends": expected("p-1", "friends")}},
            {"person_id": "p-2", "status": "present", "features": friends},
        ],
    }


def test_columns(client: Client) -> None:
    question = {"person_ids": ["p-1", "nobody"], "features": ["friends", "refund_rate_90d"]}
    answer = client.post("/graph-features", question, headers={"accept": COLUMNS.decode()})
    assert answer.headers["content-type"] == "application/vnd.graphfraud.columns+json"
    content = answer.json()
    assert content.pop("model_version").startswith("card-1+")
    assert content == {
        **HEAD,
        "person_ids": ["p-1", "nobody"],
        "status": ["present", "unknown_person"],
        "features": {
            "friends": {"values": [1010, None], "status": "present", "as_of": AS_OF_TEXT},
            "refund_rate_90d": {"values": [1021.5, None], "status": "present", "as_of": AS_OF_TEXT},
        },
    }


def test_arrow(client: Client) -> None:
    question = {"person_ids": ["p-1", "nobody"], "features": ["friends"]}
    answer = client.post("/graph-features", question, headers={"accept": ARROW.decode()})
    assert answer.headers["content-type"] == "application/vnd.apache.arrow.stream"
    table = pa.ipc.open_stream(answer.content).read_all()
    assert table.schema.names == ["person_id", "status", "friends"]
    assert table.schema.field("friends").type == pa.int64()
    assert table.schema.metadata[b"run_id"].decode() == SKETCH.run_id
    assert table.to_pydict() == {
        "person_id": ["p-1", "nobody"],
        "status": ["present", "unknown_person"],
        "friends": [1010, None],
    }


people = st.lists(st.sampled_from([*SKETCH.people, "nobody", "p-1 ", "P-1", "\x00"]), max_size=12)


@settings(max_examples=25, deadline=None)
@given(asked=people, names=st.none() | st.lists(st.sampled_from(NAMES), max_size=6))
def test_every_form_agrees_with_the_table(client: Client, asked: list[str], names: list[str] | None) -> None:
    question = {"person_ids": asked, "features": names}
    chosen = list(dict.fromkeys(NAMES if names is None else names))
    by_value = client.post("/graph-features", question).content
    by_column = client.post("/graph-features", question, headers={"accept": COLUMNS.decode()}).content
    arrow = client.post("/graph-features", question, headers={"accept": ARROW.decode()}).content

    many = msgspec.json.decode(by_value, type=PeopleFeatures)
    assert [one.person_id for one in many.people] == asked
    for one in many.people:
        known = one.person_id in SKETCH.people
        assert one.status == ("present" if known else "unknown_person")
        wanted = {name: expected(one.person_id, name) for name in chosen} if known else {}
        assert msgspec.to_builtins(one.features) == wanted
        assert [type(found.value) for found in one.features.values()] == [
            type(found["value"]) for found in wanted.values()
        ]

    columns = msgspec.json.decode(by_column, type=FeatureColumns)
    table = pa.ipc.open_stream(arrow).read_all()
    values = {name: [expected(p, name)["value"] if p in SKETCH.people else None for p in asked] for name in chosen}
    assert {name: column.values for name, column in columns.features.items()} == values
    assert table.to_pydict() == {"person_id": asked, "status": columns.status, **values}


@pytest.mark.parametrize("person", SKETCH.people)
def test_any_id_can_stand_in_a_path(client: Client, person: str) -> None:
    answer = client.get(f"/graph-features/{quote(person, safe='')}")
    found = msgspec.json.decode(answer.content, type=PersonFeatures)
    assert found.person_id == person
    assert msgspec.to_builtins(found.features) == {name: expected(person, name) for name in NAMES}


@pytest.mark.parametrize(
    "person", ["p-9", "p-1/", "/p-1", "p-1/features", "P-1", "张伟", "p-1\n", "../p-1", "a%2Fb", "\ufffd"]
)
def test_an_unknown_id_is_a_404_that_does_not_repeat_it(client: Client, person: str) -> None:
    answer = client.get(f"/graph-features/{quote(person, safe='')}")
    assert answer.status_code == 404
    assert answer.json() == {
        "type": "urn:graphfraud:problem:not-found",
        "title": "Not Found",
        "status": 404,
        "detail": "no such person",
        "where": f"run {SKETCH.run_id}",
        "cure": "check the id",
    }


def test_an_unknown_feature_names_its_neighbours(client: Client) -> None:
    for answer in (
        client.get("/graph-features/p-1?features=friends,lenders_opne"),
        client.post("/graph-features", {"person_ids": [], "features": ["lenders_opne"]}),
    ):
        assert answer.status_code == 422
        assert "'lenders_opne'" in answer.json()["detail"]
        assert answer.json()["near"][0] == "lenders_open"


def test_no_feature_is_not_all_features(client: Client) -> None:
    content = client.post("/graph-features", {"person_ids": ["p-1"], "features": []}).json()
    assert content["people"] == [{"person_id": "p-1", "status": "present", "features": {}}]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("text/html, application/vnd.graphfraud.columns+json;q=0.2", COLUMNS.decode()),
        (f"application/json;q=0.5, {ARROW.decode()}", ARROW.decode()),
        (f"*/*, {ARROW.decode()};q=0", "application/json"),
        ("application/json;q=0, application/*", COLUMNS.decode()),
    ],
)
def test_the_accepted_type_is_sent(client: Client, accept: str, kind: str) -> None:
    answer = client.post("/graph-features", {"person_ids": ["p-1"]}, headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)


@pytest.mark.parametrize(("seconds", "status"), [(3_600, "present"), (3_601, "stale")])
def test_values_outlive_their_time_to_live(runs: Path, tmp_path: Path, seconds: int, status: str) -> None:
    clocks = Clocks(wall=lambda: AS_OF.timestamp() + seconds)
    late = make_client(runs, tmp_path, time_to_live_s=3_600, clocks=clocks)
    found = late.get("/graph-features/p-1?features=friends,outstanding").json()["features"]
    assert found["friends"] == {"value": 1010, "status": status, "as_of": AS_OF_TEXT}
    assert found["outstanding"]["status"] == "missing"
