"""Commands that look: a query is asked by its words alone, and whoever was looked at stands in the audit log."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from graphfraud.cli import cli
from graphfraud.errors import GraphfraudError, NotFoundError, RefusedError, UnprocessableError
from graphfraud.inspection import REJECTED, RINGS, worst
from graphfraud.publish.runs import Runs
from graphfraud.publish.serving import person_token, person_tokens
from graphfraud.serve.audit import Event, events
from graphfraud.store.lake import LakeStore
from tests.investigate.case import DEADLY, DEATH, MESH, ROWS, RUN_ID, publish
from tests.investigate.cases import answers
from tests.tables import reading_of

PAGE = 90
WIDTH = 100
"""Lines of a page on paper, in small letters, and what stands in a line."""


@pytest.fixture(autouse=True)
def paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print on paper, however wide the screen is where the tests run."""
    monkeypatch.setattr("graphfraud.screen.LOG_WIDTH", WIDTH)


def home_of(rows: Any, home: Path) -> Path:
    with reading_of(rows) as reading:
        LakeStore(home).write(reading)
    publish(home / "runs")
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return home_of(ROWS, tmp_path_factory.mktemp("graphfraud-data"))


def asked(home: Path, *words: str) -> dict[str, Any]:
    """What a command answers to a machine; its error as it is."""
    done = CliRunner().invoke(cli, [*words, "--json", "--store", str(home), "--runs", str(home / "runs")])
    if isinstance(done.exception, GraphfraudError):
        raise done.exception
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def last_event(home: Path) -> Event:
    return max((event for _, event in events(home / "audit")), key=lambda event: event.at)


def test_everybody_whom_a_query_shows_is_in_the_audit(home: Path) -> None:
    words = ("--param", "person_id=anna", "--purpose", "case 17")
    found = asked(home, "query", "shared_identifiers", *words)
    assert found["rows"] == answers()["shared_identifiers person_id=anna"]
    line = last_event(home)
    assert (line.what, line.more, line.purpose, line.run) == ("query", "shared_identifiers", "case 17", RUN_ID)
    assert line.who.startswith("command line: ")
    named = {"anna", *(row["person_id"] for row in found["rows"])}
    assert all(person_token(person).hex() in line.people for person in named)
    asked(home, "query", "ring_members", "--param", "ring_id=ring-1")
    assert last_event(home).more == "ring_members ring_id=ring-1"


def test_a_score_and_a_debt_are_looks_too(ring_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHFRAUD_AUDIT", str(tmp_path / "audit"))
    for command in ("score", "debt"):
        found = asked(ring_home, command, "u00000005")
        line = last_event(tmp_path)
        assert (line.what, line.people, line.run) == (command, person_token("u00000005").hex(), found["run_id"])


def told(home: Path, *words: str) -> str:
    """What a person sees."""
    done = CliRunner().invoke(cli, [*words, "--store", str(home), "--runs", str(home / "runs")])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_ring_is_explained_on_one_page(ring_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHFRAUD_AUDIT", str(tmp_path / "audit"))
    ring = worst(Runs(ring_home / "runs").must_have_current(), RINGS, limit=1)[0]
    found = asked(ring_home, "ring", ring["ring_id"])
    page = told(ring_home, "ring", ring["ring_id"], "--explain")
    for part in ("first seen 2026-", "Why it is a ring", "gainst it", "Chance alone", "Members", "What ties them"):
        assert part in page
    assert all(reason["code"] in page for reason in ring["reasons"])
    assert all(member["person_id"] in page and member["role"] in page for member in found["members"])
    assert found["lineage"]["event"] == "born"
    assert len(page.splitlines()) < PAGE + found["size"]
    assert last_event(tmp_path).people == person_tokens(member["person_id"] for member in found["members"])


def test_a_rejected_group_says_why_it_is_none(ring_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHFRAUD_AUDIT", str(tmp_path / "audit"))
    group = worst(Runs(ring_home / "runs").must_have_current(), REJECTED, limit=1)[0]
    assert group["group_id"] in told(ring_home, "ring", "--rejected")
    page = told(ring_home, "ring", group["group_id"])
    assert page.index("Why it is none") < page.index("Together:") < page.index("Members:")
    assert group["reasons"][0]["code"].startswith("RI-")
    assert all(reason["code"] in page for reason in group["reasons"])
    assert len(page.splitlines()) < PAGE


@pytest.mark.parametrize(
    ("words", "error", "reason"),
    [
        (("CREATE (n) RETURN n",), NotFoundError, "no query"),
        (("timeline", "--param", "person_id=anna'}) DETACH DELETE n //"), NotFoundError, "no person"),
        (("timeline", "--param", "person_id=' OR 1=1; DROP TABLE raw_people --"), NotFoundError, "no person"),
        (("timeline", "--param", "person_id=anna", "--param", "limit=1; DROP"), UnprocessableError, "whole number"),
    ],
)
def test_an_injection_and_a_write_are_refused(
    home: Path, words: tuple[str, ...], error: type[GraphfraudError], reason: str
) -> None:
    lines = len(list(events(home / "audit")))
    with pytest.raises(error, match=reason):
        asked(home, "query", *words)
    assert len(list(events(home / "audit"))) == lines
    assert asked(home, "query", "timeline", "--param", "person_id=anna")["rows"]


def test_a_query_of_death_is_stopped_with_the_reason(tmp_path: Path) -> None:
    params = [word for name, value in DEATH.items() for word in ("--param", f"{name}={value}")]
    with pytest.raises(RefusedError, match=r"took longer than 0.3 s.*narrower") as stopped:
        asked(home_of(MESH, tmp_path), "query", DEADLY, *params, "--time-limit", "0.3")
    assert stopped.value.exit_status == 3
