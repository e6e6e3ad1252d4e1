"""The lake and Neo4j answer every question of the library alike, with an error where one is due."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graphfraud.errors import GraphfraudError, RefusedError
from graphfraud.investigate.answer import Answer, Bounds
from graphfraud.investigate.investigator import Investigator
from graphfraud.investigate.library import library
from graphfraud.store.lake import LakeStore
from tests.investigate.case import PEOPLE, ROWS, RUN_ID, publish
from tests.investigate.cases import answers, key, questions
from tests.neo4j_server.fixtures import ServerUnderTest, driver_package, empty_neo4j, neo4j_server
from tests.tables import reading_of

__all__ = ["empty_neo4j", "neo4j_server"]

PATIENT = Bounds(seconds=120)
LAKE = [(name, given) for name, given in questions() if "lake" in library()[name].places]
ERRORS: list[tuple[str, dict[str, Any], str]] = [
    ("timeline", {"person_id": "nobody"}, "no person 'nobody'"),
    ("timeline", {"person_id": "anna'}) DETACH DELETE n //"}, "no person"),
    ("timeline", {"person_id": "' OR 1=1 --"}, "no person"),
    ("ring_members", {"ring_id": "ring-9"}, "no ring 'ring-9'"),
    ("timeline", {}, "person_id: |parameter person_id is missing"),
    ("timeline", {"person_id": "anna", "limit": "0"}, "limit is not a whole number from 1 to 1000"),
    ("timeline", {"person_id": "anna", "limit": "1; DROP"}, "limit is not a whole number"),
    ("timeline", {"person_id": "anna", "from": "yesterday"}, "from is not a time such as"),
    ("timeline", {"person_id": "anna", "since": "2026-01-01"}, "since: no such parameter"),
    ("timeline", {"person_id": "a" * 129}, "is not 1 to 128 characters"),
    ("worst_rings", {"kind": "bowling"}, "kind is not one of device_farm"),
    ("CREATE (n)", {}, "no query"),
]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Investigator:
    store = LakeStore(tmp_path_factory.mktemp("lake"))
    with reading_of(ROWS) as reading:
        store.write(reading)
    return Investigator(store, publish(tmp_path_factory.mktemp("runs")), PATIENT)


@pytest.fixture
def graph(empty_neo4j: ServerUnderTest, tmp_path: Path) -> Investigator:
    driver_package()
    from graphfraud.publish.writeback import write_back
    from graphfraud.store.neo4j.connection import Account, Connection
    from graphfraud.store.neo4j.store import Neo4jStore

    store = Neo4jStore(Connection(empty_neo4j.uri, Account(empty_neo4j.user, empty_neo4j.password)))
    runs = publish(tmp_path / "runs")
    with reading_of(ROWS) as reading:
        store.write(reading)
    write_back(store, runs.must_have_current())
    return Investigator(store, runs, PATIENT)


@pytest.mark.parametrize(("name", "given"), LAKE, ids=[key(*one) for one in LAKE])
def test_the_lake_answers(lake: Investigator, name: str, given: dict[str, Any]) -> None:
    answer = lake.ask(name, given)
    assert answer.rows == answers()[key(name, given)]
    assert all(tuple(row) == answer.query.returns for row in answer.rows)
    assert (answer.place, answer.run_id, answer.cut) == ("lake", RUN_ID, False)


@pytest.mark.parametrize(("name", "given"), questions(), ids=[key(*one) for one in questions()])
def test_an_answer_knows_everybody_whom_it_names(name: str, given: dict[str, Any]) -> None:
    rows, values = answers()[key(name, given)], {part.name: given.get(part.name) for part in library()[name].parameters}
    said = json.dumps(rows) + json.dumps(given)
    told = Answer(library()[name], values, "lake", None, rows, cut=False)
    assert {person for person in PEOPLE if f'"{person}"' in said} <= set(told.people)


@pytest.mark.parametrize(("name", "given", "text"), ERRORS, ids=[key(*one[:2])[:40] for one in ERRORS])
def test_errors_of_the_lake(lake: Investigator, name: str, given: dict[str, Any], text: str) -> None:
    with pytest.raises(GraphfraudError, match=text):
        lake.ask(name, given)


def test_a_query_without_twin_says_what_to_do(lake: Investigator) -> None:
    with pytest.raises(GraphfraudError, match=r"no twin for the lake.*bolt://"):
        lake.ask("pass_through", {"person_id": "anna"})


def test_every_query_has_a_question_that_is_answered_and_one_that_is_not() -> None:
    found: dict[str, set[bool]] = {}
    for asked, rows in answers().items():
        found.setdefault(asked.split()[0], set()).add(bool(rows) and any(any(row.values()) for row in rows))
    always = {"assessment", "timeline", "later_than_the_run", "shared_documents", "unassessed", "loans_without_lender"}
    always |= {"ring_members", "ring_applications", "ring_evidence", "ring_lenders", "ring_money", "new_rings"}
    always |= {"most_indebted", "merchant_refunds", "what_changed"}
    assert not {name for name, kinds in found.items() if True not in kinds}
    assert {name for name, kinds in found.items() if False not in kinds} <= always
    assert len(found) >= 25


@pytest.mark.parametrize("seconds", [0.2, 0.000001])
def test_a_lake_query_of_death_is_stopped(lake: Investigator, seconds: float) -> None:
    """Also where its time is up before it has begun: that interruption is lost, and must not be the only one."""
    hasty = Investigator(lake.store, lake.runs, Bounds(seconds=seconds))
    text = (
        "SELECT count(*) AS n FROM range(100000) AS a(x), range(100000) AS b(y), range(9) AS c(z) WHERE x * y % 7 = z"
    )
    with pytest.raises(RefusedError, match=rf"took longer than {seconds:g} s.*narrower"):
        hasty._rows("lake", text, {})


def test_the_lake_reaches_no_file_and_keeps_its_locks(lake: Investigator, tmp_path: Path) -> None:
    for text in (f"COPY (SELECT 1) TO '{tmp_path}/out.csv'", "SELECT * FROM read_csv('/etc/passwd')"):
        with pytest.raises(Exception, match="disabled"):
            lake._rows("lake", text, {})
    with pytest.raises(Exception, match="locked"):
        lake._rows("lake", "SET enable_external_access = true", {})
    assert not list(tmp_path.iterdir())


def test_more_rows_than_the_bound_are_cut(lake: Investigator) -> None:
    answer = Investigator(lake.store, lake.runs, Bounds(rows=2)).ask("timeline", {"person_id": "anna"})
    assert (len(answer.rows), answer.cut) == (2, True)


@pytest.mark.neo4j
def test_neo4j_answers_the_same(graph: Investigator) -> None:
    """All questions in one test: the server is loaded once."""
    wrong = {}
    for name, given in questions():
        rows = graph.ask(name, given).rows
        if rows != answers()[key(name, given)]:
            wrong[key(name, given)] = rows
    assert not wrong
    assert {"label": "Person", "nodes": 7} in graph.ask("counts", {}).rows
    for name, given, text in ERRORS:
        with pytest.raises(GraphfraudError, match=text):
            graph.ask(name, given)


@pytest.mark.neo4j
def test_neo4j_refuses_to_write_and_stops_what_takes_too_long(graph: Investigator) -> None:
    for text in ("CREATE (:Person {person_id: 'x'})", "MATCH (p:Person) SET p.score = 1", "MATCH (p) DETACH DELETE p"):
        with pytest.raises(RefusedError, match=r"the query writes.*may only read"):
            graph._rows("neo4j", text, {})
    assert {"label": "Person", "nodes": 7} in graph.ask("counts", {}).rows
    hasty = Investigator(graph.store, graph.runs, Bounds(seconds=1))
    death = (
        "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a, b WHERE a * b % 7 = 1 RETURN count(*) AS n"
    )
    with pytest.raises(RefusedError, match=r"took longer than 1 s.*narrower"):
        hasty._rows("neo4j", death, {})


@pytest.mark.neo4j
def test_a_key_is_looked_up_never_scanned_for(graph: Investigator) -> None:
    """No query with a person, a ring or a merchant reads all nodes, or all of a label."""
    scans = {}
    for name, query in library().items():
        if not query.cypher or not any(part.required for part in query.parameters):
            continue
        values = {part.name: part.default if not part.required else "anna" for part in query.parameters}
        with graph.store.connection._driver.session() as session:  # type: ignore[attr-defined]
            plan = session.run("EXPLAIN " + query.cypher, values).consume().plan  # type: ignore[attr-defined]
        found = [
            step for step in operators(plan) if re.match(r"AllNodesScan|NodeByLabelScan|.*RelationshipTypeScan", step)
        ]
        if found:
            scans[name] = found
    assert not scans


def operators(plan: dict[str, Any]) -> Iterator[str]:
    yield plan["operatorType"].removesuffix("@neo4j")
    for child in plan.get("children", []):
        yield from operators(child)
