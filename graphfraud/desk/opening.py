"""Opening the desk: an engine by its address, its tables in their newest form."""

import threading
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import SQLAlchemyError

from graphfraud.errors import StoreError, UsageError
from graphfraud.write_ahead import write_ahead

SQLITE_WAIT_MS: Final = 5_000
_MIGRATIONS: Final = Path(__file__).with_name("migrations")
_LOCK_KEY: Final = 7_203_311
_migrating = threading.Lock()


def sqlite_at(path: Path) -> str:
    """The address of a SQLite file.

    >>> sqlite_at(Path("/srv/desk.db"))
    'sqlite:////srv/desk.db'
    """
    return f"sqlite:///{path.absolute()}"


def open_desk(address: str) -> sa.Engine:
    """An engine whose tables are in their newest form; many processes may open at once.

    Raises:
        UsageError: the address names no database that is known here.
        StoreError: the database does not answer.
    """
    engine = _engine(address)
    try:
        with _migrating, engine.begin() as connection:
            _hold(connection)
            config = Config()
            config.set_main_option("script_location", str(_MIGRATIONS))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except SQLAlchemyError as error:
        engine.dispose()
        raise failed(engine, error) from error
    return engine


def failed(engine: sa.Engine, error: SQLAlchemyError) -> StoreError:
    """The database's failure as ours; no value of a statement is repeated."""
    cause = type(getattr(error, "orig", None) or error).__name__
    return StoreError(
        f"the desk's database does not answer ({cause})",
        where=engine.url.render_as_string(hide_password=True),
        cure="start it, or correct --state",
    )


def _engine(address: str) -> sa.Engine:
    try:
        url = sa.make_url(address)
        if url.get_backend_name() == "postgresql" and url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        engine = sa.create_engine(url, pool_pre_ping=url.get_backend_name() != "sqlite")
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        raise UsageError(
            "the address names no database that is known here", where="--state",
            cure="write sqlite:///FILE, or postgresql://HOST/NAME with graphfraud[postgresql] installed",
        ) from error  # fmt: skip
    if url.get_backend_name() == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: Any) -> None:  # noqa: ARG001 - as SQLAlchemy calls it
    connection.isolation_level = None  # we begin transactions ourselves, so that writers wait instead of failing
    connection.execute(f"PRAGMA busy_timeout={SQLITE_WAIT_MS}")
    write_ahead(connection, wait_s=SQLITE_WAIT_MS / 1_000)
    for pragma in ("foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _hold(connection: sa.Connection) -> None:
    """One migrator at a time: SQLite's writer lock does it there, an advisory lock on PostgreSQL."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_KEY)))
