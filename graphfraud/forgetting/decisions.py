"""A person taken out of the kept decisions: theirs go, others' keep what was decided, without the id."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from graphfraud.errors import StoreError
from graphfraud.forgetting.naming import GONE, without
from graphfraud.publish.ledger import FILE, FOLDER, WAIT_S
from graphfraud.queries import sql


def forget_decisions(home: Path, person_id: str) -> int:
    """How many decisions of a directory of runs went or were changed; nothing of them remains in the file.

    A decision about somebody else that names the person (whom they paid, on which path their
    debt lies) still replays: the id is taken out of its inputs and of its answer alike.

    Raises:
        StoreError: the file cannot be changed.
    """
    path = home / FOLDER / FILE
    if not path.exists():
        return 0
    with _opened(path) as database:
        database.execute("BEGIN IMMEDIATE")
        gone = database.execute(sql("forgetting", "decisions_of"), {"id": person_id}).rowcount
        for decision_id, payee, case, answer in _naming(database, person_id):
            clean = (GONE if payee == person_id else payee, _clean(case, person_id), _clean(answer, person_id))
            if clean != (payee, case, answer):  # else a longer id that begins alike
                given = dict(zip(("payee", "case", "answer"), clean, strict=True))
                database.execute(sql("forgetting", "decision_changed"), {"decision_id": decision_id, **given})
                gone += 1
        database.execute("COMMIT")
        if gone:
            database.execute("VACUUM")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return gone


def decisions_of(home: Path, person_id: str) -> list[dict[str, Any]]:
    """What was decided about a person, and from what, the oldest first."""
    path = home / FOLDER / FILE
    if not path.exists():
        return []
    with _opened(path) as database:
        rows = database.execute(sql("forgetting", "decisions_about"), {"id": person_id}).fetchall()
    return [
        {"decision_id": name, "case": msgspec.json.decode(case), "answer": msgspec.json.decode(answer)}
        for name, case, answer in rows
    ]


def _clean(text: str, person_id: str) -> str:
    """A JSON text without the id in any of its strings; otherwise the same bytes."""
    content = msgspec.json.decode(text)
    clean = without(content, person_id)
    return text if clean == content else msgspec.json.encode(clean).decode()


def _naming(database: sqlite3.Connection, person_id: str) -> list[tuple[str, str | None, str, str]]:
    given = {"id": person_id, "written": msgspec.json.encode(person_id)[1:-1].decode()}
    return database.execute(sql("forgetting", "decisions_naming"), given).fetchall()


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(path, timeout=WAIT_S, isolation_level=None)) as database:
            database.execute("PRAGMA secure_delete = ON")
            yield database
    except sqlite3.Error as error:
        raise StoreError(
            f"the decisions cannot be changed ({error})", where=str(path), cure="run the command again"
        ) from error
