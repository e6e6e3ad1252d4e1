"""A real Neo4j server for tests: one a session, shared by all workers, empty for each test that asks.

``GRAPHFRAUD_TEST_NEO4J_URI``, ``_USER`` and ``_PASSWORD`` name a server to use instead;
what it holds is deleted. Without Java and Maven the tests are skipped, and the end of the
session says so; with ``CI=true`` they fail.
"""

import fcntl
import hashlib
import importlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import pytest

from graphfraud.neo4j_server import server
from graphfraud.neo4j_server.artefacts import PrerequisiteError
from graphfraud.neo4j_server.configuration import Options
from graphfraud.neo4j_server.home import USER, Home
from graphfraud.neo4j_server.password import read_password

if TYPE_CHECKING:
    from neo4j import Driver

SMALL: Final = Options(heap="512m", page_cache="128m")
# a server that lives for a minute is faster without the second compiler
_QUICK: Final = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
ENVIRONMENT: Final = {**os.environ, "JAVA_TOOL_OPTIONS": f"{_QUICK} {os.environ.get('JAVA_TOOL_OPTIONS', '')}"}
ENVIRONMENT.pop("GRAPHFRAUD_NEO4J_PASSWORD", None)
NOT_TESTED: Final = "not tested without Neo4j"


@dataclass(frozen=True)
class ServerUnderTest:
    """Where to connect; ``home`` is ``None`` when the server was given and is not ours to kill."""

    uri: str
    user: str
    password: str
    home: Home | None = None
    options: Options = SMALL

    def driver(self, **more: Any) -> "Driver":
        """A driver for this server, to be closed by the caller."""
        driver: Driver = driver_package().GraphDatabase.driver(self.uri, auth=(self.user, self.password), **more)
        return driver

    def kill(self) -> None:
        """As a power cut would end it."""
        assert server.kill(self._own), "the server did not run"

    def restart(self) -> None:
        """Start it again at the same address, after :meth:`kill` or cleanly."""
        server.stop(self._own)
        started, _ = server.start(self._own, self.options, ENVIRONMENT)
        assert started.uri == self.uri

    @property
    def _own(self) -> Home:
        if self.home is None:
            pytest.skip("the server was given by GRAPHFRAUD_TEST_NEO4J_URI and is not ours to kill")
        return self.home


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerUnderTest]:
    """The server of this session; its data are whatever the tests before left: see ``empty_neo4j``."""
    driver_package()
    given = os.environ.get("GRAPHFRAUD_TEST_NEO4J_URI")
    if given:
        user = os.environ.get("GRAPHFRAUD_TEST_NEO4J_USER", USER)
        yield ServerUnderTest(given, user, os.environ.get("GRAPHFRAUD_TEST_NEO4J_PASSWORD", ""))
        return
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "neo4j"
    shared.mkdir(exist_ok=True)
    home = Home.named(shared / "home", {})
    with _one_more_user(shared / "users", home):
        with prerequisites():
            started, _ = server.start(home, SMALL, ENVIRONMENT)
        yield ServerUnderTest(started.uri, USER, read_password(home), home)


@pytest.fixture
def empty_neo4j(neo4j_server: ServerUnderTest) -> Iterator[ServerUnderTest]:
    """The server without a node, constraint or index, and nobody else's test on it meanwhile."""
    with _alone(neo4j_server):
        yield neo4j_server


@pytest.fixture(scope="module")
def own_server(neo4j_server: ServerUnderTest) -> Iterator[ServerUnderTest]:
    """The server, for the tests of one module alone; see ``empty_graph``."""
    with _alone(neo4j_server):
        yield neo4j_server


@pytest.fixture
def empty_graph(own_server: ServerUnderTest) -> ServerUnderTest:
    """The server without a node; constraints stay for a module, because making them takes longest."""
    delete_nodes(own_server)
    return own_server


def delete_nodes(server: ServerUnderTest) -> None:
    """Delete every node; the schema stays."""
    with server.driver() as driver, driver.session() as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 2000 ROWS").consume()


@contextmanager
def _alone(server: ServerUnderTest) -> Iterator[None]:
    """The server emptied, with nobody else's test on it meanwhile."""
    digest = hashlib.sha256(server.uri.encode()).hexdigest()[:16]
    with locked(Path(tempfile.gettempdir()) / f"graphfraud-test-neo4j-{digest}.lock"):
        with server.driver() as driver:
            empty(driver)
        yield


@contextmanager
def prerequisites() -> Iterator[None]:
    """Turn a missing Java, Maven or artefact into a skip that names it; with ``CI=true`` into a failure."""
    try:
        yield
    except PrerequisiteError as error:
        _cannot(error.message)


def empty(driver: "Driver") -> None:
    """Delete everything, the schema too."""
    with driver.session() as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS").consume()
        for name in session.run("SHOW CONSTRAINTS YIELD name").value():
            session.run(f"DROP CONSTRAINT `{name}`").consume()
        for name in session.run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name").value():
            session.run(f"DROP INDEX `{name}`").consume()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One at a time over all processes of this machine."""
    with path.open("a", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _one_more_user(users: Path, home: Home) -> Iterator[None]:
    """Count the workers that use the server; the last one stops it."""

    def count(change: int) -> int:
        now = int(users.read_text(encoding="ascii") or 0) + change if users.exists() else change
        users.write_text(str(now), encoding="ascii")
        return now

    lock = users.with_suffix(".lock")
    with locked(lock):
        count(1)
    try:
        yield
    finally:
        with locked(lock):
            if count(-1) == 0:
                server.stop(home)


def driver_package() -> Any:
    """The package ``neo4j``, or a skip that says how to get it; also at the head of a module."""
    try:
        return importlib.import_module("neo4j")
    except ImportError:
        _cannot("the driver is not installed. To cure it: pip install 'graphfraud[neo4j]'.")


def _cannot(why: str) -> NoReturn:
    message = f"{NOT_TESTED}: {why}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message, allow_module_level=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Nobody should take a green run for one that tried Neo4j when it did not."""
    skipped = [report.longrepr[2] for report in terminalreporter.stats.get("skipped", []) if report.longrepr]
    reasons = [reason.removeprefix("Skipped: ") for reason in skipped if NOT_TESTED in reason]
    if reasons:
        terminalreporter.section("NEO4J WAS NOT TESTED", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(reasons)} tests {reasons[0]}")
