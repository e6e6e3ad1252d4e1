"""The parts of the page that need no browser: words, markup, pictures, the way in."""

import inspect
import json
import re
import time
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.desk.opening import sqlite_at
from graphfraud.desk.people import add_user
from graphfraud.page import markup
from graphfraud.page.charts import contributions, waterfall
from graphfraud.page.markup import Html, facts, link, table, text
from graphfraud.page.picture import COLOURS, SHAPES, Picture, marks, network_options, picture
from graphfraud.page.session import Sessions, Visitor, signed_in
from graphfraud.page.words import WORDS, word
from graphfraud.rings.families import FAMILIES
from graphfraud.rings.lineage import EVENTS
from graphfraud.schema import RING_KINDS
from graphfraud.serve.desk import Desk
from graphfraud.serve.keys import Scope, create_key, revoke_key

PAGE = Path(inspect.getfile(markup)).parent
MEMBERS = [{"person_id": "p1", "role": "organiser"}, {"person_id": "p2", "role": "member"}]


def evidence(source: str, relationship: str, target: str, label: str, weight: float = 1.0) -> dict[str, object]:
    return {
        "source_id": source, "source_label": "Person", "relationship": relationship, "target_id": target,
        "target_label": label, "weight": weight, "at": datetime(2026, 1, 2, tzinfo=UTC),
    }  # fmt: skip


@pytest.fixture
def drawn() -> Picture:
    rows = [
        evidence("p1", "USED_DEVICE", "p2", "Device"),
        evidence("p2", "USED_DEVICE", "p2", "Device"),
        evidence("p1", "PAID", "p2", "Person", 2.0),
        evidence("p1", "PAID", "p2", "Person", 3.0),
    ]
    return picture(MEMBERS, rows)


def test_everything_is_said_in_both_languages() -> None:
    assert not [name for name, pair in WORDS.items() if len(pair) != 2 or not all(pair)]
    assert not [kind for kind in RING_KINDS if kind not in WORDS]
    assert not [event for event in EVENTS if f"event_{event}" not in WORDS]
    assert not [family for family in FAMILIES if family not in WORDS]
    said = "".join(path.read_text(encoding="utf-8") for path in PAGE.rglob("*.py"))
    assert not set(re.findall(r"say\(\"(\w+)\"\)", said)) - set(WORDS)
    assert word("a_new_kind", "zh") == "a new kind"


@given(st.text())
def test_no_value_becomes_markup(value: str) -> None:
    shown = (
        table(["a"], [[value]], caption=value, empty="").text + facts([(value, value)]).text + link(value, value).text
    )
    if value.isprintable():
        ET.fromstring(f"<x>{shown}</x>")  # noqa: S314 - our own markup
    assert "<script" not in text(f"<script>{value}")


def test_an_id_and_a_thing_of_the_same_name_stay_two_nodes(drawn: Picture) -> None:
    assert {node.key for node in drawn.nodes} == {"Person:p1", "Person:p2", "Device:p2"}
    paid = next(one for one in drawn.links if one.relationship == "PAID")
    assert (paid.count, paid.weight) == (2, 5.0)


def test_a_picture_goes_to_networkx_and_back(drawn: Picture) -> None:
    content = json.loads(json.dumps(nx.node_link_data(drawn.graph(), edges="edges")))
    back = nx.node_link_graph(content, edges="edges")
    assert nx.utils.graphs_equal(back, drawn.graph())


def test_a_picture_is_laid_out_the_same_each_time_and_on_the_canvas(drawn: Picture) -> None:
    places = drawn.places()
    assert places == drawn.places()
    assert all(0 <= x <= 1000 and 0 <= y <= 620 for x, y in places.values())
    assert Picture((), ()).places() == {}


def test_every_item_of_the_network_can_be_clicked_and_told_without_colour(drawn: Picture) -> None:
    [series] = network_options(drawn, "en")["series"]
    assert all(item["value"] for item in [*series["data"], *series["links"]])
    assert len(series["links"]) == 3
    assert all(category["symbol"] for category in series["categories"])
    assert set(COLOURS) == set(SHAPES)
    same = [(one, other) for one in COLOURS for other in COLOURS if one < other and COLOURS[one] == COLOURS[other]]
    hard = [pair for pair in same if SHAPES[pair[0]] == SHAPES[pair[1]]]
    assert hard == [("Card", "NationalId"), ("Email", "Phone"), ("Device", "IP"), ("Lender", "Loan")] or len(hard) == 4


def test_the_bare_picture_has_every_node_and_every_line_once(drawn: Picture) -> None:
    found = marks(drawn, drawn.places())
    assert len(found["nodes"]) == len(drawn.nodes)
    assert found["links"] == [(0, 1), (0, 2), (1, 2)]
    assert [found["kinds"][node[3]][1] for node in found["nodes"]] == ["circle", "circle", "rect"]


def test_the_parts_add_up_to_the_score_whatever_is_missing() -> None:
    score = {"score": 70.0, "social": None, "payment": 80.0, "credit": 60.0, "device": 70.0}
    parts = contributions(score)
    assert sum(weight for _, _, weight, _ in parts) == pytest.approx(100, abs=0.2)
    assert sum(points for *_, points in parts) == pytest.approx((40 * 80 + 20 * 60 + 15 * 70) / 75, abs=0.02)
    assert waterfall(score, "zh")["xAxis"]["data"] == ["支付行为", "信用历史", "设备", "总分"]


NOW = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "correct horse battery"


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(tmp_path / "keys.json", Desk(sqlite_at(tmp_path / "desk.sqlite"), time.time))


def key_of(sessions: Sessions, name: str, *scopes: Scope) -> str:
    assert sessions.keys is not None
    return create_key(sessions.keys, name=name, scopes=scopes, now=NOW)


def by_key(sessions: Sessions, key: str) -> str | None:
    return sessions.sign_in(key=key, name="", password="")


def test_only_who_has_a_key_to_investigate_gets_in(sessions: Sessions) -> None:
    right, wrong = key_of(sessions, "anna", Scope.INVESTIGATE), key_of(sessions, "batch", Scope.FEATURES)
    assert by_key(sessions, wrong) is by_key(sessions, "gf_nonsense") is by_key(sessions, "") is None
    secret = by_key(sessions, right)
    assert secret is not None
    visitor = sessions.visitor(secret)
    assert visitor == Visitor("anna", frozenset({Scope.INVESTIGATE}))
    assert not visitor.may(Scope.DECIDE)
    cookie = signed_in(secret, secure=True).headers["set-cookie"].lower()
    assert all(flag in cookie for flag in ("httponly", "samesite=strict", "secure"))


def test_a_key_that_is_revoked_ends_its_session_at_once(sessions: Sessions) -> None:
    secret = by_key(sessions, key_of(sessions, "anna", Scope.INVESTIGATE))
    assert secret is not None
    assert sessions.visitor(secret) is not None
    assert sessions.keys is not None
    revoke_key(sessions.keys, name="anna", now=NOW)
    assert sessions.visitor(secret) is None


def test_people_of_the_desk_come_in_by_name_and_password_with_their_scopes(sessions: Sessions) -> None:
    for name, scopes in (("wang", ("investigate", "decide")), ("li", ("scores",))):
        sessions.desk.work(
            lambda c, now, name=name, scopes=scopes: add_user(c, name=name, password=PASSWORD, scopes=scopes, now=now)
        )
    assert sessions.sign_in(key="", name="wang", password="wrong") is None
    assert sessions.sign_in(key="", name="li", password=PASSWORD) is None
    secret = sessions.sign_in(key="", name="wang", password=PASSWORD)
    assert secret is not None
    visitor = sessions.visitor(secret)
    assert visitor is not None
    assert [visitor.may(scope) for scope in (Scope.DECIDE, Scope.ADMIN)] == [True, False]
    sessions.sign_out(secret)
    assert sessions.visitor(secret) is None


def test_without_keys_whoever_is_at_this_machine_may_do_all(tmp_path: Path) -> None:
    visitor = Sessions(None, Desk(sqlite_at(tmp_path / "desk.sqlite"), time.time)).visitor("")
    assert visitor is not None
    assert visitor.scopes == set(Scope)


def test_markup_stays_markup() -> None:
    assert text(Html("<b>x</b>")) == "<b>x</b>"
    assert text([1, "<"]) == "1, &lt;"
