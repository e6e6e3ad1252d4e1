"""Opening: the migrations make what the tables say, once, whoever comes at once; failures are ours."""

import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from graphfraud.desk import opening
from graphfraud.desk.opening import open_desk, sqlite_at
from graphfraud.desk.tables import METADATA
from graphfraud.errors import StoreError, UsageError


def test_the_migrations_make_what_the_tables_say(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_many_may_open_at_once(tmp_path: Path) -> None:
    failures: list[Exception] = []

    def work() -> None:
        try:
            open_desk(sqlite_at(tmp_path / "desk.sqlite")).dispose()
        except (StoreError, sa.exc.SQLAlchemyError) as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_who_opens_waits_for_who_writes_a_file_that_is_new(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite"
    writer = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    writer.execute("BEGIN IMMEDIATE")
    over = threading.Timer(0.3, writer.execute, ["COMMIT"])
    over.start()
    open_desk(sqlite_at(path)).dispose()
    over.join()
    writer.close()


def test_who_waited_long_enough_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "SQLITE_WAIT_MS", 50)
    path = tmp_path / "desk.sqlite"
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="does not answer"):
        open_desk(sqlite_at(path))
    writer.close()


@pytest.mark.parametrize("address", ["nonsense", "oracle://x/y", "://"])
def test_an_unknown_address_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="names no database"):
        open_desk(address)


def test_what_does_not_answer_is_said_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not answer") as caught:
        open_desk(f"postgresql://desk:secret@/x?host={tmp_path}")
    assert "secret" not in str(caught.value)
    with pytest.raises(StoreError, match="does not answer"):
        open_desk(sqlite_at(tmp_path / "no" / "such" / "folder.sqlite"))
