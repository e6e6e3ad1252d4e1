"""The parts of the page that need no browser: words, markup, pictures, journals, the way in."""

import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.errors import UsageError
from graphfraud.page.charts import contributions, waterfall
from graphfraud.page.journal import AuditFile, VerdictFile
from graphfraud.page.markup import Html, facts, link, table, text
from graphfraud.page.picture import COLOURS, SHAPES, Picture, network_options, picture
from graphfraud.page.words import WORDS, word
from graphfraud.schema import RING_KINDS
from graphfraud.serve.keys import Scope, create_key

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


def test_the_parts_add_up_to_the_score_whatever_is_missing() -> None:
    score = {"score": 70.0, "social": None, "payment": 80.0, "credit": 60.0, "device": 70.0}
    parts = contributions(score)
    assert sum(weight for _, _, weight, _ in parts) == pytest.approx(100, abs=0.2)
    assert sum(points for *_, points in parts) == pytest.approx((40 * 80 + 20 * 60 + 15 * 70) / 75, abs=0.02)
    assert waterfall(score, "zh")["xAxis"]["data"] == ["支付行为", "信用历史", "设备", "总分"]


def test_a_verdict_needs_a_reason(tmp_path: Path) -> None:
    verdicts = VerdictFile(tmp_path / "books" / "verdicts.jsonl")
    for verdict, note in (("fraud", " "), ("guilty", "why"), ("taken", "why")):
        with pytest.raises(UsageError, match="needs a reason"):
            verdicts.settle("a-1", "anna", verdict, note)
    assert verdicts.states() == {}
    verdicts.take("a-1", "anna")
    verdicts.settle("a-1", "anna", "clean", "a family\nof five")
    assert verdicts.states()["a-1"]["note"] == "a family\nof five"
    assert len((tmp_path / "books" / "verdicts.jsonl").read_text().splitlines()) == 2


def test_a_look_is_on_the_disk_and_private(tmp_path: Path) -> None:
    audit = AuditFile(tmp_path / "audit.jsonl")
    for about in ("p1", "p2", "p1"):
        audit.look("anna", "person", about, run="r")
    assert [line["about"] for line in audit.of("p1")] == ["p1", "p1"]
    assert (tmp_path / "audit.jsonl").stat().st_mode & 0o077 == 0


def test_only_who_has_a_key_to_investigate_gets_in(tmp_path: Path) -> None:
    session = pytest.importorskip("graphfraud.page.session")
    keys = tmp_path / "keys.json"
    now = datetime(2026, 1, 1, tzinfo=UTC)
    right = create_key(keys, name="anna", scopes=(Scope.INVESTIGATE,), now=now)
    wrong = create_key(keys, name="batch", scopes=(Scope.FEATURES,), now=now)
    sessions = session.Sessions(keys)
    assert sessions.sign_in(wrong, False) is None
    assert sessions.sign_in("gf_nonsense", False) is None
    answer = sessions.sign_in(right, False)
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_markup_stays_markup() -> None:
    assert text(Html("<b>x</b>")) == "<b>x</b>"
    assert text([1, "<"]) == "1, &lt;"
