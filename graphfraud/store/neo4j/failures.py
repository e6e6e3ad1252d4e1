"""Every exception of the driver as a :class:`StoreError` that says what to do.

Messages of the server may quote data, so only its code and the kind of the exception are told.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from neo4j import exceptions as driver

from graphfraud.errors import RefusedError, StoreError


@dataclass(frozen=True)
class Failure:
    """What a kind of exception means to a user, and the cure."""

    what: str
    cure: str


_PASSWORD: Final = "set GRAPHFRAUD_NEO4J_USER and GRAPHFRAUD_NEO4J_PASSWORD to an account of the server"  # noqa: S105 - no password
_AGAIN: Final = "run the command again; a load goes on where it stopped"
_REPORT: Final = "run the command again; if it fails again, report it with the command and this message"
_ADDRESS: Final = "correct --store; it looks like bolt://host:7687 or neo4j+s://host:7687"

ABSENT: Final = Failure(
    "the server does not answer, or speaks another protocol",
    "start it, and see that --store names its Bolt port; with TLS the address begins bolt+s or neo4j+s "
    "(bolt+ssc: a certificate of its own)",
)
WRONG_PASSWORD: Final = Failure("the server does not know this user and password", _PASSWORD)
FORBIDDEN: Final = Failure("this user may not do that", "give the user the role publisher or admin")
READ_ONLY: Final = Failure("the database is read-only", "make it writable, or write to the leader of the cluster")
TIMED_OUT: Final = Failure(
    "a transaction took longer than the server allows", "raise db.transaction.timeout on the server and run it again"
)
ENDED: Final = Failure(
    "the server ended a transaction: it waited longer than the server allows, or somebody stopped it",
    "see that nothing else writes to this database, or raise db.transaction.timeout; then run the command again",
)
NO_MEMORY: Final = Failure(
    "a transaction needed more memory than the server allows",
    "raise dbms.memory.transaction.total.max or the heap of the server",
)
DISK_FULL: Final = Failure(
    "the server could not store that: its disk may be full or broken",
    "make room on the server's disk, restart it, and run the command again",
)
STALLED: Final = Failure(
    "the server does not come to an end with an index: its disk may be full",
    "make room on the server's disk and run the command again",
)
UNAVAILABLE: Final = Failure("the database is not available at the moment", _AGAIN)
BUSY: Final = Failure("the server was too busy to finish", _AGAIN)
TWICE: Final = Failure(
    "the graph holds something twice that must be there once",
    "another program writes to the same database; let graphfraud have one of its own",
)
REFUSED: Final = Failure("the server refused a query of graphfraud", "use Neo4j 5.26 or newer, or report it")
MISUSED: Final = Failure("the connection was used in a wrong way", _REPORT)
TOO_OLD: Final = Failure("the server is older than Neo4j 5.26", "use Neo4j 5.26 or newer")
NOT_NEO4J: Final = Failure("the server is no Neo4j, or one of another age", "use Neo4j 5.26 or newer")
CERTIFICATE: Final = Failure(
    "the certificate of the server or of this machine cannot be used",
    "begin the address with bolt+ssc to take any certificate, or install the one that signed it",
)
ADDRESS: Final = Failure("this address cannot be used", _ADDRESS)
BUSY_POOL: Final = Failure("no connection to the server became free in time", _AGAIN)

_BY_CODE: Final = (
    ("Neo.ClientError.Transaction.TransactionTimedOut", TIMED_OUT),
    ("Neo.ClientError.Transaction.LockClientStopped", ENDED),
    ("Neo.ClientError.Transaction.Terminated", ENDED),
    ("Neo.TransientError.General.OutOfMemory", NO_MEMORY),
    ("Neo.TransientError.General.MemoryPool", NO_MEMORY),
    ("Neo.TransientError.General.TransactionMemoryLimit", NO_MEMORY),
    ("Neo.TransientError.General.TransactionOutOfMemory", NO_MEMORY),
    ("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", READ_ONLY),
    ("Neo.ClientError.General.WriteOnReadOnlyAccessDatabase", READ_ONLY),
    ("Neo.ClientError.Security.AuthenticationRateLimit", WRONG_PASSWORD),
    ("Neo.ClientError.Database", UNAVAILABLE),
    ("Neo.DatabaseError.Database", UNAVAILABLE),
    ("Neo.DatabaseError", DISK_FULL),
)
"""First fitting start of a server's code decides; what none fits goes by its class."""

BY_CLASS: Final[dict[type[Exception], Failure]] = {
    driver.AuthError: WRONG_PASSWORD,
    driver.TokenExpired: WRONG_PASSWORD,
    driver.Forbidden: FORBIDDEN,
    driver.ForbiddenOnReadOnlyDatabase: READ_ONLY,
    driver.NotALeader: READ_ONLY,
    driver.WriteServiceUnavailable: READ_ONLY,
    driver.ReadServiceUnavailable: UNAVAILABLE,
    driver.RoutingServiceUnavailable: ABSENT,
    driver.DatabaseUnavailable: UNAVAILABLE,
    driver.IncompleteCommit: UNAVAILABLE,
    driver.SessionExpired: UNAVAILABLE,
    driver.ServiceUnavailable: ABSENT,
    driver.ConstraintError: TWICE,
    driver.CypherSyntaxError: REFUSED,
    driver.CypherTypeError: REFUSED,
    driver.TransientError: BUSY,
    driver.DatabaseError: DISK_FULL,
    driver.ClientError: REFUSED,
    driver.CertificateConfigurationError: CERTIFICATE,
    driver.AuthConfigurationError: WRONG_PASSWORD,
    driver.UnsupportedServerProduct: NOT_NEO4J,
    driver.ConfigurationError: ADDRESS,
    driver.ConnectionAcquisitionTimeoutError: BUSY_POOL,
    driver.ConnectionPoolError: BUSY_POOL,
    driver.BrokenRecordError: MISUSED,
    driver.ResultConsumedError: MISUSED,
    driver.ResultFailedError: MISUSED,
    driver.ResultNotSingleError: MISUSED,
    driver.ResultError: MISUSED,
    driver.TransactionNestingError: MISUSED,
    driver.TransactionError: MISUSED,
    driver.SessionError: MISUSED,
    driver.Neo4jError: REFUSED,
    driver.DriverError: MISUSED,
    driver.GqlError: REFUSED,
}
"""Every exception class of the driver, the special before the general."""


def failure(error: Exception) -> Failure:
    """What an exception of the driver means."""
    code = getattr(error, "code", None) or ""
    if "No space left" in str(error):
        return DISK_FULL
    for start, found in _BY_CODE:
        if code.startswith(start):
            return found
    return next(found for kind, found in BY_CLASS.items() if isinstance(error, kind))


def store_error(error: Exception, *, where: str) -> StoreError:
    """The error to raise from an exception of the driver."""
    found = failure(error)
    told = getattr(error, "code", None) or type(error).__name__
    return StoreError(f"{found.what} ({told})", where=where, cure=found.cure)


@contextmanager
def told(where: str) -> Iterator[None]:
    """Turn whatever the driver raises inside into a :class:`StoreError`."""
    try:
        yield
    except (driver.GqlError, driver.DriverError) as error:
        raise store_error(error, where=where) from error
    except OSError as error:  # the driver lets it through when a new connection is cut at once
        raise StoreError(f"{ABSENT.what} ({error.strerror})", where=where, cure=ABSENT.cure) from error


@contextmanager
def refused(seconds: float) -> Iterator[None]:
    """Around a query of somebody else's: what it may not do is an error of theirs, not of the store."""
    try:
        yield
    except driver.Neo4jError as error:
        code = error.code or ""
        if code.startswith(_TIMED_OUT):
            raise RefusedError(
                f"stopped: the query took longer than {seconds:g} s", cure="ask for a narrower window or fewer steps"
            ) from error
        if code in _WRITES:
            raise RefusedError("refused: the query writes", cure="queries may only read") from error
        if code.startswith(_MEMORY):
            raise RefusedError(
                "stopped: the query needed more memory than the server allows",
                cure="ask for a narrower window or fewer steps",
            ) from error
        raise


_TIMED_OUT: Final = "Neo.ClientError.Transaction.TransactionTimedOut"
_WRITES: Final = ("Neo.ClientError.Statement.AccessMode", "Neo.ClientError.Security.Forbidden")
_MEMORY: Final = ("Neo.TransientError.General.MemoryPool", "Neo.TransientError.General.TransactionMemoryLimit")
