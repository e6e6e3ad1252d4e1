"""The connection to a server: one driver, managed transactions, and errors that users can read."""

import re
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeVar

import neo4j
from neo4j import Driver, ManagedTransaction, Record
from neo4j.exceptions import IncompleteCommit

from graphfraud.errors import StoreError
from graphfraud.store.neo4j.failures import ABSENT, ADDRESS, TOO_OLD, Failure, refused, told

T = TypeVar("T")

RETRY_SECONDS: Final = 60.0
"""For so long a transaction is tried again when the server goes away; a restart takes less."""
CONNECT_SECONDS: Final = 10.0
_AGAIN_S: Final = 0.1
_OLDEST: Final = (5, 26)
_AGENT: Final = "Neo4j/"


@dataclass(frozen=True)
class Account:
    """Who speaks to the server; without a user the server must not ask for one."""

    user: str = ""
    password: str = field(default="", repr=False)


class Connection:
    """A server behind a ``bolt`` or ``neo4j`` address; it connects at the first use.

    Every method raises :class:`StoreError`; none of them gives a result back before the
    transaction is over, so a transaction that is tried again doubles nothing.
    """

    def __init__(self, uri: str, account: Account, *, retry_seconds: float = RETRY_SECONDS) -> None:
        self.uri = uri
        self._account = account
        self._retry_seconds = retry_seconds

    def read(self, query: str, **parameters: Any) -> list[Record]:
        """All records of a reading query."""

        def once() -> list[Record]:
            with self._driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
                return session.execute_read(_records, query, parameters)

        return self._until_done(once)

    def ask(self, query: str, parameters: Mapping[str, Any], *, seconds: float, rows: int) -> list[Record]:
        """The first records of a query of somebody else's, which may only read and only so long.

        The server refuses what writes and ends what takes longer; nothing is tried again.

        Raises:
            RefusedError: the query writes or took too long.
        """
        with (
            told(self.uri),
            refused(seconds),
            self._driver.session(default_access_mode=neo4j.READ_ACCESS, fetch_size=rows) as session,
            session.begin_transaction(timeout=seconds) as transaction,
        ):
            return transaction.run(query, dict(parameters)).fetch(rows)

    def write(self, work: Callable[[ManagedTransaction], T]) -> T:
        """Do ``work`` in one transaction; after a transient failure it is done again from its start.

        It is done again, too, when the connection broke during the commit and nobody can tell
        whether that took place: ``work`` must come to the same if it is done twice.
        """

        def once() -> T:
            with self._driver.session() as session:
                return session.execute_write(work)

        return self._until_done(once)

    def _until_done(self, once: Callable[[], T]) -> T:
        """Try again what the driver does not; a connection cut in its first moment comes as a bare ``OSError``."""
        deadline = time.monotonic() + self._retry_seconds
        with told(self.uri):
            while True:
                try:
                    return once()
                except (IncompleteCommit, OSError):
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(_AGAIN_S)

    @cached_property
    def _driver(self) -> Driver:
        with told(self.uri):
            driver = _opened(self.uri, self._account, self._retry_seconds)
        weakref.finalize(self, driver.close)
        refuse_old(self._agent(driver), self.uri)
        return driver

    def _agent(self, driver: Driver) -> str:
        """What the server calls itself; only now is its name looked up."""
        try:
            with told(self.uri):
                return driver.get_server_info().agent
        except ValueError as error:
            raise StoreError(f"{ADDRESS.what} ({error})", where=self.uri, cure=ADDRESS.cure) from error


def run(transaction: ManagedTransaction, query: str, **parameters: Any) -> list[Record]:
    """Records of one query inside a transaction."""
    return _records(transaction, query, parameters)


def _records(transaction: ManagedTransaction, query: str, parameters: Mapping[str, Any]) -> list[Record]:
    # Queries are files of the package with names of the schema put in; values are parameters.
    return list(transaction.run(query, dict(parameters)))


def _opened(uri: str, account: Account, retry_seconds: float) -> Driver:
    try:
        return neo4j.GraphDatabase.driver(
            uri,
            auth=(account.user, account.password) if account.user else None,
            connection_timeout=CONNECT_SECONDS,
            max_transaction_retry_time=retry_seconds,
            notifications_min_severity="OFF",
            telemetry_disabled=True,
            user_agent="graphfraud",
        )
    except (ValueError, OSError) as error:
        found: Failure = ADDRESS if isinstance(error, ValueError) else ABSENT
        raise StoreError(f"{found.what} ({error})", where=uri, cure=found.cure) from error


def refuse_old(agent: str, uri: str) -> None:
    """Raise when the server that calls itself so is older than this store can use."""
    version = re.match(r"(\d+)\.(\d+)", agent.removeprefix(_AGENT))
    if agent.startswith(_AGENT) and version and (int(version[1]), int(version[2])) < _OLDEST:
        raise StoreError(f"{TOO_OLD.what} ({agent})", where=uri, cure=TOO_OLD.cure)
