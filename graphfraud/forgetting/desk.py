"""A person taken out of the desk: labels, lists, alerts about them, and their id in what people wrote."""

import re
from typing import Any

import sqlalchemy as sa

from graphfraud.desk.opening import open_desk
from graphfraud.desk.tables import ALERTS, LABELS, LISTS, NOTES
from graphfraud.forgetting.naming import GONE, pattern


def forget_at_desk(address: str, person_id: str) -> int:
    """How many rows went or were changed; of SQLite's file nothing remains of them."""
    engine = open_desk(address)
    try:
        with engine.begin() as connection:
            about = sa.select(ALERTS.c.alert_id).where(_about(ALERTS, person_id))
            gone = connection.execute(sa.delete(NOTES).where(NOTES.c.alert_id.in_(about))).rowcount
            gone += connection.execute(sa.delete(ALERTS).where(_about(ALERTS, person_id))).rowcount
            gone += connection.execute(sa.delete(LISTS).where(_about(LISTS, person_id))).rowcount
            gone += connection.execute(sa.delete(LABELS).where(LABELS.c.person_id == person_id)).rowcount
            for table, name, key in (
                (NOTES, "text", "note_id"),
                (ALERTS, "reasons", "alert_id"),
                (LISTS, "reason", ""),
            ):
                gone += _clean(connection, table, name, key or "target_id", person_id)
        if engine.dialect.name == "sqlite":
            _rewrite(engine)
    finally:
        engine.dispose()
    return gone


def rows_at_desk(address: str, person_id: str) -> dict[str, list[dict[str, Any]]]:
    """What the desk keeps about a person."""
    engine = open_desk(address)
    try:
        with engine.begin() as connection:
            alerts = _rows(connection, sa.select(ALERTS).where(_about(ALERTS, person_id)))
            notes = sa.select(NOTES).where(NOTES.c.alert_id.in_([alert["alert_id"] for alert in alerts]))
            return {
                "alerts": alerts,
                "notes": _rows(connection, notes),
                "labels": _rows(connection, sa.select(LABELS).where(LABELS.c.person_id == person_id)),
                "lists": _rows(connection, sa.select(LISTS).where(_about(LISTS, person_id))),
            }
    finally:
        engine.dispose()


def _rows(connection: sa.Connection, statement: sa.Select[Any]) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in connection.execute(statement).mappings()]


def _about(table: sa.Table, person_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.target_kind == "person", table.c.target_id == person_id)


def _clean(connection: sa.Connection, table: sa.Table, name: str, key: str, person_id: str) -> int:
    """Take the id out of a text column."""
    column, changed = table.c[name], 0
    for row in connection.execute(sa.select(table.c[key], column).where(column.contains(person_id, autoescape=True))):
        text = re.sub(pattern(person_id), rf"\1{GONE}\2", row[1])
        if text == row[1]:  # a longer id that begins alike
            continue
        where = sa.and_(table.c[key] == row[0], column == row[1])
        changed += connection.execute(sa.update(table).where(where).values({name: text})).rowcount
    return changed


def _rewrite(engine: sa.Engine) -> None:
    """Give SQLite's file and its journal no room for what was deleted."""
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.close()
    finally:
        raw.close()
