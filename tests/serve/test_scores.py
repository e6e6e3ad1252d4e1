"""/scores and /debt: pinned shapes, and what an absent row looks like."""

import msgspec

from graphfraud.serve.answers import PeopleScores, PersonScore
from graphfraud.serve.debt import PersonDebt
from tests.serve.conftest import Client
from tests.serve.published import Sketch

SKETCH = Sketch()
NOTHING = {
    "score": None,
    "parts": None,
    "tier": None,
    "limit_cny": None,
    "daily_rate": None,
    "irr_annual": None,
    "decision": None,
    "reasons": [],
    "rules_fired": [],
    "parts_present": [],
}


def headless(content: dict[str, object]) -> dict[str, object]:
    assert content.pop("run_id") == SKETCH.run_id
    assert content.pop("snapshot_digest") == f"{1:064x}"
    assert str(content.pop("model_version")).startswith("card-1+")
    assert content.pop("as_of") == "2026-02-01T00:00:00Z"
    return content


def test_one_score(client: Client) -> None:
    answer = client.get("/scores/p-2")
    msgspec.json.decode(answer.content, type=PersonScore, strict=True)
    assert headless(answer.json()) == {
        "person_id": "p-2",
        "status": "present",
        "score": 1.02,
        "parts": {"social": 1.02, "payment": 1.02, "credit": 1.02, "device": 1.02},
        "tier": "new",
        "limit_cny": 5_000.0,
        "daily_rate": 0.0003,
        "irr_annual": 0.11,
        "decision": "approve",
        "reasons": [{"code": "r0", "points": -2.0, "zh": "共用手机", "en": "shares a phone"}] * 2,
        "rules_fired": [],
        "parts_present": ["social", "credit"],
    }


SEEN_TEXT = "2026-01-05T03:04:05.000600Z"


def test_a_reason_names_what_it_rests_on(client: Client) -> None:
    second = SKETCH.people[1]
    reasons = client.get(f"/scores/{second}").json()["reasons"]
    assert reasons
    for reason in reasons:
        assert reason["code"] == "r1"
        assert reason["evidence"] == [
            {"relationship": "HAS_PHONE", "party_id": "phone:1", "party_label": "Phone", "at": SEEN_TEXT},
            {"relationship": "PAID", "party_id": SKETCH.people[0], "party_label": "Person", "at": None},
        ]  # fmt: skip
    assert all("evidence" not in reason for reason in client.get("/scores/p-2").json()["reasons"])
    [many] = client.post("/scores", {"person_ids": [second]}).json()["people"]
    assert all("evidence" not in reason for reason in many["reasons"])


def test_many_scores_in_the_order_asked(client: Client) -> None:
    unscored = SKETCH.people[-1]
    answer = client.post("/scores", {"person_ids": ["p-3", "nobody", unscored, "p-3"]})
    msgspec.json.decode(answer.content, type=PeopleScores, strict=True)
    people = headless(answer.json())["people"]
    assert isinstance(people, list)
    assert [one["status"] for one in people] == ["present", "unknown_person", "missing", "present"]
    assert people[0] == people[3]
    assert people[1] == {"person_id": "nobody", "status": "unknown_person", **NOTHING}
    assert people[2] == {"person_id": unscored, "status": "missing", **NOTHING}
    assert people[0]["daily_rate"] is None


def test_a_known_person_without_a_score_is_missing(client: Client) -> None:
    answer = client.get(f"/scores/{SKETCH.people[-1]}")
    assert headless(answer.json()) == {"person_id": SKETCH.people[-1], "status": "missing", **NOTHING}


def test_debt(client: Client) -> None:
    answer = client.get("/debt/p-2")
    msgspec.json.decode(answer.content, type=PersonDebt, strict=True)
    assert headless(answer.json()) == {
        "person_id": "p-2",
        "status": "present",
        "lenders_open": 1,
        "outstanding": 1234.5,
        "stacking": 0.25,
        "exposure_to_others": 10.0,
        "default_probability": 0.02,
        "own_probability": 0.01,
        "impact": 0.001,
        "top_path": "p-2 → p-1",
        "basis": "prior",
        "exposures": {"legal": None, "economic": None, "social": None},
        "contagion": {"default_probability": 0.02, "own_probability": 0.01, "impact": 0.001, "basis": "prior"},
    }
    without = headless(client.get("/debt/p-1").json())
    assert without["status"] == "missing"
    assert {value for name, value in without.items() if name not in ("person_id", "status")} == {None}


def test_an_unknown_person_has_neither(client: Client) -> None:
    assert client.get("/scores/nobody").status_code == 404
    assert client.get("/debt/nobody").status_code == 404
