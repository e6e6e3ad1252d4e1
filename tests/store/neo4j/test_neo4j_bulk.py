"""Files for the import tool give the database that a load gives."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graphfraud.errors import InputError, UsageError
from graphfraud.neo4j_server import server as servers
from graphfraud.neo4j_server.home import USER, Home
from graphfraud.neo4j_server.password import read_password
from graphfraud.store.neo4j.bulk import bulk_files
from graphfraud.store.neo4j.connection import Account, Connection
from graphfraud.store.neo4j.store import Neo4jStore
from graphfraud.store.neo4j.values import MAX_FEN
from tests.neo4j_server.fixtures import ENVIRONMENT, SMALL, ServerUnderTest
from tests.store.neo4j.rows import HOSTILE, contents, everything
from tests.tables import day, people, reading_of

SHAPE = (
    "MATCH (a) WHERE NOT a:Lease AND NOT a:Load AND NOT a:Lane RETURN labels(a) AS of, count(a) AS found, "
    "count(a.n) AS numbered, count(a.listed) AS listed ORDER BY of[0]",
    "MATCH (a)-[r]->(b) RETURN type(r) AS of, labels(a) AS source, labels(b) AS target, count(r) AS found, "
    "sum(size(keys(r))) AS properties ORDER BY of, source[0], target[0]",
    "MATCH (l:Loan) RETURN l.loan_id, l.outstanding, l.observed_at ORDER BY l.loan_id",
    "MATCH (p)-[u:USED_DEVICE|USED_IP]->() RETURN p.person_id, type(u), u.first_at, u.last_at, u.logins "
    "ORDER BY p.person_id, type(u)",
)


def rows() -> dict[str, list[dict[str, Any]]]:
    """Every column, hostile words, line ends and quotes, a loan with a history, logins on one device."""
    made = everything(HOSTILE + "\r\n\",;'")
    made["people"] += people("anna", "bob")
    loan = {"loan_id": "l", "person_id": "anna", "lender_id": "b", "principal": 500, "outstanding": 9, "opened_at": 1}
    made["loans"] += [loan, loan | {"observed_at": day(3), "outstanding": 7}]
    login = {"person_id": "anna", "device_id": "d", "ip": "1.1.1.1", "at": day(1)}
    made["logins"] += [login, login | {"at": day(4), "ip": None}]
    bare = {"application_id": "a", "person_id": "bob", "amount": 1, "at": 1, "device_id": "only here"}
    made["applications"] += [bare]
    return made


def shape(store: Neo4jStore) -> list[list[Any]]:
    return [[record.values() for record in store.connection.read(query)] for query in SHAPE]


@pytest.mark.neo4j
def test_an_imported_database_is_the_loaded_one(
    graph: Neo4jStore, own_server: ServerUnderTest, tmp_path: Path, other_server: Callable[[Path], Neo4jStore]
) -> None:
    if own_server.home is None:
        pytest.skip("the import tool needs a server of our own")
    given = rows()
    with reading_of(given) as reading:
        graph.write(reading)
    with reading_of(given) as reading:
        files = bulk_files(reading, tmp_path / "bulk")
    readme = (tmp_path / "bulk" / "README.md").read_text()
    assert all(file.option in readme for file in files)
    imported = other_server(tmp_path / "bulk")
    assert imported.head() == graph.head()
    assert contents(imported) == contents(graph)
    assert shape(imported) == shape(graph)
    with reading_of(given) as reading:
        again = imported.write(reading)
    assert not any(written.changed for written in again.values())


@pytest.fixture
def other_server(tmp_path: Path) -> Any:
    """A second server, whose database comes from files by the command of their README."""
    home = Home.named(tmp_path / "home", {})

    def imported(directory: Path) -> Neo4jStore:
        readme = (directory / "README.md").read_text()
        command = readme.split("```\n")[1].replace("\\\n", " ").split()
        words = [word.replace("'", "") for word in command[1:]]
        servers.admin(home, *words, environment=ENVIRONMENT, directory=directory)
        running, _ = servers.start(home, SMALL, ENVIRONMENT)
        return Neo4jStore(Connection(running.uri, Account(USER, read_password(home))))

    yield imported
    servers.stop(home)


def test_files_never_go_over_others(tmp_path: Path) -> None:
    with reading_of({"people": people("anna")}) as reading, pytest.raises(UsageError, match="there already"):
        bulk_files(reading, tmp_path)


def test_an_amount_that_yuan_cannot_hold_is_refused(tmp_path: Path) -> None:
    loan = {"loan_id": "l", "person_id": "a", "principal": MAX_FEN + 1, "outstanding": 0, "opened_at": 0}
    with reading_of({"loans": [loan]}) as reading, pytest.raises(InputError, match="to the fen"):
        bulk_files(reading, tmp_path / "bulk")
