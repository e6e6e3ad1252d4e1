"""The server as a user meets it: start, password, encryption, import, a power cut, a clean stop."""

import shutil
import socket
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from graphfraud.errors import StoreError, UsageError
from graphfraud.neo4j_server import server
from graphfraud.neo4j_server.artefacts import classpath_file
from graphfraud.neo4j_server.bolt import answers
from graphfraud.neo4j_server.home import USER, Home
from graphfraud.neo4j_server.password import read_password
from tests.neo4j_server.fixtures import ENVIRONMENT, SMALL, ServerUnderTest, driver_package, prerequisites

pytestmark = pytest.mark.neo4j
neo4j = driver_package()

PASSWORD = '-a "b\\c#d" é'


@pytest.fixture(scope="module")
def imported_home(tmp_path_factory: pytest.TempPathFactory, neo4j_server: ServerUnderTest) -> Iterator[Home]:
    """A home whose data the import tool made of three tiny files, before its first start."""
    home = Home.named(tmp_path_factory.mktemp("imported") / "with space", {})
    if neo4j_server.home is not None:
        home.make()
        shutil.copy(classpath_file(neo4j_server.home, gds=False), home.path)
    words = ["database", "import", "full", "neo4j", *_tiny_files(tmp_path_factory.mktemp("files"))]
    with prerequisites():
        said = server.admin(home, *words, "--overwrite-destination=true", environment=ENVIRONMENT)
    assert "IMPORT DONE" in said
    yield home
    server.stop(home)


@pytest.fixture
def imported(imported_home: Home) -> ServerUnderTest:
    """The imported data behind TLS and a password that is hard to quote."""
    options = replace(SMALL, tls=True)
    started, _ = server.start(imported_home, options, {**ENVIRONMENT, "GRAPHFRAUD_NEO4J_PASSWORD": PASSWORD})
    return ServerUnderTest(started.uri, USER, PASSWORD, imported_home, options)


def _tiny_files(directory: Path) -> list[str]:
    people, phones, links = (directory / f"{name}.csv" for name in ("people", "phones", "links"))
    people.write_text('person_id:ID(person){id-type:string}\n1\n"a,""b"\n', encoding="utf-8")
    phones.write_text("digest:ID(phone)\nd1\n", encoding="utf-8")
    links.write_text(':START_ID(person),:END_ID(phone),since:datetime\n1,d1,2026-01-31T13:45:00Z\n"a,""b",d1,\n')
    return [f"--nodes=Person={people}", f"--nodes=Phone={phones}", f"--relationships=HAS_PHONE={links}"]


def test_the_import_tools_data_are_served_encrypted(imported: ServerUnderTest) -> None:
    assert imported.uri.startswith("bolt+ssc://127.0.0.1:")
    with imported.driver() as driver:
        query = (
            "MATCH (p:Person)-[h:HAS_PHONE]->(:Phone {digest: 'd1'}) RETURN p.person_id AS id, toString(h.since) AS at"
        )
        found = {(record["id"], record["at"]) for record in driver.execute_query(query).records}
        assert found == {("1", "2026-01-31T13:45:00Z"), ('a,"b', None)}


def test_plain_bolt_is_refused_where_encryption_is_on(imported: ServerUnderTest) -> None:
    plain = replace(imported, uri=imported.uri.replace("bolt+ssc", "bolt"))
    with plain.driver() as driver, pytest.raises(neo4j.exceptions.ServiceUnavailable):
        driver.verify_connectivity()


def test_a_certificate_nobody_signed_is_not_trusted_by_default(imported: ServerUnderTest) -> None:
    trusting = replace(imported, uri=imported.uri.replace("bolt+ssc", "bolt+s"))
    with trusting.driver() as driver, pytest.raises(neo4j.exceptions.ServiceUnavailable):
        driver.verify_connectivity()


@pytest.mark.usefixtures("imported")
def test_secrets_are_the_owners_alone(imported_home: Home) -> None:
    for secret in (imported_home.password_file, imported_home.certificates / "private.key"):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert not list(imported_home.scratch.glob("arguments*"))
    assert stat.S_IMODE(imported_home.path.stat().st_mode) == 0o700


@pytest.mark.usefixtures("imported")
def test_the_import_tool_does_not_touch_what_a_server_holds(imported_home: Home, tmp_path: Path) -> None:
    words = ["database", "import", "full", "neo4j", *_tiny_files(tmp_path), "--overwrite-destination=true"]
    with pytest.raises(StoreError, match=r"database import full failed .*(in use|lock)"):
        server.admin(imported_home, *words, environment=ENVIRONMENT)


@pytest.mark.parametrize("auth", [(USER, "wrong-password"), ("somebody", PASSWORD), None])
def test_nobody_gets_in_without_the_password(
    imported: ServerUnderTest, neo4j_server: ServerUnderTest, auth: tuple[str, str] | None
) -> None:
    for under_test in (imported, neo4j_server):
        with (
            neo4j.GraphDatabase.driver(under_test.uri, auth=auth) as driver,
            pytest.raises(neo4j.exceptions.AuthError),
        ):
            driver.verify_connectivity()


def test_the_server_is_told_no_secret(imported: ServerUnderTest, imported_home: Home) -> None:
    present = server.running(imported_home)
    assert present is not None
    environment = Path(f"/proc/{present.process}/environ")
    if not environment.exists():
        pytest.skip("only Linux shows the environment of a process")
    assert imported.password.encode() not in environment.read_bytes()
    assert imported.password.encode() not in environment.with_name("cmdline").read_bytes()


def test_a_clean_stop_leaves_the_password_and_nothing_running(imported: ServerUnderTest, imported_home: Home) -> None:
    recorded = imported_home.recorded()
    assert recorded is not None
    assert server.stop(imported_home)
    assert server.running(imported_home) is None
    assert not answers(imported_home, recorded)
    assert not server.stop(imported_home)
    assert not server.kill(imported_home)
    with pytest.raises(UsageError, match="is not the password of the first start"):
        server.start(imported_home, imported.options, {**ENVIRONMENT, "GRAPHFRAUD_NEO4J_PASSWORD": "another one"})
    assert read_password(imported_home) == PASSWORD


def test_a_second_start_finds_the_first(empty_neo4j: ServerUnderTest) -> None:
    home = empty_neo4j._own
    first = server.running(home)
    assert server.start(home, replace(SMALL, tls=True), ENVIRONMENT) == (first, False)


def test_the_server_listens_on_loopback_only(neo4j_server: ServerUnderTest) -> None:
    port = int(neo4j_server.uri.rpartition(":")[2])
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    reached = []
    for address in sorted(str(other) for other in others if not str(other).startswith("127.")):
        with socket.socket() as probe:
            probe.settimeout(2)
            reached += [address] if probe.connect_ex((address, port)) == 0 else []
    assert reached == []


def test_what_was_committed_outlives_a_power_cut(empty_neo4j: ServerUnderTest) -> None:
    with empty_neo4j.driver() as driver:
        driver.execute_query("UNWIND range(1, 1000) AS n CREATE (:Person {n: n})")
    empty_neo4j.kill()
    with empty_neo4j.driver() as driver, pytest.raises(neo4j.exceptions.ServiceUnavailable):
        driver.verify_connectivity()
    empty_neo4j.restart()
    with empty_neo4j.driver() as driver:
        assert driver.execute_query("MATCH (p:Person) RETURN sum(p.n)").records[0].value() == 500_500
