"""/rings: the order, the pages, and one ring with all that speaks for it."""

from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.serve.answers import RingDetail, Rings
from tests.serve.conftest import Client
from tests.serve.published import KINDS, Sketch, ring_id

SKETCH = Sketch()
ALL = sorted(
    ((1 - (place // 2) / 10, ring_id(place), KINDS[place % 2]) for place in range(SKETCH.rings)),
    key=lambda ring: (-ring[0], ring[1].encode()),
)


def pages(client: Client, **query: Any) -> list[list[str]]:
    found: list[list[str]] = []
    cursor = ""
    while cursor is not None:
        content = client.get("/rings", params={**query, "after": cursor}).json()
        found.append([ring["ring_id"] for ring in content["rings"]])
        cursor = content["next"]
    return found


@settings(max_examples=30, deadline=None)
@given(
    limit=st.integers(1, 9),
    kind=st.sampled_from((None, *KINDS, "mule_chain")),
    min_score=st.sampled_from((0, 0.7, 0.75, 0.8, 0.9, 1)),
)
def test_pages_are_the_list_cut_up(client: Client, limit: int, kind: str | None, min_score: float) -> None:
    query = {"limit": limit, "min_score": min_score, **({"kind": kind} if kind else {})}
    wanted = [ring for score, ring, of in ALL if score >= min_score and kind in (None, of)]
    found = pages(client, **query)
    assert [ring for page in found for ring in page] == wanted
    assert all(len(page) == limit for page in found[:-1])
    assert len(found) == max(1, -(-len(wanted) // limit))


def test_a_listed_ring(client: Client) -> None:
    answer = client.get("/rings?limit=1")
    msgspec.json.decode(answer.content, type=Rings, strict=True)
    content = answer.json()
    assert content["run_id"] == SKETCH.run_id
    assert content["rings"] == [
        {
            "ring_id": "ring/0-0",
            "size": 3,
            "kind": "device_farm",
            "score": 1.0,
            "p_value": 0.001,
            "first_seen_at": "2026-01-05T03:04:05.000600Z",
            "reasons": [{"code": "shared_card", "zh": "共用卡", "en": "share a card"}],
            "lenders_open": 2,
            "outstanding": 1800.5,
            "stacking": 0.25,
        }
    ]


@pytest.mark.parametrize("place", range(SKETCH.rings))
def test_one_ring_has_its_own_members_and_evidence(client: Client, place: int) -> None:
    name = ring_id(place)
    answer = client.get(f"/rings/{quote(name, safe='')}")
    ring = msgspec.json.decode(answer.content, type=RingDetail, strict=True)
    assert (ring.run_id, ring.ring_id, ring.kind) == (SKETCH.run_id, name, KINDS[place % 2])
    first, second, third = SKETCH.people[:3]
    assert [(member.person_id, member.role, member.score) for member in ring.members] == [
        (third, "organiser", 0.2),
        (second, "member", 0.1),
        (first, "member", 0.0),
    ]
    assert [(link.source_id, link.target_id) for link in ring.evidence] == [
        (person, f"card of {name}") for person in (first, second, third)
    ]
    assert [link.at is None for link in ring.evidence] == [True, False, True]


def test_a_cursor_outlives_the_ring_it_names(client: Client) -> None:
    cursor = "0.9~ring/0-99"  # behind every ring of 0.9 that begins with 0
    found = client.get("/rings", params={"after": cursor}).json()["rings"]
    assert [ring["ring_id"] for ring in found] == [
        name for score, name, _ in ALL if (-score, name) > (-0.9, "ring/0-99")
    ]


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("kind=device_frm", "no kind of ring 'device_frm'"),
        ("min_score=1.1", "min_score is not a number from 0 to 1"),
        ("min_score=nan", "min_score is not a number from 0 to 1"),
        ("limit=0", "limit is not a number from 1 to 1000"),
        ("limit=1001", "limit is not a number from 1 to 1000"),
        ("limit=2.5", "limit is not a whole number"),
        ("after=%%%", "no such cursor"),
        ("after=1e999~r", "no such cursor"),
        ("after=0.5~", "no such cursor"),
        ("kind=", "no kind of ring ''"),
        ("min_score=", "min_score is not a number from 0 to 1"),
        ("min_score=1_0", "min_score is not a number from 0 to 1"),
        ("limit=1&limit=2", "limit is given twice"),
        ("ring=1", "no parameter 'ring'"),
        ("kind=%FF", "the query cannot be read"),
    ],
)
def test_a_query_that_asks_for_nothing(client: Client, query: str, detail: str) -> None:
    answer = client.get(f"/rings?{query}")
    assert (answer.status_code, answer.json()["detail"]) == (422, detail)


def test_an_unknown_ring(client: Client) -> None:
    for name in ("ring/0-99", "", "0", "~"):
        answer = client.get(f"/rings/{quote(name, safe='')}")
        assert answer.status_code == (404 if name else 422)
