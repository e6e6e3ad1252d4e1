"""Whatever the driver raises, a user reads what it means and what to do."""

import errno
import inspect
import socket
from collections.abc import Iterator

import pytest
from neo4j import exceptions as driver

from graphfraud.errors import StoreError
from graphfraud.settings import Settings
from graphfraud.store.neo4j import failures
from graphfraud.store.neo4j.connection import Account, Connection, refuse_old
from graphfraud.store.opening import open_store
from tests.neo4j_server.fixtures import ServerUnderTest


def classes() -> Iterator[type[Exception]]:
    for _, found in inspect.getmembers(driver, inspect.isclass):
        if issubclass(found, Exception) and not issubclass(found, Warning) and found.__module__.startswith("neo4j"):
            yield found


def test_no_exception_of_the_driver_is_forgotten() -> None:
    assert set(classes()) == set(failures.BY_CLASS)


@pytest.mark.parametrize("kind", sorted(failures.BY_CLASS, key=lambda kind: kind.__name__))
def test_each_becomes_a_store_error_with_a_cure(kind: type[Exception]) -> None:
    raised = kind.__new__(kind)
    Exception.__init__(raised, "anna owes 5 yuan")
    with pytest.raises(StoreError) as caught, failures.told("bolt://here"):
        raise raised
    assert caught.value.cure
    assert caught.value.where == "bolt://here"
    assert "anna" not in caught.value.message


def test_a_connection_cut_at_once_is_an_absent_server() -> None:
    """The driver asks a new socket for its address, and lets the error through when it is cut already."""
    with (
        pytest.raises(StoreError, match=r"bolt://here: the server does not answer.*not connected"),
        failures.told("bolt://here"),
    ):
        raise OSError(errno.ENOTCONN, "Transport endpoint is not connected")


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("Neo.ClientError.Transaction.TransactionTimedOut", failures.TIMED_OUT),
        ("Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration", failures.TIMED_OUT),
        ("Neo.ClientError.Transaction.LockClientStopped", failures.ENDED),
        ("Neo.ClientError.Transaction.Terminated", failures.ENDED),
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", failures.NO_MEMORY),
        ("Neo.ClientError.Security.Unauthorized", failures.WRONG_PASSWORD),
        ("Neo.ClientError.Security.AuthenticationRateLimit", failures.WRONG_PASSWORD),
        ("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", failures.READ_ONLY),
        ("Neo.ClientError.Schema.ConstraintValidationFailed", failures.TWICE),
        ("Neo.DatabaseError.Transaction.TransactionCommitFailed", failures.DISK_FULL),
        ("Neo.DatabaseError.General.UnknownError", failures.DISK_FULL),
        ("Neo.TransientError.Transaction.DeadlockDetected", failures.BUSY),
        ("Neo.ClientError.Statement.SyntaxError", failures.REFUSED),
    ],
)
def test_codes_of_the_server_have_their_own_cures(code: str, meaning: failures.Failure) -> None:
    error = driver.Neo4jError._hydrate_neo4j(code=code, message="x")
    assert failures.failure(error) == meaning


def test_an_absent_server_is_said_to_be_absent() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        uri = f"bolt://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(StoreError, match=r"does not answer.*start it"):
            open_store(uri, settings=Settings()).head()


@pytest.mark.parametrize("uri", ["bolt://[", "neo4j://host:port", "bolt://user:secret@host"])
def test_an_address_that_is_none_is_said_to_be_none(uri: str) -> None:
    with pytest.raises(StoreError, match="To cure it"):
        open_store(uri, settings=Settings()).head()


def test_an_unknown_kind_of_store_is_an_error() -> None:
    with pytest.raises(StoreError, match=r"no store is called mysql.*bolt"):
        open_store("mysql://here", settings=Settings())


@pytest.mark.parametrize(
    ("agent", "old"),
    [
        ("Neo4j/4.4.30", True),
        ("Neo4j/5.9.0", True),
        ("Neo4j/5.25.1", True),
        ("Neo4j/5.26.0", False),
        ("Neo4j/5.26.30", False),
        ("Neo4j/2026.01.3", False),
    ],
)
def test_a_server_before_5_26_is_too_old(agent: str, old: bool) -> None:
    if not old:
        refuse_old(agent, "bolt://here")
        return
    with pytest.raises(StoreError, match=rf"older than Neo4j 5\.26 \({agent}\)"):
        refuse_old(agent, "bolt://here")


@pytest.mark.neo4j
def test_a_wrong_password_is_said_to_be_wrong(own_server: ServerUnderTest) -> None:
    for account in (Account(own_server.user, "not it"), Account()):
        with pytest.raises(StoreError, match="GRAPHFRAUD_NEO4J_PASSWORD"):
            Connection(own_server.uri, account).read("RETURN 1")


@pytest.mark.neo4j
def test_an_encrypted_address_of_a_plain_server_says_so(own_server: ServerUnderTest) -> None:
    uri = own_server.uri.replace("bolt://", "bolt+s://")
    with pytest.raises(StoreError, match=r"with TLS the address begins bolt\+s"):
        Connection(uri, Account(own_server.user, own_server.password)).read("RETURN 1")


@pytest.mark.neo4j
def test_a_refused_query_quotes_no_data(own_server: ServerUnderTest) -> None:
    connection = Connection(own_server.uri, Account(own_server.user, own_server.password))
    with pytest.raises(StoreError, match=r"refused a query.*SyntaxError") as caught:
        connection.read("RETURN 'anna' +")
    assert "anna" not in caught.value.message
